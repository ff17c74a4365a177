"""What an edit leaves behind: exactly the parts that were made from what it changed."""

from collections.abc import Callable
from typing import Any

import pytest

from studio.domain import materials
from studio.domain.canon import canon_of
from studio.domain.episode import ChosenTrend, Episode
from studio.domain.hooks import HookKind
from studio.domain.pipeline import STAGES, Step
from studio.domain.script import Script
from studio.editing import EpisodeEdit, edit, stale_parts
from studio.entry import Studio
from tests.unit.made import AT, a_script, an_episode, items_of
from tests.unit.measured import measured
from tests.unit.memory import MemoryAws
from tests.unit.staged import a_show, as_it_is, on_paper, run

C, D, B, H = Step.CULTURE, Step.DIRECTION, Step.STORYBOARD, Step.HOOKS


@pytest.fixture(scope="module")
def begun(cloud: MemoryAws) -> tuple[dict[bool, Episode], Callable[[], None]]:
    """Two episodes with everything on paper, one of a show that belongs somewhere and one that does not."""
    studio = Studio.opened_for("amina")
    rooted = a_show(studio, community="Somalis in Minneapolis", locale="en-US")
    made = {True: on_paper(studio, project_id=rooted), False: on_paper(studio)}
    return made, as_it_is(cloud)


@pytest.fixture
def studio(begun: tuple[Any, Callable[[], None]]) -> Studio:
    begun[1]()
    return Studio.opened_for("amina")


@pytest.fixture
def rooted(studio: Studio, begun: tuple[dict[bool, Episode], Any]) -> Episode:
    return begun[0][True]


@pytest.fixture
def plain(studio: Studio, begun: tuple[dict[bool, Episode], Any]) -> Episode:
    return begun[0][False]


def stale(studio: Studio, episode: Episode) -> dict[Step, tuple[str, ...]]:
    now = studio.episodes.get(episode.episode_id)
    return dict(stale_parts(studio, now, studio.episodes.paper(now.episode_id)))


def shown(studio: Studio, episode: Episode) -> Script:
    script = studio.episodes.script(episode.episode_id)
    assert script is not None
    return script.model_copy(deep=True)


def change(studio: Studio, episode: Episode, **wanted: Any) -> None:
    now = studio.episodes.get(episode.episode_id)
    edit(studio, now, EpisodeEdit(version=now.version, **wanted))


def recast(studio: Studio, episode: Episode, name: str, **changes: Any) -> None:
    assert episode.project_id is not None
    cast = studio.cast(episode.project_id)
    [character] = [one for one in cast.all() if one.sheet.name == name]
    cast.replace(character.model_copy(update={"sheet": character.sheet.model_copy(update=changes)}), AT)


def scenes_of(script: Script, name: str) -> tuple[str, ...]:
    return tuple(f"scene-{s.number}" for s in script.scenes if name in {line.speaker for line in s.lines})


def test_nothing_is_stale_right_after_a_run(studio: Studio, rooted: Episode, plain: Episode) -> None:
    for episode in (rooted, plain):
        assert set(studio.episodes.paper(episode.episode_id).records) == set(STAGES)
        assert stale(studio, episode) == {}


@pytest.mark.parametrize("number", range(1, 7))
def test_a_line_reaches_what_was_made_from_it_and_nothing_else(studio: Studio, rooted: Episode, number: int) -> None:
    script = shown(studio, rooted)
    script.scene(number).lines[1].text = "Nobody told me."
    change(studio, rooted, script=script)
    here = (f"scene-{number}",)
    assert stale(studio, rooted) == {C: here, D: here, B: here} | ({H: ("hooks",)} if number == 1 else {})


def test_without_a_community_nothing_is_rooted_and_nothing_of_that_is_stale(studio: Studio, plain: Episode) -> None:
    script = shown(studio, plain)
    script.scene(3).lines[1].text = "Nobody told me."
    change(studio, plain, script=script)
    assert stale(studio, plain) == {D: ("scene-3",), B: ("scene-3",)}


