"""Recordings: what is kept of an episode, what stands in the way, and what counts as the same."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local import recording, replay
from local.problems import StudioProblem
from local.produce import Order, Result
from local.stores import Stores
from studio.domain import materials
from studio.domain.canon import EpisodeCanon
from studio.domain.digest import digest_of
from studio.domain.episode import ClipStatus, Episode, Part, Pipeline, StageRecord, Status
from studio.domain.errors import BudgetExceeded
from studio.domain.pipeline import Step
from studio.domain.project import Brief, CharacterSheet
from studio.domain.receipt import Receipt, Usage
from studio.entry import Studio
from studio.generation import catalogue
from studio.purchases import Purpose, Terms
from studio.store.ledger import Bill, Call, Caps
from studio.store.memo import Remembered
from tests.unit.made import AT, a_picture, a_script, an_episode, an_owner, moved

RECEIPT = Receipt(provider="gemini", model="gemini-3.8-flash", usage=Usage(input_tokens=3))


@pytest.fixture
def opened(cloud: Any, open_studio: Callable[..., Studio]) -> Callable[[], tuple[Studio, Stores]]:
    """Open the studio and the stores of somebody new."""
    del cloud

    def of() -> tuple[Studio, Stores]:
        studio = open_studio(an_owner())
        return studio, Stores(studio.partition, studio._material)

    return of


@pytest.fixture
def aws(cloud: Any) -> Any:
    """What `open_studio` opens: the module's AWS in memory."""
    return cloud


def a_recorded(studio: Studio, status: Status = Status.COMPLETED) -> Episode:
    """Store a finished episode whose script and picture were bought, in a show with a past, and return it."""
    project = studio.projects.create(Brief(title="The House", community="Somalis in Minneapolis"), AT)
    cast = studio.cast(project.project_id)
    people = cast.add([CharacterSheet(name="Hodan Warsame"), CharacterSheet(name="Bile")], AT)
    attachment, _ = studio.attachments.announce("A face", "image/png", AT)
    studio._material.put(f"attachments/{attachment.attachment_id}", a_picture(), "image/png")
    cast.replace(people[0].model_copy(update={"reference_id": attachment.attachment_id}), AT)
    for asked, closed in ((-7, -6), (-2, 1)):
        entry = EpisodeCanon(
            episode_id=an_episode(AT + timedelta(days=asked)).episode_id,
            title="Before",
            synopsis="It began.",
            closed_at=AT + timedelta(days=closed),
        )
        studio.canon(project.project_id).put(entry)
    episode = an_episode(
        AT,
        project_id=project.project_id,
        brief=project.brief,
        provider="gemini",
        clips_wanted=1,
        pipeline=Pipeline.FULL,
    )
    studio.episodes.create(episode)
    return _written(studio, episode, status)


def _written(studio: Studio, episode: Episode, status: Status) -> Episode:
    script, calls = a_script(1), (digest_of("a script"),)
    record = StageRecord(
        episode_id=episode.episode_id, name=Step.SCRIPT, status="done", calls=calls, started_at=AT, finished_at=AT,
        parts=(Part(key="script", input_hash="x", document=script.model_dump_json()),),
    )  # fmt: skip
    studio.episodes.save_artifact(episode, record, script, AT)
    remember(studio, calls[0], b'{"title": "The Dinner"}', "application/json")
    if status is Status.WRITTEN:
        return moved(studio, episode, Status.WRITING, Status.WRITTEN)
    picture = digest_of("a picture")
    remember(studio, picture, a_picture(), "image/png")
    studio.episodes.update_clip(
        episode.episode_id, 1, AT, status=ClipStatus.RENDERED, name="clips/1.png", calls=[calls[0], picture]
    )
    return moved(studio, episode, Status.WRITING, Status.WRITTEN, Status.RENDERING, status)


def remember(studio: Studio, digest: str, data: bytes, media_type: str) -> None:
    studio.memo.put(digest, Remembered(data, media_type, RECEIPT.model_dump_json(), "2026-11/x"))


