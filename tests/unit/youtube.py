"""A YouTube channel that a test's owner has connected, on the networks' loopback server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from studio.domain.connection import Connection, ConnectionStatus, NetworkName
from studio.entry import Studio
from tests.conftest import ENVIRONMENT
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.networks import Networks
from tests.fakes.youtube_api import SCOPES, YouTubeApi
from tests.unit.made import AT
from tests.unit.memory import MemoryAws

CHANNEL = "UC-one"
SHOW = "The Bakery Show"


def registered(networks: Networks, aws: MemoryAws, patched: pytest.MonkeyPatch, **more: str) -> YouTubeApi:
    """Let the operator have registered the studio at Google; more: an `api_key`, say. Return the fake YouTube."""
    networks.reset()
    patched.setenv("CHANNELS_GATEWAY", networks.url)
    apps = {"youtube": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | more}
    aws.services["secretsmanager"].create_secret(Name=ENVIRONMENT["CHANNEL_APPS_SECRET"], SecretString=json.dumps(apps))
    return networks.service(YouTubeApi)


def connected(networks: Networks, studio: Studio, scopes: tuple[str, ...] = SCOPES, **changes: Any) -> Connection:
    """Connect the channel for a studio's owner, as signing in does."""
    grant = networks.grants.grant("google", scopes)
    missing = tuple(scope for scope in SCOPES if scope not in scopes)
    given: dict[str, Any] = {
        "network": NetworkName.YOUTUBE,
        "account_id": CHANNEL,
        "name": SHOW,
        "status": ConnectionStatus.HALF if missing else ConnectionStatus.CONNECTED,
        "scopes": scopes,
        "missing": missing,
        "problem": "Not everything was allowed; connect it again." if missing else "",
        "connected_at": AT,
    }
    connection = Connection.model_validate(given | changes)
    secret = {"access": grant.access, "refresh": grant.refresh, "expires_at": None, "scopes": list(scopes)}
    studio.connections.connect(connection, secret)
    return connection


@contextmanager
def on_loopback() -> Iterator[Networks]:
    """The networks, for a module of tests."""
    with Networks() as networks:
        yield networks
