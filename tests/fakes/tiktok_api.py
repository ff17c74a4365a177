"""TikTok's posting and display APIs on loopback. Shapes: developers.tiktok.com/doc/content-posting-api-reference-*."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.fakes.grants import Grant, Grants, Refused
from tests.fakes.wire import Answer, Asked, Json, Route

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
LEAST_CHUNK, MOST_CHUNK, MOST_LAST = 5 * 1024 * 1024, 64 * 1024 * 1024, 128 * 1024 * 1024


@dataclass
class Publish:
    """One post on its way."""

    publish_id: str
    account: str
    info: Json
    size: int = 0
    chunk: int = 0
    chunks: int = 0
    came: bytearray = field(default_factory=bytearray, repr=False)
    photos: tuple[str, ...] = ()
    asked: int = 0
    fail_reason: str = ""
    post_id: str = ""

    @property
    def whole(self) -> bool:
        """Whether all bytes are there."""
        return len(self.came) == self.size


class TikTokApi:
    """Creator info, video and photo posts, upload addresses, status, videos.

    posts_per_day: of one account. processing, moderation: how often a status is asked before each is over. fails: the
    reason with which posts end once everything has come. expired: whether upload addresses have. least_chunk: bytes.
    with_200: whether errors come under that status. audited: else everything must be for oneself only.
    """

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self.creator: Json = {
            "creator_username": "show",
            "creator_nickname": "The Show",
            "creator_avatar_url": "https://p16.example/avatar.jpeg",
            "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
            "comment_disabled": False,
            "duet_disabled": False,
            "stitch_disabled": True,
            "max_video_post_duration_sec": 300,
        }
        self.posts_per_day = 15
        self.processing = 1
        self.moderation = 1
        self.fails = ""
        self.expired = False
        self.audited = True
        self.with_200 = False
        self.least_chunk = LEAST_CHUNK
        self.owned = ("https://media.example/",)
        self.publishes: dict[str, Publish] = {}
        self.videos: list[Json] = []

    def routes(self) -> Iterable[Route]:
        """Return the operations."""
        return (
            Route("POST", "tiktok", "/v2/post/publish/creator_info/query/", self._as("video.publish", self._creator)),
            Route("POST", "tiktok", "/v2/post/publish/video/init/", self._as("video.publish", self._video)),
            Route("POST", "tiktok", "/v2/post/publish/content/init/", self._as("video.publish", self._photos)),
            Route("POST", "tiktok", "/v2/post/publish/status/fetch/", self._as("video.publish", self._status)),
            Route("PUT", "tiktok", "/video/", self._chunk),
            Route("GET", "tiktok", "/v2/user/info/", self._as("user.info.basic", self._user)),
            Route("POST", "tiktok", "/v2/video/query/", self._as("video.list", self._query)),
            Route("POST", "tiktok", "/v2/video/list/", self._as("video.list", self._list)),
        )

    def _as(self, scope: str, then: Callable[[Asked, Grant], Json]) -> Callable[[Asked], Answer]:
        def operation(asked: Asked) -> Answer:
            try:
                grant = self._grants.check("tiktok", asked.token, scope)
            except Refused as refused:
                code = "scope_not_authorized" if refused.why == "scope" else "access_token_invalid"
                raise self._error(401, code, "The access token is invalid or not found in the request.") from refused
            return _told(then(asked, grant))

        return operation

    def _error(self, status: int, code: str, message: str) -> Answer:
        return Answer(
            200 if self.with_200 else status,
            {"data": {}, "error": {"code": code, "message": message, "log_id": "20261125000000000000000000"}},
        )

    def _creator(self, _: Asked, grant: Grant) -> Json:
        if self._used_up(grant):
            raise self._error(200, "spam_risk_too_many_posts", "The daily post cap from the API is reached.")
        return self.creator

    def _used_up(self, grant: Grant) -> bool:
        return sum(each.account == grant.account for each in self.publishes.values()) >= self.posts_per_day

    def _check(self, info: Json, grant: Grant, title: int) -> None:
        if self._used_up(grant):
            raise self._error(403, "spam_risk_too_many_posts", "The daily post cap from the API is reached.")
        if info.get("privacy_level") not in self.creator["privacy_level_options"]:
            raise self._error(403, "privacy_level_option_mismatch", "Please post with a privacy level of the creator.")
        if not self.audited and info["privacy_level"] != "SELF_ONLY":
            code = "unaudited_client_can_only_post_to_private_accounts"
            raise self._error(403, code, "Please review our integration guidelines.")
        if len(info.get("title", "").encode("utf-16-le")) // 2 > title:
            raise self._error(400, "invalid_params", "The title is too long.")

    def _video(self, asked: Asked, grant: Grant) -> Json:
        body = asked.json()
        info, source = body.get("post_info", {}), body.get("source_info", {})
        self._check(info, grant, 2200)
        size, chunk, chunks = (source.get(name, 0) for name in ("video_size", "chunk_size", "total_chunk_count"))
        small = size < self.least_chunk
        if source.get("source") != "FILE_UPLOAD" or size < 1 or chunks != size // max(chunk, 1):
            raise self._error(400, "invalid_params", "The total chunk count is incorrect.")
        if (small and chunk != size) or (not small and not self.least_chunk <= chunk <= MOST_CHUNK) or chunks > 1000:
            raise self._error(400, "invalid_params", "The chunk size is invalid.")
        made = self._publish(grant, info, size=size, chunk=chunk, chunks=chunks)
        address = asked.here(f"/video/?upload_id={made.publish_id}&upload_token=Xza123")
        return {"publish_id": made.publish_id, "upload_url": address}

    def _photos(self, asked: Asked, grant: Grant) -> Json:
        body = asked.json()
        info, source = body.get("post_info", {}), body.get("source_info", {})
        self._check(info, grant, 90)
        images = tuple(source.get("photo_images", ()))
        if body.get("media_type") != "PHOTO" or not 1 <= len(images) <= 35:
            raise self._error(400, "invalid_params", "Only PHOTO is allowed.")
        if not all(image.startswith(self.owned) for image in images):
            raise self._error(403, "url_ownership_unverified", "Please verify the ownership of the URL.")
        return {"publish_id": self._publish(grant, info, photos=images).publish_id}

    def _publish(self, grant: Grant, info: Json, **more: object) -> Publish:
        kind = "v" if "size" in more else "p"
        made = Publish(f"{kind}_pub_file~v2-1.{len(self.publishes) + 1:019}", grant.account, info, **more)  # type: ignore[arg-type]
        self.publishes[made.publish_id] = made
        return made

    def _chunk(self, asked: Asked) -> Answer:
        publish = self.publishes.get(asked.query.get("upload_id", ""))
        if publish is None:
            return Answer(404)
        if self.expired or asked.query.get("upload_token") != "Xza123":
            return Answer(403)
        found = _RANGE.fullmatch(asked.headers.get("content-range", ""))
        if found is None or int(found[2]) - int(found[1]) + 1 != len(asked.body):
            return Answer(400)
        first, last, total = (int(each) for each in found.groups())
        # Chunks come in order: what has come already, and what skips some, is out of range.
        if first != len(publish.came) or total != publish.size:
            return Answer(416, b"", {"Content-Range": f"bytes 0-{len(publish.came) - 1}/{publish.size}"})
        expected = publish.size if first // publish.chunk >= publish.chunks - 1 else first + publish.chunk
        if last + 1 != expected:
            return Answer(400)
        publish.came += asked.body
        came = {"Content-Range": f"bytes 0-{last}/{total}"}
        return Answer(201 if publish.whole else 206, b"", came)

    def _status(self, asked: Asked, grant: Grant) -> Json:
        publish = self.publishes.get(asked.json().get("publish_id", ""))
        if publish is None:
            raise self._error(400, "invalid_publish_id", "The publish_id does not exist.")
        if publish.account != grant.account:
            code = "token_not_authorized_for_specified_publish_id"
            raise self._error(400, code, "The publish_id is not of this account.")
        told: Json = {"status": "PROCESSING_UPLOAD"}
        if publish.photos:
            told = {"status": "PROCESSING_DOWNLOAD", "downloaded_bytes": 0}
        else:
            told["uploaded_bytes"] = len(publish.came)
        if not publish.whole:
            return told
        publish.asked += 1
        if publish.asked <= self.processing:
            return told
        publish.fail_reason = publish.fail_reason or self.fails
        if publish.fail_reason:
            return told | {"status": "FAILED", "fail_reason": publish.fail_reason}
        told["status"] = "PUBLISH_COMPLETE"
        public = publish.info["privacy_level"] != "SELF_ONLY"
        if public and publish.asked > self.processing + self.moderation:
            told["publicaly_available_post_id"] = [int(self._posted(publish))]
        return told

    def _posted(self, publish: Publish) -> str:
        if not publish.post_id:
            publish.post_id = str(7_123_456_789_012_345_000 + len(self.videos))
            self.videos.append(
                {
                    "id": publish.post_id,
                    "title": publish.info.get("title", ""),
                    "duration": 30,
                    "create_time": int(self._grants.clock()),
                    "share_url": f"https://www.tiktok.com/@show/video/{publish.post_id}?utm_campaign=tt4d",
                    "view_count": 0,
                    "like_count": 0,
                    "comment_count": 0,
                    "share_count": 0,
                }
            )
        return publish.post_id

    def _user(self, asked: Asked, grant: Grant) -> Json:
        known = {"open_id": grant.account, "display_name": "The Show", "username": "show", "follower_count": 12}
        wanted = asked.query.get("fields", "").split(",")
        return {"user": {name: value for name, value in known.items() if name in wanted}}

    def _query(self, asked: Asked, _: Grant) -> Json:
        ids = asked.json().get("filters", {}).get("video_ids", [])
        if len(ids) > 20:
            raise self._error(400, "invalid_params", "At most 20 video ids.")
        return {"videos": [_only(asked, video) for video in self.videos if video["id"] in ids]}

    def _list(self, asked: Asked, _: Grant) -> Json:
        start, most = asked.json().get("cursor", 0), asked.json().get("max_count", 10)
        newest = self.videos[::-1][start : start + most]
        more = start + most < len(self.videos)
        return {"videos": [_only(asked, video) for video in newest], "cursor": start + most, "has_more": more}


def _only(asked: Asked, video: Json) -> Json:
    wanted = asked.query.get("fields", "").split(",")
    return {name: value for name, value in video.items() if name in wanted}


def _told(content: Json) -> Answer:
    return Answer(200, {"data": content, "error": {"code": "ok", "message": "", "log_id": "2026112500000000000"}})
