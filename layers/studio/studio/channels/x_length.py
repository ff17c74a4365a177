"""How long a text is on X: some characters weigh two, every address 23, every emoji two however it is made up.

SOURCE: github.com/twitter/twitter-text, config/v3.json (version 3, scale 100), read 2026-11-25; the weights here are
divided by the scale.
"""

import re
import unicodedata

LONGEST = 280
ADDRESS = 23
HEAVY = 2

_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that weigh one; all others weigh `HEAVY`."""

_TLD = "com|org|net|edu|gov|mil|int|info|biz|name|pro|app|dev|page|blog|shop|store|online|site|club|xyz|live|news|tech"
_END = r"[^\s<>\"'“”‘’«»()\[\]{}.,;:!?…]"
_ADDRESS = re.compile(
    rf"https?://[^\s<>\"“”«»]*{_END}"
    rf"|(?<![\w@#$/.-])(?P<bare>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_TLD}|[a-z]{{2}})\b(?:/[^\s<>\"“”«»]*{_END})?)",
    re.IGNORECASE,
)

_SYMBOL = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff"
)
_ONE = rf"[{_SYMBOL}]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # a flag of a country
    "|[0-9#*]\ufe0f?\u20e3"  # a keycap
    "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # a flag of a region
    f"|{_ONE}(?:\u200d{_ONE})+"  # several joined into one
    rf"|(?![\u00a9\u00ae](?!\ufe0f)){_ONE}"  # © and ® are text unless they are asked to be pictures
)


def weighted_length(text: str) -> int:
    """Return what a text counts for, of `LONGEST`.

    What only looks like an address, a domain without a scheme, counts as the longer of the two: which of them X links
    depends on its list of domains, and a text that is too long is refused.
    """
    text = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for found in _ADDRESS.finditer(text):
        total += _words(text[at : found.start()])
        total += max(ADDRESS, _words(found[0])) if found["bare"] else ADDRESS
        at = found.end()
    return total + _words(text[at:])


def _words(text: str) -> int:
    plain, emoji = _EMOJI.subn("", text)
    return HEAVY * emoji + sum(1 if _light(ord(c)) else HEAVY for c in plain)


def _light(point: int) -> bool:
    return any(first <= point <= last for first, last in _LIGHT)
