"""Approval: a person's word on one exact content, without which nothing reaches an audience."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, JsonValue, StringConstraints

from studio.domain.base import Heading, Id, Instant, Phrase, Value
from studio.domain.digest import digest_of

OPEN_DAYS = 30
"""How long content waits for an answer, and how long an answer holds."""

OPEN = timedelta(days=OPEN_DAYS)

type Ruling = Literal["approve", "reject"]

ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""What an approval is bound to: the SHA-256, in hex, of the kind and the content."""


class ContentKind(StrEnum):
    """What would reach somebody, or change how the studio works."""

    POST = "post"
    REPLY = "reply"
    BROADCAST = "broadcast"
    PROPOSAL = "proposal"
    PLAN = "plan"
    PRODUCT = "product"


class ApprovalStatus(StrEnum):
    """How an approval stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    USED = "used"


class Approval(Value):
    """One content, and what its owner says of it.

    `content` is all that would go out; `summary` one line about it; `bot` who made it. `closes_at`: after it the
    content is asked for anew. `used_at`: when it went out, after which the answer can no longer change.
    """

    approval_id: Id
    content_hash: ContentHash
    kind: ContentKind
    bot: str
    summary: Heading
    content: JsonValue
    episode_id: str = ""
    status: ApprovalStatus = ApprovalStatus.WAITING
    note: Phrase = ""
    asked_at: Instant
    closes_at: Instant
    decided_at: Instant | None = None
    used_at: Instant | None = None


def content_hash(kind: ContentKind, content: BaseModel | Any) -> str:
    """Return what an approval of this content is bound to. content: a model, or JSON-like values."""
    told = content.model_dump(mode="json") if isinstance(content, BaseModel) else content
    return digest_of(str(kind), told)
