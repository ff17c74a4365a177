"""What Stripe tells: proven to be Stripe's and of now, booked once, and left as an order for who delivers."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from typing import Any

import pytest

from functions.connections import app as connections
from functions.stripe_webhook import app
from studio.domain.audience import AudienceEvent, AudienceStage
from studio.domain.connection import Connection, NetworkName
from studio.domain.errors import NotFound, Unavailable
from studio.entry import Settings, Studio
from studio.store.orders import Orders
from tests.conftest import Answer, Clock, call, http_event, public_event
from tests.unit.made import stored
from tests.unit.memory import MemoryAws

SECRET = "whsec_of_amina"
_ids = count(1)


@pytest.fixture
def clock(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()

    def opened_for(owner: str, take: int | None = None) -> Studio:
        return Studio(owner, Settings.from_environment(), take, clock=clock)

    monkeypatch.setattr(Studio, "opened_for", opened_for)
    return clock


@pytest.fixture
def code(clock: Clock) -> str:
    """Amina's: Stripe is connected, and calls back here."""
    return connect("amina", SECRET)


def connect(owner: str, secret: str | None, api_key: str = "sk_live_1") -> str:
    studio = Studio.opened_for(owner)
    kept = {"api_key": api_key} | ({"signing_secret": secret} if secret is not None else {})
    connection = Connection(network=NetworkName.STRIPE, account_id="acct_1", name="Stripe", connected_at=studio.clock())
    studio.connections.connect(connection, kept)
    return studio.webhooks.renew("stripe")


def an_event(kind: str, thing: dict[str, Any], at: datetime, *, live: bool = True, event_id: str = "") -> bytes:
    told = {
        "id": event_id or f"evt_{next(_ids)}",
        "object": "event",
        "type": kind,
        "created": int(at.timestamp()),
        "livemode": live,
        "data": {"object": thing},
    }
    return json.dumps(told).encode()


def checkout(**changes: Any) -> dict[str, Any]:
    return {
        "id": "cs_1",
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 999,
        "currency": "eur",
        "payment_intent": "pi_1",
        "payment_link": "plink_1",
        "client_reference_id": None,
        "customer_details": {"email": "Buyer@Example.com", "name": "B"},
        "metadata": {},
    } | changes


def refund(refund_id: str, amount: int, **changes: Any) -> dict[str, Any]:
    given = {"id": refund_id, "object": "refund", "amount": amount, "currency": "eur", "status": "succeeded"}
    return given | {"charge": "ch_1", "payment_intent": "pi_1"} | changes


def charge(refunded: int) -> dict[str, Any]:
    return {"id": "ch_1", "object": "charge", "amount_refunded": refunded, "currency": "eur", "payment_intent": "pi_1"}


def signed(body: bytes, at: datetime, secret: str = SECRET) -> str:
    stamp = int(at.timestamp())
    return f"t={stamp},v1={hmac.digest(secret.encode(), b'%d.' % stamp + body, 'sha256').hex()}"


def send(code: str, body: bytes, signature: str) -> Answer:
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8"}
    return call(app.handler, public_event("POST", f"/webhooks/stripe/{code}", body.decode(), headers=headers))


def tell(code: str, clock: Clock, kind: str, thing: dict[str, Any], **more: Any) -> Answer:
    body = an_event(kind, thing, clock.at, **more)
    return send(code, body, signed(body, clock.at))


def booked(owner: str = "amina") -> list[AudienceEvent]:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    return list(Studio.opened_for(owner).events.between(start, start + timedelta(days=60)))


def net(owner: str = "amina") -> int:
    return sum(event.revenue or 0 for event in booked(owner))


COMPLETED, LATER = "checkout.session.completed", "checkout.session.async_payment_succeeded"


# -- payments


