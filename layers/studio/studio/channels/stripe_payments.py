"""What Stripe's events say of payments and refunds, in our words.

SOURCE: docs.stripe.com/api/events/types (checkout.session.completed, checkout.session.async_payment_succeeded,
charge.refunded, refund.created), docs.stripe.com/api/checkout/sessions/object, docs.stripe.com/api/charges/object,
docs.stripe.com/api/refunds/object.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from studio.channels.stripe_webhook import Event
from studio.domain.audience import AudienceChannel, LinkCode, Tag, Visitor
from studio.domain.base import Id
from studio.domain.currency import Currency, micros_of_minor
from studio.domain.errors import Invalid

_PAID = {"checkout.session.completed", "checkout.session.async_payment_succeeded"}
_CHARGE, _REFUND = "charge.refunded", "refund.created"
TEST_KEYS = ("sk_test_", "rk_test_")
"""How keys begin with which everything is only tried out."""

_REFUND_FAILED = {"failed", "canceled"}


class _Received(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class _Customer(_Received):
    email: str | None = None


class _Checkout(_Received):
    id: str
    payment_status: Literal["paid", "unpaid", "no_payment_required"]
    amount_total: int | None = Field(default=None, ge=0)
    currency: str | None = None
    client_reference_id: str | None = None
    payment_intent: str | None = None
    payment_link: str | None = None
    customer_details: _Customer | None = None
    metadata: dict[str, str] | None = None


class _Charge(_Received):
    id: str
    amount_refunded: int = Field(ge=0)
    currency: str
    payment_intent: str | None = None


class _Refund(_Received):
    id: str
    amount: int = Field(ge=0)
    currency: str
    charge: str | None = None
    payment_intent: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class Payment:
    """A checkout that is paid. `amount` in millionths of `currency`.

    What the payment link's metadata or the address that was paid at says is taken where it can be what it should be,
    and left out otherwise: parts of it come from whoever pays.
    """

    session: str
    payment_id: str
    payment_link: str
    amount: int
    currency: str
    email: str
    product_id: str | None
    episode_id: str | None
    visitor: str | None
    variant: str | None
    link: str | None
    channel: AudienceChannel


@dataclass(frozen=True)
class GivenBack:
    """A refund (id and amount), or the total of a charge's so far, in minor units."""

    charge: str
    payment_id: str
    currency: str
    refund: tuple[str, int] | None = None
    total: int = 0


def read(event: Event) -> Payment | GivenBack | None:
    """Return what an event says of money, None where that is nothing. Raises Invalid for one that is not whole."""
    try:
        if event.type in _PAID:
            return _payment(_Checkout.model_validate(event.object))
        if event.type == _CHARGE:
            charge = _Charge.model_validate(event.object)
            return GivenBack(
                charge.id, charge.payment_intent or "", _currency(charge.currency), total=charge.amount_refunded
            )
        if event.type == _REFUND:
            return _refund(_Refund.model_validate(event.object))
    except ValidationError as error:
        raise Invalid(f"An event {event.type} of Stripe's is not as described.") from error
    return None


def _payment(checkout: _Checkout) -> Payment | None:
    # Complete is not paid: methods that take days are told of again when the money is there.
    if checkout.payment_status == "unpaid":
        return None
    said = checkout.metadata or {}
    currency = _currency(checkout.currency or "")
    return Payment(
        session=checkout.id,
        payment_id=checkout.payment_intent or "",
        payment_link=checkout.payment_link or "",
        amount=micros_of_minor(checkout.amount_total or 0, currency),
        currency=currency,
        email=(checkout.customer_details.email or "" if checkout.customer_details else "").strip().casefold(),
        product_id=_taken(Tag, said.get("product_id")),
        episode_id=_taken(Id, said.get("episode_id")),
        visitor=_taken(Visitor, said.get("visitor") or checkout.client_reference_id),
        variant=_taken(Tag, said.get("variant")),
        link=_taken(LinkCode, said.get("link")),
        channel=_taken(AudienceChannel, said.get("channel")) or AudienceChannel.OTHER,
    )


def _refund(refund: _Refund) -> GivenBack | None:
    if refund.status in _REFUND_FAILED:
        return None
    paid = refund.charge or refund.payment_intent
    if not paid:
        return None
    return GivenBack(paid, refund.payment_intent or "", _currency(refund.currency), refund=(refund.id, refund.amount))


def _currency(code: str) -> str:
    found: str = TypeAdapter(Currency).validate_python(code)
    return found


def _taken[T](kind: type[T], value: str | None) -> T | None:
    try:
        return None if value is None else TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None
