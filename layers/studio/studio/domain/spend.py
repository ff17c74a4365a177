"""One line of the ledger: a call to a model that cost, or might have cost, money."""

from typing import Literal

from studio.domain.base import Id, Instant, Value
from studio.domain.money import Micros


class Spend(Value):
    """A call's place in the ledger.

    `reserved` before the call; `settled` with what it cost; `released` when nothing was bought; `unknown` when nobody
    can tell (a time-out after sending): then the reserved amount counts.
    """

    spend_id: Id
    month: str
    status: Literal["reserved", "settled", "released", "unknown"]
    purpose: str
    provider: str
    model: str
    price_date: str
    episode_id: str = ""
    clip: int | None = None
    digest: str
    reserved: Micros
    cost: Micros = 0
    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    note: str = ""
    created_at: Instant
    settled_at: Instant | None = None
