"""Events twice, late, early and out of order; executions that end badly or vanish."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.flow.world import World, ending

pytestmark = pytest.mark.flow


def all_agree(world: World, episode: dict[str, Any]) -> None:
    """Assert that stored bytes, clips, their `.json` and metadata.json say the same."""
    metadata = world.metadata(episode["episode_id"])
    assert metadata["status"] == episode["status"] == "completed"
    for clip, facts in zip(episode["clips"], metadata["clips"], strict=True):
        data = world.file(episode["episode_id"], clip["name"])
        digest = hashlib.sha256(data).hexdigest()
        assert (clip["measured"], clip["sha256"], clip["bytes"]) == (True, digest, len(data))
        assert facts["measured"]["sha256"] == digest
        own = json.loads(world.file(episode["episode_id"], f"clips/{clip['number']}.json"))
        assert own == facts
        assert (own["status"], own["file"], own["take"]) == ("rendered", clip["name"], clip["take"])


def test_events_that_come_twice_change_nothing_more(world: World) -> None:
    world.event_timing = "late"
    episode_id = world.generate(clips=2)
    world.finish()
    assert not any(clip["measured"] for clip in world.episode(episode_id)["clips"])
    assert not any(clip["measured"] for clip in world.metadata(episode_id)["clips"])

    world.deliver(times=2)

    all_agree(world, world.episode(episode_id))


def test_a_clip_whose_event_was_lost_is_measured_when_the_sweep_finds_it(world: World) -> None:
    world.event_timing = "late"
    episode_id = world.generate(clips=2)
    world.finish()
    world.events.clear()
    world.sweep()
    assert not any(clip["measured"] for clip in world.episode(episode_id)["clips"])

    world.clock.forward(timedelta(minutes=6).total_seconds())

    assert world.sweep()["clips"] == 2
    all_agree(world, world.episode(episode_id))
    assert world.sweep()["clips"] == 0


def test_an_event_may_come_before_its_clip_knows_what_was_stored(world: World) -> None:
    world.event_timing = "at once"
    all_agree(world, world.produce(clips=2))


def test_events_of_two_takes_may_come_in_any_order(world: World) -> None:
    world.event_timing = "late"
    episode_id = world.generate(clips=2)
    world.finish()
    body = {"episode_id": episode_id, "another_take": True}
    assert world.api("POST", "/functions/generate-video", body).status == 202
    world.finish()
    assert len(world.events) == 4

    world.deliver(backwards=True)

    episode = world.episode(episode_id)
    all_agree(world, episode)
    assert [clip["take"] for clip in episode["clips"]] == [2, 2]


def test_an_event_of_another_bucket_object_is_passed_over(world: World) -> None:
    for key in ("amina/somewhere/else/1.png", "amina/x/clips/9.png", "amina/01M83T4CM1AJTJTSGBCNB6EQZF/clips/1.png"):
        assert world.invoke("clip_metadata", {"detail": {"object": {"key": key}}})[0] is None
    assert world.all_files() == []


def test_an_execution_stopped_by_hand_leaves_a_cancelled_episode(world: World) -> None:
    def stop() -> None:
        (summary,) = world.api("GET", "/episodes").body["items"]
        world.stop_executions(summary["episode_id"])

    world.painter.next[1].append(stop)
    episode = world.produce(clips=1)

    assert episode["status"] == "cancelled"
    assert episode["reason"] == "The execution was stopped. Take the episode up again to go on."
    assert world.metadata(episode["episode_id"])["status"] == "cancelled"
    assert world.counts() == {"cancelled": 1}
    assert world.again(episode["episode_id"])["status"] == "completed"
    assert world.painter.painted == [1]


def test_an_execution_that_fails_because_closing_fails_is_settled_by_its_event(world: World) -> None:
    world.crashes["close_render"].extend([RuntimeError("broken")] * 6)

    episode = world.produce(clips=2)

    assert (episode["status"], episode["reason"]) == ("completed", "")
    assert len(world.calls_of("sweep")) == 2, "one for each machine"
    assert world.counts() == {"completed": 1}
    assert world.metadata(episode["episode_id"])["status"] == "completed"


@pytest.mark.parametrize(("status", "words"), [("TIMED_OUT", "It took too long"), ("FAILED", "It broke off.")])
def test_an_execution_that_ends_before_the_script_is_there_is_a_failed_episode(
    world: World, status: str, words: str
) -> None:
    episode_id = world.queued()

    world.endings.append(ending(f"{episode_id}-1", status, json.dumps({"owner": world.owner})))
    world.deliver()

    episode = world.episode(episode_id)
    assert episode["status"] == "failed"
    assert episode["reason"].startswith(words)
    assert world.counts() == {"failed": 1}


def test_an_execution_that_vanished_is_found_by_the_sweep_when_it_has_rested(world: World) -> None:
    episode_id = world.queued()
    assert world.sweep()["episodes"] == 0

    world.clock.forward(timedelta(minutes=6).total_seconds())

    assert world.sweep()["episodes"] == 1
    episode = world.episode(episode_id)
    assert (episode["status"], world.metadata(episode_id)["status"]) == ("failed", "failed")
    assert episode["reason"] == "Its execution is gone, as after a restart. Take the episode up again to go on."
    assert world.sweep()["episodes"] == 0
    assert world.again(episode_id)["status"] == "completed"


def test_the_sweep_leaves_alone_what_still_runs(world: World) -> None:
    found: list[dict[str, int]] = []

    def meanwhile() -> None:
        world.clock.forward(timedelta(hours=1).total_seconds())
        found.append(world.sweep())

    world.painter.next[1].append(meanwhile)

    assert world.produce(clips=1)["status"] == "completed"
    assert found[0]["episodes"] == 0
    assert found[0]["reservations"] == 1, "one that is half an hour old is taken for lost"


def test_events_of_an_older_take_change_nothing(world: World) -> None:
    episode = world.produce(clips=1)
    name = f"{episode['episode_id']}-1"
    again = {"episode_id": episode["episode_id"]}
    seen: list[str] = []

    def meanwhile() -> None:
        for status in ("FAILED", "ABORTED", "TIMED_OUT"):
            world.endings.append(ending(name, status, json.dumps({"owner": world.owner})))
        world.deliver()
        for folder, more in (("close_render", {"clips": [1]}), ("render_clip", {"clip": 1}), ("close_render", {})):
            world.invoke(folder, {"owner": world.owner, "take": 1, **again, **more})
        world.invoke("script_generator_bot", {"owner": world.owner, "take": 1, **again})
        seen.append(world.episode(episode["episode_id"])["status"])

    world.painter.next[1].append(meanwhile)
    after = world.shoot(episode["episode_id"], 1, another_take=True)

    assert seen == ["rendering"]
    assert (after["status"], after["take"]) == ("completed", 2)
    assert after["clips"][0]["take"] == 2
    assert world.counts() == {"completed": 1}
    assert world.happened()[-3:] == ["queued", "rendering", "completed"]


def test_an_event_of_an_execution_that_is_not_ours_or_of_a_deleted_episode_is_passed_over(world: World) -> None:
    asked = json.dumps({"owner": world.owner})
    for name in ("something-else", "01M83T4CM1AJTJTSGBCNB6EQZF-1", "x"):
        error, report = world.invoke("sweep", ending(name, "FAILED", asked))
        assert (error, report["episodes"]) == (None, 0)
