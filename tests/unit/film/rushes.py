"""Stills and speech to cut films from in tests: small, and the same every time."""

import io
import math
import wave
from array import array
from functools import cache

from PIL import Image, ImageDraw


@cache
def still(hue: int = 0, size: tuple[int, int] = (1344, 768)) -> bytes:
    """Return a picture with something everywhere, as PNG."""
    ramp = Image.linear_gradient("L").resize(size)
    disc = Image.radial_gradient("L").resize(size)
    bands = [ramp, disc, ramp.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    picture = Image.merge("RGB", bands[hue % 3 :] + bands[: hue % 3])
    pen = ImageDraw.Draw(picture)
    for at in range(0, size[0], 60):
        pen.line([(at, 0), (size[0] - at, size[1])], fill=(at % 255, 90, 200), width=3)
    return _png(picture)


@cache
def chart(at: tuple[int, int], size: tuple[int, int] = (1344, 768)) -> bytes:
    """Return one light disc on a dark ground, with soft edges."""
    large = Image.new("L", (size[0] * 2, size[1] * 2), 40)
    x, y = at[0] * 2, at[1] * 2
    ImageDraw.Draw(large).ellipse((x - 40, y - 40, x + 40, y + 40), fill=220)
    return _png(large.resize(size, Image.Resampling.BOX).convert("RGB"))


@cache
def plain(colour: tuple[int, int, int]) -> bytes:
    """Return a picture of one colour."""
    return _png(Image.new("RGB", (320, 180), colour))


@cache
def speech(seconds: float, loud: float = 0.3, rate: int = 24_000) -> bytes:
    """Return a stand-in for a voice, as WAV: syllables of a buzzing tone."""
    samples = array("h")
    for at in range(round(seconds * rate)):
        now = at / rate
        syllable = max(0.0, math.sin(2 * math.pi * 2.5 * now)) ** 0.6
        tone = sum(math.sin(2 * math.pi * 150 * harmonic * now) / harmonic for harmonic in (1, 2, 5))
        samples.append(round(32_767 * loud * syllable * tone / 2))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
