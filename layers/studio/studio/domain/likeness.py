"""Whether a persona is somebody real: what a model says, what a plain list says, and whose consent is on record.

What this can do and what it cannot: a character who is marked as a real person is only ever spoken as with a consent
that stands. Whoever is not marked is looked for twice, by a model that is asked and by a list of the names that are
imitated most. Neither knows private people, and a changed spelling may pass both: for them the mark is all there is,
and the owner has to set it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from pydantic import Field

from studio.domain.base import Name, Phrase, Written
from studio.domain.project import Character
from studio.domain.quoting import quoted_in

_SPOKEN_AS = re.compile(
    r"\b(?:(?:speak|talk|sound|act|answer|write|pos|rant|perform)(?:s|es|e|ing)? (?:exactly |just )?(?:as|like)|as if|"
    r"pretend(?:s|ing)? to be|impersonat\w+|imitat\w+|parod\w+|mimic\w*|(?:based|modelled|modeled) on|"
    r"in the (?:voice|style|words|manner|role) of|"
    r"(?:really|secretly|actually) is|is (?:really|secretly|actually)|the real)\b"
)
"""What makes of a name that is mentioned somebody to speak as, in plain words."""

_BETWEEN = r" (?:\w+ ){0,3}"
"""Words that may stand between that and the name: "speak as the famous singer Adele"."""


class PublicPerson(Written):
    """A real person whom a persona is, or is asked to speak as: the name as it stands there, and who that is."""

    name: Name
    who: Phrase = Field(min_length=1)


class PublicPeople(Written):
    """Everybody real whom a persona would speak as; nobody, mostly."""

    people: list[PublicPerson] = Field(max_length=10)


def people_problems(found: PublicPeople, given: str) -> list[str]:
    """Return what is wrong with the answer, each as a sentence to act on. given: everything the persona is told in."""
    return [
        f"“{person.name}” is not in the material; write the name as it stands there."
        for person in found.people
        if not quoted_in(person.name, given)
    ]


def listed(names: Sequence[str], texts: Iterable[str], known: Iterable[str]) -> list[PublicPerson]:
    """Return the known people whom a persona is called after, or whom the texts ask to speak as.

    names: what the persona is called. known: names of public people. A name of one word must be the whole name, so that
    a character may have it as a first name; somebody who is only talked about is nobody to speak as.
    """
    called = [_plain(name) for name in names]
    told = [_plain(text) for text in texts]
    found = []
    for name in known:
        plain = _plain(name)
        whole = re.compile(rf"\b{re.escape(plain)}\b")
        named = any(one == plain or (" " in plain and whole.search(one)) for one in called)
        asked = any(
            re.match(rf"{_BETWEEN}{re.escape(plain)}\b", text[mark.end() :])
            for text in told
            for mark in _SPOKEN_AS.finditer(text)
        )
        if named or asked:
            found.append(PublicPerson(name=name, who="somebody whom everybody knows"))
    return found


def unconsented(character: Character) -> str:
    """Return why nobody may speak as a character; empty where they are not marked as real, or their consent stands."""
    name = character.sheet.name
    if not character.real_person:
        return ""
    record = (
        f"record it with PUT /projects/{character.project_id}/characters/{character.character_id}/consent: who agrees, "
        "and the words they agreed to"
    )
    if character.consent is None:
        return f"“{name}” is a real person, and no consent of theirs is recorded. If they agree, {record}."
    if not character.consent.stands:
        taken = f"{character.consent.withdrawn_at:%Y-%m-%d}"
        return f"The consent to speak as “{name}” was taken back on {taken}. If they agree anew, {record}."
    return ""


def unmarked(person: str, character: Character) -> str:
    """Return why nobody may speak as a character who is, unmarked, somebody real. person: who that is."""
    consent = f"/projects/{character.project_id}/characters/{character.character_id}/consent"
    return (
        f"{person} is a real person. Nobody speaks as a real person without their consent: record it with PUT "
        f"{consent}, or give the character another name."
    )


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare.casefold()))
