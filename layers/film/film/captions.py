"""Captions burned into the picture: two lines at most, where no network's own buttons lie over them.

The type has one size in every shape of film, by the shorter side. Each speaker has a colour, as television does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

from film.encode import Words
from film.glyphs import shown
from film.lettering import Rgb, draw, line_height, wrapped
from film.planes import Planes, planes
from film.shape import Format
from film.stills import Size
from studio.domain.shot import Aspect

ROWS = 2
_TYPE = 0.05
"""Size of the type as a share of the shorter side."""
_SAFE: dict[Aspect, tuple[float, float]] = {
    Aspect.WIDE: (0.80, 0.07),
    Aspect.SQUARE: (0.86, 0.09),
    Aspect.TALL: (0.68, 0.21),
}
"""Share of the width that lines may take, and of the height that stays free below. In tall films the networks' texts
cover the lowest fifth, and their buttons the right edge; lines stay in the middle, so the left edge is as free."""
_COLOURS: tuple[Rgb, ...] = ((255, 255, 255), (255, 236, 110), (132, 232, 255), (160, 255, 150))
"""White, yellow, cyan, green: the order in which British television gives them out. All stand out on the dark box."""
_BOX = 150
"""How dense the dark box behind the lines is, of 255: on white it still leaves 5 : 1 of contrast for each colour."""


@dataclass(frozen=True)
class Caption:
    """What is shown from frame `first` to before frame `last`."""

    first: int
    last: int
    rows: tuple[str, ...]
    colour: Rgb


@dataclass(frozen=True)
class Overlay:
    """A picture with its masks, full and for the planes of colour; `at` is its place in the frame."""

    picture: Planes
    mask: Image.Image
    half: Image.Image
    at: Size

    def over(self, planes_: Planes) -> Planes:
        """Lay it over a frame, in place."""
        x, y = self.at
        planes_.y.paste(self.picture.y, (x, y), self.mask)
        planes_.u.paste(self.picture.u, (x // 2, y // 2), self.half)
        planes_.v.paste(self.picture.v, (x // 2, y // 2), self.half)
        return planes_


def captions(words: Sequence[Words], format_: Format) -> list[Caption]:
    """Return captions in order. A long speech has several, each as long as its share of the text.

    One that begins ends the one before it.
    """
    size, room = _size(format_), _SAFE[format_.aspect][0] * format_.size[0]
    colours: dict[str, Rgb] = {}
    found: list[Caption] = []
    for line in sorted(words, key=lambda line: line.start):
        colour = colours.setdefault(line.speaker, _COLOURS[len(colours) % len(_COLOURS)])
        rows = [row for row in wrapped(shown(line.text), size, room) if row]
        groups = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
        total, said = sum(map(len, rows)), 0
        for group in groups:
            first = format_.frame(line.start + (line.end - line.start) * said / total)
            said += sum(map(len, group))
            last = format_.frame(line.start + (line.end - line.start) * said / total)
            if found and found[-1].last > first:
                found[-1] = Caption(found[-1].first, max(first, found[-1].first), found[-1].rows, found[-1].colour)
            even = wrapped(" ".join(group), size, room)
            found.append(Caption(first, max(last, first + 1), tuple(even if len(even) <= ROWS else group), colour))
    return [caption for caption in found if caption.last > caption.first]


class Captioner:
    """Lays captions over frames; `over` is what `joins.pictures` asks for."""

    def __init__(self, words: Sequence[Words], format_: Format) -> None:
        self._shown = {
            frame: caption for caption in captions(words, format_) for frame in range(caption.first, caption.last)
        }
        # Several threads ask for the same one; making it twice does no harm.
        self._overlay = cache(lambda caption: overlay(caption, format_))

    def over(self, frame: int, picture: Planes) -> Planes:
        """Return the picture with what is said in this frame."""
        caption = self._shown.get(frame)
        return self._overlay(caption).over(picture) if caption else picture


def overlay(caption: Caption, format_: Format) -> Overlay:
    """Return a caption as it is laid over frames."""
    size = _size(format_)
    width, height = format_.size
    step, inset = line_height(size), round(size * 0.45)
    tall = step * len(caption.rows) + inset
    top = height - round(_SAFE[format_.aspect][1] * height) - tall
    # On even pixels, so that colour and brightness are cut alike.
    top, tall = top // 2 * 2, (tall + 1) // 2 * 2
    letters = Image.new("RGB", (width, tall))
    mask = Image.new("L", (width, tall))
    lines = Image.new("L", (width, tall))
    for number, row in enumerate(caption.rows):
        baseline = inset / 2 + step * number + size * 1.0
        draw(letters, width / 2, baseline, row, size, caption.colour, outline=max(size // 16, 1))
        draw_mask(lines, width / 2, baseline, row, size, max(size // 16, 1))
    box = lines.getbbox() or (0, 0, width, tall)
    frame = (max(box[0] - inset, 0), 0, min(box[2] + inset, width) - 1, tall - 1)
    ImageDraw.Draw(mask).rounded_rectangle(frame, radius=inset, fill=_BOX)
    mask.paste(lines, (0, 0), lines)
    left = frame[0] // 2 * 2
    cut = (left, 0, min((frame[2] + 2) // 2 * 2, width), tall)
    mask = mask.crop(cut)
    half = mask.resize((mask.width // 2, mask.height // 2), Image.Resampling.BOX)
    return Overlay(planes(letters.crop(cut)), mask, half, (left, top))


def draw_mask(mask: Image.Image, centre: float, baseline: float, row: str, size: int, outline: int) -> None:
    """Draw where a line with its outline is."""
    sheet = Image.new("RGB", mask.size)
    draw(sheet, centre, baseline, row, size, (255, 255, 255), outline, edge=(255, 255, 255))
    mask.paste(sheet.getchannel("R"), (0, 0), sheet.getchannel("R"))


def _size(format_: Format) -> int:
    return round(min(format_.size) * _TYPE)
