"""Leads and offers against the deployed stack: a real mail from the emulator's SES, and every role enforced."""

import html
import re
import time
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.e2e.conftest import PROMPT, Deployed, Person
from tests.e2e.test_bot_policies import as_role
from tests.unit.signing_up import BROWSER, FORM

IDIL = "idil@example.com"


@pytest.fixture(scope="module")
def written(deployed: Deployed, amina: Person) -> str:
    """An episode of amina's with a script."""
    started = amina.ok(
        "POST", "/functions/generate-episode-from-prompt", {"prompt": PROMPT, "provider": "draft", "clips": 1}
    )
    return str(amina.finished(started["episode_id"])["episode_id"])


def mails(deployed: Deployed) -> list[dict[str, Any]]:
    """Return what the emulator was given to mail."""
    told = httpx.get(f"{deployed.outputs.endpoint}/_ministack/ses/messages", trust_env=False).json()["messages"]
    return [mail for account in told.values() for mail in account]


def waited(deployed: Deployed, number: int) -> dict[str, Any]:
    """Wait for so many mails, and return the last."""
    deadline = time.monotonic() + 30
    while len(mails(deployed)) < number:
        assert time.monotonic() < deadline, "no mail"
        time.sleep(0.2)
    return mails(deployed)[-1]


def come(deployed: Deployed, method: str, path: str, **more: Any) -> httpx.Response:
    headers = BROWSER | more.pop("headers", {})
    with httpx.Client(trust_env=False, timeout=30) as http:
        return http.request(method, deployed.outputs.api_url + path, headers=headers, **more)


def test_somebody_signs_up_confirms_leaves_and_is_erased(deployed: Deployed, amina: Person, written: str) -> None:
    ses = deployed.outputs.client("ses")
    # A new account of SES mails only to whom it has verified too.
    for domain in ("studio.example", "example.com"):
        ses.verify_domain_identity(Domain=domain)
    draft = amina.ok("POST", "/functions/lead-capture-bot", {"episode_id": written, "provider": "draft"})
    amina.ok("POST", "/approvals", {"content_hash": draft["content_hash"]})
    order = {"episode_id": written, "mode": "publish", "content_hash": draft["content_hash"]}
    form = amina.ok("POST", "/functions/lead-capture-bot", order)
    path = "/forms/" + form["url"].rpartition("/")[2]
    assert form["url"].startswith(deployed.outputs.endpoint)

    shown = come(deployed, "GET", path)
    assert shown.status_code == 200
    started = html.unescape(re.findall(r'name="started" value="([^"]*)"', shown.text)[0])
    time.sleep(2.1)
    fields = {"email": IDIL, "consent": "yes", "started": started}
    sent = come(deployed, "POST", path, data=fields, headers={"Content-Type": FORM})
    assert sent.status_code == 200, sent.text
    before = len(mails(deployed))
    mail = waited(deployed, max(1, before))
    assert (mail["Source"], mail["To"]) == (f"{form['form']['from_name']} <news@studio.example>", [IDIL])
    confirm, leave = re.findall(r"/(?:confirm|unsubscribe)/[a-z2-7]+", str(mail))[:2]
    assert come(deployed, "GET", confirm).status_code == 200
    assert [come(deployed, "POST", confirm).status_code for _ in range(2)] == [200, 404]
    [lead] = amina.ok("GET", "/leads")["items"]
    assert (lead["email"], lead["status"]) == (IDIL, "confirmed")
    assert IDIL in amina.call("GET", "/leads/export").text
    assert amina.ok("GET", "/events/summary")["stages"]["lead"] == 1

    clicked = come(deployed, "POST", leave, data={"List-Unsubscribe": "One-Click"}, headers={"Content-Type": FORM})
    assert clicked.status_code == 200
    told = amina.ok("POST", "/leads/person", {"email": IDIL})
    assert (told["suppressed"], len(told["consents"]), len(told["events"])) == (True, 1, 1)
    amina.ok("POST", "/leads/erase", {"email": IDIL})
    told = amina.ok("POST", "/leads/person", {"email": IDIL})
    assert (told["suppressed"], told["leads"], told["consents"], told["events"]) == (True, [], [], [])
    counts = amina.ok("POST", "/functions/lead-capture-bot", {"episode_id": written, "provider": "draft"})["counts"]
    assert counts == {"shown": 1, "asked": 1, "confirmed": 1, "unsubscribed": 1}


def test_only_sign_up_may_mail_and_only_as_its_own_sender(deployed: Deployed) -> None:
    def mailed(function: str, sender: str) -> str:
        simple = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
        try:
            as_role(deployed, function, "sesv2").send_email(
                FromEmailAddress=sender, Destination={"ToAddresses": [IDIL]}, Content={"Simple": simple}
            )
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "sent"

    ses = deployed.outputs.client("ses")
    for domain in ("studio.example", "example.com", "other.example"):
        ses.verify_domain_identity(Domain=domain)
    assert mailed("sign-up", "news@studio.example") == "sent"
    assert "AccessDenied" in mailed("sign-up", "news@other.example")
    for function in ("forms", "subscriptions", "leads", "lead-capture-bot"):
        assert "AccessDenied" in mailed(function, "news@studio.example"), function


def test_offers_are_matched_linked_and_followed(deployed: Deployed, amina: Person, written: str) -> None:
    script = amina.ok("GET", f"/episodes/{written}")["script"]
    word = re.findall(r"[a-z]{5,}", script["scenes"][0]["action"])[-1]
    target = "https://shop.example/kettle?tag=mine"
    amina.ok("POST", "/offers", {"name": "Kettle", "aliases": [word], "url": target})
    order = {"episode_id": written, "provider": "draft"}
    draft = amina.ok("POST", "/functions/affiliate-bot", order)
    assert [match["name"] for match in draft["matches"]] == ["Kettle"], draft
    amina.ok("POST", "/approvals", {"content_hash": draft["content_hash"]})
    made = amina.ok(
        "POST", "/functions/affiliate-bot", order | {"mode": "publish", "content_hash": draft["content_hash"]}
    )
    address = made["links"][0]["address"]
    assert made["caption"].endswith(address)
    path = "/go/" + address.rpartition("/")[2]
    assert come(deployed, "GET", path).headers["location"] == target
    again = amina.ok("POST", "/functions/affiliate-bot", order)
    assert [(link["enabled"], link["clicks"]) for link in again["links"]] == [(True, 1)]
