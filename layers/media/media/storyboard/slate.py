"""The slate in the corner: which frame this is, and that it is a rehearsal."""

from PIL import Image, ImageDraw, ImageFont

from media.storyboard.colour import Rgb

_CARD: Rgb = (18, 18, 20)
_CHALK: Rgb = (236, 232, 222)
_AMBER: Rgb = (242, 176, 60)


def slate_box(size: tuple[int, int], right: bool = False) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom in pixels of the slate in a frame of `size`: upper left, or upper right."""
    unit = min(size) / 768
    inset, wide = round(26 * unit), round(188 * unit)
    left = size[0] - inset - wide if right else inset
    return left, inset, left + wide, inset + round(74 * unit)


def put_slate(frame: Image.Image, scene: int, shot: int, take: int, right: bool = False) -> None:
    """Draw the slate onto `frame` (RGB), in place."""
    left, top, end, bottom = slate_box(frame.size, right)
    unit = min(frame.size) / 768
    width, height = end - left, bottom - top
    card = Image.new("RGB", (width, height), _CARD)
    pen = ImageDraw.Draw(card)
    stick = round(15 * unit)
    for x in range(-stick, width + stick, stick * 2):
        pen.polygon([(x, stick), (x + stick, 0), (x + stick * 2, 0), (x + stick, stick)], fill=_CHALK)
    pen.line([(0, stick), (width, stick)], fill=_CARD, width=max(1, round(2 * unit)))
    small = ImageFont.load_default(size=round(12.5 * unit))
    large = ImageFont.load_default(size=round(23 * unit))
    thirds = (("SCENE", scene), ("SHOT", shot), ("TAKE", take))
    for column, (label, number) in enumerate(thirds):
        x = round((12 + 44 * column) * unit)
        pen.text(
            (x, round(21 * unit)), label[:5], fill=(150, 148, 142), font=ImageFont.load_default(size=round(9 * unit))
        )
        pen.text((x, round(34 * unit)), str(number)[:4], fill=_CHALK, font=large)
    pen.text((width - round(12 * unit), round(52 * unit)), "DRAFT", fill=_AMBER, font=small, anchor="rm")
    pen.ellipse(
        [width - round(21 * unit), round(27 * unit), width - round(12 * unit), round(36 * unit)], fill=(206, 52, 44)
    )
    frame.paste(card, (left, top), Image.new("L", card.size, 226))
