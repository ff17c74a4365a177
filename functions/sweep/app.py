"""On a schedule, and when an execution ends badly: nothing stays under way that nobody works on any more."""

import json
import os
from datetime import timedelta

from pydantic import BaseModel, Field

from studio import plans, takes
from studio.domain.base import Value
from studio.domain.episode import Clip
from studio.domain.errors import Conflict, NotFound, ProviderFailed
from studio.domain.spend import Spend
from studio.entry import Studio, on_event
from studio.entry.context import SYSTEM
from studio.entry.observe import logger
from studio.generation import catalogue
from studio.rollup import write_metadata
from studio.store.active import Active

REST = timedelta(minutes=5)
"""How long an episode may stand still before its execution is looked at, and a stored clip wait to be measured."""

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
    """An execution's end, or without `detail` the schedule's turn. `rest_seconds`, where given, replaces REST."""

    detail: ExecutionDetail | None = None
    rest_seconds: int | None = Field(default=None, ge=0)


class SweepReport(Value):
    """How many episodes, plans and reservations were settled, and clips sent to be measured."""

    episodes: int = 0
    plans: int = 0
    reservations: int = 0
    clips: int = 0


def sweep(event: SweepEvent) -> SweepReport:
    """Settle the episode or plan whose execution ended, or everything that has been standing still."""
    if event.detail is not None:
        return _settle_one(event.detail)
    system = Studio.opened_for(SYSTEM)
    active = Active(system.client("dynamodb"), system.settings.table)
    now = system.clock()
    at_rest = now - (REST if event.rest_seconds is None else timedelta(seconds=event.rest_seconds))
    return SweepReport(
        episodes=sum(
            _settle(Studio.opened_for(owner), episode.episode_id, episode.take, None)
            for owner, episode in active.episodes(at_rest)
        ),
        plans=sum(
            plans.settle(run, Studio.opened_for(owner), None, takes.OVER) for owner, run in active.plan_runs(at_rest)
        ),
        reservations=sum(_close(owner, spend) for owner, spend in active.spends(now - RESERVATION_REST)),
        clips=sum(_have_measured(system, owner, clip) for owner, clip in active.unmeasured_clips(at_rest)),
    )


def _close(owner: str, spend: Spend) -> int:
    """Close one reservation and return how many were: 1 or 0."""
    try:
        price = catalogue.price(spend.model, spend.created_at.date())
    except ProviderFailed:
        logger.exception("a reservation of an unknown model stays open", extra={"spend_id": spend.spend_id})
        return 0
    Studio.opened_for(owner).till.close_stale(spend, price)
    return 1


def _have_measured(system: Studio, owner: str, clip: Clip) -> int:
    """Tell clip-metadata again of a file that was stored, as the lost event should have."""
    told = {"detail": {"object": {"key": f"{owner}/{clip.episode_id}/{clip.name}"}}}
    system.client("lambda").invoke(
        FunctionName=os.environ["CLIP_METADATA_FUNCTION"], InvocationType="Event", Payload=json.dumps(told)
    )
    return 1


def _settle_one(detail: ExecutionDetail) -> SweepReport:
    studio = Studio.opened_for(ExecutionInput.model_validate_json(detail.asked).owner)
    try:
        run = studio.plans.get(plans.parse_name(detail.name))
        return SweepReport(plans=plans.settle(run, studio, detail.status, takes.OVER))
    except NotFound:
        logger.info("not a plan's", extra={"execution": detail.name})
    try:
        episode_id, take = takes.parse_name(detail.name)
    except NotFound:
        # Started by hand, under a name of its own.
        logger.info("not an episode's", extra={"execution": detail.name})
        return SweepReport()
    return SweepReport(episodes=_settle(studio, episode_id, take, detail.status))


def _settle(studio: Studio, episode_id: str, take: int, ended: str | None) -> int:
    """Settle one episode and return how many were: 1 or 0. `ended` is its execution's status where it is known."""
    try:
        episode = studio.episodes.get(episode_id)
        if not episode.under_way or episode.take != take:
            return 0
        execution = ended or takes.execution_status(studio, episode)
        if execution not in takes.OVER:
            return 0
        takes.settle(studio, episode, execution)
        write_metadata(studio, episode_id)
    except (NotFound, Conflict):
        # Deleted, or taken up again, between the look and the move: then it is not ours to settle.
        logger.info("already settled", extra={"episode_id": episode_id})
        return 0
    return 1


handler = on_event(sweep)
