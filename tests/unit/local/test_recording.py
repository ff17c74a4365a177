"""Recordings: what is kept of an episode, what stands in the way, and what counts as the same."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import recording, replay
from local.client import ApiProblem, StudioClient
from local.problems import StudioProblem
from local.produce import Company, Order, Result, produce
from local.stores import Stores
from studio.domain import materials
from studio.domain.act import Act
from studio.domain.base import new_id
from studio.domain.canon import EpisodeCanon
from studio.domain.digest import digest_of
from studio.domain.episode import ClipStatus, Episode, Part, Pipeline, StageRecord, Status
from studio.domain.errors import Blocked, BudgetExceeded
from studio.domain.pipeline import Step
from studio.domain.project import Brief, CharacterSheet
from studio.domain.receipt import Receipt, Usage
from studio.entry import Studio
from studio.generation import catalogue
from studio.purchases import Purpose, Terms
from studio.store import keys
from studio.store.ledger import Bill, Call, Caps
from studio.store.memo import Remembered
from studio.store.table import Write
from tests.unit.local.studio_api import StudioApi
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
    for begun, closed in ((-7, -6), (-2, 1)):
        entry = EpisodeCanon(
            episode_id=an_episode(AT + timedelta(days=begun)).episode_id,
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
    asked(studio, episode, "POST", "/functions/episode-producer", {"prompt": episode.prompt, "review": ["script"]})
    return _written(studio, episode, status)


def asked(studio: Studio, episode: Episode, method: str, path: str, body: dict[str, Any]) -> None:
    """Have somebody ask something of an episode, a minute after whatever they asked before."""
    at = AT + timedelta(minutes=len(studio.acts.of(episode.episode_id)))
    told = json.dumps(body)
    studio.acts.keep(Act(act_id=new_id(at), episode_id=episode.episode_id, method=method, path=path, body=told, at=at))


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
        "episode.json": json.dumps(kept, indent=2).encode(),
        "script.md": b"# The Dinner",
        "script.pdf": b"%PDF The Dinner",
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
        prompt=episode.prompt,
        project="P",
        aspect="16:9",
        clips=1,
        provider="gemini",
        full=True,
        review=("script",),
        air_date="2026-11-23",
    )
    assert whole.acts == ()
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
        (lambda s, e: asked(s, e, "POST", f"/episodes/{e.episode_id}/cancel", {}), "it was cancelled"),
        (lambda s, e: s._material.delete(f"memo/{digest_of('a script')}"), "is not remembered any more"),
        (lambda s, e: s._material.delete_under("attachments/"), "reference picture of Hodan Warsame is not there"),
        (
            lambda s, e: [
                s.partition.write(Write("Delete", keys.act(e.episode_id, act.act_id)))
                for act in s.acts.of(e.episode_id)
            ],
            "before the studio kept what people ask",
        ),
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


def test_what_a_person_did_is_recorded_in_order_and_without_the_episodes_id(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    here = f"/episodes/{episode.episode_id}"
    answer = {"review_id": "01JD0000000000000000000000", "decision": "approve"}
    asked(studio, episode, "PUT", f"{here}/stages/expert_director/look", {"version": 3, "document": None})
    asked(studio, episode, "POST", f"{here}/reviews/script", answer)
    asked(studio, episode, "POST", f"{here}/reviews/script", answer)  # sent again: the same answer
    asked(studio, episode, "POST", "/functions/generate-video", {"episode_id": episode.episode_id, "clips": [1]})
    recording.keep(stores, Result(episode.episode_id, "completed"), tmp_path)
    acts = recording.load(tmp_path).acts
    assert [(act.method, act.path) for act in acts] == [
        ("PUT", "/episodes/{episode_id}/stages/expert_director/look"),
        ("POST", "/episodes/{episode_id}/reviews/script"),
        ("POST", "/functions/generate-video"),
    ]
    assert acts[1].body == answer


def bought(studio: Studio, episode: Episode, digest: str, bill: Bill) -> None:
    call = Call("render_clip", "gemini", "painter", "2026-07-01", digest, 0, episode.episode_id, 1)
    studio.ledger.settle(studio.ledger.reserve(call, AT), bill, AT)


def test_a_refusal_is_met_again_by_a_replay_and_what_was_only_down_is_named(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    bought(studio, episode, "f" * 64, Bill("released", note="Refused the picture.", error="Blocked"))
    bought(studio, episode, "e" * 64, Bill("unknown", note="Gemini took too long to answer.", error="Unavailable"))
    # Refused or down at first, and answered since: what it brought at last is what the episode was made from.
    bought(studio, episode, digest_of("a picture"), Bill("released", note="Down.", error="Unavailable"))
    bought(studio, episode, digest_of("another take"), Bill("settled"))
    remember(studio, digest_of("another take"), a_picture(), "image/png")
    lost = recording.keep(stores, Result(episode.episode_id, "completed"), tmp_path)
    assert lost == ["render_clip, clip 1: Gemini took too long to answer."]
    whole = recording.load(tmp_path)
    assert set(whole.calls) == {digest_of("a script"), digest_of("a picture"), digest_of("another take")}
    assert [(no.digest, no.error) for no in whole.refusals] == [("f" * 64, "Blocked")]
    other, owned = opened()
    recording.remember(owned, tmp_path, whole, "2026-11/x")
    terms = Terms("gemini", catalogue.price("gemini-3.8-flash", AT.date()), None, Purpose("render_clip"))
    with pytest.raises(Blocked, match=r"^Refused the picture\.$"):
        other.till.buy("f" * 64, "gemini-3.8-flash", 1000, terms, lambda: pytest.fail("asked"))


def test_a_cap_that_was_met_is_named(opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    reason = "This call would cost about $0.0390 and pass this episode's cap of $2.00. Nothing was bought."
    studio.episodes.update_clip(episode.episode_id, 1, AT, reason=reason)
    assert recording.keep(stores, Result(episode.episode_id, "partial"), tmp_path) == [f"clip 1: {reason}"]


def test_a_year_of_work_on_an_episode_is_found_in_every_months_ledger(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    for months in (2, 14):
        at = AT + timedelta(days=30 * months)
        call = Call("render_clip", "gemini", "painter", "2026-07-01", f"{months:064}", 0, episode.episode_id, 1)
        no = Bill("released", note="No.", error="BadAnswer")
        studio.ledger.settle(studio.ledger.reserve(call, at), no, at)
        moved_at = at
    studio.episodes.move(episode.episode_id, Status.QUEUED, moved_at)
    recording.keep(stores, Result(episode.episode_id, "completed"), tmp_path)
    assert [no.digest for no in recording.load(tmp_path).refusals] == [f"{2:064}", f"{14:064}"]


def test_an_episode_that_rests_is_recorded_with_where_it_stopped(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio, Status.WRITTEN)
    first = studio.acts.of(episode.episode_id)[0]
    body = json.loads(first.body) | {"stop_after": "script_generator_bot"}
    studio.acts.keep(first.model_copy(update={"body": json.dumps(body)}))
    recording.keep(stores, Result(episode.episode_id, "written"), tmp_path)
    assert recording.load(tmp_path).order.stop_after == "script_generator_bot"


@pytest.mark.parametrize("lost", ["order.json", "calls", "references", "files"])
def test_a_recording_that_is_not_whole_says_so(
    lost: str, opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    found = Result(episode.episode_id, "completed", files=at_home(tmp_path / "out", episode))
    recording.keep(stores, found, tmp_path)
    for path in [tmp_path / lost] if lost == "order.json" else (tmp_path / lost).iterdir():
        path.write_text("{") if lost == "order.json" else path.unlink()
    with pytest.raises(StudioProblem, match=r"cannot be read|not whole") as told:
        recording.load(tmp_path)
    assert told.value.code == 2
    with pytest.raises(StudioProblem, match="no recording"):
        recording.load(tmp_path / "elsewhere")


def test_a_recording_of_an_earlier_studio_says_how_to_make_another(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text('{"format": "episode-studio/recording", "version": 1}')
    with pytest.raises(StudioProblem, match="of an earlier studio") as told:
        recording.load(tmp_path)
    assert "--record" in told.value.next_step


def test_a_file_that_differs_in_ids_instants_and_costs_alone_becomes_the_recorded_one(
    opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    recorded = at_home(tmp_path / "one", episode)
    recording.keep(stores, Result(episode.episode_id, "completed", files=recorded), tmp_path)
    whole = recording.load(tmp_path)
    again = at_home(tmp_path / "two", an_episode(AT + timedelta(days=90)))
    told = json.loads(again[0].read_text())
    told["stages"] = [{"seconds": None, "calls": ["a", "b"]}]
    again[0].write_text(json.dumps(told, indent=2))
    assert again[0].read_bytes() != recorded[0].read_bytes()
    assert recording.compared(tmp_path, whole, again) == (sorted(whole.files), [])
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in recorded]


@pytest.mark.parametrize(
    "other",
    [
        lambda text: text.replace("The Dinner", "The Lunch"),
        lambda text: text.replace('["b", "a"]', '["b"]').replace('"a"', '"c"'),
        lambda text: text.replace('"title"', '"name"'),
        lambda text: text.replace("\n  ", "\n "),
        lambda text: text + "\n",
    ],
    ids=["a word", "a call", "a field", "the layout", "a line"],
)
def test_what_differs_in_anything_else_is_different_and_left_as_it_is(
    other: Callable[[str], str], opened: Callable[[], tuple[Studio, Stores]], tmp_path: Path
) -> None:
    studio, stores = opened()
    episode = a_recorded(studio)
    found = Result(episode.episode_id, "completed", files=at_home(tmp_path / "one", episode))
    recording.keep(stores, found, tmp_path)
    [told, *others] = at_home(tmp_path / "two", an_episode(AT + timedelta(days=90)))
    said = other(told.read_text())
    told.write_text(said)
    (tmp_path / "two" / "more.txt").write_text("more")
    (tmp_path / "two" / "script.md").write_text("# The Dinner ")
    whole = recording.load(tmp_path)
    same, differ = recording.compared(tmp_path, whole, [told, *others[:-1], tmp_path / "two" / "more.txt"])
    assert (same, differ) == (["script.pdf"], ["clips/1.png", "episode.json", "more.txt", "script.md"])
    assert told.read_text() == said


class _Api:
    """As much of the API's client as a person needs: it goes on when told to, and waits at the script's gate."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.said: list[tuple[str, str, dict[str, Any]]] = []
        self.no = 0

    def episode(self, episode_id: str) -> dict[str, Any]:
        assert episode_id == "NEW"
        return {"version": 7 + len(self.said), "status": self.status, "under_way": self.status != "completed"}

    def open_review(self, episode_id: str) -> dict[str, Any] | None:
        del episode_id
        return {"review_id": "OPEN", "gate": "script"} if self.status == "in_review" else None

    def cancel(self, episode_id: str) -> None:
        self.said.append(("POST", f"/episodes/{episode_id}/cancel", {}))
        self.status = "cancelled"

    def ask(self, method: str, path: str, body: dict[str, Any]) -> None:
        self.said.append((method, path, body))
        if self.no:
            raise ApiProblem(httpx.Response(self.no, request=httpx.Request(method, f"http://x{path}")))
        self.status = "writing" if method == "POST" else self.status


