"""Money as values: a line of the ledger, a line of an episode's bill, and a quote made before anything is bought."""

from decimal import Decimal
from typing import Literal

from studio.domain.base import Id, Instant, Value
from studio.domain.money import Micros


class Rates(Value):
    """Unit prices in US dollars.

    Text in and out (thoughts count as out) and picture tokens are per million tokens; `image` is per picture of 1K and
    `video_second` per second. Pictures are charged by their tokens where both the price and the count are known.
    """

    input_million: Decimal = Decimal(0)
    output_million: Decimal = Decimal(0)
    image_tokens_million: Decimal | None = None
    image: Decimal = Decimal(0)
    video_second: Decimal = Decimal(0)


class Spend(Value):
    """One line of the ledger: a call to a model that cost, or might have cost, money.

    `reserved` before the call; `settled` with what it cost; `released` when nothing was bought; `unknown` when nobody
    can tell (a time-out after sending): then the reserved amount counts. Where no result came, `note` says why in a
    sentence and `error` is that outcome's name in `studio.domain.errors`.

    A line explains itself: the cost is its tokens and pictures at its `rates`, which were valid from `price_date` on.
    `output_tokens` are all tokens out, `image_tokens` those of them that are pictures. Lines from before rates were
    kept have none.
    """

    spend_id: Id
    month: str
    status: Literal["reserved", "settled", "released", "unknown"]
    purpose: str
    provider: str
    model: str
    price_date: str
    rates: Rates | None = None
    episode_id: str = ""
    clip: int | None = None
    digest: str
    reserved: Micros
    cost: Micros = 0
    input_tokens: int = 0
    output_tokens: int = 0
    image_tokens: int = 0
    images: int = 0
    note: str = ""
    error: str = ""
    created_at: Instant
    settled_at: Instant | None = None


class BillLine(Value):
    """What one step of an episode, or its work on one clip, has cost, and what it was quoted at.

    Adds up every call that was charged or may have been. `provider`, `model` and `price_date` are the last call's.
    The quotes are None where nothing was quoted before the work was begun.
    """

    episode_id: str
    purpose: str
    clip: int | None = None
    calls: int = 0
    spent: Micros = 0
    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    provider: str = ""
    model: str = ""
    price_date: str = ""
    quoted_expected: Micros | None = None
    quoted_at_most: Micros | None = None


class QuoteLine(Value):
    """What one step, or one step for one clip, will cost. `calls` are those expected, so there may be a fraction."""

    step: str
    clip: int | None = None
    calls: float
    calls_at_most: int
    model: str
    price_date: str
    expected: Micros
    at_most: Micros


class Quote(Value):
    """What work that has not been done yet will cost, in micro-dollars."""

    lines: tuple[QuoteLine, ...]

    @property
    def expected(self) -> int:
        """What it will cost if all goes as it usually does."""
        return sum(line.expected for line in self.lines)

    @property
    def at_most(self) -> int:
        """What it will cost if every answer is as long as it may be and every repair and take is needed."""
        return sum(line.at_most for line in self.lines)
