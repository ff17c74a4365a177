"""Colours: arithmetic on 8-bit RGB triples, and the colour words people use."""

import colorsys
import re

Rgb = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

WORDS: dict[str, Rgb] = {
    "black": (34, 33, 38),
    "charcoal": (58, 60, 66),
    "grey": (128, 130, 134),
    "gray": (128, 130, 134),
    "silver": (178, 182, 188),
    "white": (230, 226, 218),
    "ivory": (236, 228, 208),
    "cream": (232, 218, 190),
    "beige": (206, 186, 152),
    "tan": (190, 150, 106),
    "camel": (186, 142, 90),
    "khaki": (164, 152, 108),
    "brown": (104, 70, 46),
    "chestnut": (98, 54, 36),
    "auburn": (124, 56, 34),
    "red": (178, 38, 40),
    "crimson": (158, 26, 48),
    "scarlet": (196, 44, 36),
    "burgundy": (108, 26, 44),
    "maroon": (100, 30, 38),
    "wine": (108, 30, 50),
    "rose": (206, 118, 126),
    "pink": (222, 142, 160),
    "magenta": (184, 48, 126),
    "coral": (226, 116, 92),
    "orange": (216, 122, 48),
    "rust": (168, 82, 44),
    "copper": (176, 98, 58),
    "gold": (202, 156, 62),
    "golden": (202, 156, 62),
    "yellow": (224, 188, 72),
    "mustard": (196, 150, 46),
    "olive": (110, 112, 62),
    "green": (58, 116, 74),
    "emerald": (22, 126, 92),
    "mint": (150, 200, 174),
    "teal": (30, 118, 122),
    "turquoise": (58, 168, 168),
    "cyan": (70, 170, 190),
    "blue": (52, 92, 158),
    "navy": (32, 44, 82),
    "indigo": (58, 54, 120),
    "denim": (74, 100, 142),
    "sky": (120, 170, 210),
    "purple": (100, 60, 130),
    "violet": (116, 76, 156),
    "lavender": (174, 160, 206),
    "lilac": (182, 160, 204),
    "plum": (92, 44, 84),
    "blonde": (206, 168, 104),
    "blond": (206, 168, 104),
    "ginger": (176, 92, 42),
}
_WORD = re.compile(r"[a-z]+")


def colours_named(text: str) -> list[Rgb]:
    """Return the colours `text` names, in its order."""
    return [WORDS[word] for word in _WORD.findall(text.lower()) if word in WORDS]


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """Return the colour `share` of the way from `a` (0.0) to `b` (1.0)."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def lit(colour: Rgb, by: Rgb | float) -> Rgb:
    """Return `colour` under light `by`: a factor, or the colour of the light with 255 as full strength."""
    r, g, b = (by, by, by) if isinstance(by, (int, float)) else (by[0] / 255, by[1] / 255, by[2] / 255)
    return (_byte(colour[0] * r), _byte(colour[1] * g), _byte(colour[2] * b))


def hsv(hue: float, saturation: float, value: float) -> Rgb:
    """Return the colour with `hue` in turns (0 to 1), `saturation` and `value` 0 to 1."""
    r, g, b = colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0))
    return (_byte(r * 255), _byte(g * 255), _byte(b * 255))


def muted(colour: Rgb, share: float) -> Rgb:
    """Return `colour` moved `share` of the way to the grey of the same lightness."""
    grey = round(lightness(colour))
    return mix(colour, (grey, grey, grey), share)


def lightness(colour: Rgb) -> float:
    """Return the luma of `colour`, 0 to 255 (Rec. 601 weights, as Pillow's mode L)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def _byte(value: float) -> int:
    return 0 if value < 0 else 255 if value > 255 else round(value)
