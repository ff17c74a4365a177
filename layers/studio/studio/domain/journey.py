"""From what an audience did to who came how far, and what each sale came by. Pure: events in, counts out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from studio.domain.audience import AudienceEvent, AudienceStage
from studio.domain.base import Instant

WAY: tuple[AudienceStage, ...] = (
    AudienceStage.VIEW,
    AudienceStage.CLICK,
    AudienceStage.LEAD,
    AudienceStage.CHECKOUT,
    AudienceStage.PAID,
)
"""The way to paying. A refund is no step of it."""

type Key = Callable[[AudienceEvent], str]


@dataclass
class Tally:
    """Who reached a stage: visitors that are known, each once, and `count`s of those who are not."""

    visitors: set[str] = field(default_factory=set)
    others: int = 0

    @property
    def people(self) -> int:
        """How many reached it, as far as visitors are told apart."""
        return len(self.visitors) + self.others


def reached(events: Iterable[AudienceEvent]) -> dict[AudienceStage, int]:
    """Return how many reached each stage of WAY."""
    tallies = {stage: Tally() for stage in WAY}
    for event in events:
        tally = tallies.get(event.stage)
        if tally is None:
            continue
        if event.visitor is None:
            tally.others += event.count
        else:
            tally.visitors.add(event.visitor)
    return {stage: tally.people for stage, tally in tallies.items()}


def grouped(events: Iterable[AudienceEvent], key: Key) -> dict[str, list[AudienceEvent]]:
    """Return events by a key, those without one under ""."""
    groups: dict[str, list[AudienceEvent]] = {}
    for event in events:
        groups.setdefault(key(event), []).append(event)
    return groups


@dataclass(frozen=True)
class Sale:
    """Money that came in, or went back, with what its visitor did before.

    touches: what it came by and when, oldest first; of a refund, those of the sale that it takes back. at: of the sale
    too, so that a refund takes back what was credited. revenue: millionths of `currency`.
    """

    episode_id: str
    revenue: int
    currency: str
    at: Instant
    touches: tuple[tuple[str, Instant], ...]


def sales(events: Iterable[AudienceEvent], key: Key) -> list[Sale]:
    """Return the sales and refunds whose amount is known, each with what its visitor came by.

    key: names the post or the channel of an event; "" for none. Without a visitor nobody knows what a sale came by.
    """
    by_visitor: dict[str | None, list[AudienceEvent]] = {}
    for event in sorted(events, key=lambda event: event.at):
        by_visitor.setdefault(event.visitor, []).append(event)
    found: list[Sale] = []
    for visitor, theirs in by_visitor.items():
        found += _sales_of(theirs, key, known=visitor is not None)
    return sorted(found, key=lambda sale: sale.at)


def _sales_of(theirs: Sequence[AudienceEvent], key: Key, *, known: bool) -> list[Sale]:
    touches: list[tuple[str, Instant]] = []
    made: list[Sale] = []
    for event in theirs:
        if event.stage not in {AudienceStage.PAID, AudienceStage.REFUND}:
            if known and key(event):
                touches.append((key(event), event.at))
            continue
        if event.revenue is None or event.currency is None:
            continue
        # A link that was paid through is what a sale came by, also where the visitor is not known.
        here = [(key(event), event.at)] if key(event) and not touches else []
        sale = Sale(event.episode_id or "", event.revenue, event.currency, event.at, (*touches, *here))
        if event.stage is AudienceStage.REFUND:
            taken = _taken_back(made, event) if known else None
            if taken is not None:
                sale = Sale(taken.episode_id, event.revenue, event.currency, taken.at, taken.touches)
        made.append(sale)
    return made


def _taken_back(made: Sequence[Sale], refund: AudienceEvent) -> Sale | None:
    """Return the sale that a refund is of: the visitor's last one of that episode in that currency."""
    return next(
        (
            sale
            for sale in reversed(made)
            if sale.revenue > 0
            and sale.currency == refund.currency
            and refund.episode_id in (None, sale.episode_id or None)
        ),
        None,
    )
