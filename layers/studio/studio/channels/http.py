"""One request to a network: its time limits, its retries, and every outcome in the studio's own words."""

import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Protocol

import httpx2
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from studio.domain.errors import NotConnected, ProviderFailed, StudioError, Throttled, Unavailable

TIMEOUT = httpx2.Timeout(20.0, connect=5.0)
MAX_ANSWER = 8 * 1024 * 1024
"""The largest answer read, in bytes. Networks answer in pages; more than this is no page."""

LONGEST_ANSWER = 30.0
"""So long, in seconds, an answer may take to arrive once it has begun: each piece alone may be in time for ever."""

ATTEMPTS = 3
LONGEST_WAIT = 4.0
"""So long, in seconds, a call waits by itself for a network that asks for patience; for longer its caller is told."""

LONGEST_ASKED = 30 * 86_400.0
"""The longest wait passed on, in seconds: more is a mistake of the network's, and no date can be made of it."""

# They write down whole addresses, which carry tokens where a network wants them there, and at DEBUG the headers.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Received(BaseModel):
    """A value that a network told: fields it may add one day are no surprise."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


@dataclass(frozen=True)
class Answer:
    """What a network answered. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> JsonValue:
        """Return the body's JSON, None where it is none: refusals may be pages of any kind."""
        try:
            told: JsonValue = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return told


class Access(Protocol):
    """The right to act for one account, or for the application itself."""

    def token(self) -> str:
        """Return the token to send. Raises NotConnected."""
        ...

    def renew(self) -> None:
        """Get another token, after the network refused the last. Raises NotConnected when there is none to be had."""
        ...


