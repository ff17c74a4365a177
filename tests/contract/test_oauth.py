"""Connecting accounts: consent, exchange, renewal and revocation in each network's own dialect."""

import logging
import traceback
from datetime import UTC, datetime, timedelta
from typing import get_args
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from studio.channels.access import Connected, ForApplication
from studio.channels.http import Network
from studio.channels.oauth import Client, OAuth, Tokens, challenge_of, new_verifier
from studio.channels.oauth_networks import NETWORKS, Capability, NetworkName
from studio.domain.errors import NotConnected, ProviderFailed, StudioError, Unavailable
from tests.conftest import Clock
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.networks import Networks
from tests.fakes.oauth_api import OAuthApi

pytestmark = pytest.mark.contract

NAMES: tuple[NetworkName, ...] = get_args(NetworkName)
BACK = "https://studio.example/connections/callback?from=network"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def opened(networks: Networks, name: NetworkName, secret: str = CLIENT_SECRET) -> OAuth:
    client = Client(CLIENT_ID, secret)
    return OAuth(name, client, gateway=networks.url, clock=lambda: NOW, wait=lambda _: None)


def consent(oauth: OAuth, verifier: str, *capabilities: Capability) -> dict[str, str]:
    """Follow the consent page to where it sends the browser back."""
    url = oauth.authorize_url(BACK, "state-1", challenge_of(verifier), capabilities or ("profile", "publish"))
    with httpx2.Client(trust_env=False, timeout=5) as browser:
        answer = browser.get(url)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def connect(oauth: OAuth, *capabilities: Capability) -> Tokens:
    verifier = new_verifier()
    return oauth.exchange(consent(oauth, verifier, *capabilities)["code"], verifier, BACK)


@pytest.mark.parametrize("name", NAMES)
def test_an_account_is_connected_and_its_tokens_renewed(networks: Networks, name: NetworkName) -> None:
    oauth = opened(networks, name)
    tokens = connect(oauth)
    assert networks.grants.check(name, tokens.access).account == "account-1"
    assert tokens.missing(oauth.needed(("profile", "publish"))) == ()
    assert tokens.expires_at is not None
    assert tokens.expires_at > NOW
    assert (tokens.refresh is None) is (name == "instagram"), "Instagram's token renews itself"

    renewed = oauth.refresh(tokens)
    assert renewed.access != tokens.access
    assert renewed.scopes == tokens.scopes
    networks.grants.check(name, renewed.access)
    oauth.refresh(renewed)


def test_the_consent_page_is_asked_in_each_dialect() -> None:
    def asked(name: NetworkName) -> tuple[str, dict[str, str]]:
        url = urlsplit(OAuth(name, Client("id-1", "s")).authorize_url(BACK, "st", "ch", ["publish"]))
        return f"{url.scheme}://{url.netloc}{url.path}", dict(parse_qsl(url.query))

    where, google = asked("google")
    assert where == "https://accounts.google.com/o/oauth2/v2/auth"
    assert (google["access_type"], google["prompt"]) == ("offline", "consent")
    assert (google["code_challenge"], google["code_challenge_method"]) == ("ch", "S256")
    assert google["scope"].split() == [
        "https://www.googleapis.com/auth/youtube.upload",
        "https://www.googleapis.com/auth/youtube.force-ssl",
    ]
    _, tiktok = asked("tiktok")
    assert (tiktok["client_key"], tiktok["scope"]) == ("id-1", "user.info.basic,video.publish,video.upload")
    assert "code_challenge" not in tiktok
    _, x = asked("x")
    assert "offline.access" in x["scope"].split(" ")
    assert asked("reddit")[1]["duration"] == "permanent"
    assert asked("instagram")[0] == "https://www.instagram.com/oauth/authorize"
    for name in NAMES:
        assert asked(name)[1]["redirect_uri"] == BACK


def test_the_challenge_is_the_one_of_the_rfc() -> None:
    # RFC 7636, appendix B.
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert 43 <= len(new_verifier()) <= 128


def test_who_says_no_is_sent_back_without_a_code(networks: Networks) -> None:
    networks.service(OAuthApi).denies = True
    assert consent(opened(networks, "google"), "v") == {"from": "network", "state": "state-1", "error": "access_denied"}


def test_scopes_that_were_left_out_are_visible(networks: Networks) -> None:
    oauth = opened(networks, "google")
    upload = "https://www.googleapis.com/auth/youtube.upload"
    networks.service(OAuthApi).leaves_out = {upload}
    assert connect(oauth).missing(oauth.needed(("publish",))) == (upload,)


@pytest.mark.parametrize("name", NAMES)
def test_a_code_is_good_once(networks: Networks, name: NetworkName) -> None:
    oauth, verifier = opened(networks, name), new_verifier()
    code = consent(oauth, verifier)["code"]
    oauth.exchange(code, verifier, BACK)
    with pytest.raises(NotConnected, match="Connect it again"):
        oauth.exchange(code, verifier, BACK)


@pytest.mark.parametrize("name", [name for name in NAMES if NETWORKS[name].pkce])
def test_somebody_elses_code_is_of_no_use(networks: Networks, name: NetworkName) -> None:
    oauth = opened(networks, name)
    code = consent(oauth, new_verifier())["code"]
    with pytest.raises(NotConnected):
        oauth.exchange(code, new_verifier(), BACK)


@pytest.mark.parametrize("name", NAMES)
def test_consent_that_was_taken_back_needs_connecting_again(networks: Networks, name: NetworkName) -> None:
    oauth = opened(networks, name)
    tokens = connect(oauth)
    networks.grants.revoke(tokens.access)
    with pytest.raises(NotConnected, match="Connect it again"):
        oauth.refresh(tokens)