def test_what_happens_reaches_the_outline_too(studio: Studio, rooted: Episode) -> None:
    script = shown(studio, rooted)
    script.scene(4).action = "The power fails."
    change(studio, rooted, script=script)
    assert stale(studio, rooted) == {C: ("scene-4",), D: ("scene-4",), B: ("outline", "scene-4")}


def test_a_run_after_an_edit_makes_what_is_stale_and_keeps_the_rest(studio: Studio, rooted: Episode) -> None:
    script = shown(studio, rooted)
    script.scene(3).lines[1].text = "Nobody told me."
    change(studio, rooted, script=script)
    reports = run(studio, rooted)
    assert {step: report.made for step, report in reports.items() if report.made} == dict.fromkeys(
        (C, D, B), ("scene-3",)
    )
    assert stale(studio, rooted) == {}
    assert shown(studio, rooted).scene(3).lines[1].text == "Nobody told me."


def test_a_synopsis_reaches_what_is_about_the_whole_episode(studio: Studio, rooted: Episode) -> None:
    change(studio, rooted, synopsis="A letter changes everything.")
    assert stale(studio, rooted) == {C: ("plan",), D: ("look",), B: ("outline",), H: ("hooks",)}


def test_another_place_reaches_the_look_and_what_the_calendar_is_asked_for(studio: Studio, rooted: Episode) -> None:
    script = shown(studio, rooted)
    script.scene(2).heading = "EXT. FERRY - DAWN"
    change(studio, rooted, script=script)
    assert stale(studio, rooted) == {C: ("plan", "scene-2"), D: ("look", "scene-2"), B: ("outline", "scene-2")}


def test_a_clip_s_picture_reaches_nothing_on_paper_once_the_storyboard_has_it(studio: Studio, rooted: Episode) -> None:
    change(studio, rooted, clips=({"number": 2, "description": "Smoke under a door."},))
    assert stale(studio, rooted) == {}


def test_how_somebody_talks_reaches_the_scenes_they_talk_in(studio: Studio, plain: Episode) -> None:
    script = shown(studio, plain)
    name = next(line.speaker for line in script.scenes[0].lines)
    theirs = scenes_of(script, name)
    assert len(theirs) > 0
    recast(studio, plain, name, voice="Whispers.")
    assert stale(studio, plain) == {Step.SCRIPT: ("script",), D: theirs, B: theirs}


def test_what_somebody_wants_reaches_the_outline_as_well(studio: Studio, plain: Episode) -> None:
    script = shown(studio, plain)
    name = script.scenes[0].lines[0].speaker
    recast(studio, plain, name, wants="To be left alone.")
    assert stale(studio, plain)[B] == ("outline", *scenes_of(script, name))


def test_an_age_reaches_the_script_alone(studio: Studio, plain: Episode) -> None:
    recast(studio, plain, shown(studio, plain).scenes[0].lines[0].speaker, age=71)
    assert stale(studio, plain) == {Step.SCRIPT: ("script",)}


def test_a_direction_reaches_the_shots_of_its_scene(studio: Studio, plain: Episode) -> None:
    record = studio.episodes.paper(plain.episode_id).records[D]
    part = record.part("scene-2")
    assert part is not None
    document = part.document.replace('"lighting":"', '"lighting":"One bare bulb. ', 1)
    assert document != part.document
    studio.episodes.save_stage(record.with_part(part.model_copy(update={"document": document})))
    assert stale(studio, plain) == {B: ("scene-2",)}


def test_a_script_by_hand_is_made_from_nothing_and_never_stale(studio: Studio, plain: Episode) -> None:
    script = shown(studio, plain)
    change(studio, plain, script=script.model_copy(update={"title": "By hand"}))
    record = studio.episodes.paper(plain.episode_id).records[Step.SCRIPT]
    [part] = record.parts
    assert part.edited
    studio.episodes.save_stage(record.with_part(part.model_copy(update={"input_hash": ""})))
    recast(studio, plain, script.scenes[0].lines[0].speaker, age=71)
    assert Step.SCRIPT not in stale(studio, plain)


