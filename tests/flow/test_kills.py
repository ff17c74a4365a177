"""Workers die at any call they make, before it took effect or after, and nothing is lost, bought twice or left open."""

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.flow.world import Death, World, world_in

pytestmark = pytest.mark.flow

FUNCTIONS = ("script_generator_bot", "render_clip", "clip_metadata", "close_render")
POINTS = int(os.environ.get("KILL_POINTS", "4"))
"""How many calls of each function a worker dies at, spread over all it makes. 25 is every one."""


@pytest.fixture(scope="module")
def calls(machines: None) -> Iterator[dict[str, int]]:
    """How many calls the first worker of each function makes when nobody dies."""
    with pytest.MonkeyPatch.context() as patch, world_in(patch) as world:
        world.one_at_a_time = True
        assert world.produce(clips=2)["status"] == "completed"
        yield {function: len(world.calls_of(function)[0].calls) for function in FUNCTIONS}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("point", range(POINTS))
def test_one_worker_of_every_function_dies_once_and_the_episode_is_completed(
    world: World, calls: dict[str, int], point: int, after: bool
) -> None:
    world.one_at_a_time = True
    world.deaths = [Death(function, point * made // POINTS, after) for function, made in calls.items()]

    episode = world.produce(clips=1 + point % 2)

    assert all(death.happened for death in world.deaths), world.deaths
    assert (episode["status"], episode["reason"]) == ("completed", ""), world.deaths
    whole(world, episode["episode_id"])


@pytest.mark.parametrize("function", ["generate_video", "generate_episode_from_prompt"])
def test_a_caller_that_dies_leaves_an_episode_that_can_be_taken_up_again(world: World, function: str) -> None:
    episode_id = world.produce(clips=1)["episode_id"]
    world.workers.clear()
    again = world.shoot if function == "generate_video" else world.again
    again(episode_id)
    made = len(world.as_worker(function, {"episode_id": episode_id}).calls)
    world.settle()

    for call in range(0, made, 2):
        for after in (False, True):
            world.deaths = [Death(function, call, after)]
            world.as_worker(function, {"episode_id": episode_id})
            assert world.deaths[0].happened
            world.settle()
            world.clock.forward(timedelta(minutes=6).total_seconds())
            world.sweep()
            status = world.episode(episode_id)["status"]
            assert status in ("completed", "failed"), world.deaths
            assert world.counts() == {status: 1}

    assert again(episode_id)["status"] == "completed"
    assert (len(world.writer.asked), world.painter.painted) == (1, [1])


def whole(world: World, episode_id: str) -> None:
    """Assert that an episode is all there and its books are closed."""
    assert world.happened() == ["queued", "writing", "written", "rendering", "completed"]
    assert world.counts() == {"completed": 1}
    assert world.dead_letters == []
    assert world.bought_twice == [], world.deaths
    metadata = world.metadata(episode_id)
    for clip in world.episode(episode_id)["clips"]:
        digest = hashlib.sha256(world.file(episode_id, clip["name"])).hexdigest()
        facts = metadata["clips"][clip["number"] - 1]
        assert (clip["status"], clip["sha256"], clip["measured"]) == ("rendered", digest, True)
        assert (facts["status"], facts["measured"]["sha256"]) == ("rendered", digest)
        assert world.facts(episode_id, clip["number"]) == facts
    world.clock.forward(timedelta(hours=1).total_seconds())
    world.sweep()
    ledger = world.ledger()
    assert {spend.status for spend in ledger} <= {"settled", "released", "unknown"}, world.deaths
    spent = sum(spend.cost for spend in ledger)
    money = world.api("GET", "/dashboard").body["spend"]
    assert money["spent_usd"] == money["committed_usd"] == pytest.approx(spent / 1_000_000)
    episode = world.studio().episodes.get(episode_id)
    assert episode.spent == episode.committed == spent
