"""X's API v2: files in segments, posts, and what came of them.

SOURCE: docs.x.com/x-api/media/quickstart/media-upload-chunked, …/media/append-media-upload, …/posts/create-posts,
…/posts/get-posts-by-ids, …/users/get-posts, …/users/get-my-user,
docs.x.com/x-api/fundamentals/rate-limits (read 2026-11).
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

from studio.channels.http import LONGEST_ASKED, Access, Answer, Network, Received
from studio.channels.limits import Medium
from studio.channels.refusals import Duplicate, Gone, saying, words
from studio.channels.uploads import Progress, Read, piece, unnoticed
from studio.channels.x_post import MOST_SEGMENT, MOST_SEGMENTS, Upload, XPost, category, segment_bytes
from studio.domain.base import Instant
from studio.domain.errors import NotFound, ProviderFailed, StudioError, Throttled

NAME = "X"
PAGE = 100
"""The most posts in one question."""


class _ProcessingError(Received):
    message: str = ""
    name: str = ""


class Processing(Received):
    """How far a file is after its last segment. A file that needs no processing has succeeded."""

    state: Literal["pending", "in_progress", "succeeded", "failed"] = "succeeded"
    check_after_secs: float | None = None
    error: _ProcessingError | None = None

    @property
    def failed(self) -> str:
        """Why it failed, as a sentence; "" where it has not."""
        if self.state != "failed":
            return ""
        return saying("X could not process the file", self.error and (self.error.message or self.error.name))

    @property
    def ask_again(self) -> float | None:
        """Seconds until asking makes sense, as X says; None when it is over."""
        return None if self.state in ("succeeded", "failed") else self.check_after_secs or 5.0


class Posted(Received):
    """A post that is up."""

    id: str

    @property
    def url(self) -> str:
        """Where it is seen, whoever posted it."""
        return f"https://x.com/i/web/status/{self.id}"


class Listed(Posted):
    """A post of an account, as its list tells of it."""

    text: str = ""
    created_at: Instant


class Metrics(Received):
    """A post's public counts so far."""

    impression_count: int | None = None
    like_count: int | None = None
    reply_count: int | None = None
    retweet_count: int | None = None
    quote_count: int | None = None


class User(Received):
    """The connected account."""

    id: str
    name: str = ""
    username: str = ""


class _Media(Received):
    id: str
    processing_info: Processing = Processing()


class _Counted(Received):
    id: str
    public_metrics: Metrics = Metrics()


class _Told[T](Received):
    data: T | None = None
    errors: list[dict[str, Any]] = Field(default=[])


