"""What is wrong with a picture that its pixels alone can show: nothing in here is about taste."""

import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass

from PIL import Image

from studio.domain.realism import Fault
from studio.domain.shot import Aspect

TOLERANCE = 0.03
"""How far a picture's shape may be off. Models round to their own grid: 1344 × 768 is 1.6 % off 16:9."""

_NOISE = 3
"""Levels of 255 by which encoding alone makes one colour vary."""

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)
"""What Pillow raises for bytes that are no whole picture."""


@dataclass(frozen=True)
class Inspection:
    """What was found. `sha256` is of what is shown, the same for the same pixels in another file; empty for none."""

    faults: tuple[Fault, ...]
    sha256: str = ""


def inspect(data: bytes, aspect: Aspect, seen: Collection[str] = ()) -> Inspection:
    """Look at an encoded PNG or JPEG.

    seen: the SHA-256 of files and of pixels of the other pictures there are; the same again is a duplicate. Exact
    equality only: pictures that look alike are for a judge.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as file:
            picture = file.convert("RGB")
    except _BROKEN:
        return Inspection((Fault.CORRUPT,))
    shown = hashlib.sha256(f"{picture.width}x{picture.height}".encode() + picture.tobytes()).hexdigest()
    duplicate = shown in seen or hashlib.sha256(data).hexdigest() in seen
    found = {Fault.BLANK: _blank(picture), Fault.WRONG_SIZE: _misshapen(picture, aspect), Fault.DUPLICATE: duplicate}
    return Inspection(tuple(fault for fault, there in found.items() if there), shown)


def _blank(picture: Image.Image) -> bool:
    return all(most - least <= _NOISE for least, most in _extremes(picture))


def _extremes(picture: Image.Image) -> tuple[tuple[int, int], ...]:
    return picture.getextrema()  # type: ignore[return-value]


def _misshapen(picture: Image.Image, aspect: Aspect) -> bool:
    width, height = (int(side) for side in aspect.value.split(":"))
    return abs(picture.width * height / (picture.height * width) - 1) > TOLERANCE
