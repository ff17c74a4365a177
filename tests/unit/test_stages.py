"""A stage at work: what is kept, made, remembered, and what a worker that comes too late may not do."""

import threading
from typing import Any

import pytest

from studio import stages
from studio.domain.direction import Look
from studio.domain.episode import Episode, Part, StageRecord, Status
from studio.domain.errors import BadAnswer, Blocked, BudgetExceeded, Conflict, Unavailable
from studio.domain.materials import Material, hash_of
from studio.domain.pipeline import Step
from studio.entry import Settings, Studio
from studio.stages import StageReport, StageWork, side_by_side, stage_work
from tests.conftest import Clock
from tests.unit.made import AT, ListedWriter, an_owner, moved, stored

S = Status


@pytest.fixture
def studio(cloud: None) -> Studio:
    settings = Settings.from_environment()
    return Studio(an_owner(), settings, take=1, clock=Clock(), writers={"draft": ListedWriter([])})


def a_look(palette: str) -> Look:
    return Look(palette=palette, light="low", lens="long", texture="grain")


def written(studio: Studio) -> Episode:
    return moved(studio, stored(studio), S.WRITING, S.WRITTEN)


def answers(studio: Studio, *given: Any) -> ListedWriter:
    writer = ListedWriter(list(given))
    studio.writers["draft"] = writer
    return writer


def asks(work: StageWork, about: str) -> Look:
    return work.ask(
        "Choose.", {"about": about}, Look, lambda look: ["Not red."] * (look.palette == "red"), max_output_tokens=500
    )


def choose(studio: Studio, episode: Episode, **materials: str) -> StageReport:
    """Do a stage of which each part is made from one word."""
    with stage_work(Step.DIRECTION, episode.episode_id, studio) as work:
        for key, word in materials.items():
            work.part(key.replace("_", "-"), Look, {"about": word}, lambda word=word: asks(work, word))
        return work.finish()


def record_of(studio: Studio, episode: Episode) -> StageRecord:
    record = studio.episodes.stage(episode.episode_id, Step.DIRECTION)
    assert record is not None
    return record


def palettes(studio: Studio, episode: Episode) -> dict[str, str]:
    return {part.key: Look.model_validate_json(part.document).palette for part in record_of(studio, episode).parts}


def again(studio: Studio, episode: Episode) -> None:
    """Begin another take."""
    now = moved(studio, studio.episodes.get(episode.episode_id), S.CANCELLED)
    studio.take = now.take + 1
    studio.episodes.move(episode.episode_id, S.QUEUED, AT, take=studio.take)


def edited(studio: Studio, episode: Episode, key: str, palette: str) -> None:
    record = record_of(studio, episode)
    part = record.part(key)
    assert part is not None
    changed = part.model_copy(update={"document": a_look(palette).model_dump_json(), "edited": True})
    studio.episodes.save_stage(record.with_part(changed))


# -- what is kept


def test_every_part_is_made_once_and_named(studio: Studio) -> None:
    episode = written(studio)
    writer = answers(studio, a_look("ochre"), a_look("blue"))
    report = choose(studio, episode, look="tea", scene_1="rain")
    assert (report.made, report.kept) == (("look", "scene-1"), ())
    assert palettes(studio, episode) == {"look": "ochre", "scene-1": "blue"}
    assert [call.material for call in writer.calls] == [{"about": "tea"}, {"about": "rain"}]
    record = record_of(studio, episode)
    material: Material = {"about": "tea"}
    assert (record.status, record.parts[0].input_hash, len(record.calls)) == ("done", hash_of(material), 2)
    assert studio.episodes.get(episode.episode_id).version == episode.version + 1


def test_what_is_made_from_the_same_is_kept_and_not_asked_for(studio: Studio) -> None:
    episode = written(studio)
    writer = answers(studio, a_look("ochre"), a_look("blue"), a_look("grey"))
    choose(studio, episode, look="tea", scene_1="rain")
    report = choose(studio, episode, look="tea", scene_1="snow")
    assert (report.made, report.kept, len(writer.calls)) == (("scene-1",), ("look",), 3)
    assert palettes(studio, episode) == {"look": "ochre", "scene-1": "grey"}


def test_a_run_that_keeps_everything_changes_nothing_but_the_status(studio: Studio) -> None:
    episode = written(studio)
    answers(studio, a_look("ochre"))
    choose(studio, episode, look="tea")
    record = record_of(studio, episode)
    again(studio, episode)
    queued = studio.episodes.get(episode.episode_id)
    studio.clock.at = AT.replace(hour=12)  # type: ignore[attr-defined]
    report = choose(studio, episode, look="tea")
    assert (report.made, report.kept) == ((), ("look",))
    assert record_of(studio, episode) == record
    now = studio.episodes.get(episode.episode_id)
    assert (now.status, now.version) == (S.WRITTEN, queued.version)


