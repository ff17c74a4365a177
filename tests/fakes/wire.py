"""What a network on loopback is made of: a request as it came in, an answer, and the routes between them."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol
from urllib.parse import parse_qsl

type Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request. Header names are in lower case; of a parameter given twice the last counts.

    root: how the client reached the server, for addresses handed out in answers: `<root>/<host>/…`.
    params: what stands in the route's braces.
    """

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    root: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str | None:
        """The bearer token, None without one."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token if kind.lower() == "bearer" else None

    def json(self) -> Json:
        """The body as a JSON object, {} where it is none."""
        try:
            told = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}

    def form(self) -> dict[str, str]:
        """The body as an HTML form sends it."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def here(self, path: str, host: str | None = None) -> str:
        """The whole address of a path at this host, or at another one."""
        return f"{self.root}/{host or self.host}{path}"


class Answer(Exception):
    """What goes back: returned, or raised from anywhere below a route. A `dict` or `list` goes as JSON."""

    def __init__(
        self, status: int = 200, body: bytes | str | Json | list[Any] = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.headers = {"Content-Type": "application/json; charset=UTF-8", **(headers or {})}
        self.body = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else _json(body)


class Dropped(Exception):
    """The connection ends without an answer. Whatever the route has done by then stays done."""


@dataclass(frozen=True)
class Route:
    """One operation. path: `/2/tweets/{id}`; what stands in braces reaches to the next slash."""

    method: str
    host: str
    path: str
    answer: Callable[[Asked], Answer]

    def matches(self, method: str, host: str, path: str) -> Mapping[str, str] | None:
        """Return what stands in the braces; None where this is not the route."""
        if (method, host) != (self.method, self.host):
            return None
        return matched(self.path, path)


class Service(Protocol):
    """One network's behaviour and what it has kept. Made anew by `Networks.reset`."""

    def routes(self) -> Iterable[Route]:
        """Return every operation it answers."""
        ...


def matched(pattern: str, path: str) -> Mapping[str, str] | None:
    """Return what stands in the braces of a pattern that fits the whole path, None where it does not fit."""
    found = _expression(pattern).fullmatch(path)
    return found.groupdict() if found else None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(pattern)))


def _json(body: Json | list[Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
