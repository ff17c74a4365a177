"""The phrase banks beside this module, read once and checked as they are read."""

from functools import cache, cached_property
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
    evidence: dict[str, str]
    """What proves a deed that the prompt speaks of: a debt is in a ledger."""
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


class Culture(Value):
    """Names that belong together, and what tells that they fit: places and peoples, words, languages, scripts."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    cues: tuple[str, ...]
    words: tuple[str, ...] = ()
    skin: tuple[str, ...] = ()
    scarves: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    """First words of its letters' Unicode names."""
    native: tuple[str, ...] = ()
    """Names in its own script, to be known by."""


class Kind(Value):
    """What a word for a person says of them. `generation` counts from the one it is said of; `answer` is what that
    one is in return, a woman's word and a man's."""

    sex: str = ""
    generation: int | None = None
    kin: bool = False
    answer: tuple[str, str] | None = None
    age: tuple[int, int] | None = None
    wear: tuple[str, ...] = ()
    follows: bool = False
    """A story is about somebody else, to whom this one is something."""
    look: str = ""
    """What is seen instead of an age and a build."""


class People(Value):
    """What people are made of who are in no cast. `fill` has, by family, who can take each part."""

    cultures: dict[str, Culture]
    mixed: tuple[str, ...]
    also_names: frozenset[str]
    kinds: dict[str, Kind]
    fill: dict[str, tuple[tuple[str, ...], ...]]
    spare: tuple[str, ...]
    own_wear: dict[str, tuple[str, ...]]
    builds: dict[str, tuple[str, ...]]
    hair: dict[str, tuple[str, ...]]
    grey: dict[str, tuple[str, ...]]
    wear: tuple[str, ...]
    counts: dict[str, int]
    pairs: frozenset[str]
    titles: frozenset[str]
    """What stands before a name and belongs to it: "Uncle Ali"."""
    calendar: frozenset[str]
    """Capitalised words that are nobody."""

    @cached_property
    def names(self) -> dict[str, str]:
        """Every name the bank knows, by its small letters."""
        known = {*self.also_names}
        for culture in self.cultures.values():
            known |= {*culture.women, *culture.men, *culture.native}
        return {name.casefold(): name for name in known}

    @cached_property
    def places(self) -> frozenset[str]:
        """Every word of the places and peoples the bank knows."""
        return frozenset(word for c in self.cultures.values() for cue in c.cues for word in (cue, *cue.split()))


class Bank(Value):
    """What one family of stories is made of. Truths are past-tense verb phrases that fit after “I” and after a name."""

    things: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
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
def people() -> People:
    """Return what invented people are made of."""
    return People.model_validate_json(_read("people"))


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
