"""What a writer of plans is told, and what its plan is checked for beside what every plan is."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from studio.domain.base import ULID
from studio.domain.plan import Capability, Catalogue, Plan, Problem, Reference
from studio.domain.suggestion import Suggestion

_TOLD = 24
"""How many fields of a report are told of each bot: those highest up."""


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
