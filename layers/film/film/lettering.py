"""Text set in lines: the right font, the right direction, wrapped by its measured width.

A line from right to left is set in one font, which has the Latin letters too, and the shaping library (raqm) puts its
parts in order. A line from left to right may change fonts within.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

from film.glyphs import CHAIN, FOLDER, font_of, letters

Rgb = tuple[int, int, int]

_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CLOSING = "、。,.!?…！？」』）)》〉・ー"
_PIECE = re.compile(rf"\s*(?:[{_UNSPACED}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e{_CLOSING}]*|[^\s{_UNSPACED}]+)")
"""What may not be broken: a word, or, where words have no spaces between, a sign with what belongs to it."""
_LEADING = 1.28
"""From one line to the next, in sizes of the font: Arabic and Thai have marks above and below."""


def line_height(size: int) -> int:
    """Return the pixels from one line to the next."""
    return round(size * _LEADING)


def from_right(text: str) -> bool:
    """Tell whether a text runs from right to left: its first letter that has a direction does (UAX #9, rule P2)."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in {"R", "AL"} for kind in strong if kind in {"L", "R", "AL"}), False)


def width(text: str, size: int) -> float:
    """Return how wide a line is, in pixels."""
    return sum(_font(name, size).getlength(part, direction=_direction(text)) for name, part in _runs(text))


def wrapped(text: str, size: int, room: float) -> list[str]:
    """Break a text (as `glyphs.shown` returns it) into as few lines as `room` pixels allow, as even as they can be."""
    pieces = [part for piece in _PIECE.findall(text) for part in _chopped(piece, size, room)]
    widths = [width(piece, size) for piece in pieces]
    rows = _filled(pieces, widths, room)
    least, most = room / 2, room
    while len(rows) > 1 and most - least > size / 4:
        middle = (least + most) / 2
        if max(widths) <= middle and len(_filled(pieces, widths, middle)) == len(rows):
            most = middle
        else:
            least = middle
    return _filled(pieces, widths, most)


def draw(
    picture: Image.Image,
    centre: float,
    baseline: float,
    text: str,
    size: int,
    fill: Rgb,
    outline: int = 0,
    edge: Rgb = (0, 0, 0),
) -> None:
    """Draw one line in the middle of `centre` onto a picture (RGB). `outline` is how wide its edge is, in pixels."""
    pen = ImageDraw.Draw(picture)
    x = centre - width(text, size) / 2
    for name, part in _runs(text):
        font, direction = _font(name, size), _direction(text)
        pen.text(
            (x, baseline), part, fill=fill, font=font, anchor="ls", direction=direction,
            stroke_width=outline, stroke_fill=edge,
        )  # fmt: skip
        x += font.getlength(part, direction=direction)


def _direction(text: str) -> str:
    return "rtl" if from_right(text) else "ltr"


def _runs(text: str) -> list[tuple[str, str]]:
    """Return a line's parts with the font of each."""
    main = font_of(text)
    if from_right(text):
        return [(main, text)]
    fonts: list[str] = []
    for letter in text:
        # What stands between words, and marks upon letters, stay with what they follow.
        follows = (
            letter.isspace() or unicodedata.combining(letter) or unicodedata.category(letter) in {"Mc", "Mn", "Cf"}
        )
        fonts.append(fonts[-1] if fonts and follows else _font_for(letter, main))
    grouped = groupby(zip(fonts, text, strict=True), key=lambda pair: pair[0])
    return [(name, "".join(letter for _, letter in pairs)) for name, pairs in grouped]


def _font_for(letter: str, main: str) -> str:
    return next((name for name in (main, *CHAIN) if ord(letter) in letters(name)), main)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / f"{name}.ttf"), size, layout_engine=ImageFont.Layout.RAQM)


def _filled(pieces: list[str], widths: list[float], room: float) -> list[str]:
    rows, used = [""], 0.0
    for piece, wide in zip(pieces, widths, strict=True):
        if rows[-1] and used + wide > room:
            rows.append("")
            used = 0.0
        rows[-1] += piece if rows[-1] else piece.lstrip()
        used += wide
    return rows


def _chopped(piece: str, size: int, room: float) -> Iterator[str]:
    """Cut what is longer than a line and has no space in it."""
    part = ""
    for letter in piece:
        if part and len(piece) > 8 and width(part + letter, size) > room:
            yield part
            part = ""
        part += letter
    yield part
