"""The projects API, as its callers see it."""

from functions.projects import app
from tests.conftest import call, http_event


def test_a_project_is_created_read_edited_and_deleted(aws: None) -> None:
    made = call(app.handler, http_event("POST", "/projects", {"title": "Walahi House", "aspect": "9:16"}))
    assert made.status == 201
    assert made.headers["Location"] == f"/projects/{made.body['project_id']}"
    path = made.headers["Location"]
    assert call(app.handler, http_event("GET", path)).body == made.body
    edited = call(app.handler, http_event("PATCH", path, {"version": 1, "mood": "tense"}))
    assert (edited.status, edited.body["brief"]["mood"], edited.body["version"]) == (200, "tense", 2)
    assert call(app.handler, http_event("PATCH", path, {"version": 1, "mood": "calm"})).status == 409
    assert call(app.handler, http_event("DELETE", path)).status == 204
    assert call(app.handler, http_event("GET", path)).status == 404


def test_a_project_says_whose_lives_it_shows_until_it_does_not(aws: None) -> None:
    given = {"title": "Say Walahi", "locale": "en-US", "community": "Somalis in Minneapolis"}
    made = call(app.handler, http_event("POST", "/projects", given))
    path = made.headers["Location"]
    assert made.body["brief"]["community"] == given["community"]
    for community in ("Somalis in Toronto", ""):
        edit = {"version": call(app.handler, http_event("GET", path)).body["version"], "community": community}
        assert call(app.handler, http_event("PATCH", path, edit)).body["brief"]["community"] == community


def test_somebody_elses_project_is_not_there(aws: None) -> None:
    path = call(app.handler, http_event("POST", "/projects", {"title": "Mine"})).headers["Location"]
    for method, body in (("GET", None), ("PATCH", {"version": 1, "title": "Yours"}), ("DELETE", None)):
        answer = call(app.handler, http_event(method, path, body, owner="bilan"))
        assert (answer.status, answer.body["type"]) == (404, "urn:episode-studio:not_found")


def test_an_unknown_field_is_named_in_the_refusal(aws: None) -> None:
    answer = call(app.handler, http_event("POST", "/projects", {"title": "x", "owner": "bilan"}))
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [entry["path"] for entry in answer.body["errors"]] == ["owner"]
