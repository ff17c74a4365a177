"""What several networks say no with, and their own words made fit to be shown."""

import re

from studio.domain.base import clean
from studio.domain.errors import ProviderFailed

LONGEST = 200
"""So much of a network's own message is shown, in characters."""


class Gone(ProviderFailed):
    """What was begun there has expired or is unknown: it must be begun anew. Nothing was published by it."""


class Duplicate(ProviderFailed):
    """The network has the same post already, so it was not posted again."""


def words(told: object) -> str:
    """Return a network's message as one line without its full stop, to go into a sentence; "" where it said nothing."""
    line = re.sub(r"\s+", " ", clean(told)) if isinstance(told, str) else ""
    if len(line) > LONGEST:
        line = line[: LONGEST - 1].rstrip() + "…"
    return line.rstrip(".")


def saying(sentence: str, told: object) -> str:
    """Return the sentence, with what the network said about it."""
    said = words(told)
    return f"{sentence}: {said}." if said else f"{sentence}."
