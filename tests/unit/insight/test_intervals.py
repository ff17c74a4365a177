"""Intervals: against published ones, and by how often they hold the truth."""

import math
import random
from collections.abc import Sequence
from statistics import fmean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval, bootstrap, deviate, difference_of_proportions, wilson


# Newcombe (1998), "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, table I,
# method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_shares_have_the_intervals_that_were_published(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson(successes, trials)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert (found.estimate, found.n, found.confidence) == (successes / trials, trials, 0.95)


# Newcombe (1998), "Interval estimation for the difference between independent proportions", table II, method 10.
@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_differences_have_the_intervals_that_were_published(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference_of_proportions(other, one)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert found.n == one[1] + other[1]
    turned = difference_of_proportions(one, other)
    assert (turned.low, turned.high, turned.estimate) == pytest.approx((-found.high, -found.low, -found.estimate))


def binomial(trials: int, share: float) -> list[float]:
    return [math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(trials + 1)]


def test_shares_are_held_as_often_as_claimed_rare_ones_too() -> None:
    for trials in (10, 40, 150):
        found = [wilson(k, trials) for k in range(trials + 1)]
        held = [
            sum(p for p, one in zip(binomial(trials, share), found, strict=True) if one.holds(share))
            for share in (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
        ]
        assert 0.94 < fmean(held) < 0.97
        assert min(held) > 0.88


def test_differences_are_held_as_often_as_claimed() -> None:
    for a, b, n_a, n_b in ((0.3, 0.3, 25, 25), (0.05, 0.15, 30, 20), (0.02, 0.02, 40, 40)):
        of_a, of_b = binomial(n_a, a), binomial(n_b, b)
        held = sum(
            p * q
            for k, p in enumerate(of_a)
            for m, q in enumerate(of_b)
            if p * q > 1e-7 and difference_of_proportions((k, n_a), (m, n_b)).holds(b - a)
        )
        assert held > 0.94


def test_one_trial_says_little_but_something() -> None:
    assert (wilson(0, 1).low, wilson(1, 1).high) == (0.0, 1.0)
    assert wilson(0, 1).high == pytest.approx(0.7935, abs=1e-4)
    assert wilson(1, 1).low == pytest.approx(1 - 0.7935, abs=1e-4)


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.floats(0.01, 0.9999))
def test_a_share_is_within_its_interval_and_that_within_nought_and_one(k: int, n: int, confidence: float) -> None:
    k = min(k, n)
    found = wilson(k, n, confidence)
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    mirrored = wilson(n - k, n, confidence)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-12)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (1, 0), (-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="trials"):
        wilson(successes, trials)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95.0, math.nan])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        deviate(confidence)


# Efron & Tibshirani (1993), "An Introduction to the Bootstrap", table 14.1: the spatial test of 26 neurologically
# impaired children; section 14.2 has for the variance (divided by n) the 90 % intervals BCa (115.8, 259.6) and
# percentile (100.8, 233.9), from 2,000 resamples.
SPATIAL = (48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41)


def variance(values: Sequence[float]) -> float:
    mean = fmean(values)
    return fmean((value - mean) ** 2 for value in values)


def test_a_variance_has_the_interval_that_was_published() -> None:
    found = bootstrap(SPATIAL, variance, confidence=0.9, seed=1)
    assert found.estimate == pytest.approx(171.5, abs=0.05)
    assert found.low == pytest.approx(115.8, abs=5)
    assert found.high == pytest.approx(259.6, abs=6)
    assert found.n == 26


def test_a_skewed_statistic_is_held_more_often_than_by_plain_percentiles() -> None:
    chance = random.Random(1987)
    held = 0
    for seed in range(250):
        sample = [chance.expovariate(1.0) for _ in range(20)]
        held += bootstrap(sample, fmean, resamples=250, seed=seed, confidence=0.9).holds(1.0)
    assert 0.83 <= held / 250 <= 0.95


def test_the_same_seed_gives_the_same_interval_and_another_nearly_so() -> None:
    one, again, other = (bootstrap(SPATIAL, fmean, seed=seed) for seed in (3, 3, 4))
    assert one == again != other
    assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=1.5)


def test_values_that_are_all_equal_have_an_interval_without_width() -> None:
    found = bootstrap([0.1] * 7, fmean, resamples=50, seed=1)
    assert (found.low, found.estimate, found.high, found.n) == (0.1, 0.1, 0.1, 7)


def test_a_statistic_that_leaving_one_out_never_moves_keeps_its_percentiles() -> None:
    found = bootstrap([1, 5, 5, 5, 5, 5, 9], median, resamples=200, seed=1)
    assert found.low <= found.estimate == 5 <= found.high
    assert bootstrap([2, 3], max, resamples=100, seed=1).high == 3


@pytest.mark.parametrize("values", [[], [4.0]])
def test_fewer_than_two_values_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="two values or more"):
        bootstrap(values, fmean, seed=1)


def ratio(pairs: Sequence[tuple[float, float]]) -> float:
    below = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) / below if below else math.nan


def test_resamples_that_have_no_such_statistic_are_drawn_again() -> None:
    found = bootstrap([(2.0, 1.0), (3.0, 0.0), (1.0, 1.0), (4.0, 0.0)], ratio, resamples=200, seed=1)
    assert found.estimate == 5
    assert found.low < 5 < found.high


def test_a_statistic_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="statistic is nan"):
        bootstrap([1.0, 2.0], lambda _: math.nan, seed=1)
    with pytest.raises(ValueError, match="Most resamples"):
        bootstrap([1.0, 2.0, 3.0, 4.0], lambda drawn: math.nan if len(set(drawn)) < 4 else 1.0, seed=1)
    with pytest.raises(ValueError, match="one resample"):
        bootstrap([1.0, 2.0], fmean, resamples=0, seed=1)


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=12), st.integers(-50, 50), st.sampled_from([0.5, 4.0]))
@settings(max_examples=30)
def test_an_interval_moves_and_stretches_with_its_values(values: list[int], by: int, times: float) -> None:
    found = bootstrap(values, fmean, resamples=60, seed=5)
    moved = bootstrap([times * value + by for value in values], fmean, resamples=60, seed=5)
    assert (moved.low, moved.high) == pytest.approx((times * found.low + by, times * found.high + by), abs=1e-6)
    assert min(values) <= found.low <= found.high <= max(values)


def test_an_interval_holds_its_ends_and_leaves_as_json() -> None:
    found = wilson(1, 2)
    assert found.holds(found.low)
    assert found.holds(found.high)
    assert not found.holds(1.0)
    assert Interval.model_validate_json(found.model_dump_json()) == found


def test_what_is_insufficient_says_what_it_takes() -> None:
    found = Insufficient(need=1000, have=12, of="views")
    assert found.sentence == "Too little to say: 12 views, and it takes 1,000."
    assert found.more == 988
    assert Insufficient(need=2, have=5, of="days").more == 0
