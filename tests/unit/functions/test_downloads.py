"""Who paid what it costs gets the files, for a week; nobody else is told that there are any."""

import itertools
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from studio.domain.errors import NotFound
from studio.domain.product import MOST_DOWNLOADS
from studio.packaging import ProductReport
from tests.conftest import Clock
from tests.fakes.stripe_api import event, signature
from tests.unit.functions.selling import COMPLETED, LATER, SECRET, Shop, _networks, clock, come, links, shop

__all__ = ["_networks", "clock", "shop"]

SESSIONS = "/v1/checkout/sessions/{id}"


@pytest.fixture
def sold(shop: Shop) -> ProductReport:
    """What is on sale."""
    return shop.on_sale(title='The <b>Dinner</b> & "more": script and stills')


def token_of(shop: Shop, sold: ProductReport, session: Any) -> str:
    """Come back from paying, and return the way to the files."""
    answer = shop.back(sold, session["id"])
    assert answer.status == 303, answer.body
    return answer.headers["Location"].replace("../", "/")


def nothing(answer: Any) -> None:
    """The same page for whoever has no business here."""
    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "There is nothing here" in answer.body


# -- the way to the files


def test_a_buyer_who_comes_back_gets_the_files(shop: Shop, sold: ProductReport) -> None:
    session = shop.paid(sold)
    path = token_of(shop, sold, session)
    assert session["id"] not in path
    assert len(path.rpartition("/")[2]) == 64, "256 bits in hex"
    shown = come(path)
    assert (shown.status, shown.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert "The &lt;b&gt;Dinner&lt;/b&gt; &amp; &quot;more&quot;" in shown.body
    assert "<b>" not in shown.body
    assert re.search(r"The-Dinner-script\.pdf, \d+ kB", shown.body)
    assert "2026-11-30 09:00" in shown.body
    assert len(links(shown)) == 2
    for link, file in zip(links(shown), sold.product.files, strict=True):
        answer = come(link)
        assert answer.status == 302
        found = urlsplit(answer.headers["Location"])
        assert found.path.endswith(sold.product.place(file))
        assert int(parse_qs(found.query)["X-Amz-Expires"][0]) <= 900
        assert file.label in parse_qs(found.query)["response-content-disposition"][0]


def test_coming_back_again_leads_to_the_same_page_and_asks_stripe_nothing(shop: Shop, sold: ProductReport) -> None:
    session = shop.paid(sold)
    first = token_of(shop, sold, session)
    shop.clock.at += timedelta(days=3)
    assert token_of(shop, sold, session) == first
    assert "2026-11-30 09:00" in come(first).body, "the week began with the first visit"
    assert shop.networks.asked("stripe", SESSIONS) == []


def test_who_is_faster_than_the_webhook_is_asked_to_reload(shop: Shop, sold: ProductReport) -> None:
    session = shop.stripe.pay(sold.product.payment_link)
    answer = shop.back(sold, session["id"])
    assert (answer.status, "being confirmed" in answer.body) == (200, True)
    assert len(shop.networks.asked("stripe", SESSIONS)) == 1
    with pytest.raises(NotFound):
        shop.studio.orders.get(session["id"])
    shop.tell(COMPLETED, session)
    assert come(token_of(shop, sold, session)).status == 200


def test_a_payment_that_takes_days_is_delivered_when_the_money_is_there(shop: Shop, sold: ProductReport) -> None:
    session = shop.stripe.pay(sold.product.payment_link, payment_status="unpaid")
    shop.tell(COMPLETED, session)
    answer = shop.back(sold, session["id"])
    assert (answer.status, "has not arrived yet" in answer.body) == (200, True)
    session["payment_status"] = "paid"
    shop.clock.at += timedelta(days=3)
    shop.tell(LATER, session)
    assert come(token_of(shop, sold, session)).status == 200


def test_a_checkout_that_was_left_is_not_there(shop: Shop, sold: ProductReport) -> None:
    left = shop.stripe.pay(sold.product.payment_link, status="expired", payment_status="unpaid")
    nothing(shop.back(sold, left["id"]))


def test_a_product_that_was_taken_off_sale_is_still_delivered_to_who_paid(shop: Shop, sold: ProductReport) -> None:
    from studio.selling import take_off_sale

    session = shop.paid(sold)
    take_off_sale(shop.studio.products.get(sold.product.product_id), shop.studio)
    assert come(token_of(shop, sold, session)).status == 200


# -- until when, and how often


def test_the_page_is_over_after_a_week(shop: Shop, sold: ProductReport) -> None:
    session = shop.paid(sold)
    path = token_of(shop, sold, session)
    [link, *_] = links(come(path))
    shop.clock.at += timedelta(days=7)
    nothing(come(path))
    nothing(come(link))
    answer = shop.back(sold, session["id"])
    assert (answer.status, "time for downloading is over" in answer.body) == (200, True)


def test_each_file_may_be_downloaded_ten_times(shop: Shop, sold: ProductReport) -> None:
    path = token_of(shop, sold, shop.paid(sold))
    first, second = links(come(path))
    assert [come(first).status for _ in range(MOST_DOWNLOADS)] == [302] * MOST_DOWNLOADS
    nothing(come(first))
    assert come(second).status == 302
    shown = come(path)
    assert re.findall(r"(\d+) of 10 downloads left", shown.body) == ["0", "9"]


@pytest.mark.parametrize("number", ["0", "3", "9", "10", "-1", "x", "1x", "%31", "１"])
def test_a_file_that_there_is_not_is_not_there(shop: Shop, sold: ProductReport, number: str) -> None:
    path = token_of(shop, sold, shop.paid(sold))
    nothing(come(f"{path}/{number}"))


# -- what was given back


def test_what_was_given_back_is_not_delivered_any_more(shop: Shop, sold: ProductReport) -> None:
    session = shop.paid(sold)
    path = token_of(shop, sold, session)
    shop.tell("refund.created", shop.stripe.refund(session, 200))
    assert come(path).status == 200, "a part of it was"
    shop.tell("refund.created", shop.stripe.refund(session, 300))
    nothing(come(path))
    nothing(come(f"{path}/1"))
    nothing(shop.back(sold, session["id"]))


TOLD = ["paid", "paid later", "refund", "total"]


@pytest.mark.parametrize("order", list(itertools.permutations(TOLD)), ids=" ".join)
def test_a_refund_counts_in_whatever_order_it_is_told(order: tuple[str, ...], shop: Shop, sold: ProductReport) -> None:
    session = shop.stripe.pay(sold.product.payment_link)
    refund = shop.stripe.refund(session, 500)
    total = {"id": "ch_1", "amount_refunded": 500, "currency": "usd", "payment_intent": session["payment_intent"]}
    things = {
        "paid": (COMPLETED, session),
        "paid later": (LATER, session),
        "refund": ("refund.created", refund),
        "total": ("charge.refunded", total),
    }
    for name in (*order, *order):
        assert shop.tell(*things[name]).status == 200
    found = shop.studio.orders.get(session["id"])
    assert (found.status, found.refunded) == ("refunded", 5_000_000)
    nothing(shop.back(sold, session["id"]))
    [sales] = shop.studio.orders.sales(sold.product.product_id)
    assert (sales.orders, sales.gross, sales.refunded, sales.refunded_orders) == (1, 5_000_000, 5_000_000, 1)


# -- what does not fit


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amount_total": 1}, "0.01 USD was paid"),
        ({"amount_total": 501}, "5.01 USD was paid"),
        ({"currency": "idr"}, "5.00 IDR was paid"),
        ({"payment_link": "plink_of_another"}, "not paid at this product's link"),
    ],
)
def test_a_payment_that_does_not_fit_is_flagged_and_not_delivered(
    changes: dict[str, Any], why: str, shop: Shop, sold: ProductReport
) -> None:
    session = shop.paid(sold, **changes)
    answer = shop.back(sold, session["id"])
    assert (answer.status, "does not match what this costs" in answer.body) == (200, True)
    assert "downloads/" not in str(answer.headers)
    [held] = shop.studio.orders.held(sold.product.product_id, 20)
    assert why in held.held
    [sales] = shop.studio.orders.sales(sold.product.product_id)
    assert (sales.orders, sales.held) == (1, 1)


