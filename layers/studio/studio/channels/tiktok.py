"""TikTok's Content Posting and Display APIs: posting a video or photos for an account, and what came of it.

SOURCE: developers.tiktok.com/doc/content-posting-api-reference-direct-post, …-reference-photo-post,
…-reference-query-creator-info, …-reference-get-video-status, …-media-transfer-guide, tiktok-api-v2-video-query,
tiktok-api-v2-video-list, tiktok-api-v2-get-user-info (read 2026-11).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from studio.channels.http import Access, Network
from studio.channels.refusals import Gone
from studio.channels.tiktok_answers import Begun, Status, Told, User, Video, Videos, Who, refusal
from studio.channels.tiktok_post import Creator, TikTokPost, Upload
from studio.channels.uploads import Progress, Read, piece, unnoticed
from studio.domain.errors import ProviderFailed

NAME = "TikTok"
PAGE = 20
"""The most videos in one question."""

_VIDEO_FIELDS = (
    "id,title,video_description,duration,create_time,share_url,cover_image_url,view_count,like_count,"
    "comment_count,share_count"
)
_USER_FIELDS = "open_id,display_name,username,avatar_url,follower_count,likes_count,video_count"


class TikTok:
    """One account. `uploads` goes to addresses that carry their own permission, so no token goes with it."""

    def __init__(self, base_url: str, access: Access, **more: Any) -> None:
        self._network = Network(NAME, base_url, access, refusal=refusal, **more)
        self._uploads = Network(NAME, base_url, **more)

    def creator(self) -> Creator:
        """Return what this account may choose from right now; TikTok wants it asked before every post."""
        return self._ask("/v2/post/publish/creator_info/query/", Creator, again=True)

    def begin(self, post: TikTokPost, *, chunk_bytes: int | None = None) -> Upload:
        """Announce a video. Nothing is posted before all of it was sent, so an upload that is left alone does no harm.

        Raises Throttled where the account's posts of the day are used up, ProviderFailed where TikTok refuses it.
        """
        if post.video is None:
            raise ValueError("a post without a video has nothing to upload")
        upload = Upload.of(post.video, chunk_bytes)
        source = {
            "source": "FILE_UPLOAD",
            "video_size": upload.size,
            "chunk_size": upload.chunk_bytes,
            "total_chunk_count": upload.chunks,
        }
        begun = self._ask(
            "/v2/post/publish/video/init/", Begun, {"post_info": _video_info(post), "source_info": source}
        )
        return upload.model_copy(update={"publish_id": begun.publish_id, "address": begun.upload_url})

    def send(self, upload: Upload, read: Read, *, from_offset: int = 0, progress: Progress = unnoticed) -> None:
        """Send the video's bytes, from the chunk that holds `from_offset` on: a chunk is taken whole or not at all.

        A chunk that came although its answer was lost is not sent into the post twice: TikTok is asked what it has.
        Raises Unavailable where the connection breaks (`sent` says how much is there), Gone for an address that has
        expired, NotConnected for a permission taken back meanwhile.
        """
        offset = upload.starts(from_offset)
        while offset < upload.size:
            end = upload.ends(offset)
            headers = {"Content-Type": upload.type, "Content-Range": f"bytes {offset}-{end - 1}/{upload.size}"}
            answer = self._uploads.send(
                "PUT",
                upload.address,
                again=True,
                accept=(403, 404, 416),
                headers=headers,
                content=piece(read, offset, end - offset),
            )
            there = self.sent(upload) if answer.status >= 400 else end
            if there <= offset:
                raise Gone("TikTok no longer takes this upload. Start the post again.")
            offset = there
            progress(offset)

    def sent(self, upload: Upload) -> int:
        """Return how many bytes TikTok has. Raises ProviderFailed where the post has failed meanwhile."""
        status = self.status(upload.publish_id)
        if status.failed:
            raise ProviderFailed(status.failed)
        return upload.size if status.published else status.uploaded_bytes or 0

    def photos(self, post: TikTokPost, addresses: Sequence[str]) -> str:
        """Post photos that TikTok fetches, from a domain or prefix verified with it; returns the publish id.

        After Unavailable with `sent` it may have been posted: look at the account before posting again.
        """
        body = {
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": _photo_info(post),
            "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": list(addresses)},
        }
        return self._ask("/v2/post/publish/content/init/", Begun, body).publish_id

    def status(self, publish_id: str, *, public: bool = True) -> Status:
        """Return how far a post is. public: whether everybody may see it, so that there will be an id to wait for."""
        told = self._ask("/v2/post/publish/status/fetch/", Status, {"publish_id": publish_id}, again=True)
        return told.model_copy(update={"public": public})

    def user(self) -> User:
        """Return who is connected."""
        answer = self._network.get("/v2/user/info/", {"fields": _USER_FIELDS})
        return self._network.read(answer, Told[Who]).data.user

    def metrics(self, video_ids: Sequence[str]) -> list[Video]:
        """Return the counts of these videos of the account; others, and those taken down, are left out."""
        found: list[Video] = []
        for start in range(0, len(video_ids), PAGE):
            body = {"filters": {"video_ids": list(video_ids[start : start + PAGE])}}
            found += self._ask(f"/v2/video/query/?fields={_VIDEO_FIELDS}", Videos, body, again=True).videos
        return found

    def videos(self) -> Iterator[Video]:
        """Yield the account's public videos, newest first, a page at a time."""
        cursor: dict[str, int] = {}
        while True:
            page = self._ask(
                f"/v2/video/list/?fields={_VIDEO_FIELDS}", Videos, {"max_count": PAGE, **cursor}, again=True
            )
            yield from page.videos
            # A page that leads to itself would be read for ever.
            if not page.has_more or cursor == {"cursor": page.cursor}:
                return
            cursor = {"cursor": page.cursor}

    def _ask[T: BaseModel](
        self, path: str, schema: type[T], body: dict[str, Any] | None = None, *, again: bool = False
    ) -> T:
        answer = self._network.post(path, again=again, json=body or {})
        return self._network.read(answer, Told[schema]).data  # type: ignore[valid-type]


def address_of(username: str, post_id: str) -> str:
    """Return where a public post is seen."""
    return f"https://www.tiktok.com/@{username}/video/{post_id}"


def _video_info(post: TikTokPost) -> dict[str, Any]:
    return {
        "title": post.caption,
        "privacy_level": post.privacy,
        "disable_duet": not post.duet,
        "disable_comment": not post.comments,
        "disable_stitch": not post.stitch,
        "video_cover_timestamp_ms": post.cover_ms,
        "brand_content_toggle": post.paid_partnership,
        "brand_organic_toggle": post.own_brand,
        "is_aigc": post.made_with_ai,
    }


def _photo_info(post: TikTokPost) -> dict[str, Any]:
    return {
        "title": post.title,
        "description": post.caption,
        "privacy_level": post.privacy,
        "disable_comment": not post.comments,
        "auto_add_music": post.music,
        "brand_content_toggle": post.paid_partnership,
        "brand_organic_toggle": post.own_brand,
    }
