"""Casts over HTTP: people, files of people, faces."""

from typing import Any

import pytest

from functions.attachments import app as attachments
from functions.cast import app
from functions.projects import app as projects
from studio.casts import ready_made
from studio.entry import Studio
from tests.conftest import Answer, call, http_event
from tests.unit.made import a_picture

pytestmark = pytest.mark.usefixtures("aws")
NOBODY = "01JD0000000000000000000000"


@pytest.fixture
def project(aws: None) -> str:
    return call(projects.handler, http_event("POST", "/projects", {"title": "Walahi House"})).headers["Location"]


def ask(method: str, path: str, body: Any = None, **more: Any) -> Answer:
    return call(app.handler, http_event(method, path, body, **more))


def people(project: str) -> list[str]:
    return [item["sheet"]["name"] for item in ask("GET", f"{project}/characters").body["items"]]


def add(project: str, name: str = "Hodan", **more: Any) -> str:
    answer = ask("POST", f"{project}/characters", {"name": name, **more})
    assert answer.status == 201, answer.body
    return answer.headers["Location"]


def a_file(*names: str, **changes: Any) -> dict[str, Any]:
    sheets = [{"name": name} for name in names]
    return {"format": "episode-studio/cast", "version": 1, "characters": sheets} | changes


def upload(data: bytes | None, media_type: str = "image/png", owner: str = "amina") -> str:
    asked = http_event("POST", "/attachments", {"name": "Face", "media_type": media_type}, owner=owner)
    attachment_id: str = call(attachments.handler, asked).body["attachment"]["attachment_id"]
    if data is not None:
        studio = Studio.opened_for(owner)
        key = f"{owner}/attachments/{attachment_id}"
        studio.client("s3").put_object(Bucket=studio.settings.attachments_bucket, Key=key, Body=data)
    return attachment_id


# -- one by one


def test_a_character_is_created_read_edited_and_deleted(project: str) -> None:
    path = add(project, age=29, appearance={"hair": "black", "wardrobe": "a red coat"})
    made = ask("GET", path).body
    assert (made["sheet"]["name"], made["version"], made["reference_id"]) == ("Hodan", 1, None)
    edited = ask("PATCH", path, {"version": 1, "wants": "the house"})
    assert (edited.status, edited.body["sheet"]["wants"], edited.body["sheet"]["age"]) == (200, "the house", 29)
    assert ask("PATCH", path, {"version": 1, "wants": "the car"}).status == 409
    assert ask("DELETE", path).status == 204
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"version": 2})):
        assert ask(method, path, body).status == 404


def test_what_is_left_out_of_an_edit_stays(project: str) -> None:
    path = add(project, appearance={"hair": "black", "wardrobe": "a red coat"})
    edited = ask("PATCH", path, {"version": 1, "appearance": {"hair": "grey"}})
    assert edited.body["sheet"]["appearance"] == {"build": "", "hair": "grey", "skin": "", "wardrobe": "a red coat"}


def test_two_people_of_a_cast_never_have_one_name(project: str) -> None:
    add(project, "Hodan")
    path = add(project, "Bile")
    assert ask("POST", f"{project}/characters", {"name": "HODAN"}).status == 409
    assert ask("PATCH", path, {"version": 1, "name": "hodan"}).status == 409
    assert ask("PATCH", path, {"version": 1, "name": "BILE"}).status == 200


@pytest.mark.parametrize("version", [10**40, 10**400, 0, -1, "one", None, 1.5])
def test_a_version_that_cannot_be_is_refused(project: str, version: Any) -> None:
    path = add(project)
    for where in (path, project):
        handler = projects.handler if where == project else app.handler
        answer = call(
            handler, http_event("PATCH", where, {"version": version, "wants" if where == path else "mood": "x"})
        )
        assert (answer.status, answer.body["type"]) == (422, "urn:episode-studio:validation")


@pytest.mark.parametrize(
    ("field", "value"),
    [("age", 0), ("age", 121), ("role", "king"), ("name", "x" * 81), ("wants", "x" * 301), ("description", "x" * 4001)],
)
def test_a_character_keeps_its_bounds(project: str, field: str, value: Any) -> None:
    answer = ask("POST", f"{project}/characters", {"name": "x"} | {field: value})
    assert (answer.status, [entry["path"] for entry in answer.body["errors"]]) == (422, [field])


def test_a_project_that_is_not_there_has_no_cast() -> None:
    for method, tail, body in (
        ("GET", "", None),
        ("POST", "", {"name": "x"}),
        ("POST", "/import", a_file("x")),
        ("GET", "/export", None),
        ("POST", "/ready-made", {"cast": "say-walahi"}),
    ):
        assert ask(method, f"/projects/{NOBODY}/characters{tail}", body).status == 404


