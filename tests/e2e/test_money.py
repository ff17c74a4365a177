"""Money over HTTP with every role enforced: quotes, bills, caps, and who may look after everybody's."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import PROMPT, Deployed, Person

PRODUCE = "/functions/generate-episode-from-prompt"


def claims_of(person: Person) -> dict[str, Any]:
    """Return what a person's ID token says."""
    body = person.token.split(".")[1]
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return told


def put_in(deployed: Deployed, person: Person, *groups: str) -> None:
    """Put somebody into groups of the user pool, and sign them in again."""
    cognito, pool = deployed.outputs.client("cognito-idp"), deployed.outputs["UserPoolId"]
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=person.email, GroupName=group)
    person.sign_in()


@pytest.fixture(scope="module")
def crew(deployed: Deployed) -> Iterator[str]:
    """A group that is not the administrators', though it sounds like it."""
    cognito, pool = deployed.outputs.client("cognito-idp"), deployed.outputs["UserPoolId"]
    cognito.create_group(UserPoolId=pool, GroupName="not-admin")
    yield "not-admin"
    cognito.delete_group(UserPoolId=pool, GroupName="not-admin")


@pytest.fixture(scope="module")
def admin(deployed: Deployed, crew: str) -> Person:
    """Somebody in the group, and in another."""
    person = deployed.person("root")
    put_in(deployed, person, crew, "admin")
    return person


def test_who_is_in_the_group_looks_after_everybody_and_who_is_not_finds_nothing(
    deployed: Deployed, admin: Person, bilan: Person, crew: str
) -> None:
    assert sorted(claims_of(admin)["cognito:groups"]) == ["admin", crew]
    caps = f"/admin/owners/{claims_of(bilan)['sub']}/caps"
    impostor = deployed.person("admin")
    put_in(deployed, impostor, crew)
    for person in (bilan, impostor):
        for method, path, body in (
            ("GET", "/admin/spending", None),
            ("GET", caps, None),
            ("PUT", caps, {"month_usd": 1000, "episode_usd": 1000}),
            ("PUT", caps, "{not json"),
            ("DELETE", caps, None),
        ):
            answer = person.call(method, path, body)
            assert (answer.status_code, answer.json()["detail"]) == (404, "There is nothing here."), (method, path)
    everybody = admin.ok("GET", "/admin/spending")
    assert everybody["totals"]["owners"] == len(everybody["items"])
    assert admin.ok("GET", caps)["set_by"] is None
    raised = admin.ok("PUT", caps, {"month_usd": 40, "episode_usd": 4})
    assert (raised["month_usd"], raised["set_by"]) == (40, claims_of(admin)["sub"])
    assert bilan.ok("GET", "/dashboard")["spend"]["cap_usd"] == 40
    assert admin.call("DELETE", caps).status_code == 204
    assert bilan.ok("GET", "/dashboard")["spend"]["cap_usd"] == 25


def test_an_episode_is_quoted_without_anything_being_made_or_bought(deployed: Deployed, bilan: Person) -> None:
    deployed.gemini.reset()
    order = {"prompt": PROMPT, "clips": 2, "pipeline": "full", "provider": "gemini"}
    quote = bilan.ok("POST", "/quotes", order, Idempotency_Key="a-quote")
    assert bilan.ok("POST", "/quotes", order, Idempotency_Key="a-quote") == quote
    assert 0 < quote["expected_usd"] <= quote["at_most_usd"]
    assert len(quote["lines"]) == 9
    assert deployed.gemini.calls == []
    assert bilan.ok("POST", "/quotes", {**order, "provider": "draft"})["at_most_usd"] == 0


def test_an_episode_s_bill_stands_beside_its_quote_and_is_the_sum_of_the_ledger_s_lines(
    amina: Person, admin: Person, episode: Any
) -> None:
    path = f"/episodes/{episode['episode_id']}"
    bill = amina.ok("GET", f"{path}/bill")
    assert bill["spent_usd"] == pytest.approx(sum(line["spent_usd"] for line in bill["lines"]))
    assert 0 < bill["spent_usd"] <= bill["quoted_at_most_usd"]
    assert {line["clip"] for line in bill["lines"] if line["step"] == "render_clip"} == {1, 2, 3}
    assert all(line["quoted_at_most_usd"] is not None for line in bill["lines"])
    spending = amina.ok("GET", "/spending?limit=100")
    lines, cursor = spending["items"], spending["cursor"]
    while cursor:
        page = amina.ok("GET", f"/spending?limit=100&cursor={cursor}")
        lines, cursor = [*lines, *page["items"]], page["cursor"]
    mine = [line for line in lines if line["episode_id"] == episode["episode_id"]]
    assert sum(line["cost_usd"] for line in mine) == pytest.approx(bill["spent_usd"])
    assert all(line["prices"] and line["price_date"] for line in mine)
    assert amina.ok("GET", f"{path}/quote")["at_most_usd"] == 0
    rows = {row["owner"]: row for row in admin.ok("GET", "/admin/spending?limit=100")["items"]}
    assert rows[claims_of(amina)["sub"]]["spent_usd"] == pytest.approx(spending["spent_usd"])


def test_at_a_cap_a_bot_answers_402_and_an_episode_says_which_cap_and_goes_on_when_it_is_raised(
    deployed: Deployed, admin: Person
) -> None:
    deployed.gemini.reset()
    poor = deployed.person("poor")
    caps = f"/admin/owners/{claims_of(poor)['sub']}/caps"
    admin.ok("PUT", caps, {"month_usd": 25, "episode_usd": 0})
    started = poor.ok("POST", PRODUCE, {"prompt": PROMPT, "provider": "gemini", "clips": 1})
    stopped = poor.finished(started["episode_id"])
    assert stopped["status"] == "failed"
    assert "pass this episode's cap of $0.00. Nothing was bought. $0.0000 of the cap is left." in stopped["reason"]
    answer = poor.call("POST", "/functions/script-generator-bot", {"episode_id": started["episode_id"]})
    assert (answer.status_code, answer.json()["type"]) == (402, "urn:episode-studio:budget_exceeded")
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert deployed.gemini.calls == []
    admin.ok("PUT", caps, {"month_usd": 25, "episode_usd": 2})
    poor.ok("POST", PRODUCE, {"episode_id": started["episode_id"]})
    assert poor.finished(started["episode_id"])["status"] == "completed"
