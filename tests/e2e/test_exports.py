"""Exports of a deployed stack: every format arrives whole, and nothing else wakes or shows."""

import io
from typing import Any

import httpx
import pypdf

from tests.e2e.conftest import Person


def test_every_format_arrives_with_a_name_and_stays_its_owners(amina: Person, bilan: Person, episode: Any) -> None:
    path = f"/episodes/{episode['episode_id']}/exports"
    items = amina.ok("GET", path)["items"]
    assert len(items) == 9
    for item in items:
        answer = amina.call("GET", item["path"])
        assert answer.status_code == (303 if item["format"] == "pdf" else 200), item
        if item["format"] != "pdf":
            assert answer.headers["Content-Type"].startswith(item["media_type"])
            assert f".{item['format']}" in answer.headers["Content-Disposition"]
            assert len(answer.content) > 100
        assert bilan.call("GET", item["path"]).status_code == 404


def test_a_pdf_is_had_by_following_and_by_its_link(amina: Person, episode: Any) -> None:
    path = f"/episodes/{episode['episode_id']}/exports/pdf"
    link = amina.ok("GET", path, Accept="application/json")
    direct = httpx.get(link["url"], trust_env=False)
    assert (direct.status_code, direct.headers["Content-Type"]) == (200, "application/pdf")
    assert ".pdf" in direct.headers["Content-Disposition"]
    assert len(direct.content) == link["bytes"]
    amina.http.follow_redirects = True
    try:
        followed = amina.call("GET", path)
    finally:
        amina.http.follow_redirects = False
    assert followed.content == direct.content
    assert len(pypdf.PdfReader(io.BytesIO(direct.content)).pages) >= 2
    assert [clip["status"] for clip in amina.ok("GET", f"/episodes/{episode['episode_id']}")["clips"]] == [
        "rendered"
    ] * 3