def test_a_payment_is_booked_with_what_its_link_says_and_leaves_an_order(code: str, clock: Clock) -> None:
    studio = Studio.opened_for("amina")
    episode_id = stored(studio).episode_id
    said = {"episode_id": episode_id, "product_id": "script", "variant": "B", "link": "abc", "channel": "tiktok"}
    answer = tell(code, clock, COMPLETED, checkout(metadata=said, client_reference_id="v1"))
    assert (answer.status, answer.body) == (200, {"received": True})
    [event] = booked()
    assert (event.stage, event.revenue, event.currency, event.at) == (AudienceStage.PAID, 9_990_000, "EUR", clock.at)
    assert (event.episode_id, event.variant, event.link, event.channel, event.visitor) == (
        episode_id,
        "B",
        "abc",
        "tiktok",
        "v1",
    )
    order = studio.orders.get("cs_1")
    assert (order.product_id, order.episode_id, order.amount, order.status) == ("script", episode_id, 9_990_000, "paid")
    assert (order.payment_link, order.live) == ("plink_1", True)
    assert order.buyer == studio.keyed_digest("buyer/amina", "buyer@example.com")


def test_no_buyers_address_is_stored(code: str, clock: Clock, aws: MemoryAws) -> None:
    tell(code, clock, COMPLETED, checkout())
    assert "example.com" not in str(aws.services["dynamodb"].items).casefold()


@pytest.mark.parametrize(
    ("amount", "currency", "revenue"), [(500, "jpy", 500_000_000), (5120, "kwd", 5_120_000), (0, "usd", 0)]
)
def test_an_amount_is_read_with_its_currencys_decimals(
    code: str, clock: Clock, amount: int, currency: str, revenue: int
) -> None:
    tell(code, clock, COMPLETED, checkout(amount_total=amount, currency=currency))
    assert [event.revenue for event in booked()] == [revenue]


def test_a_payment_that_takes_days_is_booked_when_the_money_is_there(code: str, clock: Clock) -> None:
    tell(code, clock, COMPLETED, checkout(payment_status="unpaid"))
    assert booked() == []
    with pytest.raises(NotFound):
        Studio.opened_for("amina").orders.get("cs_1")
    clock.at += timedelta(days=3)
    tell(code, clock, LATER, checkout())
    assert net() == 9_990_000


def test_a_payment_counts_once_whichever_events_tell_of_it_and_however_often(code: str, clock: Clock) -> None:
    body = an_event(COMPLETED, checkout(), clock.at, event_id="evt_same")
    for _ in range(3):
        # Sent again by Stripe, or by somebody who recorded it: the signature holds for five minutes.
        assert send(code, body, signed(body, clock.at)).status == 200
    clock.at += timedelta(days=1)
    tell(code, clock, LATER, checkout())
    assert net() == 9_990_000
    assert len(Studio.opened_for("amina").orders.page(10, None)[0]) == 1


def test_what_a_payer_wrote_is_taken_only_where_it_can_be_true(code: str, clock: Clock) -> None:
    foreign = stored(Studio.opened_for("bilan")).episode_id
    said = {"episode_id": foreign, "visitor": "a@b.example", "channel": "radio", "product_id": "x" * 500, "link": "<b>"}
    assert tell(code, clock, COMPLETED, checkout(metadata=said, client_reference_id="'; DROP")).status == 200
    [event] = booked()
    assert (event.episode_id, event.visitor, event.channel, event.link) == (None, None, "other", None)
    assert Studio.opened_for("amina").orders.get("cs_1").product_id is None


