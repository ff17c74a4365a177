"""Money is whole micro-dollars: adding up never rounds."""

from decimal import ROUND_CEILING, Decimal
from typing import Annotated

from pydantic import Field

Micros = Annotated[int, Field(ge=0)]
"""US dollars × 1,000,000."""


def micros(usd: Decimal | str) -> int:
    """Return `usd` in micro-dollars, rounded up, so that a fraction of a cent is never given away."""
    return int((Decimal(usd) * 1_000_000).to_integral_value(rounding=ROUND_CEILING))


def usd(amount: int) -> float:
    """Return micro-dollars as dollars, for people and JSON."""
    return float(Decimal(amount) / 1_000_000)
