"""Files, and the links and forms that lead to them."""

import base64
import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from studio.domain.errors import Conflict
from studio.entry import Settings, Studio
from studio.store.memo import Memo, Remembered
from tests.conftest import Clock
from tests.unit.made import an_owner


@pytest.fixture
def studio(cloud: None) -> Studio:
    return Studio(an_owner(), Settings.from_environment(), clock=Clock())


def test_more_files_than_a_page_holds_are_all_listed(studio: Studio) -> None:
    for number in range(5):
        studio.videos.put(f"e/{number}", b"x", "text/plain")
    assert [stored.name for stored in studio.videos.under("e/")] == [f"e/{number}" for number in range(5)]
    studio.videos.delete_under("e/")
    assert list(studio.videos.under("")) == []


def test_a_file_that_is_not_there_is_none_and_deleting_it_no_error(studio: Studio) -> None:
    assert studio.videos.get("none") is studio.videos.head("none") is None
    studio.videos.delete("none")


@pytest.mark.parametrize(
    ("filename", "plain"),
    [
        ("The-Dinner-1.png", "The-Dinner-1.png"),
        ('Say "walahi".png', "Say walahi.png"),
        ("حفلة-1.png", "-1.png"),
        ("👨‍👩‍👧", "download"),
        ("AC/DC\\x-1.png", "AC-DC-x-1.png"),
    ],
)
def test_a_link_downloads_under_a_good_name_and_for_minutes_only(studio: Studio, filename: str, plain: str) -> None:
    link = parse_qs(urlsplit(studio.videos.link("e/clips/1.png", filename)).query)
    [disposition] = link["response-content-disposition"]
    assert f'filename="{plain}"' in disposition
    expected = filename.replace("/", "-").replace("\\", "-")
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == expected
    assert "\n" not in disposition
    assert 0 < int(link["X-Amz-Expires"][0]) <= 900


def test_an_upload_form_names_its_key_its_type_and_its_size(studio: Studio) -> None:
    form = studio.videos.upload("attachments/1", "image/png", 100)
    conditions = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    assert ["content-length-range", 1, 100] in conditions
    assert {"Content-Type": "image/png"} in conditions
    assert {"key": f"{studio.owner}/attachments/1"} in conditions
    assert form.fields["key"] == f"{studio.owner}/attachments/1"
    assert form.fields["Content-Type"] == "image/png"


def test_what_was_paid_for_is_remembered_with_who_gave_it(studio: Studio) -> None:
    memo = Memo(studio.videos)
    assert memo.get("d") is None
    for remembered in (
        Remembered(b"\x89PNG", "image/png", '{"model": "naïve-ü-👩‍👧"}', "2026-11/01"),
        Remembered(b"", "application/json", "{}", "2026-11/02"),
    ):
        memo.put("d", remembered)
        assert memo.get("d") == remembered


def test_a_part_is_read_of_the_object_that_was_looked_at(studio: Studio) -> None:
    objects = studio.videos
    objects.put("e/episode.mp4", b"0123456789", "video/mp4")
    stored = objects.head("e/episode.mp4")
    assert stored is not None
    assert [objects.part(stored, *asked) for asked in ((0, 4), (8, 4), (10, 4), (3, 0))] == [b"0123", b"89", b"", b""]
    objects.put("e/episode.mp4", b"9876543210", "video/mp4")
    with pytest.raises(Conflict, match="changed"):
        objects.part(stored, 0, 4)
    objects.delete("e/episode.mp4")
    with pytest.raises(Conflict, match="deleted"):
        objects.part(stored, 0, 4)
