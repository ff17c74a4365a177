"""The owner's leads: read, exported without traps, shown to a person and erased for them."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from functions.leads import app
from studio.store import leads as stored_leads
from tests.conftest import Clock
from tests.unit.memory import ADDRESS, MemoryAws
from tests.unit.signing_up import IDIL, Door, with_clock


@pytest.fixture
def door(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Door:
    clock = Clock()
    with_clock(monkeypatch, clock)
    return Door(aws, clock)


def exported(door: Door, **more: Any) -> list[dict[str, str]]:
    answer = door.owner("GET", "/leads/export", **more)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.body)))


def test_without_leads_there_are_none(door: Door) -> None:
    assert door.owner("GET", "/leads").body == {"items": [], "cursor": None}
    assert exported(door) == []


def test_only_who_confirmed_is_shown_and_exported(door: Door) -> None:
    leave = [door.joined(f"p{n}@example.com", address=f"203.0.113.{n}") for n in range(3)]
    door.press(leave[0])
    door.send("pending@example.com")
    told = door.owner("GET", "/leads").body["items"]
    assert [(one["status"], one["email"]) for one in told] == [
        ("pending", None),
        ("confirmed", "p2@example.com"),
        ("confirmed", "p1@example.com"),
        ("unsubscribed", None),
    ]
    assert [one["email"] for one in exported(door)] == ["p2@example.com", "p1@example.com"]
    assert exported(door)[1]["unsubscribe_url"] == f"{ADDRESS}{leave[1]}"
    assert [one["status"] for one in door.owner("GET", "/leads", query={"status": "pending"}).body["items"]] == [
        "pending"
    ]


@pytest.mark.parametrize("email", ["=cmd|1@example.com", "+1@example.com", "-2+3@example.com"])
def test_no_spreadsheet_takes_an_address_for_a_formula(door: Door, email: str) -> None:
    door.joined(email)
    [row] = exported(door)
    assert row["email"] == f"'{email}"
    assert door.owner("GET", "/leads").body["items"][0]["email"] == email


def test_variants_are_harmless_too(door: Door) -> None:
    assert [app._harmless(cell) for cell in ("=1+1", "@x", "\tx", "\rx", "x=1", None, 3)] == [
        "'=1+1", "'@x", "'\tx", "'\rx", "x=1", "", "3",
    ]  # fmt: skip


def test_a_long_list_is_exported_in_parts(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MOST_ROWS", 2)
    monkeypatch.setattr(app, "_PAGE", 2)
    for n in range(3):
        door.joined(f"p{n}@example.com", address=f"203.0.113.{n}")
    answer = door.owner("GET", "/leads/export")
    address, _, cursor = answer.headers["Link"].removesuffix('>; rel="next"').partition("?cursor=")
    assert address == f"<{ADDRESS}/leads/export"
    rest = door.owner("GET", "/leads/export", query={"cursor": cursor})
    assert "Link" not in rest.headers
    assert (answer.body + rest.body).count("@example.com") == 3
    assert door.owner("GET", "/leads/export", query={"cursor": "nonsense"}).status == 422


def test_a_person_is_shown_everything_and_nothing_of_anybody_else(door: Door) -> None:
    door.joined()
    door.joined("other@example.com", address="198.51.100.2")
    told = door.owner("POST", "/leads/person", {"email": IDIL.upper()}).body
    assert (len(told["leads"]), len(told["consents"]), len(told["events"]), told["suppressed"]) == (1, 1, 1, False)
    assert told["leads"][0]["email"] == IDIL
    assert told["events"][0]["visitor"] == told["visitor"]
    assert "other" not in str(told)
    nobody = door.owner("POST", "/leads/person", {"email": "nobody@example.com"})
    assert nobody.status == 200
    assert (nobody.body["leads"], nobody.body["consents"], nobody.body["events"]) == ([], [], [])


def test_a_person_is_erased_everywhere_and_the_answer_is_the_same_for_nobody(door: Door) -> None:
    door.joined()
    door.joined("other@example.com", address="198.51.100.2")
    contact, visitor = door.studio.contact(IDIL), door.studio.visitor(IDIL)
    known = door.owner("POST", "/leads/erase", {"email": IDIL})
    unknown = door.owner("POST", "/leads/erase", {"email": "nobody@example.com"})
    again = door.owner("POST", "/leads/erase", {"email": IDIL})
    assert (
        (known.status, known.body)
        == (unknown.status, unknown.body)
        == (again.status, again.body)
        == (200, {"erased": True})
    )
    told = door.owner("POST", "/leads/person", {"email": IDIL}).body
    assert (told["leads"], told["consents"], told["events"]) == ([], [], [])
    items = {
        sk: item
        for pk, part in door.aws.services["dynamodb"].items.items()
        if not pk.startswith("PUBLIC#")
        for sk, item in part.items()
    }
    assert visitor not in str(items)
    assert contact not in str(items)
    assert [one["email"] for one in exported(door)] == ["other@example.com"]


def test_that_somebody_wants_no_mail_outlives_their_erasure(door: Door) -> None:
    door.press(door.joined())
    door.owner("POST", "/leads/erase", {"email": IDIL})
    before = len(door.mails)
    door.clock.at += timedelta(minutes=5)
    door.send()
    assert len(door.mails) == before
    assert door.owner("GET", "/leads").body["items"] == []


def test_a_link_in_an_old_mail_still_works_for_who_was_erased(door: Door) -> None:
    leave = door.joined()
    door.owner("POST", "/leads/erase", {"email": IDIL})
    assert door.press(leave, "GET").status == door.press(leave).status == 200
    assert door.studio.leads.suppressed(door.studio.contact(IDIL))


def test_an_erasure_that_broke_off_is_finished_by_the_next(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.joined()
    whole = stored_leads.Leads._all_of
    monkeypatch.setattr(stored_leads.Leads, "_all_of", lambda self, contact: list(whole(self, contact))[:1])
    door.owner("POST", "/leads/erase", {"email": IDIL})
    monkeypatch.setattr(stored_leads.Leads, "_all_of", whole)
    door.owner("POST", "/leads/erase", {"email": IDIL})
    assert "LEADOF#" not in str(door.aws.services["dynamodb"].items)


def test_what_was_told_of_a_person_is_kept_nowhere_also_under_an_idempotency_key(door: Door) -> None:
    door.joined()
    for path in ("/leads/person", "/leads/erase"):
        assert door.owner("POST", path, {"email": IDIL}, headers={"Idempotency-Key": "mine"}).status == 200
    assert IDIL.casefold() not in str(door.aws.services["dynamodb"].items).casefold()
    assert door.owner("POST", "/leads/person", {"email": IDIL}, headers={"Idempotency-Key": "mine"}).body["leads"] == []


@pytest.mark.parametrize("body", [{"email": "nonsense"}, {"email": ""}, {}, {"email": IDIL, "owner": "bilan"}])
def test_what_names_nobody_is_refused(door: Door, body: dict[str, Any]) -> None:
    assert door.owner("POST", "/leads/erase", body).status == 422
    assert door.owner("POST", "/leads/person", body).status == 422


def test_leads_and_forms_are_their_owners(door: Door) -> None:
    door.joined()
    assert door.owner("GET", "/leads", owner="bilan").body["items"] == []
    assert exported(door, owner="bilan") == []
    assert door.owner("GET", "/leads/forms", owner="bilan").body["items"] == []
    assert door.owner("POST", "/leads/person", {"email": IDIL}, owner="bilan").body["leads"] == []
    door.owner("POST", "/leads/erase", {"email": IDIL}, owner="bilan")
    assert len(exported(door)) == 1
    assert door.owner("PATCH", f"/leads/forms/{door.episode_id}", {"open": False}, owner="bilan").status == 404
    [form] = door.owner("GET", "/leads/forms").body["items"]
    assert (form["code"], form["open"], form["counts"]["confirmed"]) == (door.code, True, 1)