def test_what_the_show_remembers_later_leaves_a_script_as_it_is(studio: Studio, plain: Episode) -> None:
    assert plain.project_id is not None
    for episode_id in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"):
        studio.canon(plain.project_id).put(canon_of(episode_id, a_script(), None, {}, AT))
    assert stale(studio, plain) == {}


def test_a_scene_that_is_gone_leaves_its_parts_stale_until_they_go(studio: Studio, plain: Episode) -> None:
    script = shown(studio, plain)
    del script.scenes[5]
    clips = [c.model_copy(update={"scene": 5, "lines": []}) if c.scene == 6 else c for c in script.clips]
    change(studio, plain, script=script.model_copy(update={"clips": clips, "open_question": ""}))
    found = stale(studio, plain)
    assert "scene-6" in found[D]
    assert "scene-6" in found[B]
    run(studio, plain, D, B, H)
    assert stale(studio, plain) == {}


# -- what is known by its hash, and what was added to it since


def test_a_script_without_a_trend_and_hooks_without_a_prior_are_known_by_the_hashes_they_always_were() -> None:
    episode = an_episode(episode_id="01KAT000000000000000000000")
    script = materials.script(episode, [])
    assert set(script) == {"prompt", "project", "cast", "clips", "spoken_seconds", "locale"}
    hooks = materials.hooks(episode, a_script())
    assert set(hooks) == {"title", "synopsis", "open_question", "scene", "genre", "mood", "locale"}
    assert hooks == materials.hooks(episode, a_script(), ())


def test_a_trend_is_part_of_what_a_script_is_made_from() -> None:
    episode = an_episode()
    with_one = episode.model_copy(update={"trend": ChosenTrend(topic="sourdough finale", why="A bet.")})
    told = materials.script(with_one, [])
    assert told["trend"] == {"topic": "sourdough finale", "why": "A bet."}
    assert materials.hash_of(told) != materials.hash_of(materials.script(episode, []))


def test_an_episode_stored_before_trends_is_read(studio: Studio, plain: Episode) -> None:
    assert "trend" not in items_of(studio)[f"EPISODE#{plain.episode_id}"]
    assert plain.trend is None


def test_another_trend_reaches_the_script_and_what_follows_from_it(studio: Studio, plain: Episode) -> None:
    told = plain.model_copy(update={"trend": ChosenTrend(topic="sourdough finale")})
    assert stale_parts(studio, told, studio.episodes.paper(told.episode_id)) == {Step.SCRIPT: ("script",)}


def test_what_is_measured_later_makes_no_earlier_choice_of_a_hook_stale(studio: Studio, plain: Episode) -> None:
    measured(studio, HookKind.QUESTION, 0.9)
    assert stale(studio, plain) == {}


def test_hooks_that_were_ranked_by_what_was_measured_are_not_stale_and_others_are_when_it_is_taken_out(
    studio: Studio,
) -> None:
    measured(studio, HookKind.QUESTION, 0.9)
    measured(studio, HookKind.CONFESSION, 0.2)
    episode = on_paper(studio)
    paper = studio.episodes.paper(episode.episode_id)
    assert paper.hooks is not None
    assert {known.kind: known.mean for known in paper.hooks.prior} == {"question": 0.9, "confession": 0.2}
    [part] = [p for p in paper.records[H].parts if p.key == "hooks"]
    assert paper.told is not None
    used = materials.hooks(episode, paper.told, paper.hooks.prior)
    assert part.input_hash == materials.hash_of(used) != materials.hash_of(materials.hooks(episode, paper.told))
    measured(studio, HookKind.QUESTION, 0.1)
    assert stale(studio, episode) == {}


def test_a_trend_is_seen_in_a_rehearsal_and_nobody_says_it(studio: Studio) -> None:
    topic = "Sourdough Finale"
    episode = on_paper(studio, Step.SCRIPT, trend=ChosenTrend(topic=topic))
    script = shown(studio, episode)
    assert topic in script.synopsis
    assert topic in script.scenes[1].action
    assert topic not in " ".join(line.text for scene in script.scenes for line in scene.lines)
