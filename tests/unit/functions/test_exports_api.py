"""Exports over HTTP: every format, by name, type and content."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pypdf
import pytest

from functions.exports import app
from studio.domain.episode import ClipStatus, Episode
from studio.domain.errors import NotFound
from studio.entry import Studio
from studio.store.episodes import Episodes
from tests.conftest import Answer, call, http_event
from tests.unit.made import AT, stored

NOBODY = "01JD0000000000000000000000"

TEXTS = {
    "md": ("text/markdown", "# The Dinner"),
    "fountain": ("text/plain", "Title: The Dinner"),
    "fdx": ("application/xml", "<?xml "),
    "srt": ("application/x-subrip", "1\n00:00:00,000 --> "),
    "vtt": ("text/vtt", "WEBVTT"),
    "csv": ("text/csv", "\ufeffnumber,scene"),
    "otio": ("application/json", ""),
    "edl": ("text/plain", "TITLE: The Dinner"),
}


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


def ask(episode: Episode | str, kind: str = "", **more: Any) -> Answer:
    found = episode if isinstance(episode, str) else episode.episode_id
    return call(app.handler, http_event("GET", f"/episodes/{found}/exports{kind and '/'}{kind}", **more))


def test_the_list_says_what_there_is_and_what_it_is_for(studio: Studio) -> None:
    episode = stored(studio)
    items = ask(episode).body["items"]
    assert [item["format"] for item in items] == ["md", "fountain", "fdx", "pdf", "srt", "vtt", "csv", "otio", "edl"]
    assert all(item["purpose"].endswith(".") and "/" in item["media_type"] for item in items)
    for item in items:
        assert call(app.handler, http_event("GET", item["path"])).status in {200, 303}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_is_the_answer_itself_with_its_type_and_a_name(studio: Studio, kind: str) -> None:
    media_type, begins = TEXTS[kind]
    answer = ask(stored(studio), kind)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="The-Dinner.{kind}";')
    if kind == "otio":
        assert answer.body["OTIO_SCHEMA"] == "Timeline.1"
    else:
        assert answer.body.startswith(begins)


def test_timelines_name_the_files_that_are_there(studio: Studio) -> None:
    episode = stored(studio)
    studio.episodes.update_clip(episode.episode_id, 2, AT, status=ClipStatus.RENDERED, name="clips/2.png", sha256="f")
    told = json.dumps(ask(episode, "otio").body)
    assert told.count("ExternalReference.1") == 1
    assert '"target_url": "clips/2.png"' in told
    assert "* FROM CLIP NAME: 2.png" in ask(episode, "edl").body


def test_a_pdf_is_stored_and_answered_with_a_link(studio: Studio) -> None:
    episode = stored(studio)
    answer = ask(episode, "pdf")
    assert answer.status == 303
    assert answer.headers["Location"] == answer.body["url"]
    url = urlsplit(answer.body["url"])
    assert url.path.endswith(f"/amina/{episode.episode_id}/exports/screenplay.pdf")
    [disposition] = parse_qs(url.query)["response-content-disposition"]
    assert unquote(disposition).endswith("UTF-8''The-Dinner.pdf")
    data = studio.videos.get(f"{episode.episode_id}/exports/screenplay.pdf")
    assert data is not None
    assert len(data) == answer.body["bytes"]
    assert "THE DINNER" in pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()


def test_a_page_that_cannot_follow_with_a_token_gets_the_link_as_json(studio: Studio) -> None:
    answer = ask(stored(studio), "pdf", headers={"accept": "application/json, */*"})
    assert (answer.status, answer.body["name"], answer.body["media_type"]) == (200, "The-Dinner.pdf", "application/pdf")
    assert "Location" not in answer.headers


def test_the_same_script_is_stored_as_the_same_bytes(studio: Studio) -> None:
    episode = stored(studio)
    made = []
    for _ in range(2):
        ask(episode, "pdf")
        made.append(studio.videos.get(f"{episode.episode_id}/exports/screenplay.pdf"))
    assert made[0] == made[1]


def test_a_pdf_is_dated_by_the_day_it_is_for_and_not_by_when_it_was_asked_for(studio: Studio) -> None:
    made = []
    for later in (0, 90):
        episode = stored(studio, created_at=AT + timedelta(days=later), air_date=date(2026, 12, 24))
        ask(episode, "pdf")
        made.append(studio.videos.get(f"{episode.episode_id}/exports/screenplay.pdf") or b"")
    assert made[0] == made[1]
    assert pypdf.PdfReader(io.BytesIO(made[0])).metadata.creation_date == datetime(2026, 12, 24, tzinfo=UTC)  # type: ignore[union-attr]


def test_an_episode_deleted_meanwhile_leaves_no_file(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = stored(studio)
    get = Episodes.get

    def gone_at_last(self: Episodes, episode_id: str) -> Episode:
        if list(studio.videos.under(f"{episode_id}/")):
            raise NotFound("gone")
        return get(self, episode_id)

    monkeypatch.setattr(Episodes, "get", gone_at_last)
    assert ask(episode, "pdf").status == 404
    monkeypatch.undo()
    assert list(studio.videos.under("")) == []


def test_what_is_not_there_is_not_found(studio: Studio) -> None:
    unwritten, mine = stored(studio, script=False), stored(studio)
    for answer in (
        ask(unwritten),
        ask(unwritten, "fdx"),
        ask(unwritten, "pdf"),
        ask(NOBODY, "fdx"),
        ask(mine, "fdx", owner="bile"),
        ask(mine, owner="bile"),
        ask(mine, "docx"),
    ):
        assert answer.status == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert ask(unwritten, "fdx").body["detail"] == "The script is not written yet."
    assert list(studio.videos.under("")) == []


def test_a_title_in_any_script_makes_a_good_name(studio: Studio) -> None:
    episode = stored(studio)
    record = studio.episodes.script(episode.episode_id)
    assert record is not None
    script = record.model_copy(update={"title": 'Say "Walahi"/حفلة'})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Episodes, "script", lambda *_: script)
        answer = ask(episode, "srt")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.isascii()
    assert unquote(disposition).endswith("UTF-8''Say-\"Walahi\"-حفلة.srt")
