"""Orders: what somebody paid for."""

from typing import Literal, Self

from pydantic import Field, model_validator

from studio.domain.audience import Visitor
from studio.domain.base import Id, Instant, Phrase, Value
from studio.domain.currency import Currency


class Order(Value):
    """One payment. `amount` and `refunded` are millionths of `currency`.

    order_id: Stripe's id of the checkout session. product_id: what the payment link's metadata names. buyer: a digest
    by which the same mail address is known again; the address itself stays at Stripe. live: False for Stripe's test
    mode. `refunded` all of `amount` is the status refunded: nothing more is delivered. held: why it is not delivered
    though it was paid; empty where it is.
    """

    order_id: str = Field(pattern=r"^[A-Za-z0-9_]{1,255}$")
    payment_id: str = ""
    payment_link: str = ""
    product_id: str | None = None
    episode_id: Id | None = None
    visitor: Visitor | None = None
    buyer: str = ""
    amount: int = Field(ge=0)
    currency: Currency
    refunded: int = Field(default=0, ge=0)
    status: Literal["paid", "refunded"] = "paid"
    live: bool = True
    held: Phrase = ""
    paid_at: Instant
    refunded_at: Instant | None = None

    @model_validator(mode="after")
    def _is_refunded_with_a_date(self) -> Self:
        if (self.status == "refunded") != (self.refunded_at is not None):
            raise ValueError("a refunded order has the moment it was, and no other")
        return self

    def given_back(self, refunded: int, at: Instant) -> Self:
        """Return the order after `refunded` in all was given back, by what is known at `at`. It never gets less."""
        total = max(self.refunded, refunded)
        whole = total > 0 and total >= self.amount
        return self.model_copy(
            update={
                "refunded": total,
                "status": "refunded" if whole else "paid",
                "refunded_at": (self.refunded_at or at) if whole else None,
            }
        )
