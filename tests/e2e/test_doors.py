"""What needs no token, and what the audience did, against the deployed stack with every role enforced."""

import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.e2e.conftest import Deployed, Person
from tests.fakes.stripe_api import KEY

TARGET = "https://shop.example/kettle?tag=mine"
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def come(deployed: Deployed, method: str, path: str, **more: Any) -> httpx.Response:
    """Come without a token, and follow nothing."""
    with httpx.Client(trust_env=False, timeout=30) as http:
        return http.request(method, deployed.outputs.api_url + path, **more)


def test_a_link_is_followed_without_a_token_and_a_persons_click_counts(deployed: Deployed, amina: Person) -> None:
    link = amina.ok("POST", "/links", {"target": TARGET, "channel": "tiktok"})
    path = f"/go/{link['code']}"
    followed = come(deployed, "GET", f"{path}?url=https://evil.example", headers=PERSON)
    assert (followed.status_code, followed.headers["location"]) == (302, TARGET)
    looked = come(deployed, "HEAD", path, headers=PERSON)
    assert (looked.status_code, looked.headers["location"]) == (302, TARGET)
    assert come(deployed, "GET", path, headers={"User-Agent": "Twitterbot/1.0"}).status_code == 302
    assert amina.ok("GET", f"/links/{link['link_id']}")["clicks"] == 1
    assert amina.ok("GET", "/events/summary")["stages"]["click"] == 1
    never = come(deployed, "GET", f"/go/{'a' * 24}", headers={**PERSON, "Accept": "text/html"})
    assert (never.status_code, never.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "default-src 'none'" in never.headers["content-security-policy"]


def test_a_spreadsheet_is_uploaded_imported_and_summed_up(deployed: Deployed, amina: Person) -> None:
    announced = amina.ok("POST", "/attachments", {"name": "June", "media_type": "text/csv"})
    rows = "".join(f"2026-06-0{1 + n % 9} 12:00;{'view' if n % 10 else 'vew'};1,5\n" for n in range(1000))
    form = announced["upload"]
    with httpx.Client(trust_env=False) as http:
        stored = http.post(
            form["url"], data=form["fields"], files={"file": ("June.csv", b"at;stage;revenue\n" + rows.encode())}
        )
        assert stored.is_success, stored.text
        asked = amina.call(
            "POST",
            "/events/imports",
            {
                "attachment_id": announced["attachment"]["attachment_id"],
                "time_zone": "Europe/Berlin",
                "currency": "EUR",
            },
        )
        assert asked.status_code == 202, asked.text
        deadline = time.monotonic() + 60
        while (found := amina.ok("GET", asked.headers["location"]))["status"] not in {"done", "failed"}:
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
        assert (found["status"], found["taken"], found["rejected"]) == ("done", 900, 100)
        assert http.get(found["rejected_csv"]).text.count("vew") == 100
    summary = amina.ok("GET", "/events/summary?from=2026-06-01&to=2026-06-30")
    assert summary["stages"]["view"] == 900
    assert summary["revenue"] == [{"currency": "EUR", "gross": 1_350_000_000, "refunded": 0, "net": 1_350_000_000}]


def test_stripe_is_believed_with_its_signature_alone(deployed: Deployed, amina: Person) -> None:
    address = amina.ok("POST", "/connections/stripe/webhook")["address"]
    path = "/webhooks/stripe/" + address.rpartition("/")[2]
    secret = "whsec_of_this_test"
    amina.ok("PUT", "/connections/stripe/key", {"api_key": KEY, "signing_secret": secret})
    checkout = {"id": "cs_e2e", "payment_status": "paid", "amount_total": 999, "currency": "usd", "metadata": {}}
    now = int(datetime.now(UTC).timestamp())
    event = {"id": "evt_1", "type": "checkout.session.completed", "created": now, "livemode": False}
    body = json.dumps(event | {"data": {"object": checkout}}, ensure_ascii=False).encode()
    proof = hmac.digest(secret.encode(), b"%d." % now + body, "sha256").hex()

    def tell(signature: str) -> int:
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8"}
        return come(deployed, "POST", path, content=body, headers=headers).status_code

    assert tell(f"t={now},v1={'0' * 64}") == 400
    assert [tell(f"t={now},v1={proof}") for _ in range(2)] == [200, 200]
    [revenue] = [one for one in amina.ok("GET", "/events/summary")["revenue"] if one["currency"] == "USD"]
    assert revenue["net"] == 9_990_000


def test_who_asks_too_often_is_told_to_wait(deployed: Deployed) -> None:
    statuses = []
    with httpx.Client(trust_env=False, timeout=30) as http:
        for _ in range(130):
            answer = http.get(deployed.outputs.api_url + f"/go/{'a' * 24}")
            statuses.append(answer.status_code)
            if answer.status_code == 429:
                break
    assert set(statuses) <= {404, 429}
    if statuses[-1] == 429:
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["content-type"] == "application/problem+json"
