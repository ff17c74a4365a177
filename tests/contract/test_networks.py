"""The stand-in for the networks itself, where everything else leans on it."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.fakes.networks import Networks

pytestmark = pytest.mark.contract

PATH = "/api/v1/access_token"


@pytest.fixture
def browser() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=5) as client:
        yield client


def test_what_goes_wrong_is_scripted_in_order_and_then_over(networks: Networks, browser: httpx2.Client) -> None:
    networks.fail("reddit_oauth", PATH, 503, {"said": "first"})
    networks.fail("reddit_oauth", PATH, 502, times=1, skip=1)
    url = networks.address("reddit_oauth") + PATH

    assert [browser.post(url).status_code for _ in range(4)] == [503, 401, 502, 401]
    assert len(networks.asked("reddit_oauth", PATH, "POST")) == 4


def test_a_connection_ends_before_or_after_the_work_or_in_the_middle_of_the_answer(
    networks: Networks, browser: httpx2.Client
) -> None:
    networks.drop("reddit_oauth", PATH)
    networks.drop("reddit_oauth", PATH, done=True)
    networks.cut("reddit_oauth", PATH)
    for _ in range(3):
        with pytest.raises(httpx2.RemoteProtocolError):
            browser.post(networks.address("reddit_oauth") + PATH)


def test_it_can_be_steered_over_http(networks: Networks, browser: httpx2.Client) -> None:
    wrong = {"host": "x", "path": "/2/tweets/{id}", "status": 429, "headers": {"Retry-After": "7"}}
    assert browser.post(f"{networks.url}/_misbehave", json=wrong).status_code == 200
    assert browser.post(f"{networks.url}/_misbehave", json={"unheard": 1}).status_code == 400
    answer = browser.get(networks.address("x") + "/2/tweets/5", headers={"Authorization": "Bearer secret"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    listed = browser.get(f"{networks.url}/_requests")
    assert [(request["host"], request["path"]) for request in listed.json()] == [("x", "/2/tweets/5")]
    assert "secret" not in listed.text
    assert browser.post(f"{networks.url}/_reset").status_code == 200
    assert networks.requests == []
