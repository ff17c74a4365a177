"""Viewers in posts, posts in groups: how much they tell, and how often a difference is found where there is none."""

import random

import pytest

from studio.insight.beta_binomial import chance_greater
from studio.insight.nested import worth
from studio.insight.outcomes import SURE, compared


def posts(chance: random.Random, mean: float, alike: float, number: int) -> list[tuple[int, int]]:
    """Return posts whose shares lie around a mean, each with 300 viewers."""
    shares = [chance.betavariate(mean * alike, (1 - mean) * alike) for _ in range(number)]
    return [(sum(chance.random() < share for _ in range(300)), 300) for share in shares]


def test_posts_that_are_alike_tell_as_much_as_their_viewers_and_others_little_more_than_posts() -> None:
    alike = worth({"a": [(300, 1_000)] * 8, "b": [(310, 1_000)] * 8})
    unlike = worth({"a": [(100, 1_000), (600, 1_000)] * 4, "b": [(150, 1_000), (550, 1_000)] * 4})
    assert alike["a"][1] > 2_000
    assert 8 < unlike["a"][1] < 80
    assert alike["a"][0] / alike["a"][1] == pytest.approx(0.3, abs=0.01)


def test_what_nobody_saw_tells_nothing() -> None:
    assert worth({"a": [], "b": [(0, 0)]}) == {"a": (0, 0), "b": (0, 0)}
    assert worth({"a": [(1, 2)], "b": []})["b"] == (0, 0)
    assert compared({"a": [(0, 0)]}).missing is not None
    with pytest.raises(ValueError, match="3 successes in 2 trials"):
        worth({"a": [(3, 2)]})


def test_the_chance_that_one_share_is_greater_is_that_of_two_independent_ones() -> None:
    assert chance_greater((3, 7), (3, 7)) == pytest.approx(0.5, abs=0.002)
    # ∫ of Beta(2, 1)'s density times Beta(1, 1)'s distribution: 2x · x over 0 to 1.
    assert chance_greater((2, 1), (1, 1)) == pytest.approx(2 / 3, abs=0.001)
    assert chance_greater((40, 60), (20, 80)) + chance_greater((20, 80), (40, 60)) == pytest.approx(1, abs=0.002)


def test_where_there_is_no_difference_one_is_seldom_found_and_a_large_one_often_is() -> None:
    chance = random.Random(7)
    null = [compared({kind: posts(chance, 0.3, 20, 5) for kind in "abc"}) for _ in range(25)]
    assert sum(found.better is not None for found in null) <= 2
    clear = [compared({kind: posts(chance, mean, 40, 8) for kind, mean in (("a", 0.5), ("b", 0.3))}) for _ in range(10)]
    assert sum(found.better is not None and found.better.name == "a" for found in clear) >= 8
    assert all(found.chance is not None and found.chance >= SURE for found in clear if found.better)


def test_a_difference_under_a_point_changes_nothing() -> None:
    found = compared({"a": [(5_050, 10_000)] * 12, "b": [(5_000, 10_000)] * 12})
    assert found.chance is not None
    assert found.chance > SURE
    assert found.better is None