def test_a_booking_that_broke_off_is_finished_when_stripe_sends_it_again(
    code: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> bool:
        raise Unavailable("The table is busy.")

    with monkeypatch.context() as patched:
        patched.setattr(Orders, "add", busy)
        assert tell(code, clock, COMPLETED, checkout()).status == 503
    assert tell(code, clock, COMPLETED, checkout()).status == 200
    assert net() == 9_990_000
    assert Studio.opened_for("amina").orders.get("cs_1").status == "paid"


# -- refunds


def test_a_refund_is_negative_revenue_of_the_same_episode_and_ends_its_order(code: str, clock: Clock) -> None:
    studio = Studio.opened_for("amina")
    episode_id = stored(studio).episode_id
    tell(code, clock, COMPLETED, checkout(metadata={"episode_id": episode_id}, client_reference_id="v1"))
    clock.at += timedelta(days=1)
    tell(code, clock, "refund.created", refund("re_1", 400))
    assert (net(), studio.orders.get("cs_1").status) == (5_990_000, "paid")
    tell(code, clock, "refund.created", refund("re_2", 599))
    order = studio.orders.get("cs_1")
    assert (net(), order.status, order.refunded, order.refunded_at) == (0, "refunded", 9_990_000, clock.at)
    refunds = [event for event in booked() if event.stage is AudienceStage.REFUND]
    assert sorted(event.revenue or 0 for event in refunds) == [-5_990_000, -4_000_000]
    assert {(event.episode_id, event.visitor) for event in refunds} == {(episode_id, "v1")}


TOLD = [
    ("refund.created", refund("re_1", 400)),
    ("charge.refunded", charge(400)),
    ("refund.created", refund("re_2", 599)),
    ("charge.refunded", charge(999)),
]


@pytest.mark.parametrize("order", permutations(range(4)))
def test_refunds_told_singly_and_in_total_are_booked_once_in_whatever_order(
    order: tuple[int, ...], code: str, clock: Clock
) -> None:
    tell(code, clock, COMPLETED, checkout())
    for number in (*order, *order):
        kind, thing = TOLD[number]
        assert tell(code, clock, kind, thing).status == 200
        assert net() >= 0
    assert net() == 0
    assert Studio.opened_for("amina").orders.get("cs_1").refunded == 9_990_000


def test_a_refund_of_a_payment_that_is_not_known_is_booked_by_itself(code: str, clock: Clock) -> None:
    tell(code, clock, "refund.created", refund("re_1", 400, charge=None))
    assert net() == -4_000_000


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_failed_is_none(code: str, clock: Clock, status: str) -> None:
    tell(code, clock, "refund.created", refund("re_1", 400, status=status))
    assert booked() == []


# -- who is not believed


def refused(answer: Answer) -> None:
    """Nothing happened, and nobody is told why."""
    assert answer.status == 400
    assert answer.body["detail"] == "This cannot be taken."
    assert "errors" not in answer.body
    assert booked() == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda body, at: "",
        lambda body, at: "t=1,v1=",
        lambda body, at: f"t={int(at.timestamp())},v1={'0' * 64}",
        lambda body, at: signed(body, at, "whsec_of_somebody_else"),
        lambda body, at: signed(body, at, ""),
        lambda body, at: signed(body + b" ", at),
        lambda body, at: signed(body, at).replace("t=", "t=1"),
        lambda body, at: signed(body, at).replace("v1=", "v0="),
        lambda body, at: signed(body, at) + f",t={int(at.timestamp())}",
    ],
)
def test_what_is_forged_changes_nothing(forge: Any, code: str, clock: Clock) -> None:
    body = an_event(COMPLETED, checkout(), clock.at)
    refused(send(code, body, forge(body, clock.at)))


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_what_is_from_another_time_changes_nothing(minutes: int, code: str, clock: Clock) -> None:
    body = an_event(COMPLETED, checkout(), clock.at)
    signature = signed(body, clock.at)
    clock.at += timedelta(minutes=minutes)
    refused(send(code, body, signature))


def test_what_is_signed_for_one_owner_means_nothing_at_anothers(code: str, clock: Clock) -> None:
    other = connect("bilan", "whsec_of_bilan")
    body = an_event(COMPLETED, checkout(), clock.at)
    refused(send(other, body, signed(body, clock.at)))
    assert booked("bilan") == []


@pytest.mark.parametrize("secret", [None, "", " "])
def test_without_a_signing_secret_nothing_is_believed(secret: str | None, clock: Clock) -> None:
    code = connect("amina", secret)
    body = an_event(COMPLETED, checkout(), clock.at)
    refused(send(code, body, signed(body, clock.at, secret or "")))


def test_after_stripe_is_disconnected_nothing_is_believed(code: str, clock: Clock) -> None:
    Studio.opened_for("amina").connections.disconnect(NetworkName.STRIPE, "acct_1")
    body = an_event(COMPLETED, checkout(), clock.at)
    refused(send(code, body, signed(body, clock.at)))


