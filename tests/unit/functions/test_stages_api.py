"""What is on paper, read and edited over HTTP: part by part, and through the episode."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.episodes import app as episodes
from functions.stages import app
from studio.domain.episode import Episode, Status
from studio.domain.paper import Paper
from studio.domain.pipeline import STAGES, Step
from studio.entry import Studio
from tests.conftest import Answer, call, http_event
from tests.unit.made import a_script, moved, stored
from tests.unit.memory import MemoryAws
from tests.unit.staged import a_show, as_it_is, on_paper, run

S = Status


@pytest.fixture(scope="module")
def begun(cloud: MemoryAws) -> tuple[Episode, Callable[[], None]]:
    """An episode with everything on paper, and what brings it back."""
    studio = Studio.opened_for("amina")
    episode = on_paper(studio, project_id=a_show(studio, community="Somalis in Minneapolis", locale="en-US"))
    return episode, as_it_is(cloud)


@pytest.fixture
def studio(begun: tuple[Episode, Callable[[], None]]) -> Studio:
    begun[1]()
    return Studio.opened_for("amina")


@pytest.fixture
def episode(studio: Studio, begun: tuple[Episode, Callable[[], None]]) -> Episode:
    return begun[0]


def read(episode: Episode, step: str, **more: Any) -> Answer:
    return call(app.handler, http_event("GET", f"/episodes/{episode.episode_id}/stages/{step}", **more))


def put(studio: Studio, episode: Episode, step: str, key: str, document: Any, **more: Any) -> Answer:
    body = {"version": studio.episodes.get(episode.episode_id).version, "document": document} | more
    return call(app.handler, http_event("PUT", f"/episodes/{episode.episode_id}/stages/{step}/{key}", body))


def patch(studio: Studio, episode: Episode, **body: Any) -> Answer:
    body = {"version": studio.episodes.get(episode.episode_id).version} | body
    return call(episodes.handler, http_event("PATCH", f"/episodes/{episode.episode_id}", body))


def part(answer: Answer, key: str) -> dict[str, Any]:
    [found] = [part for part in answer.body["parts"] if part["key"] == key]
    return dict(found)


def document(episode: Episode, step: Step, key: str) -> Any:
    return part(read(episode, step), key)["document"]


def paper(studio: Studio, episode: Episode) -> Paper:
    return studio.episodes.paper(episode.episode_id)


def edited_parts(studio: Studio, episode: Episode) -> list[tuple[str, str]]:
    return [(n, p.key) for n, r in paper(studio, episode).records.items() for p in r.parts if p.edited]


# -- reading


@pytest.mark.parametrize("step", STAGES)
def test_every_stage_is_read_part_by_part_and_nothing_is_stale(episode: Episode, step: Step) -> None:
    answer = read(episode, step)
    assert (answer.status, answer.body["stage"], answer.body["status"]) == (200, step, "done")
    assert answer.body["version"] == episode.version
    assert answer.body["parts"]
    assert not [one["key"] for one in answer.body["parts"] if one["stale"] or one["edited"]]


def test_a_stage_that_has_not_worked_and_a_stage_that_is_none_are_not_there(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.FAILED)
    assert "has not worked on this episode" in read(episode, Step.DIRECTION).body["detail"]
    for step in (Step.DIRECTION, Step.SHOOT, Step.REVIEW_SCRIPT, "no_stage"):
        assert read(episode, step).status == 404
        assert put(studio, episode, step, "look", {}).status == 404


# -- parts


def test_an_edited_look_is_stored_checked_and_makes_the_scenes_stale(studio: Studio, episode: Episode) -> None:
    look = document(episode, Step.DIRECTION, "look") | {"palette": "Salt and tar"}
    answer = put(studio, episode, Step.DIRECTION, "look", look)
    assert answer.status == 200, answer.body
    assert (part(answer, "look")["edited"], part(answer, "look")["document"]["palette"]) == (True, "Salt and tar")
    assert [one["key"] for one in answer.body["parts"] if one["stale"]] == [f"scene-{n}" for n in range(1, 7)]
    assert answer.body["version"] == episode.version + 1
    assert read(episode, Step.DIRECTION).body == answer.body


@pytest.mark.parametrize(
    ("step", "key", "changes", "path"),
    [
        (Step.DIRECTION, "look", {"palette": ""}, "document.palette"),
        (Step.DIRECTION, "look", {"mood": "x"}, "document.mood"),
        (Step.DIRECTION, "scene-2", {"cameras": []}, "document.cameras"),
        (Step.DIRECTION, "scene-2", {"performance": [{"person": "Batman", "note": "Broods."}]}, "document"),
        (Step.STORYBOARD, "outline", {"format": "cooking"}, "document"),
        (Step.STORYBOARD, "outline", {"secrets": [{"key": "S1", "what": "x", "holder": "Batman"}]}, "document"),
        (Step.STORYBOARD, "outline", {"beats": []}, "document.beats"),
        (Step.STORYBOARD, "scene-1", {"shots": []}, "document.shots"),
        (Step.SCRIPT, "script", {"title": " "}, "document.title"),
        (Step.SCRIPT, "script", {"clips": []}, "document.clips"),
        (Step.HOOKS, "hooks", {"ranking": []}, "document.ranking"),
        (Step.CULTURE, "plan", {"setting": None}, "document.setting"),
        (Step.CULTURE, "scene-1", {"revision": {"scene": "one"}}, "document.revision.scene"),
    ],
)
def test_a_part_that_breaks_a_rule_is_refused_by_its_path(
    studio: Studio, episode: Episode, step: Step, key: str, changes: dict[str, Any], path: str
) -> None:
    before = read(episode, step).body
    answer = put(studio, episode, step, key, document(episode, step, key) | changes)
    assert (answer.status, answer.body["type"]) == (422, "urn:episode-studio:validation"), answer.body
    assert path in [entry["path"] for entry in answer.body["errors"]]
    assert read(episode, step).body == before


@pytest.mark.parametrize("given", ["words", 7, [], True])
def test_what_is_no_document_is_refused(studio: Studio, episode: Episode, given: Any) -> None:
    assert put(studio, episode, Step.DIRECTION, "look", given).status == 422


def test_a_script_with_the_cast_in_it_is_edited_as_a_part(studio: Studio, episode: Episode) -> None:
    script = document(episode, Step.SCRIPT, "script")
    script["scenes"][0]["action"] = "The lights go out."
    answer = put(studio, episode, Step.SCRIPT, "script", script)
    assert answer.status == 200, answer.body
    assert part(answer, "script")["edited"] is True
    script["scenes"][0]["lines"][0]["speaker"] = "Batman"
    refused = put(studio, episode, Step.SCRIPT, "script", script)
    assert (refused.status, "“Batman” is not in the cast" in refused.body["detail"]) == (422, True)


def drop(board: dict[str, Any], **gone: Any) -> dict[str, Any]:
    """Return a board whose first shot has lost something."""
    return board | {"shots": [board["shots"][0] | gone, *board["shots"][1:]]}


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ({"lines": []}, "No shot of scene 1 covers line 1."),
        ({"clip": None}, "Scene 1 has the clips none; it must have [1]."),
        ({"clip": 2}, "Scene 1 has the clips [2]; it must have [1]."),
    ],
)
def test_a_board_that_loses_a_line_or_a_clip_is_refused(
    studio: Studio, episode: Episode, gone: dict[str, Any], said: str
) -> None:
    answer = put(
        studio, episode, Step.STORYBOARD, "scene-1", drop(document(episode, Step.STORYBOARD, "scene-1"), **gone)
    )
    assert (answer.status, said in answer.body["detail"]) == (422, True), answer.body


def test_a_shot_that_repeats_a_later_scene_s_is_refused_as_well(studio: Studio, episode: Episode) -> None:
    later = document(episode, Step.STORYBOARD, "scene-5")["shots"][0]["description"]
    board = drop(document(episode, Step.STORYBOARD, "scene-1"), description=later)
    answer = put(studio, episode, Step.STORYBOARD, "scene-1", board)
    assert (answer.status, "repeats shot 1 of scene 1" in answer.body["detail"]) == (422, True)


def test_an_edited_board_is_what_is_shot(studio: Studio, episode: Episode) -> None:
    board = drop(document(episode, Step.STORYBOARD, "scene-1"), description="A letter burns in a sink.")
    assert put(studio, episode, Step.STORYBOARD, "scene-1", board).status == 200
    script = paper(studio, episode).script
    assert script is not None
    assert script.clip(1).description == "A letter burns in a sink."


def test_a_part_that_is_given_up_keeps_its_words_until_it_is_made_anew(studio: Studio, episode: Episode) -> None:
    made = document(episode, Step.DIRECTION, "look")
    put(studio, episode, Step.DIRECTION, "look", made | {"palette": "Salt and tar"})
    assert run(studio, episode, Step.DIRECTION)[Step.DIRECTION].made == tuple(f"scene-{n}" for n in range(1, 7))
    answer = put(studio, episode, Step.DIRECTION, "look", None)
    look = part(answer, "look")
    assert (look["edited"], look["stale"], look["document"]["palette"]) == (False, True, "Salt and tar")
    assert "look" in run(studio, episode, Step.DIRECTION)[Step.DIRECTION].made
    assert document(episode, Step.DIRECTION, "look") == made


def test_a_script_is_not_given_up(studio: Studio, episode: Episode) -> None:
    answer = put(studio, episode, Step.SCRIPT, "script", None)
    assert (answer.status, "call script-generator-bot" in answer.body["detail"]) == (409, True)


def test_a_part_that_is_not_there_is_not_found(studio: Studio, episode: Episode) -> None:
    for key in ("scene-9", "nothing", "Scene-1", "scene-01", "scene-1-1"):
        assert put(studio, episode, Step.DIRECTION, key, {}).status == 404, key
        assert put(studio, episode, Step.DIRECTION, key, None).status == 404, key


def test_an_edit_of_another_version_is_a_conflict(studio: Studio, episode: Episode) -> None:
    look = document(episode, Step.DIRECTION, "look")
    answer = put(studio, episode, Step.DIRECTION, "look", look, version=episode.version - 1)
    assert (answer.status, f"the stored one is {episode.version}" in answer.body["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [((S.QUEUED,), 409), ((S.QUEUED, S.WRITING), 409), ((S.QUEUED, S.WRITTEN, S.IN_REVIEW), 200)],
)
def test_parts_are_edited_at_a_gate_and_not_during_a_run(
    studio: Studio, episode: Episode, path: tuple[Status, ...], status: int
) -> None:
    look = document(episode, Step.DIRECTION, "look")
    moved(studio, episode, *path)
    assert put(studio, episode, Step.DIRECTION, "look", look).status == status
    assert put(studio, episode, Step.DIRECTION, "look", None).status == status
    assert patch(studio, episode, title="Another").status == status


def test_somebody_else_finds_nothing(studio: Studio, episode: Episode) -> None:
    before = paper(studio, episode).records
    body = {"version": episode.version, "document": None}
    assert read(episode, Step.DIRECTION, owner="bilan").status == 404
    path = f"/episodes/{episode.episode_id}/stages/{Step.DIRECTION}/look"
    assert call(app.handler, http_event("PUT", path, body, owner="bilan")).status == 404
    assert paper(studio, episode).records == before


# -- through the episode


def test_a_title_and_a_synopsis_are_edited_after_a_hook_retitled_it(studio: Studio, episode: Episode) -> None:
    written = paper(studio, episode).written
    assert written is not None
    for title in ("Theirs", written.title, episode.title):
        answer = patch(studio, episode, title=title, synopsis=f"It is about {title}.")
        assert answer.status == 200, answer.body
        assert (answer.body["title"], answer.body["script"]["title"]) == (title, title)
        assert answer.body["script"]["synopsis"] == f"It is about {title}."


def test_an_edited_line_is_shown_as_it_was_written_and_the_other_stages_changes_stay(
    studio: Studio, episode: Episode
) -> None:
    shown, written = paper(studio, episode).script, paper(studio, episode).written
    assert shown is not None
    assert written is not None
    assert shown != written
    script = shown.model_dump(mode="json")
    script["scenes"][2]["lines"][1]["text"] = "I read it twice."
    answer = patch(studio, episode, script=script)
    assert answer.body["script"] == script
    now = paper(studio, episode).written
    assert now is not None
    assert [s.number for s in written.scenes if s != now.scene(s.number)] == [3]
    assert edited_parts(studio, episode) == [(Step.SCRIPT, "script")]


def test_a_clip_from_the_storyboard_is_edited_there_and_the_script_stays(studio: Studio, episode: Episode) -> None:
    written = paper(studio, episode).written
    answer = patch(studio, episode, clips=[{"number": 2, "description": "Smoke under a door."}])
    assert answer.status == 200, answer.body
    assert answer.body["clips"][1]["description"] == "Smoke under a door."
    assert paper(studio, episode).written == written
    assert edited_parts(studio, episode) == [(Step.STORYBOARD, "scene-5")]
    [shot] = [s for s in document(episode, Step.STORYBOARD, "scene-5")["shots"] if s["clip"] == 2]
    assert shot["description"] == "Smoke under a door."


def one_scene(studio: Studio) -> Episode:
    """Return an episode whose three clips are all in scene 1, with a storyboard."""
    clips = [clip.model_copy(update={"scene": 1}) for clip in a_script().clips]
    episode = moved(studio, stored(studio, script=False), S.FAILED)
    script = a_script(clips=3).model_copy(update={"clips": clips}).model_dump(mode="json")
    assert patch(studio, episode, script=script).status == 200
    run(studio, episode, Step.STORYBOARD)
    return studio.episodes.get(episode.episode_id)


def test_two_clips_of_one_scene_are_edited_at_once(studio: Studio) -> None:
    episode = one_scene(studio)
    wanted = [{"number": n, "description": f"Another {n}."} for n in (1, 3)]
    answer = patch(studio, episode, clips=wanted)
    assert [clip["description"] for clip in answer.body["clips"]] == [
        "Another 1.",
        "Plate 2 slides across the table.",
        "Another 3.",
    ]


def test_a_clip_that_the_storyboard_shows_as_the_script_does_is_edited_all_the_same(studio: Studio) -> None:
    episode = one_scene(studio)
    drawn = paper(studio, episode).script
    assert drawn is not None
    # The script says the same as the storyboard from here on, word for word.
    same = paper(studio, episode).written.model_copy(update={"clips": drawn.clips})  # type: ignore[union-attr]
    assert put(studio, episode, Step.SCRIPT, "script", same.model_dump(mode="json")).status == 200
    answer = patch(studio, episode, clips=[{"number": 2, "description": "Smoke."}])
    assert answer.body["clips"][1]["description"] == "Smoke."


def test_a_clip_that_a_person_moves_to_another_scene_is_there_and_its_scenes_are_stale(studio: Studio) -> None:
    episode = one_scene(studio)
    script = paper(studio, episode).script
    assert script is not None
    moved_on = script.model_dump(mode="json")
    moved_on["clips"][2] |= {"scene": 2, "lines": []}
    answer = patch(studio, episode, script=moved_on)
    assert answer.status == 200, answer.body
    assert [clip["scene"] for clip in answer.body["clips"]] == [1, 1, 2]
    board = read(episode, Step.STORYBOARD)
    assert [one["key"] for one in board.body["parts"] if one["stale"]] == ["scene-1", "scene-2"]
    run(studio, episode, Step.STORYBOARD)
    again = paper(studio, episode)
    assert [clip.scene for clip in again.script.clips] == [1, 1, 2]  # type: ignore[union-attr]
    assert [number for number, clip in again.drawn.items() if clip.scene == 2] == [3]


def test_a_scene_with_its_clip_can_be_taken_out(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.FAILED)
    run(studio, episode, Step.DIRECTION, Step.STORYBOARD)
    script = paper(studio, episode).script
    assert script is not None
    shorter = script.model_dump(mode="json")
    del shorter["scenes"][2]
    shorter["clips"][2] |= {"scene": 1, "lines": [], "description": "The door stays shut."}
    answer = patch(studio, episode, script=shorter)
    assert answer.status == 200, answer.body
    assert [clip["scene"] for clip in answer.body["clips"]] == [1, 2, 1]
    assert answer.body["clips"][2]["description"] == "The door stays shut."
    run(studio, episode, Step.DIRECTION, Step.STORYBOARD)
    assert list(paper(studio, episode).boards) == [1, 2]
    assert [one["key"] for one in read(episode, Step.DIRECTION).body["parts"]] == ["look", "scene-1", "scene-2"]


def test_an_edited_board_of_a_scene_that_lost_its_clip_is_noted_and_stops_nobody(studio: Studio) -> None:
    episode = one_scene(studio)
    board = drop(document(episode, Step.STORYBOARD, "scene-1"), description="A plate breaks.")
    assert put(studio, episode, Step.STORYBOARD, "scene-1", board).status == 200
    script = paper(studio, episode).script
    assert script is not None
    moved_on = script.model_dump(mode="json")
    moved_on["clips"][2] |= {"scene": 3, "lines": [], "description": "The cat eats."}
    assert patch(studio, episode, script=moved_on).status == 200
    report = run(studio, episode, Step.STORYBOARD)[Step.STORYBOARD]
    assert (report.made, report.kept) == (("scene-3",), ("outline", "scene-1", "scene-2"))
    assert "Scene 1 has the clips [1, 2, 3]; it must have [1, 2]." in report.notes
    shown = paper(studio, episode).script
    assert shown is not None
    assert [(clip.number, clip.scene) for clip in shown.clips] == [(1, 1), (2, 1), (3, 3)]
