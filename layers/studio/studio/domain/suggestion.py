"""A first plan for a goal by its words alone: a writer may take it or better it; the rehearsal takes it.

Whoever needs what nobody has said is left out, and it is said what that was. Nothing in it publishes.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field, JsonValue

from studio.domain.base import Value
from studio.domain.plan import PRODUCER, PUBLISH, Capability, Catalogue, Reference
from studio.domain.schema import Shape

_SHORTEST_STEM = 4
_GOALS = frozenset({"prompt", "goal", "topic", "question", "brief", "about", "idea", "seed", "query", "message", "ask"})
"""What a field is called that takes the goal in its own words."""


_STORY = re.compile(
    r"\b(?:about|in which|where)\s+(?P<story>.+?)"
    r"(?:[,;]?\s+(?:and|then|and then)\s+(?:get|make|post|prepare|put|publish|cut|upload|turn|have|share|sell)\b.*)?$",
    re.IGNORECASE | re.DOTALL,
)
_UPRIGHT = re.compile(r"\b(?:tiktok|reels?|shorts|vertical|upright|9:16)\b", re.IGNORECASE)
"""What is watched on a phone held upright."""


class Role(Value):
    """What a bot is good for. `words` in a goal speak for it.

    after: whose work it builds on, where that is in the plan too. brings: whom it needs when the episode is new.
    covers: whose work it does itself. needs: fields of which it must have one, though none is required. usual: what a
    field is given where nobody says otherwise. says: other words for what may be chosen in a field.
    """

    words: tuple[str, ...]
    after: tuple[str, ...]
    brings: tuple[str, ...]
    covers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    usual: Mapping[str, JsonValue] = Field(default_factory=dict)
    says: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(default_factory=dict)


class Suggestion(Value):
    """Steps in the shape that a writer is asked for, and why somebody who would help is not among them."""

    steps: tuple[Mapping[str, JsonValue], ...]
    left_out: tuple[str, ...]


def matched(goal: str, roles: Mapping[str, Role]) -> dict[str, tuple[str, ...]]:
    """Return who has words in a goal, with those words, in the roles' order."""
    found = {name: _said(role.words, goal) for name, role in roles.items()}
    return {name: words for name, words in found.items() if words}


def _said(words: Iterable[str], goal: str) -> tuple[str, ...]:
    """Return those of these words, or phrases, that a goal has in it, also with an ending."""
    told = goal.casefold()
    tokens = set(re.findall(r"[\w:/'-]+", told))

    def said(word: str) -> bool:
        if re.search(r"\s", word):
            return word in told
        return word in tokens or (len(word) >= _SHORTEST_STEM and any(_same(word, token) for token in tokens))

    return tuple(word for word in words if said(word))


def _same(word: str, token: str) -> bool:
    return token.startswith(word) and token[len(word) :] in {"s", "es", "ing", "ed", "er", "ers", "'s"}


def story_of(goal: str) -> str:
    """Return what an episode is to be about, without what is to be done with it; the whole goal where nothing tells."""
    found = _STORY.search(goal.strip())
    return found["story"].strip() if found else goal.strip()


def suggested(goal: str, given: Mapping[str, str], catalogue: Catalogue, roles: Mapping[str, Role]) -> Suggestion:
    """Return a first plan. given: ids that the person named, by the field that takes them (`episode_id`)."""
    words = matched(goal, roles)
    if "episode_id" in given:
        # Then the episode is there, and what the goal says of one is said of it.
        words.pop(PRODUCER, None)
    chosen = set(words)
    if PRODUCER in chosen:
        ahead = list(chosen)
        while ahead:
            more = set(roles[ahead.pop()].brings) - chosen
            chosen |= more
            ahead += more
        chosen -= set(roles[PRODUCER].covers)
    steps: dict[str, Mapping[str, JsonValue]] = {}
    left_out: list[str] = []
    for name in _in_order(chosen, roles):
        capability = catalogue.capabilities.get(name)
        if capability is None:
            left_out.append(f"{name} is not deployed in this stack.")
            continue
        before = [other for other in roles[name].after if _id(other) in steps]
        inputs, missing = _inputs(capability, _Known(goal, given, steps, catalogue, roles[name]))
        if missing:
            left_out.append(f"{name} needs {' and '.join(missing)}, which nobody has said.")
            continue
        steps[_id(name)] = {
            "id": _id(name),
            "bot": name,
            "why": _why(capability, words.get(name, ())),
            "after": [_id(other) for other in before],
            "inputs": [{"field": field, "value": json.dumps(value)} for field, value in inputs.items()],
        }
    return Suggestion(steps=tuple(steps.values()), left_out=tuple(left_out))


