"""What every route has in common: errors, limits, headers."""

import json
import logging
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from studio.domain import errors
from studio.domain.base import Name, Prompt, Value
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId, created
from studio.entry.observe import logger
from tests.conftest import Answer, call, http_event

app = resolver()
raised: list[Exception] = []
made: list[str] = []
ID = "01JD0000000000000000000000"


class Inner(Value):
    prompt: Prompt
    count: int = Field(default=1, ge=1, le=6)


class Thing(Value):
    name: Name
    inner: tuple[Inner, ...] = ()


@app.post("/things")
def make_thing(thing: Annotated[Thing, Body()], studio: Caller) -> Response[Thing]:
    if raised:
        raise raised[0]
    made.append(f"{studio.owner}: {thing.name}")
    return created(thing, "/things/1")


@app.get("/things/<thing_id>")
def read_thing(thing_id: PathId, studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> dict[str, Any]:
    if raised:
        raise raised[0]
    return {"thing_id": thing_id, "owner": studio.owner, "limit": limit, "cursor": cursor}


handler = api(app)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    raised.clear()
    made.clear()


def post(body: Any, **more: Any) -> Answer:
    return call(handler, http_event("POST", "/things", body, **more))


def get(**more: Any) -> Answer:
    return call(handler, http_event("GET", f"/things/{ID}", **more))


def check_problem(answer: Answer, status: int, kind: str) -> None:
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["type"] == f"urn:episode-studio:{kind}"
    assert answer.body["status"] == status
    assert answer.body["request_id"] == "req-1"
    assert answer.body["title"]
    assert answer.body["detail"]
    check_headers(answer)
    assert "Traceback" not in json.dumps(answer.body)


def check_headers(answer: Answer) -> None:
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert answer.headers["Access-Control-Expose-Headers"] == "Location, Retry-After"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_a_good_request_is_answered() -> None:
    answer = post({"name": " Hodan ", "inner": [{"prompt": "Go."}]})
    assert (answer.status, answer.headers["Location"]) == (201, "/things/1")
    assert answer.body == {"name": "Hodan", "inner": [{"prompt": "Go.", "count": 1}]}
    check_headers(answer)
    assert get().body == {"thing_id": ID, "owner": "amina", "limit": 20, "cursor": None}
    check_headers(get())


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.Invalid("Say more.", {"inner.0": "too short"}), 422, "validation"),
        (errors.NotFound("There is none."), 404, "not_found"),
        (errors.Conflict("Not now."), 409, "conflict"),
        (errors.TooLarge("Too many."), 413, "too_large"),
        (errors.BudgetExceeded("Too dear."), 402, "budget_exceeded"),
        (errors.Blocked("Refused."), 422, "blocked"),
        (errors.MissingReference("No face."), 422, "missing_reference"),
        (errors.BadAnswer("Not usable."), 502, "provider_failed"),
        (errors.ProviderFailed("Wrong key."), 502, "provider_failed"),
        (errors.ProviderMissing("No key."), 503, "provider_unavailable"),
        (errors.Throttled("Wait.", 12.4), 429, "throttled"),
        (errors.Unavailable("Down.", 0.2), 503, "provider_unavailable"),
        (errors.Unavailable("Down.", sent=True), 503, "provider_unavailable"),
        (errors.Retryable("Later."), 503, "provider_unavailable"),
    ],
)
def test_each_error_has_its_answer(error: errors.StudioError, status: int, kind: str) -> None:
    raised.append(error)
    for answer in (post({"name": "x"}), get()):
        check_problem(answer, status, kind)
        assert answer.body["detail"] == str(error)
    expected = {"Wait.": "12", "Down.": "1" if getattr(error, "retry_after", None) else "5", "Later.": "5"}
    assert answer.headers.get("Retry-After") == expected.get(str(error))
    assert answer.body.get("errors", []) == (
        [{"path": "inner.0", "message": "too short"}] if isinstance(error, errors.Invalid) else []
    )


def test_every_error_of_the_domain_has_an_answer() -> None:
    from studio.entry.problems import kind_of

    everything = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.StudioError)]
    for cls in set(everything) - {errors.StudioError}:
        assert 400 <= kind_of(cls("x"))[0] <= 503


@pytest.mark.parametrize("body", ["{", "", "nope", '{"name": "x",}', "\x00", "{'name': 1}", '"\\ud800'])
def test_what_is_not_json_is_malformed(body: str) -> None:
    answer = post(body)
    if body:
        check_problem(answer, 400, "malformed")
    else:
        assert answer.status in {400, 422}


@pytest.mark.parametrize("depth", [100, 500, 900, 2_000, 10_000, 20_000])
@pytest.mark.parametrize("shape", ["[{}]", '{{"name":{}}}', '{{"name": "x", "inner": [{}]}}'])
def test_endless_nesting_is_refused(depth: int, shape: str) -> None:
    opening, closing = ("[", "]") if shape[0] == "[" else ('{"a":', "}")
    nested = opening * depth + "1" + closing * depth
    answer = post(shape.format(nested))
    assert answer.status in {400, 422}
    check_problem(answer, answer.status, "malformed" if answer.status == 400 else "validation")
    if depth == 20_000:
        assert answer.status == 400


@pytest.mark.parametrize("body", ["[]", "null", "1", '"text"', "NaN", "true"])
def test_json_that_is_no_object_is_not_valid(body: str) -> None:
    check_problem(post(body), 422, "validation")


