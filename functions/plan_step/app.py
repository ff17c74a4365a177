"""Before and after each step of a plan: what its bot is called with, and what has come of it.

A bot's report never passes through the machine: it is where the bot put it, in its run.
"""

import json
from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue, ValidationError

from studio import plans
from studio.craft.bots import catalogue
from studio.domain.base import Id, Value, new_id
from studio.domain.digest import digest_of
from studio.domain.episode import TERMINAL, Status
from studio.domain.errors import NotFound, StudioError
from studio.domain.money import usd
from studio.domain.plan import MAX_INPUTS, PRODUCER, PlanStep, StepId, UnresolvedError, resolved
from studio.domain.plan_run import PlanRun, StepRun
from studio.domain.run import BotRun
from studio.entry import Studio, stage
from studio.entry.problems import kind_of
from studio.orders import ProducerRequest, begin

ATTEMPTS = 5
"""How often a bot is called that breaks off."""

WAITS = 60
"""How often a bot's turn may be put off by a rate limit."""

LOOKS = 240
"""How often an episode that is being made is looked at: about a day."""

_ORDERED = "ordered"
"""What a step of the producer is while its episode is being made."""

_PASSING = {"throttled", "provider_unavailable", "internal"}
_MAX_CALL = 6 * MAX_INPUTS
"""How many characters a bot may be called with when what earlier steps reported is filled in."""


class PlanStepRequest(Value):
    """`prepare` before a step's bot is called, `settle` after it with its answer, `close` after all."""

    plan_run_id: Id
    do: Literal["prepare", "settle", "close"]
    step: StepId | Literal[""] = ""
    outcome: str = ""
    seconds: int = 5


class PlanStepReport(Value):
    """What the machine does next: `call` the bot with this, `wait` and prepare again, or go on: the step is `over`."""

    next: Literal["call", "wait", "over"]
    seconds: int = 0
    bot: str = ""
    call: Mapping[str, JsonValue] = {}
    status: str = ""


def plan_step(request: PlanStepRequest, studio: Studio) -> PlanStepReport:
    """Prepare or settle one step of a plan, or close the plan."""
    run = studio.plans.get(request.plan_run_id)
    if request.do == "close":
        return PlanStepReport(next="over", status=plans.close(run, studio).status)
    steps = studio.plans.steps(run)
    step = steps[request.step]
    if not run.under_way or step.over:
        return PlanStepReport(next="over", status=step.status)
    if request.do == "settle":
        return _settled(run, step, request, studio)
    return _prepared(run, step, steps, studio)


def _prepared(run: PlanRun, step: StepRun, steps: Mapping[str, StepRun], studio: Studio) -> PlanStepReport:
    asked = run.plan.step(step.id)
    for name in asked.needs:
        if steps[name].status != "done":
            return _end(run, step, studio, "skipped", "skipped", f"{name} came to nothing, and this needs it.")
    spent = sum(other.cost for other in steps.values())
    if run.budget is not None and spent + step.expected > run.budget:
        of = f"${usd(spent):.4f} of the budget of ${usd(run.budget):.4f}"
        said = (
            f"{of} are spent, and this would take ${usd(step.expected):.4f}. Raise the budget and send the rest again."
        )
        return _end(run, step, studio, "failed", "budget_exceeded", said)
    if step.outcome == _ORDERED:
        return _looked(run, step, studio)
    try:
        inputs = _inputs(asked, run, steps, studio)
    except UnresolvedError as error:
        return _end(run, step, studio, "failed", "nothing_to_work_on", f"{str(error)[:1].upper()}{str(error)[1:]}.")
    at = studio.clock()
    begun = {"status": "running", "started_at": step.started_at or at}
    if run.status == "queued":
        studio.plans.move(run, "running", at)
    if asked.bot == PRODUCER:
        # Its id is noted before it is there: whoever comes after one that died orders no second one.
        step = studio.plans.save_step(
            run, step.model_copy(update=begun | {"episode_id": step.episode_id or new_id(at)})
        )
        return _produced(run, step, inputs, studio)
    bot_run = _open_run(step, asked, inputs, studio)
    studio.plans.save_step(run, step.model_copy(update=begun | {"run_id": bot_run.run_id}))
    return PlanStepReport(next="call", bot=asked.bot, call=inputs | {"run_id": bot_run.run_id})


def _inputs(asked: PlanStep, run: PlanRun, steps: Mapping[str, StepRun], studio: Studio) -> dict[str, JsonValue]:
    """Return a step's inputs with what earlier steps reported. Raises UnresolvedError."""
    reports = {name: _report(steps[name], studio) for name in asked.needs}
    inputs = {name: resolved(value, reports) for name, value in asked.inputs.items()}
    if len(json.dumps(inputs)) > _MAX_CALL:
        raise UnresolvedError(f"What {', '.join(reports)} reported is too long to be handed on")
    capability = catalogue().capabilities.get(asked.bot)
    if capability is not None and "provider" in capability.fields:
        inputs.setdefault("provider", run.provider)
    return inputs


def _report(step: StepRun, studio: Studio) -> JsonValue:
    if step.episode_id:
        return {"episode_id": step.episode_id, "status": studio.episodes.get(step.episode_id).status}
    found: JsonValue = json.loads(studio.runs.get(step.run_id).output or "{}")
    return found


