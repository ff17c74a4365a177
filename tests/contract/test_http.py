"""How every network is spoken to: the one place that sends, against a server that fails in every published way."""

import gzip
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest
from pydantic import BaseModel

from studio.channels import http
from studio.channels.http import Answer, Network, retry_after
from studio.domain.errors import NotConnected, ProviderFailed, StudioError, Throttled, Unavailable
from tests.fakes.networks import Networks

pytestmark = pytest.mark.contract

PATH = "/2/tweets/{id}"
HERE = "/2/tweets/1"
FINE = {"said": "yes"}


class Said(BaseModel):
    said: str


class Access:
    """Tokens that are told in advance."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)

    def token(self) -> str:
        return self._tokens[0]

    def renew(self) -> None:
        if len(self._tokens) == 1:
            raise NotConnected("There is no other token.")
        self._tokens.pop(0)


type Open = Callable[..., tuple[Network, list[float]]]


@pytest.fixture
def opened(networks: Networks) -> Open:
    def make(*tokens: str, **more: object) -> tuple[Network, list[float]]:
        waits: list[float] = []
        access = Access(*tokens) if tokens else None
        return Network("X", networks.address("x"), access, wait=waits.append, **more), waits  # type: ignore[arg-type]

    return make


def answered(networks: Networks, *statuses: int, **headers: str) -> None:
    """Script one answer after the other; nobody else answers at this path."""
    for status in statuses:
        networks.fail("x", PATH, status, FINE, headers={name.replace("_", "-"): told for name, told in headers.items()})


def sent(networks: Networks) -> int:
    return len(networks.asked("x", PATH))


# Patience


def test_a_rate_limit_is_waited_for_as_long_as_it_asks(networks: Networks, opened: Open) -> None:
    network, waits = opened()
    answered(networks, 429, Retry_After="3")
    answered(networks, 429, 200)
    assert network.read(network.post(HERE), Said).said == "yes", "refused before it was done, so it is asked again"
    assert waits == [3.0, 1.0]


def test_a_rate_limit_in_http_dates(networks: Networks, opened: Open) -> None:
    network, waits = opened()
    answered(networks, 429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True))
    answered(networks, 200)
    network.get(HERE)
    assert 0 < waits[0] <= 3


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_wait_is_the_callers_affair(networks: Networks, opened: Open, status: int) -> None:
    network, waits = opened()
    answered(networks, status, Retry_After="3600")
    with pytest.raises((Throttled, Unavailable)) as raised:
        network.get(HERE)
    assert isinstance(raised.value, Throttled) is (status == 429)
    assert raised.value.retry_after == 3600
    assert waits == []


def test_patience_ends_after_three_attempts(networks: Networks, opened: Open) -> None:
    network, waits = opened()
    answered(networks, 429, 429, 429, 200)
    with pytest.raises(Throttled, match="patience"):
        network.get(HERE)
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("²", None),
        ("9" * 400, http.LONGEST_ASKED),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", 0.0),
        ("Wed, 21 Oct 9999 07:28:00 GMT", http.LONGEST_ASKED),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
    ],
)
def test_what_retry_after_may_say(told: str, seconds: float | None) -> None:
    assert retry_after(Answer(429, {"retry-after": told}, b"")) == seconds


# Broken servers and connections


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_tried_again_only_where_that_is_safe(networks: Networks, opened: Open, status: int) -> None:
    network, waits = opened()
    answered(networks, status, status, 200)
    assert network.get(HERE).status == 200
    assert waits == [0.5, 1.0]
    answered(networks, status, 200)
    assert network.post(HERE, again=True).status == 200
    answered(networks, status)
    before = sent(networks)
    with pytest.raises(Unavailable, match=str(status)) as raised:
        network.post(HERE, json={"text": "once"})
    assert raised.value.sent, "nobody knows whether it was done"
    assert sent(networks) == before + 1


def test_a_connection_that_ends_is_tried_again_only_where_that_is_safe(networks: Networks, opened: Open) -> None:
    network, _ = opened()
    networks.drop("x", PATH)
    answered(networks, 200)
    assert network.get(HERE).status == 200
    networks.drop("x", PATH)
    with pytest.raises(Unavailable, match="broke off") as raised:
        network.post(HERE)
    assert raised.value.sent


def test_half_an_answer_is_none(networks: Networks, opened: Open) -> None:
    network, _ = opened()
    networks.fail("x", PATH, 200, {"said": "x" * 1000}, cut=True)
    with pytest.raises(Unavailable, match="broke off") as raised:
        network.post(HERE)
    assert raised.value.sent


@pytest.mark.parametrize("body", [b"x" * 3000, gzip.compress(b"x" * 3000, mtime=0)])
def test_a_too_large_answer_is_not_read_to_its_end(
    networks: Networks, opened: Open, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(http, "MAX_ANSWER", 2000)
    network, _ = opened()
    headers = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    networks.fail("x", PATH, 200, body, headers=headers)
    with pytest.raises(Unavailable, match="more than a page"):
        network.post(HERE)


def test_an_answer_that_says_it_is_packed_and_is_not_is_none(networks: Networks, opened: Open) -> None:
    network, _ = opened()
    networks.fail("x", PATH, 200, b"not packed", headers={"Content-Encoding": "gzip"})
    with pytest.raises(Unavailable, match="broke off"):
        network.post(HERE)


def test_a_slow_answer_is_not_waited_for(networks: Networks, opened: Open) -> None:
    network, _ = opened(timeout=httpx2.Timeout(0.1))
    networks.slow("x", PATH, 2.0)
    with pytest.raises(Unavailable, match="too long") as raised:
        network.post(HERE)
    assert raised.value.sent


def test_an_answer_that_trickles_is_not_waited_for(
    networks: Networks, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_ANSWER", -1.0)
    network, _ = opened()
    answered(networks, 200)
    with pytest.raises(Unavailable, match="too long"):
        network.post(HERE)


def test_nobody_there_is_tried_again_because_nothing_was_sent() -> None:
    with Networks() as gone:
        address = gone.address("x")
    waits: list[float] = []
    with pytest.raises(Unavailable, match="could not be reached") as raised:
        Network("X", address, wait=waits.append).post(HERE)
    assert not raised.value.sent
    assert len(waits) == 2


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b""])
def test_what_is_no_answer_is_said_to_be_none(networks: Networks, opened: Open, body: bytes) -> None:
    network, _ = opened()
    networks.fail("x", PATH, 200, body)
    answer = network.get(HERE)
    answer.json()
    with pytest.raises(Unavailable, match="not an answer"):
        network.read(answer, Said)


# Tokens

SECRET = "access-token-nobody-may-read"


def test_an_expired_token_is_renewed_once_and_the_request_made_again(networks: Networks, opened: Open) -> None:
    network, waits = opened("old", "new")
    answered(networks, 401, 200)
    assert network.post(HERE).status == 200
    assert [request.token for request in networks.asked("x", PATH)] == ["old", "new"]
    assert waits == []


def test_a_token_that_stays_refused_needs_connecting_again(networks: Networks, opened: Open) -> None:
    network, _ = opened("old", "new", "never tried")
    answered(networks, 401, 401)
    with pytest.raises(NotConnected, match="Connect it again"):
        network.get(HERE)
    assert sent(networks) == 2


def test_a_refused_token_without_another_says_so(networks: Networks, opened: Open) -> None:
    network, _ = opened("only")
    answered(networks, 401)
    with pytest.raises(NotConnected, match="no other token"):
        network.get(HERE)


def test_without_a_token_a_401_is_a_refusal_like_any_other(networks: Networks, opened: Open) -> None:
    network, _ = opened()
    answered(networks, 401)
    with pytest.raises(ProviderFailed, match="401"):
        network.get(HERE)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_takes_no_token_along(networks: Networks, opened: Open, status: int) -> None:
    network, _ = opened(SECRET)
    elsewhere = f"{networks.address('reddit')}/trap"
    networks.fail("x", PATH, status, headers={"Location": elsewhere})
    with pytest.raises(ProviderFailed, match=str(status)):
        network.get(HERE)
    assert networks.asked("reddit", "/trap") == []


def test_a_whole_address_gets_the_token_only_at_home(networks: Networks, opened: Open) -> None:
    network, _ = opened(SECRET)
    answered(networks, 200, 200)
    network.get(networks.address("x") + HERE)
    network.get(networks.address("x").replace("127.0.0.1", "localhost") + HERE)
    assert [request.token for request in networks.asked("x", PATH)] == [SECRET, None]


def test_kin_is_told_by_whole_labels_and_by_https() -> None:
    network = Network("Google", "https://www.googleapis.com", kin=("googleapis.com",))
    assert network.own("https://www.googleapis.com/upload")
    assert network.own("https://youtube.googleapis.com/upload")
    assert not network.own("http://youtube.googleapis.com/upload")
    assert not network.own("https://evil-googleapis.com/upload")
    assert not network.own("https://googleapis.com.evil.example/upload")
    assert not network.own("https://www.googleapis.com@evil.example/upload")
    assert not network.own("nonsense")


@pytest.mark.parametrize("damaged", ["two\nlines", "schlüssel", ""])
def test_a_damaged_token_is_never_sent(networks: Networks, opened: Open, damaged: str) -> None:
    network, _ = opened(damaged)
    with pytest.raises(NotConnected, match="damaged"):
        network.get(HERE)
    assert networks.requests == []


def _break(networks: Networks, outcome: str) -> None:
    match outcome:
        case "drop":
            networks.drop("x", PATH, times=3)
        case "cut":
            networks.cut("x", PATH, times=3)
        case "slow":
            networks.slow("x", PATH, 2.0, times=3)
        case "nonsense":
            networks.fail("x", PATH, 200, {"said": {"token": SECRET}}, times=3)
        case _:
            networks.fail("x", PATH, int(outcome), {"error": f"Bearer {SECRET} is bad"}, times=3)


@pytest.mark.parametrize("outcome", ["drop", "cut", "slow", "nonsense", "302", "400", "401", "403", "429", "500"])
def test_no_token_in_any_error_or_log(
    networks: Networks, opened: Open, caplog: pytest.LogCaptureFixture, outcome: str
) -> None:
    caplog.set_level(logging.DEBUG)
    network, _ = opened(SECRET, timeout=httpx2.Timeout(0.1))
    _break(networks, outcome)
    with pytest.raises(StudioError) as raised:
        network.read(network.get(HERE, {"access_token": SECRET}), Said)
    told = "".join(traceback.format_exception(raised.value))
    assert SECRET not in told
    assert SECRET not in repr(raised.value)
    assert SECRET not in caplog.text


# What a network means


def test_a_refusal_may_hide_in_a_200_and_a_refusal_in_it_may_mean_the_token(networks: Networks, opened: Open) -> None:
    def refusal(answer: Answer) -> StudioError | None:
        told = answer.json()
        match told.get("error") if isinstance(told, dict) else None:
            case "token":
                return http.Expired()
            case "closed":
                return ProviderFailed("X says that comments are closed.")
        return None

    network, _ = opened("old", "new", refusal=refusal)
    networks.fail("x", PATH, 200, {"error": "token"})
    answered(networks, 200)
    assert network.get(HERE).status == 200
    networks.fail("x", PATH, 200, {"error": "closed"})
    with pytest.raises(ProviderFailed, match="comments are closed"):
        network.get(HERE)


def test_a_status_may_be_an_answer(networks: Networks, opened: Open) -> None:
    network, _ = opened()
    answered(networks, 404, 404)
    assert network.send("PUT", HERE, again=False, accept=(404,)).status == 404
    with pytest.raises(ProviderFailed, match="404"):
        network.send("PUT", HERE, again=False)