def _in_order(names: Iterable[str], roles: Mapping[str, Role]) -> list[str]:
    """Return names so that everybody follows whom they build on; otherwise in the roles' order."""
    wanted, found = set(names), list[str]()
    order = [name for name in roles if name in wanted]
    while order:
        # The roles' own circles would be a mistake in the data; then the first goes first.
        ready = next((one for one in order if not set(roles[one].after) & set(order) - {one}), order[0])
        order.remove(ready)
        found.append(ready)
    return found


@dataclass(frozen=True)
class _Known:
    """What is known by the time that a step's inputs are sought."""

    goal: str
    given: Mapping[str, str]
    steps: Mapping[str, Mapping[str, JsonValue]]
    catalogue: Catalogue
    role: Role

    def maker_of(self, field: str) -> str | None:
        """Return the newest step that reports an id: an episode that was remixed is followed by the remix."""
        for step_id, step in reversed(list(self.steps.items())):
            maker = self.catalogue.capabilities[str(step["bot"])]
            makes = maker.name == PRODUCER or field not in maker.fields
            if maker.gives.get(field) == "string" and (makes or json.dumps(field) in json.dumps(step["inputs"])):
                return step_id
        return None


def _inputs(capability: Capability, known: _Known) -> tuple[dict[str, JsonValue], list[str]]:
    """Return what a bot is called with, and which fields nobody has said."""
    inputs: dict[str, JsonValue] = {}
    missing: list[str] = []
    if capability.name == PRODUCER:
        inputs["prompt"] = story_of(known.goal)
        if "project_id" in known.given:
            inputs["project_id"] = known.given["project_id"]
        if _UPRIGHT.search(known.goal):
            inputs["aspect"] = "9:16"
        return inputs, missing
    for field, schema in capability.fields.items():
        value = _value(field, schema, capability, known)
        if value is not None:
            inputs[field] = value
        elif field in capability.required:
            missing.append(field)
    if known.role.needs and not inputs.keys() & set(known.role.needs):
        missing.append(" or ".join(known.role.needs))
    # What is wrong all the same would be refused, and the whole plan with it.
    shape = Shape(capability.request, lambda value: None if Reference.of(value) is None else _fits)
    missing += [f"another {where}" for where, _ in shape.faults(dict(inputs)) if where not in missing]
    return inputs, missing


def _fits(*_: object) -> None:
    """Say of a reference that nothing is wrong with it: a maker of it was looked for by its type."""


def _value(field: str, schema: Mapping[str, JsonValue], capability: Capability, known: _Known) -> JsonValue:
    """Return what a field is given, or None where nothing is known for it."""
    if field in known.given:
        return known.given[field]
    if field.endswith("_id"):
        maker = known.maker_of(field)
        return None if maker is None else {"from": maker, "field": field}
    whole = Shape({**schema, "$defs": capability.request.get("$defs", {})})
    choices, listed = whole.choices()
    other = known.role.says.get(field, {})
    mild = [choice for choice in choices if choice != PUBLISH]
    named = [choice for choice in mild if _named(choice, known.goal) or _said(other.get(choice, ()), known.goal)]
    if named and field != "provider":
        return list[JsonValue](named) if listed else named[0]
    if field in known.role.usual:
        return known.role.usual[field]
    if field not in capability.required:
        return None
    if mild:
        return [mild[0]] if listed else mild[0]
    return known.goal if field in _GOALS and not whole.faults(known.goal) else None


def _named(choice: str, goal: str) -> bool:
    plain = choice.casefold().replace("_", " ")
    return re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", goal.casefold()) is not None and len(plain) > 1


def _id(bot: str) -> str:
    return bot.removesuffix("-bot").replace("-", "_")


def _why(capability: Capability, words: tuple[str, ...]) -> str:
    if not words:
        return f"{capability.summary} What comes after needs it."
    return f"{capability.summary} You said {', '.join(f'“{word}”' for word in words[:3])}."
