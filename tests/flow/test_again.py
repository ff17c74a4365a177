"""Taking an episode up again, rendering some of it again, and stopping it."""

import hashlib
from datetime import timedelta

import pytest

from studio.domain.errors import Blocked
from tests.flow.world import World

pytestmark = pytest.mark.flow


def bought(world: World) -> tuple[int, list[int]]:
    """How many scripts and which clips were bought so far."""
    return len(world.writer.asked), world.painter.painted


def test_a_finished_episode_taken_up_again_unchanged_buys_nothing(world: World) -> None:
    before = world.produce(clips=2)

    after = world.again(before["episode_id"])

    assert bought(world) == (1, [1, 2])
    assert (after["status"], after["take"]) == ("completed", 2)
    assert [clip["sha256"] for clip in after["clips"]] == [clip["sha256"] for clip in before["clips"]]
    assert after["cost_usd"] == before["cost_usd"]
    assert world.counts() == {"completed": 1}

    assert world.shoot(before["episode_id"])["status"] == "completed"
    assert bought(world) == (1, [1, 2])


def test_another_take_buys_the_wanted_clips_and_no_others(world: World) -> None:
    before = world.produce()

    after = world.shoot(before["episode_id"], 2, 3, another_take=True)

    assert bought(world) == (1, [1, 2, 2, 3, 3])
    assert after["status"] == "completed"
    assert [clip["take"] for clip in after["clips"]] == [1, 2, 2]
    changed = [now["sha256"] != then["sha256"] for now, then in zip(after["clips"], before["clips"], strict=True)]
    assert changed == [False, True, True]
    assert all(clip["measured"] for clip in after["clips"])


def test_an_edited_description_buys_that_clip_alone(world: World) -> None:
    before = world.produce()
    path = f"/episodes/{before['episode_id']}"
    edit = {"version": before["version"], "clips": [{"number": 2, "description": "The letter burns."}]}
    assert world.api("PATCH", path, edit).status == 200

    after = world.again(before["episode_id"])

    assert bought(world) == (1, [1, 2, 2, 3])
    assert "The letter burns." in world.painter.asked[-1].prompt
    assert after["clips"][1]["sha256"] != before["clips"][1]["sha256"]
    metadata = world.metadata(before["episode_id"])
    assert metadata["clips"][1]["description"] == "The letter burns."
    assert metadata["clips"][1]["measured"]["sha256"] == after["clips"][1]["sha256"]


def test_while_it_renders_nothing_else_may_begin_or_delete_it(world: World) -> None:
    refused: list[int] = []

    def meanwhile() -> None:
        episode_id = world.api("GET", "/episodes").body["items"][0]["episode_id"]
        again = {"episode_id": episode_id}
        refused.extend(
            [
                world.api("POST", "/functions/generate-video", again).status,
                world.api("POST", "/functions/generate-episode-from-prompt", again).status,
                world.api("POST", "/functions/script-generator-bot", again).status,
                world.api("DELETE", f"/episodes/{episode_id}").status,
                world.api("PATCH", f"/episodes/{episode_id}", {"version": 2, "title": "Mine"}).status,
            ]
        )

    world.painter.next[1].append(meanwhile)
    episode = world.produce(clips=1)

    assert refused == [409] * 5
    assert (episode["status"], episode["take"]) == ("completed", 1)


def test_a_cancelled_episode_stays_so_and_goes_on_later_with_what_is_there(world: World) -> None:
    world.one_at_a_time = True
    answers: list[int] = []

    def cancel() -> None:
        episode_id = world.api("GET", "/episodes").body["items"][0]["episode_id"]
        answers.append(world.api("POST", f"/episodes/{episode_id}/cancel").status)

    world.painter.next[2].append(cancel)
    episode = world.produce()
    world.clock.forward(timedelta(hours=1).total_seconds())
    world.sweep()

    assert answers == [202]
    assert world.episode(episode["episode_id"])["status"] == "cancelled"
    assert world.happened()[-1] == "cancelled"
    assert world.counts() == {"cancelled": 1}
    painted = world.painter.painted
    assert 2 in painted
    for clip in world.episode(episode["episode_id"])["clips"]:
        assert (clip["status"] == "rendered") == (clip["number"] in painted)

    after = world.again(episode["episode_id"])

    assert (after["status"], after["reason"]) == ("completed", "")
    assert bought(world) == (1, [1, 2, 3])
    assert world.counts() == {"completed": 1}


def test_a_script_finished_after_the_cancellation_does_not_bring_the_episode_back(world: World) -> None:
    def cancel() -> None:
        episode_id = world.api("GET", "/episodes").body["items"][0]["episode_id"]
        world.api("POST", f"/episodes/{episode_id}/cancel")

    world.writer.next.append(cancel)
    episode = world.produce(clips=1)

    assert (episode["status"], world.painter.asked) == ("cancelled", [])
    assert world.again(episode["episode_id"])["status"] == "completed"
    assert bought(world) == (1, [1])


def test_a_picture_of_an_older_take_does_not_replace_the_newer_one(world: World) -> None:
    def overtaken() -> None:
        (summary,) = world.api("GET", "/episodes").body["items"]
        path = f"/episodes/{summary['episode_id']}"
        world.api("POST", f"{path}/cancel")
        version = world.api("GET", path).body["version"]
        edit = {"version": version, "clips": [{"number": 1, "description": "The letter burns."}]}
        assert world.api("PATCH", path, edit).status == 200
        again = world.api("POST", "/functions/generate-episode-from-prompt", {"episode_id": summary["episode_id"]})
        assert again.status == 202
        while world.api("GET", path).body["status"] != "completed":
            world.wait_for_change()

    world.painter.next[1].append(overtaken)
    episode = world.produce(clips=1)

    assert (episode["status"], episode["take"]) == ("completed", 2)
    (clip,) = episode["clips"]
    stored = world.file(episode["episode_id"], "clips/1.png")
    assert clip["sha256"] == hashlib.sha256(stored).hexdigest()
    assert "The letter burns." in world.painter.asked[-1].prompt
    painted = [spend for spend in world.ledger() if spend.purpose == "render_clip"]
    newer, older = (spend.digest for spend in sorted(painted, key=lambda spend: spend.settled_at))
    assert stored == world.remembered(newer) != world.remembered(older)


def test_a_deleted_episode_leaves_no_file_and_late_events_bring_none_back(world: World) -> None:
    world.event_timing = "late"
    episode_id = world.generate(clips=1)
    world.finish()
    assert world.api("DELETE", f"/episodes/{episode_id}").status == 204

    world.settle()

    assert world.all_files() == []
    assert world.counts() == {}
    assert world.happened()[-1] == "deleted"
    assert world.dead_letters == []


def test_a_clip_that_fails_when_shot_again_keeps_its_earlier_file(world: World) -> None:
    before = world.produce(clips=2)
    world.painter.next[2].append(Blocked("Refused."))

    after = world.shoot(before["episode_id"], 2, another_take=True)

    assert (after["status"], after["reason"]) == ("partial", "Clip 2: Refused.")
    assert world.file(before["episode_id"], "clips/2.png")
    assert world.shoot(before["episode_id"], 2)["status"] == "completed"
    assert bought(world) == (1, [1, 2, 2, 2])
