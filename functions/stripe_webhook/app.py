"""/webhooks/stripe/{code}: Stripe tells of payments and refunds. What is not proven to be Stripe's changes nothing."""

from studio.channels.stripe_payments import TEST_KEYS, GivenBack, Payment, read
from studio.channels.stripe_webhook import Event, verified
from studio.domain.audience import AudienceEvent, AudienceStage, EventSource
from studio.domain.base import Value
from studio.domain.connection import NetworkName
from studio.domain.currency import micros_of_minor
from studio.domain.errors import Invalid, NotConnected, NotFound, Unproven
from studio.domain.order import Order
from studio.domain.product import held_because
from studio.entry import Studio, resolver
from studio.entry.observe import logger
from studio.entry.public import Code, Pace, RawBody, behind, public_api

app = resolver()

ONE_OWNER = Pace(10, 300)
STRIPES_ADDRESSES = Pace(50, 500)
"""Stripe calls for every owner from the same few."""


class Heard(Value):
    """It need not be told again."""

    received: bool = True


@app.post("/webhooks/stripe/<code>", tags=["public"])
def hear_from_stripe(code: Code, body: RawBody) -> Heard:
    """Hear from Stripe of payments and refunds. 400 for what Stripe did not sign just now with the owner's secret."""
    studio, _ = behind("stripe", code, ONE_OWNER)
    try:
        secret = _secret(studio)
        signature = app.current_event.headers.get("Stripe-Signature") or ""
        event = verified(body, signature, secret.get("signing_secret", "").split(), studio.clock())
        told = read(event)
    except (Invalid, NotConnected) as error:
        logger.warning("not believed", extra={"error": type(error).__name__})
        raise Unproven("This cannot be taken.") from error
    if told is None or event.livemode == secret.get("api_key", "").startswith(TEST_KEYS):
        # Of something else, or of the mode that the owner's key is not for: what is tried out is no revenue.
        logger.info("ignored", extra={"type": event.type, "live": event.livemode})
    elif isinstance(told, Payment):
        _book_payment(studio, event, told)
    else:
        _book_refund(studio, event, told)
    return Heard()


def _secret(studio: Studio) -> dict[str, str]:
    connection = studio.connections.get(NetworkName.STRIPE)
    return studio.connections.secret(NetworkName.STRIPE, connection.account_id)


def _book_payment(studio: Studio, event: Event, paid: Payment) -> None:
    """Book a payment once, whichever events tell of it, and leave its order for who delivers."""
    episode_id = paid.episode_id if paid.episode_id and _is_episode(studio, paid.episode_id) else None
    paid_event = AudienceEvent(
        event_id=f"stripe:paid:{paid.session}",
        stage=AudienceStage.PAID,
        at=event.created,
        episode_id=episode_id,
        channel=paid.channel,
        variant=paid.variant,
        link=paid.link,
        visitor=paid.visitor,
        revenue=paid.amount,
        currency=paid.currency,
        source=EventSource.STRIPE,
    )
    studio.events.add([paid_event])
    order = Order(
        order_id=paid.session,
        payment_id=paid.payment_id,
        payment_link=paid.payment_link,
        product_id=paid.product_id,
        episode_id=episode_id,
        visitor=paid.visitor,
        buyer=studio.keyed_digest(f"buyer/{studio.owner}", paid.email) if paid.email else "",
        amount=paid.amount,
        currency=paid.currency,
        live=event.livemode,
        paid_at=event.created,
    )
    studio.orders.add(order.model_copy(update={"held": _held(studio, order)}))


def _held(studio: Studio, order: Order) -> str:
    """Return why an order of one of our products is not to be delivered. Stripe sells other things for owners, too."""
    try:
        return held_because(order, studio.products.get(order.product_id)) if order.product_id else ""
    except NotFound:
        return ""


def _book_refund(studio: Studio, event: Event, told: GivenBack) -> None:
    """Book what was given back once, whether it is told refund by refund, in total, or both."""
    order = studio.orders.of_payment(told.payment_id)

    def event_of(newly: int, in_all: int) -> AudienceEvent:
        return AudienceEvent(
            event_id=f"stripe:refund:{told.charge}:{in_all}",
            stage=AudienceStage.REFUND,
            at=event.created,
            episode_id=order.episode_id if order else None,
            visitor=order.visitor if order else None,
            revenue=-micros_of_minor(newly, told.currency),
            currency=told.currency,
            source=EventSource.STRIPE,
        )

    in_all = studio.refunds.tell(told.charge, event_of, refund=told.refund, total=told.total)
    if told.payment_id:
        studio.orders.paid_back(told.payment_id, micros_of_minor(in_all, told.currency), event.created)


def _is_episode(studio: Studio, episode_id: str) -> bool:
    try:
        studio.episodes.get(episode_id)
    except NotFound:
        return False
    return True


handler = public_api(app, door="stripe", max_body=256 * 1024, pace=STRIPES_ADDRESSES)
