"""A plan that is carried out: how it stands as a whole, and each of its steps."""

from collections.abc import Iterable
from typing import Literal

from studio.domain.base import Id, Instant, Value
from studio.domain.episode import ProviderName
from studio.domain.money import Micros
from studio.domain.plan import Plan

PlanStatus = Literal["queued", "running", "completed", "partial", "failed", "cancelled"]
StepStatus = Literal["waiting", "running", "done", "failed", "skipped", "cancelled"]

UNDER_WAY = frozenset({"queued", "running"})
UNFINISHED = frozenset({"waiting", "running"})


class PlanRun(Value):
    """One plan, carried out once. `budget` is the person's own, None where they set none; money in micro-dollars."""

    plan_run_id: Id
    plan: Plan
    provider: ProviderName
    status: PlanStatus = "queued"
    reason: str = ""
    execution: str
    expected: Micros
    at_most: Micros
    budget: Micros | None = None
    created_at: Instant
    updated_at: Instant
    finished_at: Instant | None = None

    @property
    def under_way(self) -> bool:
        """Whether an execution holds it."""
        return self.status in UNDER_WAY


class StepRun(Value):
    """How one step went. `outcome` is what ended it: done, blocked, not_connected, …; `reason` says it to a person.

    `run_id` leads to the bot's latest run, `episode_id` to the episode that the producer made. `cost` is that of all
    its runs, `expected` what one was quoted at. `attempts` counts those that broke off, `waits` those that had to wait.
    """

    id: str
    bot: str
    status: StepStatus = "waiting"
    outcome: str = ""
    reason: str = ""
    run_id: str = ""
    episode_id: str = ""
    attempts: int = 0
    waits: int = 0
    cost: Micros = 0
    expected: Micros = 0
    started_at: Instant | None = None
    finished_at: Instant | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status not in UNFINISHED


def closing(steps: Iterable[StepRun]) -> tuple[PlanStatus, str]:
    """Return what a plan has come to, and in a sentence what is missing from it. All its steps must be over."""
    all_steps = list(steps)
    missing = [step for step in all_steps if step.status != "done"]
    if not missing:
        return "completed", ""
    failed = [step for step in missing if step.status == "failed"] or missing
    said = " ".join(f"{step.id}: {step.reason}" for step in failed[:3])
    skipped = [step.id for step in missing if step.status == "skipped"]
    more = f" Skipped for that: {', '.join(skipped)}." if skipped else ""
    return "failed" if len(missing) == len(all_steps) else "partial", f"{said}{more}"
