"""Text that a regular expression takes, for fields that demand a pattern."""

import re
from random import Random

# The standard library's own parser of regular expressions is private, but the only alternative is a second one here.
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

_COMMON = (
    "en",
    "en-US",
    "01J00000000000000000000000",
    "#drama",
    "draft",
    "draft-1",
    "00:00:10",
    "00:10",
    "2026-01-01",
    "09:00",
    "#336699",
    "https://example.com/draft",
    "someone@example.com",
    "1.0",
    "1",
    "US",
    "a",
)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.:/#@"
_MOST_REPEATS = 40


def matching(pattern: str, rng: Random, offered: list[str]) -> str | None:
    """Return a text that `pattern` finds itself in: one of those offered, a usual one, or one made for it."""
    try:
        compiled = re.compile(pattern)
    except re.error:
        return None
    for text in (*offered, *_COMMON):
        if text and compiled.search(text):
            return text
    made = _made(_parser.parse(pattern), rng)
    return made if compiled.search(made) else None


def _made(parsed: Any, rng: Random) -> str:
    return "".join(_piece(op, value, rng) for op, value in parsed)


def _piece(op: Any, value: Any, rng: Random) -> str:
    if op is _constants.LITERAL:
        return chr(value)
    if op in {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}:
        low, high, inner = value
        times = max(low, min(int(high), low + 1, _MOST_REPEATS))
        return "".join(_made(inner, rng) for _ in range(times))
    if op is _constants.SUBPATTERN:
        return _made(value[3], rng)
    if op is _constants.BRANCH:
        return _made(rng.choice(value[1]), rng)
    if op is _constants.IN:
        return rng.choice(_allowed(value) or [""])
    if op is _constants.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    return "a" if op is _constants.ANY else ""


def _allowed(entries: Any) -> list[str]:
    negated = any(op is _constants.NEGATE for op, _ in entries)
    chosen = [c for c in _ALPHABET if any(_holds(op, value, c) for op, value in entries)]
    if negated:
        return [c for c in _ALPHABET if c not in chosen]
    exact = [chr(value) for op, value in entries if op is _constants.LITERAL]
    ranges = [chr(value[0]) for op, value in entries if op is _constants.RANGE]
    return chosen or exact or ranges


def _holds(op: Any, value: Any, character: str) -> bool:
    if op is _constants.LITERAL:
        return bool(ord(character) == value)
    if op is _constants.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    if op is _constants.CATEGORY:
        name = str(value)
        kinds = {
            "DIGIT": character.isdigit(),
            "SPACE": character.isspace(),
            "WORD": character.isalnum() or character == "_",
        }
        return kinds[name.rsplit("_", 1)[-1]] != ("NOT" in name)
    return False
