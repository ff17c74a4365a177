"""The episode: its states, its clips, and which state may follow which."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from studio.domain.base import Heading, Id, Instant, Phrase, Value
from studio.domain.errors import Conflict
from studio.domain.hooks import Retention
from studio.domain.money import Micros
from studio.domain.project import Brief
from studio.domain.realism import TakeVerdict
from studio.domain.shot import Aspect

MAX_CLIPS = 6
DEFAULT_CLIPS = 3
"""So many clips has an episode of which nobody said how many."""

ProviderName = Literal["draft", "gemini"]


class Pipeline(StrEnum):
    """How much is done between prompt and picture: the script alone, or all five stages on paper."""

    QUICK = "quick"
    FULL = "full"


class Gate(StrEnum):
    """Where an episode may wait for a person: after its words, or after everything on paper."""

    SCRIPT = "script"
    STORYBOARD = "storyboard"


class Status(StrEnum):
    """Where an episode stands."""

    DRAFT = "draft"
    QUEUED = "queued"
    WRITING = "writing"
    WRITTEN = "written"
    IN_REVIEW = "in_review"
    RENDERING = "rendering"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


_S = Status
_ENDS = frozenset({_S.FAILED, _S.CANCELLED})
FOLLOWS: dict[Status, frozenset[Status]] = {
    _S.DRAFT: frozenset({_S.QUEUED}) | _ENDS,
    _S.QUEUED: frozenset({_S.WRITING, _S.WRITTEN, _S.RENDERING}) | _ENDS,
    _S.WRITING: frozenset({_S.WRITTEN}) | _ENDS,
    _S.WRITTEN: frozenset({_S.WRITING, _S.IN_REVIEW, _S.QUEUED, _S.RENDERING}) | _ENDS,
    _S.IN_REVIEW: frozenset({_S.WRITING, _S.WRITTEN, _S.QUEUED, _S.RENDERING}) | _ENDS,
    _S.RENDERING: frozenset({_S.COMPLETED, _S.PARTIAL}) | _ENDS,
    _S.COMPLETED: frozenset({_S.QUEUED}),
    _S.PARTIAL: frozenset({_S.QUEUED}),
    _S.FAILED: frozenset({_S.QUEUED}),
    _S.CANCELLED: frozenset({_S.QUEUED}),
}
"""Which status may follow which. A finished episode is taken up again through `queued`."""

TERMINAL = frozenset({_S.COMPLETED, _S.PARTIAL, _S.FAILED, _S.CANCELLED})
ACTIVE = frozenset({_S.QUEUED, _S.WRITING, _S.WRITTEN, _S.RENDERING})
"""Workers are at it, so nothing may be edited or deleted; an episode that rests as `written` is the exception."""


def check_follows(now: Status, then: Status) -> None:
    """Raise Conflict unless an episode that is `now` may become `then`."""
    if then not in FOLLOWS[now]:
        raise Conflict(f"The episode is {now}; it cannot become {then} from there.")


class ChosenTrend(Value):
    """What people talk about that an episode takes up, and why it suits the show, in whoever's words."""

    topic: Heading
    why: Phrase = ""


class TaughtBy(Value):
    """What an episode was ordered with of what its show had learned: sentences for its writer, and odds for its hooks.

    Taken along, so that what is learned later makes no earlier episode stale.
    """

    version: int = Field(ge=1)
    guidance: tuple[Heading, ...] = ()
    hook_prior: tuple[Retention, ...] = ()

    def notes(self, prior: Iterable[Retention]) -> tuple[str, ...]:
        """Return what a reader of a ranking must know that began with this. prior: all that it began with."""
        if not self.hook_prior:
            return ()
        best = max(self.hook_prior, key=lambda known: known.mean)
        measured = sorted({known.kind for known in prior} - {known.kind for known in self.hook_prior})
        more = f" Of {', '.join(measured)} hooks, what was measured so far is used." if measured else ""
        return (
            f"Ranked from version {self.version} of what this show learned, in which {best.kind} hooks did best "
            f"({best.mean:.0%} stayed, {best.n} posts).{more}",
        )


class Episode(Value):
    """One episode. `brief` is the project as it was when the episode was asked for.

    `version` grows with each change of what people edit (title, synopsis, script); `take` with each new execution.
    `execution` is empty while none holds the episode: then `written` is a place to rest, as after `stop_after`.
    `air_date` is the day the episode is for: what is near it in the calendar may find its way into the script.
    `trend` is what people talk about that it was asked to take up; `taught`, what its show had learned by then.
    """

    episode_id: Id
    project_id: Id | None = None
    prompt: str
    provider: ProviderName
    brief: Brief
    aspect: Aspect
    clips_wanted: int = Field(ge=1, le=MAX_CLIPS)
    pipeline: Pipeline = Pipeline.QUICK
    review: tuple[Gate, ...] = ()
    air_date: date | None = None
    trend: ChosenTrend | None = None
    taught: TaughtBy | None = None
    status: Status
    reason: str = ""
    title: str = ""
    synopsis: str = ""
    version: int = 1
    take: int = 0
    execution: str = ""
    committed: Micros = 0
    spent: Micros = 0
    created_at: Instant
    updated_at: Instant

    @property
    def under_way(self) -> bool:
        """Whether an execution holds the episode: at work, or waiting at a gate."""
        resting = self.status is Status.WRITTEN and not self.execution
        return (self.status in ACTIVE or self.status is Status.IN_REVIEW) and not resting

    @property
    def editable(self) -> bool:
        """Whether people may change what is on paper: nobody works on it, or it waits for exactly that."""
        return self.status is Status.IN_REVIEW or not self.under_way


