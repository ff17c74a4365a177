"""Topics: what people talk about, seen in several places and told as one, and what of it is no stuff for a show."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from pydantic import Field

from studio.domain.base import Instant, Value
from studio.domain.digest import digest_of

MOST_LINKS = 4
LONGEST_LINK = 500
LIKE = 0.6
"""From this share of common words on (Jaccard) two titles are one topic."""

LEAST_LETTERS = 8
"""A title within another one is the same topic only with two words and so many letters: “the game” is in many."""

_MOST_WORDS = 24
_MARKED = {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW"}
"""Scripts whose marks may be left out in a hurry. In Devanagari and Thai they are vowels, and stay."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
"""Thai, Lao, Burmese, Khmer, kana and Han: written without spaces between words."""

_LOCALE = re.compile(r"^(?P<language>[a-z]{2,3})(-[A-Z][a-z]{3})?(-(?P<region>[A-Z]{2}|[0-9]{3}))?$")


class Source(StrEnum):
    """Where topics are seen."""

    GOOGLE_TRENDS = "google_trends"
    YOUTUBE = "youtube"
    REDDIT = "reddit"


COUNTED = {Source.GOOGLE_TRENDS: "searches", Source.YOUTUBE: "views", Source.REDDIT: "votes"}
"""What each source's count is a count of. They are never compared with each other."""


class Evidence(Value):
    """Evidence: a page about the topic that its source named. Never one that a model wrote."""

    source: Source
    title: str = Field(max_length=300)
    url: str = Field(max_length=LONGEST_LINK, pattern=r"^https?://\S+$")


class Sighting(Value):
    """A topic in one source's list. where: a region, “US”, or a subreddit, “r/popular”. place: 1 is the top of `among`.

    count: of COUNTED's things, for searches at least so many; None where the source does not say.
    """

    source: Source
    where: str
    title: str = Field(max_length=300)
    place: int = Field(ge=1)
    among: int = Field(ge=1)
    count: int | None = None
    started_at: Instant | None = None
    links: tuple[Evidence, ...] = ()


class Topic(Value):
    """What several sightings are of. key: the same for the same words, whatever their order, case and script form."""

    key: str
    title: str
    sightings: tuple[Sighting, ...] = Field(min_length=1)

    @property
    def started_at(self) -> Instant | None:
        """When it began, by the earliest that a source says."""
        return min((s.started_at for s in self.sightings if s.started_at), default=None)

    @property
    def links(self) -> tuple[Evidence, ...]:
        """The evidence, a page once, one of each source before the second of any."""
        ordered = sorted(
            ((depth, n, link) for n, s in enumerate(self.sightings) for depth, link in enumerate(s.links)),
            key=lambda entry: entry[:2],
        )
        return tuple({link.url: link for _, _, link in ordered}.values())[:MOST_LINKS]


class TopicSnapshot(Value):
    """A topic as it was seen at one place at one time: kept for ever, or as long as anybody asks."""

    key: str
    title: str
    where: str
    at: Instant
    first_seen: Instant
    sightings: tuple[Sighting, ...] = Field(min_length=1)

    @property
    def digest(self) -> str:
        """What the topic is known by in a sort key."""
        return digest_of(self.key)[:20]


class Words(Value):
    """Words as data, by language. packaging: what titles of films are wrapped in. sensitive: `*` ends a stem."""

    stop: dict[str, tuple[str, ...]]
    packaging: tuple[str, ...]
    sensitive: dict[str, tuple[str, ...]]
    regions: dict[str, str]

    @cached_property
    def left_out(self) -> frozenset[str]:
        """Words that tell no topic from another."""
        return frozenset(
            plain for group in (*self.stop.values(), self.packaging) for w in group for plain in plainly(w)
        )

    @cached_property
    def grave(self) -> tuple[str, ...]:
        """The sensitive words as they are looked for in plain text; a space at both ends, at the front for stems."""
        return tuple(_sought(entry) for group in self.sensitive.values() for entry in group)


# One topic's words


