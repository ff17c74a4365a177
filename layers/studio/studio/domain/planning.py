"""What a writer of plans is told and asked for, and what its plan is checked for beside what every plan is."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints, ValidationError

from studio.domain.base import ULID, Heading, Written
from studio.domain.plan import MAX_STEPS, PUBLISH, Capability, Catalogue, Plan, Problem, Reference, StepId
from studio.domain.suggestion import Suggestion

_TOLD = 24
"""How many fields of a report are told of each bot: those highest up."""


class InputAsked(Written):
    """One field of a bot's request. value: JSON, as `"draft"` or `3`; or `{"from": "a step's id", "field": "a.b"}`."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    value: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class StepAsked(Written):
    """One bot, once. `why` is one sentence to the person whose goal it is."""

    id: StepId
    bot: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    why: Heading
    after: list[str] = Field(default_factory=list, max_length=MAX_STEPS)
    inputs: list[InputAsked] = Field(default_factory=list, max_length=20)


class PlanAsked(Written):
    """What a writer is asked for: the steps, none where no bot can help, and in a few sentences why these."""

    why: Heading
    steps: list[StepAsked] = Field(max_length=MAX_STEPS)


def planned(asked: PlanAsked, goal: str) -> tuple[Plan | None, list[str]]:
    """Return the plan that was written, and what keeps it from being one. No steps are no plan, and no fault."""
    wrong: list[str] = []
    steps = []
    for step in asked.steps:
        inputs: dict[str, JsonValue] = {}
        for given in step.inputs:
            try:
                inputs[given.field] = json.loads(given.value)
            except (ValueError, RecursionError):
                wrong.append(f"In step {step.id} the value of {given.field} is not JSON; text stands in quotes.")
        if inputs.get("mode") == PUBLISH:
            wrong.append(f"Step {step.id} publishes. Leave mode out, or draft: only the person decides to publish.")
        steps.append({"id": step.id, "bot": step.bot, "why": step.why, "after": tuple(step.after), "inputs": inputs})
    if wrong or not steps:
        return None, wrong
    try:
        return Plan.model_validate({"goal": goal, "why": asked.why, "steps": steps}), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return None, [f"{'.'.join(map(str, one['loc']))}: {one['msg']}." for one in found]


def material(goal: str, given: Mapping[str, str], catalogue: Catalogue, first: Suggestion) -> dict[str, JsonValue]:
    """Return what a plan is written from: the goal, what there is, and a first plan to take or to better."""
    names = [str(step["bot"]) for step in first.steps]
    said = f"For this goal: {', then '.join(name.removesuffix('-bot').replace('-', ' ') for name in names)}."
    return {
        "goal": goal,
        "given": dict(given),
        "bots": [_told(capability) for capability in catalogue.capabilities.values()],
        "steps": [dict(step) for step in first.steps],
        "left_out": list(first.left_out),
        "choices": {"why": [said if names else "No bot of this stack fits the words of the goal."]},
    }


def _told(capability: Capability) -> JsonValue:
    highest = sorted(capability.gives, key=lambda path: (path.count("."), path))[:_TOLD]
    return {
        "bot": capability.name,
        "summary": capability.summary,
        "takes": {name: dict(schema) for name, schema in capability.fields.items()},
        "requires": list(capability.required),
        "reports": {path: capability.gives[path] for path in highest},
    }


def sentences(found: Iterable[Problem]) -> str:
    """Return problems as sentences."""
    return " ".join(f"{one.path} {one.message}." for one in found)


def invented(plan: Plan, given: Mapping[str, str]) -> list[str]:
    """Return what a writer made up: ids that nobody named."""
    known = set(given.values())
    return [
        f"In step {step.id}, {text} is an id that nobody gave you; take ids from given, or refer to a step."
        for step in plan.steps
        for text in _texts(dict(step.inputs))
        if re.fullmatch(ULID, text) and text not in known
    ]


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif Reference.of(value) is None and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
