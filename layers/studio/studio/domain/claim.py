"""A claim: who may send a content out that must go out once, where the network itself knows no such key."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from studio.domain.approval import ContentHash
from studio.domain.base import Instant, Value

LOOK_AGAIN = timedelta(minutes=2)
"""So long a network may take to list what it was sent without giving an answer."""


class ClaimStatus(StrEnum):
    """How far it is. `unknown`: it may have gone out, and has to be looked for before it is sent again."""

    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"


class Claim(Value):
    """One content that goes out once. `external_id` is the network's, `url` where it is seen, once it is sent.

    target: what takes one content only, such as a comment; empty for none. started_at: of the first attempt.
    """

    content_hash: ContentHash
    target: str = ""
    status: ClaimStatus = ClaimStatus.SENDING
    external_id: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=2000)
    chat_id: str = Field(default="", max_length=200)
    started_at: Instant
