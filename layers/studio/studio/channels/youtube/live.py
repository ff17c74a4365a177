"""Live events and what is said in their chat.

SOURCE: developers.google.com/youtube/v3/live/docs/liveBroadcasts, /liveBroadcasts/list and
/liveChatMessages/list.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import httpx2
from pydantic import AliasPath, Field

from studio.channels.google import ChatClosed, google_network
from studio.channels.http import TIMEOUT, Access, Received
from studio.domain.base import Instant
from studio.domain.errors import Invalid, NotFound

TITLE_CHARACTERS = 100
DESCRIPTION_CHARACTERS = 5000
_PAGES = 5


class Broadcast(Received):
    """A live event. chat_id: None where it has no chat. stream_id: what it is bound to."""

    broadcast_id: str = Field(validation_alias="id")
    chat_id: str | None = Field(None, validation_alias=AliasPath("snippet", "liveChatId"))
    stream_id: str | None = Field(None, validation_alias=AliasPath("contentDetails", "boundStreamId"))
    title: str = Field("", validation_alias=AliasPath("snippet", "title"))
    starts_at: Instant | None = Field(None, validation_alias=AliasPath("snippet", "scheduledStartTime"))

    @property
    def url(self) -> str:
        """Where it is watched."""
        return f"https://www.youtube.com/watch?v={self.broadcast_id}"


class _Broadcasts(Received):
    items: tuple[Broadcast, ...] = ()
    cursor: str | None = Field(None, validation_alias="nextPageToken")


class ChatMessage(Received):
    """One message, of any kind: `textMessageEvent` is what people type."""

    message_id: str = Field(validation_alias="id")
    kind: str = Field(validation_alias=AliasPath("snippet", "type"))
    text: str = Field("", validation_alias=AliasPath("snippet", "displayMessage"))
    published_at: Instant = Field(validation_alias=AliasPath("snippet", "publishedAt"))
    author: str = Field("", validation_alias=AliasPath("authorDetails", "displayName"))
    channel_id: str | None = Field(None, validation_alias=AliasPath("authorDetails", "channelId"))
    moderator: bool = Field(False, validation_alias=AliasPath("authorDetails", "isChatModerator"))
    owner: bool = Field(False, validation_alias=AliasPath("authorDetails", "isChatOwner"))


class ChatPage(Received):
    """What was said since the cursor. Ask again after `wait_ms` milliseconds, not sooner, unless it has `ended`."""

    messages: tuple[ChatMessage, ...] = Field((), validation_alias="items")
    cursor: str | None = Field(None, validation_alias="nextPageToken")
    wait_ms: int = Field(5000, validation_alias="pollingIntervalMillis", ge=0)
    offline_at: Instant | None = Field(None, validation_alias="offlineAt")
    closed: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing more will be said."""
        return self.closed or self.offline_at is not None


class YouTubeLive:
    """One channel's live events. Methods raise what `http.Network.send` raises."""

    def __init__(
        self,
        base_url: str,
        access: Access,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], None] = time.sleep,
        timeout: httpx2.Timeout = TIMEOUT,
    ) -> None:
        self._network = google_network("YouTube", base_url, access, wait=wait, timeout=timeout, clock=clock)
        self._clock = clock

    def announce(
        self,
        title: str,
        description: str,
        starts_at: datetime,
        *,
        made_for_kids: bool,
        privacy: Literal["private", "unlisted", "public"] = "private",
    ) -> Broadcast:
        """Create a live event. It begins and ends with its stream, once one is bound to it.

        Never tried twice: on `Unavailable` with `sent`, there may be one already. Raises Invalid before anything is
        sent, ProviderFailed where the channel may not stream.
        """
        if not title.strip() or len(title) > TITLE_CHARACTERS or len(description) > DESCRIPTION_CHARACTERS:
            raise Invalid(f"A title has 1 to {TITLE_CHARACTERS} characters, a description {DESCRIPTION_CHARACTERS}.")
        if starts_at <= self._clock():
            raise Invalid("The event would have begun already.")
        body = {
            "snippet": {
                "title": title,
                "description": description,
                "scheduledStartTime": starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            "status": {"privacyStatus": privacy, "selfDeclaredMadeForKids": made_for_kids},
            "contentDetails": {"enableAutoStart": True, "enableAutoStop": True},
        }
        asked = {"part": "snippet,status,contentDetails"}
        answer = self._network.post("/youtube/v3/liveBroadcasts", params=asked, json=body)
        return self._network.read(answer, Broadcast)

    def find(self, title: str, starts_at: datetime) -> Broadcast | None:
        """Return the channel's coming event of this title and hour: the one whose answer was lost, if it was made."""
        cursor: str | None = None
        for _ in range(_PAGES):
            asked = {"part": "id,snippet,contentDetails", "broadcastStatus": "upcoming", "maxResults": "50"}
            answer = self._network.get("/youtube/v3/liveBroadcasts", asked | ({"pageToken": cursor} if cursor else {}))
            page = self._network.read(answer, _Broadcasts)
            for one in page.items:
                if one.title == title and one.starts_at == starts_at.replace(microsecond=0):
                    return one
            cursor = page.cursor
            if cursor is None:
                break
        return None

    def broadcast(self, broadcast_id: str) -> Broadcast:
        """Return an event of this channel. Raises NotFound."""
        asked = {"part": "id,snippet,contentDetails", "id": broadcast_id}
        found = self._network.read(self._network.get("/youtube/v3/liveBroadcasts", asked), _Broadcasts).items
        if not found:
            raise NotFound("YouTube has no such live event, or not for this account.")
        return found[0]

    def bind(self, broadcast_id: str, stream_id: str) -> Broadcast:
        """Let a stream of the channel feed an event. Raises NotFound."""
        asked = {"part": "id,snippet,contentDetails", "id": broadcast_id, "streamId": stream_id}
        answer = self._network.post("/youtube/v3/liveBroadcasts/bind", params=asked, again=True)
        return self._network.read(answer, Broadcast)

    def messages(self, chat_id: str, cursor: str | None = None) -> ChatPage:
        """Return what was said since the cursor; a page that is `closed` where the chat is over. Raises NotFound."""
        asked = {"liveChatId": chat_id, "part": "id,snippet,authorDetails", "maxResults": "500"}
        try:
            answer = self._network.get(
                "/youtube/v3/liveChat/messages", asked | ({"pageToken": cursor} if cursor else {})
            )
        except ChatClosed:
            return ChatPage(closed=True)
        return self._network.read(answer, ChatPage)
