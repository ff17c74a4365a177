"""A test that is looked at daily: how often it errs, what it finds, and what cannot happen."""

import math
import random
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.insight.bandit import floor_for_test
from studio.insight.insufficient import Insufficient
from studio.insight.sequential import ENOUGH, TAU, Comparison, Sample, always_valid, tau_for

DAYS = 60


def look(a: Sample, b: Sample, **options: float) -> Comparison:
    found = always_valid(a, b, **options)
    assert isinstance(found, Comparison)
    return found


def shares(a: tuple[int, int], b: tuple[int, int], **options: float) -> Comparison:
    return look(Sample.of_share(*a), Sample.of_share(*b), **options)


def naive(a: tuple[int, int], b: tuple[int, int]) -> bool:
    pooled = (a[0] + b[0]) / (a[1] + b[1])
    error = math.sqrt(pooled * (1 - pooled) * (1 / a[1] + 1 / b[1]))
    return error > 0 and abs(a[0] / a[1] - b[0] / b[1]) > 1.96 * error


@cache
def peeked(rounds: int, share_a: float, share_b: float, a_day: int, b_day: int, tau: float) -> tuple[float, float, int]:
    """Return how often the test and a naive one decide by 60 daily looks, and for how many b won."""
    chance = random.Random(2017)
    decided = fooled = right = 0
    for _ in range(rounds):
        a, b, p, once = 0, 0, 1.0, False
        for day in range(1, DAYS + 1):
            a += chance.binomialvariate(a_day, share_a)
            b += chance.binomialvariate(b_day, share_b)
            once = once or naive((a, day * a_day), (b, day * b_day))
            found = shares((a, day * a_day), (b, day * b_day), tau=tau, previous_p=p)
            p = found.p_value
            if found.decided:
                decided += 1
                right += found.winner == "b"
                break
        # A test that is decided was peeked at by both for as long.
        fooled += once
    return decided / rounds, fooled / rounds, right


@pytest.mark.parametrize(
    ("share", "a_day", "b_day", "tau"), [(0.5, 50, 50, 0.1), (0.1, 40, 40, 0.05), (0.02, 100, 400, TAU)]
)
def test_daily_peeking_errs_no_more_often_than_promised_and_a_usual_test_does(
    share: float, a_day: int, b_day: int, tau: float
) -> None:
    decided, fooled, _ = peeked(150, share, share, a_day, b_day, tau)
    assert decided <= 0.05
    assert fooled > 0.2


def test_a_true_difference_is_found() -> None:
    decided, _, right = peeked(60, 0.10, 0.14, 100, 100, tau_for(0.04))
    assert decided > 0.85
    assert right == decided * 60


def under_a_bandit(rounds: int, share_a: float, share_b: float, a_day: int, floor: float) -> float:
    """Return how often the test decides in 60 days in which Thompson sampling picks the variant for each viewer."""
    chance = random.Random(1933)
    decided = 0
    for _ in range(rounds):
        won, shown, p = [0, 0], [0, 0], 1.0
        for _ in range(DAYS):
            # The chance that b is better, by the normal approximation: drawing for each viewer would take seconds.
            means = [(1 + w) / (2 + n) for w, n in zip(won, shown, strict=True)]
            spread = math.sqrt(sum(m * (1 - m) / (3 + n) for m, n in zip(means, shown, strict=True)))
            better = 0.5 * (1 + math.erf((means[1] - means[0]) / spread / math.sqrt(2)))
            to_b = chance.binomialvariate(a_day, floor + (1 - 2 * floor) * better)
            shown = [shown[0] + a_day - to_b, shown[1] + to_b]
            won = [
                won[0] + chance.binomialvariate(a_day - to_b, share_a),
                won[1] + chance.binomialvariate(to_b, share_b),
            ]
            found = always_valid(
                Sample.of_share(won[0], shown[0]), Sample.of_share(won[1], shown[1]), tau=0.04, previous_p=p
            )
            p = found.p_value if isinstance(found, Comparison) else p
        decided += p <= 0.05
    return decided / rounds


@pytest.mark.parametrize("floor", [0.0, floor_for_test(2)])
def test_a_bandit_that_decides_whom_to_show_what_does_not_make_it_err(floor: float) -> None:
    assert under_a_bandit(80, 0.1, 0.1, 100, floor) <= 0.05


def test_a_bandit_with_a_floor_leaves_enough_for_the_test_and_one_without_does_not() -> None:
    assert under_a_bandit(50, 0.10, 0.14, 100, 0.0) < 0.3
    assert under_a_bandit(50, 0.10, 0.14, 100, floor_for_test(2)) > 0.75


@pytest.mark.parametrize(
    "draw", [lambda c: c.gauss(3, 1), lambda c: c.expovariate(1), lambda c: c.lognormvariate(0, 1)]
)
def test_means_of_a_few_a_day_err_no_more_often_than_promised(draw: Callable[[random.Random], float]) -> None:
    chance = random.Random(5)
    decided = 0
    for _ in range(60):
        a: list[float] = []
        b: list[float] = []
        p = 1.0
        for _ in range(DAYS):
            a += [draw(chance) for _ in range(3)]
            b += [draw(chance) for _ in range(3)]
            found = always_valid(Sample.of_values(a), Sample.of_values(b), tau=0.3, previous_p=p)
            p = found.p_value if isinstance(found, Comparison) else p
            if p <= 0.05:
                break
        decided += p <= 0.05
    assert decided / 60 <= 0.07


