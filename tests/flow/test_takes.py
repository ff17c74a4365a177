"""Pictures that are judged: poor ones are painted anew, and nobody pays twice for it."""

import hashlib
from collections.abc import Iterator

import pytest

from studio.domain.errors import Blocked, Throttled, Unavailable
from tests.flow.test_kills import whole
from tests.flow.world import Death, World, world_in

pytestmark = pytest.mark.flow


def test_a_clip_whose_first_take_is_poor_gets_a_second_and_both_verdicts_are_kept(world: World) -> None:
    world.judge.next[2].extend([2, 4])

    episode = world.produce()

    assert (episode["status"], world.painter.painted, len(world.judge.asked)) == ("completed", [1, 2, 2, 3], 4)
    first, second = episode["clips"][1]["takes"]
    assert [take["verdict"]["overall"] for take in (first, second)] == [1.25, 4.0]
    assert [take["kept"] for take in (first, second)] == [False, True]
    kept = world.file(episode["episode_id"], "clips/2.png")
    assert hashlib.sha256(kept).hexdigest() == second["sha256"] == episode["clips"][1]["sha256"] != first["sha256"]
    facts = world.facts(episode["episode_id"], 2)
    assert facts["takes"] == [first, second]
    assert facts == world.metadata(episode["episode_id"])["clips"][1]
    assert [len(clip["takes"]) for clip in episode["clips"]] == [1, 2, 1]


def test_a_judge_who_refuses_or_is_away_costs_nobody_their_picture(world: World) -> None:
    world.judge.next[1].append(Blocked("The picture was refused."))
    world.judge.next[2].extend([Throttled("Slow down.", 30), Unavailable("Down.")])

    episode = world.produce(clips=2)

    assert (episode["status"], episode["reason"]) == ("completed", "")
    (refused,), (judged,) = (clip["takes"] for clip in episode["clips"])
    assert refused["verdict"] is None
    assert "It could not be judged: The picture was refused." in refused["reason"]
    assert judged["verdict"]["overall"] == 5
    assert world.machine_waits == [30]
    assert (world.painter.painted, world.bought_twice) == ([1, 2], [])


def test_shot_again_unchanged_neither_is_painted_nor_judged_again(world: World) -> None:
    world.judge.next[1].extend([2, 4])
    before = world.produce(clips=1)

    after = world.shoot(before["episode_id"])

    assert after["clips"][0]["takes"] == before["clips"][0]["takes"]
    assert (world.painter.painted, len(world.judge.asked)) == ([1, 1], 2)
    assert after["cost_usd"] == before["cost_usd"]


def test_an_audit_of_a_finished_episode_finds_its_verdicts_remembered(world: World) -> None:
    episode = world.produce(clips=2)

    answer = world.api("POST", "/functions/realism-audit", {"episode_id": episode["episode_id"]})

    assert answer.status == 200, answer.body
    assert [clip["acceptable"] for clip in answer.body["clips"]] == [True, True]
    assert len(world.judge.asked) == 2
    assert world.episode(episode["episode_id"])["cost_usd"] == episode["cost_usd"]
    assert world.metadata(episode["episode_id"])["clips"][0]["takes"] == episode["clips"][0]["takes"]


@pytest.fixture(scope="module")
def purchases(machines: None) -> Iterator[dict[str, list[int]]]:
    """At which of its calls a worker that shoots two takes has each painted and judged."""
    with pytest.MonkeyPatch.context() as patch, world_in(patch) as world:
        world.judge.next[1].extend([2, 4])
        assert world.produce(clips=1)["status"] == "completed"
        (worker,) = world.calls_of("render_clip")
        found: dict[str, list[int]] = {"the painter paints": [], "the judge judges": []}
        for at, made in enumerate(worker.calls):
            if made in found:
                found[made].append(at)
        yield found


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("what", "number"), [("the judge judges", 0), ("the painter paints", 1), ("the judge judges", 1)]
)
def test_a_worker_killed_at_any_purchase_of_two_takes_buys_nothing_twice(
    world: World, purchases: dict[str, list[int]], what: str, number: int, after: bool
) -> None:
    world.judge.next[1].extend([2, 4])
    world.deaths = [Death("render_clip", purchases[what][number], after)]

    episode = world.produce(clips=1)

    assert world.deaths[0].at == f"{'after' if after else 'before'} {what}"
    whole(world, episode["episode_id"])
