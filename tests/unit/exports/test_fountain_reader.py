"""Fountain, opened by a public parser."""

import io

from hypothesis import given, settings
from screenplain.parsers import fountain
from screenplain.types import Action, Dialog, Slug

from studio.domain.screenplay import to_fountain
from studio.domain.script import Delivery, Script
from tests.unit.exports.scripts import hostile_scripts, script


def read(written: Script) -> list[object]:
    text = to_fountain(written, provider="draft", prompt="a letter", draft_date="2026-11-23")
    return list(fountain.parse(io.StringIO(text)))


def plain(text: object) -> str:
    return "".join(segment.text for segment in text.segments)  # type: ignore[attr-defined]


def test_a_public_parser_finds_scenes_people_and_their_words() -> None:
    told = read(script(direction="quietly", delivery=Delivery.VOICE_OVER))
    slugs = [part for part in told if isinstance(part, Slug)]
    assert [(plain(slug.line), plain(slug.scene_number)) for slug in slugs] == [
        ("INT. KITCHEN - NIGHT", "1"),
        ("INT. CONFESSIONAL - DAY", "2"),
        ("EXT. ROOF - DAWN", "3"),
    ]
    speeches = [part for part in told if isinstance(part, Dialog)]
    assert [plain(speech.character) for speech in speeches] == [
        "HODAN WARSAME (V.O.)",
        "BILE",
        "HODAN WARSAME (CONFESSIONAL)",
        "BILE (V.O.)",
    ]
    assert [(aside, plain(text)) for aside, text in speeches[0].blocks] == [
        (True, "(quietly)"),
        (False, "I never said that."),
    ]
    assert any(isinstance(part, Action) and "drops the letter" in plain(part.lines[0]) for part in told)


@given(hostile_scripts())
@settings(max_examples=30)
def test_any_text_leaves_the_scenes_and_speeches_as_they_are(written: Script) -> None:
    told = read(written)
    assert sum(isinstance(part, Slug) for part in told) == 3
    assert sum(isinstance(part, Dialog) for part in told) == 4