def at_home(folder: Path, episode: Episode) -> list[Path]:
    """Write what was brought home of an episode."""
    (folder / "clips").mkdir(parents=True)
    kept = {"episode_id": episode.episode_id, "title": "The Dinner", "stages": [{"seconds": 1.5, "calls": ["b", "a"]}]}
    files = {
        "episode.json": json.dumps(kept).encode(),
        "script.md": b"# The Dinner",
        "script.pdf": f"%PDF /CreationDate (D:{episode.created_at:%Y%m%d%H%M%S}Z) /ID [<0A><0A>] words".encode(),
        "clips/1.png": a_picture(),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def test_everything_an_episode_was_made_from_is_kept_and_read_back(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    kept = tmp_path / "kept"
    found = Result(episode.episode_id, "completed", files=at_home(tmp_path / "out", episode))
    assert recording.keep(stores, found, kept) == []
    whole = recording.load(kept)
    assert whole.order.order("P") == Order(
        prompt=episode.prompt, project="P", aspect="16:9", clips=1, provider="gemini", full=True, air_date="2026-11-23"
    )
    assert whole.project.community == "Somalis in Minneapolis"
    assert [character.sheet.name for character in whole.cast] == ["Hodan Warsame", "Bile"]
    reference = whole.cast[0].reference
    assert reference is not None
    assert recording.reference_of(kept, reference) == a_picture()
    # What the show learned after the script was begun was not known to its writer.
    assert [entry.closed_at for entry in whole.canon] == [AT - timedelta(days=6)]
    assert whole.calls == (digest_of("a script"), digest_of("a picture"))
    assert whole.models == (RECEIPT.model,)
    assert recording.call_of(kept, whole.calls[1]) == (
        a_picture(), recording.RecordedCall(media_type="image/png", receipt=RECEIPT)
    )  # fmt: skip
    assert set(whole.files) == {"episode.json", "script.md", "script.pdf", "clips/1.png"}
    with pytest.raises(StudioProblem, match="already") as told:
        recording.check_free(kept)
    assert told.value.code == 2


def test_a_remembered_call_is_found_by_another_owner_who_can_buy_nothing(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    found = Result(a_recorded(studio).episode_id, "completed", files=[])
    recording.keep(stores, found, tmp_path)
    other, owned = opened()
    owned.ledger.set_caps(Caps(0, 0, set_by="replay", set_at=AT))
    player = replay.Performer(_Projects(other), owned)  # type: ignore[arg-type]
    whole = recording.load(tmp_path)
    project_id = replay._set_the_stage(player, tmp_path, whole.model_copy(update={"cast": ()}))
    assert other.canon(project_id).all() == list(whole.canon)
    # As a stage buys: what is remembered comes, is not charged, and nothing else can be had.
    terms = Terms("gemini", catalogue.price("gemini-3.8-flash", AT.date()), None, Purpose("script_generator_bot"))
    data = other.till.buy(whole.calls[0], "gemini-3.8-flash", 1000, terms, lambda: pytest.fail("bought"))
    assert data == b'{"title": "The Dinner"}'
    assert other.ledger.month(AT)["spent"] == 0
    with pytest.raises(BudgetExceeded) as refused:
        other.till.buy("0" * 64, "gemini-3.8-flash", 1000, terms, lambda: pytest.fail("bought"))
    told = replay._in_replays_words({"reason": f"Clip 1: {refused.value}", "other": "kept"})
    assert told == {"reason": f"Clip 1: {replay.MISSING}", "other": "kept"}


def test_what_is_asked_knows_neither_ids_nor_the_day_it_is_asked_on() -> None:
    script, sheets = a_script(2), [CharacterSheet(name="Hodan Warsame", wants="peace")]
    asked = []
    for later in (timedelta(0), timedelta(days=90)):
        at = AT + later
        episode = an_episode(at, project_id=an_episode(at).episode_id, air_date=AT.date(), take=1 + later.days)
        scene = script.scenes[0]
        asked.append(
            [
                materials.script(episode, sheets),
                materials.culture_plan(episode, script),
                materials.look(episode, script),
                materials.direction(scene, {}, sheets),
                materials.outline(episode, script, sheets),
                materials.board(scene, script, None, None, sheets),
                materials.hooks(episode, script),
            ]
        )
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda s, e: s.episodes.save_stage(_script_of(s, e).model_copy(update={"unusable": 1})), "another attempt"),
        (
            lambda s, e: s.episodes.save_stage(
                _script_of(s, e).with_part(_script_of(s, e).parts[0].model_copy(update={"edited": True}))
            ),
            "script_generator_bot was edited",
        ),
        (lambda s, e: s.episodes.update_clip(e.episode_id, 1, AT, take=2), "clip 1 was painted again"),
        (lambda s, e: s._material.delete(f"memo/{digest_of('a script')}"), "is not remembered any more"),
    ],
)
def test_what_nobody_could_do_again_is_not_recorded(
    spoil: Callable[[Studio, Episode], None],
    said: str,
    opened: Callable[[], tuple[Studio, Stores]],
    tmp_path: Path,
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    spoil(studio, episode)
    with pytest.raises(StudioProblem, match=said):
        recording.keep(stores, Result(episode.episode_id, "completed"), tmp_path)
    assert not (tmp_path / "order.json").exists()


def _script_of(studio: Studio, episode: Episode) -> Any:
    return next(iter(studio.episodes.stages(episode.episode_id)))


def test_calls_that_were_refused_are_named_because_a_replay_cannot_repeat_them(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    call = Call("render_clip", "gemini", "painter", "2026-07-01", "f" * 64, 0, episode.episode_id, 1)
    studio.ledger.settle(studio.ledger.reserve(call, AT), Bill("released", note="Refused the picture."), AT)
    lost = recording.keep(stores, Result(episode.episode_id, "completed"), tmp_path)
    assert lost == ["render_clip, clip 1: Refused the picture."]


def test_an_episode_that_rests_is_recorded_with_where_it_stopped(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio, Status.WRITTEN)
    recording.keep(stores, Result(episode.episode_id, "written"), tmp_path)
    assert recording.load(tmp_path).order.stop_after == "script_generator_bot"


@pytest.mark.parametrize("lost", ["order.json", "calls", "references"])
def test_a_recording_that_is_not_whole_says_so(
    lost: str, opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    recording.keep(stores, Result(a_recorded(studio).episode_id, "completed"), tmp_path)
    for path in [tmp_path / lost] if lost == "order.json" else (tmp_path / lost).iterdir():
        path.write_text("{") if lost == "order.json" else path.unlink()
    with pytest.raises(StudioProblem, match=r"cannot be read|not whole") as told:
        recording.load(tmp_path)
    assert told.value.code == 2
    with pytest.raises(StudioProblem, match="no recording"):
        recording.load(tmp_path / "elsewhere")


def test_ids_instants_and_costs_may_differ_and_nothing_else(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    recording.keep(stores, Result(episode.episode_id, "completed", files=at_home(tmp_path / "one", episode)), tmp_path)
    whole = recording.load(tmp_path)
    again = at_home(tmp_path / "two", an_episode(AT + timedelta(days=90)))
    told = json.loads(again[0].read_text())
    told["stages"] = [{"seconds": 9, "calls": ["a", "b"]}]
    again[0].write_text(json.dumps(told))
    assert recording.compared(whole, again) == (sorted(whole.files), [])
    for path in again:
        path.write_bytes(path.read_bytes().replace(b"The Dinner", b"The Lunch").replace(b"words", b"other words"))
    (tmp_path / "two" / "more.txt").write_text("more")
    same, other = recording.compared(whole, [*again[:-1], tmp_path / "two" / "more.txt"])
    assert (same, other) == ([], ["clips/1.png", "episode.json", "more.txt", "script.md", "script.pdf"])


class _Projects:
    """As much of the API's client as setting the stage without a cast takes."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def post(self, path: str, body: Any) -> dict[str, str]:
        assert path == "/projects"
        return {"project_id": self._studio.projects.create(Brief.model_validate(body), AT).project_id}
