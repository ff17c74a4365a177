"""roi-analysis-bot: what episodes cost, what they brought, by which posts, and when it was earned back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from studio.domain.audience import AudienceStage
from studio.domain.base import Id, Instant, Phrase, Value
from studio.domain.episode import Episode
from studio.domain.journey import Sale, sales
from studio.domain.money import Micros, micros, usd
from studio.earnings import (
    SEED,
    Credit,
    EpisodeReturn,
    came_by,
    in_dollars,
    journey,
    outcome,
    payback,
    returned,
    scaled,
    side_by_side,
    unconverted,
)
from studio.entry import Studio, bot
from studio.insight.attribution import MODELS, WINDOW_DAYS, attributed
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval
from studio.insight.returns import Payback, cost_per_acquisition, return_on_investment

Rate = Annotated[float, Field(gt=0, le=1e6)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class OtherCost(Value):
    """What an episode cost outside the studio: an editor, advertising."""

    episode_id: Id
    usd: float = Field(gt=0, le=1e9)
    what: Phrase = ""


class RoiRequest(Value):
    """Which episode, all where left out, over how many days.

    rates: US dollars for one unit of a currency, such as {"EUR": 1.08}; without one, that revenue is told apart.
    """

    episode_id: Id | None = None
    days: int = Field(default=90, ge=1, le=365)
    rates: dict[Code, Rate] = Field(default={}, max_length=50)
    other_costs: tuple[OtherCost, ...] = Field(default=(), max_length=200)
    window_days: float = Field(default=WINDOW_DAYS, ge=0, le=365)


class RoiReport(Value):
    """Cost against revenue, in US dollars. `unconverted`: revenue in currencies without a rate, in millionths.

    `unknown_revenue_usd` came by nothing that is known, and `unpriced_sales` are payments whose amount nobody told.
    """

    start: Instant
    end: Instant
    cost_usd: float
    revenue_usd: float
    refunded_usd: float
    roi: Interval | Insufficient
    cost_per_acquisition_usd: Interval | Insufficient
    payback: Payback | Insufficient
    episodes: tuple[EpisodeReturn, ...]
    attribution: tuple[Credit, ...]
    unknown_revenue_usd: dict[str, float]
    unconverted: dict[str, int]
    unpriced_sales: int
    notes: tuple[str, ...]


def analyse_return(request: RoiRequest, studio: Studio) -> RoiReport:
    """Set what episodes brought against what they cost: return, cost of a sale, payback, and what each post is credited
    with.

    Costs are the studio's ledger and what you add; revenue is what was counted. What is not known stays unknown.
    """
    end = studio.clock()
    start = end - timedelta(days=request.days)
    episodes = _episodes(request, studio, start)
    events = list(studio.events.between(start, end, episode_id=request.episode_id))
    rates = {"USD": 1.0} | request.rates
    made = sales(events, came_by)
    known = [in_dollars(sale, rates[sale.currency]) for sale in made if sale.currency in rates]
    costs = {episode.episode_id: _cost(episode.episode_id, request, studio) for episode in episodes}
    journeys = [journey(sale) for sale in known]
    credits = {model: attributed(journeys, model, window_days=request.window_days) for model in MODELS}
    outcomes = {episode.episode_id: outcome(episode.episode_id, costs, known) for episode in episodes}
    per_sale = cost_per_acquisition(list(outcomes.values()), seed=SEED)
    return RoiReport(
        start=start,
        end=end,
        cost_usd=usd(sum(costs.values())),
        revenue_usd=usd(sum(sale.revenue for sale in known)),
        refunded_usd=usd(-sum(sale.revenue for sale in known if sale.revenue < 0)),
        roi=return_on_investment(list(outcomes.values()), seed=SEED),
        cost_per_acquisition_usd=scaled(per_sale),
        payback=payback(episodes, costs, known, request.days, end),
        episodes=tuple(returned(episode, outcomes[episode.episode_id]) for episode in episodes),
        attribution=side_by_side(credits),
        unknown_revenue_usd={model: usd(credit.get(None, 0)) for model, credit in credits.items()},
        unconverted=unconverted(made, rates),
        unpriced_sales=sum(e.count for e in events if e.stage is AudienceStage.PAID and e.revenue is None),
        notes=_notes(episodes, known, made),
    )


def _episodes(request: RoiRequest, studio: Studio, start: Instant) -> list[Episode]:
    if request.episode_id is not None:
        return [studio.episodes.get(request.episode_id)]
    found: list[Episode] = []
    cursor: str | None = None
    while True:
        page, cursor = studio.episodes.page(100, cursor)
        found += [episode for episode in page if episode.created_at >= start]
        # Newest first: the rest is older still.
        if cursor is None or len(found) < len(page) or page[-1].created_at < start:
            return found


def _cost(episode_id: str, request: RoiRequest, studio: Studio) -> Micros:
    spent = sum(line.spent for line in studio.ledger.bill(episode_id))
    return spent + sum(micros(str(cost.usd)) for cost in request.other_costs if cost.episode_id == episode_id)


def _notes(episodes: Sequence[Episode], known: Sequence[Sale], made: Sequence[Sale]) -> tuple[str, ...]:
    notes = []
    if not episodes:
        notes.append("No episode was made in this time.")
    if not made:
        notes.append("No sale was counted. Connect Stripe, send events (POST /events) or import a CSV.")
    elif len(known) < len(made):
        notes.append("Some revenue is in currencies without a rate; give `rates` to count it.")
    if any(not sale.episode_id for sale in known):
        notes.append("Some sales name no episode: they are in the totals and in no episode's return.")
    return tuple(notes)


handler = bot(analyse_return)
