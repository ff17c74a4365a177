"""Subtitles, read back by public parsers."""

import html
import io
import re
from itertools import pairwise

import pysubs2
import pytest
import webvtt
from hypothesis import given

from studio.domain.script import Script
from studio.exports.captions import ROWS, WIDTH, captions, to_srt, to_vtt
from studio.exports.timing import timed
from studio.exports.wording import one_line
from tests.unit.exports.scripts import hostile_scripts, script

LONG = " ".join(f"word{n}" for n in range(60))


def read_vtt(text: str) -> list[webvtt.Caption]:
    return list(webvtt.from_buffer(io.StringIO(text)))


def test_srt_has_every_line_at_its_time() -> None:
    read = pysubs2.SSAFile.from_string(to_srt(script()), "srt")
    assert [event.plaintext.replace("\n", " ") for event in read][:1] == ["I never said that."]
    assert [(event.start, event.end) for event in read] == [(c.start, c.end) for c in captions(script())]
    assert read[0].start == 0
    assert read[0].end == 1600


def test_vtt_says_whose_voice_it_is() -> None:
    first, *_ = read_vtt(to_vtt(script(), provider="draft"))
    assert (first.voice, first.text, first.start, first.end) == (
        "Hodan Warsame",
        "I never said that.",
        "00:00:00.000",
        "00:00:01.600",
    )
    assert "NOTE DRAFT" in to_vtt(script(), provider="draft")
    assert "NOTE" not in to_vtt(script(), provider="gemini")


def test_a_long_speech_has_several_captions_of_two_rows() -> None:
    spoken = [caption for caption in captions(script(text=LONG)) if "word" in caption.rows[0]]
    assert len(spoken) > 3
    assert all(len(caption.rows) <= ROWS for caption in spoken)
    assert all(before.end == after.start for before, after in pairwise(spoken))
    assert " ".join(row for caption in spoken for row in caption.rows) == LONG
    assert spoken[-1].end == round(timed(script(text=LONG)).cues[0].end * 1000)


def test_rows_are_even() -> None:
    [caption] = captions(script(text="This is a line that is a little longer than one row."))[:1]
    first, second = map(len, caption.rows)
    assert abs(first - second) < 8


@pytest.mark.parametrize("text", ["私はその手紙を書いていませんでした。" * 3, "ฉันไม่ได้เขียนจดหมายฉบับนั้น" * 3, "W" * 100])
def test_what_has_no_spaces_is_broken_too(text: str) -> None:
    rows = [row for caption in captions(script(text=text)) for row in caption.rows]
    assert all(len(row) <= WIDTH for row in rows)
    assert "".join(rows).startswith(text)


def test_markup_in_a_speech_is_shown_and_not_obeyed() -> None:
    text = to_vtt(script(text="a --> b & <b>c</b>", speaker="<v> & Co"), provider="draft")
    assert "<v &lt;v&gt; &amp; Co>a --&gt; b &amp; &lt;b&gt;c&lt;/b&gt;</v>" in text
    srt = to_srt(script(text="a --> b {\\an8} <b>c</b>"))
    assert "a --› b ❴\\an8❵ ‹b›c‹/b›" in srt


@pytest.mark.filterwarnings("ignore:Possible missed subtitle start")  # somebody says "01:00:00:00"
@given(hostile_scripts())
def test_any_text_comes_back_caption_by_caption(written: Script) -> None:
    made = captions(written)
    assert all(caption.end > caption.start for caption in made)
    assert all(before.end <= after.start for before, after in pairwise(made))
    srt = to_srt(written)
    assert len(re.findall(r"^[\d:,]{12} --> [\d:,]{12}$", srt, re.MULTILINE)) == srt.count("-->") == len(made)
    assert len(pysubs2.SSAFile.from_string(srt, "srt")) == len(made)
    read = read_vtt(to_vtt(written, provider="draft"))
    assert len(read) == len(made)
    assert all("<" not in c.raw_text.removeprefix("<v ").removesuffix("</v>") for c in read)
    for caption, shown in zip(made, read, strict=True):
        assert html.unescape(shown.raw_text).endswith("\n".join(caption.rows) + "</v>")
        assert html.unescape(shown.raw_text).startswith(f"<v {one_line(caption.speaker)}>")
