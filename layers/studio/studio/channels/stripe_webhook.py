"""What Stripe tells by itself: whether an event is really Stripe's, and what it says.

SOURCE: docs.stripe.com/webhooks/signature (scheme v1), docs.stripe.com/api/events/object.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, Field, JsonValue, ValidationError, model_validator

from studio.domain.errors import Invalid

TOLERANCE_SECONDS = 300
"""So old an event may be; older ones may be recordings played again."""


class Unsigned(Invalid):
    """It is not from Stripe, or not from now. Nothing in it may be believed."""


class Event(BaseModel, frozen=True):
    """One event. `object` is the thing it is about, as it was then. Stripe may send an event again: `id` tells."""

    id: str = Field(min_length=1)
    type: str = Field(min_length=1)
    created: AwareDatetime
    livemode: bool
    object: dict[str, JsonValue]

    @model_validator(mode="before")
    @classmethod
    def _unwrapped(cls, told: Any) -> Any:
        # On the wire the thing lies one level deeper than it need be.
        inner = told.get("data") if isinstance(told, dict) else None
        return {**told, **inner} if isinstance(told, dict) and isinstance(inner, dict) else told

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Read an event's JSON. Raises Invalid where it is none."""
        try:
            return cls.model_validate_json(payload)
        except ValidationError as error:
            raise Invalid("This is signed by Stripe but is no event.") from error


def verified(
    payload: bytes, header: str, secrets: Sequence[str], now: datetime, tolerance_seconds: int = TOLERANCE_SECONDS
) -> Event:
    """Return the event in a request's raw body, once it is proven that Stripe sent it.

    payload: the body as it came, byte for byte. header: `Stripe-Signature`, `t=…,v1=…`, where v1 may come several times
    while a secret is being replaced. secrets: the endpoint's, the old one among them while both are in use.
    Raises Unsigned for a signature that is missing, forged, garbled or from another time; Invalid for a body that is
    signed but is no event.
    """
    stamp, signatures = _parts(header)
    # Every pair is computed and compared, in constant time each, so that how long it takes tells nothing.
    signed = b"%d." % stamp + payload
    keys = [secret.encode() for secret in secrets if secret.strip()]
    expected = [hmac.digest(key, signed, "sha256").hex().encode() for key in keys]
    matches = [hmac.compare_digest(mine, theirs) for mine in expected for theirs in signatures]
    if not any(matches):
        raise Unsigned("This was not signed by Stripe with the secret stored here.")
    if abs(now.timestamp() - stamp) > tolerance_seconds:
        raise Unsigned("This was signed too long ago, or by a clock that is wrong.")
    return Event.of(payload)


def _parts(header: str) -> tuple[int, list[bytes]]:
    stamps, signatures = [], []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) <= 12:
            stamps.append(int(value))
        elif name == "v1":
            signatures.append(value.encode("utf-8", "replace"))
    if len(stamps) != 1 or not signatures:
        raise Unsigned("This has no signature of Stripe's.")
    return stamps[0], signatures
