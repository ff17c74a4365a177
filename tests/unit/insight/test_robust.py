"""Unusual values: spikes are found, drifts are none, and units do not matter."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.insight.insufficient import Insufficient
from studio.insight.robust import ENOUGH, RobustZ, Velocity, Yardstick, decayed, median, robust_z, velocity


def z_of(value: float, history: list[float], noise: float = 0.0) -> RobustZ:
    found = robust_z(value, history, noise=noise)
    assert isinstance(found, RobustZ)
    return found


def velocity_of(counts: list[float], every: float = 1.0) -> Velocity:
    found = velocity([(place * every, count) for place, count in enumerate(counts)])
    assert isinstance(found, Velocity)
    return found


def grown(rates: list[float]) -> list[float]:
    counts = [100.0]
    for rate in rates:
        counts.append(counts[-1] + rate)
    return counts


def test_the_middle_does_not_follow_a_wild_value() -> None:
    assert median([3, 1, 2]) == 2
    assert median([1, 2, 3, 1000]) == 2.5
    with pytest.raises(ValueError, match="no median"):
        median([])


def test_the_deviation_estimates_a_normal_distributions_standard_deviation() -> None:
    chance = random.Random(1974)
    found = z_of(5, [chance.gauss(5, 3) for _ in range(8000)])
    assert found.scale == pytest.approx(3, rel=0.04)


def test_a_modified_z_is_what_the_formula_says() -> None:
    # Iglewicz & Hoaglin: 0.6745 (x − median) / MAD, here with median 4 and MAD 2.
    found = z_of(20, [1, 2, 3, 4, 5, 6, 7])
    assert found.z == pytest.approx(0.6745 * 16 / 2, rel=1e-4)
    assert (found.centre, found.n, found.unusual, found.measured_by) == (4, 7, True, Yardstick.MEDIAN_DEVIATION)
    assert not z_of(8, [1, 2, 3, 4, 5, 6, 7]).unusual


def test_where_most_are_equal_the_mean_deviation_measures() -> None:
    found = z_of(9, [4, 4, 4, 4, 4, 4, 4, 12])
    assert found.measured_by is Yardstick.MEAN_DEVIATION
    assert found.z == pytest.approx(5 / (1.253314 * 1))


def test_a_constant_history_makes_news_of_what_leaves_it_and_none_of_what_does_not() -> None:
    same = z_of(5, [5] * 9)
    assert (same.z, same.unusual) == (0, False)
    left = z_of(6, [5] * 9)
    assert left.z == pytest.approx(10 / 1.253314)
    assert left.measured_by is Yardstick.OWN_DEVIATION
    assert z_of(4, [5] * 9).z == -left.z
    assert z_of(0.1 + 0.2, [0.3] * 9).z == 0, "the last digit is rounding"


def test_one_where_there_was_none_is_not_news_where_chance_makes_as_much() -> None:
    assert z_of(1, [0] * 9).unusual
    found = z_of(1, [0] * 9, noise=1.0)
    assert (found.z, found.measured_by, found.unusual) == (1, Yardstick.NOISE, False)
    assert z_of(0, [0] * 9, noise=1.0).z == 0


def test_too_short_a_history_says_how_much_more_it_takes() -> None:
    found = robust_z(9, [1, 2, 3])
    assert found == Insufficient(need=ENOUGH, have=3, of="earlier values")
    assert isinstance(found, Insufficient)
    assert found.more == 4
    assert isinstance(robust_z(9, [], enough=0), Insufficient)
    assert isinstance(robust_z(9, [1], enough=1), RobustZ)


@pytest.mark.parametrize("wrong", [{"value": math.nan}, {"history": [math.inf] * 9}, {"noise": -1.0}])
def test_what_is_no_number_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="finite"):
        robust_z(**{"value": 1.0, "history": [1.0] * 9, **wrong})  # type: ignore[arg-type]


histories = st.lists(st.integers(-1000, 1000), min_size=ENOUGH, max_size=20)


@given(st.integers(-1000, 1000), histories, st.integers(-500, 500), st.sampled_from([0.001, 0.5, 3.0, 1e6]))
def test_neither_the_zero_nor_the_unit_matters(value: int, history: list[int], by: int, times: float) -> None:
    found = z_of(value, list(history))
    moved = z_of(times * (value + by), [times * (one + by) for one in history])
    assert moved.z == pytest.approx(found.z, rel=1e-6, abs=1e-6)
    assert z_of(-value, [-one for one in history]).z == pytest.approx(-found.z)


@given(histories, st.integers(-1000, 1000), st.integers(0, 1000))
def test_what_lies_further_out_is_no_less_unusual(history: list[int], value: int, more: int) -> None:
    nearer, further = z_of(value, list(history)), z_of(value + more, list(history))
    if nearer.measured_by is not Yardstick.OWN_DEVIATION and further.measured_by is not Yardstick.OWN_DEVIATION:
        assert further.z >= nearer.z


def test_half_is_left_after_each_half_life() -> None:
    assert [decayed(8, age, 6) for age in (0, 6, 12, 18)] == [8, 4, 2, 1]
    assert decayed(1, 1e6, 1) == 0
    for age, half_life in ((-1, 6), (1, 0), (1, math.nan)):
        with pytest.raises(ValueError, match="decays"):
            decayed(1, age, half_life)


def test_a_spike_is_found() -> None:
    chance = random.Random(5)
    found = velocity_of(grown([chance.gauss(50, 5) for _ in range(12)] + [180.0]))
    assert found.spike
    assert found.per_hour == pytest.approx(180)
    assert found.usual_per_hour == pytest.approx(50, abs=5)


def test_a_spike_after_an_earlier_one_is_still_found() -> None:
    assert velocity_of(grown([50, 52, 400, 47, 49, 53, 50, 48, 380])).spike


def test_a_slow_drift_is_no_spike() -> None:
    for rates in ([50.0] * 12, [50 + 2.0 * hour for hour in range(12)], [50 * 1.05**hour for hour in range(12)]):
        found = velocity_of(grown(rates))
        assert not found.spike
        assert isinstance(found.against_before, RobustZ)


def test_steady_growth_is_rarely_called_a_spike() -> None:
    chance = random.Random(3)
    called = sum(velocity_of(grown([chance.gauss(200, 40) for _ in range(21)])).spike for _ in range(400))
    assert called / 400 < 0.03


def test_growth_that_stops_is_unusual_and_no_spike() -> None:
    found = velocity_of(grown([500, 510, 490, 505, 495, 502, 498, 0]))
    assert isinstance(found.against_before, RobustZ)
    assert found.against_before.unusual
    assert not found.spike


def test_the_first_mentions_are_no_spike_until_they_are_more_than_chance() -> None:
    assert not velocity_of(grown([0, 0, 0, 0, 0, 0, 0, 0, 2])).spike
    assert velocity_of(grown([0, 0, 0, 0, 0, 0, 0, 0, 12])).spike


def test_uneven_intervals_are_compared_by_the_hour() -> None:
    hours = [0, 1, 3, 4, 8, 9, 12, 13, 19]
    found = velocity([(float(hour), 60.0 * hour) for hour in hours])
    assert isinstance(found, Velocity)
    assert (found.per_hour, found.usual_per_hour, found.spike) == (60, 60, False)


def test_few_counts_say_what_they_can() -> None:
    assert velocity([(0, 5)]) == Insufficient(need=2, have=1, of="counts over time")
    found = velocity([(0, 5), (2, 25)])
    assert isinstance(found, Velocity)
    assert (found.per_hour, found.usual_per_hour, found.spike) == (10, None, False)
    assert found.against_before == Insufficient(need=ENOUGH, have=0, of="earlier values")


@pytest.mark.parametrize("hours", [(1, 1), (2, 1)])
def test_hours_out_of_order_are_refused(hours: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="order"):
        velocity([(hours[0], 5), (hours[1], 6)])
