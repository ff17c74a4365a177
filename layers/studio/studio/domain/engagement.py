"""What engagement-bot is asked, and what it tells."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from studio.domain.approval import ContentHash
from studio.domain.base import Id, Instant, Paragraph, Phrase, Text, Title, Value
from studio.domain.comments import CommentRead, Counted
from studio.domain.connection import AccountId
from studio.domain.episode import ProviderName
from studio.domain.replies import ReplySent, ReplyWaiting

VideoId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
CommentKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]


VideoState = Literal["read", "closed", "not_found", "not_yours", "not_connected", "later", "refused"]


class VideoRead(Value):
    """How reading one video's comments went. `note` says it where it went otherwise than read.

    `cursor`: for the comments that come after these; None where there are no more.
    """

    video_id: str
    account_id: str
    state: VideoState
    comments: int = 0
    cursor: str | None = None
    note: Phrase = ""


class EngagementRequest(Value):
    """Draft: the comments of an episode's posts on YouTube, of one video, or pasted ones. Publish: what was approved.

    `account_id` says which connected channel, where there are several. `cursor` goes on in one video. `show` is who
    signs, where there is no episode to take it from. `limit`: comments read at most. `edits`: your own words in the
    place of a drafted answer, or where none was drafted, by the comment's `thread_id`, or by the number of a pasted
    one; they are checked like the rest, and are approved by a hash of their own.
    """

    episode_id: Id | None = None
    video_id: VideoId | None = None
    account_id: AccountId | Literal[""] = ""
    comments: tuple[Paragraph, ...] = Field(default=(), max_length=100)
    show: Title | None = None
    cursor: str | None = Field(default=None, max_length=500)
    mode: Literal["draft", "publish"] = "draft"
    content_hashes: tuple[ContentHash, ...] = Field(default=(), max_length=50)
    edits: dict[CommentKey, Text] = Field(default_factory=dict, max_length=50)
    limit: int = Field(default=50, ge=1, le=100)
    provider: ProviderName | None = None

    @model_validator(mode="after")
    def _says_what(self) -> "EngagementRequest":
        if self.mode == "publish" and not self.content_hashes:
            raise ValueError("say in content_hashes what to send; each has to be approved")
        if self.mode == "publish" and self.edits:
            raise ValueError("edits are for mode draft: what is published is what was approved")
        if self.mode == "draft" and self.content_hashes:
            raise ValueError("content_hashes are sent with mode publish")
        if self.mode == "draft" and not (self.episode_id or self.video_id or self.comments):
            raise ValueError("name an episode_id or a video_id, or paste comments")
        if self.cursor and not self.video_id:
            raise ValueError("a cursor goes on in one video: name its video_id")
        return self


class EngagementReport(Value):
    """What was found, drafted and sent. `missing` says what keeps answers from going out, `notes` what to know.

    `waiting` answers did not go out yet for the rate they may go out at, and may from `until` on.
    """

    mode: Literal["draft", "publish"]
    videos: tuple[VideoRead, ...] = ()
    counts: Counted | None = None
    comments: tuple[CommentRead, ...] = ()
    replies: tuple[ReplyWaiting, ...] = ()
    sent: tuple[ReplySent, ...] = ()
    waiting: int = 0
    until: Instant | None = None
    missing: tuple[Phrase, ...] = ()
    notes: tuple[Phrase, ...] = ()