def test_while_a_secret_is_being_replaced_both_are_believed(clock: Clock) -> None:
    code = connect("amina", "whsec_old whsec_new")
    for number, secret in enumerate(("whsec_old", "whsec_new")):
        body = an_event(COMPLETED, checkout(id=f"cs_{number}"), clock.at)
        assert send(code, body, signed(body, clock.at, secret)).status == 200
    assert len(booked()) == 2


@pytest.mark.parametrize(
    "thing",
    [
        {},
        checkout(id=None),
        checkout(payment_status="maybe"),
        checkout(currency="dog"),
        checkout(amount_total=-5),
        checkout(metadata="x"),
    ],
)
def test_what_is_signed_and_makes_no_sense_is_refused_without_detail(
    thing: dict[str, Any], code: str, clock: Clock
) -> None:
    refused(tell(code, clock, COMPLETED, thing))


def test_what_is_signed_and_no_event_is_refused_without_detail(code: str, clock: Clock) -> None:
    for body in (b"{}", b"[]", b"not json", b""):
        answer = send(code, body, signed(body, clock.at))
        refused(answer)


def test_other_events_are_heard_and_ignored(code: str, clock: Clock) -> None:
    assert tell(code, clock, "customer.created", {"id": "cus_1"}).status == 200
    assert tell(code, clock, "a.type.of.next.year", {}).status == 200
    assert booked() == []


@pytest.mark.parametrize(("api_key", "live"), [("sk_live_1", False), ("rk_live_1", False), ("sk_test_1", True)])
def test_what_was_only_tried_out_is_no_revenue(api_key: str, live: bool, clock: Clock) -> None:
    code = connect("amina", SECRET, api_key)
    assert tell(code, clock, COMPLETED, checkout(), live=live).status == 200
    assert booked() == []


def test_with_a_test_key_all_can_be_tried_out_and_the_order_says_so(clock: Clock) -> None:
    code = connect("amina", SECRET, "rk_test_1")
    tell(code, clock, COMPLETED, checkout(), live=False)
    assert not Studio.opened_for("amina").orders.get("cs_1").live


def test_codes_of_other_things_and_none_at_all_lead_nowhere(code: str, clock: Clock) -> None:
    link = Studio.opened_for("amina").directory.open("link", "amina", "x")
    body = an_event(COMPLETED, checkout(), clock.at)
    for wrong in (link, "a" * 24, code.upper()):
        answer = send(wrong, body, signed(body, clock.at))
        assert (answer.status, answer.body["detail"]) == (404, "There is nothing here.")
    assert booked() == []


def test_a_large_event_is_taken_and_a_huge_one_not(code: str, clock: Clock) -> None:
    assert tell(code, clock, COMPLETED, checkout(description="x" * 200_000)).status == 200
    assert tell(code, clock, COMPLETED, checkout(description="x" * 300_000)).status == 413


# -- where it calls back


@pytest.fixture
def address(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(Studio, "address", "https://api.example/v1")
    return "https://api.example/v1/webhooks/stripe/"


def ask(method: str, network: str = "stripe", owner: str = "amina") -> Answer:
    return call(connections.handler, http_event(method, f"/connections/{network}/webhook", owner=owner))


def test_an_address_to_call_back_is_made_read_and_replaced(address: str, clock: Clock) -> None:
    assert ask("GET").status == 404
    first = ask("POST")
    assert (first.status, first.headers["Location"]) == (201, "/connections/stripe/webhook")
    assert first.body["address"].startswith(address)
    assert ask("GET").body == first.body
    assert ask("GET", owner="bilan").status == 404
    second = ask("POST").body["address"]
    directory = Studio.opened_for("amina").directory
    assert directory.find("stripe", second.removeprefix(address), clock.at).owner == "amina"
    with pytest.raises(NotFound):
        directory.find("stripe", first.body["address"].removeprefix(address), clock.at)


def test_only_stripe_calls_back(address: str) -> None:
    assert ask("POST", "youtube").status == ask("GET", "tiktok").status == 422
