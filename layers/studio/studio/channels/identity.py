"""Whose account it is: the one question that is asked of every network right after somebody signed in.

SOURCE: developers.google.com/youtube/v3/docs/channels/list; developers.tiktok.com/doc/tiktok-api-v2-get-user-info;
developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/get-started; docs.x.com/x-api/users/
get-my-user; www.reddit.com/dev/api#GET_api_v1_me.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.channels.addresses import Host, address
from studio.channels.http import Access, Network
from studio.channels.instagram import VERSION
from studio.channels.oauth import USER_AGENT, Account
from studio.channels.oauth_networks import NETWORKS, NetworkName
from studio.domain.errors import Unavailable


@dataclass(frozen=True)
class _Question:
    """Where to ask, and under which names the answer has the accounts, an id and what people call them."""

    host: Host
    path: str
    params: Mapping[str, str]
    inside: tuple[str, ...]
    account_id: str
    names: tuple[str, ...]


_QUESTIONS: Mapping[NetworkName, _Question] = {
    "google": _Question(
        "google", "/youtube/v3/channels", {"part": "snippet", "mine": "true"}, ("items",), "id", ("snippet.title",)
    ),
    "tiktok": _Question(
        "tiktok",
        "/v2/user/info/",
        {"fields": "open_id,display_name"},
        ("data", "user"),
        "open_id",
        ("display_name",),
    ),
    "instagram": _Question("instagram", f"/{VERSION}/me", {"fields": "user_id,username"}, (), "user_id", ("username",)),
    "x": _Question("x", "/2/users/me", {}, ("data",), "id", ("username", "name")),
    "reddit": _Question("reddit", "/api/v1/me", {"raw_json": "1"}, (), "id", ("name",)),
}


def who(network: NetworkName, access: Access, gateway: str = "") -> list[Account]:
    """Return the accounts behind a sign-in; none where somebody has no channel. gateway: see `addresses.address`.

    Raises NotConnected for a token that is not honoured, Unavailable, Throttled and ProviderFailed.
    """
    question, title = _QUESTIONS[network], NETWORKS[network].title
    asking = Network(title, address(question.host, gateway), access, headers={"User-Agent": USER_AGENT})
    told: Any = asking.get(question.path, question.params).json()
    for name in question.inside:
        told = told.get(name) if isinstance(told, dict) else None
    found = told if isinstance(told, list) else [] if told is None else [told]
    if told is None and question.inside != ("items",):
        raise Unavailable(f"{title} did not say whose account this is.", sent=True)
    return [_account(entry, question, title) for entry in found]


def _account(entry: Any, question: _Question, title: str) -> Account:
    account_id = _at(entry, question.account_id)
    if not account_id:
        raise Unavailable(f"{title} did not say whose account this is.", sent=True)
    return Account(account_id, next((name for path in question.names if (name := _at(entry, path))), account_id))


def _at(entry: Any, path: str) -> str:
    for name in path.split("."):
        entry = entry.get(name) if isinstance(entry, dict) else None
    return str(entry) if isinstance(entry, str | int) else ""
