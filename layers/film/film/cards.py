"""Title and end card: a still like any other, so that it moves and fades as they do."""

import io

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from film.glyphs import shown
from film.lettering import Rgb, draw, line_height, wrapped
from film.shape import Format
from film.stills import Size, fitted, opened

_WHITE: Rgb = (250, 247, 240)
_SOFT: Rgb = (205, 200, 190)
_AMBER: Rgb = (242, 176, 60)
_GROUND: tuple[Rgb, Rgb] = ((34, 30, 44), (12, 11, 16))
_SPARE = 1.2
"""A card is drawn larger than the film: its move goes closer to it."""
_ROOM, _TALL = 0.74, 0.5
"""Shares of the card's width and height that its words may take, so that no move cuts them."""


def card(title: str, below: str = "", *, format_: Format, behind: bytes | None = None, draft: bool = False) -> bytes:
    """Return a card as PNG, in the film's shape: a title, smaller words below it, and DRAFT where it is a rehearsal.

    behind: an encoded still, shown dark and out of focus behind the words. Raises BrokenStill.
    """
    size = (round(format_.size[0] * _SPARE), round(format_.size[1] * _SPARE))
    ground = _dimmed(behind, size) if behind else _graded(size)
    unit = min(size) / 100
    rows, type_ = _fitted(shown(title), size, largest=round(11 * unit), smallest=round(4.5 * unit), most=4)
    notes, small = _fitted(shown(below), size, largest=round(4 * unit), smallest=round(3 * unit), most=5)
    tall = line_height(type_) * len(rows) + (line_height(small) * len(notes) + 5 * unit if notes else 0)
    y, middle = (size[1] - tall) / 2, size[0] / 2
    for row in rows:
        draw(ground, middle, y + type_, row, type_, _WHITE)
        y += line_height(type_)
    if notes:
        pen = ImageDraw.Draw(ground)
        pen.rectangle((middle - 7 * unit, y + 1.4 * unit, middle + 7 * unit, y + 1.8 * unit), fill=_AMBER)
        y += 5 * unit
    for row in notes:
        draw(ground, middle, y + small, row, small, _SOFT)
        y += line_height(small)
    if draft:
        draw(ground, middle, size[1] * 0.88, "DRAFT", round(3.4 * unit), _AMBER)
    out = io.BytesIO()
    ground.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _fitted(text: str, size: Size, *, largest: int, smallest: int, most: int) -> tuple[list[str], int]:
    """Return a text in lines, and the size of type in which they fit; what does not fit in the smallest is left out."""
    if not text:
        return [], smallest
    for type_ in range(largest, smallest, -max(1, (largest - smallest) // 12)):
        rows = wrapped(text, type_, size[0] * _ROOM)
        if len(rows) <= most and line_height(type_) * len(rows) <= size[1] * _TALL:
            return rows, type_
    rows = wrapped(text, smallest, size[0] * _ROOM)
    return (rows if len(rows) <= most else [*rows[: most - 1], f"{rows[most - 1]}…"]), smallest


def _dimmed(still: bytes, size: Size) -> Image.Image:
    # Out of focus there is nothing to see in full size.
    small = fitted(opened(still), (size[0] // 4, size[1] // 4)).filter(ImageFilter.GaussianBlur(min(size) / 160))
    return ImageEnhance.Brightness(small).enhance(0.34).resize(size, Image.Resampling.BICUBIC)


def _graded(size: Size) -> Image.Image:
    upper, lower = (Image.new("RGB", size, colour) for colour in _GROUND)
    return Image.composite(lower, upper, Image.linear_gradient("L").resize(size))
