"""docs/api/openapi.json, from the routes themselves: `python -m local.openapi` writes it anew.

With it goes what plans are checked against: see local/bot_schemas.py.
"""

import importlib
import inspect
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from local import settings

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import APIGatewayRestResolver

type Document = dict[str, Any]

TARGET = settings.ROOT / "docs" / "api" / "openapi.json"

DESCRIPTION = """\
One prompt in, one reality-TV episode out.

Everything belongs to whoever is signed in: another person's things answer 404. Work that takes longer than a moment
answers 202 at once, with a `Location` to read how it goes. Errors are `application/problem+json` (RFC 9457) with a
stable `type`, one sentence to act on, and the request id. Lists take `limit` and the last page's opaque `cursor`.
"""

TAGS = {
    "projects": "The shows: what every episode of one has in common.",
    "cast": "Who is in a show.",
    "learning": "What a show has learned from its posts: approved, version by version, and back.",
    "episodes": "Making episodes, and reading, editing and downloading what was made.",
    "stages": "What each stage put on paper, part by part, to read and to edit.",
    "reviews": "The gates that episodes wait at, and the answers to them.",
    "attachments": "Reference material, uploaded straight to the bucket.",
    "approvals": "What would reach an audience, and its owner's word on each exact content.",
    "experiments": "What is compared, and how each comparison stands.",
    "posts": "What went where, when and under which id.",
    "connections": "The accounts elsewhere that the studio may act for. Their tokens are never shown.",
    "events": "What the audience did: reported event by event or in spreadsheets, and what it comes to.",
    "links": "Short links with tags, and how often people followed them.",
    "offers": "What you earn a commission on: the catalogue that scripts are matched with.",
    "leads": "Who gave you an address and may be written to; and everything about one person, to show or to erase.",
    "products": "What of episodes is sold as files, and what it brought.",
    "public": "What needs no token: for the audience, and for services that call back.",
    "bots": "The bots, and a record of every call of one.",
    "plans": "Plans over the bots that are carried out, or were.",
    "dashboard": "How things stand.",
    "spending": "What things will cost, what they have cost, and every call that was paid for.",
    "admin": "What everybody spends, and their caps: for those in the user pool's group `admin`. Others find nothing.",
}

SIGNED_IN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The ID token of a Cognito user (`./studio token` prints one). It lasts an hour.",
}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Up to 200 printable ASCII characters of your own. For a day, the same key and body gives the same answer and "
        "does nothing twice; the same key with another body gives 409."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}

PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`respond-async` answers 202 at once; the report is at the `Location` when the run has succeeded.",
    "schema": {"type": "string", "examples": ["respond-async"]},
}

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "Stable; tell errors apart by it.",
            "examples": ["urn:episode-studio:budget_exceeded"],
        },
        "title": {"type": "string", "description": "The kind of error in a few words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "One sentence to act on."},
        "request_id": {"type": "string", "description": "Leads to this call in the logs."},
        "errors": {
            "type": "array",
            "description": "Which fields are wrong, where it is fields.",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}

PROBLEMS = {
    400: "The body is not JSON, or a header makes no sense.",
    401: "No token, or one that is not valid any more.",
    402: "The next call to a model would pass a spending cap. Nothing was bought.",
    404: "There is no such thing, or it is somebody else's.",
    409: "Not possible as things stand, or changed since it was read, or this Idempotency-Key had another body.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "The request is not valid; `errors` names the fields. Or a provider's safety rules refused it.",
    429: "Too many calls.",
    502: "The model's answer was not usable, or the provider refused for good.",
    503: "The provider, or AWS, is not answering, or no key is stored.",
}
_WAIT = {429, 503}

_METHODS = ("get", "head", "post", "put", "patch", "delete")


def document() -> Document:
    """The API's description. Raises ValueError where two functions mean different things by one name."""
    from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge

    merge = OpenAPIMerge(
        title="Episode Studio",
        version=tomllib.loads((settings.ROOT / "pyproject.toml").read_text())["project"]["version"],
        description=DESCRIPTION,
        security=[{"SignedIn": []}],
        on_conflict="error",
    )
    schemas: Document = {}
    for resolver in _resolvers():
        part = resolver.get_openapi_schema().model_dump(mode="json", by_alias=True, exclude_none=True)
        for name, schema in part.get("components", {}).get("schemas", {}).items():
            if schemas.setdefault(name, schema) != schema:
                raise ValueError(f"two functions call different things {name}; rename one of them")
        merge.add_schema(part)
    return _finished(merge.get_openapi_schema())


def _resolvers() -> Iterator["APIGatewayRestResolver"]:
    """The routes of every function that has some, each told its docstring and its name."""
    for folder in sorted((settings.ROOT / "functions").glob("*/app.py")):
        module = importlib.import_module(f"functions.{folder.parent.name}.app")
        resolver = getattr(module, "app", None) or getattr(module.handler, "app", None)
        if resolver is None:
            continue
        for route in (*resolver._static_routes, *resolver._dynamic_routes):
            said = route.description or inspect.getdoc(route.func) or ""
            route.summary = said.partition("\n")[0].partition(". ")[0].removesuffix(".")
            route.description = said
            if route.path.startswith("/functions/"):
                route.operation_id = route.path.rpartition("/")[2].replace("-", "_")
            else:
                route.operation_id = route.func.__name__
        yield resolver


def _finished(merged: Document) -> Document:
    """What a merge does not know: who may call, which headers there are, and how the studio says no."""
    schemas = merged["components"]["schemas"]
    paths = {
        path: {
            method: _operation(path, method, merged["paths"][path][method], schemas)
            for method in _METHODS
            if method in merged["paths"][path]
        }
        for path in sorted(merged["paths"])
    }
    for unused in ("HTTPValidationError", "ResponseValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return {
        "openapi": "3.1.0",
        "info": merged["info"],
        "servers": [{"url": "/v1", "description": "Under the host of the stack's output ApiUrl."}],
        "security": merged["security"],
        "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
        "paths": paths,
        "components": {
            "securitySchemes": {"SignedIn": SIGNED_IN},
            "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY, "Prefer": PREFER},
            "responses": {f"Problem{status}": _problem(status) for status in PROBLEMS},
            "schemas": dict(sorted({**schemas, "Problem": PROBLEM}.items())),
        },
    }


def _operation(path: str, method: str, found: Document, schemas: Document) -> Document:
    is_bot = "bots" in found["tags"] and path.startswith("/functions/")
    is_public = "public" in found["tags"]
    parameters = found.get("parameters", [])
    if method == "post" and not is_public:
        parameters = [*parameters, {"$ref": "#/components/parameters/IdempotencyKey"}]
    if is_bot:
        parameters = [*parameters, {"$ref": "#/components/parameters/Prefer"}]
    answers = {
        status: _answer(int(status), answer) for status, answer in found["responses"].items() if status[0] in "23"
    }
    if is_bot:
        answers |= _two_answers(answers["200"])
    refused = {
        str(status): {"$ref": f"#/components/responses/Problem{status}"}
        for status in sorted(_refusals(path, method, found, schemas, is_bot=is_bot) - ({401} if is_public else set()))
    }
    kept = ("tags", "summary", "description", "operationId")
    return (
        {name: found[name] for name in kept}
        | ({"security": []} if is_public else {})
        | ({"parameters": parameters} if parameters else {})
        | ({"requestBody": found["requestBody"]} if "requestBody" in found else {})
        | {"responses": dict(sorted(answers.items())) | refused}
    )


def _answer(status: int, answer: Document) -> Document:
    said = answer["description"]
    described = {"description": HTTPStatus(status).phrase if said == "Successful Response" else said}
    if status in {201, 202, 302}:
        described["headers"] = {"Location": {"description": "Where to read it.", "schema": {"type": "string"}}}
    return described if status in {204, 302} else described | {"content": answer["content"]}


def _two_answers(both: Document) -> Document:
    """A bot's report now, or its run to look at later."""
    report, accepted = both["content"]["application/json"]["schema"]["anyOf"]
    return {
        "200": {"description": "The report", "content": {"application/json": {"schema": report}}},
        "202": _answer(202, {"description": "The run goes on", "content": {"application/json": {"schema": accepted}}}),
    }


def _refusals(path: str, method: str, found: Document, schemas: Document, *, is_bot: bool) -> set[int]:
    """How an operation may say no: by where it gets its input from, and by what it does."""
    refused = {401, 429}
    asked_for: set[str] = set()
    if "requestBody" in found:
        refused |= {400, 413, 415, 422}
        reference = found["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        asked_for = set(schemas[reference.rpartition("/")[2]]["properties"])
    if any(parameter["in"] == "query" for parameter in found.get("parameters", [])):
        refused.add(422)
    if "{" in path or any(name.endswith("_id") for name in asked_for):
        refused.add(404)
    if method != "get":
        refused.add(409)
    if method == "post":
        refused.add(400)
    if path.startswith("/functions/") or path.endswith("/cancel"):
        refused.add(503)
    if is_bot:
        refused |= {402, 502}
    # And what it says itself: "409 while it is being made".
    return refused | {int(status) for status in re.findall(r"\b4\d\d\b", found["description"])}


def _problem(status: int) -> Document:
    wait = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return {
        "description": PROBLEMS[status],
        **({"headers": wait} if status in _WAIT else {}),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def text(described: Document) -> str:
    """The file's content."""
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    sys.path[:0] = [str(settings.ROOT), str(settings.ROOT / "layers/studio"), str(settings.ROOT / "layers/media")]
    # What Lambda sets and modules read as they load; no call is made.
    os.environ.setdefault("AWS_DEFAULT_REGION", settings.REGION)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    described = document()
    TARGET.write_text(text(described), encoding="utf-8")
    from local import bot_schemas

    bot_schemas.TARGET.write_text(bot_schemas.text(described), encoding="utf-8")


if __name__ == "__main__":
    main()