def _open_run(step: StepRun, asked: PlanStep, inputs: Mapping[str, JsonValue], studio: Studio) -> BotRun:
    """Return the run that the bot is to carry out: the one that waits for it, or a new one."""
    if step.run_id:
        waiting = studio.runs.get(step.run_id)
        if waiting.status == "queued":
            return waiting
    at = studio.clock()
    run = BotRun(
        run_id=new_id(at),
        bot=asked.bot,
        status="queued",
        episode_id=str(inputs.get("episode_id") or ""),
        input_hash=digest_of(inputs),
        created_at=at,
    )
    studio.runs.save(run)
    return run


def _settled(run: PlanRun, step: StepRun, request: PlanStepRequest, studio: Studio) -> PlanStepReport:
    """Note what has come of a bot's run: done, ended for good, or to be tried again."""
    if not step.run_id:
        # Noted already, by somebody who then died.
        return PlanStepReport(next="wait", seconds=max(1, request.seconds))
    bot_run = studio.runs.get(step.run_id)
    step = step.model_copy(update={"cost": step.cost + bot_run.cost})
    if bot_run.status == "succeeded":
        return _end(run, step, studio, "done", "done", "")
    if request.outcome == "wait":
        if step.waits >= WAITS:
            said = "The provider's rate limit did not let it through for too long. Send the plan again later."
            return _end(run, step, studio, "failed", "throttled", said)
        return _wait(run, step, studio, max(1, request.seconds), "waits")
    broke_off = request.outcome in {"broke_off", "done"}
    if not broke_off or (bot_run.status == "failed" and bot_run.error_type not in _PASSING):
        # What a retry cannot change.
        return _end(run, step, studio, "failed", bot_run.error_type or request.outcome, bot_run.error)
    if bot_run.status != "failed":
        lost = {"status": "failed", "error": "It broke off.", "error_type": "internal", "finished_at": studio.clock()}
        studio.runs.save(bot_run.model_copy(update=lost))
    if step.attempts + 1 >= ATTEMPTS:
        said = bot_run.error or "The bot broke off, and retries did not help."
        return _end(run, step, studio, "failed", bot_run.error_type or "broke_off", said)
    return _wait(run, step, studio, min(20, 2**step.attempts), "attempts")


def _produced(run: PlanRun, step: StepRun, inputs: Mapping[str, JsonValue], studio: Studio) -> PlanStepReport:
    """Order the episode; what cannot be ordered ends the step."""
    try:
        request = ProducerRequest.model_validate(inputs)
        if request.episode_id is not None:
            step = step.model_copy(update={"episode_id": request.episode_id})
        if not _is_under_way(step.episode_id, studio):
            begin(request, studio, new_as=step.episode_id)
    except ValidationError as error:
        return _end(run, step, studio, "failed", "validation", str(error.errors()[0]["msg"]))
    except StudioError as error:
        return _end(run, step, studio, "failed", kind_of(error)[1], str(error))
    studio.plans.save_step(run, step.model_copy(update={"outcome": _ORDERED}))
    return PlanStepReport(next="wait", seconds=10)


def _is_under_way(episode_id: str, studio: Studio) -> bool:
    """Tell whether the episode was ordered already, by somebody who then died."""
    try:
        return studio.episodes.get(episode_id).under_way
    except NotFound:
        return False


def _looked(run: PlanRun, step: StepRun, studio: Studio) -> PlanStepReport:
    """Look how far the episode is that the producer makes."""
    try:
        episode = studio.episodes.get(step.episode_id)
    except NotFound:
        said = "The episode was deleted meanwhile."
        return _end(run, step, studio, "failed", "not_found", said)
    if episode.under_way and step.waits < LOOKS:
        return _wait(run, step, studio, min(300, 10 * 2 ** (step.waits // 6)), "waits")
    step = step.model_copy(update={"cost": sum(line.spent for line in studio.ledger.bill(step.episode_id))})
    if episode.status in TERMINAL - {Status.FAILED, Status.CANCELLED} or episode.status is Status.WRITTEN:
        return _end(run, step, studio, "done", str(episode.status), episode.reason)
    if episode.under_way:
        return _end(run, step, studio, "failed", "unfinished", "The episode was not finished within a day.")
    return _end(run, step, studio, "failed", str(episode.status), episode.reason)


def _wait(run: PlanRun, step: StepRun, studio: Studio, seconds: int, counted: str) -> PlanStepReport:
    # Another call of the bot is another run of it: this one is over.
    told = {counted: getattr(step, counted) + 1, "run_id": ""}
    studio.plans.save_step(run, step.model_copy(update=told))
    return PlanStepReport(next="wait", seconds=seconds)


def _end(run: PlanRun, step: StepRun, studio: Studio, status: str, outcome: str, reason: str) -> PlanStepReport:
    told = {"status": status, "outcome": outcome, "reason": reason, "finished_at": studio.clock()}
    ended = studio.plans.save_step(run, step.model_copy(update=told))
    return PlanStepReport(next="over", status=ended.status)


handler = stage(plan_step)
