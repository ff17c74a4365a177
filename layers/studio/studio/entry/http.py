"""HTTP in and out: Powertools' resolver with our errors, limits, idempotency and owner."""

import json
import os
from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.request import Request
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from studio.domain.base import ULID
from studio.domain.errors import StudioError
from studio.entry.context import Studio
from studio.entry.idempotency import once
from studio.entry.observe import LambdaHandler, logger, observed
from studio.entry.problems import PROBLEM_JSON, problem, problem_of

MAX_BODY = 1024 * 1024
"""The largest body taken, in bytes."""

_SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


class _MalformedError(Exception):
    """The body is not JSON."""


class _TooLargeError(Exception):
    """The body is larger than MAX_BODY."""


def _parse(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _MalformedError from error


def owner_of(event: dict[str, Any]) -> str:
    """Return the caller: the verified token's `sub`. Raises KeyError when the authorizer was not in the way."""
    return str(event["requestContext"]["authorizer"]["claims"]["sub"])


def _open_studio(request: Request) -> Studio:
    return Studio.opened_for(owner_of(request.resolved_event.raw_event))


Caller = Annotated[Studio, Depends(_open_studio)]
"""A handler's parameter of this type is the caller's studio."""

PathId = Annotated[str, Path(pattern=ULID)]
"""An id in a path. One that cannot be an id leads nowhere: 404."""

Limit = Annotated[int, Query(ge=1, le=100, description="How many items at most.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="Where the last page ended; opaque.")]


def created(body: Any, location: str, status: int = 201) -> Response[Any]:
    """Return 201 (or another status) with a Location."""
    return Response(status, content_type="application/json", body=body, headers={"Location": location})


def resolver() -> APIGatewayRestResolver:
    """Return a resolver that validates, limits bodies and answers errors as problem+json."""
    app = APIGatewayRestResolver(enable_validation=True, json_body_deserializer=_parse)

    def answer(
        status: int, kind: str, title: str, detail: str, fields: list[dict[str, str]] | None = None
    ) -> Response[str]:
        document = problem(status, kind, title, detail, _request_id(app), fields or [])
        return Response(status, content_type=PROBLEM_JSON, body=document)

    @app.exception_handler(StudioError)
    def refuse(error: StudioError) -> Response[str]:
        status, document, headers = problem_of(error, _request_id(app))
        logger.info("refused", extra={"status": status, "error": type(error).__name__})
        return Response(status, content_type=PROBLEM_JSON, body=document, headers=headers)

    @app.exception_handler(RequestValidationError)
    def invalid(error: RequestValidationError) -> Response[str]:
        found = error.errors()
        if any(entry["type"] == "json_invalid" for entry in found):
            return malformed(_MalformedError())
        if any(entry["loc"][0] == "path" for entry in found):
            return unknown(error)
        fields = [
            {"path": _path(entry["loc"]), "message": str(entry["msg"]).removeprefix("Value error, ")} for entry in found
        ]
        detail = "; ".join(f"{entry['path']}: {entry['message']}" for entry in fields[:3])
        return answer(422, "validation", "The request is not valid", detail, fields)

    @app.exception_handler(_MalformedError)
    def malformed(_: _MalformedError) -> Response[str]:
        return answer(400, "malformed", "The body is not JSON", "Send a JSON object as the body.")

    @app.exception_handler(RequestUnsupportedContentType)
    def unsupported(_: RequestUnsupportedContentType) -> Response[str]:
        return answer(415, "unsupported_media_type", "Not JSON", "Send the body as application/json.")

    @app.exception_handler(_TooLargeError)
    def too_large(_: _TooLargeError) -> Response[str]:
        return answer(413, "too_large", "Too large", f"The body may have at most {MAX_BODY:,} bytes.")

    @app.exception_handler(ServiceError)
    def service(error: ServiceError) -> Response[str]:
        return answer(error.status_code, "error", "Refused", str(error.msg))

    @app.exception_handler(Exception)
    def broken(_: Exception) -> Response[str]:
        # Ours to mend: the log has the trace, the caller the request id that leads to it.
        logger.exception("unexpected error")
        return answer(500, "internal", "Something broke on our side", "Try again; if it stays, report the request id.")

    @app.not_found
    def unknown(_: Exception) -> Response[str]:
        return answer(404, "not_found", "Not found", "There is nothing here.")

    def limit_body(app: APIGatewayRestResolver, next_middleware: Callable[..., Response[Any]]) -> Response[Any]:
        if len((app.current_event.body or "").encode("utf-8", "surrogatepass")) > MAX_BODY:
            raise _TooLargeError
        return next_middleware(app)

    app.use([limit_body])
    return app


def api(app: APIGatewayRestResolver) -> LambdaHandler:
    """Return the Lambda handler of a resolver's routes."""
    return observed(lambda event, context: respond(app, event, context))


def respond(app: APIGatewayRestResolver, event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one API Gateway event; the same answer for the same Idempotency-Key."""
    logger.append_keys(method=event["httpMethod"], route=event.get("resource"))
    request = APIGatewayProxyEvent(event)
    key = request.headers.get("Idempotency-Key")
    if event["httpMethod"] == "POST" and key:
        answer = once(app, event, context, owner_of(event), key)
    else:
        answer = app.resolve(event, context)
    headers = answer.setdefault("multiValueHeaders", {})
    # Here and not in the resolver, so that every answer has them. Preflights are API Gateway's.
    headers["Access-Control-Allow-Origin"] = [os.environ.get("CORS_ORIGIN", "")]
    headers["Access-Control-Expose-Headers"] = ["Location, Retry-After"]
    for name, value in _SECURITY_HEADERS.items():
        headers.setdefault(name, [value])
    logger.info("answered", extra={"status": answer["statusCode"]})
    return answer


def _request_id(app: APIGatewayRestResolver) -> str:
    return str(app.current_event.request_context.request_id or "")


def _path(location: tuple[Any, ...]) -> str:
    # Powertools starts a location with where the value was: "body", "query", "path".
    return ".".join(str(part) for part in location[1:]) or str(location[0])
