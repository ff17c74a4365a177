"""Thompson sampling: what it shows, and what showing it costs."""

import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.insight.bandit import Arm, allocation, choose, floor_for_test


def test_equal_arms_are_shown_equally() -> None:
    found = allocation([Arm(name=name, successes=5, failures=45) for name in "abcd"], seed=1)
    assert found == pytest.approx(dict.fromkeys("abcd", 0.25), abs=0.03)


def test_a_chance_to_be_better_is_what_has_a_closed_form() -> None:
    # Beta(2, 1) against Beta(1, 1): ∫ x · 2x dx = 2/3.
    found = allocation([Arm(name="a", successes=1), Arm(name="b")], draws=8000, seed=3)
    assert found["a"] == pytest.approx(2 / 3, abs=0.02)


def test_the_better_arm_is_shown_more_the_surer_it_is() -> None:
    shares = [
        allocation(
            [Arm(name="a", successes=6 * n, failures=94 * n), Arm(name="b", successes=9 * n, failures=91 * n)], seed=5
        )["b"]
        for n in (1, 4, 16)
    ]
    assert 0.5 < shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.99


def test_a_floor_keeps_every_arm_in_sight() -> None:
    arms = [
        Arm(name="good", successes=900, failures=100),
        Arm(name="bad", failures=1000),
        Arm(name="new", failures=1000),
    ]
    assert allocation(arms, draws=500, seed=1)["bad"] == 0
    found = allocation(arms, draws=500, seed=1, floor=0.05)
    assert found["bad"] == found["new"] == pytest.approx(0.05)
    assert found["good"] == pytest.approx(0.9)
    assert allocation(arms, draws=10, seed=1, floor=1 / 3) == pytest.approx(dict.fromkeys(found, 1 / 3))


def test_a_floor_for_a_test_is_half_of_an_even_share() -> None:
    arms = [Arm(name="good", successes=900, failures=100), Arm(name="bad", failures=1000)]
    found = allocation(arms, draws=200, seed=1, floor=floor_for_test(len(arms)))
    assert found == {"good": 0.75, "bad": 0.25}
    with pytest.raises(ValueError, match="Arms"):
        floor_for_test(0)


def test_what_was_known_before_counts_until_more_is_known() -> None:
    known, unknown = Arm(name="a", alpha=8, beta=92), Arm(name="b", alpha=4, beta=96)
    assert allocation([known, unknown], draws=1000, seed=2)["a"] > 0.8
    assert (known.mean, unknown.mean) == (pytest.approx(0.08), pytest.approx(0.04))
    then = unknown.model_copy(update={"successes": 200, "failures": 800})
    assert allocation([known, then], draws=1000, seed=2)["b"] > 0.9


TRUE = (0.04, 0.06, 0.12)


@cache
def regret(horizon: int, rounds: int) -> tuple[float, float]:
    """Return the mean successes lost by the end and by a quarter of it, choosing one viewer at a time."""
    lost = quarter = 0.0
    for seed in range(rounds):
        chance = random.Random(seed)
        arms = [Arm(name=str(place)) for place in range(len(TRUE))]
        for viewer in range(horizon):
            place = int(choose(arms, chance.getrandbits(32)))
            worse = max(TRUE) - TRUE[place]
            lost += worse
            quarter += worse if viewer < horizon // 4 else 0
            won = chance.random() < TRUE[place]
            old = arms[place]
            arms[place] = Arm(name=old.name, successes=old.successes + won, failures=old.failures + (not won))
    return lost / rounds, quarter / rounds


def test_what_is_lost_grows_slower_than_viewers_and_is_less_than_by_turns() -> None:
    end, quarter = regret(2000, 12)
    by_turns = 2000 * sum(max(TRUE) - share for share in TRUE) / len(TRUE)
    assert end < by_turns / 2
    assert end < 2.8 * quarter


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=6),
    st.integers(),
    st.floats(0, 0.16),
)
@settings(max_examples=25)
def test_everybody_is_shown_something_and_the_same_seed_shows_the_same(
    seen: list[tuple[int, int]], seed: int, floor: float
) -> None:
    arms = [Arm(name=str(n), successes=won, failures=lost) for n, (won, lost) in enumerate(seen)]
    found = allocation(arms, draws=60, seed=seed, floor=floor)
    assert sum(found.values()) == pytest.approx(1)
    assert all(share >= floor for share in found.values())
    assert found == allocation(arms, draws=60, seed=seed, floor=floor)
    assert choose(arms, seed) == choose(arms, seed)
    assert choose(arms, seed) in found


def test_single_choices_follow_the_allocation() -> None:
    arms = [Arm(name="a", successes=6, failures=54), Arm(name="b", successes=9, failures=51)]
    shown = sum(choose(arms, seed) == "b" for seed in range(3000)) / 3000
    assert shown == pytest.approx(allocation(arms, seed=1)["b"], abs=0.04)


@pytest.mark.parametrize(
    ("arms", "options"),
    [
        ([], {}),
        ([Arm(name="a"), Arm(name="a")], {}),
        ([Arm(name="a"), Arm(name="b")], {"floor": 0.6}),
        ([Arm(name="a")], {"floor": -0.1}),
        ([Arm(name="a")], {"draws": 0}),
    ],
)
def test_what_cannot_be_shared_out_is_refused(arms: list[Arm], options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"[Aa]rms|draw"):
        allocation(arms, seed=1, **options)  # type: ignore[arg-type]


def test_no_arm_can_be_chosen_where_there_is_none() -> None:
    with pytest.raises(ValueError, match="Arms"):
        choose([], 1)
    with pytest.raises(ValueError, match="greater than 0"):
        Arm(name="a", alpha=0)
