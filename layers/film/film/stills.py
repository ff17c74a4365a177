"""Stills as they come: whether one can be used, and cut to the shape of the film."""

import io

from PIL import Image, ImageOps

Size = tuple[int, int]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels, also between them."""

_FORMATS = ("PNG", "JPEG", "WEBP")
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)
"""What Pillow raises for bytes that are no whole picture."""

_FACES = 0.4
"""Where a still that is too tall is cut: more stays above the middle, because faces are there."""


class BrokenStill(Exception):
    """A still that is no whole picture. `number` is the shot's, from 1; 0 where it belongs to none."""

    def __init__(self, number: int = 0) -> None:
        where = f"The picture of shot {number}" if number else "The picture"
        super().__init__(f"{where} cannot be read. Render that clip again, or cut the film without it.")
        self.number = number


def whole(still: bytes) -> bool:
    """Tell whether a still can be used, without reading more of it than is needed."""
    try:
        with Image.open(io.BytesIO(still), formats=_FORMATS) as file:
            if file.format == "PNG":
                file.verify()
            else:
                file.draft("RGB", (64, 64))
                file.load()
    except _UNREADABLE:
        return False
    return True


def opened(still: bytes) -> Image.Image:
    """Return an encoded still (PNG, JPEG, WebP) as RGB, upright. Raises BrokenStill."""
    try:
        with Image.open(io.BytesIO(still), formats=_FORMATS) as file:
            return ImageOps.exif_transpose(file).convert("RGB")
    except _UNREADABLE as error:
        raise BrokenStill from error


def fitting(picture: Size, size: Size) -> Box:
    """Return the largest part of a picture that has the shape of `size`."""
    scale = min(picture[0] / size[0], picture[1] / size[1])
    width, height = size[0] * scale, size[1] * scale
    left, top = (picture[0] - width) / 2, (picture[1] - height) * _FACES
    return left, top, left + width, top + height


def fitted(picture: Image.Image, size: Size) -> Image.Image:
    """Return a picture that fills `size`, enlarged or reduced, and cut where its shape is another."""
    return picture.resize(size, Image.Resampling.LANCZOS, box=fitting(picture.size, size))
