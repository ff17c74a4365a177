"""An episode's files sold and delivered on the deployed stack, with every role enforced, and Stripe on loopback."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.e2e.conftest import Deployed
from tests.fakes.stripe_api import KEY, StripeApi, event, signature

SECRET = "whsec_of_this_test"
BOT = "/functions/digital-product-bot"


def come(deployed: Deployed, path: str) -> httpx.Response:
    """Come as a browser does, without a token, and follow nothing."""
    with httpx.Client(trust_env=False, timeout=30) as http:
        return http.get(deployed.outputs.api_url + path, headers={"Accept": "text/html"})


def test_who_pays_gets_the_files_that_were_approved_and_who_got_the_money_back_does_not(deployed: Deployed) -> None:
    seller = deployed.person("faduma")
    started = seller.ok(
        "POST", "/functions/generate-episode-from-prompt", {"prompt": "A dinner", "provider": "draft", "clips": 2}
    )
    episode = seller.finished(started["episode_id"])
    wanted = {"episode_id": episode["episode_id"], "price": {"amount": "5.00", "currency": "USD"}}
    unconnected = seller.ok("POST", BOT, wanted)
    assert unconnected["missing"][0].startswith("Connect Stripe")
    address = seller.ok("POST", "/connections/stripe/webhook")["address"]
    seller.ok("PUT", "/connections/stripe/key", {"api_key": KEY, "signing_secret": SECRET})
    drafted = seller.ok("POST", BOT, wanted)
    assert (drafted["missing"], drafted["approval"]) == ([], "waiting")
    publish = {"episode_id": episode["episode_id"], "mode": "publish", "content_hash": drafted["content_hash"]}
    assert seller.call("POST", BOT, publish).status_code == 409
    seller.ok("POST", "/approvals", {"content_hash": drafted["content_hash"], "decision": "approve"})
    sold = seller.ok("POST", BOT, publish)
    assert seller.ok("POST", BOT, publish)["url"] == sold["url"]
    assert seller.call("DELETE", f"/episodes/{episode['episode_id']}").status_code == 409

    product, stripe = sold["product"], deployed.networks.service(StripeApi)
    session = stripe.pay(product["payment_link"])
    back = f"/purchases/{product['page']}?session_id={session['id']}"
    waiting = come(deployed, back)
    assert (waiting.status_code, "being confirmed" in waiting.text) == (200, True), waiting.text

    def tell(kind: str, thing: Any) -> None:
        at = int(datetime.now(UTC).timestamp())
        body = event(kind, thing, at)
        headers = {"Stripe-Signature": signature(body, SECRET, at), "Content-Type": "application/json"}
        path = "/webhooks/stripe/" + address.rpartition("/")[2]
        with httpx.Client(trust_env=False, timeout=30) as http:
            assert http.post(deployed.outputs.api_url + path, content=body, headers=headers).status_code == 200

    tell("checkout.session.completed", session)
    led = come(deployed, back)
    assert led.status_code == 303, led.text
    page = "/" + led.headers["location"].removeprefix("../")
    shown = come(deployed, page)
    found = re.findall(r'href="([^"]+)"', shown.text)
    assert len(found) == len(product["files"]) == 3
    for link, file in zip(found, product["files"], strict=True):
        leads = come(deployed, f"/downloads/{link}")
        assert leads.status_code == 302
        data = httpx.get(leads.headers["location"], trust_env=False).content
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
    path = f"/products/{product['product_id']}"
    assert seller.ok("GET", path)["orders"] == 1
    tell("refund.created", stripe.refund(session, 500))
    assert come(deployed, page).status_code == come(deployed, back).status_code == 404
    assert seller.ok("GET", path)["revenue"][0]["net"] == 0
    assert seller.call("DELETE", path).status_code == 204
    assert not stripe.made[product["payment_link"]]["active"]
