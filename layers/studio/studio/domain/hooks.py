"""Hooks: the first three seconds, ranked, and the one that opens the episode."""

from pydantic import Field

from studio.domain.base import Name, Phrase, Text, Title, Value, Written
from studio.domain.revision import Rewording, SceneRevision


class Hook(Written):
    """A way to begin: what is seen and what is said in the first three seconds, and a title that goes with it."""

    kind: Phrase = Field(min_length=1)
    seen: Text
    speaker: Name
    said: Phrase = Field(min_length=1)
    title: Title


class RankedHook(Value):
    """A hook with its strength: Bradley–Terry's log-ability, its standard error, and how many comparisons it won."""

    hook: Hook
    strength: float
    standard_error: float
    wins: float
    comparisons: int


class HookChoice(Value):
    """The ranking, strongest first; the first opens the episode, the second is there for a test against it.

    `revision` and `title` are what the chosen hook changes: scene 1 and the title.
    """

    ranking: tuple[RankedHook, ...]
    revision: SceneRevision
    title: Rewording | None = None
    notes: tuple[str, ...] = ()
