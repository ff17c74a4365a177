"""Which font has which letter."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).with_name("fonts")

CHAIN = (
    "CourierPrime", "Cousine", "NotoNaskhArabic", "NotoSansDevanagari", "NotoSansEthiopic", "NotoSansThai", "NotoEmoji",
    "DejaVuSans", "DroidSansFallback",
)  # fmt: skip
"""The first font that has a letter shows it. The one that most use comes first, the one that is slow to open last."""

REPLACEMENT = "\ufffd"
"""What stands for a letter that no font has."""

_JOINERS = "\u200c\u200d"


def path(name: str) -> Path:
    """Return a font's file."""
    return FOLDER / f"{name}.ttf"


def needed(texts: Iterable[str]) -> list[str]:
    """Return the fonts that `texts` need, in the order of CHAIN; always the first."""
    missing = {letter for text in texts for letter in text} | {"A"}
    found = []
    for name in CHAIN:
        if not missing:
            break
        here = {letter for letter in missing if ord(letter) in _letters(name)}
        if here:
            found.append(name)
            missing -= here
    return found


def shown(text: str) -> str:
    """Return `text` as the fonts can show it: what none has is replaced, and signs that show nothing go.

    Joiners stay, for Indic and Persian words are spelt with them.
    """
    return "".join(_shown(letter) for letter in text)


@cache
def _shown(letter: str) -> str:
    invisible = unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f" or letter >= "\U000e0000"
    if invisible and letter not in _JOINERS:
        return ""
    if any(ord(letter) in _letters(name) for name in CHAIN):
        return letter
    return "" if invisible else REPLACEMENT


@cache
def _letters(name: str) -> frozenset[int]:
    with TTFont(path(name), lazy=True) as font:
        return frozenset(font.getBestCmap())