@pytest.mark.parametrize("name", NAMES)
def test_an_application_with_the_wrong_secret_is_no_connection_lost(networks: Networks, name: NetworkName) -> None:
    verifier = new_verifier()
    code = consent(opened(networks, name), verifier)["code"]
    with pytest.raises(StudioError) as raised:
        opened(networks, name, "wrong").exchange(code, verifier, BACK)
    assert isinstance(raised.value, NotConnected if name == "instagram" else ProviderFailed)


@pytest.mark.parametrize("name", NAMES)
def test_a_connection_is_ended_at_the_network_where_it_has_a_way(networks: Networks, name: NetworkName) -> None:
    oauth = opened(networks, name)
    tokens = connect(oauth)
    assert oauth.revoke(tokens) is (name != "instagram")
    assert networks.grants.revoked(tokens.access) is (name != "instagram")
    assert oauth.revoke(Tokens("unheard", "of")) is (name != "instagram"), "as good as revoked"


def test_a_refresh_token_that_rotates_is_kept_and_never_risked(networks: Networks) -> None:
    oauth = opened(networks, "x")
    tokens = connect(oauth)
    renewed = oauth.refresh(tokens)
    assert renewed.refresh != tokens.refresh
    with pytest.raises(NotConnected):
        oauth.refresh(tokens)
    networks.drop("x", "/2/oauth2/token", done=True)
    before = len(networks.requests)
    with pytest.raises(Unavailable):
        oauth.refresh(renewed)
    assert len(networks.requests) == before + 1, "asking again could end the connection"


def test_a_refresh_token_that_stays_is_kept(networks: Networks) -> None:
    oauth = opened(networks, "google")
    tokens = connect(oauth)
    networks.drop("google_token", "/token")
    assert oauth.refresh(tokens).refresh == tokens.refresh


def test_without_a_refresh_token_there_is_nothing_to_renew(networks: Networks) -> None:
    with pytest.raises(NotConnected, match="no lasting connection"):
        opened(networks, "google").refresh(Tokens("access"))
    assert networks.requests == []


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (503, b"<html>", Unavailable),
        (400, {"error": "temporarily_unavailable"}, Unavailable),
        (200, {"error": "invalid_grant"}, NotConnected),
        (400, {"error": "invalid_scope"}, ProviderFailed),
        (200, b"not json", Unavailable),
        (200, {"token_type": "bearer"}, Unavailable),
        (200, {"access_token": ""}, Unavailable),
        (200, {"access_token": "a", "expires_in": "soon"}, Unavailable),
    ],
)
def test_token_endpoints_fail_in_many_ways(
    networks: Networks, status: int, body: bytes | dict[str, str], expected: type[StudioError]
) -> None:
    networks.fail("google_token", "/token", status, body, times=3)
    with pytest.raises(expected):
        opened(networks, "google").refresh(Tokens("access", "refresh"))


def test_nothing_secret_in_sight(networks: Networks, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    oauth = opened(networks, "instagram")
    tokens = connect(oauth)
    oauth.refresh(tokens)
    networks.fail("instagram", "/refresh_access_token", 200, {"access_token": {"odd": tokens.access}}, times=3)
    with pytest.raises(Unavailable) as raised:
        oauth.refresh(tokens)
    told = "".join(traceback.format_exception(raised.value)) + caplog.text + repr(tokens) + repr(Client("i", "hidden"))
    for secret in (tokens.access, CLIENT_SECRET, "hidden"):
        assert secret not in told
    assert repr(Tokens("a-token", "r-token")) == "Tokens(expires_at=None, scopes=())"


# Access


def test_a_connection_renews_itself_in_time_and_keeps_what_it_got(networks: Networks) -> None:
    clock, kept = Clock(NOW), list[Tokens]()
    oauth = opened(networks, "x")
    access = Connected(oauth, connect(oauth), kept.append, clock=clock)
    first = access.token()
    assert access.token() == first
    clock.at = NOW + timedelta(seconds=7200 - 59)
    second = access.token()
    assert second != first
    assert [tokens.access for tokens in kept] == [second]


def test_a_token_refused_before_its_time_is_renewed_by_the_request(networks: Networks) -> None:
    kept = list[Tokens]()
    oauth = opened(networks, "google")
    access = Connected(oauth, connect(oauth), kept.append, clock=lambda: NOW)
    first = access.token()
    networks.fail("google", "/youtube/v3/channels", 401)
    networks.fail("google", "/youtube/v3/channels", 200)
    Network("YouTube", networks.address("google"), access, wait=lambda _: None).get("/youtube/v3/channels")
    assert [request.token for request in networks.asked("google", "/youtube/v3/channels")] == [first, kept[0].access]


def test_two_that_renew_at_once_end_up_with_the_same_connection(networks: Networks) -> None:
    oauth = opened(networks, "x")
    old = connect(oauth)
    kept = [old]
    first = Connected(oauth, old, kept.append, lambda: kept[-1], clock=lambda: NOW)
    second = Connected(oauth, old, kept.append, lambda: kept[-1], clock=lambda: NOW)
    first.renew()
    second.renew()
    assert second.token() == first.token() == kept[-1].access
    networks.grants.revoke(first.token())
    with pytest.raises(NotConnected):
        second.renew()


def test_the_application_has_tokens_of_its_own(networks: Networks) -> None:
    access = ForApplication(opened(networks, "reddit"), lambda: NOW)
    first = access.token()
    assert access.token() == first
    assert networks.grants.check("reddit", first).refresh is None
    access.renew()
    assert access.token() != first
