"""Stills made fit to be posted: JPEGs of a shape and size that a network takes."""

import io

from PIL import Image, ImageFilter

_QUALITIES = (90, 82, 74, 65, 55)
_LONGEST = 1920
_LEAST = 0.7
"""By how much a picture is made smaller where no quality fits."""


def as_jpeg(data: bytes, aspect: tuple[float, float] | None, most_bytes: int) -> tuple[bytes, int, int]:
    """Return an encoded picture as JPEG with its width and height in pixels.

    aspect: least and most width by height; what is outside stands whole before its own blurred enlargement, because
    cropping would cut off heads. most_bytes: of the JPEG. What the file says about itself does not come along.
    """
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as file:
        picture = file.convert("RGB")
    picture.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    if aspect is not None:
        picture = _framed(picture, aspect)
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= most_bytes:
                return out.getvalue(), picture.width, picture.height
        picture = picture.resize((max(1, round(picture.width * _LEAST)), max(1, round(picture.height * _LEAST))))


def _framed(picture: Image.Image, aspect: tuple[float, float]) -> Image.Image:
    least, most = aspect
    shape = picture.width / picture.height
    if least <= shape <= most:
        return picture
    if shape < least:
        size = (-int(-picture.height * least // 1), picture.height)
    else:
        size = (picture.width, -int(-picture.width / most // 1))
    scale = max(size[0] / picture.width, size[1] / picture.height)
    behind = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    left, top = (behind.width - size[0]) // 2, (behind.height - size[1]) // 2
    framed = behind.crop((left, top, left + size[0], top + size[1])).filter(ImageFilter.GaussianBlur(size[0] / 40))
    framed.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return framed
