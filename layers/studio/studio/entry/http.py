"""HTTP in and out: Powertools' resolver with our errors, limits, idempotency and owner."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.request import Request
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from botocore.exceptions import BotoCoreError, ClientError

from studio.domain.base import ULID
from studio.domain.errors import StudioError
from studio.entry.acts import act_of
from studio.entry.context import Studio, now
from studio.entry.idempotency import once
from studio.entry.observe import LambdaHandler, logger, observed
from studio.entry.problems import PROBLEM_JSON, problem, problem_of, refusal

MAX_BODY = 128 * 1024
"""The largest body taken, in bytes: an answer that repeats it, in JSON escapes, still fits an item of the table."""

_SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


type _Answer = Response[str]


class _MalformedError(Exception):
    """The body is not JSON."""


def _parse(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _MalformedError from error


def owner_of(event: dict[str, Any]) -> str:
    """Return the caller: the verified token's `sub`. Raises KeyError when the authorizer was not in the way."""
    return str(event["requestContext"]["authorizer"]["claims"]["sub"])


ADMIN = "admin"
"""The user pool's group of those who look after everybody's spending."""


def groups_of(event: dict[str, Any]) -> frozenset[str]:
    """Return the groups of the user pool that the caller is in, by the verified token's `cognito:groups` alone.

    The token has a list; what becomes of it on the way depends on the gateway: "a,b" from a REST API, "[a b]" from an
    HTTP API, JSON from others. Names of groups have neither blanks nor commas in them here.
    """
    told = event["requestContext"]["authorizer"]["claims"].get("cognito:groups")
    if isinstance(told, str):
        inner = told.strip().removeprefix("[").removesuffix("]")
        told = [name.strip("\"'") for name in re.split(r"[,\s]+", inner)]
    return frozenset(name for name in told if isinstance(name, str) and name) if isinstance(told, list) else frozenset()


def _open_studio(request: Request) -> Studio:
    return Studio.opened_for(owner_of(request.resolved_event.raw_event))


Caller = Annotated[Studio, Depends(_open_studio)]
"""A handler's parameter of this type is the caller's studio."""

PathId = Annotated[str, Path(pattern=ULID)]
"""An id in a path. One that cannot be an id leads nowhere: 404."""

Limit = Annotated[int, Query(ge=1, le=100, description="How many items at most.")]
Month = Annotated[
    str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="`yyyy-mm`, in UTC; this one, where left out.")
]
Cursor = Annotated[str | None, Query(max_length=2000, description="Where the last page ended; opaque.")]


def created(body: Any, location: str, status: int = 201) -> Response[Any]:
    """Return 201 (or another status) with a Location."""
    return Response(status, content_type="application/json", body=body, headers={"Location": location})


def resolver() -> APIGatewayRestResolver:
    """Return a resolver that validates, answers errors as problem+json."""
    app = APIGatewayRestResolver(
        enable_validation=True,
        # An answer that is not what its route promises is our mistake, not the caller's.
        response_validation_error_http_code=500,
        json_body_deserializer=_parse,
    )

    def answer(status: int, kind: str, title: str, detail: str, fields: Sequence[Mapping[str, str]] = ()) -> _Answer:
        document = problem(status, kind, title, detail, _request_id(app), fields)
        return Response(status, content_type=PROBLEM_JSON, body=document)

    def refuse(error: StudioError) -> _Answer:
        status, document, headers = problem_of(error, _request_id(app))
        logger.info("refused", extra={"status": status, "error": type(error).__name__})
        return Response(status, content_type=PROBLEM_JSON, body=document, headers=headers)

    def invalid(error: RequestValidationError) -> _Answer:
        found = error.errors()
        if any(entry["type"] == "json_invalid" for entry in found):
            return malformed(error)
        if any(entry["loc"][0] == "path" for entry in found):
            return unknown(error)
        fields = [
            {"path": _path(entry["loc"]), "message": str(entry["msg"]).removeprefix("Value error, ")} for entry in found
        ]
        detail = "; ".join(f"{entry['path']}: {entry['message']}" for entry in fields[:3])
        return answer(422, "validation", "The request is not valid", detail, fields)

    def malformed(_: Exception) -> _Answer:
        return answer(400, "malformed", "The body is not JSON", "Send a JSON object as the body.")

    def unknown(_: Exception) -> _Answer:
        return answer(404, "not_found", "Not found", "There is nothing here.")

    def broken(_: Exception) -> _Answer:
        # Ours to mend: the log has the trace, the caller the request id that leads to it.
        logger.exception("unexpected error")
        return answer(500, "internal", "Something broke on our side", "Try again; if it stays, report the request id.")

    app.exception_handler(StudioError)(refuse)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(_MalformedError)(malformed)
    app.exception_handler(Exception)(broken)
    app.not_found(unknown)
    return app


