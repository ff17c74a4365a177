"""How people are asked for an address, by language: the words of the form, of its pages and of the mail."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from pydantic import TypeAdapter

from studio.domain.base import Value

FALLBACK = "en"


class PageWords(Value):
    """What the pages say. `confirm_text` and `confirmed` have a place for `{from_name}`."""

    address: str
    leave_empty: str
    send: str
    double: str
    privacy: str
    thanks_title: str
    thanks: str
    wrong_address: str
    no_consent: str
    too_old: str
    closed_title: str
    closed: str
    confirm_title: str
    confirm_text: str
    confirm: str
    confirmed_title: str
    confirmed: str
    leave_title: str
    leave_text: str
    leave: str
    left_title: str
    left: str


class MailWords(Value):
    """What the mail says, with places for `{from_name}`, `{headline}`, `{offer}`, `{confirm}` and `{leave}`."""

    subject: str
    text: str


class AskingWords(Value):
    """One language's words. consent, headlines and offers have places for `{show}`, `{title}` and `{from_name}`.

    promises: words that promise more than the owner may keep, which a writer does not use unasked.
    """

    consent: str
    headlines: tuple[str, ...]
    offers: tuple[str, ...]
    promises: tuple[str, ...]
    page: PageWords
    mail: MailWords


@cache
def languages() -> Mapping[str, AskingWords]:
    """Return the words of every language there are some for."""
    read = resources.files("studio.craft").joinpath("asking.json").read_bytes()
    return TypeAdapter(dict[str, AskingWords]).validate_json(read)


def asking(locale: str) -> tuple[str, AskingWords]:
    """Return the language to ask in for a BCP 47 tag, and its words; English where there are none for it."""
    language = locale.partition("-")[0]
    language = language if language in languages() else FALLBACK
    return language, languages()[language]
