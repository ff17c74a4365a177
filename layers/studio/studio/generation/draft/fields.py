"""Fills one JSON-schema field at a time from the sources."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from pydantic import JsonValue

from studio.generation.draft.formats import formatted
from studio.generation.draft.samples import matching
from studio.generation.draft.sources import Sources

_DEEPEST = 6

_SHORT = re.compile(r"(^|_)(title|name|label|tag|keyword|hashtag|topic|category|genre|mood|tone|theme|emotion)s?$")
_PERSON = re.compile(r"(^|_)(speaker|person|people|character|characters|who|name|names|author)s?$")
_ORDER = re.compile(r"(^|_)(number|index|rank|order|position|step|n)$")


@dataclass(frozen=True)
class Context:
    """Where a value stands. entry: the object of the material that this part follows. index: place in its list."""

    name: str = ""
    path: tuple[str | int, ...] = ()
    index: int = 0
    depth: int = 0
    list_name: str = ""
    entry: Mapping[str, JsonValue] = field(default_factory=dict)

    def below(self, step: str | int, **changes: Any) -> "Context":
        """Return the context of a part of this value."""
        return replace(self, path=(*self.path, step), depth=self.depth + 1, **changes)


class Filler:
    """Fills a schema once. retries: how often the value at a path has been refused so far."""

    def __init__(self, sources: Sources, root: Mapping[str, Any], retries: Mapping[tuple[str | int, ...], int]) -> None:
        """Begin an answer."""
        self._sources = sources
        self._definitions: Mapping[str, Any] = root.get("$defs", {})
        self._retries = retries
        self._sentences = 0

    def fill(self, schema: Mapping[str, Any], context: Context) -> Any:
        """Return a JSON value for `schema`."""
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chosen(schema["enum"], context)
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self.fill(self._branch(schema[union], context), context)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next(k for k in kind if k != "null")
        match kind:
            case "object":
                return self._object(schema, context)
            case "array":
                return self._array(schema, context)
            case "integer" | "number":
                return self._number(schema, context, whole=kind == "integer")
            case "boolean":
                known = context.entry.get(context.name)
                return (
                    known if isinstance(known, bool) and not self._tries(context) else self._rng(context).random() < 0.5
                )
            case "null":
                return None
            case _:
                return self._text(schema, context)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        seen: dict[str, Any] = dict(schema)
        while "$ref" in seen or "allOf" in seen:
            if "$ref" in seen:
                target = self._definitions[seen.pop("$ref").rsplit("/", 1)[-1]]
                seen = {**target, **seen}
            else:
                for part in seen.pop("allOf"):
                    seen = {**self._resolved(part), **seen}
        return seen

    def _tries(self, context: Context) -> int:
        whole = self._retries.get((), 0)
        return sum(self._retries.get(context.path[:i], 0) for i in range(1, len(context.path) + 1)) + whole

    def _rng(self, context: Context) -> Random:
        return self._sources.rng(f"{context.path}/{self._tries(context)}")

    def _chosen(self, choices: list[Any], context: Context) -> Any:
        for known in (context.entry.get(context.name), *self._sources.under(context.name)):
            if known in choices and not self._tries(context):
                return known
        return self._rng(context).choice(choices)

    def _branch(self, branches: list[Mapping[str, Any]], context: Context) -> Mapping[str, Any]:
        """Return the branch to follow: something rather than nothing, until it gets too deep or was refused often."""
        some = [b for b in branches if b.get("type") != "null"]
        nothing = [b for b in branches if b.get("type") == "null"]
        if nothing and (context.depth >= _DEEPEST or not some or self._tries(context) > 4):
            return nothing[0]
        if context.depth >= _DEEPEST:
            flat = [b for b in some if self._resolved(b).get("type") not in {"object", "array"}]
            some = flat or some
        return some[self._tries(context) % len(some)] if self._tries(context) else some[0]

    def _object(self, schema: Mapping[str, Any], context: Context) -> dict[str, Any]:
        fields: Mapping[str, Any] = schema.get("properties", {})
        required = set(schema.get("required", ()))
        if not fields:
            return self._mapping(schema, context)
        keep = fields if context.depth < _DEEPEST else {k: v for k, v in fields.items() if k in required}
        filled = {name: self.fill(inner, context.below(name, name=name)) for name, inner in keep.items()}
        if not self._discriminated(schema, context) or len(keep) == len(required):
            return filled
        # A rule across fields may be about the ones that could have been left out.
        return {name: value for name, value in filled.items() if name in required}

    def _discriminated(self, _: Mapping[str, Any], context: Context) -> bool:
        return self._retries.get(context.path, 0) > 5

    def _mapping(self, schema: Mapping[str, Any], context: Context) -> dict[str, Any]:
        inner = schema.get("additionalProperties", {"type": "string"})
        if inner is False:
            return {}
        values = inner if isinstance(inner, Mapping) else {"type": "string"}
        names = schema.get("propertyNames", {})
        for pattern, matched in schema.get("patternProperties", {}).items():
            names, values = {"pattern": pattern}, matched
        count = max(schema.get("minProperties", 0), min(3, schema.get("maxProperties", 3)))
        if context.depth >= _DEEPEST:
            count = schema.get("minProperties", 0)
        answer: dict[str, Any] = {}
        for index in range(count * 3):
            below = context.below(index, name="keyword", index=index)
            key = self.fill({"type": "string", **names}, below) if names else self._sources.keyword(index)
            if key not in answer and len(answer) < count:
                answer[key] = self.fill(values, context.below(key, name=context.name, index=index))
        return answer

    def _array(self, schema: Mapping[str, Any], context: Context) -> list[Any]:
        if "prefixItems" in schema:
            return [self.fill(inner, context.below(i, index=i)) for i, inner in enumerate(schema["prefixItems"])]
        inner = self._resolved(schema.get("items", {"type": "string"}))
        low, high = schema.get("minItems", 0), schema.get("maxItems", 10_000)
        known = context.entry.get(context.name)
        simple = isinstance(known, list) and not any(isinstance(value, Mapping) for value in known)
        if isinstance(known, list) and simple and not self._tries(context) and low <= len(known) <= high:
            # The object that this part follows has the list already; one of objects is followed entry by entry.
            return list(known)
        if context.name in self._sources.empty and low == 0:
            return []
        own = [one for one in known if isinstance(one, Mapping)] if isinstance(known, list) else []
        entries = own or (
            self._sources.list_like(context.name, set(inner.get("properties", {}))) if "properties" in inner else []
        )
        wanted = len(entries) or 3
        count = max(low, min(high, wanted if context.depth < _DEEPEST else 0))
        if self._tries(context) > 3:
            count = max(low, min(count, 1))
        answer: list[Any] = []
        for index in range(count + 12 if schema.get("uniqueItems") else count):
            entry = entries[index] if index < len(entries) else {}
            value = self.fill(inner, context.below(index, index=index, entry=entry, list_name=context.name))
            if schema.get("uniqueItems") and value in answer and isinstance(value, str) and "enum" not in inner:
                value = f"{value} {index + 1}"
            if len(answer) < count and (not schema.get("uniqueItems") or value not in answer):
                answer.append(value)
        return answer

    def _number(self, schema: Mapping[str, Any], context: Context, *, whole: bool) -> float | int:
        low, high = _bounds(schema, whole=whole)
        step = schema.get("multipleOf")
        tries = self._tries(context)
        known = [
            context.entry.get(context.name),
            context.entry.get("number") if context.name in _singulars(context) else None,
        ]
        known += self._sources.under(context.name)
        known += [context.index + 1] if _ORDER.search(context.name) else []
        known += list(self._sources.numbers[:4])
        for value in known[tries:]:
            if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
                if whole and value != int(value):
                    continue
                if not step or value % step == 0:
                    return int(value) if whole else value
        top = high if high < math.inf else max(low + 10, 10)
        bottom = low if low > -math.inf else min(0, top - 10)
        drawn = bottom + (top - bottom) * self._rng(context).random()
        if step:
            return float(max(math.ceil(bottom / step), math.floor(drawn / step)) * step)
        return (
            max(math.ceil(bottom), min(math.floor(top), round(drawn)))
            if whole
            else round(min(top, max(bottom, drawn)), 3)
        )

    def _text(self, schema: Mapping[str, Any], context: Context) -> str:
        low, high = schema.get("minLength", 0), schema.get("maxLength", 100_000)
        tries = self._tries(context)
        if (form := schema.get("format")) and (
            made := formatted(form, self._sources, self._rng(context), tries)
        ) is not None:
            return made
        if pattern := schema.get("pattern"):
            near = [
                v for v in (context.entry.get(context.name), *self._sources.under(context.name)) if isinstance(v, str)
            ]
            offered = [t for t in (*near, *self._sources.keywords, *self._sources.texts[:200]) if low <= len(t) <= high]
            found = matching(pattern, self._rng(context), offered[tries:] if tries < 6 else [])
            return found if found is not None else "draft"
        text = self._worded(context, tries)
        if len(text) > high:
            cut = text[: max(high, 0)]
            text = cut[: cut.rfind(" ")] if " " in cut[low:] and cut.rfind(" ") >= max(low, 1) else cut
        while len(text) < low:
            text = f"{text} {self._sources.sentence(len(text), context.name)}"[
                : max(low, 1) if len(text) + 1 >= low else None
            ]
            if len(text) > high:
                text = text[:high]
        return text

    def _worded(self, context: Context, tries: int) -> str:
        """Return words for a free text: plainer and shorter, the more often it was refused."""
        name = context.name.casefold()
        known = context.entry.get(context.name)
        if isinstance(known, str) and known.strip() and tries == 0:
            return known
        if name in self._sources.ids and tries == 0:
            return self._sources.ids[name]
        place = context.index + sum(ord(c) for c in name) % 7
        if (offered := self._sources.choices.get(context.name)) and isinstance(offered, list) and tries < 2:
            # What the material offers for a field of this name: another one for each entry of a list.
            start = self._sources.rng(f"choices/{context.name}").randrange(len(offered))
            return str(offered[(start + context.index + tries) % len(offered)])
        if tries == 0:
            if _PERSON.search(name) and self._sources.names:
                return self._sources.names[context.index % len(self._sources.names)]
            if name in {"keyword", "hashtag", "tag"} or context.list_name in {"tags", "keywords", "hashtags"}:
                return self._sources.keyword(context.index)
            if _SHORT.search(name):
                return self._sources.phrase(place)
            self._sentences += 1
            return self._sources.sentence(self._sentences - 1, name)
        if tries <= 2 and self._sources.names and _PERSON.search(name):
            return self._sources.names[(context.index + tries) % len(self._sources.names)]
        if tries <= 3:
            return self._sources.phrase(place + tries, 5)
        near = [v for v in self._sources.under(context.name) if isinstance(v, str)]
        options = [
            *near,
            self._sources.keyword(place + tries),
            *self._sources.names,
            *self._sources.ids.values(),
            "draft",
            "en",
            "1",
        ]
        return options[tries % len(options)]


def _singulars(context: Context) -> set[str]:
    """Return what one of the list that this object stands in is called."""
    name = context.list_name
    return {name, name.removesuffix("s"), f"{name.removesuffix('s')}_number"}


def _bounds(schema: Mapping[str, Any], *, whole: bool) -> tuple[float, float]:
    """Return the lowest and highest number allowed, both included."""
    low = float(schema.get("minimum", -math.inf))
    high = float(schema.get("maximum", math.inf))
    if "exclusiveMinimum" in schema:
        bound = schema["exclusiveMinimum"]
        low = max(
            low, math.floor(bound) + 1 if whole else math.nextafter(bound, math.inf) + (1e-3 if bound > -1 else 0)
        )
    if "exclusiveMaximum" in schema:
        bound = schema["exclusiveMaximum"]
        high = min(high, math.ceil(bound) - 1 if whole else bound - 1e-3)
    return low, high