# -- who is not told anything


def test_a_checkout_of_another_product_opens_nothing(shop: Shop, sold: ProductReport) -> None:
    other = shop.on_sale(price={"amount": "1", "currency": "USD"})
    cheap = shop.paid(other, amount_total=100)
    nothing(shop.back(sold, cheap["id"]))
    untold = shop.stripe.pay(other.product.payment_link)
    nothing(shop.back(sold, untold["id"]))


@pytest.mark.parametrize(
    "session",
    [
        "",
        "cs_test_",
        "cs_test_99",
        "cs_live_1",
        "pi_1",
        "cs_test_../../../v1/account",
        "cs_test_1?x",
        "<b>",
        "x" * 300,
    ],
)
def test_a_checkout_that_cannot_be_or_is_not_opens_nothing(session: str, shop: Shop, sold: ProductReport) -> None:
    shop.paid(sold)
    answer = shop.back(sold, session)
    nothing(answer)
    assert not session or session not in answer.body
    asked = shop.networks.asked("stripe", SESSIONS)
    assert [one.path for one in asked] in ([], [f"/v1/checkout/sessions/{session}"])
    assert asked == [] or session in ("cs_test_99", "cs_live_1")


def test_codes_of_other_things_lead_nowhere(shop: Shop, sold: ProductReport) -> None:
    session = shop.paid(sold)
    path = token_of(shop, sold, session)
    for code in ("a" * 24, shop.code, path.rpartition("/")[2]):
        nothing(shop.back(sold, session["id"], code))
    for wrong in (sold.product.page, sold.product.product_id, session["id"], "0" * 64, path[-64:].upper(), "x" * 900):
        nothing(come(f"/downloads/{wrong}"))
        nothing(come(f"/downloads/{wrong}/1"))


