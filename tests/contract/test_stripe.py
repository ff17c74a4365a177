"""Stripe's client against Stripe on loopback: created once, paid, given back; and what is really from Stripe."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from studio.channels.stripe import Key, Stripe, form
from studio.channels.stripe_webhook import Unsigned, verified
from studio.domain.errors import Conflict, Invalid, NotConnected, NotFound, ProviderFailed, Unavailable
from tests.fakes.networks import Networks
from tests.fakes.stripe_api import KEY, StripeApi, event, signature

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
SECRET, OLD = "whsec_new", "whsec_old"


@pytest.fixture
def api(networks: Networks) -> StripeApi:
    return networks.service(StripeApi)


@pytest.fixture
def stripe(networks: Networks) -> Stripe:
    return Stripe(networks.address("stripe"), Key(KEY), wait=lambda _: None)


def sold(stripe: Stripe) -> str:
    product = stripe.product("The script", key="p-1", description="As a PDF", metadata={"episode": "7"})
    price = stripe.price(product.id, 500, "USD", key="p-2")
    return stripe.payment_link(
        price.id, key="p-3", metadata={"owner": "o-1", "episode": "7"}, thanks="https://show.example/thanks"
    ).id


def test_a_product_gets_a_price_and_an_address_to_pay_at(stripe: Stripe, api: StripeApi, networks: Networks) -> None:
    assert (stripe.account().id, stripe.account().charges_enabled) == ("acct_1", True)
    link = sold(stripe)
    assert api.made[link]["metadata"] == {"owner": "o-1", "episode": "7"}
    assert api.made[link]["after_completion"]["redirect"] == {"url": "https://show.example/thanks"}
    assert stripe.close(link, key="p-4").active is False
    assert {asked.headers["stripe-version"] for asked in networks.requests} == {"2025-09-30.clover"}
    assert all(asked.headers.get("idempotency-key") for asked in networks.requests if asked.method == "POST")


@pytest.mark.parametrize("step", [0, 1, 2])
def test_what_is_created_is_created_once_although_its_answer_is_lost(
    stripe: Stripe, api: StripeApi, networks: Networks, step: int
) -> None:
    networks.drop("stripe", ["/v1/products", "/v1/prices", "/v1/payment_links"][step], done=True)
    sold(stripe)
    sold(stripe)
    assert [made["object"] for made in api.made.values()] == ["product", "price", "payment_link"]


def test_a_key_used_for_something_else_is_a_conflict(stripe: Stripe) -> None:
    stripe.product("One", key="same")
    with pytest.raises(Conflict, match="another content"):
        stripe.product("Two", key="same")


def test_a_request_still_at_work_is_waited_for(stripe: Stripe, api: StripeApi) -> None:
    api.busy.add("p-1")
    assert stripe.product("One", key="p-1").name == "One"


def test_a_checkout_says_whether_it_is_paid(stripe: Stripe, api: StripeApi) -> None:
    link = sold(stripe)
    paid = api.pay(link)
    later = api.pay(link, payment_status="unpaid")
    session = stripe.session(paid["id"])
    assert (session.paid, session.metadata["owner"], session.amount_total) == (True, "o-1", 500)
    assert session.customer_details is not None
    assert session.customer_details.email == "fan@example.com"
    assert stripe.session(later["id"]).paid is False
    with pytest.raises(NotFound):
        stripe.session("cs_none")


def test_lists_page_through(stripe: Stripe, api: StripeApi) -> None:
    link = sold(stripe)
    made = [api.pay(link) for _ in range(205)]
    for session in made[:3]:
        api.refund(session, 100)
    assert [each.id for each in stripe.sessions(link)] == [each["id"] for each in reversed(made)]
    assert [each.id for each in stripe.refunds()] == ["re_3", "re_2", "re_1"]
    [refund] = stripe.refunds(made[1]["payment_intent"])
    assert (refund.amount, refund.currency, refund.status) == (100, "usd", "succeeded")


def test_a_key_that_is_refused_or_lacks_a_right_is_said_so_and_never_shown(
    stripe: Stripe, api: StripeApi, networks: Networks
) -> None:
    api.lacks.add("products")
    with pytest.raises(ProviderFailed, match="the key' does not have the required permissions for products") as raised:
        stripe.product("One", key="a")
    assert "rk_test" not in str(raised.value)
    api.key = "rk_test_rotated"
    with pytest.raises(NotConnected, match="no longer accepts this key"):
        stripe.account()
    with pytest.raises(NotConnected, match="No Stripe key"):
        Stripe(networks.address("stripe"), Key("  ")).account()


def test_refusals_are_told_apart(stripe: Stripe, networks: Networks) -> None:
    with pytest.raises(NotFound, match="No such product"):
        stripe.price("prod_none", 500, "usd", key="a")
    with pytest.raises(ProviderFailed, match="Missing required param"):
        stripe.product("", key="b")
    networks.fail("stripe", "/v1/account", 503, times=3)
    with pytest.raises(Unavailable):
        stripe.account()
    networks.fail("stripe", "/v1/account", 200, "<html>")
    with pytest.raises(Unavailable, match="not an answer"):
        stripe.account()


def test_nested_content_becomes_form_fields() -> None:
    assert form({"a": {"b": [{"c": 1}, "d"]}, "e": "f"}) == {"a[b][0][c]": "1", "a[b][1]": "d", "e": "f"}


# Webhooks


PAID = event("checkout.session.completed", {"id": "cs_1", "payment_status": "paid", "metadata": {"owner": "ö"}}, AT)


def test_a_signed_event_is_read() -> None:
    told = verified(PAID, signature(PAID, SECRET, AT), [SECRET], NOW)
    assert (told.id, told.type, told.created, told.livemode) == ("evt_1", "checkout.session.completed", NOW, False)
    assert told.object == {"id": "cs_1", "payment_status": "paid", "metadata": {"owner": "ö"}}


@pytest.mark.parametrize(
    ("signed_with", "known"),
    [([SECRET], [SECRET, OLD]), ([OLD], [SECRET, OLD]), ([OLD, SECRET], [SECRET]), ([SECRET, OLD], [OLD])],
)
def test_while_a_secret_is_replaced_either_will_do(signed_with: Sequence[str], known: Sequence[str]) -> None:
    assert verified(PAID, signature(PAID, signed_with[0], AT, *signed_with[1:]), known, NOW).id == "evt_1"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=,v1=",
        "v1=abc",
        f"t={AT}",
        f"t={AT},v0=abc",
        f"t={AT},v1=",
        f"t={AT},v1=00",
        f"t={AT},v1=ü",
        "t=١٢٣,v1=00",
        f"t={AT}{'9' * 20},v1=00",
        ",,,===",
        f"t={AT},{signature(PAID, SECRET, AT)}",
        signature(PAID, "whsec_forged", AT),
        signature(PAID, SECRET, AT).replace("v1=", "v2="),
        signature(PAID, SECRET, AT).replace(f"t={AT}", f"t={AT + 1}"),
        signature(PAID + b" ", SECRET, AT),
    ],
)
def test_what_is_forged_or_garbled_is_not_believed(header: str) -> None:
    with pytest.raises(Unsigned):
        verified(PAID, header, [SECRET], NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_is_from_another_time_may_be_a_recording(seconds: int) -> None:
    header = signature(PAID, SECRET, AT)
    with pytest.raises(Unsigned, match="too long ago"):
        verified(PAID, header, [SECRET], NOW + timedelta(seconds=seconds))
    assert verified(PAID, header, [SECRET], NOW + timedelta(seconds=seconds // abs(seconds) * 300)).id == "evt_1"
    assert verified(PAID, header, [SECRET], NOW + timedelta(seconds=seconds), tolerance_seconds=600).id == "evt_1"


@pytest.mark.parametrize("secrets", [[], [""], ["  "]])
def test_without_a_secret_nothing_is_believed_not_even_what_is_signed_with_nothing(secrets: Sequence[str]) -> None:
    for secret in ("", "  "):
        with pytest.raises(Unsigned):
            verified(PAID, signature(PAID, secret, AT), secrets, NOW)


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b"\xff", json.dumps({"id": "evt_1", "data": 5}).encode()])
def test_what_is_signed_but_no_event_is_invalid(payload: bytes) -> None:
    with pytest.raises(Invalid, match="no event") as raised:
        verified(payload, signature(payload, SECRET, AT), [SECRET], NOW)
    assert not isinstance(raised.value, Unsigned)


def test_what_a_checkout_sends_is_what_reading_it_says(stripe: Stripe, api: StripeApi) -> None:
    session = api.pay(sold(stripe))
    body = event("checkout.session.completed", session, AT)
    told = verified(body, signature(body, SECRET, AT), [SECRET], NOW)
    assert told.object["id"] == stripe.session(session["id"]).id
