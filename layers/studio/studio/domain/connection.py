"""Connections: the accounts elsewhere that an owner lets the studio act for, and what each bot needs of them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from studio.domain.base import Instant, Phrase, Value


class NetworkName(StrEnum):
    """Where accounts are. The last two are connected with a key, the others by signing in there."""

    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    INSTAGRAM = "instagram"
    X = "x"
    REDDIT = "reddit"
    STRIPE = "stripe"
    AMAZON = "amazon"


LABELS = {
    NetworkName.YOUTUBE: "YouTube",
    NetworkName.TIKTOK: "TikTok",
    NetworkName.INSTAGRAM: "Instagram",
    NetworkName.X: "X",
    NetworkName.REDDIT: "Reddit",
    NetworkName.STRIPE: "Stripe",
    NetworkName.AMAZON: "Amazon",
}
"""As people write them."""

BY_KEY = frozenset({NetworkName.STRIPE, NetworkName.AMAZON})

AccountId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
"""The network's own id of an account."""


class ConnectionStatus(StrEnum):
    """Whether the studio can act for an account. `half`: it can, but was not allowed everything that it asked for."""

    CONNECTED = "connected"
    HALF = "half"
    REVOKED = "revoked"


class Connection(Value):
    """One account. `missing` are scopes that were not granted; `problem` says why it is not usable, and what to do."""

    network: NetworkName
    account_id: AccountId
    name: Phrase
    status: ConnectionStatus = ConnectionStatus.CONNECTED
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    problem: Phrase = ""
    connected_at: Instant


class Need(Value):
    """What a bot needs: one account at least of any of these networks. `required`: without it, it only plans."""

    networks: tuple[NetworkName, ...]
    purpose: str
    required: bool = True


_N = NetworkName
NEEDS: dict[str, tuple[Need, ...]] = {
    "trend-detection-bot": (
        Need(networks=(_N.YOUTUBE,), purpose="what is most watched there", required=False),
        Need(networks=(_N.REDDIT,), purpose="what is talked about there", required=False),
    ),
    "cross-platform-posting-bot": (Need(networks=(_N.TIKTOK, _N.INSTAGRAM, _N.X), purpose="posting"),),
    "multi-channel-upload-bot": (Need(networks=(_N.YOUTUBE,), purpose="uploading"),),
    "engagement-bot": (Need(networks=(_N.YOUTUBE,), purpose="reading comments and answering them"),),
    "live-boost-bot": (Need(networks=(_N.YOUTUBE,), purpose="announcing the live event and reading its chat"),),
    "affiliate-bot": (Need(networks=(_N.AMAZON,), purpose="offers beyond your own catalogue", required=False),),
    "digital-product-bot": (Need(networks=(_N.STRIPE,), purpose="taking payment"),),
    "sales-funnel-bot": (Need(networks=(_N.STRIPE,), purpose="hearing of payments", required=False),),
    "performance-tracking-bot": (
        Need(networks=(_N.YOUTUBE, _N.TIKTOK, _N.INSTAGRAM), purpose="reading what was measured"),
    ),
}
"""By the bot's public name; a bot that is not in it needs no account."""


def unmet(bot: str, connections: Iterable[Connection]) -> tuple[str, ...]:
    """Return one sentence for each thing that a bot still needs; empty when it has everything."""
    usable = {connection.network for connection in connections if connection.status is not ConnectionStatus.REVOKED}
    return tuple(_told(need) for need in NEEDS.get(bot, ()) if not usable.intersection(need.networks))


def _told(need: Need) -> str:
    networks = " or ".join(LABELS[network] for network in need.networks)
    return f"{'Connect' if need.required else 'Could also use'} {networks} for {need.purpose}."
