"""Accounts elsewhere: signed in to once, kept fresh, never shown, and given up when they are over."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from functions.connections import app
from studio.channels.http import Network
from studio.domain.connection import BY_KEY, ConnectionStatus, NetworkName
from studio.domain.errors import Conflict, NotConnected, ProviderMissing
from studio.entry import Studio
from tests.conftest import ENVIRONMENT, Answer, call, http_event
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.networks import Networks
from tests.fakes.oauth_api import OAuthApi
from tests.fakes.stripe_api import KEY as STRIPE_KEY
from tests.unit.memory import ADDRESS, MemoryAws

SIGNED_IN_TO = ["youtube", "tiktok", "instagram", "x", "reddit"]
LOOPBACK = "http://127.0.0.1:53111/"


@pytest.fixture(scope="module")
def _networks() -> Iterator[Networks]:
    with Networks() as networks:
        yield networks


@pytest.fixture
def networks(_networks: Networks, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Networks:
    """The networks, at which the operator has registered the studio."""
    _networks.reset()
    monkeypatch.setenv("CHANNELS_GATEWAY", _networks.url)
    registered = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    apps = {network: registered for network in NetworkName if network not in BY_KEY}
    aws.services["secretsmanager"].create_secret(Name=ENVIRONMENT["CHANNEL_APPS_SECRET"], SecretString=json.dumps(apps))
    return _networks


def opened(owner: str = "amina", after: timedelta = timedelta()) -> Studio:
    studio = Studio.opened_for(owner)
    now = studio.clock()
    studio.clock = lambda: now + after
    return studio


def started(network: str, owner: str = "amina", **body: Any) -> Answer:
    return call(app.handler, http_event("POST", f"/connections/{network}", body, owner=owner))


def allowed(address: str) -> dict[str, str]:
    """Open the consent page as a browser would, consent, and return what comes back with it."""
    back = httpx.get(address, follow_redirects=False, trust_env=False).headers["location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def finished(network: str, back: dict[str, str], owner: str = "amina") -> Answer:
    body = {"state": back["state"], "code": back["code"]}
    return call(app.handler, http_event("POST", f"/connections/{network}/finish", body, owner=owner))


def connected(network: str, owner: str = "amina") -> Answer:
    return finished(network, allowed(started(network, owner, return_to=LOOPBACK).body["authorize_url"]), owner)


def listed(owner: str = "amina") -> Any:
    return call(app.handler, http_event("GET", "/connections", owner=owner)).body


def test_without_an_account_it_says_what_each_bot_needs(aws: MemoryAws) -> None:
    told = listed()
    assert told["items"] == []
    assert {entry["network"] for entry in told["networks"] if not entry["available"]} == {
        "youtube", "tiktok", "instagram", "x", "reddit",
    }  # fmt: skip
    assert told["needs"]["digital-product-bot"] == ["Connect Stripe for taking payment."]


def test_a_network_where_nobody_registered_the_studio_says_so(aws: MemoryAws) -> None:
    answer = started("x", return_to=LOOPBACK)
    assert (answer.status, answer.body["type"]) == (503, "urn:episode-studio:provider_unavailable")
    assert "docs/operations.md" in answer.body["detail"]


@pytest.mark.parametrize("network", SIGNED_IN_TO)
def test_an_account_is_connected_by_signing_in_there(networks: Networks, network: str) -> None:
    answer = connected(network)
    assert answer.status == 201, answer.body
    [connection] = listed()["items"]
    assert (connection["network"], connection["status"], connection["missing"]) == (network, "connected", [])
    assert connection["account_id"] == answer.body["items"][0]["account_id"]
    assert not [need for needs in listed()["needs"].values() for need in needs if need == f"Connect {network}"]


def test_the_consent_page_leads_back_to_the_stack_where_nothing_else_is_said(networks: Networks) -> None:
    address = started("x").body["authorize_url"]
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == [f"{ADDRESS}/connections/callback"]


@pytest.mark.parametrize("back", ["https://evil.example/", "http://10.0.0.1:80/", "http://127.0.0.1.evil.example:80/"])
def test_the_consent_page_leads_nowhere_else(networks: Networks, back: str) -> None:
    assert started("x", return_to=back).status == 422


def test_who_is_led_into_somebody_elses_sign_in_cannot_finish_it(networks: Networks) -> None:
    back = allowed(started("x", "mallory", return_to=LOOPBACK).body["authorize_url"])
    assert finished("x", back, "amina").status == 409
    assert listed("amina")["items"] == listed("mallory")["items"] == []


def test_a_sign_in_is_finished_once(networks: Networks) -> None:
    back = allowed(started("x", return_to=LOOPBACK).body["authorize_url"])
    assert finished("x", back).status == 201
    again = finished("x", back)
    assert (again.status, again.body["type"]) == (409, "urn:episode-studio:conflict")


def test_a_sign_in_left_lying_is_over(networks: Networks) -> None:
    studio = opened()
    studio.connections.begin("state", NetworkName.X, {"verifier": "v"}, studio.clock() - timedelta(minutes=11))
    with pytest.raises(Conflict, match="too old"):
        studio.connections.finish("state", NetworkName.X, studio.clock())


def test_a_code_that_is_not_honoured_connects_nothing(networks: Networks) -> None:
    state = started("x", return_to=LOOPBACK).body["state"]
    answer = finished("x", {"state": state, "code": "made-up"})
    assert (answer.status, answer.body["type"]) == (409, "urn:episode-studio:not_connected")
    assert listed()["items"] == []


def test_an_account_that_allows_only_half_says_what_is_missing(networks: Networks) -> None:
    networks.service(OAuthApi).leaves_out = {"tweet.write"}
    connected("x")
    [connection] = listed()["items"]
    assert (connection["status"], connection["missing"]) == ("half", ["tweet.write"])
    assert "every box" in connection["problem"]


def test_tokens_are_in_no_answer_item_or_log_line(networks: Networks, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "studio")
    answer = connected("x")
    studio = opened()
    secret = studio.connections.secret(NetworkName.X, answer.body["items"][0]["account_id"])
    from tests.unit.made import items_of

    for hidden in (secret["access"], secret["refresh"]):
        assert hidden not in json.dumps(answer.body) + json.dumps(listed()) + str(items_of(studio)) + caplog.text


def test_a_token_that_is_nearly_over_is_renewed_and_kept(networks: Networks) -> None:
    account = connected("x").body["items"][0]["account_id"]
    before = opened().connections.secret(NetworkName.X, account)
    _, access = opened(after=timedelta(hours=2)).accounts.access(NetworkName.X)
    assert access.token() != before["access"]
    assert opened().connections.secret(NetworkName.X, account)["access"] == access.token()


def test_of_two_that_renew_at_once_neither_loses_the_account(networks: Networks) -> None:
    """X's refresh tokens renew once: the second one's is spent."""
    connected("x")
    one, two = (opened().accounts.access(NetworkName.X)[1] for _ in range(2))
    one.token(), two.token()
    one.renew()
    two.renew()
    assert one.token() == two.token()
    assert opened().connections.get(NetworkName.X).status is ConnectionStatus.CONNECTED


def test_an_account_that_was_revoked_over_there_says_so_and_is_not_tried_again(networks: Networks) -> None:
    account = connected("x").body["items"][0]["account_id"]
    secret = opened().connections.secret(NetworkName.X, account)
    networks.grants.revoke(secret["refresh"])
    networks.grants.revoke(secret["access"])
    _, access = opened().accounts.access(NetworkName.X)
    with pytest.raises(NotConnected, match="Connect it again"):
        Network("X", networks.address("x"), access).get("/2/users/me")
    [connection] = listed()["items"]
    assert connection["status"] == "revoked"
    with pytest.raises(NotConnected, match="no longer honours"):
        opened().accounts.access(NetworkName.X)
    assert connected("x").status == 201
    assert listed()["items"][0]["status"] == "connected"


def test_where_several_are_connected_one_has_to_be_named(networks: Networks) -> None:
    connected("x")
    networks.grants.account = "account-2"
    connected("x")
    with pytest.raises(Conflict, match="Say which"):
        opened().accounts.access(NetworkName.X)
    assert opened().accounts.access(NetworkName.X, "account-2")[0].account_id == "account-2"


def test_what_is_not_connected_says_so(networks: Networks) -> None:
    with pytest.raises(NotConnected, match="No Reddit account"):
        opened().accounts.access(NetworkName.REDDIT)


def test_disconnecting_forgets_the_tokens_and_tells_the_network(networks: Networks, aws: MemoryAws) -> None:
    account = connected("x").body["items"][0]["account_id"]
    answer = call(app.handler, http_event("DELETE", f"/connections/x/{account}"))
    assert (answer.status, answer.body) == (200, {"revoked": True})
    assert listed()["items"] == []
    assert list(aws.services["secretsmanager"].values) == [ENVIRONMENT["CHANNEL_APPS_SECRET"]]
    assert networks.asked("x", "/2/oauth2/revoke", "POST")


def test_nobody_disconnects_somebody_elses_account(networks: Networks) -> None:
    account = connected("x").body["items"][0]["account_id"]
    assert call(app.handler, http_event("DELETE", f"/connections/x/{account}", owner="bile")).status == 404
    assert len(listed()["items"]) == 1


def test_a_sign_in_is_no_way_to_connect_what_takes_a_key(networks: Networks) -> None:
    assert started("stripe").status == 422
    key = call(app.handler, http_event("PUT", "/connections/x/key", {"api_key": "k" * 20}))
    assert key.status == 422


def keyed(network: str, **key: str) -> Answer:
    return call(app.handler, http_event("PUT", f"/connections/{network}/key", key))


def test_stripe_is_connected_with_a_key_that_was_tried(networks: Networks, aws: MemoryAws) -> None:
    refused = keyed("stripe", api_key="rk_test_made_up_by_somebody")
    assert (refused.status, refused.body["errors"][0]["path"]) == (422, "api_key")
    assert listed()["items"] == []
    answer = keyed("stripe", api_key=STRIPE_KEY, signing_secret="whsec_" + "s" * 24)
    assert answer.status == 200, answer.body
    assert STRIPE_KEY not in json.dumps(answer.body) + json.dumps(listed())
    assert opened().accounts.key(NetworkName.STRIPE)["api_key"] == STRIPE_KEY
    assert opened().accounts.stripe().account().id == listed()["items"][0]["account_id"]


def test_a_new_key_takes_the_place_of_the_old_one(networks: Networks) -> None:
    keyed("stripe", api_key=STRIPE_KEY)
    keyed("stripe", api_key=STRIPE_KEY, signing_secret="whsec_" + "t" * 24)
    assert len(listed()["items"]) == 1
    assert opened().accounts.key(NetworkName.STRIPE)["signing_secret"].endswith("t")


def test_amazon_takes_its_three_parts_together(networks: Networks) -> None:
    assert keyed("amazon", api_key=CLIENT_ID).status == 422
    assert keyed("amazon", api_key=CLIENT_ID, api_secret="not-the-secret", partner_tag="theshow-20").status == 422
    assert keyed("amazon", api_key=CLIENT_ID, api_secret=CLIENT_SECRET, partner_tag="theshow-20").status == 200
    assert listed()["items"][0]["account_id"] == "theshow-20"


def test_a_secret_that_vanished_is_told_as_a_lost_connection(networks: Networks, aws: MemoryAws) -> None:
    account = connected("x").body["items"][0]["account_id"]
    aws.services["secretsmanager"].values.pop(f"studio/connections/amina/x/{account}")
    with pytest.raises(NotConnected, match="lost its key"):
        opened().accounts.access(NetworkName.X)[1].token()


def test_an_operator_who_registered_nowhere_is_named_as_the_one_to_ask(aws: MemoryAws) -> None:
    with pytest.raises(ProviderMissing, match="operator"):
        opened().accounts.oauth(NetworkName.YOUTUBE)


def test_times_keep_their_zone_in_what_is_kept(networks: Networks) -> None:
    account = connected("x").body["items"][0]["account_id"]
    at = datetime.fromisoformat(opened().connections.secret(NetworkName.X, account)["expires_at"])
    assert at.tzinfo is not None
