"""/admin: everybody's spending and caps, for those in the group `admin`, and nothing at all for others."""

from typing import Any

import pytest

from functions.admin import app
from studio.domain.errors import BudgetExceeded
from studio.entry import Studio
from studio.entry.http import groups_of
from studio.store import keys
from studio.store.ledger import Bill, Call
from tests.conftest import Answer, call, http_event
from tests.unit.memory import MemoryAws

ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/admin/spending", None),
    ("GET", "/admin/owners/amina/caps", None),
    ("PUT", "/admin/owners/amina/caps", {"month_usd": 1, "episode_usd": 1}),
    ("DELETE", "/admin/owners/amina/caps", None),
]
CAPS = "/admin/owners/amina/caps"


def as_admin(method: str, path: str, body: Any = None, **query: str) -> Answer:
    claims = {"cognito:groups": "admin"}
    return call(app.handler, http_event(method, path, body, owner="the-admin", claims=claims, query=query or None))


def spend(owner: str, amount: int) -> Studio:
    studio = Studio.opened_for(owner)
    now = studio.clock()
    reservation = studio.ledger.reserve(Call("p", "gemini", "m", "2026-10-01", "d", amount), now)
    studio.ledger.settle(reservation, Bill("settled", amount), now)
    return studio


# -- who gets in


@pytest.mark.parametrize(
    ("told", "groups"),
    [
        ("admin", {"admin"}),
        ("crew,admin", {"crew", "admin"}),
        ("crew, admin", {"crew", "admin"}),
        ("[crew admin]", {"crew", "admin"}),
        ("[crew, admin]", {"crew", "admin"}),
        ("[admin]", {"admin"}),
        ('["crew","admin"]', {"crew", "admin"}),
        (["crew", "admin"], {"crew", "admin"}),
        (["administrators", 7, None], {"administrators"}),
        ("administrators", {"administrators"}),
        ("not-admin,admin-not,Admin", {"not-admin", "admin-not", "Admin"}),
        ("", set()),
        ("[]", set()),
        ([], set()),
        (None, set()),
        (True, set()),
        ({"admin": True}, set()),
        (7, set()),
    ],
)
def test_groups_are_read_in_every_shape_a_gateway_gives_them(told: Any, groups: set[str]) -> None:
    assert groups_of(http_event("GET", "/", claims={"cognito:groups": told})) == groups


def test_a_token_without_groups_is_in_none() -> None:
    assert groups_of(http_event("GET", "/")) == frozenset()


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"cognito:username": "admin"},
        {"email": "admin@example.com", "name": "admin"},
        {"custom:groups": "admin", "groups": ["admin"], "cognito:roles": "admin", "scope": "admin"},
        {"cognito:groups": "administrators,not-admin"},
        {"cognito:groups": "ADMIN"},
        {"cognito:Groups": "admin"},
        {"sub": "admin"},
    ],
)
def test_who_is_not_in_the_group_finds_nothing_whatever_else_they_are_called(
    aws: MemoryAws, method: str, path: str, body: Any, claims: dict[str, Any]
) -> None:
    spend("amina", 5)
    before = str(aws.services["dynamodb"].items)
    answer = call(app.handler, http_event(method, path, body, owner="admin", claims=claims))
    assert (answer.status, answer.body["type"]) == (404, "urn:episode-studio:not_found")
    assert (answer.body["title"], answer.body["detail"]) == ("Not found", "There is nothing here.")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert str(aws.services["dynamodb"].items) == before


@pytest.mark.parametrize(
    "event",
    [
        http_event("GET", "/admin/spending", query={"month": "never"}),
        http_event("PUT", CAPS, "{not json"),
        http_event("PUT", CAPS, {"month_usd": -1}),
        http_event("PUT", CAPS, "x" * 200_000),
        http_event("PUT", CAPS, "a=b", headers={"Content-Type": "text/plain"}),
        http_event("POST", "/admin/nothing", {}),
    ],
)
def test_to_who_is_not_in_the_group_mistakes_look_like_nothing_too(aws: MemoryAws, event: Any) -> None:
    assert call(app.handler, event).status == 404


