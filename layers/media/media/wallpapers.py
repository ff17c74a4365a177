"""A still as a screen's background: cut to its shape from the middle, and resized."""

import io

from PIL import Image, ImageDraw, ImageFont, ImageOps

from studio.domain.wallpaper import Screen

_QUALITY = 92
_CARD, _AMBER = (18, 18, 20), (242, 176, 60)
_COMMENT = "DRAFT – a rehearsal frame, no camera and no image model involved"


def size_of(data: bytes) -> tuple[int, int]:
    """Return the width and height of an encoded PNG or JPEG."""
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
        return picture.size


def wallpaper(data: bytes, screen: Screen, *, draft: bool) -> bytes:
    """Return a still (PNG or JPEG) as a JPEG that fills the screen; the same still gives the same bytes.

    draft: it is a rehearsal. Its slate may lie where it is cut off, so DRAFT is written on it again.
    """
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as file:
        fitted = ImageOps.fit(file.convert("RGB"), (screen.width, screen.height), Image.Resampling.LANCZOS)
    if draft:
        _mark(fitted)
    out = io.BytesIO()
    fitted.save(out, "JPEG", quality=_QUALITY, subsampling=0, optimize=True, comment=_COMMENT if draft else "")
    return out.getvalue()


def _mark(picture: Image.Image) -> None:
    unit = min(picture.size) / 768
    width, height, inset = round(104 * unit), round(40 * unit), round(26 * unit)
    left, top = picture.width - inset - width, picture.height - inset - height
    pen = ImageDraw.Draw(picture)
    pen.rectangle((left, top, left + width, top + height), fill=_CARD)
    middle = (left + width / 2, top + height / 2)
    pen.text(middle, "DRAFT", fill=_AMBER, font=ImageFont.load_default(size=round(22 * unit)), anchor="mm")
