"""What something costs, within what Stripe takes.

SOURCE: docs.stripe.com/currencies (minor units, zero- and three-decimal currencies, special cases, minimum and maximum
charge amounts; read 2026-11).
"""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, WithJsonSchema, model_validator

from studio.domain.base import Value
from studio.domain.currency import Currency, decimals_of_price, micros_of_minor, minor_of_micros

LEAST: dict[str, str] = {
    "AED": "2", "AUD": "0.50", "BRL": "0.50", "CAD": "0.50", "CHF": "0.50", "CZK": "15", "DKK": "2.50",
    "EUR": "0.50", "GBP": "0.30", "HKD": "4", "HUF": "175", "INR": "0.50", "JPY": "50", "MXN": "10", "MYR": "2",
    "NOK": "3", "NZD": "0.50", "PLN": "2", "RON": "2", "SEK": "3", "SGD": "0.50", "THB": "10", "USD": "0.50",
}  # fmt: skip
"""The least that may be charged. Of others Stripe asks what comes to half a dollar or so, at the day's rate."""

MOST_MINOR = 99_999_999
"""Eight digits of the smallest unit. Stripe takes more of a few currencies; nobody pays that for a download."""


_AMOUNT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "examples": ["4.99"]}
"""One schema for what comes and what goes. A number is taken, too."""


class Price(Value):
    """An amount of a currency, with as many decimals as it has: 4.99 EUR, 500 JPY. Within what Stripe charges."""

    amount: Annotated[Decimal, Field(gt=0, max_digits=15), WithJsonSchema(_AMOUNT)]
    currency: Currency

    @model_validator(mode="after")
    def _can_be_charged(self) -> Self:
        decimals = decimals_of_price(self.currency)
        exact = self.amount.quantize(Decimal(1).scaleb(-decimals))
        if exact != self.amount:
            raise ValueError(f"amount: {self.currency} is charged with {decimals or 'no'} decimals")
        least = LEAST.get(self.currency)
        if least is not None and self.amount < Decimal(least):
            raise ValueError(f"amount: Stripe charges no less than {least} {self.currency}")
        # The same amount, written one way: an approval is bound to how it is written.
        object.__setattr__(self, "amount", exact)
        if self.minor > MOST_MINOR:
            most = Decimal(micros_of_minor(MOST_MINOR, self.currency)) / 1_000_000
            raise ValueError(f"amount: Stripe charges at most {most.normalize():f} {self.currency}")
        return self

    @property
    def micros(self) -> int:
        """The amount in millionths."""
        return int(self.amount * 1_000_000)

    @property
    def minor(self) -> int:
        """The amount in the smallest unit, as Stripe is told it."""
        return minor_of_micros(self.micros, self.currency)

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.amount} {self.currency}"
