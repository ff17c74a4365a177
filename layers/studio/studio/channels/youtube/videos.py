"""A channel's videos: upload, captions, thumbnail, what becomes of them, and what is popular elsewhere.

SOURCE: developers.google.com/youtube/v3/docs/videos, /captions/insert, /thumbnails/set and /channels/list.
"""

import json
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

import httpx2
from pydantic import AliasPath, Field

from studio.channels.google import google_network
from studio.channels.http import TIMEOUT, Access, Received
from studio.channels.uploads import Progress, Read, unnoticed
from studio.channels.youtube import upload
from studio.channels.youtube.details import VideoDetails, problems
from studio.domain.base import Instant
from studio.domain.errors import Invalid, NotFound

THUMBNAIL_BYTES = 2 * 1024 * 1024
THUMBNAIL_TYPES = ("image/jpeg", "image/png")
CAPTION_BYTES = 100 * 1024 * 1024

_REASONS = {
    "codec": "its codec is not known",
    "conversion": "it could not be converted",
    "emptyFile": "the file is empty",
    "invalidFile": "the file is no film",
    "tooSmall": "the film is too short",
    "uploadAborted": "the upload was broken off",
    "transcodeFailed": "it could not be converted",
    "streamingFailed": "it could not be made ready for streaming",
    "claim": "somebody claims the rights in it",
    "copyright": "it infringes a copyright",
    "duplicate": "it has been uploaded before",
    "inappropriate": "its content is not appropriate",
    "legal": "the law forbids it",
    "length": "it is longer than this channel may upload",
    "termsOfUse": "it breaks the terms of use",
    "trademark": "it infringes a trademark",
    "uploaderAccountClosed": "the channel is closed",
    "uploaderAccountSuspended": "the channel is suspended",
}


class VideoState(Received):
    """What has become of a video. Every status is in YouTube's own words."""

    video_id: str = Field(validation_alias="id")
    upload_status: Literal["uploaded", "processed", "failed", "rejected", "deleted"] = Field(
        validation_alias=AliasPath("status", "uploadStatus")
    )
    failure_reason: str | None = Field(None, validation_alias=AliasPath("status", "failureReason"))
    rejection_reason: str | None = Field(None, validation_alias=AliasPath("status", "rejectionReason"))
    privacy: str = Field("private", validation_alias=AliasPath("status", "privacyStatus"))
    publish_at: Instant | None = Field(None, validation_alias=AliasPath("status", "publishAt"))
    processing: str | None = Field(None, validation_alias=AliasPath("processingDetails", "processingStatus"))
    processing_failure: str | None = Field(
        None, validation_alias=AliasPath("processingDetails", "processingFailureReason")
    )
    time_left_ms: int | None = Field(
        None, validation_alias=AliasPath("processingDetails", "processingProgress", "timeLeftMs")
    )

    @property
    def outcome(self) -> Literal["waiting", "ready", "failed"]:
        """Whether it still has to be asked for, can be watched, or never will."""
        if self.upload_status in ("failed", "rejected", "deleted") or self.processing in ("failed", "terminated"):
            return "failed"
        return "ready" if self.upload_status == "processed" else "waiting"

    @property
    def ask_again(self) -> float | None:
        """Seconds until asking makes sense, by YouTube's own estimate where it has one; None once it is decided."""
        if self.outcome != "waiting":
            return None
        return min(max((self.time_left_ms or 15_000) / 1000, 5.0), 60.0)

    @property
    def reason(self) -> str:
        """Why it failed, as a sentence; empty where it did not."""
        if self.outcome != "failed":
            return ""
        if self.upload_status == "deleted":
            return "The video was deleted at YouTube."
        told = self.rejection_reason or self.failure_reason or self.processing_failure or ""
        verb = "rejected" if self.upload_status == "rejected" else "could not process"
        return f"YouTube {verb} the video: {_REASONS.get(told, 'it does not say why')}."

    @property
    def url(self) -> str | None:
        """Where anybody can watch it; None as long as nobody can."""
        seen = self.outcome == "ready" and self.privacy in ("public", "unlisted")
        return f"https://www.youtube.com/watch?v={self.video_id}" if seen else None


class PopularVideo(Received):
    """A video of a region's chart. Figures are None where its channel hides them."""

    video_id: str = Field(validation_alias="id")
    title: str = Field(validation_alias=AliasPath("snippet", "title"))
    channel: str = Field("", validation_alias=AliasPath("snippet", "channelTitle"))
    category_id: str = Field("", validation_alias=AliasPath("snippet", "categoryId"))
    tags: tuple[str, ...] = Field((), validation_alias=AliasPath("snippet", "tags"))
    published_at: Instant = Field(validation_alias=AliasPath("snippet", "publishedAt"))
    views: int | None = Field(None, validation_alias=AliasPath("statistics", "viewCount"))
    likes: int | None = Field(None, validation_alias=AliasPath("statistics", "likeCount"))
    comments: int | None = Field(None, validation_alias=AliasPath("statistics", "commentCount"))


