"""Things named in a script: where a name stands in it, also declined, and where nothing should be sold.

Words are compared folded (letter case, accents), as whole words, and by the endings that a language gives them, which
come in as data: patterns of `(ending, instead)`.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from studio.domain.base import Value
from studio.domain.script import Script

type Endings = tuple[tuple[str, str], ...]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$|['’]s$")
_SHORTEST_STEM = 3


class NamedIn(StrEnum):
    """What kind of text names a thing."""

    DIALOGUE = "dialogue"
    ACTION = "action"
    SET = "set"


class Mention(Value):
    """Words of the script that name a thing. `line` numbers the scene's lines from 1, where it is said."""

    scene: int
    line: int | None
    place: NamedIn
    quote: str


@dataclass(frozen=True)
class Passage:
    """One piece of a script's text."""

    scene: int
    line: int | None
    place: NamedIn
    text: str


@dataclass(frozen=True)
class Named:
    """A name as it was found: in which passage, from which word to which (exclusive), and whether as it is written."""

    key: str
    name: str
    passage: int
    first: int
    last: int
    exact: bool
    quote: str


@dataclass(frozen=True)
class _Word:
    folded: str
    start: int
    end: int


def passages(script: Script) -> tuple[Passage, ...]:
    """Return a script's headings, actions and lines in their order."""
    found: list[Passage] = []
    for scene in script.scenes:
        found.append(Passage(scene.number, None, NamedIn.SET, scene.heading))
        found.append(Passage(scene.number, None, NamedIn.ACTION, scene.action))
        found += (Passage(scene.number, n, NamedIn.DIALOGUE, line.text) for n, line in enumerate(scene.lines, 1))
    return tuple(found)


def fold(text: str) -> str:
    """Return a text without letter case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


class Reading:
    """A script's passages, read for names. endings: of the language it is in."""

    def __init__(self, of: Sequence[Passage], endings: Endings) -> None:
        self.passages = of
        self._endings = endings
        self._words = [_words(passage.text) for passage in of]
        self._at: dict[str, list[tuple[int, int]]] = {}
        for number, words in enumerate(self._words):
            for place, word in enumerate(words):
                for stem in stems(word.folded, endings):
                    self._at.setdefault(stem, []).append((number, place))

    def again(self, of: Sequence[Passage]) -> "Reading":
        """Return other passages, read by the same endings."""
        return Reading(of, self._endings)

    def find(self, key: str, names: Iterable[str]) -> Iterator[Named]:
        """Yield every place where one of `names` stands, each as whole words in their order."""
        for name in names:
            wanted = [word.folded for word in _words(name)]
            if not wanted:
                continue
            places = {place for stem in stems(wanted[0], self._endings) for place in self._at.get(stem, ())}
            for number, first in sorted(places):
                said = self._words[number][first : first + len(wanted)]
                if len(said) == len(wanted) and all(
                    self._same(one.folded, other) for one, other in zip(said, wanted, strict=True)
                ):
                    quote = self.passages[number].text[said[0].start : said[-1].end]
                    exact = [word.folded for word in said] == wanted
                    yield Named(key, name, number, first, first + len(wanted), exact, quote)

    def sensitive(self, number: int, words: Collection[str]) -> str:
        """Return the word that makes the surroundings of a passage no place to sell anything; empty where none does.

        The surroundings are the passage, what stands next to it in the scene, and the scene's heading.
        """
        here = self.passages[number]
        near = [
            other
            for other, passage in enumerate(self.passages)
            if passage.scene == here.scene and (abs(other - number) <= 1 or passage.place is NamedIn.SET)
        ]
        found = (one for word in words for one in self.find("", [word]))
        return next((one.quote for one in found if one.passage in near), "")

    def mention(self, named: Named) -> Mention:
        """Return a name that was found as people read it."""
        passage = self.passages[named.passage]
        return Mention(scene=passage.scene, line=passage.line, place=passage.place, quote=named.quote)

    def _same(self, said: str, wanted: str) -> bool:
        return said == wanted or bool(stems(said, self._endings) & stems(wanted, self._endings))


def longest(found: Iterable[Named]) -> list[Named]:
    """Return the names that are no part of a longer one: of a pot in a moka pot only the moka pot. In text order."""
    kept: list[Named] = []
    taken: dict[tuple[int, int], tuple[int, int]] = {}
    for one in sorted(found, key=lambda n: (n.first - n.last, n.passage, n.first, n.key, n.name)):
        span = (one.first, one.last)
        covering = {taken.get((one.passage, word)) for word in range(*span)}
        if covering <= {None, span}:
            kept.append(one)
            taken |= dict.fromkeys(((one.passage, word) for word in range(*span)), span)
    return sorted(kept, key=lambda n: (n.passage, n.first))


@lru_cache(maxsize=20_000)
def stems(word: str, endings: Endings) -> frozenset[str]:
    """Return a folded word and what it may be a form of."""
    found = {word}
    for ending, instead in endings:
        stem, times = re.subn(ending, instead, word)
        if times and len(stem) >= _SHORTEST_STEM:
            found.add(stem)
    return frozenset(found)


def _words(text: str) -> list[_Word]:
    found = []
    for match in _WORD.finditer(text):
        bare = _POSSESSIVE.sub("", match[0])
        found.append(_Word(fold(bare), match.start(), match.start() + len(bare)))
    return found
