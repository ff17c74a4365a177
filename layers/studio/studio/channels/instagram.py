"""Instagram's API with Instagram login: containers made, looked after, published, and what came of them.

SOURCE: developers.facebook.com/docs/instagram-platform/content-publishing, …/content-publishing/resumable-uploads,
…/instagram-graph-api/reference/ig-user/media, …/ig-user/content_publishing_limit, …/reference/instagram-media/insights
(read 2026-11).

Instagram fetches files from public addresses. It documents sending them itself only for apps with Facebook login; an
account connected with Instagram login is told that `video_url` is required. `begin` and `send` are here for accounts
that may; `post` with addresses works for all.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from studio.channels.http import Access, Network
from studio.channels.instagram_answers import Container, Insights, Listed, Made, Media, Quota, User, refusal
from studio.channels.instagram_post import InstagramPost
from studio.channels.limits import Medium
from studio.channels.uploads import Progress, Read, Rest, unnoticed
from studio.domain.base import Value
from studio.domain.errors import ProviderFailed

NAME = "Instagram"
VERSION = "v25.0"
UPLOADS = "rupload.facebook.com"

_COUNTS = "views,reach,likes,comments,shares,saved,total_interactions"
_REEL_COUNTS = f"{_COUNTS},ig_reels_avg_watch_time,ig_reels_video_view_total_time"


class Upload(Value):
    """A file on its way: kept between runs, it is all that is needed to go on. `size` in bytes."""

    container: str
    address: str
    size: int = Field(ge=1)


class Instagram:
    """One professional account."""

    def __init__(self, base_url: str, access: Access, **more: Any) -> None:
        self._network = Network(NAME, f"{base_url}/{VERSION}", access, refusal=refusal, **more)
        self._uploads = Network(NAME, base_url, access, refusal=refusal, scheme="OAuth", kin=(UPLOADS,), **more)

    def user(self) -> User:
        """Return who is connected."""
        answer = self._network.get("/me", {"fields": "user_id,username,followers_count,media_count"})
        return self._network.read(answer, User)

    def quota(self) -> Quota:
        """Return how many posts of the last 24 hours count against the limit."""
        answer = self._network.get("/me/content_publishing_limit", {"fields": "quota_usage,config"})
        [told] = self._network.read(answer, Listed[dict[str, Any]]).data or [{"quota_usage": 0}]
        config = told.get("config") or {}
        return Quota(
            used=told.get("quota_usage", 0),
            total=config.get("quota_total", 100),
            seconds=config.get("quota_duration", 86_400),
        )

    def prepare(self, post: InstagramPost, address: str) -> str:
        """Make a container of a post with one file, which Instagram fetches from `address`; returns its id.

        A container that is never published is dropped after a day and shows nowhere, so making one again does no harm.
        """
        [medium] = post.media
        return self._make({**_file(medium, address), **_reel(post, medium), **_said(post)}).id

    def prepare_child(self, medium: Medium, address: str) -> str:
        """Make a container of one file of a carousel; returns its id."""
        kind = {"media_type": "VIDEO"} if medium.kind == "video" else {}
        return self._make({**_file(medium, address), **kind, "is_carousel_item": True}).id

    def prepare_carousel(self, post: InstagramPost, children: Sequence[str]) -> str:
        """Make a container of a carousel from its files' containers, which must be ready; returns its id."""
        return self._make({"media_type": "CAROUSEL", "children": list(children), **_said(post)}).id

    def begin(self, post: InstagramPost) -> Upload:
        """Make a container of a reel whose bytes are sent. Raises ProviderFailed for accounts that may not send any."""
        [medium] = post.media
        made = self._make({"upload_type": "resumable", **_reel(post, medium), **_said(post)})
        address = made.uri or f"https://{UPLOADS}/ig-api-upload/{VERSION}/{made.id}"
        if not self._uploads.own(address):
            raise ProviderFailed("Instagram named an address for the upload that is not its own.")
        return Upload(container=made.id, address=address, size=medium.size)

    def send(self, upload: Upload, read: Read, *, from_offset: int = 0, progress: Progress = unnoticed) -> None:
        """Send the rest of a reel's bytes in one request, from `from_offset` on.

        Raises Unavailable where the connection breaks: `container(...).came` says how much is there to go on from.
        """
        rest = Rest(read, from_offset, upload.size)
        headers = {
            "offset": str(from_offset),
            "file_size": str(upload.size),
            "Content-Type": "application/octet-stream",
            "Content-Length": str(upload.size - from_offset),
        }
        self._uploads.post(upload.address, headers=headers, content=rest)
        progress(upload.size)

    def container(self, container: str) -> Container:
        """Return how far a container is."""
        answer = self._network.get(f"/{container}", {"fields": "status_code,status,video_status"})
        return self._network.read(answer, Container)

    def publish(self, container: str) -> str:
        """Publish a container that is ready; returns the id of what is up.

        After Unavailable with `sent`, ask for the container: `published` says whether it went, `recent` as what.
        Raises Throttled where the day's posts are used up, Conflict where it is not ready, Gone where it has expired.
        """
        answer = self._network.post("/me/media_publish", json={"creation_id": container})
        return self._network.read(answer, Made).id

    def media(self, media: str) -> Media:
        """Return a post that is up, with its public address."""
        answer = self._network.get(f"/{media}", {"fields": "id,caption,permalink,timestamp,media_product_type"})
        return self._network.read(answer, Media)

    def recent(self) -> list[Media]:
        """Return the account's latest posts, newest first."""
        fields = {"fields": "id,caption,permalink,timestamp,media_product_type", "limit": 25}
        return self._network.read(self._network.get("/me/media", fields), Listed[Media]).data

    def insights(self, media: str, *, reel: bool) -> Insights:
        """Return a post's counts, which may be two days behind. reel: whether it is one, which has more of them."""
        answer = self._network.get(f"/{media}/insights", {"metric": _REEL_COUNTS if reel else _COUNTS})
        told = self._network.read(answer, Listed[dict[str, Any]]).data
        counts = {each.get("name"): values[0].get("value") for each in told if (values := each.get("values"))}
        return Insights.model_validate(counts)

    def _make(self, content: dict[str, Any]) -> Made:
        return self._network.read(self._network.post("/me/media", again=True, json=content), Made)


def _file(medium: Medium, address: str) -> dict[str, Any]:
    return {"video_url" if medium.kind == "video" else "image_url": address}


def _reel(post: InstagramPost, medium: Medium) -> dict[str, Any]:
    if medium.kind == "image":
        return {}
    return {"media_type": "REELS", "share_to_feed": post.in_feed, "thumb_offset": post.cover_ms}


def _said(post: InstagramPost) -> dict[str, Any]:
    # Since 2026-06-22 for both kinds of login; on a carousel it stands on the whole, not on its files.
    return {"caption": post.caption, "is_ai_generated": post.made_with_ai}
