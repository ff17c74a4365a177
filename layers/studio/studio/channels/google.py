"""Google's APIs as a network: a token or a key, and what their errors mean.

SOURCE: developers.google.com/youtube/v3/docs/errors and /youtube/v3/determine_quota_cost;
cloud.google.com/apis/design/errors for the newer shape of the same body.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from studio.channels.http import TIMEOUT, Access, Answer, Expired, Network, retry_after
from studio.domain.errors import Conflict, NotConnected, NotFound, ProviderFailed, StudioError, Throttled, Unavailable

_DAY_SPENT = {"quotaExceeded", "dailyLimitExceeded"}
_TOO_FAST = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_NOT_ALLOWED = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
_REASON = re.compile(r"[A-Za-z_]{1,60}")

_SENTENCES = {
    "accessNotConfigured": "{} is not switched on in the Google project of this studio.",
    "SERVICE_DISABLED": "{} is not switched on in the Google project of this studio.",
    "keyInvalid": "{} refused the studio's key.",
    "API_KEY_INVALID": "{} refused the studio's key.",
    "forbidden": "{} does not let this account do that.",
    "channelClosed": "{} has closed this channel.",
    "channelSuspended": "{} has suspended this channel.",
    "liveStreamingNotEnabled": "{} has not enabled live streaming for this channel. Enable it there; it takes a day.",
    "ineligibleAccount": "{} lets this account write no comments.",
    "commentTextTooLong": "{} takes no comment of this length.",
    "commentTextRequired": "{} takes no empty comment.",
    "invalidRegionCode": "{} knows no such region.",
}


class CommentsClosed(ProviderFailed):
    """The video's comments are switched off."""


class ChatClosed(ProviderFailed):
    """The live chat is over, or was switched off."""


def google_network(
    name: str,
    base_url: str,
    access: Access | None = None,
    *,
    key: str | None = None,
    wait: Callable[[float], None] = time.sleep,
    timeout: httpx2.Timeout = TIMEOUT,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Network:
    """Return one of Google's APIs. key: for public lists, where no account's token is needed."""
    return Network(
        name,
        base_url,
        access,
        refusal=lambda answer: meaning(name, answer, clock()),
        # In a header, because addresses are written down in more places.
        headers={"X-goog-api-key": key} if key else None,
        kin=("googleapis.com",),
        wait=wait,
        timeout=timeout,
    )


def meaning(name: str, answer: Answer, now: datetime) -> StudioError | None:
    """Return the error that an answer means; None for one that means none, or only what its status says.

    A body may carry an error under a 200, where the request went through a proxy or was one of a batch.
    """
    told: Any = answer.json()
    error = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return None
    code = error.get("code")
    status = code if answer.status < 300 and isinstance(code, int) else answer.status
    reasons = _reasons(error)
    reason = next(iter(reasons), "")
    if reasons & _DAY_SPENT:
        return Throttled(f"{name}'s quota for the day is spent.", _until_pacific_midnight(now))
    if reasons & _TOO_FAST:
        return Throttled(f"{name} asks for patience: too many calls.", retry_after(answer))
    if "uploadLimitExceeded" in reasons:
        return Throttled(f"{name} takes no more videos of this channel today.", 86_400.0)
    if "youtubeSignupRequired" in reasons:
        return NotConnected(f"This Google account has no {name} channel. Create one there, then connect again.")
    if reasons & _NOT_ALLOWED:
        return NotConnected(
            f"The connection to {name} lacks a permission. Connect it again and leave all boxes ticked."
        )
    if "commentsDisabled" in reasons:
        return CommentsClosed(f"Comments are switched off at {name} for this video.")
    if reasons & {"liveChatEnded", "liveChatDisabled"}:
        return ChatClosed(f"The chat at {name} is over.")
    if "captionExists" in reasons:
        return Conflict(f"{name} already has a caption track of this language and name.")
    sentence = next((_SENTENCES[each] for each in _SENTENCES if each in reasons), None)
    if sentence is not None:
        return ProviderFailed(sentence.format(name))
    if status == 401:
        return Expired()
    if status in (404, 410):
        return NotFound(f"{name} has no such thing, or not for this account.")
    if status == 429:
        return Throttled(f"{name} asks for patience: too many calls.", retry_after(answer))
    if status >= 500:
        return Unavailable(f"{name} answered {status}.", retry_after(answer), sent=True)
    return ProviderFailed(f"{name} refused the request ({status}{f', {reason}' if reason else ''}).")


def _reasons(error: dict[str, Any]) -> set[str]:
    told = []
    for entry in (*_list(error.get("errors")), *_list(error.get("details"))):
        if isinstance(entry, dict):
            told.append(entry.get("reason"))
    return {reason for reason in told if isinstance(reason, str) and _REASON.fullmatch(reason)}


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []


def _until_pacific_midnight(now: datetime) -> float:
    """Return the seconds until quotas are new: midnight in California, which is 08:00 UTC, in summer an hour early."""
    at = now.astimezone(UTC)
    midnight = at.replace(hour=8, minute=0, second=0, microsecond=0)
    return ((midnight if at < midnight else midnight + timedelta(days=1)) - at).total_seconds()
