"""A project (the show) and its cast."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from studio.domain.base import Id, Instant, Name, Paragraph, Phrase, Text, Title, Value
from studio.domain.shot import Appearance, Aspect, Figure

Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
"""A BCP 47 language tag: language, optional script, optional region."""


class Brief(Value):
    """What a show is about: everything a script writer and a painter take from the project.

    `community` says in words whose lives it shows ("Somalis in Minneapolis"); references are chosen for it.
    """

    title: Title
    genre: Phrase = "reality drama"
    mood: Phrase = "dramatic"
    theme: Phrase = ""
    locale: Locale = "en"
    community: Phrase = ""
    photorealistic: bool = False
    aspect: Aspect = Aspect.WIDE


class Project(Value):
    """A show of an owner's. `version` grows by one with each edit."""

    project_id: Id
    brief: Brief
    version: int = 1
    created_at: Instant
    updated_at: Instant


class Role(StrEnum):
    """What somebody is in the story."""

    LEAD = "lead"
    RIVAL = "rival"
    ALLY = "ally"
    FAMILY = "family"
    HOST = "host"
    GUEST = "guest"


class CharacterSheet(Value):
    """Who somebody is. `wants` and `hides` drive the story; `voice` is how they talk."""

    name: Name
    role: Role = Role.ALLY
    age: int | None = Field(default=None, ge=1, le=120)
    description: Paragraph = ""
    wants: Phrase = ""
    hides: Phrase = ""
    voice: Phrase = ""
    appearance: Appearance = Appearance()

    def figure(self) -> Figure:
        """Return what a painter needs to know of this person."""
        return Figure(name=self.name, age=self.age, **self.appearance.model_dump())


class Consent(Value):
    """A real person's consent: who gave it, to which words, when it was recorded, and when it was taken back."""

    name: Name
    text: Text
    at: Instant
    withdrawn_at: Instant | None = None

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.withdrawn_at is None


class Character(Value):
    """A character of a project's cast. `reference_id` names an attachment: the picture that shows their face.

    `real_person`: they exist outside the show, so that nobody speaks as them without a consent that stands.
    """

    character_id: Id
    project_id: Id
    sheet: CharacterSheet
    reference_id: Id | None = None
    real_person: bool = False
    consent: Consent | None = None
    version: int = 1
    created_at: Instant
    updated_at: Instant
