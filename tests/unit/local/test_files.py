"""Names, downloads that break, and the contact sheet."""

import hashlib
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from local import files
from local.contact_sheet import draw_contact_sheet
from local.files import fetch, slug
from local.problems import StudioProblem
from tests.unit.local.studio_api import StudioApi, picture


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FIRST_PAUSE", 0.01)


@given(st.text())
def test_a_slug_is_a_plain_short_name_whatever_the_title(title: str) -> None:
    name = slug(title)
    assert name
    assert len(name.encode()) <= 180
    assert not set(name) & set('/\\\0.:~ "*')
    assert not name.startswith("-")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Say Walahi!", "say-walahi"),
        ("../../etc/passwd", "etc-passwd"),
        ("…", "episode"),
        ("Xaafadda Ñandú", "xaafadda-ñandú"),
    ],
)
def test_slugs_of_some_titles(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_an_interrupted_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    content = picture(1)
    with StudioApi() as api, httpx.Client() as http:
        api.break_after = 100
        fetch(http, f"{api.url}/s3/1.png", tmp_path / "1.png", sha256=hashlib.sha256(content).hexdigest())
    assert (tmp_path / "1.png").read_bytes() == content
    assert api.ranges == ["bytes=100-"]
    assert [path.name for path in tmp_path.iterdir()] == ["1.png"]


def test_a_half_from_another_take_is_thrown_away(tmp_path: Path) -> None:
    content = picture(1)
    (tmp_path / "1.png.part").write_bytes(b"something else")
    with StudioApi() as api, httpx.Client() as http:
        fetch(http, f"{api.url}/s3/1.png", tmp_path / "1.png", sha256=hashlib.sha256(content).hexdigest())
    assert (tmp_path / "1.png").read_bytes() == content


def test_a_file_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(picture(1))
    with httpx.Client() as http:
        fetch(http, "http://127.0.0.1:1/none", tmp_path / "1.png", sha256=hashlib.sha256(picture(1)).hexdigest())


def test_a_file_that_is_not_what_its_hash_says_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ATTEMPTS", 2)
    with StudioApi() as api, httpx.Client() as http:
        api.corrupt = True
        with pytest.raises(StudioProblem, match="hash"):
            fetch(http, f"{api.url}/s3/1.png", tmp_path / "1.png", sha256=hashlib.sha256(picture(1)).hexdigest())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "", "a\\b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    with pytest.raises(StudioProblem):
        files._safe_parts(name)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
def test_the_contact_sheet_shows_every_clip(count: int, aspect: str, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    clips = []
    for number in range(1, count + 1):
        (tmp_path / "clips" / f"{number}.png").write_bytes(picture(number))
        clips.append({"number": number, "description": "Hodan opens the tin. " * 20, "status": "rendered"})
    clips[-1] |= {"status": "failed", "description": ""}
    (tmp_path / "clips" / f"{count}.png").write_bytes(b"no picture")
    episode = {
        "title": "A title " * 20,
        "synopsis": "words " * 200,
        "aspect": aspect,
        "provider": "draft",
        "clips": clips,
    }
    with Image.open(draw_contact_sheet(episode, tmp_path)) as sheet:
        assert sheet.width == 1600
        # Every eighth pixel each way: a clip's one colour fills hundreds, and all would take longer than drawing them.
        sampled = sheet.convert("RGB").resize((sheet.width // 8, sheet.height // 8), Image.Resampling.NEAREST)
        colours = {colour for _, colour in sampled.getcolors(1_000_000) or []}
    assert {(number * 40, 90, 120) for number in range(1, count)} <= colours
