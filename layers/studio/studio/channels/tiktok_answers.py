"""What TikTok answers: how far a post is, counts, and its refusals in the studio's words."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from studio.channels.http import Answer, Expired, Received
from studio.channels.refusals import saying
from studio.domain.errors import NotConnected, ProviderFailed, StudioError, Throttled, Unavailable

HOUR = 3600.0

_NOT_ALLOWED = frozenset({"scope_not_authorized", "scope_permission_missed"})
_LATER = {
    "spam_risk_too_many_posts": "TikTok takes no more posts from this account today",
    "reached_active_user_cap": "TikTok lets no more people post through this application today",
    "spam_risk_too_many_pending_share": "TikTok already holds five posts of this account that wait for its owner",
}
_FAILED = {
    "file_format_check_failed": "TikTok does not take this file's format",
    "duration_check_failed": "TikTok does not take a video of this length",
    "frame_rate_check_failed": "TikTok does not take this frame rate",
    "picture_size_check_failed": "TikTok does not take a picture of this size",
    "internal": "TikTok failed to process the post; it may be sent again",
    "video_pull_failed": "TikTok could not fetch the video",
    "photo_pull_failed": "TikTok could not fetch the photos",
    "publish_cancelled": "The post was cancelled",
    "auth_removed": "The account's owner took back the permission while the post was being processed",
    "spam_risk_too_many_posts": "TikTok takes no more posts from this account today",
    "spam_risk_user_banned_from_posting": "TikTok has banned this account from posting",
    "spam_risk_text": "TikTok took the text for spam",
    "spam_risk": "TikTok took the post for spam",
}


def _ids(told: object) -> object:
    # Documented as a list of numbers; a single one has been seen, and so have strings.
    told = told if isinstance(told, list) else [] if told in (None, "") else [told]
    return [str(each) for each in told]


class Status(Received):
    """How far a post is. `uploaded_bytes`: what has come of a file that is sent in chunks."""

    status: str
    fail_reason: str | None = None
    post_ids: Annotated[list[str], BeforeValidator(_ids)] = Field(default=[], alias="publicaly_available_post_id")
    uploaded_bytes: int | None = None
    public: bool = True

    @property
    def published(self) -> bool:
        """Whether it is up, seen by whoever may see it."""
        return self.status == "PUBLISH_COMPLETE"

    @property
    def failed(self) -> str:
        """Why it failed, as a sentence; "" where it has not."""
        if self.status != "FAILED":
            return ""
        known = _FAILED.get(self.fail_reason or "")
        return f"{known}." if known else saying("TikTok failed to post it", self.fail_reason)

    @property
    def ask_again(self) -> float | None:
        """Seconds until asking makes sense. A public post has an id only once moderation is over: minutes, or hours."""
        if self.status in ("FAILED", "SEND_TO_USER_INBOX") or (self.published and (self.post_ids or not self.public)):
            return None
        return 60.0 if self.published else 5.0


class Video(Received, coerce_numbers_to_str=True):
    """A public video and its counts so far. `duration` in seconds, `create_time` in seconds since the epoch."""

    id: str
    title: str = ""
    video_description: str = ""
    duration: float = 0
    create_time: int = 0
    share_url: str = ""
    cover_image_url: str = ""
    view_count: int | None = None
    like_count: int | None = None
    comment_count: int | None = None
    share_count: int | None = None


class User(Received):
    """The connected account. What its owner did not allow to see is None."""

    open_id: str
    display_name: str = ""
    username: str = ""
    avatar_url: str = ""
    follower_count: int | None = None
    likes_count: int | None = None
    video_count: int | None = None


class Told[T: BaseModel](Received):
    """What every answer is wrapped in."""

    data: T


class Begun(Received):
    """A post that is announced, and where its bytes go."""

    publish_id: str
    upload_url: str = ""


class Videos(Received):
    """A page of videos."""

    videos: tuple[Video, ...] = ()
    cursor: int = 0
    has_more: bool = False


class Who(Received):
    """Who is connected."""

    user: User


def refusal(answer: Answer) -> StudioError | None:
    """Return what an answer refuses with: errors come with a 200 as well, and their code counts, not the status."""
    told = answer.json()
    error = told.get("error") if isinstance(told, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if not isinstance(error, dict) or not isinstance(code, str) or code == "ok":
        return None
    if code == "access_token_invalid":
        return Expired()
    if code in _NOT_ALLOWED:
        return NotConnected("TikTok has not been allowed to do this. Connect it again and allow all that is asked for.")
    if code in _LATER:
        # The day that counts is the last 24 hours, so a place may come free before tomorrow.
        return Throttled(f"{_LATER[code]}. It may be tried again later.", HOUR)
    if code == "rate_limit_exceeded":
        # Limits are per minute and account; TikTok names no time.
        return Throttled("TikTok asks for patience: too many calls.", 60.0)
    if answer.status >= 500 or code == "internal_error":
        return Unavailable("TikTok failed by itself.", sent=True)
    return ProviderFailed(saying(f"TikTok refused the request ({code})", error.get("message")))
