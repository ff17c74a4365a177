"""YouTube on loopback: the Data API v3, its uploads, live chat, and the Analytics API v2, in the published shapes.

SOURCE: developers.google.com/youtube/v3/docs, /youtube/v3/guides/using_resumable_upload_protocol,
/youtube/v3/live/docs and /youtube/analytics/reference/reports/query.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.grants import Grant, Grants, Refused
from tests.fakes.wire import Answer, Asked, Dropped, Json, Route

KEY = "AIzaSyFAKE-youtube-key_for-tests-only"
GRAIN = 256 * 1024
PAGE = 2
"""How many threads, replies and messages a page holds here, so that a test need not make hundreds."""

_SCOPE = "https://www.googleapis.com/auth/"
_READ = (f"{_SCOPE}youtube.readonly", f"{_SCOPE}youtube", f"{_SCOPE}youtube.force-ssl")
_WRITE = (f"{_SCOPE}youtube.force-ssl", f"{_SCOPE}youtube")
_UPLOAD = (f"{_SCOPE}youtube.upload", *_WRITE)
SCOPES = (f"{_SCOPE}youtube.force-ssl", f"{_SCOPE}youtube.upload", f"{_SCOPE}yt-analytics.readonly")
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")


@dataclass
class Session:
    """A resumable upload."""

    channel: str
    resource: Json
    size: int
    received: bytearray = field(default_factory=bytearray)
    video: str | None = None


@dataclass
class Video:
    """A video. states: what the next questions after it answer, the last one for ever: (uploadStatus, reason)."""

    video_id: str
    channel: str
    resource: Json
    sha256: str
    states: list[tuple[str, str | None]]
    thumbnail: bytes | None = None
    captions: dict[tuple[str, str], bytes] = field(default_factory=dict)
    threads: list[Json] = field(default_factory=list)
    comments_closed: bool = False


class YouTubeApi:
    """What it keeps, and what a test may set.

    channels: per account, (id, title). states: what becomes of videos uploaded from now on. breaks: bytes of a film at
    which the connection ends, once each. grain: what part of a broken piece is kept is a multiple of this. gone:
    sessions it no longer has. popular: items of the chart, per region. reports: rows of Analytics, per `dimensions`.
    """

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self._lock = threading.Lock()
        self.channels: dict[str, list[tuple[str, str]]] = {"account-1": [("UC-one", "The Bakery Show")]}
        self.states: list[tuple[str, str | None]] = [("uploaded", None), ("processed", None)]
        self.breaks: list[int] = []
        self.grain = 1
        self.gone: set[str] = set()
        self.sessions: dict[str, Session] = {}
        self.videos: dict[str, Video] = {}
        self.broadcasts: dict[str, Json] = {}
        self.chat: list[Json] = []
        self.chat_ended = False
        self.popular: dict[str, list[Json]] = {}
        self.reports: dict[str, list[dict[str, Any]]] = {}

    def routes(self) -> Iterable[Route]:
        """Return the operations under Google's host and that of Analytics."""
        v3, upload = "/youtube/v3", "/upload/youtube/v3"
        return (
            Route("GET", "google", f"{v3}/channels", self._channels),
            Route("POST", "google", f"{upload}/videos", self._begin),
            Route("PUT", "google", f"{upload}/videos", self._piece),
            Route("POST", "google", f"{upload}/thumbnails/set", self._thumbnail),
            Route("POST", "google", f"{upload}/captions", self._caption),
            Route("GET", "google", f"{v3}/videos", self._list),
            Route("GET", "google", f"{v3}/commentThreads", self._threads),
            Route("GET", "google", f"{v3}/comments", self._replies),
            Route("POST", "google", f"{v3}/comments", self._reply),
            Route("POST", "google", f"{v3}/liveBroadcasts", self._announce),
            Route("GET", "google", f"{v3}/liveBroadcasts", self._broadcasts),
            Route("POST", "google", f"{v3}/liveBroadcasts/bind", self._bind),
            Route("GET", "google", f"{v3}/liveChat/messages", self._messages),
            Route("GET", "youtube_analytics", "/v2/reports", self._report),
        )

    def break_upload_at(self, *offsets: int) -> None:
        """Let the connection end when a film has reached these bytes, once each."""
        self.breaks += offsets

    def add_video(self, channel: str = "UC-one", video_id: str = "film-1") -> Video:
        """Let there be a video that nobody uploaded in this test."""
        resource: Json = {"snippet": {"title": "Old"}, "status": {"privacyStatus": "public"}}
        video = Video(video_id, channel, resource, "", [("processed", None)])
        self.videos[video.video_id] = video
        return video

    def say(self, video_id: str, text: str, author: str = "Viewer", replies: Iterable[str] = ()) -> str:
        """Write a comment and replies to it, and return the thread's id."""
        video = self.videos[video_id]
        thread_id = f"{video_id}-thread-{len(video.threads) + 1}"
        written = [_comment(f"{thread_id}.{n}", reply, author, thread_id) for n, reply in enumerate(replies, 1)]
        video.threads.insert(
            0,
            {
                "kind": "youtube#commentThread",
                "id": thread_id,
                "snippet": {
                    "videoId": video_id,
                    "topLevelComment": _comment(thread_id, text, author, None),
                    "canReply": True,
                    "totalReplyCount": len(written),
                },
                "replies": {"comments": written},
            },
        )
        return thread_id

    # Uploads

    def _begin(self, asked: Asked) -> Answer:
        grant = self._allowed(asked, *_UPLOAD)
        resource = asked.json()
        wrong = _wrong_with(resource)
        if wrong:
            return failure(400, wrong, "The request metadata is invalid.")
        session_id = f"session-{len(self.sessions) + 1}"
        size = int(asked.headers.get("x-upload-content-length", 0))
        channels = self.channels.get(grant.account)
        if not channels:
            return failure(401, "youtubeSignupRequired", "Unauthorized")
        self.sessions[session_id] = Session(channels[0][0], resource, size)
        address = asked.here(f"{asked.path}?uploadType=resumable&upload_id={session_id}")
        return Answer(200, b"", {"Location": address})

    def _piece(self, asked: Asked) -> Answer:
        self._allowed(asked, *_UPLOAD)
        session_id = asked.query.get("upload_id", "")
        session = self.sessions.get(session_id)
        if session is None or session_id in self.gone:
            return failure(404, "notFound", "Upload session not found")
        told = _RANGE.fullmatch(asked.headers.get("content-range", ""))
        if told is None or int(told[3]) != session.size:
            return failure(400, "badRequest", "Failed to parse Content-Range header.")
        with self._lock:
            if session.video is None and told[1] is not None:
                self._take(session, int(told[1]), int(told[2]), asked.body)
            if len(session.received) == session.size:
                return Answer(201, self._finished(session))
        # Without the header nothing has been kept yet.
        kept = {"Range": f"bytes=0-{len(session.received) - 1}"} if session.received else {}
        return Answer(308, b"", kept)

    def _take(self, session: Session, first: int, last: int, piece: bytes) -> None:
        if first != len(session.received) or last - first + 1 != len(piece) or last >= session.size:
            raise failure(400, "badRequest", "Invalid request. The number of bytes uploaded is required to be equal.")
        if last + 1 < session.size and len(piece) % GRAIN:
            raise failure(400, "badRequest", "Chunk sizes are multiples of 262144 bytes.")
        stop = next((at for at in self.breaks if first <= at <= last), None)
        if stop is not None:
            self.breaks.remove(stop)
            session.received += piece[: (stop - first) // self.grain * self.grain]
            raise Dropped
        session.received += piece

    def _finished(self, session: Session) -> Json:
        if session.video is None:
            session.video = f"film-{len(self.videos) + 1}"
            digest = hashlib.sha256(session.received).hexdigest()
            made = Video(session.video, session.channel, session.resource, digest, list(self.states))
            self.videos[session.video] = made
        return {"kind": "youtube#video", "id": session.video, **session.resource}

    def _thumbnail(self, asked: Asked) -> Answer:
        video = self._own(asked, asked.query.get("videoId", ""))
        if len(asked.body) > 2 * 1024 * 1024:
            return failure(413, "mediaBodyRequired", "Media is too large. Limit: 2097152")
        video.thumbnail = asked.body
        return Answer(200, {"kind": "youtube#thumbnailSetResponse", "items": []})

    def _caption(self, asked: Asked) -> Answer:
        border = re.search(r"boundary=(\S+)", asked.headers.get("content-type", ""))
        parts = asked.body.split(f"--{border[1]}".encode()) if border else []
        if len(parts) != 4 or parts[3].strip() != b"--":
            return failure(400, "badRequest", "Malformed multipart body.")
        snippet = json.loads(parts[1].split(b"\r\n\r\n", 1)[1])["snippet"]
        video = self._own(asked, snippet["videoId"])
        track = (snippet["language"], snippet["name"])
        if track in video.captions:
            return failure(409, "captionExists", "The specified caption track already exists.")
        video.captions[track] = parts[2].split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
        return Answer(200, {"kind": "youtube#caption", "id": f"caption-{len(video.captions)}", "snippet": snippet})

    # Lists

    def _channels(self, asked: Asked) -> Answer:
        grant = self._allowed(asked, *_READ)
        listed = self.channels.get(grant.account, [])
        items = [{"kind": "youtube#channel", "id": each, "snippet": {"title": title}} for each, title in listed]
        # Without a channel the field is left out.
        return Answer(200, {"kind": "youtube#channelListResponse"} | ({"items": items} if items else {}))

    def _list(self, asked: Asked) -> Answer:
        if asked.query.get("chart") == "mostPopular":
            self._seen(asked)
            region = asked.query.get("regionCode", "US")
            if region == "XX":
                return failure(400, "invalidRegionCode", "The regionCode is not valid.")
            most = int(asked.query.get("maxResults", 5))
            return Answer(200, {"kind": "youtube#videoListResponse", "items": self.popular.get(region, [])[:most]})
        grant = self._allowed(asked, *_READ)
        video = self.videos.get(asked.query.get("id", ""))
        items = [self._state(video)] if video is not None and self._owns(grant, video) else []
        return Answer(200, {"kind": "youtube#videoListResponse", "items": items})

    def _state(self, video: Video) -> Json:
        upload, reason = video.states.pop(0) if len(video.states) > 1 else video.states[0]
        status = {"uploadStatus": upload, **video.resource["status"]}
        if upload == "failed":
            status["failureReason"] = reason
        if upload == "rejected":
            status["rejectionReason"] = reason
        details: Json = {"processingStatus": {"uploaded": "processing", "processed": "succeeded"}.get(upload, "failed")}
        if upload == "uploaded":
            details["processingProgress"] = {"partsTotal": "10", "partsProcessed": "4", "timeLeftMs": "9000"}
        return {"kind": "youtube#video", "id": video.video_id, "status": status, "processingDetails": details}

    def _threads(self, asked: Asked) -> Answer:
        self._seen(asked)
        video = self.videos.get(asked.query.get("videoId", ""))
        if video is None:
            return failure(404, "videoNotFound", "The video could not be found.")
        if video.comments_closed:
            message = 'The video has <a href="/youtube/faq">disabled comments</a>.'
            return failure(403, "commentsDisabled", message)
        return _paged("youtube#commentThreadListResponse", video.threads, asked)

    def _replies(self, asked: Asked) -> Answer:
        self._seen(asked)
        thread = self._thread(asked.query.get("parentId", ""))
        return _paged("youtube#commentListResponse", thread["replies"]["comments"], asked)

    def _reply(self, asked: Asked) -> Answer:
        grant = self._allowed(asked, *_WRITE)
        snippet = asked.json()["snippet"]
        thread = self._thread(snippet["parentId"])
        if self.videos[thread["snippet"]["videoId"]].comments_closed:
            return failure(403, "commentsDisabled", "The video has disabled comments.")
        replies = thread["replies"]["comments"]
        channel_id, title = self.channels[grant.account][0]
        made = _comment(f"{thread['id']}.{len(replies) + 1}", snippet["textOriginal"], title, thread["id"])
        made["snippet"]["authorChannelId"] = {"value": channel_id}
        replies.append(made)
        thread["snippet"]["totalReplyCount"] = len(replies)
        return Answer(200, made)

    def _thread(self, thread_id: str) -> Json:
        for video in self.videos.values():
            for thread in video.threads:
                if thread["id"] == thread_id:
                    return thread
        raise failure(404, "parentCommentNotFound", "The comment could not be found.")

    # Live

    def _announce(self, asked: Asked) -> Answer:
        self._allowed(asked, *_WRITE)
        made = f"live-{len(self.broadcasts) + 1}"
        resource = asked.json()
        self.broadcasts[made] = {
            "kind": "youtube#liveBroadcast",
            "id": made,
            "snippet": {**resource["snippet"], "liveChatId": f"chat-{made}"},
            "status": resource["status"] | {"lifeCycleStatus": "created"},
            "contentDetails": dict(resource.get("contentDetails", {})),
        }
        return Answer(200, self.broadcasts[made])

    def _broadcasts(self, asked: Asked) -> Answer:
        self._allowed(asked, *_READ)
        wanted = asked.query.get("id")
        items = [one for key, one in self.broadcasts.items() if wanted in (None, key)]
        return _paged("youtube#liveBroadcastListResponse", items, asked)

    def _bind(self, asked: Asked) -> Answer:
        self._allowed(asked, *_WRITE)
        found = self.broadcasts.get(asked.query.get("id", ""))
        if found is None:
            return failure(404, "liveBroadcastNotFound", "The broadcast does not exist.")
        found["contentDetails"]["boundStreamId"] = asked.query["streamId"]
        return Answer(200, found)

    def _messages(self, asked: Asked) -> Answer:
        self._allowed(asked, *_READ)
        if self.chat_ended:
            return failure(403, "liveChatEnded", "The live chat is no longer live.")
        at = int(asked.query.get("pageToken", "0"))
        page = self.chat[at : at + PAGE]
        return Answer(
            200,
            {
                "kind": "youtube#liveChatMessageListResponse",
                "nextPageToken": str(at + len(page)),
                "pollingIntervalMillis": 2500,
                "items": page,
            },
        )

    # Analytics

    def _report(self, asked: Asked) -> Answer:
        self._allowed(asked, f"{_SCOPE}yt-analytics.readonly")
        names = [*asked.query["dimensions"].split(","), *asked.query["metrics"].split(",")]
        columns = [{"name": name, "columnType": "METRIC", "dataType": "FLOAT"} for name in names]
        answer: Json = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": columns}
        # A row with a video in it is told of that video alone, where one is asked about.
        video = re.search(r"video==([^;]+)", asked.query.get("filters", ""))
        every = self.reports.get(asked.query["dimensions"], [])
        found = [row for row in every if video is None or row.get("video", video[1]) == video[1]]
        if found:
            answer["rows"] = [[row.get(name) for name in names] for row in found]
        return Answer(200, answer)

    # Who asks

    def _allowed(self, asked: Asked, *scopes: str) -> Grant:
        try:
            return self._grants.check("google", asked.token, *scopes)
        except Refused as refused:
            if refused.why == "scope":
                reason = {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                }
                raise failure(403, "insufficientPermissions", "Insufficient Permission", reason) from None
            raise failure(401, "authError", "Request had invalid authentication credentials.") from None

    def _seen(self, asked: Asked) -> None:
        key = asked.headers.get("x-goog-api-key", asked.query.get("key"))
        if key is None:
            self._allowed(asked, *_READ)
        elif key != KEY:
            reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
            raise failure(400, "badRequest", "API key not valid. Please pass a valid API key.", reason)

    def _owns(self, grant: Grant, video: Video) -> bool:
        return video.channel in {each for each, _ in self.channels.get(grant.account, [])}

    def _own(self, asked: Asked, video_id: str) -> Video:
        grant = self._allowed(asked, *_UPLOAD)
        video = self.videos.get(video_id)
        if video is None or not self._owns(grant, video):
            raise failure(404, "videoNotFound", "The video could not be found.")
        return video


def failure(status: int, reason: str, message: str, *details: Json) -> Answer:
    """Return an error body as the Data API makes them."""
    error: Json = {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": "youtube.api", "reason": reason}],
    }
    if details:
        error["details"] = list(details)
    return Answer(status, {"error": error})


def message(number: int, text: str, kind: str = "textMessageEvent") -> Json:
    """Return a message of a live chat."""
    return {
        "kind": "youtube#liveChatMessage",
        "id": f"message-{number}",
        "snippet": {"type": kind, "displayMessage": text, "publishedAt": "2026-11-23T20:00:00.000000+00:00"},
        "authorDetails": {"channelId": f"UC-{number}", "displayName": f"@viewer{number}", "isChatModerator": False},
    }


def _comment(comment_id: str, text: str, author: str, parent: str | None) -> Json:
    snippet: Json = {
        "textDisplay": text,
        "textOriginal": text,
        "authorDisplayName": author,
        "authorChannelId": {"value": f"UC-{author}"},
        "likeCount": 0,
        "publishedAt": "2026-11-20T10:00:00Z",
        "updatedAt": "2026-11-20T10:00:00Z",
    }
    if parent:
        snippet["parentId"] = parent
    return {"kind": "youtube#comment", "id": comment_id, "snippet": snippet}


def _paged(kind: str, items: list[Json], asked: Asked) -> Answer:
    at = int(asked.query.get("pageToken", "0"))
    size = min(PAGE, int(asked.query.get("maxResults", PAGE)))
    answer: Json = {"kind": kind, "items": items[at : at + size]}
    if at + size < len(items):
        answer["nextPageToken"] = str(at + size)
    return Answer(200, answer)


def _wrong_with(resource: Json) -> str | None:
    snippet, status = resource.get("snippet", {}), resource.get("status", {})
    title, described = snippet.get("title", ""), snippet.get("description", "")
    if not 0 < len(title) <= 100 or {"<", ">"} & set(title):
        return "invalidTitle"
    if len(described.encode()) > 5000 or {"<", ">"} & set(described):
        return "invalidDescription"
    tags = [f'"{tag}"' if " " in tag else tag for tag in snippet.get("tags", [])]
    if len(",".join(tags)) > 500:
        return "invalidTags"
    if "publishAt" in status and status.get("privacyStatus") != "private":
        return "invalidPublishAt"
    return None
