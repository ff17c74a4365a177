"""Speaking as a character: what their show has established of them, the words, and whether the two agree."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from studio.domain.base import Id, Phrase, Prompt, Text, Value, Written
from studio.domain.canon import EpisodeCanon, Place
from studio.domain.episode import ProviderName
from studio.domain.project import Character, CharacterSheet
from studio.domain.quoting import quoted_in
from studio.domain.viewers import LEAST_VIEWERS, MOST_VIEWERS, Viewer

MAX_STATEMENTS = 24
_RECENT = 5
"""How many of the latest episodes are told as wholes; what they established is told of all."""

_CLAIMS_A_PERSON = re.compile(
    r"\b(?:(?:i am|i'm) (?:a )?(?:real|actual|human|living) (?:person|human|being)|(?:i am|i'm) (?:a )?human|"
    r"not an? (?:ai|bot|robot|machine|language model)|as an ai|language model)\b",
    re.IGNORECASE,
)


class Source(Value):
    """One thing that is known of a character. `where` says where it was said, `ref` is what a reader calls it by."""

    ref: str
    about: str
    says: str
    where: str


class Speech(Written):
    """What a character says, as they say it."""

    text: Text


class Holds(StrEnum):
    """How words stand to what is known."""

    CONSISTENT = "consistent"
    CONTRADICTS = "contradicts"


class Statement(Written):
    """Some words of a speech, held against one thing that is known. The reason comes first."""

    quote: Phrase = Field(min_length=1)
    ref: Phrase = Field(min_length=1)
    reason: Phrase = Field(min_length=1)
    holds: Holds


class SpeechReading(Written):
    """Everything in a speech that something is known about, held against it."""

    statements: list[Statement] = Field(max_length=MAX_STATEMENTS)


class Checked(Value):
    """A statement with what it was held against, word for word, and where that was said."""

    quote: str
    about: str
    says: str
    where: str
    reason: str
    holds: Holds


# What is asked


class PersonaRequest(Value):
    """Who is to be heard. speak: a character of a cast answers a situation, in at most so many words.

    panel: an episode's script is shown to `personas`, three to seven viewers of your own, or to the first `size` of the
    studio's. provider: the episode's, or the studio's, where left out.
    """

    mode: Literal["speak", "panel"]
    project_id: Id | None = None
    character_id: Id | None = None
    situation: Prompt | None = None
    words: int = Field(default=120, ge=20, le=400)
    episode_id: Id | None = None
    size: int = Field(default=5, ge=LEAST_VIEWERS, le=MOST_VIEWERS)
    personas: tuple[Viewer, ...] = Field(default=(), max_length=MOST_VIEWERS)
    provider: ProviderName | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        speaks = (self.project_id, self.character_id, self.situation)
        if self.mode == "speak" and (None in speaks or self.episode_id or self.personas):
            raise ValueError("to have somebody speak, give project_id, character_id and situation, and nothing else")
        if self.mode == "panel" and (self.episode_id is None or any(speaks)):
            raise ValueError("to ask a panel, give an episode_id, and personas if you have your own")
        if self.personas and len(self.personas) < LEAST_VIEWERS:
            raise ValueError(f"a panel has {LEAST_VIEWERS} to {MOST_VIEWERS} personas")
        if len({viewer.name.casefold() for viewer in self.personas}) < len(self.personas):
            raise ValueError("personas have names that differ")
        return self


# What is known


def known_of(sheet: CharacterSheet, canon: Sequence[EpisodeCanon]) -> list[Source]:
    """Return what is known of a character: first the bible, B1, B2 …, then what episodes established, C1, C2 …

    canon: oldest first. Of what was said twice the later word counts.
    """
    looks = sheet.appearance.model_dump()
    told = {
        "name": sheet.name,
        "role": sheet.role.value,
        "age": str(sheet.age or ""),
        "personality": sheet.description,
        "wants": sheet.wants,
        "hides": sheet.hides,
        "voice": sheet.voice,
        **looks,
    }
    bible = [(about, says, f"the character's sheet, {about}") for about, says in told.items() if says]
    sheets = [Source(ref=f"B{n}", about=a, says=s, where=w) for n, (a, s, w) in enumerate(bible, 1)]
    return sheets + [
        Source(ref=f"C{n}", about=a, says=s, where=w) for n, (a, s, w) in enumerate(_established(sheet.name, canon), 1)
    ]


def _established(name: str, canon: Sequence[EpisodeCanon]) -> list[tuple[str, str, str]]:
    them = name.casefold()
    latest: dict[tuple[str, str], tuple[str, str, str]] = {}
    for episode in canon:
        for fact in episode.facts:
            if fact.person.casefold() == them:
                latest["fact", fact.about.casefold()] = (fact.about, fact.value, _said(episode, fact.at))
        for bond in episode.bonds:
            if them in {bond.one.casefold(), bond.other.casefold()}:
                other = bond.other if bond.one.casefold() == them else bond.one
                says = f"{bond.one} and {bond.other}: {bond.kind}"
                latest["bond", other.casefold()] = (f"relationship with {other}", says, _said(episode, bond.at))
        for came_out in episode.revealed:
            if them in {came_out.holder.casefold(), came_out.to.casefold()}:
                says = f"{came_out.to} learned of {came_out.holder}: {came_out.what}"
                latest["secret", says.casefold()] = ("a secret that came out", says, _said(episode, came_out.at))
    happened = [
        ("what happened", episode.synopsis, f"“{episode.title}”") for episode in canon[-_RECENT:] if episode.synopsis
    ]
    return [*latest.values(), *happened]


def _said(episode: EpisodeCanon, at: Place) -> str:
    return f"“{episode.title}”, scene {at.scene}, line {at.line}"


# What an answer must keep


def speech_problems(speech: Speech, sheet: CharacterSheet, most_words: int) -> list[str]:
    """Return what is wrong with a speech, each as a sentence a writer can act on; empty when nothing is."""
    found = []
    words = len(speech.text.split())
    if words > most_words:
        found.append(f"It is {words} words; {most_words} are the most.")
    if re.match(rf"{re.escape(sheet.name)}\s*[:(]", speech.text, re.IGNORECASE):
        found.append("Write only what is said, without the name in front.")
    if claim := _CLAIMS_A_PERSON.search(speech.text):
        found.append(f"“{claim[0]}”: nothing is said about being a person or a machine; a label says it instead.")
    return found


def reading_problems(reading: SpeechReading, text: str, known: Sequence[Source]) -> list[str]:
    """Return what is wrong with a reading, each as a sentence a reader can act on; empty when nothing is."""
    refs = {source.ref for source in known}
    found = []
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(reading.statements, 1):
        if not quoted_in(one.quote, text):
            found.append(f"Statement {number} quotes “{one.quote}”, which nobody says; copy the words as they stand.")
        if one.ref not in refs:
            found.append(f"Statement {number} is held against “{one.ref}”, which is not among what is known.")
        if (one.quote.casefold(), one.ref) in seen:
            found.append(f"Statement {number} holds the same words against the same thing twice.")
        seen.add((one.quote.casefold(), one.ref))
    return found


def checked(reading: SpeechReading, known: Sequence[Source]) -> tuple[Checked, ...]:
    """Return the statements with what they were held against. Raises KeyError for a ref that is not known."""
    by_ref = {source.ref: source for source in known}
    return tuple(
        Checked(
            quote=one.quote,
            about=by_ref[one.ref].about,
            says=by_ref[one.ref].says,
            where=by_ref[one.ref].where,
            reason=one.reason,
            holds=one.holds,
        )
        for one in reading.statements
    )


# What it says of itself

REHEARSED_SPEECH = (
    "This is a rehearsal: the words were put together from the character's sheet, and held against it by words they "
    "share. Whether somebody would talk so, nobody judged."
)


def spoken_label(character: Character, show: str, *, rehearsal: bool) -> str:
    """Return what stands beside words that are spoken as a character."""
    name, consent = character.sheet.name, character.consent
    who = "A program, in a rehearsal," if rehearsal else "A model"
    if character.real_person and consent is not None:
        return (
            f"AI-generated. {who} wrote these words in the voice of {name}, a real person, with the consent that "
            f"{consent.name} gave, recorded on {consent.at:%Y-%m-%d}. {name} did not say them."
        )
    return f"AI-generated. {who} wrote these words for “{name}”, a character of “{show}”. Nobody said them."