# -- files


def test_a_cast_travels_from_one_project_to_another(project: str) -> None:
    add(project, "Hodan", age=29, description="Lies well.\nAnd often.", appearance={"hair": "black"})
    add(project, "Bile 👨‍👩‍👧")
    exported = ask("GET", f"{project}/characters/export")
    assert exported.status == 200
    assert "amina" not in str(exported.body)
    assert project.rpartition("/")[2] not in str(exported.body)
    other = call(projects.handler, http_event("POST", "/projects", {"title": "Two"}, owner="bilan")).headers["Location"]
    imported = ask("POST", f"{other}/characters/import", exported.body, owner="bilan")
    assert imported.status == 201
    assert ask("GET", f"{other}/characters/export", owner="bilan").body == exported.body


def test_an_empty_cast_has_nothing_to_export(project: str) -> None:
    assert ask("GET", f"{project}/characters/export").status == 409


def test_an_import_is_all_or_nothing(project: str) -> None:
    add(project, "Hodan")
    for body, status in (
        (a_file("Bile", "hodan"), 409),
        (a_file("Bile", "Omar", "bile"), 409),
        (a_file("Bile", ""), 422),
        (a_file(*map(str, range(40))), 413),
    ):
        assert ask("POST", f"{project}/characters/import", body).status == status
    assert people(project) == ["Hodan"]
    assert ask("POST", f"{project}/characters/import", a_file(*map(str, range(39)))).status == 201
    assert len(people(project)) == 40
    full = ask("POST", f"{project}/characters", {"name": "One more"})
    assert (full.status, full.body["type"]) == (413, "urn:episode-studio:too_large")


@pytest.mark.parametrize(
    "body",
    [
        a_file(),
        a_file(*map(str, range(41))),
        a_file("x", format="other"),
        a_file("x", version=2),
        a_file("x", version="1.0"),
        a_file("x", owner="bilan"),
        a_file(characters="x"),
        a_file(characters={"0": {"name": "x"}}),
        a_file(characters=[["x"]]),
        a_file(characters=[None]),
        a_file(characters=[{"name": "x", "reference_id": NOBODY}]),
        a_file(characters=[{"name": "x", "character_id": NOBODY}]),
        a_file(characters=[{"name": "x", "appearance": {"hair": ["black"]}}]),
        a_file(characters=[{"name": "x", "description": "y" * 4001}]),
        {},
        [],
    ],
)
def test_a_file_that_is_no_cast_is_refused(project: str, body: Any) -> None:
    answer = ask("POST", f"{project}/characters/import", body)
    assert (answer.status, answer.body["type"]) == (422, "urn:episode-studio:validation")
    assert people(project) == []


def test_a_file_that_is_too_large_or_too_deep_is_refused(project: str) -> None:
    assert ask("POST", f"{project}/characters/import", "[" * 100_000).status == 400
    assert ask("POST", f"{project}/characters/import", a_file("x" * 2_000_000)).status == 413


@pytest.mark.parametrize("cast", sorted(ready_made()))
def test_a_ready_made_cast_is_added_once(project: str, cast: str) -> None:
    first = ask("POST", f"{project}/characters/ready-made", {"cast": cast})
    again = ask("POST", f"{project}/characters/ready-made", {"cast": cast})
    assert first.status == again.status == 201
    assert first.body == again.body
    assert people(project) == [sheet.name for sheet in ready_made()[cast].characters]


def test_a_ready_made_cast_leaves_those_who_are_there(project: str) -> None:
    [cast, *_] = ready_made().values()
    add(project, cast.characters[0].name.upper(), wants="to be left alone")
    ask("POST", f"{project}/characters/ready-made", {"cast": cast.id})
    assert len(people(project)) == len(cast.characters)
    assert ask("GET", f"{project}/characters").body["items"][0]["sheet"]["wants"] == "to be left alone"


def test_a_ready_made_cast_that_is_not_there_is_refused_with_those_that_are(project: str) -> None:
    answer = ask("POST", f"{project}/characters/ready-made", {"cast": "nobody"})
    assert (answer.status, answer.body["errors"][0]["path"]) == (422, "cast")
    assert "say-walahi" in answer.body["errors"][0]["message"]
    assert [cast["id"] for cast in ask("GET", "/casts").body["items"]] == list(ready_made())


