"""Leads and offers against the deployed stack: a real mail from the emulator's SES, and every role enforced."""

import html
import json
import re
import time
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import PROMPT, Deployed, Person
from tests.e2e.test_bot_policies import as_role, refused
from tests.unit.signing_up import BROWSER, FORM

IDIL = "idil@example.com"


@pytest.fixture(scope="module")
def written(deployed: Deployed, amina: Person) -> str:
    """An episode of amina's with a script."""
    started = amina.ok(
        "POST", "/functions/generate-episode-from-prompt", {"prompt": PROMPT, "provider": "draft", "clips": 1}
    )
    return str(amina.finished(started["episode_id"])["episode_id"])


@pytest.fixture(scope="module")
def mailing(deployed: Deployed) -> None:
    """SES as sign-up needs it: domains that are verified, and the right to mail.

    The emulator asks for `ses:SendEmail` on `*` and never on an identity, so that the role's own statement, which AWS
    would go by, does not count there.
    """
    here = deployed.outputs
    for domain in ("studio.example", "example.com"):
        here.client("ses").verify_domain_identity(Domain=domain)
    role = here.client("lambda").get_function_configuration(FunctionName=f"{here.stack}-sign-up")["Role"]
    allowed = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}
    here.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="mails-in-the-emulator",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )


def mailed_to_idil(deployed: Deployed) -> dict[str, Any]:
    """Wait for a mail to her, and return it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        told = httpx.get(f"{deployed.outputs.endpoint}/_ministack/ses/messages", trust_env=False).json()["messages"]
        for mail in (mail for account in told.values() for mail in account):
            if mail["To"] == [IDIL]:
                found: dict[str, Any] = mail
                return found
        time.sleep(0.2)
    raise AssertionError("no mail came")


def come(deployed: Deployed, method: str, path: str, **more: Any) -> httpx.Response:
    headers = BROWSER | more.pop("headers", {})
    with httpx.Client(trust_env=False, timeout=30) as http:
        return http.request(method, deployed.outputs.api_url + path, headers=headers, **more)


@pytest.mark.usefixtures("mailing")
def test_somebody_signs_up_confirms_leaves_and_is_erased(deployed: Deployed, amina: Person, written: str) -> None:
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
    mail = mailed_to_idil(deployed)
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


@pytest.mark.parametrize("function", ["forms", "subscriptions", "leads", "lead-capture-bot", "affiliate-bot"])
def test_nobody_else_may_mail(deployed: Deployed, function: str) -> None:
    simple = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
    mailed = as_role(deployed, function, "sesv2").send_email
    assert refused(
        mailed,
        FromEmailAddress="news@studio.example",
        Destination={"ToAddresses": [IDIL]},
        Content={"Simple": simple},
    )


def test_who_confirms_and_who_drafts_may_not_read_addresses(deployed: Deployed) -> None:
    secrets = deployed.outputs.client("secretsmanager").list_secrets()["SecretList"]
    [key] = [one["ARN"] for one in secrets if "AddressKey" in one["Name"]]
    for function in ("subscriptions", "lead-capture-bot", "go"):
        assert refused(as_role(deployed, function, "secretsmanager").get_secret_value, SecretId=key), function
    assert not refused(as_role(deployed, "leads", "secretsmanager").get_secret_value, SecretId=key)


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
