"""GET /dashboard: how things stand, in four reads however many episodes there are."""

from studio.domain.base import Instant, Value
from studio.domain.episode import Status
from studio.domain.money import usd
from studio.entry import api, resolver
from studio.entry.http import Caller
from studio.store import keys

app = resolver()

_RECENT = 10


class EpisodeTotals(Value):
    """How many episodes there are, in all and in each status."""

    total: int
    by_status: dict[Status, int]


class Happening(Value):
    """One thing that happened: `what` is a status, or "deleted"."""

    what: str
    episode_id: str
    title: str
    at: Instant


class Spending(Value):
    """This UTC month's money, in US dollars. `committed_usd` is spent plus what calls under way may still cost.

    `cap_usd` is the owner's own cap where one was set for them, and the stack's where not.
    """

    month: str
    spent_usd: float
    committed_usd: float
    cap_usd: float


class Dashboard(Value):
    """How things stand. `completion_rate` is completed / finished, null before anything has finished."""

    episodes: EpisodeTotals
    completion_rate: float | None
    recent: list[Happening]
    spend: Spending


@app.get("/dashboard", tags=["dashboard"])
def read_dashboard(studio: Caller) -> Dashboard:
    """Totals by status, completion rate, what happened lately, and what this month has cost."""
    counts = studio.episodes.counts()
    finished = sum(counts[status] for status in (Status.COMPLETED, Status.PARTIAL, Status.FAILED, Status.CANCELLED))
    at = studio.clock()
    money = studio.ledger.month(at)
    return Dashboard(
        episodes=EpisodeTotals(
            total=sum(counts.values()), by_status={Status(name): count for name, count in counts.items()}
        ),
        completion_rate=counts[Status.COMPLETED] / finished if finished else None,
        recent=[Happening.model_validate(item) for item in studio.episodes.activity(_RECENT)],
        spend=Spending(
            month=keys.month(at),
            spent_usd=usd(money["spent"]),
            committed_usd=usd(money["committed"]),
            cap_usd=usd(money["cap"]),
        ),
    )


handler = api(app)
