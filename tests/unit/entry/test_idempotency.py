"""`Idempotency-Key`."""

import threading
import time
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from studio.domain.base import Name, Value
from studio.domain.errors import Conflict
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, created
from tests.conftest import Answer, call, http_event
from tests.unit.made import items_of

pytestmark = pytest.mark.usefixtures("aws")

app = resolver()
made: list[str] = []
before: list[Any] = []


class Thing(Value):
    name: Name
    mood: Name = "calm"


class ThingMade(Value):
    owner: str
    number: int


@app.post("/things")
def make_thing(thing: Annotated[Thing, Body()], studio: Caller) -> Response[ThingMade]:
    if before:
        before.pop(0)()
    made.append(thing.name)
    return created(ThingMade(owner=studio.owner, number=len(made)), f"/things/{len(made)}")


@app.post("/others")
def make_other(thing: Annotated[Thing, Body()]) -> Response[ThingMade]:
    made.append(thing.name)
    return created(ThingMade(owner="", number=len(made)), f"/others/{len(made)}")


@app.get("/things")
def count_things() -> int:
    made.append("looked")
    return len(made)


handler = api(app)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    made.clear()
    before.clear()


def post(body: Any, key: str | None = "k-1", path: str = "/things", **more: Any) -> Answer:
    headers = {} if key is None else {"Idempotency-Key": key}
    return call(handler, http_event("POST", path, body, headers=headers, **more))


def refuse() -> None:
    raise Conflict("Not now.")


def break_down() -> None:
    raise ZeroDivisionError


def test_the_same_key_and_body_make_one_thing_and_give_one_answer() -> None:
    first, again = post({"name": "x"}), post({"name": "x"})
    assert first.status == 201
    assert (again.status, again.body, again.headers) == (first.status, first.body, first.headers)
    assert made == ["x"]


def test_a_body_is_the_same_whatever_its_key_order_and_white_space() -> None:
    post('{"name": "x", "mood": "tense"}')
    assert post('{"mood":"tense",  "name":"x"}').status == 201
    assert made == ["x"]


def test_another_body_under_the_same_key_is_a_conflict() -> None:
    post({"name": "x"})
    answer = post({"name": "y"})
    assert (answer.status, answer.body["type"]) == (409, "urn:episode-studio:conflict")
    assert "another body" in answer.body["detail"]
    assert answer.headers["Access-Control-Allow-Origin"]
    assert made == ["x"]


def test_another_key_no_key_another_owner_and_another_route_make_other_things() -> None:
    post({"name": "x"})
    post({"name": "x"}, "k-2")
    post({"name": "x"}, None)
    assert post({"name": "x"}, owner="bilan").body["owner"] == "bilan"
    post({"name": "x"}, path="/others")
    assert len(made) == 5


@pytest.mark.parametrize(("trouble", "status"), [(refuse, 409), (break_down, 500)])
def test_a_failure_is_not_kept(trouble: Any, status: int) -> None:
    before.append(trouble)
    assert post({"name": "x"}).status == status
    assert post({"name": "x"}).status == 201
    assert made == ["x"]


def test_what_was_not_valid_may_be_mended_under_the_same_key() -> None:
    assert post({"nom": "x"}).status == 422
    assert post("{").status == 400
    assert post({"name": "x"}).status == 201


def test_while_the_first_is_at_work_the_second_is_a_conflict() -> None:
    answers: list[Answer] = []

    def meanwhile() -> None:
        other = threading.Thread(target=lambda: answers.append(post({"name": "x"})))
        other.start()
        other.join()

    before.append(meanwhile)
    assert post({"name": "x"}).status == 201
    assert [answer.status for answer in answers] == [409]
    assert "still at work" in answers[0].body["detail"]
    assert made == ["x"]


@pytest.mark.parametrize("key", ["x" * 201, "ü", "a\nb", "a\x00", "\ud800", "ключ"])
def test_a_key_that_cannot_be_one_is_malformed(key: str) -> None:
    answer = post({"name": "x"}, key)
    assert (answer.status, answer.body["type"]) == (400, "urn:episode-studio:malformed")
    assert made == []


@pytest.mark.parametrize("key", ["x" * 200, "a b", "'; DROP TABLE", "{}"])
def test_any_printable_key_is_taken(key: str) -> None:
    assert post({"name": "x"}, key).status == post({"name": "x"}, key).status == 201
    assert made == ["x"]


def test_the_header_is_known_in_any_case() -> None:
    for name in ("idempotency-key", "IDEMPOTENCY-KEY"):
        call(handler, http_event("POST", "/things", {"name": "x"}, headers={name: "k"}))
    assert made == ["x"]


def test_reading_is_never_kept() -> None:
    for _ in range(2):
        call(handler, http_event("GET", "/things", headers={"Idempotency-Key": "k"}))
    assert len(made) == 2


def test_what_is_kept_lies_in_the_owners_partition_and_goes_after_a_day() -> None:
    post({"name": "x"}, "a-key")
    [item] = items_of(Studio.opened_for("amina")).values()
    assert item["sk"]["S"].startswith("IDEMPOTENCY#")
    assert 0 < int(item["expires_at"]["N"]) - time.time() <= 24 * 3600
