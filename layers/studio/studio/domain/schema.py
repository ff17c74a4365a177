"""Whether a JSON value fits a JSON Schema: the part of draft 2020-12 that pydantic writes for a request.

Not `format`, and no rule across fields: whoever is called still checks those. What a schema says of a field's type is
also read here, so that a value that is not known yet can be told from one that will not fit.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from pydantic import JsonValue

type Schema = Mapping[str, JsonValue]
type Fault = tuple[str, str]
"""Where (`a.0.b`) and what, as the end of a sentence."""
type Unknown = Callable[[JsonValue, frozenset[str]], str | None]
"""Says of a value that stands for another whether it can be one of these types: None, or what is wrong."""

_DEEPEST = 5
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
    "null": (type(None),),
}


class Shape:
    """A schema with what its `$ref`s lead to. stands_for: None for an ordinary value, see Unknown for the others."""

    def __init__(self, schema: Schema, stands_for: Callable[[JsonValue], Unknown | None] = lambda _: None) -> None:
        """Take a schema whose definitions are in its `$defs`."""
        self._schema = schema
        self._definitions = cast("Mapping[str, Schema]", schema.get("$defs", {}))
        self._stands_for = stands_for

    def faults(self, value: JsonValue) -> list[Fault]:
        """Return what is wrong with a value, by where; empty when it fits."""
        return self._faults(value, self._schema, "")

    def fields(self) -> dict[str, str]:
        """Return the type of everything below, by its path; `*` is any place in a list, `any` a type nobody said."""
        return dict(self._fields(self._schema, "", 0))

    def choices(self) -> tuple[list[str], bool]:
        """Return the words that a value may be one of, none where it is free, and whether it is a list of them."""
        found = self._choices(self._schema)
        if found:
            return found, False
        for part in [schema := self._resolved(self._schema), *self._branches(schema)]:
            if isinstance(inner := part.get("items"), Mapping) and (found := self._choices(inner)):
                return found, True
        return [], False

    def _choices(self, schema: Schema) -> list[str]:
        schema = self._resolved(schema)
        named = [one for one in cast("list[JsonValue]", schema.get("enum", [])) if isinstance(one, str)]
        return named + [one for branch in self._branches(schema) for one in self._choices(branch)]

    def _resolved(self, schema: Schema) -> Schema:
        while isinstance(name := schema.get("$ref"), str):
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**self._definitions[name.rpartition("/")[2]], **rest}
        return schema

    def _branches(self, schema: Schema) -> list[Schema]:
        for union in ("anyOf", "oneOf"):
            if isinstance(found := schema.get(union), list):
                return [self._resolved(cast("Schema", branch)) for branch in found]
        return []

    def _types(self, schema: Schema) -> frozenset[str]:
        """Return the types a value may have; none where the schema does not say."""
        if branches := self._branches(schema):
            found = [self._types(branch) for branch in branches]
            return frozenset().union(*found) if all(found) else frozenset()
        named = schema.get("type")
        if isinstance(named, str):
            return frozenset({named, "integer"} if named == "number" else {named})
        told = cast("list[Any]", schema.get("enum", [schema["const"]] if "const" in schema else []))
        return frozenset(name for value in told for name in _TYPES if _is(value, name))

    def _faults(self, value: JsonValue, schema: Schema, path: str) -> list[Fault]:
        schema = self._resolved(schema)
        if (unknown := self._stands_for(value)) is not None:
            wrong = unknown(value, self._types(schema))
            return [] if wrong is None else [(path, wrong)]
        if branches := self._branches(schema):
            tried = [self._faults(value, branch, path) for branch in branches]
            if any(not found for found in tried):
                return []
            # What is nearest says most: the branch that is wrong furthest down, not that it is not null.
            return max(tried, key=lambda found: max(len(where) for where, _ in found) * 100 - len(found))
        if wrong := _plain(value, schema):
            return [(path, wrong)]
        if isinstance(value, dict):
            return self._of_object(value, schema, path)
        if isinstance(value, list):
            inner = cast("Schema", schema.get("items", {}))
            return [found for place, one in enumerate(value) for found in self._faults(one, inner, _to(path, place))]
        return []

    def _of_object(self, value: Mapping[str, JsonValue], schema: Schema, path: str) -> list[Fault]:
        known = cast("Mapping[str, Schema]", schema.get("properties", {}))
        more = schema.get("additionalProperties", True)
        found = [
            (_to(path, name), "is missing")
            for name in cast("Sequence[str]", schema.get("required", []))
            if name not in value
        ]
        for name, one in value.items():
            if name in known:
                found += self._faults(one, known[name], _to(path, name))
            elif more is False:
                among = ", ".join(known) or "nothing"
                found.append((_to(path, name), f"is no field there; it takes {among}"))
            elif isinstance(more, Mapping):
                found += self._faults(one, more, _to(path, name))
        return found

    def _fields(self, schema: Schema, path: str, depth: int) -> Iterator[tuple[str, str]]:
        schema = self._resolved(schema)
        types = self._types(schema) - {"null"}
        if path:
            yield path, next(iter(types)) if len(types) == 1 else "number" if types == {"number", "integer"} else "any"
        if depth == _DEEPEST:
            return
        for part in self._branches(schema) or [schema]:
            for name, inner in cast("Mapping[str, Schema]", part.get("properties", {})).items():
                yield from self._fields(inner, _to(path, name), depth + 1)
            if isinstance(listed := part.get("items"), Mapping):
                yield from self._fields(listed, _to(path, "*"), depth + 1)


def _plain(value: JsonValue, schema: Schema) -> str:
    """Return what is wrong with a value by itself, without what is in it; empty for nothing."""
    if "const" in schema and value != schema["const"]:
        return f"must be {schema['const']!r}"
    if isinstance(choices := schema.get("enum"), list) and value not in choices:
        return f"must be one of {', '.join(map(str, choices))}"
    named = schema.get("type")
    if isinstance(named, str) and not _is(value, named):
        return f"must be {'an' if named[0] in 'aeio' else 'a'} {named}"
    for key, compare, said in _BOUNDS:
        limit = schema.get(key)
        if isinstance(limit, int | float) and not compare(value, limit):
            return said.format(limit)
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and isinstance(value, str) and re.search(pattern, value) is None:
        return f"must match {pattern}"
    return ""


def _number(compare: Callable[[float, float], bool]) -> Callable[[JsonValue, float], bool]:
    return lambda value, limit: not isinstance(value, int | float) or compare(value, limit)


def _size(
    kind: type[str] | type[list[Any]], compare: Callable[[int, float], bool]
) -> Callable[[JsonValue, float], bool]:
    return lambda value, limit: not isinstance(value, kind) or compare(len(value), limit)


_BOUNDS: tuple[tuple[str, Callable[[JsonValue, float], bool], str], ...] = (
    ("minimum", _number(lambda value, limit: value >= limit), "must be at least {}"),
    ("maximum", _number(lambda value, limit: value <= limit), "must be at most {}"),
    ("exclusiveMinimum", _number(lambda value, limit: value > limit), "must be more than {}"),
    ("exclusiveMaximum", _number(lambda value, limit: value < limit), "must be less than {}"),
    ("minLength", _size(str, lambda size, limit: size >= limit), "must have at least {} characters"),
    ("maxLength", _size(str, lambda size, limit: size <= limit), "must have at most {} characters"),
    ("minItems", _size(list, lambda size, limit: size >= limit), "must have at least {} entries"),
    ("maxItems", _size(list, lambda size, limit: size <= limit), "must have at most {} entries"),
)


def _is(value: JsonValue, named: str) -> bool:
    if isinstance(value, bool):
        return named == "boolean"
    if named == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(named, (object,)))


def _to(path: str, step: str | int) -> str:
    return f"{path}.{step}" if path else str(step)
