"""How many viewers a comparison takes: published numbers, exact power, and what simulation finds."""

import math
import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.insight.insufficient import Insufficient
from studio.insight.power import more_needed, planned_for_peeking, sample_size
from studio.insight.sequential import Comparison, Sample, always_valid, tau_for


def test_without_the_correction_it_is_what_is_published() -> None:
    # The manual of R's power.prop.test (stats): n = 76.7 for 50 and 75 % with a power of 90 %.
    assert sample_size(0.50, 0.75, power=0.9, continuity=False) == 77
    # Fleiss's worked formula, as in every textbook: 10 against 20 % and 5 against 10 % with a power of 80 %.
    assert sample_size(0.1, 0.2, continuity=False) == 199
    assert sample_size(0.05, 0.1, continuity=False) == 435


def test_the_correction_adds_two_over_the_difference() -> None:
    # Fleiss, Tytun & Ury (1980), "A simple approximation for calculating sample sizes for comparing independent
    # proportions", Biometrics 36.
    for share, other in ((0.1, 0.2), (0.05, 0.1), (0.5, 0.6), (0.02, 0.025)):
        plain, corrected = (sample_size(share, other, continuity=on) for on in (False, True))
        assert corrected - plain == pytest.approx(2 / abs(share - other), rel=0.03)
    # Fleiss (1981), section 3.2, 60 against 70 % with an error rate of 1 % and a power of 95 %.
    assert sample_size(0.6, 0.7, alpha=0.01, power=0.95) == 827


@cache
def fisher_power(share: float, other: float, n: int, alpha: float = 0.05) -> float:
    """Return the exact power of Fisher's test of two groups of n, two-sided by twice the smaller tail."""

    def chance(k: int, p: float) -> float:
        return math.comb(n, k) * p**k * (1 - p) ** (n - k)

    power = 0.0
    for total in range(2 * n + 1):
        weights = {k: math.comb(n, k) * math.comb(n, total - k) for k in range(max(0, total - n), min(n, total) + 1)}
        whole = sum(weights.values())
        below = 0
        for k, weight in weights.items():
            tail = min(below + weight, whole - below)
            below += weight
            if 2 * tail <= alpha * whole:
                power += chance(k, share) * chance(total - k, other)
    return power


@pytest.mark.parametrize(("share", "other", "power"), [(0.2, 0.6, 0.8), (0.1, 0.5, 0.9), (0.4, 0.8, 0.8)])
def test_so_many_give_the_exact_test_the_power_it_was_asked_for(share: float, other: float, power: float) -> None:
    n = sample_size(share, other, power=power)
    assert fisher_power(share, other, n) == pytest.approx(power, abs=0.03)


def test_a_test_that_is_peeked_at_has_its_power_too_and_usually_ends_sooner() -> None:
    share, other, chance = 0.1, 0.2, random.Random(8)
    n = planned_for_peeking(share, other)
    assert sample_size(share, other) < n < 2.5 * sample_size(share, other)
    found, spent = 0, 0
    looks, rounds = 20, 150
    for _ in range(rounds):
        a = b = 0
        for look in range(1, looks + 1):
            seen, before = n * look // looks, n * (look - 1) // looks
            a += chance.binomialvariate(seen - before, share)
            b += chance.binomialvariate(seen - before, other)
            verdict = always_valid(Sample.of_share(a, seen), Sample.of_share(b, seen), tau=tau_for(other - share))
            if isinstance(verdict, Comparison) and verdict.decided:
                found += verdict.winner == "b"
                break
        spent += seen
    assert found / rounds > 0.76
    assert spent / rounds < 0.75 * n


def test_what_is_missing_is_said() -> None:
    assert more_needed(0.1, 0.2, 219) is None
    assert more_needed(0.1, 0.2, 100) == Insufficient(need=219, have=100, of="viewers of each variant")
    longer = more_needed(0.1, 0.2, 219, peeking=True)
    assert longer is not None
    assert longer.need == planned_for_peeking(0.1, 0.2)


@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_which_share_is_named_first_does_not_matter_nor_which_side_is_success(one: float, other: float) -> None:
    if abs(one - other) < 0.01:
        return
    n = sample_size(one, other)
    assert abs(sample_size(other, one) - n) <= 1
    assert abs(sample_size(1 - one, 1 - other) - n) <= 1
    assert sample_size(one, other, power=0.9) >= n
    assert sample_size(one, other, alpha=0.01) >= n


@pytest.mark.parametrize(
    ("share", "other", "options"),
    [
        (0.1, 0.1, {}),
        (-0.1, 0.5, {}),
        (0.1, 1.5, {}),
        (0.1, 0.2, {"alpha": 0.0}),
        (0.1, 0.2, {"power": 1.0}),
        (0.1, 0.2, {"power": 0.01}),
    ],
)
def test_what_cannot_be_planned_is_refused(share: float, other: float, options: dict[str, float]) -> None:
    for planned in (sample_size, planned_for_peeking):
        with pytest.raises(ValueError, match=r"Shares|equal shares|power"):
            planned(share, other, **options)
