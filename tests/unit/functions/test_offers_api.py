"""The catalogue of offers: kept, changed, brought by the hundred, and each owner's own."""

from typing import Any

import pytest

from functions.offers import app
from studio.domain import offer
from studio.store import offers
from tests.conftest import Answer, call, http_event

pytestmark = pytest.mark.usefixtures("aws")

KETTLE = {"name": "Kettle", "url": "https://shop.example/kettle?tag=mine"}


def ask(method: str, path: str = "/offers", body: Any = None, **more: Any) -> Answer:
    return call(app.handler, http_event(method, path, body, **more))


def test_an_offer_is_made_read_changed_and_deleted() -> None:
    made = ask("POST", body=KETTLE | {"aliases": ["tea kettle"], "countries": ["DE"], "price": "29 €"})
    assert made.status == 201
    path = made.headers["Location"]
    assert ask("GET", path).body == made.body
    changed = ask("PATCH", path, {"active": False, "countries": []})
    assert (changed.body["active"], changed.body["countries"], changed.body["price"]) == (False, [], "29 €")
    assert ask("GET").body["items"] == [changed.body]
    assert ask("DELETE", path).status == 204
    assert ask("GET", path).status == ask("PATCH", path, {"active": True}).status == ask("DELETE", path).status == 404


def test_one_offer_is_in_a_catalogue_once() -> None:
    assert ask("POST", body=KETTLE).status == 201
    assert ask("POST", body=KETTLE | {"name": "KETTLE"}).status == 409
    assert ask("POST", body=KETTLE | {"url": "https://other.example/"}).status == 201


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (KETTLE | {"url": "http://shop.example"}, "url"),
        (KETTLE | {"url": "javascript:alert(1)"}, "url"),
        (KETTLE | {"url": "https://10.0.0.1/"}, "url"),
        (KETTLE | {"name": " "}, "name"),
        (KETTLE | {"countries": ["Germany"]}, "countries.0"),
        (KETTLE | {"offer_id": "mine"}, "offer_id"),
        (KETTLE | {"price": "9" * 41}, "price"),
    ],
)
def test_what_is_no_offer_is_refused_by_its_path(body: dict[str, Any], path: str) -> None:
    answer = ask("POST", body=body)
    assert (answer.status, [entry["path"] for entry in answer.body["errors"]]) == (422, [path])


def test_many_offers_come_at_once_and_good_ones_land_beside_bad_ones() -> None:
    rows: list[Any] = [{"name": f"Plate {n}", "url": f"https://shop.example/{n}"} for n in range(400)]
    answer = ask("POST", "/offers/import", {"offers": [*rows, rows[0], {"name": "x", "url": "ftp://x"}, {"url": 1}]})
    assert (answer.body["taken"], answer.body["duplicates"]) == (400, 1)
    assert [(one["index"], one["path"]) for one in answer.body["problems"]] == [
        (401, "url"),
        (402, "name"),
        (402, "url"),
    ]
    assert ask("POST", "/offers/import", {"offers": rows}).body == {"taken": 0, "duplicates": 400, "problems": []}
    assert ask("POST", "/offers/import", {"offers": rows + rows}).status == 422
    pages, cursor = 0, None
    while pages == 0 or cursor:
        page = ask("GET", query={"limit": "100"} | ({"cursor": cursor} if cursor else {})).body
        pages, cursor = pages + 1, page["cursor"]
    assert pages == 4


def test_a_catalogue_is_not_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    assert offers.MOST_OFFERS == offer.MOST_OFFERS
    monkeypatch.setattr(offers, "MOST_OFFERS", 2)
    rows = [{"name": f"Plate {n}", "url": f"https://shop.example/{n}"} for n in range(3)]
    assert ask("POST", "/offers/import", {"offers": rows}).status == 409
    assert ask("GET").body["items"] == []


def test_a_catalogue_is_its_owners() -> None:
    path = ask("POST", body=KETTLE).headers["Location"]
    assert ask("GET", owner="bilan").body["items"] == []
    assert ask("GET", path, owner="bilan").status == 404
    assert ask("POST", body=KETTLE, owner="bilan").status == 201