def test_a_run_goes_on_as_long_as_somebody_sets_it_going_again(tmp_path: Path) -> None:
    rested: list[str] = []

    def at_rest(episode: dict[str, Any]) -> bool:
        rested.append(episode["status"])
        return len(rested) < 3

    with StudioApi(readings=1) as api, StudioClient(api.url, lambda _: "token", local=True) as client:
        found = produce(client, Order(prompt="x", project="p1"), tmp_path, Company(at_rest=at_rest))
    assert (found.status, rested) == ("completed", ["completed"] * 3)


def acts(*told: tuple[str, str, dict[str, Any]]) -> list[recording.RecordedAct]:
    return [recording.RecordedAct(method=method, path=path, body=body) for method, path, body in told]


def test_a_person_does_the_same_again_up_to_what_sets_the_episode_going() -> None:
    api = _Api("in_review")
    edit = {"review_id": "OLD", "decision": "approve", "edit": {"version": 2, "title": "Supper"}}
    person = replay.Person(
        api,  # type: ignore[arg-type]
        acts(
            ("PATCH", "/episodes/{episode_id}", {"version": 1, "title": "Lunch"}),
            ("POST", "/episodes/{episode_id}/reviews/script", edit),
            ("POST", "/functions/generate-video", {"episode_id": "OLD", "clips": [1], "another_take": True}),
        ),
    )
    assert person.goes_on("NEW")
    assert api.said == [
        ("PATCH", "/episodes/NEW", {"version": 7, "title": "Lunch"}),
        (
            "POST",
            "/episodes/NEW/reviews/script",
            {"review_id": "OPEN", "decision": "approve", "edit": {"version": 8, "title": "Supper"}},
        ),
    ]
    api.status = "completed"
    assert person.goes_on("NEW")
    assert api.said[2][2] == {"episode_id": "NEW", "clips": [1], "another_take": True}
    api.status = "completed"
    assert not person.goes_on("NEW")


