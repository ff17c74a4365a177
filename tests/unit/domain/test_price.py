"""Prices: in a currency's own decimals, and within what Stripe charges."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from studio.domain.currency import CODES, micros_of_minor, minor_of_micros
from studio.domain.price import LEAST, Price


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("4.99", "EUR", 499),
        ("4.9", "usd", 490),
        ("500", "JPY", 500),
        ("5.12", "KWD", 5120),
        ("300", "ISK", 30_000),
        ("175", "HUF", 17_500),
    ],
)
def test_a_price_is_told_to_stripe_in_the_smallest_unit(amount: str, currency: str, minor: int) -> None:
    price = Price.model_validate({"amount": amount, "currency": currency})
    assert price.minor == minor
    assert price.micros == micros_of_minor(minor, price.currency) == Decimal(amount) * 1_000_000


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("0.49", "EUR", "no less than 0.50 EUR"),
        ("0.29", "GBP", "no less than 0.30"),
        ("49", "JPY", "no less than 50"),
        ("14.99", "CZK", "no less than 15"),
        ("4.999", "EUR", "2 decimals"),
        ("500.5", "JPY", "no decimals"),
        ("5.125", "KWD", "2 decimals"),
        ("10.5", "UGX", "no decimals"),
        ("1000000", "EUR", "at most 999999.99 EUR"),
        ("100000000", "JPY", "at most 99999999 JPY"),
        ("0", "EUR", "greater than 0"),
        ("-1", "EUR", "greater than 0"),
        ("5", "DOG", "ISO 4217"),
        ("NaN", "EUR", "finite"),
    ],
)
def test_what_stripe_would_not_charge_is_no_price(amount: str, currency: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Price.model_validate({"amount": amount, "currency": currency})


def test_the_same_price_is_written_one_way() -> None:
    said = [Price.model_validate({"amount": amount, "currency": "EUR"}) for amount in ("5", "5.0", 5, 5.0, "5.00")]
    assert {price.model_dump_json() for price in said} == {'{"amount":"5.00","currency":"EUR"}'}
    assert str(said[0]) == "5.00 EUR"


def test_every_currency_is_turned_back_and_forth() -> None:
    assert set(LEAST) <= CODES
    for code in CODES:
        assert minor_of_micros(micros_of_minor(12_340, code), code) == 12_340