@lru_cache(maxsize=4096)
def plainly(text: str) -> tuple[str, ...]:
    """Return a text's words without case, punctuation, width, and the marks that people leave out."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept: list[str] = []
    base = ""
    for character in unicodedata.normalize("NFD", folded.replace("ı", "i").replace("ـ", "")):
        kind = unicodedata.category(character)
        if kind == "Mn" and unicodedata.name(base or " ", "").partition(" ")[0] in _MARKED:
            continue
        if kind[0] in "LN":
            base = character
        # An apostrophe and a joiner stand within a word.
        kept.append(character if kind[0] in "LNM" else "" if character in "'’`" or kind == "Cf" else " ")
    return tuple(unicodedata.normalize("NFC", "".join(kept)).split())


def told_by(title: str, words: Words) -> tuple[str, ...]:
    """Return the words that tell a topic: without those that tell nothing, unless there are no others.

    Where no spaces are written, every two neighbouring characters stand for a word.
    """
    every = plainly(title)
    telling = [word for word in every if word not in words.left_out] or list(every)
    return tuple(piece for word in telling for piece in _pieces(word))[:_MOST_WORDS]


def key_of(words: Sequence[str]) -> str:
    """Return what a topic is known by that these words tell; empty for none."""
    return " ".join(sorted(set(words)))


def same(one: Sequence[str], other: Sequence[str], *, within: bool) -> bool:
    """Tell whether two titles' words are of one topic. within: whether one title may be a part of the other."""
    first, second = set(one), set(other)
    if not first or not second:
        return False
    if "".join(one) == "".join(other) or likeness(first, second) >= LIKE:
        return True
    short, long = sorted((first, second), key=len)
    return within and len(short) >= 2 and len("".join(short)) >= LEAST_LETTERS and short <= long


def likeness(one: set[str], other: set[str]) -> float:
    """Return how many of all words both have (Jaccard 1901), 0 to 1."""
    return len(one & other) / len(one | other) if one | other else 0.0


def merged(sightings: Iterable[Sighting], words: Words) -> list[Topic]:
    """Return the sightings as topics, each topic once; the same ones in any order give the same topics.

    Shorter titles come first and gather the longer ones that say the same. Within one source's own lists a title that
    contains another is another topic: the source itself tells them apart.
    """
    gathered: list[_Gathered] = []
    for words_of, sighting in sorted(
        ((told_by(s.title, words), s) for s in sightings), key=lambda entry: _order(entry[0], entry[1])
    ):
        if not words_of:
            continue
        fitting = [
            (likeness(set(words_of), set(group.words)), -n, group)
            for n, group in enumerate(gathered)
            if same(words_of, group.words, within=sighting.source not in group.sources)
        ]
        if fitting:
            max(fitting, key=lambda entry: entry[:2])[2].sightings.append(sighting)
        else:
            gathered.append(_Gathered(words_of, [sighting]))
    return [group.topic() for group in gathered]


def is_sensitive(topic: Topic, words: Words) -> bool:
    """Tell whether a topic looks like news of death, violence or disaster, by its title and its evidence's."""
    titles = (topic.title, *(s.title for s in topic.sightings), *(link.title for link in topic.links))
    said = [f" {' '.join(plainly(title))} " for title in titles]
    return any(grave in text for grave in words.grave for text in said)


def region_of(locale: str, regions: Mapping[str, str]) -> str | None:
    """Return the country that a BCP 47 tag names, or the one where most speak its language; None where neither does."""
    found = _LOCALE.match(locale)
    if found is None:
        return None
    named = found["region"] or ""
    return named if named.isalpha() and named else regions.get(found["language"])


@dataclass
class _Gathered:
    words: tuple[str, ...]
    sightings: list[Sighting]

    @property
    def sources(self) -> set[Source]:
        return {sighting.source for sighting in self.sightings}

    def topic(self) -> Topic:
        # The first has the shortest words; what people search for is a topic's name, and other titles tell a story.
        named = min(self.sightings, key=lambda s: (s.source is not Source.GOOGLE_TRENDS, len(s.title), s.title))
        places = sorted(self.sightings, key=lambda s: (list(Source).index(s.source), s.where, s.place, s.title))
        return Topic(key=key_of(self.words), title=named.title, sightings=tuple(places))


def _order(words_of: Sequence[str], sighting: Sighting) -> tuple[object, ...]:
    source = list(Source).index(sighting.source)
    return len(set(words_of)), tuple(words_of), source, sighting.where, sighting.place, sighting.title


def _pieces(word: str) -> list[str]:
    if _UNSPACED.fullmatch(word) is None or len(word) < 3:
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _sought(entry: str) -> str:
    plain = " ".join(plainly(entry.rstrip("*")))
    if _UNSPACED.search(plain):
        return plain
    return f" {plain}" if entry.endswith("*") else f" {plain} "
