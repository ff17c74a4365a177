"""On a schedule, and when an execution ends badly: nothing stays under way that nobody works on any more."""

from datetime import timedelta

from pydantic import BaseModel, Field

from studio import takes
from studio.domain.base import Value
from studio.domain.episode import ACTIVE
from studio.domain.errors import Conflict, NotFound, ProviderFailed
from studio.entry import Studio, on_event
from studio.entry.context import SYSTEM
from studio.entry.observe import logger
from studio.generation import catalogue
from studio.rollup import write_metadata
from studio.store.active import Active

EPISODE_REST = timedelta(minutes=5)
"""How long an episode may stand still before its execution is looked at."""

RESERVATION_REST = timedelta(minutes=30)
"""How long a reservation may stay open: longer than any call may take."""


class ExecutionInput(BaseModel):
    """Whose execution it was."""

    owner: str


class ExecutionDetail(BaseModel):
    """The part of Step Functions' "Execution Status Change" that matters. `asked` is the execution's input, as JSON."""

    name: str
    status: str
    asked: str = Field(alias="input", default="{}")


class SweepEvent(BaseModel):
    """An execution's end, or (without `detail`) the schedule's turn."""

    detail: ExecutionDetail | None = None


class SweepReport(Value):
    """How many episodes and reservations were settled."""

    episodes: int
    reservations: int


def sweep(event: SweepEvent) -> SweepReport:
    """Settle the episode whose execution ended, or everything that has been standing still."""
    if event.detail is not None:
        return SweepReport(episodes=_settle_one(event.detail), reservations=0)
    system = Studio.opened_for(SYSTEM)
    active = Active(system.client("dynamodb"), system.settings.table)
    now = system.clock()
    episodes = sum(
        _settle(Studio.opened_for(owner), episode.episode_id, episode.take, None)
        for owner, episode in active.episodes(now - EPISODE_REST)
    )
    reservations = 0
    for owner, spend in active.spends(now - RESERVATION_REST):
        try:
            price = catalogue.price(spend.model, spend.created_at.date())
        except ProviderFailed:
            logger.exception("a reservation of an unknown model stays open", extra={"spend_id": spend.spend_id})
            continue
        Studio.opened_for(owner).till.close_stale(spend, price)
        reservations += 1
    return SweepReport(episodes=episodes, reservations=reservations)


def _settle_one(detail: ExecutionDetail) -> int:
    owner = ExecutionInput.model_validate_json(detail.asked).owner
    episode_id, take = takes.parse_name(detail.name)
    return _settle(Studio.opened_for(owner), episode_id, take, detail.status)


def _settle(studio: Studio, episode_id: str, take: int, ended: str | None) -> int:
    """Settle one episode and return how many were: 1 or 0. `ended` is its execution's status where it is known."""
    try:
        episode = studio.episodes.get(episode_id)
        if episode.status not in ACTIVE or episode.take != take:
            return 0
        execution = ended or takes.execution_status(studio, episode)
        if execution not in takes.OVER:
            return 0
        takes.settle(studio, episode, execution)
    except (NotFound, Conflict):
        # Deleted, or taken up again, between the look and the move: then it is not ours to settle.
        logger.info("already settled", extra={"episode_id": episode_id})
        return 0
    write_metadata(studio, episode_id)
    return 1


handler = on_event(sweep)
