"""Which font has which letter, read from the font's own table (cmap, OpenType 1.9), so that no parser comes along."""

import struct
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("fonts")

CHAIN = (
    "NotoSans", "NotoSansArabic", "NotoSansHebrew", "NotoSansEthiopic", "NotoSansThai", "DejaVuSans",
    "DroidSansFallback",
)  # fmt: skip
"""The first font that has a letter shows it."""

REPLACEMENT = "\ufffd"
_KEPT = "\u200c\u200d\u200e\u200f"
"""Signs that show nothing and are part of the spelling: joiners and marks of direction."""


def shown(text: str) -> str:
    """Return `text` in one line as the fonts can show it.

    Pictographs and signs that show nothing go; a letter that no font has is replaced.
    """
    return " ".join("".join(_shown(letter) for letter in text).split())


def missing(text: str) -> set[str]:
    """Return the letters of a text that no font has."""
    return {letter for letter in text if _shown(letter) == REPLACEMENT != letter}


def font_of(text: str) -> str:
    """Return the name of the font that has the most of a text, the earliest in the chain among equals."""
    wanted = Counter(letter for letter in text if not letter.isspace() and letter not in _KEPT)
    return max(CHAIN, key=lambda name: sum(count for letter, count in wanted.items() if ord(letter) in letters(name)))


@cache
def letters(name: str) -> frozenset[int]:
    """Return the code points that a font of the chain has."""
    font = (FOLDER / f"{name}.ttf").read_bytes()
    [tables] = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(tables))
    cmap = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    [count] = struct.unpack_from(">H", font, cmap + 2)
    found: set[int] = set()
    for number in range(count):
        platform, _, offset = struct.unpack_from(">HHL", font, cmap + 4 + 8 * number)
        if platform in {0, 3}:
            found |= _subtable(font, cmap + offset)
    return frozenset(found)


def _subtable(font: bytes, at: int) -> set[int]:
    [kind] = struct.unpack_from(">H", font, at)
    if kind == 12:
        [groups] = struct.unpack_from(">L", font, at + 12)
        ranges = [struct.unpack_from(">LL", font, at + 16 + 12 * group) for group in range(groups)]
        return {code for first, last in ranges for code in range(first, last + 1)}
    if kind == 4:
        [double] = struct.unpack_from(">H", font, at + 6)
        lasts = struct.unpack_from(f">{double // 2}H", font, at + 14)
        firsts = struct.unpack_from(f">{double // 2}H", font, at + 16 + double)
        return {code for first, last in zip(firsts, lasts, strict=True) for code in range(first, last + 1)} - {0xFFFF}
    return set()


@cache
def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    if letter in _KEPT:
        return letter
    if unicodedata.category(letter) in {"Cf", "Cc"} or "\ufe00" <= letter <= "\ufe0f" or letter >= "\U000e0000":
        return ""
    if any(ord(letter) in letters(name) for name in CHAIN):
        return letter
    return "" if unicodedata.category(letter) in {"So", "Sk"} else REPLACEMENT