def test_what_had_broken_off_before_a_gate_does_not_wait_at_it_when_it_is_taken_up() -> None:
    api = _Api("in_review")
    taken_up = acts(("POST", "/functions/episode-producer", {"episode_id": "OLD", "start_at": "expert_director"}))
    assert replay.Person(api, taken_up).goes_on("NEW")  # type: ignore[arg-type]
    assert [path for _, path, _ in api.said] == ["/episodes/NEW/cancel", "/functions/episode-producer"]


def test_work_that_came_to_nothing_may_do_so_again_and_a_person_may_not_be_refused() -> None:
    api = _Api("completed")
    alone = acts(("POST", "/functions/expert-director", {"episode_id": "OLD"}))
    api.no = 502
    assert not replay.Person(api, alone).goes_on("NEW")  # type: ignore[arg-type]
    api.no = 409
    with pytest.raises(ApiProblem):
        replay.Person(api, alone).goes_on("NEW")  # type: ignore[arg-type]
    answer = acts(("POST", "/episodes/{episode_id}/reviews/script", {"review_id": "OLD", "decision": "approve"}))
    with pytest.raises(StudioProblem, match="No review waits"):
        replay.Person(api, answer).goes_on("NEW")  # type: ignore[arg-type]


class _Projects:
    """As much of the API's client as setting the stage without a cast takes."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def post(self, path: str, body: Any) -> dict[str, str]:
        assert path == "/projects"
        return {"project_id": self._studio.projects.create(Brief.model_validate(body), AT).project_id}
