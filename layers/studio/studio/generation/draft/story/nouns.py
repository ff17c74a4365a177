"""Noun phrases that hold whatever they are plugged into."""

import re
from dataclasses import dataclass

from studio.generation.draft.story.banks import lexicon

_AN = re.compile(r"(?:[aeio]|u(?!ni|se|su|ti|ran|rin|k)|hour|heir|honest)", re.IGNORECASE)
_LETTERS_SAID_WITH_A_VOWEL = re.compile(r"[AEFHILMNORSX](?:[A-Z]|\b)")
_STATES = {"stolen", "missing", "lost", "hidden", "broken", "burnt", "burned", "forgotten", "secret", "mysterious"}
_SMALL = {"a", "an", "and", "at", "by", "for", "in", "nor", "of", "on", "or", "the", "to", "with", "from"}


@dataclass(frozen=True)
class Thing:
    """The thing a story turns on.

    quote: what it says, where the prompt's own words are the evidence. about: what it shows, where the thing itself is
    too big to hold.
    """

    noun: str
    plural: bool = False
    mass: bool = False
    quote: str = ""
    about: str = ""

    @property
    def the(self) -> str:
        """The thing, known: "the letter"."""
        return f"the {self.noun}"

    @property
    def a(self) -> str:
        """The thing, new: "a letter", "some letters", with what it says."""
        told = f" that says “{self.quote}”" if self.quote else f" of the {self.about}" if self.about else ""
        return (f"some {self.noun}" if self.plural or self.mass else with_article(self.noun)) + told

    @property
    def readable(self) -> bool:
        """Whether there is something to read on it."""
        spoken = self.noun.casefold().startswith("voice")
        return bool(self.quote) or (not spoken and self.noun.split()[-1].casefold() in lexicon().papers)

    @property
    def itself(self) -> str:
        """What the story is about: the thing, or what it shows."""
        return f"the {self.about}" if self.about else self.the

    @property
    def it(self) -> str:
        """The pronoun it takes as an object."""
        return "them" if self.plural else "it"

    @property
    def they(self) -> str:
        """The pronoun it takes as a subject."""
        return "they" if self.plural else "it"


def thing(phrase: str, *, held: bool = False) -> Thing:
    """Return the thing that `phrase`, without an article, names; what was done to it ("stolen") is left out.

    held: it can be held, whether or not the lexicon knows it.
    """
    words = phrase.split()
    while len(words) > 1 and words[0].casefold() in _STATES:
        words = words[1:]
    noun = " ".join(words)
    # "set of keys" is one set.
    last = words[words.index("of") - 1 if "of" in words[1:] else -1].casefold()
    known = lexicon()
    mass = noun.casefold() in known.mass or last in known.mass
    singular = {"glass", "dress", "mattress", "bus", "compass", "necklace", "glasses case", "virus", "gas", "canvas"}
    plural = not mass and (
        noun.casefold() in known.plural_only
        or last in known.plural_only
        or (last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in singular)
    )
    if not held and (last in known.too_big or not {noun.casefold(), last} & {*known.objects}):
        # What cannot be held, or is nothing we know, comes into the story as a picture of it.
        return Thing("photograph", about=noun)
    return Thing(noun, plural=plural, mass=mass)


def with_article(noun: str) -> str:
    """Return `noun` with "a" or "an"."""
    acronym = _LETTERS_SAID_WITH_A_VOWEL.match(noun)
    return f"{'an' if acronym or (_AN.match(noun) and not noun[:2].isupper()) else 'a'} {noun}"


_PLURALS = {"wife": "wives", "child": "children", "man": "men", "woman": "women", "ex": "exes", "baby": "babies"}


def pluralised(word: str) -> str:
    """Return the plural of a word for a person."""
    first, _, last = word.rpartition(" ")
    plural = _PLURALS.get(last) or (f"{last}es" if last.endswith(("s", "ch", "x")) else f"{last}s")
    return f"{first} {plural}".strip()


def singular(plural: str) -> str:
    """Return the word for one person of whom `plural` tells."""
    return next((r for r in sorted(lexicon().relations) if pluralised(r) == plural), plural)


def possessive(name: str) -> str:
    """Return the name with its possessive ending."""
    return f"{name}'" if name.endswith("s") and not name.endswith("ss") else f"{name}'s"


def titled(text: str) -> str:
    """Return `text` in title case; words that carry capitals already keep them."""
    words = text.split(" ")
    return " ".join(
        word
        if word[1:] != word[1:].lower() or (0 < i < len(words) - 1 and word.casefold() in _SMALL)
        else _raised(word)
        for i, word in enumerate(words)
    )


def sentence_case(text: str) -> str:
    """Return `text` with a capital at each sentence's start; what comes before may be a closing quotation mark."""
    return re.sub(
        r"((?:^|(?<![A-Z]r)(?<!Mrs)(?<!St)[.!?]”?\s+)[“(]?)([a-z])", lambda m: m.group(1) + m.group(2).upper(), text
    )


def _raised(word: str) -> str:
    for index, letter in enumerate(word):
        if letter.isalnum():
            return word[:index] + letter.upper() + word[index + 1 :]
    return word
