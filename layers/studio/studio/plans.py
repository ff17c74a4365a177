"""Plans: priced, held against the budget, started, stopped, and settled when their execution is over."""

import json
from collections.abc import Collection
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from studio.domain.approval import ContentKind
from studio.domain.base import Value, new_id
from studio.domain.episode import DEFAULT_CLIPS, Pipeline, ProviderName
from studio.domain.errors import BudgetExceeded, Conflict, NotFound, ProviderFailed, Unavailable
from studio.domain.money import Micros, usd
from studio.domain.plan import ORCHESTRATOR, PRODUCER, Plan, PlanStep, waves
from studio.domain.plan_run import PlanRun, StepRun, closing
from studio.domain.project import Brief
from studio.domain.spend import Quote
from studio.entry.context import Studio
from studio.entry.observe import logger

_NAMED = "plan-"
_MAY_COST_MORE = "At most it could come to ${:.4f}, more than the ${:.4f} there are; the caps hold while it runs."


class StepPrice(Value):
    """What one step will cost, in micro-dollars, and how many calls of models it takes. `model` may be several."""

    step: str
    bot: str
    calls: float
    expected: Micros
    at_most: Micros


class PlanPrice(Value):
    """What a plan costs today. `left` is what the month's cap leaves, `budget` the person's own, where they set one."""

    steps: tuple[StepPrice, ...]
    left: int
    budget: Micros | None = None

    @property
    def expected(self) -> int:
        """What it will cost if all goes as it usually does."""
        return sum(step.expected for step in self.steps)

    @property
    def at_most(self) -> int:
        """What it will cost if every answer is as long as it may be and every repair is needed."""
        return sum(step.at_most for step in self.steps)

    @property
    def limit(self) -> int:
        """The lower of the two limits."""
        return self.left if self.budget is None else min(self.left, self.budget)


def priced(plan: Plan, provider: ProviderName, budget: int | None, studio: Studio) -> PlanPrice:
    """Return what a plan costs today. Raises ProviderFailed for a model whose price is not known."""
    month = studio.ledger.month(studio.clock())
    return PlanPrice(
        steps=tuple(_price(step, provider, studio) for step in plan.steps),
        left=max(0, month["cap"] - month["committed"]),
        budget=budget,
    )


def _price(step: PlanStep, provider: ProviderName, studio: Studio) -> StepPrice:
    quote = _production(step, provider, studio) if step.bot == PRODUCER else _run(step, provider, studio)
    calls = sum(line.calls for line in quote.lines)
    return StepPrice(step=step.id, bot=step.bot, calls=calls, expected=quote.expected, at_most=quote.at_most)


def _run(step: PlanStep, provider: ProviderName, studio: Studio) -> Quote:
    try:
        return studio.quote_bot(provider, step.bot)
    except KeyError as error:
        raise ProviderFailed(f"Nobody knows what {step.bot} costs, so a plan with it has no price.") from error


def _production(step: PlanStep, provider: ProviderName, studio: Studio) -> Quote:
    clips, project_id, prompt = step.inputs.get("clips"), step.inputs.get("project_id"), step.inputs.get("prompt")
    brief, usual = Brief(title="Pilot"), DEFAULT_CLIPS
    if isinstance(project_id, str):
        brief = studio.projects.get(project_id).brief
        usual = studio.learned(project_id).now().lessons.clips or usual
    plan = studio.plan(
        Pipeline.FULL,
        brief,
        clips=clips if isinstance(clips, int) else usual,
        prompt_chars=len(prompt) if isinstance(prompt, str) else 0,
    )
    return studio.quote(provider, plan)


def check_budget(price: PlanPrice) -> None:
    """Raise BudgetExceeded when what a plan is expected to cost passes the budget, or what the month leaves."""
    if price.expected <= price.limit:
        return
    dearest = max(price.steps, key=lambda step: step.expected)
    of_month = price.budget is None or price.left < price.budget
    whose = "this month's cap leaves" if of_month else "your budget allows"
    raise BudgetExceeded(
        f"The plan would cost about ${usd(price.expected):.4f}, and {whose} ${usd(price.limit):.4f}. Nothing began. "
        f"The dearest step is {dearest.step} ({dearest.bot}) with ${usd(dearest.expected):.4f}: leave it out, or "
        + ("have an administrator raise the cap." if of_month else "raise the budget.")
    )


def warnings(price: PlanPrice) -> tuple[str, ...]:
    """Return what is to be said about a price: that it is too high, or that it may become so."""
    if price.expected > price.limit:
        return (f"It would cost more than the ${usd(price.limit):.4f} there are, so it would be refused.",)
    return (_MAY_COST_MORE.format(usd(price.at_most), usd(price.limit)),) if price.at_most > price.limit else ()


def check_ids(plan: Plan, studio: Studio) -> None:
    """Look for the episodes and shows that a person's plan names. Raises NotFound for one that is not theirs."""
    named = {(field, str(value)) for step in plan.steps for field, value in step.inputs.items() if type(value) is str}
    for field, named_id in sorted(named):
        if field == "episode_id":
            studio.episodes.get(named_id)
        elif field == "project_id":
            studio.projects.get(named_id)


def ask_approval(plan: Plan, studio: Studio) -> None:
    """Put a plan that publishes up for its owner's word; one that does not needs none."""
    if plan.publishing:
        summary = f"{', '.join(plan.publishing)} would reach an audience. {plan.goal}"
        studio.approvals.ask(ContentKind.PLAN, plan, bot=ORCHESTRATOR, summary=summary, at=studio.clock())


