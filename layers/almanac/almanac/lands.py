"""Which countries a locale and a community's name speak of."""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError

ENGLISH = Locale("en")


def known_locale(tag: str) -> Locale | None:
    """Return the locale that a BCP 47 tag names, or its language alone; None where CLDR has neither."""
    for name in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def region_of(tag: str) -> str | None:
    """Return the country that a BCP 47 tag names; none is guessed from a language alone."""
    region = tag.rpartition("-")[2]
    return region if re.fullmatch("[A-Z]{2}", region) and region in ENGLISH.territories else None


def lands_of(community: str, tag: str) -> tuple[str, ...]:
    """Return the countries (ISO 3166-1) that a community is named after, in the order in which they are named.

    What is not known names none. tag: the show's locale, in whose language countries may be named too.
    """
    text = f" {_folded(community)} "
    found: list[tuple[int, tuple[str, ...]]] = []
    for phrase, lands in _phrases(tag).items():
        # “New Mexico” is not Mexico; where a country's own name begins so, it was found before.
        pattern = re.compile(rf"(?<!\w)(?<!new ){re.escape(phrase)}(?!\w)")
        for match in pattern.finditer(text):
            found.append((match.start(), lands))
        # What is read is read once, so that a name inside a longer one is not found again.
        text = pattern.sub(lambda match: "\0" * len(match[0]), text)
    return tuple(dict.fromkeys(land for _, lands in sorted(found) for land in lands))


@cache
def _phrases(tag: str) -> Mapping[str, tuple[str, ...]]:
    """Return what may be said for countries, the longest first."""
    data = json.loads(files("almanac").joinpath("communities.json").read_text(encoding="utf-8"))
    phrases: dict[str, tuple[str, ...]] = {}
    for locale in filter(None, (known_locale(tag), ENGLISH)):
        for code, name in locale.territories.items():
            if re.fullmatch("[A-Z]{2}", code) and code not in {*data["ambiguous"], "ZZ", "EU", "UN", "EZ", "XA", "XB"}:
                phrases[_folded(name)] = (code,)
    for word, lands in data["words"].items():
        phrases[word] = phrases[f"{word}s"] = tuple(lands)
    return dict(sorted(phrases.items(), key=lambda item: -len(item[0])))


def _folded(text: str) -> str:
    """Return a text or a name without accents, brackets and what CLDR adds to tell places apart."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"\s*\(.*?\)| sar china$", "", plain.replace("&", "and").replace("’", "'"))
    return " ".join(re.sub(r"[-–/,]", " ", plain).split())
