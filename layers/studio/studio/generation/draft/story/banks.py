"""The phrase banks beside this module, read once and checked as they are read."""

from functools import cache
from importlib import resources

from pydantic import Field

from studio.domain.base import Value
from studio.domain.script import Beat

FAMILIES = ("secret", "competition", "dating", "house", "makeover", "business", "betrayal")
"""The kinds of story; the last is what a prompt gets that says nothing of its kind."""


class Place(Value):
    """Somewhere a scene can be. `set` dresses it for the camera; `name` and `preposition` put it in a sentence."""

    words: tuple[str, ...] = ()
    name: str
    kind: str
    prep: str
    set: str


class Lexicon(Value):
    """The words the reader knows."""

    relations: frozenset[str]
    foreign_relations: dict[str, str]
    objects: tuple[str, ...]
    mass: frozenset[str]
    plural_only: frozenset[str]
    events: tuple[str, ...]
    bare_events: frozenset[str]
    papers: frozenset[str]
    too_big: frozenset[str]
    """What nobody can hold up at a table."""
    places: tuple[Place, ...]
    hours: dict[str, str]
    families: dict[str, dict[str, int]]
    format_words: frozenset[str]
    verbs: frozenset[str]
    adjectives: frozenset[str]
    function_words: frozenset[str]
    irregular_past: frozenset[str]
    determiners: frozenset[str]
    after_object: frozenset[str]
    """What follows “her” where it is an object and not a possessive."""
    kin: frozenset[str]

    def place(self, name: str) -> Place:
        """Return the place with this name. Raises KeyError."""
        for place in self.places:
            if place.name == name:
                return place
        raise KeyError(name)


class Unit(Value):
    """A scene in the making: what happens, what the camera sees, and what is said.

    Each line of `say` reads "L (direction): words": L, H, A, W or O is who says it (lead, holder of the secret, ally,
    witness, host), `*` after it makes it a confessional, `^` a voice-over, and a leading `~` lets it go when time is
    short. `at` names the places it fits, or their kind, "INT", "EXT" or "ROOM"; empty means anywhere.
    """

    beat: Beat
    action: str
    shot: str
    say: tuple[str, ...]
    at: tuple[str, ...] = ()
    asks: str = ""
    """What a cliffhanger leaves open."""
    paper: bool = False
    """Only for a thing that can be read: a letter, a ledger."""
    solo: bool = False
    """Only for a story with one person in it."""


class Bank(Value):
    """What one family of stories is made of. Truths are past-tense verb phrases that fit after “I” and after a name."""

    things: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    truths: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    synopses: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()


class Tone(Value):
    """How a way of talking shows: words in `voice` that give it away, parentheticals, and openings."""

    signs: tuple[str, ...]
    directions: tuple[str, ...]
    openings: tuple[str, ...] = ()


class Manners(Value):
    """Tones, and the cutaways: single confessional lines that comment on the beat they follow."""

    tones: dict[str, Tone]
    cutaways: dict[Beat, tuple[str, ...]]


class Looks(Value):
    """The camera's sentences: light by hour, framing by size, moves, and what a close-up of a reveal shows."""

    light: dict[str, tuple[str, ...]]
    framing: dict[str, tuple[str, ...]]
    angle: dict[str, tuple[str, ...]]
    move: dict[str, tuple[str, ...]]
    close: dict[str, tuple[str, ...]]
    set: tuple[str, ...]
    closing: tuple[str, ...] = Field(min_length=1)


def _read(name: str) -> str:
    return resources.files(__package__).joinpath("banks", f"{name}.json").read_text(encoding="utf-8")


@cache
def lexicon() -> Lexicon:
    """Return the reader's words."""
    return Lexicon.model_validate_json(_read("lexicon"))


@cache
def bank(family: str) -> Bank:
    """Return what `family` is made of; "common" is what every family shares."""
    return Bank.model_validate_json(_read(family))


@cache
def manners() -> Manners:
    """Return the ways of talking."""
    return Manners.model_validate_json(_read("manners"))


@cache
def looks() -> Looks:
    """Return the camera's sentences."""
    return Looks.model_validate_json(_read("looks"))
