"""Nothing stays under way that nobody works on any more."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.generate_episode_from_prompt import app as producer
from functions.sweep import app
from studio import takes
from studio.domain.episode import ClipStatus, Episode, Measurement, Status
from studio.domain.receipt import Receipt, Usage
from studio.entry import Settings, Studio
from studio.store.ledger import Call
from studio.store.memo import Remembered
from tests.conftest import Clock, Context, call, http_event
from tests.unit.made import moved, statuses, stored
from tests.unit.memory import MemoryLambda

S = Status
AN_HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)

type Started = Callable[..., Episode]


@pytest.fixture
def studio(machines: Any, lambdas: MemoryLambda, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("CLIP_METADATA_FUNCTION", "studio-clip-metadata")
    return Studio("amina", Settings.from_environment(), clock=Clock(AN_HOUR_AGO))


def under_way(studio: Studio, *path: Status, **changes: Any) -> Episode:
    """Return an episode that has stood still for an hour, with an execution at work."""
    machine = studio.settings.producer_machine
    episode = takes.queue(studio, moved(studio, stored(studio, **changes), S.FAILED), machine)
    takes.start(studio, episode, machine)
    return moved(studio, episode, *path)


def vanish(studio: Studio, episode: Episode) -> Episode:
    """Take away its execution, as a restarted emulator does."""
    return studio.episodes.move(
        episode.episode_id, episode.status, studio.clock(), execution=episode.execution + "-that-never-was"
    )


def sweep(**event: Any) -> dict[str, int]:
    report: dict[str, int] = app.handler(event, Context())
    return {name: count for name, count in report.items() if count and name != "clips"}


def ended(episode: Episode, status: str, **changes: Any) -> dict[str, int]:
    asked = json.dumps({"owner": "amina", "episode_id": episode.episode_id, "take": episode.take})
    detail = {"name": episode.execution.rpartition(":")[2], "status": status, "input": asked} | changes
    return sweep(detail=detail)


def now(studio: Studio, episode: Episode) -> Episode:
    return studio.episodes.get(episode.episode_id)


# -- on its schedule


def test_an_execution_at_work_is_left_alone(studio: Studio) -> None:
    episode = under_way(studio, S.WRITING)
    assert sweep() == {}
    assert now(studio, episode) == episode


@pytest.mark.parametrize("path", [(), (S.WRITING,), (S.WRITING, S.WRITTEN), (S.RENDERING,)])
def test_an_episode_whose_execution_vanished_fails_and_can_be_taken_up_again(
    studio: Studio, path: tuple[Status, ...]
) -> None:
    episode = vanish(studio, under_way(studio, *path))
    assert sweep() == {"episodes": 1}
    assert now(studio, episode).status is S.FAILED
    assert now(studio, episode).reason
    told = json.loads(studio.videos.get(f"{episode.episode_id}/metadata.json") or b"")
    assert told["status"] == "failed"
    assert sweep() == {}
    again = http_event("POST", "/functions/generate-episode-from-prompt", {"episode_id": episode.episode_id})
    assert call(producer.handler, again).status == 202


def test_what_was_rendered_counts_and_what_was_not_says_so(studio: Studio) -> None:
    episode = vanish(studio, under_way(studio, S.RENDERING))
    studio.episodes.update_clip(episode.episode_id, 1, AN_HOUR_AGO, status=ClipStatus.RENDERED)
    studio.episodes.update_clip(episode.episode_id, 2, AN_HOUR_AGO, status=ClipStatus.RENDERING)
    studio.episodes.update_clip(episode.episode_id, 3, AN_HOUR_AGO, status=ClipStatus.FAILED, reason="Refused.")
    assert sweep() == {"episodes": 1}
    settled = now(studio, episode)
    assert settled.status is S.PARTIAL
    assert "Clip 2:" in settled.reason
    assert "Clip 3: Refused." in settled.reason
    # Nobody renders it any more, so it does not say so either.
    assert statuses(studio, episode) == {1: "rendered", 2: "failed", 3: "failed"}


def test_everything_rendered_is_completed_even_when_nobody_was_left_to_say_so(studio: Studio) -> None:
    episode = vanish(studio, under_way(studio, S.RENDERING))
    for number in (1, 2, 3):
        studio.episodes.update_clip(episode.episode_id, number, AN_HOUR_AGO, status=ClipStatus.RENDERED)
    sweep()
    assert (now(studio, episode).status, now(studio, episode).reason) == (S.COMPLETED, "")


def test_what_moved_a_moment_ago_is_left_alone(studio: Studio) -> None:
    studio.clock.at = datetime.now(UTC)  # type: ignore[attr-defined]
    episode = vanish(studio, under_way(studio))
    assert sweep() == {}
    assert sweep(rest_seconds=0) == {"episodes": 1}
    assert now(studio, episode).status is S.FAILED


def test_an_execution_that_was_stopped_leaves_a_cancelled_episode(studio: Studio, machines: Any) -> None:
    episode = under_way(studio, S.WRITING)
    machines.stop_execution(executionArn=episode.execution)
    assert sweep() == {"episodes": 1}
    assert now(studio, episode).status is S.CANCELLED


def test_all_owners_are_swept(studio: Studio) -> None:
    other = Studio("bilan", studio.settings, clock=studio.clock)
    episodes = [(each, vanish(each, under_way(each))) for each in (studio, other, studio)]
    assert sweep() == {"episodes": 3}
    assert {now(each, episode).status for each, episode in episodes} == {S.FAILED}
    assert (studio.episodes.counts()["failed"], other.episodes.counts()["failed"]) == (2, 1)


@pytest.mark.parametrize("meanwhile", ["deleted", "taken up again"])
def test_one_that_is_gone_meanwhile_does_not_keep_the_others(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    first, second = (vanish(studio, under_way(studio)) for _ in range(2))
    settle = takes.settle

    def late(each: Studio, episode: Episode, execution: str) -> Any:
        settled = settle(each, episode, execution)
        if episode.episode_id == first.episode_id:
            if meanwhile == "deleted":
                each.episodes.delete(episode.episode_id, AN_HOUR_AGO)
            else:
                takes.queue(each, settled, each.settings.producer_machine)
        return settled

    monkeypatch.setattr(takes, "settle", late)
    sweep()
    assert now(studio, second).status is S.FAILED


def test_a_step_functions_that_does_not_answer_is_no_reason_to_fail_an_episode(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode = under_way(studio)

    def busy(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "DescribeExecution")

    monkeypatch.setattr(studio.client("stepfunctions"), "describe_execution", busy)
    with pytest.raises(ClientError):
        sweep()
    assert now(studio, episode) == episode


# -- when an execution ends


@pytest.mark.parametrize(
    ("status", "becomes"),
    [("FAILED", S.FAILED), ("TIMED_OUT", S.FAILED), ("ABORTED", S.CANCELLED), ("SUCCEEDED", S.FAILED)],
)
def test_an_execution_that_ends_settles_its_episode(studio: Studio, status: str, becomes: Status) -> None:
    episode, other = under_way(studio, S.WRITING), under_way(studio)
    assert ended(episode, status) == {"episodes": 1}
    assert now(studio, episode).status is becomes
    assert now(studio, episode).reason.endswith(".")
    assert now(studio, other) == other
    # Told twice, it is settled once.
    assert ended(episode, status) == {}


def test_an_execution_that_runs_is_not_over(studio: Studio) -> None:
    episode = under_way(studio)
    assert ended(episode, "RUNNING") == {}
    assert now(studio, episode) == episode


def test_the_end_of_an_older_take_is_late_and_changes_nothing(studio: Studio) -> None:
    older = under_way(studio, S.CANCELLED)
    newer = takes.queue(studio, older, studio.settings.producer_machine)
    assert ended(older, "FAILED") == {}
    assert now(studio, older) == newer


def test_the_end_of_what_is_deleted_foreign_or_not_ours_changes_nothing(studio: Studio) -> None:
    episode = under_way(studio, S.CANCELLED)
    studio.episodes.delete(episode.episode_id, AN_HOUR_AGO)
    assert ended(episode, "FAILED") == {}
    mine = under_way(studio)
    assert ended(mine, "FAILED", input='{"owner": "bilan"}') == {}
    assert ended(mine, "FAILED", name="by-hand") == {}
    assert now(studio, mine) == mine


# -- reservations


def reserve(studio: Studio, digest: str, model: str = "gemini-nano-banana-2.1") -> str:
    return studio.ledger.reserve(Call("render_clip", "gemini", model, "2026-10-01", digest, 40_000), studio.clock())


def test_a_reservation_nobody_closed_is_closed(studio: Studio) -> None:
    reserve(studio, "lost")
    stored_one = reserve(studio, "stored")
    receipt = Receipt(provider="gemini", model="m", usage=Usage(images=1))
    studio.memo.put("stored", Remembered(b"x", "image/png", receipt.model_dump_json(), stored_one))
    assert sweep() == {"reservations": 2}
    entries = studio.ledger.page(f"{AN_HOUR_AGO:%Y-%m}", 9, None)[0]
    assert {entry.digest: (entry.status, entry.cost) for entry in entries} == {
        "lost": ("unknown", 40_000),
        "stored": ("settled", 33_600),
    }
    assert sweep() == {}
    assert studio.ledger.month(AN_HOUR_AGO)["committed"] == 73_600


def test_a_reservation_of_a_call_that_may_still_be_at_work_stays_open(studio: Studio) -> None:
    studio.clock.at = datetime.now(UTC) - timedelta(minutes=20)  # type: ignore[attr-defined]
    reserve(studio, "busy")
    assert sweep() == {}


def test_a_reservation_of_a_model_nobody_knows_does_not_keep_the_others_open(studio: Studio) -> None:
    reserve(studio, "a", model="gone-with-the-wind")
    reserve(studio, "b")
    assert sweep() == {"reservations": 1}


# -- files nobody measured


def test_a_file_nobody_measured_is_measured_after_all(studio: Studio, lambdas: MemoryLambda) -> None:
    episode = moved(studio, stored(studio), S.FAILED)
    studio.episodes.update_clip(
        episode.episode_id, 2, AN_HOUR_AGO, status=ClipStatus.RENDERED, name="clips/2.png", sha256="f00"
    )
    studio.episodes.update_clip(
        episode.episode_id, 3, datetime.now(UTC), status=ClipStatus.RENDERED, name="clips/3.png"
    )
    app.handler({}, Context())
    [asked] = lambdas.invoked
    assert (asked["FunctionName"], asked["InvocationType"]) == ("studio-clip-metadata", "Event")
    told = json.loads(asked["Payload"])["detail"]["object"]["key"]
    assert told == f"amina/{episode.episode_id}/clips/2.png"
    measured = Measurement(
        etag="e", sha256="f00", bytes=9, media_type="image/png", width=1, height=1, measured_at=AN_HOUR_AGO
    )
    studio.episodes.update_clip(episode.episode_id, 2, AN_HOUR_AGO, measured=measured)
    app.handler({}, Context())
    assert len(lambdas.invoked) == 1
