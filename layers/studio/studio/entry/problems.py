"""Errors as `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from studio.domain import errors

_KINDS: dict[type[errors.StudioError], tuple[int, str, str]] = {
    errors.Invalid: (422, "validation", "The request is not valid"),
    errors.Unproven: (400, "malformed", "The request cannot be taken"),
    errors.NotFound: (404, "not_found", "Not found"),
    errors.Conflict: (409, "conflict", "Not possible right now"),
    errors.TooLarge: (413, "too_large", "Too large"),
    errors.BudgetExceeded: (402, "budget_exceeded", "Over budget"),
    errors.Blocked: (422, "blocked", "Refused by the provider's safety rules"),
    errors.MissingReference: (422, "missing_reference", "A reference picture is missing"),
    errors.NotConnected: (409, "not_connected", "No account is connected"),
    errors.NotApproved: (409, "not_approved", "Nobody has approved this"),
    errors.BadAnswer: (502, "provider_failed", "The model's answer was not usable"),
    errors.ProviderFailed: (502, "provider_failed", "The provider refused"),
    errors.ProviderMissing: (503, "provider_unavailable", "The provider is not set up"),
    errors.Throttled: (429, "throttled", "Too many calls"),
    errors.Unavailable: (503, "provider_unavailable", "The provider is not answering"),
    errors.Retryable: (503, "provider_unavailable", "The provider is not answering"),
}

PROBLEM_JSON = "application/problem+json"


def kind_of(error: errors.StudioError) -> tuple[int, str, str]:
    """Return an error's HTTP status, stable type and title."""
    return next(_KINDS[cls] for cls in type(error).__mro__ if cls in _KINDS)


def problem(
    status: int,
    kind: str,
    title: str,
    detail: str,
    request_id: str,
    fields: Sequence[Mapping[str, str]] = (),
) -> str:
    """Return a problem document as JSON. `fields` lists `path` and `message` of what is wrong."""
    document: dict[str, Any] = {
        "type": f"urn:episode-studio:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    if fields:
        document["errors"] = [dict(entry) for entry in fields]
    return json.dumps(document)


def problem_of(error: errors.StudioError, request_id: str) -> tuple[int, str, dict[str, str]]:
    """Return an error's HTTP status, problem document and headers."""
    status, kind, title = kind_of(error)
    fields = (
        [{"path": path, "message": message} for path, message in error.fields.items()]
        if isinstance(error, errors.Invalid)
        else []
    )
    headers = {}
    if isinstance(error, errors.Retryable):
        headers["Retry-After"] = str(max(1, round(error.retry_after or 5)))
    return status, problem(status, kind, title, str(error), request_id, fields), headers


def refusal(
    event: Mapping[str, Any], status: int, kind: str, detail: str, title: str = "The request cannot be taken"
) -> dict[str, Any]:
    """Return API Gateway's answer to an event that gets no further than the door."""
    request_id = str(event["requestContext"].get("requestId") or "")
    return {
        "statusCode": status,
        "body": problem(status, kind, title, detail, request_id),
        "isBase64Encoded": False,
        "multiValueHeaders": {"Content-Type": [PROBLEM_JSON]},
    }
