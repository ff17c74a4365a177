"""What an audience writes under a video, and answers to it.

SOURCE: developers.google.com/youtube/v3/docs/commentThreads/list, /comments/list and /comments/insert.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
from pydantic import AliasPath, Field

from studio.channels.google import CommentsClosed, google_network
from studio.channels.http import TIMEOUT, Access, Received
from studio.domain.base import Instant
from studio.domain.errors import Invalid

REPLY_CHARACTERS = 10_000


class Comment(Received):
    """One comment, as plain text. channel_id: the author's; None where the account is gone."""

    comment_id: str = Field(validation_alias="id")
    text: str = Field("", validation_alias=AliasPath("snippet", "textDisplay"))
    author: str = Field("", validation_alias=AliasPath("snippet", "authorDisplayName"))
    channel_id: str | None = Field(None, validation_alias=AliasPath("snippet", "authorChannelId", "value"))
    likes: int = Field(0, validation_alias=AliasPath("snippet", "likeCount"))
    published_at: Instant = Field(validation_alias=AliasPath("snippet", "publishedAt"))
    updated_at: Instant | None = Field(None, validation_alias=AliasPath("snippet", "updatedAt"))


class Thread(Received):
    """A comment and the first few replies to it. replies_total: how many there are; `replies` fetches them all."""

    thread_id: str = Field(validation_alias="id")
    comment: Comment = Field(validation_alias=AliasPath("snippet", "topLevelComment"))
    replies: tuple[Comment, ...] = Field((), validation_alias=AliasPath("replies", "comments"))
    replies_total: int = Field(0, validation_alias=AliasPath("snippet", "totalReplyCount"))
    can_reply: bool = Field(True, validation_alias=AliasPath("snippet", "canReply"))


class CommentPage(Received):
    """A page of threads, newest first. cursor: of the next page, None on the last. closed: comments are off."""

    threads: tuple[Thread, ...] = Field((), validation_alias="items")
    cursor: str | None = Field(None, validation_alias="nextPageToken")
    closed: bool = False


class ReplyPage(Received):
    """A page of replies. cursor: of the next page, None on the last."""

    replies: tuple[Comment, ...] = Field((), validation_alias="items")
    cursor: str | None = Field(None, validation_alias="nextPageToken")


class YouTubeComments:
    """The comments of one channel's videos. Methods raise what `http.Network.send` raises."""

    def __init__(
        self,
        base_url: str,
        access: Access | None = None,
        *,
        key: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], None] = time.sleep,
        timeout: httpx2.Timeout = TIMEOUT,
    ) -> None:
        self._network = google_network("YouTube", base_url, access, key=key, wait=wait, timeout=timeout, clock=clock)

    def threads(self, video_id: str, cursor: str | None = None, most: int = 100) -> CommentPage:
        """Return up to `most` threads, 1 to 100; a `closed` page where comments are switched off. Raises NotFound."""
        asked = {
            "part": "snippet,replies",
            "videoId": video_id,
            "order": "time",
            "textFormat": "plainText",
            "maxResults": str(most),
        }
        try:
            answer = self._network.get("/youtube/v3/commentThreads", asked | _page(cursor))
        except CommentsClosed:
            return CommentPage(closed=True)
        return self._network.read(answer, CommentPage)

    def replies(self, thread_id: str, cursor: str | None = None) -> ReplyPage:
        """Return up to 100 replies to a thread's comment. Raises NotFound."""
        asked = {"part": "snippet", "parentId": thread_id, "textFormat": "plainText", "maxResults": "100"}
        return self._network.read(self._network.get("/youtube/v3/comments", asked | _page(cursor)), ReplyPage)

    def reply(self, thread_id: str, text: str) -> Comment:
        """Answer a thread's comment, seen by everybody at once, and return the answer.

        Never tried twice: on `Unavailable` with `sent`, look for it with `replies` before sending it again. Raises
        CommentsClosed, Invalid for a text that is empty or too long, NotFound for a comment that is gone.
        """
        if not text.strip() or len(text) > REPLY_CHARACTERS:
            raise Invalid(f"A reply has between 1 and {REPLY_CHARACTERS} characters.")
        body = {"snippet": {"parentId": thread_id, "textOriginal": text}}
        answer = self._network.post("/youtube/v3/comments", params={"part": "snippet"}, json=body)
        return self._network.read(answer, Comment)


def _page(cursor: str | None) -> dict[str, str]:
    return {"pageToken": cursor} if cursor else {}