class YouTube:
    """One channel's videos, or with a key alone what everybody may see.

    Every method raises Throttled, Unavailable, NotConnected and ProviderFailed as `http.Network.send` says;
    `Throttled.retry_after` reaches to the next day where the day's quota is spent.
    """

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
        self._clock = clock
        self._wait = wait

    def begin_upload(self, details: VideoDetails, size: int, media_type: str = "video/mp4") -> str:
        """Return the address of a session that takes a film of `size` bytes. Keep it: it is how an upload goes on.

        Whoever knows the address can send to it, so it belongs where tokens belong. It is good for about a week. Makes
        no video yet. Raises Invalid with every problem, before anything is sent.
        """
        found = problems(details, self._clock())
        if not 0 < size <= upload.LARGEST:
            found += ("The film has no bytes, or more than YouTube takes.",)
        if not media_type.startswith("video/"):
            found += (f"YouTube takes films; this is {media_type}.",)
        if found:
            raise Invalid(" ".join(found))
        return upload.begin(self._network, details, size, media_type)

    def reached(self, session: str, size: int) -> int | str:
        """Return the byte an upload goes on at, or the video's id where all of it has arrived. Raises Gone."""
        return upload.reached(self._network, session, size)

    def upload(
        self,
        session: str,
        read: Read,
        size: int,
        *,
        from_offset: int | None = None,
        progress: Progress = unnoticed,
    ) -> str:
        """Send a film to its session and return the video's id; the same id for a session that is complete.

        read: see `uploads.Read`; at most 8 MiB at once. from_offset: where to begin, 0 for a new session; None asks
        YouTube, which is right after any break. progress: called with the bytes YouTube has; may raise to stop, and
        the session keeps what it has. Raises Gone where the upload has to begin anew, Unavailable where it broke
        several times without getting on, Invalid where the film is shorter than `size`.
        """
        return upload.send(self._network, session, read, size, from_offset, progress, self._wait)

    def caption(self, video_id: str, language: str, name: str, text: bytes) -> str:
        """Add a caption track, SRT or WebVTT in UTF-8, and return its id.

        Raises Conflict where there is one already: this very one, if the answer to it was lost.
        """
        if not 0 < len(text) <= CAPTION_BYTES:
            raise Invalid("The captions are empty, or more than 100 MB.")
        if len(name) > 150:
            raise Invalid("The name of a caption track has at most 150 characters.")
        resource = {"snippet": {"videoId": video_id, "language": language, "name": name, "isDraft": False}}
        border = secrets.token_hex(16)
        head = f"--{border}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(resource)}\r\n"
        between = f"--{border}\r\nContent-Type: application/octet-stream\r\n\r\n"
        answer = self._network.post(
            "/upload/youtube/v3/captions",
            params={"uploadType": "multipart", "part": "snippet"},
            content=head.encode() + between.encode() + text + f"\r\n--{border}--\r\n".encode(),
            headers={"Content-Type": f"multipart/related; boundary={border}"},
            # A second time is refused as a duplicate, and never makes a second track.
            again=True,
        )
        return self._network.read(answer, _Identified).id

    def thumbnail(self, video_id: str, picture: bytes, media_type: str) -> None:
        """Set a video's thumbnail: JPEG or PNG, at most 2 MB. Raises Invalid for anything else."""
        if media_type not in THUMBNAIL_TYPES:
            raise Invalid(f"YouTube takes a JPEG or a PNG as thumbnail; this is {media_type}.")
        if not 0 < len(picture) <= THUMBNAIL_BYTES:
            raise Invalid(f"The thumbnail has {len(picture)} bytes; YouTube takes {THUMBNAIL_BYTES}.")
        self._network.post(
            "/upload/youtube/v3/thumbnails/set",
            params={"videoId": video_id, "uploadType": "media"},
            content=picture,
            headers={"Content-Type": media_type},
            again=True,
        )

    def processing(self, video_id: str) -> VideoState:
        """Return what has become of a video of this channel. Raises NotFound where there is none."""
        asked = {"part": "status,processingDetails", "id": video_id}
        states = self._network.read(self._network.get("/youtube/v3/videos", asked), _States).items
        if not states:
            raise NotFound("YouTube has no such video, or not for this account.")
        return states[0]

    def most_popular(self, region: str, *, limit: int = 50, category_id: str | None = None) -> tuple[PopularVideo, ...]:
        """Return a region's chart, first place first. region: ISO 3166-1, two letters. limit: at most 50.

        Since July 2025 the chart without a category mixes the charts of music, films and games.
        """
        if not re.fullmatch(r"[A-Z]{2}", region):
            raise Invalid("A region is two capital letters, such as “DE”.")
        asked = {
            "part": "snippet,statistics",
            "chart": "mostPopular",
            "regionCode": region,
            "maxResults": str(min(max(limit, 1), 50)),
        }
        if category_id:
            asked["videoCategoryId"] = category_id
        return self._network.read(self._network.get("/youtube/v3/videos", asked), _Chart).items


class _Identified(Received):
    id: str = Field(min_length=1)


class _States(Received):
    items: tuple[VideoState, ...] = ()


class _Chart(Received):
    items: tuple[PopularVideo, ...] = ()
