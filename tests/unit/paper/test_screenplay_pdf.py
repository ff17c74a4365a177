"""The screenplay on paper, read back by a public PDF reader."""

import functools
import io
import time
from datetime import date

import pypdf
import pytest
from hypothesis import given, settings

from paper import fonts
from paper.screenplay import LINES_PER_PAGE, to_pdf
from studio.domain.script import Delivery, Line, Script
from tests.unit.exports.scripts import hostile_scripts, script


def printed(written: Script, provider: str = "draft") -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(_set(written.model_dump_json(), provider)))


@functools.cache
def _set(written: str, provider: str) -> bytes:
    return to_pdf(Script.model_validate_json(written), provider=provider, prompt="a letter")


def rows(page: pypdf.PageObject) -> list[str]:
    return [row.strip() for row in page.extract_text().split("\n") if row.strip()]


def places(page: pypdf.PageObject) -> dict[str, tuple[float, float]]:
    """Where each text begins, in inches from the left and from the top."""
    found: dict[str, tuple[float, float]] = {}

    def note(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        if text.strip():
            found.setdefault(text.strip(), (round(tm[4] / 72, 2), round(11 - tm[5] / 72, 2)))

    page.extract_text(visitor_text=note)
    return found


def a_long_speech(words: int) -> Script:
    long = Line(speaker="Bile", text=" ".join(f"word{n}" for n in range(words)), delivery=Delivery.CONFESSIONAL)
    written = script()
    written.scenes[0].lines.append(long)
    return written


def test_a_title_page_and_then_the_script() -> None:
    title, first = printed(script()).pages
    assert rows(title)[:3] == ["THE LETTER", "Written by", "Episode Studio, draft composer"]
    assert any(row.startswith("DRAFT: ") for row in rows(title))
    told = " ".join(rows(first))
    for part in (
        "INT. KITCHEN - NIGHT",
        "HODAN WARSAME",
        "I never said that.",
        "(flat)",
        "BILE (V.O.)",
        "TO BE CONTINUED",
    ):
        assert part in told
    assert (title.mediabox.width, title.mediabox.height) == (612, 792)


def test_a_models_script_is_not_called_a_draft() -> None:
    assert not any("DRAFT" in page.extract_text() for page in printed(script(), "gemini").pages)
    assert all("DRAFT" in page.extract_text() for page in printed(script()).pages)


def test_everything_stands_where_the_industry_looks_for_it() -> None:
    found = places(printed(script(direction="quietly")).pages[1])
    lefts = {text: left for text, (left, _) in found.items()}
    assert lefts["INT. KITCHEN - NIGHT"] == 1.5
    assert lefts["Hodan drops the letter."] == 1.5
    assert lefts["HODAN WARSAME"] == 3.7
    assert lefts["(quietly)"] == 3.1
    assert lefts["I never said that."] == 2.5
    assert found["HODAN WARSAME"][1] == pytest.approx(found["(quietly)"][1] - 1 / 6, abs=0.01)


def test_a_speech_that_breaks_over_a_page_says_so() -> None:
    _, first, second = printed(a_long_speech(260)).pages
    assert rows(first)[-1] == "(MORE)"
    assert "2." in rows(second)[0]
    assert rows(second)[1] == "BILE (CONT'D)"
    spoken = [word for page in (first, second) for word in page.extract_text().split() if word.startswith("word")]
    assert spoken == [f"word{n}" for n in range(260)]


def test_a_speech_may_be_longer_than_a_page() -> None:
    pages = printed(a_long_speech(500)).pages
    assert len(pages) > 3
    assert ["(MORE)" in page.extract_text() for page in pages] == [False, True, True, False]
    assert ["(CONT'D)" in page.extract_text() for page in pages] == [False, False, True, True]


def test_no_page_ends_in_a_heading_or_is_too_long() -> None:
    for page in printed(a_long_speech(228)).pages[1:]:
        assert not rows(page)[-1].startswith(("INT.", "EXT."))
        assert len(rows(page)) <= LINES_PER_PAGE + 2


def test_every_script_has_letters() -> None:
    told = "Zażółć Привет Καλημέρα שלום 日本語 नमस्ते ሰላም สวัสดี Հայ 😀"
    text = printed(script(text=told, speaker="Лена")).pages[1].extract_text()
    for word in ("Zażółć", "Привет", "Καλημέρα", "日本語", "ሰላም", "Հայ", "😀", "ЛЕНА"):
        assert word in text
    assert fonts.REPLACEMENT not in text


def test_arabic_and_hebrew_begin_at_the_right() -> None:
    for told in ("قولي والله", "שלום עולם"):
        page = printed(script(text=told)).pages[1]
        [left] = [
            left for text, (left, _) in places(page).items() if any(letter in told for letter in text if letter > "~")
        ][:1]
        assert left > 4


def test_what_no_font_has_is_seen_to_be_missing() -> None:
    assert fonts.shown("a\U00012000b\ue000") == "a\ufffdb\ufffd"
    assert fonts.shown("a\u202eb\ufe0fc") == "abc"
    assert fonts.REPLACEMENT in printed(script(text="cuneiform \U00012000")).pages[1].extract_text()


def test_a_script_in_english_takes_one_font_along() -> None:
    assert fonts.needed(["Plain words."]) == ["CourierPrime"]
    assert fonts.needed(["Привет 😀"]) == ["CourierPrime", "Cousine", "NotoEmoji"]


def test_the_same_script_is_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = to_pdf(script(text="قولي 😀"), provider="draft", prompt="x")
    later = time.time() + 1000
    monkeypatch.setattr(time, "time", lambda: later)
    assert to_pdf(script(text="قولي 😀"), provider="draft", prompt="x") == first
    dated = to_pdf(script(), provider="draft", prompt="x", day=date(2026, 11, 23))
    assert b"D:20261123000000Z" in dated


@given(hostile_scripts())
@settings(max_examples=3)
def test_any_text_makes_a_document(written: Script) -> None:
    assert len(printed(written).pages) >= 2