class Network:
    """HTTP as one network speaks it.

    name: as people know it, for sentences. refusal: turns an answer into the error it means, whatever its status, since
    some networks refuse with a 200; `Expired` has the token renewed; None leaves it to the general one. scheme: stands
    before the token. kin: domains beside the base URL's own host whose addresses get the token too. Redirects are not
    followed: they would hand the token to wherever they lead.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        access: Access | None = None,
        *,
        refusal: Callable[[Answer], StudioError | None] = lambda _: None,
        headers: Mapping[str, str] | None = None,
        scheme: str = "Bearer",
        kin: tuple[str, ...] = (),
        wait: Callable[[float], None] = time.sleep,
        timeout: httpx2.Timeout = TIMEOUT,
    ) -> None:
        self.name = name
        self._access = access
        self._refusal = refusal
        self._scheme = scheme
        self._kin = kin
        self._wait = wait
        self._base = base_url.rstrip("/")
        self._client = httpx2.Client(
            timeout=timeout, follow_redirects=False, headers=dict(headers or {}), verify=_trusted()
        )

    def get(self, path: str, params: Mapping[str, Any] | None = None, **more: Any) -> Answer:
        """Read; tried up to three times, because reading again changes nothing."""
        return self.send("GET", path, params=params, again=True, **more)

    def post(self, path: str, *, again: bool = False, **more: Any) -> Answer:
        """Write. again: whether asking twice does it once (a key, a byte range), so that it may be tried again."""
        return self.send("POST", path, again=again, **more)

    def send(self, method: str, path: str, *, again: bool, accept: tuple[int, ...] = (), **more: Any) -> Answer:
        """Return the answer to one request.

        path: or a whole address that the network gave; the token goes along only to the base URL's host and its kin.
        again: may be repeated where nothing or 5xx came back. accept: statuses of 3xx and 4xx that are answers here.
        An expired token is renewed once. Raises Throttled, Unavailable (`sent` where the outcome is unknown),
        NotConnected for a token that stays refused, and ProviderFailed for what a retry does not change.
        """
        renewed = False
        attempt = 1
        while True:
            try:
                return self._once(method, path, accept=accept, **more)
            except Expired as expired:
                if renewed or self._access is None:
                    raise NotConnected(f"{self.name} no longer accepts this connection. Connect it again.") from expired
                renewed = True
                self._access.renew()
                continue
            except Throttled as error:
                # Refused before it was done, so it may always be asked again.
                if attempt == ATTEMPTS or (error.retry_after or 1.0) > LONGEST_WAIT:
                    raise
                self._wait(error.retry_after or 1.0)
            except Unavailable as error:
                if attempt == ATTEMPTS or (error.sent and not again) or (error.retry_after or 0) > LONGEST_WAIT:
                    raise
                self._wait(error.retry_after or 0.5 * attempt)
            attempt += 1

    def read[T: BaseModel](self, answer: Answer, schema: type[T]) -> T:
        """Return an answer's JSON as `schema`. Raises Unavailable for something that is not one."""
        try:
            return schema.model_validate_json(answer.body)
        except ValidationError:
            pass
        # Raised out here because pydantic's error quotes what came, and that may be a token.
        raise Unavailable(f"{self.name} answered with something that is not an answer.", sent=True)

    def own(self, url: str) -> bool:
        """Whether a whole address belongs to this network, so that a token may go there."""
        # Parsed by the client that will send, so that no two readings of one address differ.
        try:
            base, other = httpx2.URL(self._base), httpx2.URL(url)
        except httpx2.InvalidURL:
            return False
        if (base.scheme, base.host, base.port) == (other.scheme, other.host, other.port):
            return True
        return other.scheme == "https" and any(f".{other.host}".endswith(f".{domain}") for domain in self._kin)

    def _once(self, method: str, path: str, *, accept: tuple[int, ...], **more: Any) -> Answer:
        headers = dict(more.pop("headers", None) or {})
        url = path if path.startswith(("http://", "https://")) else f"{self._base}{path}"
        if self._access is not None and self.own(url):
            headers["Authorization"] = f"{self._scheme} {self._sendable(self._access.token())}"
        outcome: StudioError
        try:
            with self._client.stream(method, url, headers=headers, **more) as response:
                answer = Answer(response.status_code, _headers(response), self._body(response))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError):
            outcome = Unavailable(f"{self.name} could not be reached.")
        except httpx2.TimeoutException:
            outcome = Unavailable(f"{self.name} took too long to answer.", sent=True)
        except (httpx2.RequestError, httpx2.InvalidURL):
            outcome = Unavailable(f"The connection to {self.name} broke off.", sent=True)
        else:
            told = self._refusal(answer)
            if told is None and (answer.status < 300 or answer.status in accept):
                return answer
            outcome = told or self._refused(answer)
        # Raised out here so that nothing of the client's error, which may quote an address, travels along.
        raise outcome

    def _sendable(self, token: str) -> str:
        if token and token.isascii() and token.isprintable():
            return token
        raise NotConnected(f"The token kept for {self.name} is damaged. Connect it again.")

    def _body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        until = time.monotonic() + LONGEST_ANSWER
        for piece in response.iter_bytes():
            body += piece
            if len(body) > MAX_ANSWER:
                raise Unavailable(f"{self.name} answered with more than a page.", sent=True)
            if time.monotonic() > until:
                raise Unavailable(f"{self.name} took too long to answer.", sent=True)
        return bytes(body)

    def _refused(self, answer: Answer) -> StudioError:
        status = answer.status
        if status == 401 and self._access is not None:
            return Expired()
        if status == 429:
            return Throttled(f"{self.name} asks for patience: too many calls.", retry_after(answer))
        if status >= 500:
            return Unavailable(f"{self.name} answered {status}.", retry_after(answer), sent=True)
        return ProviderFailed(f"{self.name} refused the request ({status}).")


class Expired(StudioError):
    """The network does not accept the token. Never leaves `Network.send`: it becomes a new token, or NotConnected."""


def retry_after(answer: Answer) -> float | None:
    """Return the seconds that `Retry-After` asks for, as a number or an HTTP date (RFC 9110, 10.2.3); None without."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return min(float(told), LONGEST_ASKED)
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(0.0, (at - datetime.now(UTC)).total_seconds()), LONGEST_ASKED)


@cache
def _trusted() -> ssl.SSLContext:
    """Return whose certificates are believed. Read once: it takes longer than everything else about a client."""
    return httpx2.create_ssl_context()


def _headers(response: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