# -- caps


def test_a_cap_is_raised_read_and_given_up_again(aws: MemoryAws) -> None:
    read = as_admin("GET", CAPS)
    assert (read.status, read.body) == (
        200,
        {"owner": "amina", "month_usd": 25, "episode_usd": 2, "set_by": None, "set_at": None},
    )
    written = as_admin("PUT", CAPS, {"month_usd": 100.5, "episode_usd": 0.1})
    assert (written.status, written.body["month_usd"], written.body["episode_usd"]) == (200, 100.5, 0.1)
    assert written.body["set_by"] == "the-admin"
    assert written.body["set_at"]
    assert as_admin("GET", CAPS).body == written.body
    assert Studio.opened_for("amina").ledger.caps.month == 100_500_000
    assert Studio.opened_for("bilan").ledger.caps.set_at is None
    for _ in range(2):
        assert as_admin("DELETE", CAPS).status == 204
    assert as_admin("GET", CAPS).body == read.body


def test_a_cap_that_is_lowered_holds_for_the_next_call(aws: MemoryAws) -> None:
    spend("amina", 900_000)
    assert as_admin("PUT", CAPS, {"month_usd": 1, "episode_usd": 1}).status == 200
    with pytest.raises(BudgetExceeded, match=r"this month's cap of \$1\.00"):
        spend("amina", 200_000)
    spend("amina", 100_000)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"month_usd": 1},
        {"month_usd": -1, "episode_usd": 1},
        {"month_usd": "many", "episode_usd": 1},
        {"month_usd": 1e12, "episode_usd": 1},
        {"month_usd": 1, "episode_usd": 1, "owner": "bilan"},
        '{"month_usd": NaN, "episode_usd": 1}',
        '{"month_usd": Infinity, "episode_usd": 1}',
    ],
)
def test_caps_that_are_no_amounts_are_refused(aws: MemoryAws, body: Any) -> None:
    assert as_admin("PUT", CAPS, body).status == 422
    assert aws.services["dynamodb"].items == {}


@pytest.mark.parametrize("owner", ["OWNER%23amina", "a_b", "x" * 65])
def test_who_cannot_be_an_owner_is_not_there(aws: MemoryAws, owner: str) -> None:
    assert as_admin("PUT", f"/admin/owners/{owner}/caps", {"month_usd": 1, "episode_usd": 1}).status == 404


# -- everybody's spending


def test_everybody_s_spending_is_listed_by_owner_with_their_caps_and_page_by_page(aws: MemoryAws) -> None:
    for number, owner in enumerate(("amina", "bilan", "cawo")):
        spend(owner, 1_000_000 * (number + 1))
    as_admin("PUT", "/admin/owners/bilan/caps", {"month_usd": 50, "episode_usd": 5})
    first = as_admin("GET", "/admin/spending", limit="2").body
    rest = as_admin("GET", "/admin/spending", limit="2", cursor=first["cursor"]).body
    assert [(row["owner"], row["spent_usd"], row["committed_usd"], row["cap_usd"]) for row in first["items"]] == [
        ("amina", 1, 1, 25),
        ("bilan", 2, 2, 50),
    ]
    assert [row["owner"] for row in rest["items"]] == ["cawo"]
    assert first["totals"] == {"owners": 3, "spent_usd": 6, "committed_usd": 6}
    assert (rest["totals"], rest["cursor"]) == (None, None)
    assert first["month"] == keys.month(Studio.opened_for("amina").clock())
    assert as_admin("GET", "/admin/spending", month="2020-01").body["items"] == []
    assert "Scan" not in aws.services["dynamodb"].calls


def test_a_cursor_of_another_list_is_refused(aws: MemoryAws) -> None:
    for cursor in ("!!", "U1BFTkQj", "x" * 1900):
        assert as_admin("GET", "/admin/spending", cursor=cursor).status == 422
