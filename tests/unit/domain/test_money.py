"""Whole micro-dollars."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.money import micros, usd

amounts = st.decimals(min_value=0, max_value=10**9, allow_nan=False, places=9)


@given(amounts)
def test_rounding_never_gives_away_a_fraction(amount: Decimal) -> None:
    exact = Fraction(amount) * 1_000_000
    assert exact <= micros(amount) < exact + 1


@given(st.integers(min_value=0, max_value=10**12))
def test_there_and_back_nothing_is_lost(whole: int) -> None:
    assert micros(Decimal(str(usd(whole)))) == whole


@given(st.lists(amounts, max_size=20))
def test_adding_up_never_charges_less_than_the_sum(several: list[Decimal]) -> None:
    assert sum(map(micros, several)) >= micros(sum(several, Decimal(0)))


def test_a_figure_as_people_write_it() -> None:
    assert micros("0.0336") == 33_600
    assert micros("0.0000001") == 1
    assert micros("25") == 25_000_000
    assert usd(33_600) == 0.0336