class ClipStatus(StrEnum):
    """Where a clip stands."""

    PENDING = "pending"
    RENDERING = "rendering"
    RENDERED = "rendered"
    FAILED = "failed"


class Measurement(Value):
    """What a stored file turned out to be, measured from its bytes."""

    etag: str
    sha256: str
    bytes: int
    media_type: str
    width: int
    height: int
    measured_at: Instant


class Clip(Value):
    """One clip of an episode. `sha256` is what the renderer stored; `measured` what was found there afterwards.

    `input_hash` is the hash of what it was painted from: what is on paper now may be something else.

    `takes` are the pictures that were painted for it the last time, with what was thought of each; `calls` what was
    ever bought for it or found remembered, by the digests that those are remembered under.
    """

    episode_id: Id
    number: int = Field(ge=1, le=MAX_CLIPS)
    status: ClipStatus = ClipStatus.PENDING
    reason: str = ""
    name: str = ""
    sha256: str = ""
    provider: str = ""
    model: str = ""
    draft: bool = False
    take: int = 1
    input_hash: str = ""
    takes: tuple[TakeVerdict, ...] = ()
    calls: tuple[str, ...] = ()
    updated_at: Instant
    measured: Measurement | None = None

    @property
    def kept(self) -> TakeVerdict | None:
        """What was thought of the picture that is stored; None where it was stored before pictures were judged."""
        return next((take for take in self.takes if take.kept and take.sha256 == self.sha256), None)

    @property
    def is_measured(self) -> bool:
        """Whether the measurement is of the file the renderer stored last."""
        return self.measured is not None and self.measured.sha256 == self.sha256


def outcome(clips: list[Clip]) -> tuple[Status, str]:
    """Return what an episode with these clips has come to, and why, as a sentence (empty when all went well)."""
    if not clips:
        return Status.FAILED, "There was no clip to render."
    failed = [clip for clip in clips if clip.status is not ClipStatus.RENDERED]
    if not failed:
        return Status.COMPLETED, ""
    reasons = " ".join(f"Clip {clip.number}: {clip.reason or 'not rendered.'}" for clip in failed)
    return (Status.FAILED if len(failed) == len(clips) else Status.PARTIAL), reasons


class Part(Value):
    """A piece of a stage's artifact that is made, kept and edited by itself: `look`, or `scene-3`.

    `document` is JSON; `input_hash` the hash of everything it was made from. `held` names what a person wrote in a
    script: see `studio.domain.revision`.
    """

    key: str
    input_hash: str = ""
    document: str
    edited: bool = False
    held: tuple[str, ...] = ()


class StageRecord(Value):
    """One stage's artifact, in parts.

    `calls` are the remembered generations it came from. `unusable` counts how often nothing usable was written: the
    next attempt must not find those answers remembered. `notes` is what its checks found and let pass.
    """

    episode_id: Id
    name: str
    status: Literal["running", "done", "stopped"]
    parts: tuple[Part, ...] = ()
    calls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    unusable: int = 0
    started_at: Instant
    finished_at: Instant | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_one_document(cls, stored: Any) -> Any:
        """Read a script's record as it was kept before artifacts had parts."""
        if not isinstance(stored, dict) or "document" not in stored:
            return stored
        whole = {name: stored[name] for name in ("document", "input_hash", "edited") if name in stored}
        kept = {name: value for name, value in stored.items() if name not in {"document", "input_hash", "edited"}}
        return kept | ({"parts": [{"key": "script", **whole}]} if whole["document"] else {})

    def part(self, key: str) -> Part | None:
        """Return the part with this key, or None."""
        return next((part for part in self.parts if part.key == key), None)

    def with_part(self, part: Part) -> Self:
        """Return a copy that has this part, in the place of the one with its key."""
        others = tuple(other for other in self.parts if other.key != part.key)
        return self.model_copy(update={"parts": tuple(sorted((*others, part), key=_in_order))})

    @property
    def edited(self) -> bool:
        """Whether a person has changed any of it."""
        return any(part.edited for part in self.parts)

    @property
    def seconds(self) -> float | None:
        """How long the stage took, in seconds; None while it runs."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()


def scene_key(number: int) -> str:
    """Return the key of the part that is about one scene."""
    return f"scene-{number}"


def _in_order(part: Part) -> tuple[int, str]:
    # What is about the whole episode comes first, then scene after scene.
    name, _, number = part.key.rpartition("-")
    return (int(number), name) if name and number.isdecimal() else (0, part.key)
