"""Captions and cards: what fits, where it stands, which font shows it."""

from itertools import pairwise

import pytest
from PIL import Image, ImageChops, features

from film.captions import Captioner, captions, overlay
from film.cards import card
from film.encode import Words
from film.glyphs import CHAIN, REPLACEMENT, font_of, letters, missing, shown
from film.lettering import draw, from_right, width, wrapped
from film.planes import planes
from film.shape import Format, Lines
from film.stills import opened
from studio.domain.shot import Aspect
from tests.unit.film.rushes import still

LONG = "I never sold the bakery, Jonas — I only signed what you put in front of me, and you knew it. " * 3
ARABIC = "لم أبع المخبز يا Jonas، لقد وقّعت فقط في 2024."
HEBREW = "מעולם לא מכרתי את המאפייה, Jonas."

every_shape = pytest.mark.parametrize("aspect", list(Aspect))


@every_shape
def test_captions_have_two_lines_at_most_and_keep_their_distance(aspect: Aspect) -> None:
    form = Format(aspect=aspect, lines=Lines.HD)
    found = captions([Words(1, 9, "Mara", LONG)], form)
    assert len(found) > 1
    assert " ".join(" ".join(caption.rows) for caption in found).split() == LONG.split()
    for caption in found:
        assert 1 <= len(caption.rows) <= 2
        laid = overlay(caption, form)
        left, top = laid.at
        right, bottom = left + laid.mask.width, top + laid.mask.height
        assert left > 0.05 * form.size[0]
        assert right < 0.95 * form.size[0]
        assert bottom < (0.8 if aspect is Aspect.TALL else 0.95) * form.size[1]
        assert top > form.size[1] / 2
        if aspect is Aspect.TALL:
            assert right < 0.88 * form.size[0]


def test_a_long_speech_is_spread_over_its_time() -> None:
    form = Format()
    found = captions([Words(2, 12, "Mara", LONG)], form)
    assert (found[0].first, found[-1].last) == (48, 288)
    assert all(one.last == two.first for one, two in pairwise(found))


def test_who_begins_to_speak_ends_the_caption_before() -> None:
    found = captions([Words(0, 3, "Mara", "Wait."), Words(2, 4, "Jonas", "No.")], Format())
    assert [(caption.first, caption.last) for caption in found] == [(0, 48), (48, 96)]
    assert found[0].colour != found[1].colour


def test_what_nobody_says_shows_nothing() -> None:
    assert captions([Words(0, 1, "Mara", " "), Words(1, 2, "Mara", "🙂")], Format()) == []


def test_two_thousand_letters_without_a_space_still_fit() -> None:
    form = Format(aspect=Aspect.TALL)
    for caption in captions([Words(0, 60, "Mara", "x" * 2000)], form):
        assert all(width(row, 54) <= 0.68 * 1080 for row in caption.rows)


def test_a_caption_lies_over_its_frames_only_and_can_be_read_on_white() -> None:
    form = Format(lines=Lines.HD)
    captioner = Captioner([Words(1, 2, "Mara", "You knew.")], form)
    white = planes(Image.new("RGB", form.size, (255, 255, 255)))
    assert captioner.over(23, white) is white
    assert white.y.getextrema() == (235, 235)
    y = captioner.over(24, white).y
    assert y.getextrema()[0] < 30
    box = y.point(lambda level: 255 * (level < 200)).getbbox()
    ground = y.getpixel((box[0] + 20, (box[1] + box[3]) // 2))
    assert ground < 125


def test_lines_are_even_and_as_few_as_can_be() -> None:
    rows = wrapped("one two three four five six seven eight", 40, 520)
    assert len(rows) == 2
    wide, narrow = sorted((width(row, 40) for row in rows), reverse=True)
    assert wide <= 520
    assert narrow > 0.7 * wide
    assert wrapped("私はパン屋を売ったことは一度もない。", 40, 300)[0].endswith(("を", "売", "っ", "た", "こ"))


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("Nobody signs twice.", "NotoSans"),
        ("Δεν πούλησα", "NotoSans"),
        ("Я не продавала", "NotoSans"),
        (ARABIC, "NotoSansArabic"),
        (HEBREW, "NotoSansHebrew"),
        ("मैंने बेकरी", "NotoSans"),
        ("ฉันไม่เคย", "NotoSansThai"),
        ("ዳቦ ቤቱን", "NotoSansEthiopic"),
        ("Ես չեմ", "DejaVuSans"),
        ("売った", "DroidSansFallback"),
        ("빵집을", "DroidSansFallback"),
    ],
)
def test_every_script_has_a_font(text: str, font: str) -> None:
    assert font_of(text) == font
    assert missing(text) == set()


def test_a_letter_no_font_has_is_seen_as_missing_and_a_pictograph_goes() -> None:
    assert shown("Go 🙂 now\u200b!\nYes") == "Go now! Yes"
    assert shown("ᚠ") == REPLACEMENT
    assert missing("aᚠ🙂") == {"ᚠ"}
    assert ord(REPLACEMENT) in letters(CHAIN[0])


def test_the_fonts_own_table_is_read_as_fonttools_reads_it() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    for name in ("NotoSans", "DroidSansFallback"):
        from film.glyphs import FOLDER

        with ttlib.TTFont(FOLDER / f"{name}.ttf", lazy=True) as font:
            assert letters(name) == frozenset(font.getBestCmap())


def test_right_to_left_is_shaped_and_ordered() -> None:
    """Letters join, so a word is narrower than its letters apart; a line begins at the right."""
    assert features.check("raqm")
    assert from_right(ARABIC)
    assert from_right(HEBREW)
    assert not from_right("Jonas, לא")
    assert width("وقّعت", 60) < sum(width(letter, 60) for letter in "وقعت") * 0.95
    assert width("لا", 60) < width("ل", 60) + width("ا", 60)
    first, line = Image.new("RGB", (600, 100)), Image.new("RGB", (600, 100))
    draw(line, 300, 70, "אבגד שהוז", 50, (255, 255, 255))
    wide = width("אבגד שהוז", 50)
    draw(first, 300 + wide / 2 - width("א", 50) / 2, 70, "א", 50, (255, 255, 255))
    box = first.getbbox()
    assert ImageChops.difference(line.crop(box), first.crop(box)).getextrema()[0][1] < 60


@every_shape
def test_a_card_has_the_films_shape_and_its_words_stay_inside(aspect: Aspect) -> None:
    form = Format(aspect=aspect, lines=Lines.HD)
    made = opened(card("The Bakery That Nobody Sold, and Everything After " * 2, LONG, format_=form, draft=True))
    assert abs(made.width / made.height - form.size[0] / form.size[1]) < 0.01
    box = made.convert("L").point(lambda level: 255 * (level > 110)).getbbox()
    assert box[0] > made.width * 0.1
    assert box[2] < made.width * 0.9
    assert box[1] > made.height * 0.1
    assert box[3] < made.height * 0.92


def test_a_card_may_stand_before_a_still() -> None:
    form = Format(lines=Lines.HD)
    assert card("One", format_=form, behind=still()) != card("One", format_=form)