@pytest.mark.parametrize("size", [128 * 1024 + 1, 3 * 1024 * 1024])
def test_a_body_that_is_too_large_is_not_even_read(size: int) -> None:
    check_problem(post("x" * size), 413, "too_large")
    check_problem(post("ü" * (size // 2 + 1)), 413, "too_large")
    check_problem(post("x" * size, headers={"Idempotency-Key": "k"}), 413, "too_large")


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, ["name"]),
        ({"name": "x", "owner": "bilan"}, ["owner"]),
        ({"name": "x", "take": 1, "run_id": "2"}, ["take", "run_id"]),
        ({"name": 7}, ["name"]),
        ({"name": None}, ["name"]),
        ({"name": ["x"]}, ["name"]),
        ({"name": "x" * 20_000}, ["name"]),
        ({"name": "x", "inner": {}}, ["inner"]),
        ({"name": "x", "inner": [{"prompt": " "}]}, ["inner.0.prompt"]),
        (
            {"name": "x", "inner": [{"prompt": "a"}, {"prompt": "b", "count": 7, "x": 1}]},
            ["inner.1.count", "inner.1.x"],
        ),
        ({"name": "x", "inner": [{"prompt": "a", "count": "many"}]}, ["inner.0.count"]),
    ],
)
def test_what_is_wrong_is_named_by_its_path(body: dict[str, Any], paths: list[str]) -> None:
    answer = post(body)
    check_problem(answer, 422, "validation")
    assert [entry["path"] for entry in answer.body["errors"]] == paths
    assert all(entry["message"] and "Value error" not in entry["message"] for entry in answer.body["errors"])
    assert made == []


def test_a_lone_surrogate_is_dropped_and_answered_as_text() -> None:
    answer = post('{"name": "Ho\\ud800dan \\ud83d\\ude00"}')
    assert (answer.status, answer.body["name"]) == (201, "Hodan 😀")


def test_a_refusal_of_a_lone_surrogate_can_be_sent() -> None:
    check_problem(post('{"name": "x", "\\ud800": 1}'), 422, "validation")


@pytest.mark.parametrize("number", ["1e400", "NaN", "Infinity", "9" * 4000, "9" * 5000, "1.5", "-1"])
def test_numbers_beyond_reason_are_refused(number: str) -> None:
    answer = post(f'{{"name": "x", "inner": [{{"prompt": "a", "count": {number}}}]}}')
    check_problem(answer, answer.status, "malformed" if answer.status == 400 else "validation")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "text/xml", "application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_another_content_type_is_unsupported(kind: str) -> None:
    check_problem(post('{"name": "x"}', headers={"Content-Type": kind}), 415, "unsupported_media_type")
    assert made == []


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/json", "application/json ;charset=UTF-8"]
)
def test_json_by_any_of_its_names_is_taken(kind: str) -> None:
    assert post({"name": "x"}, headers={"Content-Type": kind}).status == 201


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("GET", "/"), ("PATCH", "/things"), ("DELETE", f"/things/{ID}"), ("GET", "/things/1/2")],
)
def test_an_unknown_route_leads_nowhere(method: str, path: str) -> None:
    check_problem(call(handler, http_event(method, path)), 404, "not_found")


@pytest.mark.parametrize(
    "thing_id",
    ["1", "x" * 26, ID.lower(), ID + "0", "8" + ID[1:], f"{ID}%0A", "..", "OWNER#amina", "%2e%2e", "ü", "'"],
)
def test_what_cannot_be_an_id_leads_nowhere(thing_id: str) -> None:
    check_problem(call(handler, http_event("GET", f"/things/{thing_id}")), 404, "not_found")


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "101"}, {"limit": "many"}, {"limit": ""}, {"cursor": "x" * 2001}]
)
def test_a_query_out_of_bounds_is_named(query: dict[str, str]) -> None:
    answer = get(query=query)
    check_problem(answer, 422, "validation")
    assert [entry["path"] for entry in answer.body["errors"]] == list(query)


def test_a_bug_is_told_without_details_and_logged_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    records: list[logging.LogRecord] = []
    listener = logging.Handler()
    listener.emit = records.append  # type: ignore[method-assign]
    logger.addHandler(listener)
    raised.append(ZeroDivisionError("the drawer of secrets"))
    try:
        answer = post({"name": "x"})
    finally:
        logger.removeHandler(listener)
    check_problem(answer, 500, "internal")
    assert "drawer" not in json.dumps(answer.body)
    [record] = [record for record in records if record.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)


def test_an_answer_that_breaks_its_own_schema_is_our_bug_and_not_the_callers() -> None:
    broken = resolver()

    @broken.get("/broken")
    def answer() -> Thing:
        return {"name": 1}  # type: ignore[return-value]

    check_problem(call(api(broken), http_event("GET", "/broken")), 500, "internal")


def test_what_people_write_is_not_logged(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    post({"name": "my secret", "owner": "my secret"})
    post("my secret {")
    shown = capsys.readouterr()
    assert "my secret" not in caplog.text + shown.out + shown.err


def test_the_owner_is_the_tokens_whatever_the_headers_say() -> None:
    answer = get(owner="bilan", headers={"X-Owner": "amina", "Authorization": "amina"})
    assert answer.body["owner"] == "bilan"


def test_a_body_without_a_content_type_is_taken_for_json() -> None:
    event = http_event("POST", "/things", {"name": "x"})
    del event["headers"]["Content-Type"]
    del event["multiValueHeaders"]["Content-Type"]
    assert call(handler, event).status == 201
