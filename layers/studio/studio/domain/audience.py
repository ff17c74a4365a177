"""What an audience does: views, clicks, leads, payments, as events that count once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from studio.domain.base import Id, Instant, Phrase, Value
from studio.domain.currency import Currency

EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
"""Nothing is older: the first of these networks opened in 2005."""

MAX_REVENUE = 10**15
"""A thousand million of a currency, in millionths: beyond it, somebody slipped."""


class AudienceStage(StrEnum):
    """How far somebody came on the way to paying."""

    VIEW = "view"
    CLICK = "click"
    LEAD = "lead"
    CHECKOUT = "checkout"
    PAID = "paid"
    REFUND = "refund"


class AudienceChannel(StrEnum):
    """Where it happened."""

    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    INSTAGRAM = "instagram"
    X = "x"
    REDDIT = "reddit"
    SITE = "site"
    MAIL = "mail"
    OTHER = "other"


class EventSource(StrEnum):
    """How we know."""

    HTTP = "http"
    CSV = "csv"
    STRIPE = "stripe"
    GO = "go"
    FORM = "form"


def in_utc(at: datetime) -> datetime:
    """Return the same instant, told in UTC, so that an event stays where it is whatever clocks do.

    Raises ValueError for an instant that cannot be one of an audience's.
    """
    try:
        told = at.astimezone(UTC)
    except OverflowError:
        told = EARLIEST.replace(year=1)
    if not EARLIEST <= told < datetime(2100, 1, 1, tzinfo=UTC):
        raise ValueError("must be a moment between 2005 and 2100")
    return told


def _nobody_by_name(visitor: str) -> str:
    if "@" in visitor:
        raise ValueError("must not be a mail address: send a pseudonym, such as a keyed hash of it")
    return visitor


UtcInstant = Annotated[Instant, AfterValidator(in_utc)]

EventId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
"""1 to 128 printable ASCII characters without blanks."""

Visitor = Annotated[str, AfterValidator(_nobody_by_name), StringConstraints(pattern=r"^[A-Za-z0-9._:~+/=-]{1,64}$")]
"""A pseudonym of 1 to 64 letters, digits and `._:~+/=-`, which no notation writes in another way."""

Tag = Annotated[Phrase, StringConstraints(min_length=1, max_length=80)]
"""One line, 1 to 80 characters."""

LinkCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class EventReported(Value):
    """What a sender tells of one event, or of `count` equal ones (a day's views, say).

    at: with an offset, any. event_id: the same counts once; left out, one is made. visitor: a pseudonym, never an
    address. revenue: millionths of `currency`; negative for a refund; left out where nobody knows it.
    """

    event_id: EventId | None = None
    stage: AudienceStage
    at: UtcInstant
    episode_id: Id | None = None
    channel: AudienceChannel = AudienceChannel.OTHER
    variant: Tag | None = None
    link: LinkCode | None = None
    visitor: Visitor | None = None
    count: int = Field(default=1, ge=1, le=10**10)
    revenue: int | None = Field(default=None, ge=-MAX_REVENUE, le=MAX_REVENUE)
    currency: Currency | None = None

    @model_validator(mode="after")
    def _money_has_a_currency_and_a_direction(self) -> Self:
        if self.revenue is None:
            if self.stage is AudienceStage.REFUND:
                raise ValueError("a refund needs its revenue, negative, and a currency")
            return self
        if self.currency is None:
            raise ValueError("revenue needs a currency")
        if self.stage is AudienceStage.REFUND:
            if self.revenue >= 0:
                raise ValueError("a refund's revenue must be negative")
        elif self.revenue < 0:
            raise ValueError("only a refund's revenue may be negative")
        return self


class AudienceEvent(EventReported):
    """An event as it is kept. `at` is in UTC."""

    event_id: EventId
    source: EventSource


class ChannelCounts(Value):
    """How many came how far on one channel. Every stage is told, also where nobody was."""

    channel: AudienceChannel
    stages: dict[AudienceStage, int]


class Revenue(Value):
    """What came in and went back in one currency, in millionths of it. `net` is `gross` and `refunded` together."""

    currency: str
    gross: int
    refunded: int
    net: int


class AudienceSummary(Value):
    """What happened between two days, both included, in UTC. `paid_unknown`: payments whose amount nobody told."""

    first: date
    last: date
    events: int
    stages: dict[AudienceStage, int]
    channels: tuple[ChannelCounts, ...]
    revenue: tuple[Revenue, ...]
    paid_unknown: int


def summary_of(events: Iterable[AudienceEvent], first: date, last: date) -> AudienceSummary:
    """Return what events come to. Each is taken to count: who gives the same one twice counts it twice."""
    number = unknown = 0
    by_channel: dict[AudienceChannel, dict[AudienceStage, int]] = {}
    money: dict[str, list[int]] = {}
    for event in events:
        number += 1
        stages = by_channel.setdefault(event.channel, dict.fromkeys(AudienceStage, 0))
        stages[event.stage] += event.count
        if event.revenue is not None and event.currency is not None:
            money.setdefault(event.currency, [0, 0])[event.revenue < 0] += event.revenue
        elif event.stage is AudienceStage.PAID:
            unknown += event.count
    return AudienceSummary(
        first=first,
        last=last,
        events=number,
        stages={stage: sum(counts[stage] for counts in by_channel.values()) for stage in AudienceStage},
        channels=tuple(
            ChannelCounts(channel=channel, stages=by_channel[channel])
            for channel in AudienceChannel
            if channel in by_channel
        ),
        revenue=tuple(
            Revenue(currency=currency, gross=gross, refunded=refunded, net=gross + refunded)
            for currency, (gross, refunded) in sorted(money.items())
        ),
        paid_unknown=unknown,
    )