def test_what_a_person_edited_stays_whatever_it_was_made_from(studio: Studio) -> None:
    episode = written(studio)
    writer = answers(studio, a_look("ochre"))
    choose(studio, episode, look="tea")
    edited(studio, episode, "look", "theirs")
    report = choose(studio, episode, look="coffee")
    assert (report.kept, len(writer.calls), palettes(studio, episode)) == (("look",), 1, {"look": "theirs"})
    assert record_of(studio, episode).edited


def test_parts_of_scenes_that_are_gone_go(studio: Studio) -> None:
    episode = written(studio)
    answers(studio, a_look("ochre"), a_look("blue"), a_look("grey"))
    choose(studio, episode, look="tea", scene_2="rain", scene_10="snow")
    assert list(palettes(studio, episode)) == ["look", "scene-2", "scene-10"]
    assert choose(studio, episode, look="tea", scene_2="rain").made == ()
    assert list(palettes(studio, episode)) == ["look", "scene-2"]


def test_another_document_is_put_into_what_was_just_made_and_not_into_what_was_kept(studio: Studio) -> None:
    episode = written(studio)
    answers(studio, a_look("ochre"), a_look("blue"))
    choose(studio, episode, look="tea")
    with stage_work(Step.DIRECTION, episode.episode_id, studio) as work:
        for key, word in (("look", "tea"), ("scene-1", "rain")):
            work.part(key, Look, {"about": word}, lambda word=word: asks(work, word))
            work.remake(key, a_look("mended"))
        assert (work.was_made("look"), work.was_made("scene-1")) == (False, True)
        work.finish()
    assert palettes(studio, episode) == {"look": "ochre", "scene-1": "mended"}


def test_what_the_checks_let_pass_is_told_and_kept(studio: Studio) -> None:
    episode = written(studio)
    answers(studio, a_look("ochre"))
    with stage_work(Step.DIRECTION, episode.episode_id, studio) as work:
        work.part("look", Look, {"about": "tea"}, lambda: asks(work, "tea"))
        work.notes = ("Rain in scene 2, sun in scene 3.",)
        report = work.finish()
    assert report.notes == record_of(studio, episode).notes == ("Rain in scene 2, sun in scene 3.",)


# -- what does not come off


@pytest.mark.parametrize("error", [Blocked("Refused."), BudgetExceeded("Over the cap.")])
def test_what_a_retry_cannot_change_is_recorded_and_what_there_was_stays(studio: Studio, error: Exception) -> None:
    episode = written(studio)
    answers(studio, a_look("ochre"))
    choose(studio, episode, look="tea")
    answers(studio, *[error] * 3)
    with pytest.raises(type(error)):
        choose(studio, episode, look="coffee")
    record = record_of(studio, episode)
    assert (record.status, record.reason, record.unusable) == ("stopped", str(error), 0)
    assert palettes(studio, episode) == {"look": "ochre"}


def test_what_may_pass_leaves_the_stage_running_and_what_there_was_in_place(studio: Studio) -> None:
    episode = written(studio)
    answers(studio, a_look("ochre"))
    choose(studio, episode, look="tea")
    answers(studio, Unavailable("Down."))
    with pytest.raises(Unavailable):
        choose(studio, episode, look="coffee")
    assert (record_of(studio, episode).status, palettes(studio, episode)) == ("running", {"look": "ochre"})


def test_an_answer_that_breaks_a_rule_is_repaired_with_its_words(studio: Studio) -> None:
    episode = written(studio)
    writer = answers(studio, a_look("red"), BadAnswer("Not JSON."), a_look("ochre"))
    choose(studio, episode, look="tea")
    assert [call.feedback for call in writer.calls] == [(), ("Not red.",), ("Not JSON.",)]
    assert palettes(studio, episode) == {"look": "ochre"}


def test_unusable_answers_are_not_found_remembered_the_next_time(studio: Studio) -> None:
    episode = written(studio)
    answers(studio, *[a_look("red")] * 3)
    with pytest.raises(BadAnswer, match="Not red"):
        choose(studio, episode, look="tea")
    assert record_of(studio, episode).unusable == 1
    writer = answers(studio, *[a_look("red")] * 3)
    with pytest.raises(BadAnswer):
        choose(studio, episode, look="tea")
    assert (len(writer.calls), record_of(studio, episode).unusable) == (3, 2)
    answers(studio, a_look("ochre"))
    choose(studio, episode, look="tea")
    assert (record_of(studio, episode).status, record_of(studio, episode).reason) == ("done", "")


def test_an_attempt_that_was_cut_short_buys_nothing_twice(studio: Studio) -> None:
    episode = written(studio)
    answers(studio, a_look("ochre"), Unavailable("Down."))
    with pytest.raises(Unavailable):
        choose(studio, episode, look="tea", scene_1="rain")
    writer = answers(studio, a_look("blue"))
    choose(studio, episode, look="tea", scene_1="rain")
    assert [call.material for call in writer.calls] == [{"about": "rain"}]
    assert palettes(studio, episode) == {"look": "ochre", "scene-1": "blue"}


# -- scenes side by side


def test_scenes_are_worked_on_side_by_side_and_come_back_by_number() -> None:
    met = threading.Barrier(3)
    assert side_by_side([3, 1, 2], lambda number: met.wait(5) * 0 + number * 10) == {3: 30, 1: 10, 2: 20}