class X:
    """One account. clock: seconds since the epoch, in which X says when a limit is over."""

    def __init__(self, base_url: str, access: Access, *, clock: Callable[[], float] = time.time, **more: Any) -> None:
        self._network = Network(NAME, base_url, access, refusal=lambda answer: _refusal(answer, clock()), **more)

    def user(self) -> User:
        """Return who is connected."""
        return self._told(self._network.get("/2/users/me"), User)

    def begin(self, medium: Medium) -> Upload:
        """Announce a file. It belongs to no post yet, so one that is left alone does no harm.

        Raises ProviderFailed for a file that does not fit into X's segments, or that X does not take.
        """
        segment = segment_bytes(medium.size)
        if segment > MOST_SEGMENT:
            raise ProviderFailed(f"X takes files up to {MOST_SEGMENT * MOST_SEGMENTS:,} bytes.")
        body = {"media_type": medium.type, "media_category": category(medium), "total_bytes": medium.size}
        begun = self._told(self._network.post("/2/media/upload/initialize", again=True, json=body), _Media)
        return Upload(media_id=begun.id, size=medium.size, segment_bytes=segment)

    def send(self, upload: Upload, read: Read, *, from_offset: int = 0, progress: Progress = unnoticed) -> None:
        """Send the file's segments, from the one that holds `from_offset` on.

        X does not say what it has, and a segment sent again replaces itself, so after a break it is safe to go on from
        whatever is known to be there. Raises Unavailable where the connection breaks, Gone where X has forgotten it.
        """
        for index in range(from_offset // upload.segment_bytes, -(-upload.size // upload.segment_bytes)):
            start = index * upload.segment_bytes
            segment = piece(read, start, min(upload.segment_bytes, upload.size - start))
            self._network.post(
                f"/2/media/upload/{upload.media_id}/append",
                again=True,
                data={"segment_index": str(index)},
                files={"media": ("segment", segment, "application/octet-stream")},
            )
            progress(start + len(segment))

    def finish(self, upload: Upload) -> Processing:
        """Say that all segments are there. Raises ProviderFailed where X finds some missing."""
        answer = self._network.post(f"/2/media/upload/{upload.media_id}/finalize", again=True)
        return self._told(answer, _Media).processing_info

    def processing(self, media_id: str) -> Processing:
        """Return how far a finished file is."""
        answer = self._network.get("/2/media/upload", {"command": "STATUS", "media_id": media_id})
        return self._told(answer, _Media).processing_info

    def post(self, post: XPost, media_ids: Sequence[str] = ()) -> Posted:
        """Post. Raises Duplicate where X has the same text of this account already.

        After Unavailable with `sent` it may be up. X refuses the same text soon after, so posting again then ends in
        Duplicate rather than in two posts.
        """
        body: dict[str, Any] = {"text": post.text, "made_with_ai": post.made_with_ai}
        if post.paid_partnership:
            body["paid_partnership"] = True
        if media_ids:
            body["media"] = {"media_ids": list(media_ids)}
        if post.reply_to:
            body["reply"] = {"in_reply_to_tweet_id": post.reply_to}
        return self._told(self._network.post("/2/tweets", json=body), Posted)

    def recent(self, user_id: str) -> list[Listed]:
        """Return the account's latest posts, newest first: where a post whose answer was lost is looked for."""
        params = {"max_results": 25, "tweet.fields": "created_at,text"}
        answer = self._network.get(f"/2/users/{user_id}/tweets", params)
        # Without a post there is no `data`, and that is no refusal.
        return self._network.read(answer, _Told[list[Listed]]).data or []

    def metrics(self, post_ids: Sequence[str]) -> dict[str, Metrics]:
        """Return the counts of these posts by id; posts that are gone or hidden are left out."""
        found: dict[str, Metrics] = {}
        for start in range(0, len(post_ids), PAGE):
            ids = ",".join(post_ids[start : start + PAGE])
            answer = self._network.get("/2/tweets", {"ids": ids, "tweet.fields": "public_metrics"})
            for each in self._network.read(answer, _Told[list[_Counted]]).data or []:
                found[each.id] = each.public_metrics
        return found

    def _told[T: BaseModel](self, answer: Answer, schema: type[T]) -> T:
        told: _Told[T] = self._network.read(answer, _Told[schema])  # type: ignore[valid-type]
        if told.data is None:
            # A 200 that brings errors and nothing else.
            raise _said(told.errors[0] if told.errors else {}, answer.status)
        return told.data


def _refusal(answer: Answer, now: float) -> StudioError | None:
    if answer.status == 429:
        return Throttled("X asks for patience: this account or application has used up its calls.", _wait(answer, now))
    if not 400 <= answer.status < 500 or answer.status == 401:
        return None
    told = answer.json()
    problem = told if isinstance(told, dict) else {}
    errors = problem.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return _said({**first, **problem}, answer.status)


def _said(problem: dict[str, Any], status: int) -> StudioError:
    detail = words(problem.get("detail")) or words(problem.get("message")) or words(problem.get("title"))
    kind = str(problem.get("type", ""))
    if "duplicate" in detail.lower():
        return Duplicate("X has this text of this account already, so it was not posted again.")
    if status == 404 or "media id" in detail.lower():
        return Gone(saying("X no longer knows this upload. Begin it again", detail))
    if kind.endswith("/resource-not-found"):
        return NotFound("X does not have it, or does not show it to this account.")
    return ProviderFailed(saying("X refused the request", detail))


def _wait(answer: Answer, now: float) -> float | None:
    """Return the seconds until every limit that is used up is over: per window, and per day of user or application."""
    ends = []
    for limit in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"):
        reset = answer.headers.get(f"{limit}-reset", "")
        used_up = answer.headers.get(f"{limit}-remaining", "0") == "0"
        if used_up and reset.isascii() and reset.isdigit():
            ends.append(float(reset))
    return min(max(1.0, max(ends) - now), LONGEST_ASKED) if ends else None