def api(app: APIGatewayRestResolver, *, group: str = "", keeps_answers: bool = True) -> LambdaHandler:
    """Return the Lambda handler of a resolver's routes.

    group: whose they are, where they are not everybody's. To others there is nothing here, whatever they send.
    keeps_answers: False where an answer must lie nowhere; then a POST is done again for the same Idempotency-Key, which
    must come to the same.
    """
    return observed(lambda event, context: respond(app, event, context, group=group, keeps_answers=keeps_answers))


def respond(
    app: APIGatewayRestResolver, event: dict[str, Any], context: Any, *, group: str = "", keeps_answers: bool = True
) -> dict[str, Any]:
    """Answer one API Gateway event; the same answer for the same Idempotency-Key. The rest as for `api`."""
    # The request id is the gateway's, which is the one that a problem tells the caller.
    told = event["requestContext"].get("requestId")
    logger.append_keys(method=event["httpMethod"], route=event.get("resource"), request_id=told)
    request = APIGatewayProxyEvent(event)

    def resolve() -> dict[str, Any]:
        answer = app.resolve(event, context)
        _keep(event, answer)
        return answer

    key = request.headers.get("Idempotency-Key")
    if group and group not in groups_of(event):
        answer = refusal(event, 404, "not_found", "There is nothing here.", title="Not found")
    elif len((event.get("body") or "").encode("utf-8", "surrogatepass")) > MAX_BODY:
        answer = refusal(event, 413, "too_large", f"The body may have at most {MAX_BODY:,} bytes.")
    elif event.get("body") and not _is_json(request.headers.get("Content-Type")):
        # Powertools would read forms too.
        answer = refusal(event, 415, "unsupported_media_type", "Send the body as application/json.")
    elif event["httpMethod"] == "POST" and key and keeps_answers:
        answer = once(resolve, event, context, owner_of(event), key)
    else:
        answer = resolve()
    headers = answer.setdefault("multiValueHeaders", {})
    # Here and not in the resolver, so that every answer has them. Preflights are API Gateway's.
    headers["Access-Control-Allow-Origin"] = [os.environ.get("CORS_ORIGIN", "")]
    headers["Access-Control-Expose-Headers"] = ["Location, Retry-After"]
    for name, value in _SECURITY_HEADERS.items():
        headers.setdefault(name, [value])
    answer["body"] = answer.get("body") or ""
    logger.info("answered", extra={"status": answer["statusCode"]})
    return answer


def _keep(event: dict[str, Any], answer: dict[str, Any]) -> None:
    """Keep what was asked of an episode. It has been done: that it cannot be kept is no reason to call it failed."""
    act = act_of(event, answer, now())
    if act is not None:
        try:
            Studio.opened_for(owner_of(event)).acts.keep(act)
        except (BotoCoreError, ClientError, StudioError):
            logger.exception("not kept", extra={"episode_id": act.episode_id, "asked": act.path})


def _is_json(content_type: str | None) -> bool:
    return content_type is None or content_type.partition(";")[0].strip() == "application/json"


def _request_id(app: APIGatewayRestResolver) -> str:
    return str(app.current_event.request_context.request_id or "")


def _path(location: tuple[Any, ...]) -> str:
    # Powertools starts a location with where the value was: "body", "query", "path".
    return ".".join(str(part) for part in location[1:]) or str(location[0])
