"""A post: what went where, when, and under which id."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from studio.domain.approval import ContentHash
from studio.domain.base import Heading, Id, Instant, Phrase, Value
from studio.domain.connection import AccountId, NetworkName

LEASE = timedelta(minutes=5)
"""So long a publisher is left alone; then another may go on where it stopped."""


class PostStatus(StrEnum):
    """How far a post has come. `processing`: the network has the file, and nobody can see it yet."""

    SENDING = "sending"
    PROCESSING = "processing"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    FAILED = "failed"


OVER = frozenset({PostStatus.SCHEDULED, PostStatus.PUBLISHED})
"""It is there: sending it again would show it twice."""


class Post(Value):
    """One content on one account of one network.

    `external_id` is the network's; `url` where people see it, empty until they can. `error` is the network's own.
    `variant` and `hook` say which version it was, for comparing. `sent_bytes` of `bytes` are there. `by_hand`: its
    owner posted it, and told us so that it is measured.
    """

    post_id: Id
    episode_id: Id
    network: NetworkName
    account_id: AccountId
    bot: str = ""
    content_hash: ContentHash | None = None
    title: Heading
    variant: Phrase = ""
    hook: Phrase = ""
    status: PostStatus = PostStatus.SENDING
    external_id: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=2000)
    error: Phrase = ""
    bytes: int = Field(default=0, ge=0)
    sent_bytes: int = Field(default=0, ge=0)
    by_hand: bool = False
    created_at: Instant
    published_at: Instant | None = None
