"""Routes without a token: who comes has a code, or nothing. Nobody is told which codes there are, or may ask often."""

import base64
import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.request import Request
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from studio.domain.errors import Throttled
from studio.entry import pages
from studio.entry.context import SYSTEM, Studio
from studio.entry.observe import LambdaHandler, logger, observed
from studio.entry.problems import problem_of, refusal
from studio.store.directory import PublicKind
from studio.store.quota import Quota

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
_FORGET_SECONDS = 3600
_WORDS = {404: "There is nothing here", 413: "That is too much", 429: "Too many requests; try again in a moment"}


@dataclass(frozen=True)
class Pace:
    """How often something may be asked for: `burst` at once, then `per_second`."""

    per_second: float
    burst: int


ONE_ADDRESS = Pace(2, 60)
"""A household, or an office behind one address."""

Code = Annotated[str, Path(max_length=1000)]
"""A code in a path. Whatever it is, it is looked up; what leads nowhere is a 404."""


def public_api(
    app: APIGatewayRestResolver,
    *,
    door: str,
    takes: Collection[str] = (JSON,),
    max_body: int = 64 * 1024,
    pace: Pace = ONE_ADDRESS,
) -> LambdaHandler:
    """Return the Lambda handler of routes that need no token.

    door: its name, by which addresses are counted. takes: content types of bodies. max_body: in bytes. pace: how often
    one address may come.
    """

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        told = event["requestContext"].get("requestId")
        # The resource and not the path: a path has a code in it, and who reads logs should not get in with it.
        logger.append_keys(method=event["httpMethod"], route=event.get("resource"), request_id=told)
        request = APIGatewayProxyEvent(event)
        size = len((event.get("body") or "").encode("utf-8", "surrogatepass"))
        kind = (request.headers.get("Content-Type") or JSON).partition(";")[0].strip().lower()
        if size > max_body * (4 / 3 if event.get("isBase64Encoded") else 1):
            answer = refusal(event, 413, "too_large", f"The body may have at most {max_body:,} bytes.")
        elif event.get("body") and kind not in takes:
            answer = refusal(event, 415, "unsupported_media_type", f"Send the body as {' or '.join(takes)}.")
        else:
            try:
                limit(f"{door}:address", came_from(event), pace)
                answer = app.resolve(event, context)
                if answer["statusCode"] == 404:
                    # Whatever it was that is not there, nobody is told more than anybody else.
                    answer = refusal(event, 404, "not_found", "There is nothing here.", title="Not found")
            except Throttled as error:
                answer = _throttled(event, error)
        return _dressed(answer, "text/html" in (request.headers.get("Accept") or ""))

    return observed(handle)


def behind(kind: PublicKind, code: str, pace: Pace) -> tuple[Studio, str]:
    """Return the studio of whoever a code is from, and the id of what it leads to.

    pace: how often one code may be used. Raises NotFound, the same whatever is wrong with the code, and Throttled.
    """
    system = Studio.opened_for(SYSTEM)
    entry = system.directory.find(kind, code, system.clock())
    limit(kind, code, pace)
    return Studio.opened_for(entry.owner), entry.id


def limit(what: str, who: str, pace: Pace, forget_after: int = _FORGET_SECONDS) -> None:
    """Let somebody in, or raise Throttled. `who` is kept for `forget_after` seconds, and only as a digest of the day's.

    A limit that takes longer to fill up again than it is kept starts full.
    """
    studio = Studio.opened_for(SYSTEM)
    today = studio.clock().date().isoformat()
    known_as = studio.keyed_digest(f"limit/{what}/{today}", who)
    quota = Quota(
        studio.client("dynamodb"),
        studio.settings.table,
        f"public#{known_as}",
        what,
        per_second=pace.per_second,
        burst=pace.burst,
        patience=0,
        forget_after=forget_after,
        now=lambda: studio.clock().timestamp(),
    )
    try:
        quota.admit()
    except Throttled as error:
        wait = max(1, round(error.retry_after or 1))
        raise Throttled(f"Too many requests. Try again in {wait} s.", wait) from error


def _raw_body(request: Request) -> bytes:
    event = request.resolved_event.raw_event
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        # What the gateway encoded, not the sender: it is always whole.
        return base64.b64decode(body)
    return str(body).encode("utf-8", "surrogatepass")


RawBody = Annotated[bytes, Depends(_raw_body)]
"""A handler's parameter of this type is the body, byte by byte as it was sent."""


def came_from(event: dict[str, Any]) -> str:
    """Return where a request came from: what the gateway saw, since every header may be the caller's own.

    Of an IPv6 address the network (/64): one subscriber has all of the others in it.
    """
    told = str(event["requestContext"].get("identity", {}).get("sourceIp") or "")
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return told
    return told if address.version == 4 else str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def _throttled(event: dict[str, Any], error: Throttled) -> dict[str, Any]:
    status, document, headers = problem_of(error, str(event["requestContext"].get("requestId") or ""))
    answer = refusal(event, status, "throttled", str(error))
    answer["body"] = document
    answer["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
    return answer


def _dressed(answer: dict[str, Any], for_a_browser: bool) -> dict[str, Any]:
    """Return an answer with the headers that all have. Who reads pages gets an error as one, without its details."""
    headers = answer.setdefault("multiValueHeaders", {})
    status = answer["statusCode"]
    is_page = any("text/html" in told for told in headers.get("Content-Type", []))
    if status >= 400 and for_a_browser and not is_page:
        body = pages.Html("<p>The address may be old, or not complete.</p>" if status == 404 else "")
        shown = pages.page(_WORDS.get(status, "That did not work"), body)
        answer["body"] = shown.body
        headers |= {"Content-Type": [shown.content_type]} | {k: [v] for k, v in pages.headers().items()}
    for name, value in _HEADERS.items():
        headers[name] = [value]
    answer["body"] = answer.get("body") or ""
    logger.info("answered", extra={"status": status})
    return answer
