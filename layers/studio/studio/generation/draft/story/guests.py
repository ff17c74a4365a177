"""Names for the people a prompt speaks of and no cast knows."""

import re
import unicodedata
from collections.abc import Iterator

from studio.domain.script import named_in
from studio.generation.draft.story.banks import bank, lexicon
from studio.generation.draft.story.nouns import singular, titled
from studio.generation.draft.story.reading import Reading

NAME_LIMIT = 80
"""Characters of a name, as the domain has it."""


def guest_names(
    reading: Reading, prompt: str, family: str, *, alone: bool, has_cast: bool
) -> Iterator[tuple[str, bool]]:
    """Yield names for guests, best first, and whether the prompt surely means a person by each."""
    known = lexicon()
    described = {"main character", "protagonist", "hero", "heroine", "host", "man", "woman", "people"}
    for name in reading.names:
        yield name, True
    for relation in reading.relations:
        if not (has_cast and (relation in described or relation in known.foreign_relations)):
            foreign = relation in known.foreign_relations
            yield (
                (relation if foreign and not relation.isascii() else titled(relation)),
                not has_cast or relation not in known.foreign_relations,
            )
    if not alone:
        return
    marks = [titled(w) for w in _marks(reading)]
    for plural in reading.plural_relations:
        one = titled(singular(plural))
        for pair in ("Elder", "Younger"):
            yield f"{pair} {one}", True
        for mark in marks[:2]:
            yield f"{mark} {one}", True
    for mark, role in zip([*marks[2:], *reversed(marks[:2])], bank(family).roles, strict=False):
        yield f"{mark} {role}", False
    yield from ((name, False) for name in _pictured_people(prompt))
    for word in sorted(dict.fromkeys(_tokens(prompt)), key=lambda w: -len(w)):
        if word.casefold() not in known.function_words | known.verbs | known.format_words | set(
            reading.plural_relations
        ):
            yield (titled(word) if word.isascii() else word), False
    for word in _tokens(prompt):
        yield word, False


def _marks(reading: Reading) -> list[str]:
    """Return words of the prompt that can tell people apart: its city, its things, then its other nouns."""
    known = lexicon()
    things = [t.noun.split()[0] for t in reading.things]
    places = [w for p in reading.places for w in p.words if w in reading.words]
    plain = (
        known.function_words
        | known.verbs
        | known.adjectives
        | known.relations
        | {"episode", "show", "reality", "series"}
    )
    plain |= known.irregular_past | {"character", "main"}
    plain -= {"secret"}
    nouns = [
        w
        for w in reading.words
        if len(w) > 3 and w not in plain and w.isascii() and (w == "family" or not w.endswith(("s", "ly", "ed")))
    ]
    first = [reading.city.split()[0]] if reading.city and reading.city[:1].isalpha() else []
    return list(dict.fromkeys([*first, *things, *places, *nouns])) if reading.english else []


def _pictured_people(prompt: str) -> Iterator[str]:
    """Yield guests for a prompt in pictures: "👵 Older Woman", and then the pictures' friends and rivals."""
    symbols = list(dict.fromkeys(c for c in prompt if unicodedata.category(c) == "So"))
    person = re.compile(r"\b(WOMAN|MAN|GIRL|BOY|BRIDE|PRINCESS|PRINCE|BABY|PERSON|CHEF|GHOST|ROBOT|ANGEL|WORKER)\b")
    people = [c for c in symbols if person.search(unicodedata.name(c, ""))]
    for symbol in people:
        yield f"{symbol} {titled(unicodedata.name(symbol).replace(' FACE', '').lower())}"
    for symbol, role in zip((c for c in symbols if c not in people), ("Friend", "Rival", "Neighbour"), strict=False):
        yield f"{symbol} {role}"


def _tokens(prompt: str) -> list[str]:
    """Return the prompt's words without the marks around them."""
    return [w for raw in prompt.split() if (w := _bare(raw)) and any(c.isalpha() for c in w)]


def _bare(word: str) -> str:
    ends = [i for i, c in enumerate(word) if unicodedata.category(c)[0] in "LNM"]
    return word[ends[0] : ends[-1] + 1] if ends else ""


def last_resort(prompt: str) -> str:
    """Return the longest start of the prompt that `named_in` takes for a name."""
    for text in (prompt.split()[0], *re.findall(r"\w+|[^\w\s]", prompt)):
        name: str = text[:NAME_LIMIT].strip()
        if name and named_in(name, prompt):
            return name
    return prompt.split()[0][:NAME_LIMIT]
