"""What Instagram answers: how far a container is, what is left of the day, counts, and its refusals in our words.

SOURCE: developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes, …/ig-container,
developers.facebook.com/docs/graph-api/guides/error-handling, …/graph-api/overview/rate-limiting (read 2026-11).
"""

import json
from typing import Any

from studio.channels.http import LONGEST_ASKED, Answer, Expired, Received
from studio.channels.refusals import Gone, saying
from studio.domain.errors import Conflict, NotConnected, ProviderFailed, StudioError, Throttled, Unavailable

HOUR = 3600.0
PERIOD = 60.0
"""Instagram asks that a container be looked at once a minute, for no more than five."""

_TOO_OFTEN = frozenset({4, 17, 32, 613})
_BY_ITSELF = frozenset({-1, 1, 2})
_NOT_ALLOWED = frozenset({3, 10, 190_200, *range(200, 300)})
_SPAM = 2_207_051
_QUOTA = 2_207_042
_NOT_READY = 2_207_027
_CONTAINER_GONE = frozenset({2_207_020, 2_207_008, 2_207_006})


class _Uploading(Received):
    status: str = ""
    bytes_transferred: int = 0


class _VideoStatus(Received):
    uploading_phase: _Uploading = _Uploading()


class Container(Received):
    """A post that waits to be published, for 24 hours. `came`: how many bytes of a file that is sent are there."""

    status_code: str
    status: str = ""
    video_status: _VideoStatus = _VideoStatus()

    @property
    def came(self) -> int:
        """Bytes that are there, of a file that is sent rather than fetched."""
        return self.video_status.uploading_phase.bytes_transferred

    @property
    def ready(self) -> bool:
        """Whether it can be published."""
        return self.status_code == "FINISHED"

    @property
    def published(self) -> bool:
        """Whether it has been."""
        return self.status_code == "PUBLISHED"

    @property
    def failed(self) -> str:
        """Why nothing will come of it, as a sentence; "" where something will."""
        if self.status_code == "EXPIRED":
            return "Instagram dropped the post, because it was not published within a day. Begin it again."
        if self.status_code != "ERROR":
            return ""
        return saying("Instagram could not process the post", self.status.removeprefix("Error: "))

    @property
    def ask_again(self) -> float | None:
        """Seconds until asking makes sense; None once it is ready, published or failed."""
        return PERIOD if self.status_code == "IN_PROGRESS" else None


class Quota(Received):
    """Posts through interfaces: `used` of `total` in the last `seconds`."""

    used: int
    total: int = 100
    seconds: int = 86_400

    @property
    def left(self) -> int:
        """How many more may be published now."""
        return max(0, self.total - self.used)


class Insights(Received):
    """What came of a post. None where Instagram does not say: too early, or no such count for this kind of post.

    Times in milliseconds.
    """

    views: int | None = None
    reach: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saved: int | None = None
    total_interactions: int | None = None
    ig_reels_avg_watch_time: int | None = None
    ig_reels_video_view_total_time: int | None = None


class Media(Received, coerce_numbers_to_str=True):
    """A post that is up."""

    id: str
    caption: str = ""
    permalink: str = ""
    timestamp: str = ""
    media_product_type: str = ""


class User(Received, coerce_numbers_to_str=True):
    """The connected professional account."""

    user_id: str
    username: str = ""
    followers_count: int | None = None
    media_count: int | None = None


class Made(Received, coerce_numbers_to_str=True):
    """Something made. `uri`: where its bytes go, for a file that is sent."""

    id: str
    uri: str = ""


class Listed[T](Received):
    """A page of things."""

    data: list[T]


def refusal(answer: Answer) -> StudioError | None:
    """Return what an answer refuses with, whatever its status: the code counts."""
    told = answer.json()
    if not isinstance(told, dict):
        return None
    error, upload = told.get("error"), told.get("debug_info")
    if isinstance(upload, dict):
        return _upload_refusal(upload, answer)
    if not isinstance(error, dict):
        return None
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    said = error.get("error_user_msg") or error.get("message")
    if subcode == _SPAM:
        return ProviderFailed(saying("Instagram blocks this account's posting for now, as if it were spam", said))
    if subcode == _QUOTA or code == 9:
        # The day is the last 24 hours, so a place may come free before tomorrow.
        return Throttled("Instagram takes no more posts from this account today. It may be tried again later.", HOUR)
    if subcode in _CONTAINER_GONE:
        return Gone("Instagram no longer has this post in preparation. Begin it again.")
    if subcode == _NOT_READY:
        return Conflict("Instagram is not done with the file yet, so it cannot be published.")
    if code in (102, 190):
        return Expired()
    if code in _TOO_OFTEN:
        return Throttled("Instagram asks for patience: too many calls.", _wait(answer))
    if code in _NOT_ALLOWED:
        return NotConnected(saying("Instagram has not been allowed to do this. Connect it again", said))
    if error.get("is_transient") or code in _BY_ITSELF or answer.status >= 500:
        return Unavailable("Instagram failed by itself.", sent=True)
    return ProviderFailed(saying("Instagram refused the request", said))


def _number(told: object) -> int | None:
    return told if isinstance(told, int) else None


def _upload_refusal(told: dict[str, Any], answer: Answer) -> StudioError:
    kind, message = told.get("type"), told.get("message")
    if kind == "NotAuthorizedError":
        return Expired()
    if told.get("retriable") or answer.status >= 500:
        return Unavailable("Instagram broke off the upload.", sent=True)
    return ProviderFailed(saying("Instagram refused the file", message))


def _wait(answer: Answer) -> float | None:
    """Return the seconds until calls are taken again: `X-Business-Use-Case-Usage` estimates them in minutes."""
    try:
        usage = json.loads(answer.headers.get("x-business-use-case-usage", "{}"))
        told = [float(each.get("estimated_time_to_regain_access", 0)) for cases in usage.values() for each in cases]
    except (ValueError, AttributeError, TypeError):
        return None
    minutes = [each for each in told if each > 0]
    return min(max(minutes) * 60, LONGEST_ASKED) if minutes else None
