"""Tagged short links: where they lead, and what a click on one tells."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import Url

from studio.domain.audience import AudienceChannel, LinkCode, Tag
from studio.domain.base import Id, Instant, Value

MAX_TARGET = 2000

_AT_HOME = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "test", "invalid")
"""Top-level names that lead nowhere on the public net (RFC 6761, RFC 8375, and what routers and companies use)."""

_PROGRAM = re.compile(
    r"(?<!cu)bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|embedly|whatsapp/|telegram|curl/|wget/|python|"
    r"httpx|aiohttp|go-http-client|java/|libwww|headless|lighthouse|monitor|uptime|scanner|validator|archiver|pingdom",
    re.IGNORECASE,
)
_AHEAD = {"purpose", "sec-purpose", "x-purpose", "x-moz"}


def _public_https(text: str) -> str:
    """Return an address as browsers understand it (WHATWG URL). Raises ValueError with the sentence to show."""
    if len(text) > MAX_TARGET:
        raise ValueError(f"must be at most {MAX_TARGET:,} characters")
    # Browsers drop or turn these, so that what is read is not where it leads.
    if re.search(r"[\s\\\x00-\x1f\x7f]", text) or not re.match(r"https://[^/?#]", text, re.IGNORECASE):
        raise ValueError("must be an address that begins with https:// and has no blanks or backslashes")
    try:
        url = Url(text)
    except ValidationError as error:
        raise ValueError("must be a web address") from error
    if "@" in re.split(r"[/?#]", text[len("https://") :], maxsplit=1)[0]:
        raise ValueError("must not have a user name or a password in it")
    host = (url.host or "").rstrip(".")
    if _is_address(host):
        raise ValueError("must lead to a name and not to a number")
    if "." not in host or host.rpartition(".")[2] in _AT_HOME or not re.fullmatch(r"[a-z0-9_.-]+", host):
        raise ValueError("must lead to a public web site")
    return str(url)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


Target = Annotated[str, AfterValidator(_public_https)]
"""A public https address, normalised: international names as `xn--`, everything else percent-encoded."""


class LinkTags(Value):
    """What a click on a link is told with."""

    episode_id: Id | None = None
    offer: Tag | None = None
    campaign: Tag | None = None
    variant: Tag | None = None
    channel: AudienceChannel = AudienceChannel.OTHER


class Link(LinkTags):
    """A short link: `/go/<code>` leads to `target` while it is `enabled`.

    clicks: people's, as far as one can tell.
    """

    link_id: Id
    code: LinkCode
    target: Target
    enabled: bool = True
    clicks: int = Field(default=0, ge=0)
    created_at: Instant


def is_a_person(headers: Mapping[str, str]) -> bool:
    """Return whether a request looks like a person's click: no known program's, and not only a look ahead.

    headers: names in any case. Who wants to be counted will be: this keeps honest programs out.
    """
    told = {name.lower(): value for name, value in headers.items()}
    agent = told.get("user-agent", "")
    ahead = any(re.search(r"prefetch|preview|prerender", told.get(name, ""), re.IGNORECASE) for name in _AHEAD)
    return bool(agent) and not ahead and _PROGRAM.search(agent) is None
