"""X's API v2 on loopback. Shapes: docs.x.com/x-api/media, /posts/create-posts, /fundamentals/rate-limits."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import HTTP

from tests.fakes.grants import Grant, Grants, Refused
from tests.fakes.wire import Answer, Asked, Json, Route

_PROBLEMS = "https://api.x.com/2/problems"


@dataclass
class Upload:
    """One file on its way."""

    media_id: str
    account: str
    size: int
    category: str
    segments: dict[int, bytes] = field(default_factory=dict, repr=False)
    appends: int = 0
    finished: bool = False
    asked: int = 0

    @property
    def content(self) -> bytes:
        """What has come, in order."""
        return b"".join(self.segments[index] for index in sorted(self.segments))


class XApi:
    """Media uploads, posts, lookups, who is connected.

    processing: how often a status is asked before it is over. fails: the message with which processing ends then.
    with_200: an error comes under that status, with `errors` and no `data`. day_used_up: no post before `reset`.
    """

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self.processing = 1
        self.fails = ""
        self.with_200 = False
        self.reset = 0.0
        self.uploads: dict[str, Upload] = {}
        self.posts: list[Json] = []

    def routes(self) -> Iterable[Route]:
        """Return the operations."""
        return (
            Route("POST", "x", "/2/media/upload/initialize", self._as("media.write", self._initialize)),
            Route("POST", "x", "/2/media/upload/{id}/append", self._as("media.write", self._append)),
            Route("POST", "x", "/2/media/upload/{id}/finalize", self._as("media.write", self._finalize)),
            Route("GET", "x", "/2/media/upload", self._as("media.write", self._status)),
            Route("POST", "x", "/2/tweets", self._as("tweet.write", self._post)),
            Route("GET", "x", "/2/tweets", self._as("tweet.read", self._lookup)),
            Route("GET", "x", "/2/users/me", self._as("users.read", self._me)),
            Route("GET", "x", "/2/users/{id}/tweets", self._as("tweet.read", self._recent)),
        )

    def _as(self, scope: str, then: Callable[[Asked, Grant], Answer]) -> Callable[[Asked], Answer]:
        def operation(asked: Asked) -> Answer:
            try:
                grant = self._grants.check("x", asked.token, scope)
            except Refused as refused:
                if refused.why == "scope":
                    raise self._problem(
                        403, "client-forbidden", "You are not permitted to perform this action."
                    ) from None
                raise Answer(401, {"title": "Unauthorized", "status": 401, "detail": "Unauthorized"}) from refused
            return then(asked, grant)

        return operation

    def _problem(self, status: int, kind: str, detail: str, title: str = "Forbidden") -> Answer:
        problem = {"type": f"{_PROBLEMS}/{kind}", "title": title, "detail": detail, "status": status}
        if self.with_200:
            return Answer(200, {"errors": [problem]})
        return Answer(status, problem)

    def _initialize(self, asked: Asked, grant: Grant) -> Answer:
        body = asked.json()
        if not 0 < body.get("total_bytes", 0) <= 17_179_869_184:
            raise self._problem(400, "invalid-request", "total_bytes is out of range.", "Invalid Request")
        made = Upload(
            str(1_880_028_106_020_515_840 + len(self.uploads)),
            grant.account,
            body["total_bytes"],
            body["media_category"],
        )
        self.uploads[made.media_id] = made
        return _told({"id": made.media_id, "media_key": f"13_{made.media_id}", "expires_after_secs": 86_400})

    def _upload(self, media_id: str, grant: Grant) -> Upload:
        found = self.uploads.get(media_id)
        if found is None or found.account != grant.account:
            raise self._problem(404, "resource-not-found", "Could not find media.", "Not Found Error")
        return found

    def _append(self, asked: Asked, grant: Grant) -> Answer:
        upload = self._upload(asked.params["id"], grant)
        parts = _multipart(asked)
        index, segment = int(parts["segment_index"]), parts["media"]
        if not 0 <= index <= 999 or len(segment) > 5 * 1024 * 1024:
            raise self._problem(400, "invalid-request", "The segment does not fit.", "Invalid Request")
        upload.segments[index] = segment
        upload.appends += 1
        return _told({"expires_at": int(self._grants.clock()) + 86_400})

    def _finalize(self, asked: Asked, grant: Grant) -> Answer:
        upload = self._upload(asked.params["id"], grant)
        if len(upload.content) != upload.size or sorted(upload.segments) != list(range(len(upload.segments))):
            detail = "Segments do not add up to provided total file size."
            raise self._problem(400, "invalid-request", detail, "Invalid Request")
        upload.finished = True
        told: Json = {"id": upload.media_id, "size": upload.size, "expires_after_secs": 86_400}
        if upload.category != "tweet_image":
            told["processing_info"] = {"state": "pending", "check_after_secs": 1}
        return _told(told)

    def _status(self, asked: Asked, grant: Grant) -> Answer:
        upload = self._upload(asked.query.get("media_id", ""), grant)
        upload.asked += 1
        info: Json = {"state": "in_progress", "check_after_secs": 3, "progress_percent": 40}
        if upload.asked > self.processing:
            info = {"state": "succeeded", "progress_percent": 100}
            if self.fails:
                info = {"state": "failed", "error": {"code": 1, "name": "InvalidMedia", "message": self.fails}}
        return _told({"id": upload.media_id, "processing_info": info})

    def _post(self, asked: Asked, grant: Grant) -> Answer:
        body = asked.json()
        now = self._grants.clock()
        if self.reset > now:
            headers = {
                "x-rate-limit-limit": "100",
                "x-rate-limit-remaining": "99",
                "x-rate-limit-reset": str(int(now) + 900),
                "x-user-limit-24hour-limit": "17",
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": str(int(self.reset)),
            }
            raise Answer(429, {"title": "Too Many Requests", "detail": "Too Many Requests", "status": 429}, headers)
        if any(post["text"] == body.get("text") for post in self.posts):
            detail = "You are not allowed to create a Tweet with duplicate content."
            raise self._problem(403, "invalid-request", detail)
        for media_id in body.get("media", {}).get("media_ids", []):
            self._ready(self.uploads.get(media_id))
        post_id = str(1_445_880_548_472_328_192 + len(self.posts))
        at = datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
        kept = {"id": post_id, "account": grant.account, "created_at": at, "public_metrics": {"like_count": 0}}
        self.posts.append(kept | body)
        return Answer(201, {"data": {"id": post_id, "text": body.get("text", "")}})

    def _ready(self, upload: Upload | None) -> None:
        if (
            upload is None
            or not upload.finished
            or (upload.category != "tweet_image" and upload.asked <= self.processing)
        ):
            raise self._problem(400, "invalid-request", "Your media IDs are invalid.", "Invalid Request")

    def _lookup(self, asked: Asked, _: Grant) -> Answer:
        wanted = asked.query["ids"].split(",")
        known = {post["id"]: post for post in self.posts}
        if len(wanted) > 100:
            raise self._problem(400, "invalid-request", "At most 100 ids.", "Invalid Request")
        told: Json = {}
        if found := [known[each] for each in wanted if each in known]:
            told["data"] = [{name: post[name] for name in ("id", "text", "public_metrics")} for post in found]
        if missing := [each for each in wanted if each not in known]:
            told["errors"] = [
                {
                    "value": each,
                    "detail": f"Could not find tweet with ids: [{each}].",
                    "title": "Not Found Error",
                    "type": f"{_PROBLEMS}/resource-not-found",
                }
                for each in missing
            ]
        return Answer(200, told)

    def _recent(self, asked: Asked, _: Grant) -> Answer:
        own = [post for post in reversed(self.posts) if post["account"] == asked.params["id"]]
        most = int(asked.query.get("max_results", 10))
        if not 5 <= most <= 100:
            raise self._problem(400, "invalid-request", "max_results is out of range.", "Invalid Request")
        told: Json = {"meta": {"result_count": len(own[:most])}}
        if own:
            told["data"] = [
                # Links are shortened, and files have one of their own.
                {
                    "id": post["id"],
                    "text": _shown(post),
                    "created_at": post["created_at"],
                    "edit_history_tweet_ids": [post["id"]],
                }
                for post in own[:most]
            ]
        return Answer(200, told)

    def _me(self, _: Asked, grant: Grant) -> Answer:
        return _told({"id": grant.account, "name": "The Show", "username": "show"})


def _shown(post: Json) -> str:
    text = re.sub(r"https?://\S+", "https://t.co/abc", str(post.get("text", "")))
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{escaped} https://t.co/film" if post.get("media") else escaped


def _told(content: Json) -> Answer:
    return Answer(200, {"data": content})


def _multipart(asked: Asked) -> dict[str, bytes]:
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + asked.body, policy=HTTP)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)  # type: ignore[misc]
        for part in parts.iter_parts()  # type: ignore[attr-defined]
    }
