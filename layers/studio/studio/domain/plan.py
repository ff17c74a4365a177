"""A plan: which bots to run for a goal, with what, and in which order. It is data, checked before anything runs.

An input may stand for something that an earlier step has yet to make: `{"from": "script", "field": "chosen.said"}` is
the field of that step's report. Who is referred to comes first, whether `after` says so or not.
"""

import json
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from studio.domain.approval import ContentKind, content_hash
from studio.domain.base import Paragraph, Phrase, Prompt, Value
from studio.domain.errors import Invalid
from studio.domain.schema import Shape, Unknown

MAX_STEPS = 20
MAX_INPUTS = 16_000
"""How many characters of JSON one step may be called with."""

ORCHESTRATOR = "orchestrator-bot"
"""Plans that plan have no end."""

PRODUCER = "episode-producer"
"""No bot, but what makes the episode that bots work on: it may be a step too."""

PUBLISH = "publish"
"""The mode in which a bot reaches an audience."""

StepId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


def _small(inputs: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    if len(json.dumps(inputs, allow_nan=False)) > MAX_INPUTS:
        raise ValueError(f"must be at most {MAX_INPUTS:,} characters of JSON")
    return inputs


class Reference(Value):
    """What an earlier step will have reported under `field`, a path like `ranking.0.title`."""

    step: str
    field: str

    @classmethod
    def of(cls, value: JsonValue) -> Self | None:
        """Return the reference that a JSON value is, or None for one that is just a value."""
        if isinstance(value, dict) and set(value) == {"from", "field"}:
            step, field = value["from"], value["field"]
            if isinstance(step, str) and isinstance(field, str):
                return cls(step=step, field=field)
        return None


class PlanStep(Value):
    """One bot, once. `inputs` are its request's fields; `after` are steps to wait for, beside those referred to."""

    id: StepId
    bot: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    inputs: Annotated[Mapping[str, JsonValue], AfterValidator(_small)] = Field(default_factory=dict)
    after: tuple[StepId, ...] = Field(default=(), max_length=MAX_STEPS)
    why: Phrase = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The steps that come before it."""
        return tuple(dict.fromkeys([*self.after, *(reference.step for _, reference in references(self.inputs))]))

    @property
    def publishes(self) -> bool:
        """Whether it is to reach an audience."""
        return self.inputs.get("mode") == PUBLISH


class Plan(Value):
    """The steps for a goal. `approvals` are those that a person must have approved before any of them runs."""

    goal: Prompt
    why: Paragraph = ""
    steps: tuple[PlanStep, ...] = Field(min_length=1, max_length=100)
    approvals: tuple[StepId, ...] = Field(default=(), max_length=100)

    def step(self, step_id: str) -> PlanStep:
        """Return a step. Raises KeyError."""
        return {step.id: step for step in self.steps}[step_id]

    @property
    def publishing(self) -> tuple[str, ...]:
        """The steps that are to reach an audience."""
        return tuple(step.id for step in self.steps if step.publishes)

    @property
    def digest(self) -> str:
        """What an approval is for: this plan and no other."""
        return content_hash(ContentKind.PLAN, self)


class Capability(Value):
    """What can be a step: a bot that this stack has, and the producer.

    `request` is its request's JSON Schema; `gives` the type of each field of its report, by path (`ranking.*.title`).
    """

    name: str
    summary: str
    request: Mapping[str, JsonValue]
    gives: Mapping[str, str]

    @property
    def required(self) -> tuple[str, ...]:
        """The fields that a request must have."""
        found = self.request.get("required", [])
        return tuple(map(str, found)) if isinstance(found, list) else ()

    @property
    def fields(self) -> Mapping[str, Mapping[str, JsonValue]]:
        """Each field's own schema, its `$ref`s unresolved."""
        found: Any = self.request.get("properties", {})
        return found if isinstance(found, Mapping) else {}


class Catalogue(Value):
    """What plans are made of. `known` are the names of all bots there are, deployed or not."""

    capabilities: Mapping[str, Capability]
    known: frozenset[str]


class Problem(Value):
    """What keeps a plan from running. `path` leads to it, as `steps.2.after`."""

    path: str
    message: str


def references(value: JsonValue | Mapping[str, JsonValue], path: str = "") -> Iterator[tuple[str, Reference]]:
    """Yield every reference in a step's inputs, with where it stands."""
    reference = Reference.of(dict(value) if isinstance(value, Mapping) else value)
    if reference is not None:
        yield path, reference
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from references(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from references(inner, f"{path}.{place}" if path else str(place))


def problems(plan: Plan, catalogue: Catalogue) -> list[Problem]:
    """Return everything that keeps a plan from running, in the order of its steps; empty for a good one."""
    found = []
    if len(plan.steps) > MAX_STEPS:
        found.append(Problem(path="steps", message=f"has {len(plan.steps)} steps; a plan has at most {MAX_STEPS}"))
    ids = [step.id for step in plan.steps]
    for place, step in enumerate(plan.steps):
        here = f"steps.{place}"
        if step.id in ids[:place]:
            found.append(Problem(path=f"{here}.id", message=f"{step.id} is another step's id already"))
        found += _of_bot(step, here, catalogue)
        found += [
            Problem(path=f"{here}.after", message=f"there is no step {name}") for name in step.after if name not in ids
        ]
        found += _of_inputs(plan, step, here, catalogue)
        if step.publishes and step.id not in plan.approvals:
            found.append(
                Problem(path="approvals", message=f"{step.id} publishes, so it must be among the plan's approvals")
            )
    found += [
        Problem(path="approvals", message=f"there is no step {name}") for name in plan.approvals if name not in ids
    ]
    if cycle := cycle_of(plan):
        found.append(Problem(path="steps", message=f"goes round in a circle: {' → '.join(cycle)}"))
    return found


def _of_bot(step: PlanStep, here: str, catalogue: Catalogue) -> list[Problem]:
    if step.bot in catalogue.capabilities:
        return []
    if step.bot == ORCHESTRATOR:
        said = "a plan cannot plan; put that plan's steps into this one"
    elif step.bot in catalogue.known:
        said = f"{step.bot} is not deployed in this stack"
    else:
        said = f"there is no bot {step.bot}; there are {', '.join(sorted(catalogue.capabilities))}"
    return [Problem(path=f"{here}.bot", message=said)]


def _of_inputs(plan: Plan, step: PlanStep, here: str, catalogue: Catalogue) -> list[Problem]:
    bots = {other.id: other.bot for other in plan.steps}

    def unknown(value: JsonValue, types: frozenset[str]) -> str | None:
        reference = Reference.of(value)
        assert reference is not None  # noqa: S101 - `stands_for` says this of references alone
        if reference.step not in bots:
            return f"refers to a step {reference.step}, which there is not"
        maker = catalogue.capabilities.get(bots[reference.step])
        if maker is None:
            return None
        given = type_of(reference.field, maker)
        if given is None:
            return f"refers to {reference.field}, which {maker.name} does not report"
        fits = given == "any" or not types or given in types
        return None if fits else f"needs {' or '.join(sorted(types))}; {reference.field} is {given}"

    def stands_for(value: JsonValue) -> Unknown | None:
        return unknown if Reference.of(value) is not None else None

    found = []
    if Reference.of(step.inputs.get("mode")) is not None:
        # Whether anybody will see it is known before anything runs, or it is not approved.
        found.append(Problem(path=f"{here}.inputs.mode", message="must be said outright, not referred to"))
    capability = catalogue.capabilities.get(step.bot)
    shape = Shape(capability.request if capability else {}, stands_for)
    return found + [
        Problem(path=f"{here}.inputs" + (f".{where}" if where else ""), message=said)
        for where, said in shape.faults(dict(step.inputs))
    ]


def type_of(field: str, maker: Capability) -> str | None:
    """Return the type of a field of a report, or None where the report has no such field."""
    path = ".".join("*" if part.isdecimal() else part for part in field.split("."))
    return maker.gives.get(path)


def cycle_of(plan: Plan) -> tuple[str, ...]:
    """Return the steps of a circle, the first one again at its end; empty when there is none."""
    try:
        TopologicalSorter(_edges(plan)).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def waves(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Return the steps in waves, each in the plan's order: a wave needs only what earlier waves made.

    Raises Invalid, which names the circle where there is one.
    """
    if cycle := cycle_of(plan):
        raise Invalid(f"The plan goes round in a circle: {' → '.join(cycle)}.")
    edges, order = _edges(plan), [step.id for step in plan.steps]
    sorter = TopologicalSorter(edges)
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorter.get_ready()
        found.append(tuple(sorted(ready, key=order.index)))
        sorter.done(*ready)
    return tuple(found)


def _edges(plan: Plan) -> dict[str, set[str]]:
    ids = {step.id for step in plan.steps}
    return {step.id: set(step.needs) & ids for step in plan.steps}


class UnresolvedError(Exception):
    """An earlier step reported nothing where a reference leads."""


def resolved(value: JsonValue, reports: Mapping[str, JsonValue]) -> JsonValue:
    """Return inputs with what earlier steps reported in the place of every reference. Raises UnresolvedError."""
    reference = Reference.of(value)
    if reference is not None:
        return _found(reference, reports)
    if isinstance(value, dict):
        return {name: resolved(inner, reports) for name, inner in value.items()}
    return [resolved(inner, reports) for inner in value] if isinstance(value, list) else value


def _found(reference: Reference, reports: Mapping[str, JsonValue]) -> JsonValue:
    here: JsonValue = reports.get(reference.step)
    for part in reference.field.split("."):
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            raise UnresolvedError(f"{reference.step} reported nothing under {reference.field}")
    return here
