"""orchestrator-bot: a goal in words becomes a plan over the other bots, checked, priced and drawn, then carried out."""

from pathlib import Path

from studio import plans
from studio.craft.bots import catalogue, roles
from studio.domain.drawing import mermaid
from studio.domain.episode import ProviderName
from studio.domain.errors import Invalid
from studio.domain.money import micros, usd
from studio.domain.orchestration import OrchestratorRequest, PlannedStep, PlanReport
from studio.domain.plan import Plan, problems, waves
from studio.domain.planning import PlanAsked, invented, material, planned, sentences
from studio.domain.suggestion import Suggestion, suggested
from studio.entry import Studio, bot
from studio.generation.ports import WriteRequest
from studio.plans import PlanPrice
from studio.writing import write_checked

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
MAX_OUTPUT_TOKENS = 8_192

REHEARSED = "A rehearsal planned by the goal's words alone; nobody has thought about it."


def orchestrate(request: OrchestratorRequest, studio: Studio) -> PlanReport:
    """Plan which bots to run for a goal, and, where asked, run them.

    A plan is data: it is checked before anything runs, shown as a drawing and priced. `dry_run` shows what would be
    called with what; `execute` begins it. A circle, an unknown bot or an input that does not fit is 422, a plan over
    budget 402. A step that publishes needs an approval for exactly this plan (409 without): a dry run asks for it.
    """
    provider = request.provider or studio.settings.provider
    notes: tuple[str, ...] = ()
    plan = request.plan
    if plan is None:
        plan, notes = _written(request, provider, studio)
    elif found := problems(plan, catalogue()):
        raise Invalid(
            f"This plan cannot run: {sentences(found[:3])}", {f"plan.{one.path}": one.message for one in found}
        )
    else:
        plans.check_ids(plan, studio)
    budget = None if request.budget_usd is None else micros(request.budget_usd)
    price = plans.priced(plan, provider, budget, studio)
    if request.mode != "plan":
        plans.check_budget(price)
    plan_run_id = None
    if request.mode == "dry_run":
        plans.ask_approval(plan, studio)
    if request.mode == "execute":
        plans.check_approved(plan, studio)
        plan_run_id = plans.start(plan, price, provider, studio).plan_run_id
    return _report(request, plan, price, (*notes, *plans.warnings(price)), plan_run_id)


def _written(request: OrchestratorRequest, provider: ProviderName, studio: Studio) -> tuple[Plan, tuple[str, ...]]:
    """Return a plan for the goal, checked, and what is to be said about it."""
    goal, given = request.goal or "", _given(request, studio)
    first = suggested(goal, given, catalogue(), roles())

    def wrong(answer: PlanAsked) -> list[str]:
        plan, faults = planned(answer, goal)
        if plan is None:
            return faults
        return [f"{one.path} {one.message}." for one in problems(plan, catalogue())] + invented(plan, given)

    asked = WriteRequest(
        instructions=PROMPT,
        material=material(goal, given, catalogue(), first),
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    answer = write_checked(studio.writer(provider, "orchestrator_bot"), asked, PlanAsked, wrong)
    plan, _ = planned(answer, goal)
    if plan is None:
        raise Invalid(_nobody(answer, first), {"goal": "no bot of this stack can do anything for it"})
    return plan, (*first.left_out, *((REHEARSED,) if provider == "draft" else ()))


def _given(request: OrchestratorRequest, studio: Studio) -> dict[str, str]:
    """Return the ids that were named. Raises NotFound for one that is not the owner's."""
    given = {}
    if request.episode_id is not None:
        given["episode_id"] = studio.episodes.get(request.episode_id).episode_id
    if request.project_id is not None:
        given["project_id"] = studio.projects.get(request.project_id).project_id
    return given


def _nobody(answer: PlanAsked, first: Suggestion) -> str:
    why = " ".join(first.left_out) or answer.why
    return f"No bot of this stack can do anything for this goal. {why} Say what you need, or what it is about."


def _report(
    request: OrchestratorRequest, plan: Plan, price: PlanPrice, notes: tuple[str, ...], plan_run_id: str | None
) -> PlanReport:
    shown = request.mode == "dry_run"
    return PlanReport(
        mode=request.mode,
        plan=plan,
        digest=plan.digest,
        waves=waves(plan),
        steps=tuple(
            PlannedStep(
                id=step.step,
                bot=step.bot,
                calls=step.calls,
                expected_usd=usd(step.expected),
                at_most_usd=usd(step.at_most),
                would_be_called_with=dict(plan.step(step.step).inputs) if shown else None,
            )
            for step in price.steps
        ),
        mermaid=mermaid(plan),
        expected_usd=usd(price.expected),
        at_most_usd=usd(price.at_most),
        left_usd=usd(price.left),
        budget_usd=None if price.budget is None else usd(price.budget),
        needs_approval=plan.publishing,
        notes=notes,
        plan_run_id=plan_run_id,
    )


handler = bot(orchestrate)
