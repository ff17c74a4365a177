"""Accounts elsewhere, connected over HTTP at the networks on loopback."""

from urllib.parse import parse_qs, urlsplit

import httpx

from tests.e2e.conftest import Deployed, Person

LOOPBACK = "http://127.0.0.1:53111/"


def connect(person: Person, network: str) -> httpx.Response:
    """Connect an account of a network as its owner would: begin, consent in the browser, finish."""
    begun = person.ok("POST", f"/connections/{network}", {"return_to": LOOPBACK})
    back = httpx.get(begun["authorize_url"], follow_redirects=False, trust_env=False).headers["location"]
    told = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    return person.call("POST", f"/connections/{network}/finish", {"state": told["state"], "code": told["code"]})


def test_an_account_is_connected_shown_without_its_tokens_and_forgotten(deployed: Deployed) -> None:
    cawo = deployed.person("cawo")
    made = connect(cawo, "x")
    assert made.status_code == 201, made.text
    [listed] = cawo.ok("GET", "/connections")["items"]
    assert (listed["network"], listed["status"]) == ("x", "connected")
    kept = deployed.outputs.client("secretsmanager").list_secrets()["SecretList"]
    [name] = [secret["Name"] for secret in kept if secret["Name"].endswith(f"/x/{listed['account_id']}")]
    value = deployed.outputs.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    assert '"access": "' in value
    gone = cawo.ok("DELETE", f"/connections/x/{listed['account_id']}")
    assert gone == {"revoked": True}
    assert cawo.ok("GET", "/connections")["items"] == []


def test_the_stack_is_reached_at_the_address_it_gives_out(deployed: Deployed) -> None:
    begun = deployed.person("daahir").ok("POST", "/connections/x", {})
    [callback] = parse_qs(urlsplit(begun["authorize_url"]).query)["redirect_uri"]
    assert callback == deployed.outputs["PublicAddress"] + "/connections/callback"
    answer = httpx.get(deployed.outputs["PublicAddress"] + "/bots", trust_env=False)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:episode-studio:unauthorized")


def test_the_landing_page_needs_no_token_and_says_nothing_of_its_address(deployed: Deployed) -> None:
    address = deployed.outputs["PublicAddress"] + "/connections/callback?code=%3Cscript%3E&state=1"
    answer = httpx.get(address, headers={"Accept": "text/html"}, trust_env=False)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<script>" not in answer.text
