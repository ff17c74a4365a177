"""Amazon's client against the Creators API on loopback: offers as they are now, and accounts that may not ask."""

from decimal import Decimal

import pytest

from studio.channels.amazon import Amazon
from studio.channels.amazon_access import AmazonAccess
from studio.domain.errors import NotConnected, ProviderFailed, Throttled, Unavailable
from tests.fakes.amazon_api import TAG, AmazonApi, item
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.networks import Networks

pytestmark = pytest.mark.contract

TOKEN = "/auth/o2/token"
SEARCH = "/catalog/v1/searchItems"


@pytest.fixture
def api(networks: Networks) -> AmazonApi:
    kept = networks.service(AmazonApi)
    kept.items = [
        item("B01N5IB20Q", "Brass key, antique", price=19.99),
        item("B09V3KXJPB", "Key ring", price=4.5, stock="OUT_OF_STOCK"),
        item("B000000001", "Skeleton key", price=None),
    ]
    return kept


def access(networks: Networks, secret: str = CLIENT_SECRET, **more: object) -> AmazonAccess:
    return AmazonAccess(networks.address("amazon_oauth"), CLIENT_ID, secret, wait=lambda _: None, **more)  # type: ignore[arg-type]


def client(networks: Networks, allowed: AmazonAccess, tag: str = TAG) -> Amazon:
    base = networks.address("amazon")
    return Amazon(base, allowed, tag=tag, marketplace="www.amazon.com", wait=lambda _: None)


@pytest.fixture
def amazon(networks: Networks, api: AmazonApi) -> Amazon:
    return client(networks, access(networks))


def test_what_is_sold_under_some_words_carries_the_partners_tag(amazon: Amazon, networks: Networks) -> None:
    brass, ring, skeleton = amazon.search("key")
    assert (brass.asin, brass.title, brass.price, brass.currency) == (
        "B01N5IB20Q",
        "Brass key, antique",
        Decimal("19.99"),
        "USD",
    )
    assert brass.url.startswith("https://www.amazon.com/dp/B01N5IB20Q?tag=theshow-20")
    assert (brass.display_price, brass.available, brass.availability) == ("$19.99", True, "In Stock")
    assert brass.image == "https://m.media.example/B01N5IB20Q.jpg"
    assert ring.available is False
    assert (skeleton.price, skeleton.available) == (None, None)
    [asked] = networks.asked("amazon", SEARCH)
    assert asked.headers["x-marketplace"] == "www.amazon.com"
    assert asked.json()["partnerTag"] == TAG


def test_nothing_found_is_no_error_although_amazon_says_so(amazon: Amazon) -> None:
    assert amazon.search("lock") == []
    assert amazon.offers(["B404", "B405"]) == []


def test_other_errors_inside_a_200_are(amazon: Amazon, api: AmazonApi) -> None:
    api.errors_in_200 = [{"code": "InternalFailure", "message": "It did not work out."}]
    with pytest.raises(ProviderFailed, match=r"InternalFailure.: It did not work out"):
        amazon.search("lock")
    assert len(amazon.search("key")) == 3, "partial errors do not take away what was found"
    api.errors_in_200 = [{"code": "TooManyRequests", "message": "Slower."}]
    with pytest.raises(Throttled):
        amazon.search("lock")


def test_products_are_looked_up_ten_at_a_time_without_those_that_are_gone(
    amazon: Amazon, api: AmazonApi, networks: Networks
) -> None:
    api.items = [item(f"B{n:09}", f"Thing {n}") for n in range(25)]
    wanted = [*(each["asin"] for each in api.items), "B404"]
    assert [each.asin for each in amazon.offers(wanted)] == wanted[:-1]
    assert len(networks.asked("amazon", "/catalog/v1/getItems")) == 3


def test_one_token_serves_until_it_is_nearly_over(networks: Networks, api: AmazonApi) -> None:
    at = [0.0]
    amazon = client(networks, access(networks, clock=lambda: at[0]))
    for moment, tokens in ((0.0, 1), (3500.0, 1), (3541.0, 2)):
        at[0] = moment
        amazon.search("key")
        assert len(networks.asked("amazon_oauth", TOKEN)) == tokens


def test_a_token_refused_early_is_replaced_once(networks: Networks, api: AmazonApi) -> None:
    allowed = access(networks)
    amazon = client(networks, allowed)
    networks.grants.expire(allowed.token())
    assert len(amazon.search("key")) == 3
    assert len(networks.asked("amazon_oauth", TOKEN)) == 2
    networks.fail("amazon", SEARCH, 401, {"type": "UnauthorizedException", "reason": "InvalidToken"}, times=2)
    with pytest.raises(NotConnected):
        amazon.search("key")


def test_credentials_that_are_refused_are_never_shown(networks: Networks, api: AmazonApi) -> None:
    with pytest.raises(NotConnected, match="does not accept these credentials") as raised:
        client(networks, access(networks, "a-wrong-secret")).search("key")
    assert "a-wrong-secret" not in str(raised.value)


def test_an_account_without_sales_is_told_so(amazon: Amazon, api: AmazonApi, networks: Networks) -> None:
    api.eligible = False
    with pytest.raises(NotConnected, match="AssociateNotEligible"):
        amazon.search("key")
    api.eligible = True
    with pytest.raises(NotConnected, match="partner tag"):
        client(networks, access(networks), tag="somebody-20").search("key")


def test_throttling_is_waited_out_then_told(amazon: Amazon, api: AmazonApi, networks: Networks) -> None:
    said = {"type": "ThrottleException", "message": "Request was throttled."}
    networks.fail("amazon", SEARCH, 429, said)
    assert len(amazon.search("key")) == 3
    api.calls_left = 0
    with pytest.raises(Throttled) as raised:
        amazon.search("key")
    assert raised.value.retry_after == 1.0


def test_what_is_no_answer_is_unavailable(amazon: Amazon, networks: Networks) -> None:
    networks.fail("amazon", SEARCH, 200, "<html>")
    with pytest.raises(Unavailable):
        amazon.search("key")
    networks.fail("amazon", SEARCH, 503, times=3)
    with pytest.raises(Unavailable):
        amazon.search("key")
    networks.fail("amazon_oauth", TOKEN, 503, times=3)
    with pytest.raises(Unavailable):
        access(networks).token()
