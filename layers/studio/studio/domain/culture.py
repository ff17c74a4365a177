"""Rooting a script in a place and a community: what was put in, why it fits, and what was left out on purpose."""

from pydantic import Field

from studio.domain.base import Phrase, Text, Value, Written
from studio.domain.revision import SceneRevision


class CulturalReference(Written):
    """Something of a place or a community. `source` says where it can be looked up, or "to be checked"."""

    what: Phrase = Field(min_length=1)
    why: Phrase = Field(min_length=1)
    source: Phrase = "to be checked"


class Stereotype(Written):
    """Words that would reduce people to a cliché: flagged, never added."""

    words: Phrase = Field(min_length=1)
    why: Phrase = Field(min_length=1)
    line: int = Field(ge=0, description="The line they stand in, from 1; 0 for the scene's action.")


class LineRewrite(Written):
    """Another text for one line, and by number the reference that it carries, from 1."""

    line: int = Field(ge=1)
    text: Text
    reference: int = Field(ge=1)


class SceneCulture(Value):
    """What the cultural pass made of one scene. `revision` is its diff, line by line."""

    revision: SceneRevision
    references: tuple[CulturalReference, ...] = ()
    stereotypes: tuple[Stereotype, ...] = ()
