"""Instagram's API with Instagram login on loopback. Shapes: developers.facebook.com/docs/instagram-platform."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.fakes.grants import Grant, Grants, Refused
from tests.fakes.wire import Answer, Asked, Json, Route

DAY = 86_400


@dataclass
class Container:
    """One post in preparation."""

    container_id: str
    account: str
    content: Json
    made_at: float
    asked: int = 0
    came: bytearray = field(default_factory=bytearray, repr=False)
    media_id: str = ""


class InstagramApi:
    """Containers, uploads, publishing, quota, media and insights.

    processing: how often a container is asked for before it is ready. fails: the status text with which processing ends
    then. may_send: whether files may be sent; accounts with Instagram login are documented to have them fetched.
    spam: publishing is blocked as spam. counts: what insights say of a post; a missing one is left out of the answer.
    """

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self.processing = 1
        self.fails = ""
        self.may_send = False
        self.spam = False
        self.quota_total = 100
        self.containers: dict[str, Container] = {}
        self.published: list[Json] = []
        self.counts: Json = {"views": 0, "reach": 0}

    def routes(self) -> Iterable[Route]:
        """Return the operations."""
        here = "instagram"
        publish = "instagram_business_content_publish"
        basic = "instagram_business_basic"
        insights = "instagram_business_manage_insights"
        return (
            Route("GET", here, "/me", self._as(basic, self._me)),
            Route("GET", here, "/{version}/me", self._as(basic, self._me)),
            Route("POST", here, "/{version}/me/media", self._as(publish, self._make)),
            Route("GET", here, "/{version}/me/media", self._as(basic, self._recent)),
            Route("POST", here, "/{version}/me/media_publish", self._as(publish, self._publish)),
            Route("GET", here, "/{version}/me/content_publishing_limit", self._as(publish, self._limit)),
            Route("GET", here, "/{version}/{id}", self._as(basic, self._look)),
            Route("GET", here, "/{version}/{id}/insights", self._as(insights, self._insights)),
            Route("POST", here, "/ig-api-upload/{version}/{id}", self._upload),
        )

    def age(self, seconds: float) -> None:
        """Let every container be so much older."""
        for container in self.containers.values():
            container.made_at -= seconds

    def _as(self, scope: str, then: Callable[[Asked, Grant], Json]) -> Callable[[Asked], Answer]:
        def operation(asked: Asked) -> Answer:
            try:
                grant = self._grants.check("instagram", asked.token, scope)
            except Refused as refused:
                if refused.why == "scope":
                    raise error(10, "Application does not have permission for this action", status=403) from refused
                raise error(190, "Error validating access token: the session has expired.", 463) from refused
            return Answer(200, then(asked, grant))

        return operation

    def _me(self, asked: Asked, grant: Grant) -> Json:
        known = {
            "user_id": grant.account,
            "username": "show",
            "followers_count": 12,
            "media_count": len(self.published),
        }
        return _only(asked, known) | {"id": "178"}

    def _make(self, asked: Asked, grant: Grant) -> Json:
        content = asked.json()
        kind = content.get("media_type", "IMAGE")
        if len(content.get("caption", "")) > 2200:
            raise error(36_004, "The caption was too long.", 2_207_010)
        sends = content.get("upload_type") == "resumable"
        if kind in ("REELS", "VIDEO") and "video_url" not in content and not (sends and self.may_send):
            raise error(100, "The parameter video_url is required")
        if kind == "IMAGE" and "image_url" not in content:
            raise error(100, "The parameter image_url is required")
        if kind == "CAROUSEL":
            self._check_children(content.get("children", []))
        made = Container(
            str(17_889_615_691_921_648 + len(self.containers)), grant.account, content, self._grants.clock()
        )
        self.containers[made.container_id] = made
        told = {"id": made.container_id}
        return told | {"uri": asked.here(f"/ig-api-upload/v25.0/{made.container_id}")} if sends else told

    def _check_children(self, children: list[str]) -> None:
        if not 2 <= len(children) <= 10:
            raise error(100, "A carousel has 2 to 10 children", 2_207_065)
        for child in children:
            found = self.containers.get(child)
            if found is None or not found.content.get("is_carousel_item") or self._state(found) != "FINISHED":
                raise error(9007, "The media is not ready for publishing, please wait for a moment", 2_207_027)

    def _upload(self, asked: Asked) -> Answer:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        try:
            self._grants.check("instagram", token if scheme == "OAuth" else None, "instagram_business_content_publish")
        except Refused:
            return _debug(401, "NotAuthorizedError", "The token is not valid", retriable=False)
        container = self.containers.get(asked.params["id"])
        if container is None:
            return _debug(404, "NotFoundError", "The container does not exist", retriable=False)
        offset = int(asked.headers.get("offset", -1))
        if offset != len(container.came) or int(asked.headers.get("file_size", 0)) != offset + len(asked.body):
            return _debug(400, "OffsetInvalidError", "The offset is not where the upload stopped", retriable=False)
        container.came += asked.body
        return Answer(200, {"success": True, "message": "Upload successful."})

    def _state(self, container: Container) -> str:
        if container.media_id:
            return "PUBLISHED"
        if self._grants.clock() - container.made_at > DAY:
            return "EXPIRED"
        if container.content.get("upload_type") == "resumable" and not container.came:
            return "IN_PROGRESS"
        if container.asked <= self.processing:
            return "IN_PROGRESS"
        return "ERROR" if self.fails else "FINISHED"

    def _look(self, asked: Asked, _: Grant) -> Json:
        wanted = asked.params["id"]
        for media in self.published:
            if media["id"] == wanted:
                return _only(asked, media) | {"id": wanted}
        container = self._known(wanted)
        container.asked += 1
        state = self._state(container)
        told: Json = {
            "id": wanted,
            "status_code": state,
            "status": f"{state.title()}: {self.fails or 'as it should be'}",
        }
        if container.content.get("upload_type") == "resumable":
            phase = {"status": "in_progress", "bytes_transferred": len(container.came)}
            told["video_status"] = {"uploading_phase": phase, "processing_phase": {"status": "not_started"}}
        return told

    def _known(self, container: str) -> Container:
        found = self.containers.get(container)
        if found is None:
            message = "Unsupported get request. Object does not exist, cannot be loaded due to missing permissions"
            raise error(100, message, 33)
        return found

    def _publish(self, asked: Asked, grant: Grant) -> Json:
        container = self.containers.get(asked.json().get("creation_id", ""))
        if container is None:
            raise error(24, "The media builder does not exist or has been expired.", 2_207_008)
        if self.spam:
            raise error(4, "We restrict certain activity to protect our community.", 2_207_051)
        if len(self.published) >= self.quota_total:
            raise error(9, "You reached maximum number of posts that is allowed to be published", 2_207_042)
        match self._state(container):
            case "EXPIRED":
                raise error(
                    -2, "The media you are trying to access has expired. Please try to upload again.", 2_207_020
                )
            case "IN_PROGRESS" | "ERROR":
                raise error(9007, "The media is not ready for publishing, please wait for a moment", 2_207_027)
            case "PUBLISHED":
                raise error(-1, "Create media fail, please try to re-create media", 2_207_032)
        container.media_id = str(17_900_000_000_000_000 + len(self.published))
        self.published.append(
            {
                "id": container.media_id,
                "account": grant.account,
                "caption": container.content.get("caption", ""),
                "permalink": f"https://www.instagram.com/reel/C{len(self.published)}/",
                "timestamp": "2026-11-25T12:00:00+0000",
                "media_product_type": "REELS" if container.content.get("media_type") == "REELS" else "FEED",
                "is_ai_generated": container.content.get("is_ai_generated", False),
            }
        )
        return {"id": container.media_id}

    def _limit(self, _asked: Asked, _grant: Grant) -> Json:
        config = {"quota_total": self.quota_total, "quota_duration": DAY}
        return {"data": [{"config": config, "quota_usage": len(self.published)}]}

    def _recent(self, asked: Asked, _: Grant) -> Json:
        return {"data": [_only(asked, media) for media in reversed(self.published)], "paging": {}}

    def _insights(self, asked: Asked, _: Grant) -> Json:
        media = next((each for each in self.published if each["id"] == asked.params["id"]), None)
        if media is None:
            raise error(100, "Unsupported get request.", 33)
        wanted = asked.query["metric"].split(",")
        reels_only = [each for each in wanted if each.startswith("ig_reels")]
        if reels_only and media["media_product_type"] != "REELS":
            raise error(100, f"(#100) metric[0] must be one of the following values: not {reels_only[0]}")
        told = [
            {"name": name, "period": "lifetime", "values": [{"value": value}], "id": f"{media['id']}/insights/{name}"}
            for name, value in self.counts.items()
            if name in wanted
        ]
        return {"data": told}


def error(code: int, message: str, subcode: int | None = None, *, status: int = 400, transient: bool = False) -> Answer:
    """Return a refusal as the Graph API words it."""
    told: Json = {"message": message, "type": "OAuthException", "code": code, "is_transient": transient}
    if subcode is not None:
        told |= {"error_subcode": subcode, "error_user_title": "Not possible", "error_user_msg": message}
    return Answer(status, {"error": told | {"fbtrace_id": "A6LJylpZRKw2xKLFsAP-cJh"}})


def _debug(status: int, kind: str, message: str, *, retriable: bool) -> Answer:
    return Answer(status, json.dumps({"debug_info": {"retriable": retriable, "type": kind, "message": message}}))


def _only(asked: Asked, known: Json) -> Json:
    wanted = asked.query.get("fields", "id").split(",")
    return {name: value for name, value in known.items() if name in wanted}