def test_no_more_than_a_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "SCENES_AT_ONCE", 2)
    busy, most, lock = [0], [0], threading.Lock()

    def do(_: int) -> None:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        threading.Event().wait(0.002)
        with lock:
            busy[0] -= 1

    side_by_side(range(6), do)
    assert most[0] <= 2


def test_the_first_error_in_the_scenes_order_is_raised_after_every_scene_was_tried() -> None:
    tried = []

    def do(number: int) -> None:
        tried.append(number)
        if number in {2, 4}:
            raise Blocked(f"Scene {number}.")

    with pytest.raises(Blocked, match="Scene 2"):
        side_by_side([1, 2, 3, 4, 5], do)
    assert sorted(tried) == [1, 2, 3, 4, 5]


def test_a_scene_that_fails_does_not_lose_what_the_others_bought(studio: Studio) -> None:
    episode = written(studio)
    studio.writers["draft"] = ByMaterial(palettes={"one": "ochre", "three": "blue"})

    def work_on(*words: str) -> None:
        with stage_work(Step.DIRECTION, episode.episode_id, studio) as work:
            by_number = dict(enumerate(words, 1))
            side_by_side(
                by_number,
                lambda n: work.part(f"scene-{n}", Look, {"about": by_number[n]}, lambda: asks(work, by_number[n])),
            )
            work.finish()

    with pytest.raises(Blocked):
        work_on("one", "two", "three")
    writer = ByMaterial(palettes={"two": "grey"})
    studio.writers["draft"] = writer
    work_on("one", "two", "three")
    assert writer.asked == ["two"]
    assert palettes(studio, episode) == {"scene-1": "ochre", "scene-2": "grey", "scene-3": "blue"}
    assert len(record_of(studio, episode).calls) == 3


class ByMaterial:
    """A writer that answers by what it is asked about, from whichever thread; what it does not know is refused."""

    model = "gemini-3.8-flash"

    def __init__(self, palettes: dict[str, str]) -> None:
        self.palettes = palettes
        self.asked: list[str] = []

    def write(self, request: Any, schema: Any) -> Any:
        about = str(request.material["about"])
        self.asked.append(about)
        if about not in self.palettes:
            raise Blocked("Refused.")
        return ListedWriter([a_look(self.palettes[about])]).write(request, schema)


# -- who comes too late


def test_a_worker_of_an_older_take_does_not_begin(studio: Studio) -> None:
    episode = written(studio)
    again(studio, episode)
    studio.take = 1
    with pytest.raises(Conflict, match="older take"):
        choose(studio, episode, look="tea")


@pytest.mark.parametrize("end", [a_look("late"), Blocked("Refused."), BudgetExceeded("Over the cap.")])
def test_a_worker_whose_episode_was_started_again_leaves_the_newer_takes_record(studio: Studio, end: Any) -> None:
    episode = written(studio)
    newer = Studio(studio.owner, studio.settings, clock=Clock(), writers={"draft": ListedWriter([a_look("new")])})

    def meanwhile() -> Any:
        again(newer, episode)
        choose(newer, episode, look="tea")
        if isinstance(end, Exception):
            raise end
        return end

    answers(studio, meanwhile, *[end] * 2)
    with pytest.raises(Conflict, match="older take"):
        choose(studio, episode, look="coffee")
    assert palettes(newer, episode) == {"look": "new"}
    assert record_of(newer, episode).status == "done"


def test_a_person_who_calls_a_stage_does_not_write_over_an_edit(studio: Studio) -> None:
    episode = moved(studio, written(studio), S.FAILED)
    studio.take = None
    answers(studio, a_look("ochre"))
    choose(studio, episode, look="tea")

    def meanwhile() -> Any:
        now = studio.episodes.get(episode.episode_id)
        record = record_of(studio, episode)
        part = Part(key="look", document=a_look("theirs").model_dump_json(), edited=True)
        studio.episodes.edit(now, now, [record.with_part(part)], None)
        raise BudgetExceeded("Over the cap.")

    answers(studio, meanwhile)
    with pytest.raises(Conflict):
        choose(studio, episode, look="coffee")
    assert palettes(studio, episode) == {"look": "theirs"}


def test_a_person_may_call_a_stage_while_a_gate_waits_and_not_while_somebody_works(studio: Studio) -> None:
    episode = written(studio)
    studio.take = None
    answers(studio, a_look("ochre"))
    with pytest.raises(Conflict, match="is written; it is being worked on"):
        choose(studio, episode, look="tea")
    waiting = moved(studio, episode, S.IN_REVIEW)
    choose(studio, waiting, look="tea")
    assert studio.episodes.get(episode.episode_id).status is S.IN_REVIEW


def test_there_is_nothing_to_direct_without_a_script(studio: Studio) -> None:
    episode = stored(studio, script=False)
    work = StageWork(Step.DIRECTION, episode.episode_id, studio)
    assert work.names() == []
    with pytest.raises(Conflict, match="has no script yet"):
        _ = work.told