def check_approved(plan: Plan, studio: Studio) -> None:
    """Take note that a plan that publishes goes out. Raises NotApproved unless exactly this plan was approved."""
    if plan.publishing:
        ask_approval(plan, studio)
        approval = studio.approvals.approved(plan.digest, ContentKind.PLAN, studio.clock())
        studio.approvals.use(approval, studio.clock())


def start(plan: Plan, price: PlanPrice, provider: ProviderName, studio: Studio) -> PlanRun:
    """Store a checked plan and start its execution. Raises Unavailable when that cannot be started."""
    at = studio.clock()
    plan_run_id = new_id(at)
    run = PlanRun(
        plan_run_id=plan_run_id,
        plan=plan,
        provider=provider,
        execution=f"{studio.settings.plan_machine.replace(':stateMachine:', ':execution:')}:{_NAMED}{plan_run_id}",
        expected=price.expected,
        at_most=price.at_most,
        budget=price.budget,
        created_at=at,
        updated_at=at,
    )
    quoted = {step.step: step.expected for step in price.steps}
    studio.plans.create(run, [StepRun(id=step.id, bot=step.bot, expected=quoted[step.id]) for step in plan.steps])
    asked = {
        "owner": studio.owner,
        "plan_run_id": plan_run_id,
        "waves": [{"steps": wave} for wave in waves(plan)],
    }
    try:
        studio.client("stepfunctions").start_execution(
            stateMachineArn=studio.settings.plan_machine, name=f"{_NAMED}{plan_run_id}", input=json.dumps(asked)
        )
    except (ClientError, BotoCoreError) as error:
        logger.exception("plan not started")
        reason = "The plan could not be started. Nothing was done; send it again in a moment."
        _end_steps(run, studio, "cancelled", "never_began", reason)
        studio.plans.move(run, "failed", studio.clock(), reason)
        raise Unavailable(reason) from error
    return run


def cancel(run: PlanRun, studio: Studio) -> PlanRun:
    """Stop a plan. What is done stays; a bot that is at work finishes. Raises Conflict for one that is over."""
    reason = "Cancelled. What is done was kept; a bot that was at work may still have finished."
    cancelled = studio.plans.move(run, "cancelled", studio.clock(), reason)
    try:
        studio.client("stepfunctions").stop_execution(executionArn=run.execution, cause="cancelled by its owner")
    except ClientError as error:
        # An execution that never was, or is over, cannot be stopped and need not be.
        if error.response["Error"]["Code"] not in {"ExecutionDoesNotExist", "ValidationException"}:
            raise
    _end_steps(run, studio, "cancelled", "cancelled", "The plan was cancelled.")
    return cancelled


def close(run: PlanRun, studio: Studio, *, broke_off: str = "") -> PlanRun:
    """Give a plan whose steps have all had their turn its final status; one that is over is returned as it is.

    broke_off: why its execution ended before that, as a sentence; then what has not ended is failed or skipped.
    """
    if not run.under_way:
        return run
    at = studio.clock()
    for step in studio.plans.steps(run).values():
        if step.over:
            continue
        ended = _found(step, studio) or {
            "status": "failed" if step.status == "running" else "skipped",
            "outcome": "broke_off",
            "reason": broke_off or "It broke off, and retries did not help.",
        }
        studio.plans.save_step(run, step.model_copy(update=ended | {"finished_at": at}))
    status, reason = closing(studio.plans.steps(run).values())
    try:
        return studio.plans.move(run, status, at, reason)
    except Conflict:
        # Cancelled between the look and the move.
        return studio.plans.get(run.plan_run_id)


def _found(step: StepRun, studio: Studio) -> dict[str, Any]:
    """Return how a step ended whose bot has said so, though nobody was there any more to note it."""
    if step.status != "running" or not step.run_id:
        return {}
    try:
        bot_run = studio.runs.get(step.run_id)
    except NotFound:
        return {}
    if bot_run.status == "succeeded":
        return {"status": "done", "outcome": "done", "cost": step.cost + bot_run.cost}
    return {}


def settle(run: PlanRun, studio: Studio, ended: str | None, over: Collection[str]) -> bool:
    """Close a plan whose execution is over, and tell whether it was. ended: its status, where that is known.

    over: the statuses after which nothing more happens.
    """
    if not run.under_way:
        return False
    execution = ended or _execution_status(run, studio)
    if execution not in over:
        return False
    said = "The execution was stopped." if execution == "ABORTED" else "The execution ended before this step did."
    close(run, studio, broke_off=f"{said} Send the plan again; what is done is not bought twice.")
    logger.warning("plan settled", extra={"plan_run_id": run.plan_run_id, "execution": execution})
    return True


def parse_name(execution_name: str) -> str:
    """Return the plan's id from an execution's name. Raises NotFound for one that is not of a plan."""
    if not execution_name.startswith(_NAMED):
        raise NotFound("This execution is not of a plan.")
    return execution_name.removeprefix(_NAMED)


def _execution_status(run: PlanRun, studio: Studio) -> str:
    try:
        return str(studio.client("stepfunctions").describe_execution(executionArn=run.execution)["status"])
    except ClientError as error:
        if error.response["Error"]["Code"] in {"ExecutionDoesNotExist", "InvalidArn"}:
            return "GONE"
        raise


def _end_steps(run: PlanRun, studio: Studio, status: str, outcome: str, reason: str) -> None:
    at = studio.clock()
    for step in studio.plans.steps(run).values():
        if not step.over:
            told = {"status": status, "outcome": outcome, "reason": reason, "finished_at": at}
            studio.plans.save_step(run, step.model_copy(update=told))