# -- faces


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_an_uploaded_picture_becomes_a_face_and_is_taken_off_again(project: str, kind: str, media_type: str) -> None:
    path, attachment_id = add(project), upload(a_picture(kind), media_type)
    answer = ask("PUT", f"{path}/reference", {"attachment_id": attachment_id})
    assert (answer.status, answer.body["reference_id"], answer.body["version"]) == (200, attachment_id, 2)
    assert ask("PATCH", path, {"version": 2, "wants": "x"}).body["reference_id"] == attachment_id
    answer = ask("PUT", f"{path}/reference", {"attachment_id": None})
    assert (answer.status, answer.body["reference_id"]) == (200, None)
    assert ask("GET", path).body["reference_id"] is None


def test_a_picture_that_is_missing_foreign_or_something_else_is_no_face(project: str) -> None:
    path = add(project)
    for attachment_id in (
        NOBODY,
        upload(None),
        upload(a_picture(), owner="bilan"),
        upload(a_picture("JPEG")),
        upload(a_picture(), "image/webp"),
        upload(b"<svg/>"),
        upload(b"GIF89a"),
        upload(b""),
    ):
        answer = ask("PUT", f"{path}/reference", {"attachment_id": attachment_id})
        assert (answer.status, answer.body["errors"][0]["path"]) == (422, "attachment_id"), answer.body
    for body in ({}, {"attachment_id": "../x"}, {"attachment_id": 1}, {"attachment_id": None, "owner": "bilan"}):
        assert ask("PUT", f"{path}/reference", body).status == 422
    assert ask("GET", path).body["version"] == 1


# -- real people


def test_consent_is_recorded_taken_back_and_stays_on_record(project: str) -> None:
    path = add(project, "Amina Yusuf")
    assert ask("GET", path).body["real_person"] is False
    given = ask("PUT", f"{path}/consent", {"name": "Amina Yusuf", "text": "I agree to be spoken as in this show."})
    assert (given.status, given.body["real_person"], given.body["consent"]["withdrawn_at"]) == (200, True, None)
    assert given.body["consent"]["text"] == "I agree to be spoken as in this show."
    taken = ask("DELETE", f"{path}/consent")
    assert taken.status == 200
    assert taken.body["consent"]["withdrawn_at"]
    assert taken.body["real_person"] is True
    assert ask("DELETE", f"{path}/consent").body == taken.body
    assert ask("PUT", f"{path}/consent", {"name": "Amina Yusuf", "text": "Again."}).body["consent"]["text"] == "Again."


def test_somebody_real_is_marked_without_consent_and_unmarked_only_before_one(project: str) -> None:
    path = add(project, "Amina Yusuf")
    marked = ask("PATCH", path, {"version": 1, "real_person": True})
    assert (marked.status, marked.body["real_person"], marked.body["consent"]) == (200, True, None)
    assert ask("DELETE", f"{path}/consent").status == 404
    assert ask("PATCH", path, {"version": 2, "real_person": False}).body["real_person"] is False
    version = ask("PUT", f"{path}/consent", {"name": "Amina", "text": "I agree."}).body["version"]
    refused = ask("PATCH", path, {"version": version, "real_person": False})
    assert (refused.status, "real person" in refused.body["detail"]) == (409, True)


@pytest.mark.parametrize("body", [{}, {"name": "Amina"}, {"name": "", "text": "x"}, {"name": "A", "text": " "}])
def test_a_consent_names_somebody_and_has_words(project: str, body: Any) -> None:
    assert ask("PUT", f"{add(project)}/consent", body).status == 422


def test_that_somebody_is_real_travels_with_a_cast_and_their_consent_does_not(project: str) -> None:
    path = add(project, "Amina Yusuf")
    add(project, "Bile")
    ask("PUT", f"{path}/consent", {"name": "Amina Yusuf", "text": "I agree."})
    exported = ask("GET", f"{project}/characters/export").body
    assert exported["real_people"] == ["Amina Yusuf"]
    other = call(projects.handler, http_event("POST", "/projects", {"title": "Another"})).headers["Location"]
    items = ask("POST", f"{other}/characters/import", exported).body["items"]
    assert [(item["sheet"]["name"], item["real_person"], item["consent"]) for item in items] == [
        ("Amina Yusuf", True, None),
        ("Bile", False, None),
    ]


def test_nobody_records_consent_for_somebody_elses_character(project: str) -> None:
    path = add(project)
    consent = {"name": "Amina", "text": "I agree."}
    assert ask("PUT", f"{path}/consent", consent, owner="somebody").status == 404
    assert ask("DELETE", f"{path}/consent", owner="somebody").status == 404
