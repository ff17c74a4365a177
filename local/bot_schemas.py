"""layers/studio/studio/craft/bots.json, from docs/api/openapi.json's document: `python -m local.openapi` writes both.

What each deployed bot takes and reports, so that a plan over them can be checked without importing any of them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local import settings
from studio.catalog import bots
from studio.domain.plan import ORCHESTRATOR, PRODUCER
from studio.domain.schema import Shape

type Document = dict[str, Any]

TARGET = settings.ROOT / "layers" / "studio" / "studio" / "craft" / "bots.json"
_JSON = "application/json"
_UNSAID = {"title", "examples"}
"""What helps nobody who checks a value."""


def document(api: Document) -> list[Document]:
    """What can be a step of a plan, by an API's description."""
    summaries = {entry.name: entry.summary for entry in bots(frozenset())}
    summaries |= {PRODUCER: "Makes an episode: script, direction, storyboard, hooks and clips."}
    summaries.pop(ORCHESTRATOR)
    return [
        _capability(name, summary, api["paths"][f"/functions/{name}"]["post"], api["components"]["schemas"])
        for name, summary in summaries.items()
        if f"/functions/{name}" in api["paths"]
    ]


def text(api: Document) -> str:
    """The file's content."""
    return json.dumps(document(api), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _capability(name: str, summary: str, operation: Document, schemas: Document) -> Document:
    answers = operation["responses"]
    report = (answers.get("200") or answers["202"])["content"][_JSON]["schema"]
    return {
        "name": name,
        "summary": summary,
        "request": _alone(operation["requestBody"]["content"][_JSON]["schema"], schemas),
        "gives": Shape(_alone(report, schemas)).fields(),
    }


def _alone(schema: Document, schemas: Document) -> Document:
    """A schema with all that it refers to inside it."""
    top = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    needed: dict[str, Document] = {}
    ahead = list(_referred(top))
    while ahead:
        name = ahead.pop()
        if name not in needed:
            needed[name] = schemas[name]
            ahead += _referred(schemas[name])
    within: Document = {"$defs": {name: _plain(one) for name, one in needed.items()}} if needed else {}
    return {**_plain(top), **within}


def _referred(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(name := node.get("$ref"), str):
            yield name.rpartition("/")[2]
        for inner in node.values():
            yield from _referred(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _referred(inner)


def _plain(node: Any, *, named: bool = False) -> Any:
    """A schema without what it says to people alone; `named`: the keys are fields, whatever they are called."""
    if isinstance(node, Mapping):
        return {
            key: _plain(inner, named=key in {"properties", "$defs"} and not named)
            for key, inner in node.items()
            if named or key not in _UNSAID
        }
    return [_plain(inner) for inner in node] if isinstance(node, list) else node