def test_a_draft_has_no_page(shop: Shop) -> None:
    assert shop.draft().product.page == ""


def test_who_guesses_checkouts_is_told_to_wait(shop: Shop, sold: ProductReport) -> None:
    statuses = [shop.back(sold, "cs_test_guess").status for _ in range(25)]
    assert statuses == [404] * 20 + [429] * 5
    assert len(shop.networks.asked("stripe", SESSIONS)) == 20


def test_when_stripe_is_down_a_buyer_is_told_to_come_back_and_no_more(shop: Shop, sold: ProductReport) -> None:
    session = shop.stripe.pay(sold.product.payment_link)
    shop.studio.connections.disconnect(shop.studio.connections.all()[0].network, "acct_1")
    answer = shop.back(sold, session["id"])
    assert answer.status == 409
    assert "Stripe" not in answer.body


# -- who is not believed


def test_what_stripe_did_not_sign_just_now_delivers_nothing(shop: Shop, sold: ProductReport, clock: Clock) -> None:
    from functions.stripe_webhook import app as webhook
    from tests.conftest import call, public_event

    session = shop.stripe.pay(sold.product.payment_link, payment_status="unpaid")
    at = int(clock.at.timestamp())
    body = event(COMPLETED, session | {"payment_status": "paid"}, at)
    for header in ("", f"t={at},v1={'0' * 64}", signature(body, "whsec_other", at), signature(body, SECRET, at - 301)):
        headers = {"Stripe-Signature": header, "Content-Type": "application/json"}
        told = public_event("POST", f"/webhooks/stripe/{shop.code}", body.decode(), headers=headers)
        assert call(webhook.handler, told).status == 400
    assert "has not arrived yet" in shop.back(sold, session["id"]).body


def test_the_same_event_again_and_again_is_one_order_and_one_page(shop: Shop, sold: ProductReport) -> None:
    session = shop.stripe.pay(sold.product.payment_link)
    for _ in range(3):
        shop.tell(COMPLETED, session)
        shop.tell(LATER, session)
    assert len(shop.studio.orders.page(10, None)[0]) == 1
    assert {token_of(shop, sold, session) for _ in range(2)} == {token_of(shop, sold, session)}
    [sales] = shop.studio.orders.sales(sold.product.product_id)
    assert (sales.orders, sales.gross) == (1, 5_000_000)


def test_no_log_line_has_a_code_a_checkout_or_an_address(
    shop: Shop, sold: ProductReport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "studio")
    session = shop.paid(sold)
    path = token_of(shop, sold, session)
    come(path)
    for secret in (path.rpartition("/")[2], session["id"], "fan@example.com", sold.product.page):
        assert secret not in caplog.text
