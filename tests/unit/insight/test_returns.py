"""What money brought back, and how sure that is."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval
from studio.insight.returns import (
    Cohort,
    Outcome,
    Payback,
    cost_per_acquisition,
    payback,
    return_on_investment,
)


def roi(outcomes: list[Outcome], **options: float) -> Interval:
    found = return_on_investment(outcomes, seed=1, **options)  # type: ignore[arg-type]
    assert isinstance(found, Interval)
    return found


def test_a_return_is_of_all_together_and_not_the_mean_of_each() -> None:
    outcomes = [Outcome(cost=1_000_000, revenue=0)] * 10 + [Outcome(cost=10_000_000, revenue=40_000_000)] * 2
    found = roi(outcomes)
    assert found.estimate == pytest.approx(80 / 30 - 1)
    assert found.low < 0 < found.high, "two great ones may have been luck"
    assert found.n == 12


def test_steady_outcomes_are_sure_and_total_losses_are_minus_one() -> None:
    assert roi([Outcome(cost=200, revenue=300)] * 12).low == pytest.approx(0.5)
    lost = roi([Outcome(cost=cost) for cost in range(1, 20)])
    assert (lost.low, lost.estimate, lost.high) == (-1, -1, -1)
    assert roi([Outcome(cost=100, revenue=-50)] * 12).estimate == -1.5


def test_returns_are_held_about_as_often_as_claimed() -> None:
    chance = random.Random(10)
    held = 0
    for seed in range(80):
        outcomes = [
            Outcome(cost=int(1e6 * chance.uniform(0.5, 1.5)), revenue=int(1e6 * chance.expovariate(0.5)))
            for _ in range(25)
        ]
        found = return_on_investment(outcomes, resamples=200, seed=seed, confidence=0.9)
        held += isinstance(found, Interval) and found.holds(1.0)
    assert 0.78 <= held / 80 <= 0.98


def test_things_that_cost_nothing_count_for_what_they_brought() -> None:
    outcomes = [Outcome(cost=100, revenue=100)] * 10 + [Outcome(cost=0, revenue=500)] * 40
    found = roi(outcomes, resamples=200)
    assert found.estimate == 20
    assert math.isfinite(found.high)


def test_too_few_outcomes_say_how_many_it_takes() -> None:
    assert return_on_investment([Outcome(cost=1)] * 4 + [Outcome(cost=0)] * 20, seed=1) == Insufficient(
        need=10, have=4, of="outcomes with a cost"
    )
    assert cost_per_acquisition([Outcome(cost=1, acquisitions=50)], seed=1) == Insufficient(
        need=10, have=1, of="outcomes"
    )
    assert cost_per_acquisition([Outcome(cost=1)] * 20, seed=1) == Insufficient(need=10, have=0, of="acquisitions")


def test_an_acquisition_costs_what_all_cost_over_all_acquired() -> None:
    outcomes = [Outcome(cost=1_000_000, acquisitions=n % 4) for n in range(40)]
    found = cost_per_acquisition(outcomes, seed=2)
    assert isinstance(found, Interval)
    assert found.estimate == pytest.approx(40_000_000 / 60)
    assert 400_000 < found.low < found.estimate < found.high < 1_100_000


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(-(10**6), 10**7)), min_size=10, max_size=15))
@settings(max_examples=20)
def test_a_return_does_not_depend_on_the_currency(pairs: list[tuple[int, int]]) -> None:
    one, other = (
        roi([Outcome(cost=times * cost, revenue=times * revenue) for cost, revenue in pairs], resamples=50)
        for times in (1, 7)
    )
    assert (other.low, other.estimate, other.high) == pytest.approx((one.low, one.estimate, one.high))


def cohort(cost: int, a_day: int, days: int = 30) -> Cohort:
    return Cohort(costs=(cost, *[0] * (days - 1)), revenues=(a_day,) * days)


def paid(cohorts: list[Cohort], within: int = 30) -> Payback:
    found = payback(cohorts, within_days=within, seed=1, resamples=300)
    assert isinstance(found, Payback)
    return found


def test_payback_is_the_day_by_whose_end_revenue_covers_cost() -> None:
    found = paid([cohort(1000, 100)] * 10)
    assert (found.day, found.low, found.high, found.n, found.left_out) == (10, 10, 10, 10, 0)
    assert paid([cohort(1000, 99)] * 10).day == 11
    assert paid([cohort(0, 0)] * 10).day == 1


def test_what_is_not_earned_back_in_time_is_later_and_not_never() -> None:
    found = paid([cohort(1000, 20)] * 12)
    assert (found.day, found.low, found.high) == (None, None, None)
    mixed = paid([cohort(1000, 10)] * 8 + [cohort(1000, 90)] * 8)
    assert mixed.day == 20
    assert mixed.low is not None
    assert mixed.low < 20
    assert mixed.high is None


def test_a_later_refund_takes_the_payback_back() -> None:
    days = Cohort(costs=(100,) + (0,) * 9, revenues=(0, 150, 0, 0, -80, 0, 0, 50, 0, 0))
    assert paid([days] * 10, within=10).day == 8
    assert paid([days] * 10, within=4).day == 2


def test_what_is_too_young_is_left_out() -> None:
    found = paid([cohort(1000, 100)] * 10 + [cohort(1000, 0, days=29)] * 3)
    assert (found.day, found.n, found.left_out) == (10, 10, 3)
    few = payback([cohort(1000, 100)] * 9, within_days=30, seed=1)
    assert few == Insufficient(need=10, have=9, of="things 30 days old or older")


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(ValueError, match="a day or more"):
        payback([], within_days=0, seed=1)
    with pytest.raises(ValueError, match="as many days"):
        payback([Cohort(costs=(1, 2), revenues=(1,))], within_days=1, seed=1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        payback([], within_days=1, confidence=95, seed=1)
