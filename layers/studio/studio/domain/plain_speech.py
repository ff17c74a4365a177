"""A character's words, and a reading of them, by plain rules: what a rehearsal has instead of a writer and a reader.

The rules know English. They say what the sheet says, in the first person, and find again what stands in the sheet.
"""

import re
from collections.abc import Sequence

from studio.domain.persona import MAX_STATEMENTS, Holds, Source, Statement
from studio.domain.project import CharacterSheet

_ABOUT_THEMSELVES = re.compile(r",? (?:and|but|before|until|because|why|so)\b[^,]*?\b(?:he|she|they)\b.*$")
_HIS = re.compile(r"\b(?:his|her)\b(?= \w)")
_OWN = re.compile(r"\b(?:his|her|their)\b(?= (?!back|to|out|alone|again|away|and|off|for|with|before|in|from|at)\w)")
_OTHERS = re.compile(r"\b(?:he|she|they|him|them|is|was)\b")
_THING = re.compile(r"\b(?:the|a|an|my|your|her|his|their) ((?!same\b|other\b|only\b)\w{4,})", re.IGNORECASE)
_AGE = re.compile(r"\b(?:i am|i'm) (\d{1,3})\b(?! (?:minutes|hours|days|weeks|miles|per))", re.IGNORECASE)
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "about after again also always because before being could didn doesn does done each even ever every "
        "from have having here herself himself into itself just know like more most much must myself never "
        "nobody only other over said says should some somebody such than that their them then there these "
        "they thing things this those through under until very want wants were what when where which while "
        "will with without would your yours ",
    )
)


def plain_speech(sheet: CharacterSheet, situation: str, others: Sequence[str]) -> list[str]:
    """Return a few ways in which somebody could answer a situation, from their sheet alone.

    others: names of those who may be in the room. What they hide is not said, only that there is something.
    """
    catchword = re.search(r"[\"“]([^\"”]{2,40})[\"”]", sheet.voice)
    opening = f"{catchword[1][0].upper()}{catchword[1][1:]}. " if catchword else ""
    things = _THING.findall(situation)
    topic = f"the {things[-1].casefold()}" if things else "this"
    calling = _HIS.sub("my", re.split(r"(?<=[.!?])\s", sheet.description)[0]).strip(" .")
    if calling and not _OTHERS.search(calling):
        named = any(re.match(rf"{re.escape(name.split()[0])}\b", calling) for name in others)
        opening += f"You know what they call me: {calling if named else calling[0].lower() + calling[1:]}. "
    wants = _OWN.sub("my", _ABOUT_THEMSELVES.sub("", sheet.wants)).strip(" .")
    if wants:
        wish = f"I want {wants}." if wants.startswith("to ") else f"What I want is {wants}."
    else:
        wish = "I want what everybody here wants, and I am the only one who says so."
    present = next((name for name in others if name.split()[0] in situation and name != sheet.name), "")
    room = f"while {present.split()[0]} is in the room" if present else "while everybody listens"
    kept = f"There is more, and I am not saying it {room}." if sheet.hides else f"That is all I say {room}."
    return [
        f"{opening}You ask me about {topic}. {wish} {kept}",
        f"{opening}{wish} And now {topic}. {kept}",
        f"{opening}Leave {topic} where it is. {wish} {kept}",
    ]


def plain_reading(text: str, known: Sequence[Source]) -> list[Statement]:
    """Return the sentences that share words with something that is known, each held against what it shares most with.

    Sharing words counts as agreeing, which is true of words that were taken from there and of few others. An age that
    is another is a contradiction.
    """
    found = []
    for sentence in re.split(r"(?<=[.!?…])\s+|\n+", text):
        if aged := _AGE.search(sentence):
            age = next((source for source in known if source.about == "age"), None)
            if age is not None:
                same = age.says == aged[1]
                found.append(_statement(aged[0], age, "the same age" if same else "another age", same=same))
                continue
        mine = _words(sentence)
        best = max(known, key=lambda source: len(mine & _words(source.says)), default=None)
        shared = sorted(mine & _words(best.says)) if best else []
        if best is not None and len(shared) >= 2:
            found.append(_statement(sentence, best, f"It has the same words: {', '.join(shared[:6])}.", same=True))
    return found[:MAX_STATEMENTS]


def _statement(quote: str, source: Source, reason: str, *, same: bool) -> Statement:
    holds = Holds.CONSISTENT if same else Holds.CONTRADICTS
    return Statement(quote=" ".join(quote.split()[:25]), ref=source.ref, reason=reason, holds=holds)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]{4,}", text.casefold()) if word not in _COMMON}
