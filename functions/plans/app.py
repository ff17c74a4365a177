"""/plans: plans that are carried out, or were."""

from typing import Any

from studio import plans
from studio.domain.base import Instant, Value
from studio.domain.drawing import mermaid
from studio.domain.money import usd
from studio.domain.plan import Plan, waves
from studio.domain.plan_run import PlanRun, PlanStatus, StepRun, StepStatus
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId

app = resolver()


class PlanSummary(Value):
    """A plan that is carried out, or was. `reason` says what is missing from one that is not complete."""

    plan_run_id: str
    goal: str
    status: PlanStatus
    reason: str
    steps: int
    expected_usd: float
    at_most_usd: float
    budget_usd: float | None
    created_at: Instant
    finished_at: Instant | None


class PlanPage(Value):
    """Some plans, newest first."""

    items: list[PlanSummary]
    cursor: str | None


class PlanStepView(Value):
    """How one step stands. `run_id` leads to the bot's run, `episode_id` to the episode that was made."""

    id: str
    bot: str
    status: StepStatus
    outcome: str
    reason: str
    run_id: str
    episode_id: str
    attempts: int
    expected_usd: float
    cost_usd: float
    started_at: Instant | None
    finished_at: Instant | None


class PlanView(Value):
    """A plan, how each of its steps stands, and the drawing that shows it (Mermaid)."""

    plan_run_id: str
    status: PlanStatus
    reason: str
    plan: Plan
    digest: str
    waves: tuple[tuple[str, ...], ...]
    steps: list[PlanStepView]
    mermaid: str
    provider: str
    expected_usd: float
    at_most_usd: float
    budget_usd: float | None
    cost_usd: float
    created_at: Instant
    finished_at: Instant | None


@app.get("/plans", tags=["plans"])
def list_plans(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> PlanPage:
    """List the plans that the orchestrator carried out for you."""
    items, following = studio.plans.page(limit, cursor)
    return PlanPage(items=[_summary(run) for run in items], cursor=following)


@app.get("/plans/<plan_run_id>", tags=["plans"])
def read_plan(plan_run_id: PathId, studio: Caller) -> PlanView:
    """Read how a plan goes: each step's status, run and cost, and all of it as a drawing."""
    return _view(studio.plans.get(plan_run_id), studio)


@app.post("/plans/<plan_run_id>/cancel", tags=["plans"])
def cancel_plan(plan_run_id: PathId, studio: Caller) -> PlanView:
    """Stop a plan. What is done stays, and a bot that is at work may still finish.

    409 for one that is over already.
    """
    return _view(plans.cancel(studio.plans.get(plan_run_id), studio), studio)


def _summary(run: PlanRun) -> PlanSummary:
    return PlanSummary(
        plan_run_id=run.plan_run_id,
        goal=run.plan.goal,
        status=run.status,
        reason=run.reason,
        steps=len(run.plan.steps),
        created_at=run.created_at,
        finished_at=run.finished_at,
        **_money(run),
    )


def _view(run: PlanRun, studio: Studio) -> PlanView:
    steps = studio.plans.steps(run)
    return PlanView(
        plan_run_id=run.plan_run_id,
        status=run.status,
        reason=run.reason,
        plan=run.plan,
        digest=run.plan.digest,
        waves=waves(run.plan),
        steps=[_step(step) for step in steps.values()],
        mermaid=mermaid(run.plan, {step.id: step.status for step in steps.values()}),
        provider=run.provider,
        cost_usd=usd(sum(step.cost for step in steps.values())),
        created_at=run.created_at,
        finished_at=run.finished_at,
        **_money(run),
    )


def _money(run: PlanRun) -> dict[str, Any]:
    return {
        "expected_usd": usd(run.expected),
        "at_most_usd": usd(run.at_most),
        "budget_usd": None if run.budget is None else usd(run.budget),
    }


def _step(step: StepRun) -> PlanStepView:
    told = step.model_dump(exclude={"cost", "expected", "waits"})
    return PlanStepView(**told, cost_usd=usd(step.cost), expected_usd=usd(step.expected))


handler = api(app)
