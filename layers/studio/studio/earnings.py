"""What episodes cost and brought, made ready for the statistics: outcomes, journeys, cohorts."""

from collections.abc import Mapping, Sequence

from studio.domain.audience import AudienceEvent
from studio.domain.base import Instant
from studio.domain.episode import Episode
from studio.domain.journey import Sale
from studio.domain.money import Micros
from studio.insight.attribution import Journey, Touch
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval
from studio.insight.returns import Cohort, Outcome, Payback
from studio.insight.returns import payback as paid_back

SEED = 1
"""The same numbers give the same intervals."""


def came_by(event: AudienceEvent) -> str:
    """Name what somebody came by: the link, where there is one, else the channel and the variant."""
    if event.link:
        return f"link {event.link}"
    return f"{event.channel}{f' ({event.variant})' if event.variant else ''}" if event.channel != "other" else ""


def in_dollars(sale: Sale, rate: float) -> Sale:
    """Return a sale in dollars. rate: dollars for one unit of its currency."""
    return Sale(sale.episode_id, round(sale.revenue * rate), "USD", sale.at, sale.touches)


def journey(sale: Sale) -> Journey:
    """Return a sale as attribution takes it."""
    touches = tuple(Touch(key=key, at=at) for key, at in sale.touches)
    return Journey(touches=touches, revenue=sale.revenue, at=sale.at)


def outcome(episode_id: str, costs: Mapping[str, Micros], known: Sequence[Sale]) -> Outcome:
    """Return what an episode cost and brought, and how many bought. known: sales in dollars."""
    theirs = [sale for sale in known if sale.episode_id == episode_id]
    bought = sum(sale.revenue > 0 for sale in theirs)
    return Outcome(cost=costs[episode_id], revenue=sum(sale.revenue for sale in theirs), acquisitions=bought)


def payback(
    episodes: Sequence[Episode], costs: Mapping[str, Micros], known: Sequence[Sale], days: int, end: Instant
) -> Payback | Insufficient:
    """Return when episodes had earned back their cost, looking at half of `days`."""
    cohorts, within = [], max(1, days // 2)
    for episode in episodes:
        age = (end - episode.created_at).days
        if not costs[episode.episode_id] or age < 1:
            continue
        revenue = [0] * age
        for sale in known:
            if sale.episode_id == episode.episode_id and 0 <= (day := (sale.at - episode.created_at).days) < age:
                revenue[day] += sale.revenue
        cohorts.append(Cohort(costs=(costs[episode.episode_id], *[0] * (age - 1)), revenues=tuple(revenue)))
    return paid_back(cohorts, within_days=within, seed=SEED)


def scaled(interval: Interval | Insufficient) -> Interval | Insufficient:
    """Return an interval of micro-dollars in dollars."""
    if isinstance(interval, Insufficient):
        return interval
    ends = {name: getattr(interval, name) / 1e6 for name in ("estimate", "low", "high")}
    return interval.model_copy(update=ends)
