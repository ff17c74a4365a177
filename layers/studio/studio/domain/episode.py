"""The episode: its states, its clips, and which state may follow which."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from studio.domain.base import Id, Instant, Value
from studio.domain.errors import Conflict
from studio.domain.money import Micros
from studio.domain.project import Brief
from studio.domain.shot import Aspect

MAX_CLIPS = 6

ProviderName = Literal["draft", "gemini"]


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
    _S.WRITTEN: frozenset({_S.IN_REVIEW, _S.QUEUED, _S.RENDERING}) | _ENDS,
    _S.IN_REVIEW: frozenset({_S.QUEUED, _S.RENDERING}) | _ENDS,
    _S.RENDERING: frozenset({_S.COMPLETED, _S.PARTIAL}) | _ENDS,
    _S.COMPLETED: frozenset({_S.QUEUED}),
    _S.PARTIAL: frozenset({_S.QUEUED}),
    _S.FAILED: frozenset({_S.QUEUED}),
    _S.CANCELLED: frozenset({_S.QUEUED}),
}
"""Which status may follow which. A finished episode is taken up again through `queued`."""

TERMINAL = frozenset({_S.COMPLETED, _S.PARTIAL, _S.FAILED, _S.CANCELLED})
ACTIVE = frozenset({_S.QUEUED, _S.WRITING, _S.WRITTEN, _S.RENDERING})
"""An execution is at work: nothing may be edited or deleted. `written` lasts a moment, between two stages."""


def check_follows(now: Status, then: Status) -> None:
    """Raise Conflict unless an episode that is `now` may become `then`."""
    if then not in FOLLOWS[now]:
        raise Conflict(f"The episode is {now}; it cannot become {then} from there.")


class Episode(Value):
    """One episode. `brief` is the project as it was when the episode was asked for.

    `version` grows with each change of what people edit (title, synopsis, script); `take` with each new execution.
    """

    episode_id: Id
    project_id: Id | None = None
    prompt: str
    provider: ProviderName
    brief: Brief
    aspect: Aspect
    clips_wanted: int = Field(ge=1, le=MAX_CLIPS)
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
    """One clip of an episode. `sha256` is what the renderer stored; `measured` what was found there afterwards."""

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
    updated_at: Instant
    measured: Measurement | None = None

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


class StageRecord(Value):
    """One stage's artifact. `document` is JSON; `input_hash` is the hash of everything it was made from.

    `unusable` counts how often nothing usable was written: the next attempt must not find those answers remembered.
    """

    episode_id: Id
    name: str
    status: Literal["running", "done", "stopped"]
    input_hash: str = ""
    document: str = ""
    reason: str = ""
    edited: bool = False
    unusable: int = 0
    started_at: Instant
    finished_at: Instant | None = None

    @property
    def seconds(self) -> float | None:
        """How long the stage took, in seconds; None while it runs."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()
