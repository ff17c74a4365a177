"""Final Draft XML, read back by an XML parser and by a public FDX reader."""

from xml.etree import ElementTree

from defusedxml.ElementTree import fromstring
from fdx_parser import parse_fdx
from hypothesis import given

from studio.domain.script import Delivery, Script
from studio.exports.fdx import to_fdx
from studio.exports.wording import xml_clean
from tests.unit.exports.scripts import hostile_scripts, script

KINDS = {"Scene Heading", "Action", "Character", "Parenthetical", "Dialogue", "Transition"}


def fdx(**changes: object) -> str:
    return to_fdx(script(**changes), provider="draft", prompt="a letter")


def content(text: str) -> list[tuple[str, str]]:
    root = fromstring(text.encode())
    return [
        (p.get("Type"), "".join(t.text or "" for t in p.findall("Text"))) for p in root.findall("Content/Paragraph")
    ]


def test_paragraphs_have_the_types_that_programs_know() -> None:
    told = content(fdx(direction="quietly"))
    assert told[:6] == [
        ("Scene Heading", "INT. KITCHEN - NIGHT"),
        ("Action", "Hodan drops the letter."),
        ("Action", "Nobody moves."),
        ("Character", "HODAN WARSAME"),
        ("Parenthetical", "(quietly)"),
        ("Dialogue", "I never said that."),
    ]
    assert ("Character", "HODAN WARSAME (CONFESSIONAL)") in told
    assert ("Character", "BILE (V.O.)") in told
    assert told[-2:] == [("Action", "Who wrote it?"), ("Transition", "TO BE CONTINUED")]


def test_off_screen_is_an_extension_and_not_a_parenthetical() -> None:
    told = content(fdx(direction="off screen"))
    assert ("Character", "HODAN WARSAME (O.S.)") in told
    assert not any(kind == "Parenthetical" and "off" in text for kind, text in told)


def test_the_title_page_says_who_wrote_it_and_that_it_is_a_draft() -> None:
    page = ElementTree.tostring(fromstring(fdx().encode()).find("TitlePage"), "unicode")
    for part in ("THE LETTER", "Episode Studio, draft composer", "From the prompt: a letter", "DRAFT"):
        assert part in page
    assert "DRAFT" not in to_fdx(script(), provider="gemini", prompt="x")


def test_a_public_reader_finds_scenes_people_and_their_words() -> None:
    scenes = parse_fdx(fdx(delivery=Delivery.VOICE_OVER, direction="quietly"))
    assert [(scene.scene_number, scene.location, scene.time_of_day) for scene in scenes] == [
        ("1", "KITCHEN", "NIGHT"),
        ("2", "CONFESSIONAL", "DAY"),
        ("3", "ROOF", "DAWN"),
    ]
    assert set(scenes[0].characters) == {"HODAN WARSAME (V.O.)", "BILE"}
    assert [paragraph.text for paragraph in scenes[0].paragraphs if paragraph.type == "Dialogue"] == [
        line.text for line in script().scenes[0].lines
    ]


@given(hostile_scripts())
def test_any_text_is_well_formed_and_stays_in_its_paragraph(written: Script) -> None:
    told = content(to_fdx(written, provider="draft", prompt=written.title))
    assert {kind for kind, _ in told} <= KINDS
    assert [kind for kind, _ in told].count("Scene Heading") == 3
    spoken = [text for kind, text in told if kind == "Dialogue"]
    words = xml_clean(written.scenes[0].lines[0].text).split()
    assert " ".join(spoken).split()[: len(words)] == words
