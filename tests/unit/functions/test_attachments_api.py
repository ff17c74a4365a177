"""Attachments over HTTP."""

import base64
import json
from typing import Any

import pytest

from functions.attachments import app
from studio.domain.attachment import MAX_FILM_BYTES, MAX_PICTURE_BYTES, media_type_of
from studio.entry import Studio
from tests.conftest import Answer, call, http_event
from tests.unit.made import a_picture

pytestmark = pytest.mark.usefixtures("aws")


def ask(method: str, path: str = "/attachments", body: Any = None, **more: Any) -> Answer:
    return call(app.handler, http_event(method, path, body, **more))


def announce(**changes: Any) -> Answer:
    return ask("POST", body={"name": "Face", "media_type": "image/png"} | changes)


def test_an_upload_is_announced_made_read_and_deleted() -> None:
    answer = announce()
    assert answer.status == 201
    attachment_id = answer.body["attachment"]["attachment_id"]
    path = f"/attachments/{attachment_id}"
    assert answer.headers["Location"] == path
    assert ask("GET", path).body["bytes"] == 0
    studio = Studio.opened_for("amina")
    studio.client("s3").put_object(
        Bucket=studio.settings.attachments_bucket, Key=answer.body["upload"]["fields"]["key"], Body=a_picture()
    )
    assert ask("GET", path).body["bytes"] == len(a_picture())
    assert [item["attachment_id"] for item in ask("GET").body["items"]] == [attachment_id]
    assert ask("DELETE", path).status == 204
    assert ask("GET", path).status == ask("DELETE", path).status == 404
    assert studio.client("s3").objects == {}


def test_the_form_takes_one_picture_of_one_type_and_of_ten_mebibytes_at_most() -> None:
    answer = announce(media_type="image/webp")
    form = answer.body["upload"]
    conditions = json.loads(base64.b64decode(form["fields"]["policy"]))["conditions"]
    assert ["content-length-range", 1, MAX_PICTURE_BYTES] in conditions
    assert {"Content-Type": "image/webp"} in conditions
    assert {"key": f"amina/attachments/{answer.body['attachment']['attachment_id']}"} in conditions
    assert form["max_bytes"] == MAX_PICTURE_BYTES == 10 * 1024 * 1024
    assert form["expires_in"] <= 900


def test_a_spreadsheet_may_be_forty_mebibytes_and_a_picture_not() -> None:
    form = announce(media_type="text/csv").body["upload"]
    conditions = json.loads(base64.b64decode(form["fields"]["policy"]))["conditions"]
    assert ["content-length-range", 1, 40 * 1024 * 1024] in conditions
    assert {"Content-Type": "text/csv"} in conditions


def test_a_film_may_be_larger_than_a_picture() -> None:
    assert announce(media_type="video/mp4").body["upload"]["max_bytes"] == MAX_FILM_BYTES == 256 * 1024 * 1024


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"media_type": "image/svg+xml"}, "media_type"),
        ({"media_type": "image/gif"}, "media_type"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"bytes": 1}, "bytes"),
        ({"key": "bilan/attachments/1"}, "key"),
    ],
)
def test_an_announcement_that_cannot_be_is_refused_by_its_path(changes: dict[str, Any], path: str) -> None:
    answer = announce(**changes)
    assert (answer.status, [entry["path"] for entry in answer.body["errors"]]) == (422, [path])


def test_attachments_are_walked_page_by_page() -> None:
    made = [announce(name=str(n)).body["attachment"]["attachment_id"] for n in range(5)]
    first = ask("GET", query={"limit": "2"}).body
    second = ask("GET", query={"limit": "10", "cursor": first["cursor"]}).body
    assert [item["attachment_id"] for item in first["items"] + second["items"]] == made[::-1]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (a_picture("PNG"), "image/png"),
        (a_picture("JPEG"), "image/jpeg"),
        (a_picture("WEBP"), "image/webp"),
        (a_picture("GIF"), None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"RIFF....WAVE", None),
        (b"\x89PNG", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(data: bytes, kind: str | None) -> None:
    assert media_type_of(data) == kind
