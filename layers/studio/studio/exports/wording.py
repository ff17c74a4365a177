"""What several formats have to do to text before it may stand in them."""

import re
import unicodedata

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""The scripts that put no spaces between words (Thai to Khmer, Japanese, Chinese), as a regular expression's ranges."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_PLAIN = str.maketrans({
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "―": "-",
    "−": "-", "…": "...", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d",
    "Đ": "D", "ł": "l", "Ł": "L", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ı": "i",
})  # fmt: skip


def xml_clean(text: str) -> str:
    """Return `text` without what XML 1.0 has no way to write, not even escaped (its production 2, Char)."""
    return _NOT_XML.sub("", text)


def paragraphs(text: str) -> list[str]:
    """Return the text's non-empty lines, white space in each made one space. At least one, which may be empty."""
    return [line for row in _BREAKS.split(text) if (line := " ".join(row.split()))] or [""]


def one_line(text: str) -> str:
    """Return `text` on one line."""
    return " ".join(paragraphs(text))


def ascii_line(text: str) -> str:
    """Return `text` on one line of printable ASCII: accents go, other scripts become question marks."""
    plain = unicodedata.normalize("NFKD", one_line(text).translate(_PLAIN))
    kept = (c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return "".join(c if " " <= c <= "~" else "?" for c in kept)