def test_the_sequence_holds_the_difference_at_all_looks_at_once() -> None:
    chance = random.Random(11)
    held = 0
    for _ in range(100):
        a = b = 0
        held += all(
            shares(
                (a := a + chance.binomialvariate(60, 0.2), 60 * day),
                (b := b + chance.binomialvariate(60, 0.3), 60 * day),
            ).difference.holds(0.1)
            for day in range(1, DAYS + 1)
        )
    assert held >= 95


def test_one_look_is_what_the_formula_says() -> None:
    a, b = Sample(n=100, mean=1.0, variance=4.0), Sample(n=100, mean=2.0, variance=4.0)
    found = look(a, b, tau=0.5)
    v = 4 * (1 / 100 + 1 / 100)
    ratio = math.sqrt(v / (v + 0.25)) * math.exp(0.25 / (2 * v * (v + 0.25)))
    assert found.p_value == pytest.approx(1 / ratio)
    assert (found.decided, found.winner, found.difference.estimate, found.difference.n) == (True, "b", 1, 200)
    assert look(b, a, tau=0.5).winner == "a"


counts = st.tuples(st.integers(0, 5000), st.integers(ENOUGH, 5000)).map(lambda pair: (min(pair), pair[1]))


@given(counts, counts, st.sampled_from([0.002, 0.02, 0.2]), st.sampled_from([0.01, 0.05, 0.2]))
def test_zero_is_outside_the_sequence_just_where_it_is_decided(
    a: tuple[int, int], b: tuple[int, int], tau: float, alpha: float
) -> None:
    found = shares(a, b, tau=tau, alpha=alpha)
    assert 0 <= found.p_value <= 1
    if abs(found.p_value - alpha) > 1e-9:
        assert found.decided is not found.difference.holds(0.0)
    turned = shares(b, a, tau=tau, alpha=alpha)
    assert turned.p_value == pytest.approx(found.p_value)
    assert turned.difference.low == pytest.approx(-found.difference.high)


@given(counts, counts, st.floats(0, 1))
def test_what_was_decided_stays_decided(a: tuple[int, int], b: tuple[int, int], before: float) -> None:
    found = shares(a, b, previous_p=before)
    assert found.p_value == min(before, shares(a, b).p_value)


@given(st.floats(0, 50), st.floats(0, 10), st.integers(ENOUGH, 1000))
def test_a_larger_difference_is_no_less_sure_and_a_stricter_test_no_sooner_decided(
    effect: float, more: float, n: int
) -> None:
    def at(far: float, alpha: float = 0.05) -> Comparison:
        return look(Sample(n=n, mean=0, variance=9), Sample(n=n, mean=far, variance=9), tau=1.0, alpha=alpha)

    assert at(effect + more).p_value <= at(effect).p_value + 1e-12
    assert at(effect, 0.05).decided or not at(effect, 0.01).decided
    wide, narrow = at(effect, 0.01).difference, at(effect, 0.05).difference
    assert wide.low <= narrow.low <= narrow.high <= wide.high


def test_the_best_tau_for_an_effect_is_the_one_that_decides_it_soonest() -> None:
    def needed(tau: float) -> int:
        return next(
            n
            for n in range(100, 10_000, 10)
            if look(Sample(n=n, mean=0, variance=1), Sample(n=n, mean=0.1, variance=1), tau=tau).decided
        )

    assert tau_for(0.1) == pytest.approx(0.094, abs=0.001)
    assert needed(tau_for(0.1)) <= min(needed(0.06), needed(0.15))
    assert max(needed(0.03), needed(0.3)) < 1.45 * needed(tau_for(0.1))


def test_too_little_says_what_it_takes() -> None:
    found = always_valid(Sample.of_share(0, 3), Sample.of_share(4, 50))
    assert found == Insufficient(need=ENOUGH, have=3, of="observations of the variant seen less")
    assert isinstance(always_valid(Sample.of_share(0, 0), Sample.of_share(0, 0)), Insufficient)
    assert isinstance(always_valid(Sample.of_values([5.0] * 20), Sample.of_values([5.0] * 20)), Insufficient)


def test_none_of_few_and_all_of_few_are_no_certainty() -> None:
    assert not shares((0, 10), (1, 10), tau=0.3).decided
    assert shares((0, 200), (200, 200)).decided
    assert shares((0, 500), (0, 500)).p_value == 1


@pytest.mark.parametrize(
    "wrong", [{"alpha": 0.0}, {"alpha": 1.0}, {"tau": 0.0}, {"tau": math.inf}, {"previous_p": -0.1}]
)
def test_what_is_no_test_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"outside|apart"):
        shares((1, 20), (1, 20), **wrong)


def test_what_is_no_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="trials"):
        Sample.of_share(3, 2)
    with pytest.raises(ValueError, match="finite"):
        Sample.of_values([1.0, math.nan])
    for effect, alpha in ((0.0, 0.05), (0.1, 0.0)):
        with pytest.raises(ValueError, match="No tau"):
            tau_for(effect, alpha)
