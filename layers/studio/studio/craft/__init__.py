"""The craft as data: reality-TV formats, a director's handbook of what each beat usually asks for, what a text is
criticised by, whom an episode is shown to before anybody sees it, and words of topics.

Writers are shown it as choices to take or to better; the rehearsal takes them.
"""

import re
from functools import cache
from importlib import resources

from pydantic import TypeAdapter

from studio.domain.base import Phrase, Value
from studio.domain.direction import Camera
from studio.domain.reflection import Standard, Target
from studio.domain.script import Beat, Script
from studio.domain.topics import Words
from studio.domain.viewers import Viewer


class Format(Value):
    """A kind of reality-TV episode. `words` in a prompt or script speak for it; `beats` is its usual order."""

    key: str
    title: str
    summary: Phrase
    words: tuple[str, ...]
    beats: tuple[Beat, ...]
    arc: Phrase


type Choices = dict[str, tuple[str, ...]]
"""What may be said, by the field it may be said in."""


class Handbook(Value):
    """What usually works: for the look of an episode, and for a scene by its beat. `cameras` are A, B and C."""

    look: Choices
    beats: dict[Beat, Choices]
    cameras: dict[Beat, tuple[tuple[str, str, int, str], ...]]

    def set_ups(self, beat: Beat, count: int) -> list[Camera]:
        """Return the first `count` cameras for a beat."""
        return [
            Camera.model_validate({"label": label, "size": size, "angle": angle, "lens_mm": lens, "move": move})
            for label, (size, angle, lens, move) in zip("ABC", self.cameras[beat][:count], strict=False)
        ]


@cache
def formats() -> dict[str, Format]:
    """Return the formats by their key."""
    found = TypeAdapter(list[Format]).validate_json(_read("formats.json"))
    return {known.key: known for known in found}


@cache
def handbook() -> Handbook:
    """Return the director's handbook."""
    return Handbook.model_validate_json(_read("handbook.json"))


@cache
def rubrics() -> dict[Target, tuple[Standard, ...]]:
    """Return what each kind of text is criticised by."""
    return TypeAdapter(dict[Target, tuple[Standard, ...]]).validate_json(_read("rubrics.json"))


@cache
def viewers() -> tuple[Viewer, ...]:
    """Return the viewers to whom an episode is shown, the first ones first."""
    return TypeAdapter(tuple[Viewer, ...]).validate_json(_read("viewers.json"))


@cache
def public_names() -> tuple[str, ...]:
    """Return names of real people who are imitated often. A short list: it knows the most famous and no others."""
    return TypeAdapter(tuple[str, ...]).validate_json(_read("public_names.json"))


@cache
def next_steps() -> dict[str, tuple[str, ...]]:
    """Return what to try where most are lost from one stage to another, by `view>click`."""
    return TypeAdapter(dict[str, tuple[str, ...]]).validate_json(_read("next_steps.json"))


@cache
def topic_words() -> Words:
    """Return the words by which topics are told apart, and those that tell of death and violence."""
    return Words.model_validate_json(_read("topics.json"))


def likely_format(prompt: str, script: Script) -> str:
    """Return the key of the format whose words the prompt, and less so the synopsis, speak of most."""
    said, told = (set(re.findall(r"\w+", text.casefold())) for text in (prompt, script.synopsis))
    return max(formats().values(), key=lambda f: 3 * len(said & set(f.words)) + len(told & set(f.words))).key


def _read(name: str) -> bytes:
    return resources.files(__package__).joinpath(name).read_bytes()
