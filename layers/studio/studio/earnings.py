"""What episodes cost and brought, made ready for the statistics: outcomes, journeys, cohorts."""

from collections.abc import Mapping, Sequence

from studio.domain.audience import AudienceEvent
from studio.domain.base import Instant, Value
from studio.domain.episode import Episode
from studio.domain.journey import Sale
from studio.domain.money import Micros, usd
from studio.insight.attribution import MODELS, Journey, Model, Touch
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval
from studio.insight.returns import Cohort, Outcome, Payback
from studio.insight.returns import payback as paid_back

SEED = 1
"""The same numbers give the same intervals."""


class EpisodeReturn(Value):
    """One episode. `roi` is revenue by cost, less one; null where it cost nothing here."""

    episode_id: str
    title: str
    cost_usd: float
    revenue_usd: float
    sales: int
    roi: float | None


class Credit(Value):
    """What a post or channel is credited with, under three rules side by side. None proves what caused a sale."""

    key: str | None
    first_usd: float
    last_usd: float
    linear_usd: float


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


def returned(episode: Episode, outcome: Outcome) -> EpisodeReturn:
    """Return an episode's cost and return, in dollars."""
    return EpisodeReturn(
        episode_id=episode.episode_id,
        title=episode.title or episode.prompt[:80],
        cost_usd=usd(outcome.cost),
        revenue_usd=usd(outcome.revenue),
        sales=outcome.acquisitions,
        roi=outcome.revenue / outcome.cost - 1 if outcome.cost else None,
    )


def side_by_side(credits: Mapping[Model, Mapping[str | None, int]]) -> tuple[Credit, ...]:
    """Return what each post or channel is credited with, in dollars: the most by the linear rule first."""
    keys = {key for credit in credits.values() for key in credit}
    told = [Credit(key=key, **{f"{model}_usd": usd(credits[model].get(key, 0)) for model in MODELS}) for key in keys]
    return tuple(sorted(told, key=lambda credit: (-credit.linear_usd, credit.key or "")))


def unconverted(made: Sequence[Sale], rates: Mapping[str, float]) -> dict[str, int]:
    """Return the revenue in currencies without a rate, in millionths, by currency."""
    left: dict[str, int] = {}
    for sale in made:
        if sale.currency not in rates:
            left[sale.currency] = left.get(sale.currency, 0) + sale.revenue
    return left
