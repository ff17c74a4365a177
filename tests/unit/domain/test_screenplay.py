"""Markdown and Fountain of a script."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.base import clean
from studio.domain.screenplay import to_fountain, to_markdown
from studio.domain.script import Beat, ClipDescription, Delivery, Guest, Line, Scene, Script


def script(**changes: object) -> Script:
    """Return a small script; `text`, `action`, `heading`, `speaker` and so on go into its one scene."""
    text = str(changes.get("text", "I never said that."))
    line = Line(
        speaker=str(changes.get("speaker", "Hodan Warsame")),
        text=text,
        delivery=Delivery(changes.get("delivery", "dialogue")),
        direction=str(changes.get("direction", "")),
    )
    scene = Scene(
        number=1,
        heading=str(changes.get("heading", "INT. KITCHEN - NIGHT")),
        beat=Beat.CLIFFHANGER,
        action=str(changes.get("action", "Hodan drops the letter.")),
        lines=[line],
    )
    return Script(
        title=str(changes.get("title", "The Letter")),
        synopsis="A letter turns up.",
        guests=[Guest(name="Landlord", description="Wants the rent.")],
        scenes=[scene],
        clips=[ClipDescription(number=1, scene=1, description="Hodan holds the letter.", people=["Hodan Warsame"])],
        open_question="Who wrote it?",
    )


def fountain(**changes: object) -> list[str]:
    return to_fountain(script(**changes), provider="draft", prompt="a letter").split("\n")


def test_fountain_begins_with_a_title_page_that_says_draft() -> None:
    text = to_fountain(script(), provider="draft", prompt="a *letter*", draft_date="2026-05-01")
    page = text.split("\n\n")[0]
    assert page.startswith("Title: The Letter\nCredit: Written by\nAuthor: ")
    assert "Source: From the prompt: a \\*letter\\*" in page
    assert "Draft date: 2026-05-01" in page
    assert "Notes: DRAFT" in page


def test_a_models_script_is_not_called_a_draft() -> None:
    assert "DRAFT" not in to_fountain(script(), provider="gemini", prompt="x")
    assert "DRAFT" not in to_markdown(script(), provider="gemini", prompt="x")
    assert "DRAFT" in to_markdown(script(), provider="draft", prompt="x")


@pytest.mark.parametrize(
    "heading", ["INT. KITCHEN - NIGHT", "EXT. BEACH - DAWN", "INT./EXT. CAR - DAY", "EST. CITY - DAY"]
)
def test_a_usual_heading_stays_as_it_is(heading: str) -> None:
    assert f"{heading} #1#" in fountain(heading=heading)


def test_an_unusual_heading_is_forced() -> None:
    assert ".KITCHEN, LATER #1#" in fountain(heading="KITCHEN, LATER")
    assert ".SCENE 1 (nowhere) #1#" in fountain(heading="(nowhere)")


@pytest.mark.parametrize(
    ("speaker", "cue"),
    [
        ("Hodan Warsame", "HODAN WARSAME"),
        ("R2D2", "R2D2"),
        ("أم خالد", "@أم خالد"),
        ("母", "@母"),
        ("23", "@23"),
        ("👵 Older Woman", "@👵 Older Woman"),
        ("Int. Smith", "@Int. Smith"),
        ("Sisters (the elder)", "SISTERS – THE ELDER"),
        ("Max_*", "MAX\\_\\*"),
    ],
)
def test_a_cue_is_never_misread(speaker: str, cue: str) -> None:
    assert cue in fountain(speaker=speaker)


@pytest.mark.parametrize(
    ("delivery", "direction", "cue"),
    [
        ("confessional", "", "HODAN WARSAME (CONFESSIONAL)"),
        ("voice_over", "", "HODAN WARSAME (V.O.)"),
        ("dialogue", "off screen", "HODAN WARSAME (O.S.)"),
    ],
)
def test_the_way_a_line_arrives_is_an_extension(delivery: str, direction: str, cue: str) -> None:
    assert cue in fountain(delivery=delivery, direction=direction)


def test_a_direction_is_a_parenthetical() -> None:
    assert "(quietly)" in fountain(direction="(quietly)")


@pytest.mark.parametrize("start", ["#", "=", ">", "!", ".", "~", "@", "(", "INT. "])
def test_action_that_looks_like_something_else_is_forced(start: str) -> None:
    assert f"!{start}boo" in fountain(action=f"{start}boo")


def test_capitals_alone_are_action_and_not_a_cue() -> None:
    assert "!THE LIGHTS GO OUT" in fountain(action="THE LIGHTS GO OUT")


def test_notes_boneyards_and_emphasis_are_escaped() -> None:
    rows = fountain(action="She says [[this]] /* and */ *that* _so_.")
    assert "She says [ [this] ] /\\* and \\*/ \\*that\\* \\_so\\_." in rows


def test_an_empty_line_inside_a_speech_does_not_end_it() -> None:
    rows = fountain(text="First.\n\nSecond.")
    at = rows.index("HODAN WARSAME")
    assert rows[at + 1 : at + 4] == ["First.", "  ", "Second."]


@given(st.text(min_size=1, max_size=200).map(clean).filter(bool))
@settings(max_examples=60, deadline=None)
def test_no_speech_leaks_into_the_screenplays_structure(text: str) -> None:
    rows = fountain(text=text)
    at = rows.index("HODAN WARSAME")
    speech = []
    for row in rows[at + 1 :]:
        if row == "":
            break
        speech.append(row)
    assert speech
    assert all(row[0] not in "#=>!.~@([" for row in speech)
    assert not any("[[" in row or "/*" in row for row in speech)


@given(st.text(alphabet=st.sampled_from("a<>*_`#[]()!&|-+1. \n\\~"), min_size=1, max_size=80).map(clean).filter(bool))
@settings(max_examples=80, deadline=None)
def test_markdown_shows_what_was_written_and_obeys_none_of_it(text: str) -> None:
    made = to_markdown(script(text=text), provider="draft", prompt="x")
    spoken = next(row for row in made.split("\n") if row.startswith("**Hodan Warsame**:"))
    body = spoken.removeprefix("**Hodan Warsame**:").strip()
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]#]", body)
    assert "<" not in body
    assert ">" not in body
    shown = re.sub(r"\\(.)", r"\1", body).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == " ".join(text.split())


def test_markdown_tells_the_whole_story() -> None:
    made = to_markdown(script(), provider="draft", prompt="a letter")
    for part in ("# The Letter", "A letter turns up.", "### 1. INT. KITCHEN - NIGHT", "*Cliffhanger*", "Who wrote it?"):
        assert part in made
    assert "**Clip 1** (scene 1; medium, eye level, 35 mm, push in). With Hodan Warsame." in made


def test_right_to_left_text_survives_both() -> None:
    text = "قولي والله"
    assert text in to_markdown(script(text=text), provider="draft", prompt=text)
    assert text in to_fountain(script(text=text), provider="draft", prompt=text)
    assert unicodedata.bidirectional(text[0]) == "AL"
