"""Revenue by post and channel: who is credited, and that nothing is lost or made."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.insight.attribution import MODELS, Journey, Model, Touch, attributed

SALE = datetime(2026, 3, 31, 12, tzinfo=UTC)


def journey(*touches: tuple[str, float], revenue: int = 100) -> Journey:
    """Return a sale with touches so many days before it."""
    return Journey(
        touches=tuple(Touch(key=key, at=SALE - timedelta(days=days)) for key, days in touches), revenue=revenue, at=SALE
    )


def test_the_first_the_last_or_all_are_credited() -> None:
    sale = journey(("mail", 1), ("tiktok", 9), ("youtube", 4), ("tiktok", 2))
    assert attributed([sale], "first") == {"tiktok": 100}
    assert attributed([sale], "last") == {"mail": 100}
    assert attributed([sale], "linear") == {"tiktok": 50, "youtube": 25, "mail": 25}


def test_revenue_without_a_touch_stays_unknown() -> None:
    for model in MODELS:
        assert attributed([journey(revenue=70), journey(("x", 1), revenue=30)], model) == {None: 70, "x": 30}


def test_touches_outside_the_window_or_after_the_sale_do_not_count() -> None:
    sale = journey(("old", 31), ("edge", 30), ("after", -1))
    assert attributed([sale], "first") == {"edge": 100}
    assert attributed([sale], "first", window_days=40) == {"old": 100}
    assert attributed([sale], "linear", window_days=0) == {None: 100}


def test_what_does_not_divide_goes_to_the_largest_remainders_the_earlier_first() -> None:
    assert attributed([journey(("a", 3), ("b", 2), ("c", 1))], "linear") == {"a": 34, "b": 33, "c": 33}
    assert attributed([journey(("b", 3), ("a", 2), ("a", 1))], "linear") == {"b": 33, "a": 67}


def test_a_refund_takes_back_what_was_credited() -> None:
    touches = (("a", 3.0), ("b", 2.0), ("c", 1.0))
    for model in MODELS:
        found = attributed([journey(*touches, revenue=101), journey(*touches, revenue=-101)], model)
        assert set(found.values()) == {0}


journeys = st.lists(
    st.builds(
        lambda touches, revenue: journey(*touches, revenue=revenue),
        st.lists(st.tuples(st.sampled_from("abcd"), st.floats(-5, 40)), max_size=6),
        st.integers(-(10**12), 10**12),
    ),
    max_size=6,
)


@given(journeys, st.sampled_from(MODELS), st.floats(0, 60))
def test_nothing_is_lost_or_made(sales: list[Journey], model: Model, window: float) -> None:
    found = attributed(sales, model, window_days=window)
    assert sum(found.values()) == sum(sale.revenue for sale in sales)
    assert all(isinstance(amount, int) for amount in found.values())


@given(journeys, journeys, st.sampled_from(MODELS))
def test_what_is_attributed_adds_up(some: list[Journey], others: list[Journey], model: Model) -> None:
    one, other, both = (attributed(sales, model) for sales in (some, others, some + others))
    assert both == {key: one.get(key, 0) + other.get(key, 0) for key in one | other}


@given(st.integers(1, 10**9), st.lists(st.sampled_from("abc"), min_size=1, max_size=7))
def test_no_part_is_a_micro_dollar_off_its_share(revenue: int, keys: list[str]) -> None:
    found = attributed([journey(*((key, len(keys) - n) for n, key in enumerate(keys)), revenue=revenue)], "linear")
    for key, amount in found.items():
        assert abs(amount - revenue * keys.count(str(key)) / len(keys)) < 1


def test_what_is_no_model_or_window_is_refused() -> None:
    with pytest.raises(ValueError, match="no attribution"):
        attributed([], "best")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="window"):
        attributed([], "last", window_days=-1)
