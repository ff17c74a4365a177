"""What Reddit talks about: listings of a subreddit, for an account or for the application alone.

SOURCE: www.reddit.com/dev/api (GET [/r/subreddit]/hot, rising, top), and for the limits
support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki: 100 calls a minute, by a named client.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import httpx2
from pydantic import AliasPath, Field

from studio.channels.http import TIMEOUT, Access, Answer, Network, Received, retry_after
from studio.channels.oauth import USER_AGENT
from studio.domain.errors import Invalid, NotConnected, NotFound, StudioError, Throttled

Listing = Literal["hot", "rising", "top"]
Period = Literal["hour", "day", "week", "month", "year", "all"]

_NOBODY = ("[deleted]", "[removed]")


class Post(Received):
    """A post, with what speaks against showing it. score: votes for less votes against. permalink: a path."""

    post_id: str = Field(validation_alias=AliasPath("data", "name"))
    subreddit: str = Field(validation_alias=AliasPath("data", "subreddit"))
    title: str = Field(validation_alias=AliasPath("data", "title"))
    text: str = Field("", validation_alias=AliasPath("data", "selftext"))
    author: str = Field("[deleted]", validation_alias=AliasPath("data", "author"))
    permalink: str = Field(validation_alias=AliasPath("data", "permalink"))
    link: str = Field("", validation_alias=AliasPath("data", "url"))
    score: int = Field(0, validation_alias=AliasPath("data", "score"))
    comments: int = Field(0, validation_alias=AliasPath("data", "num_comments"))
    upvote_ratio: float | None = Field(None, validation_alias=AliasPath("data", "upvote_ratio"))
    created: float = Field(validation_alias=AliasPath("data", "created_utc"), ge=0, le=10**11)
    nsfw: bool = Field(False, validation_alias=AliasPath("data", "over_18"))
    pinned: bool = Field(False, validation_alias=AliasPath("data", "stickied"))
    removed_by: str | None = Field(None, validation_alias=AliasPath("data", "removed_by_category"))

    @property
    def created_at(self) -> datetime:
        """When it was posted."""
        return datetime.fromtimestamp(self.created, UTC)

    @property
    def deleted(self) -> bool:
        """Whether its author or a moderator took it away."""
        return self.removed_by is not None or self.author in _NOBODY or self.text in _NOBODY

    @property
    def fit(self) -> bool:
        """Whether it may stand for what people talk about: still there, for everybody, not pinned by a moderator."""
        return not (self.deleted or self.nsfw or self.pinned)

    @property
    def url(self) -> str:
        """Where it is discussed."""
        return f"https://www.reddit.com{self.permalink}"


class Allowance(Received):
    """How many calls are left until `seconds` from now; None where Reddit does not say."""

    remaining: float | None = None
    seconds: float | None = None


class Posts(Received):
    """A page of a listing, with everything in it. cursor: of the next page, None on the last."""

    posts: tuple[Post, ...] = ()
    cursor: str | None = None
    allowance: Allowance = Allowance()

    @property
    def fit(self) -> tuple[Post, ...]:
        """The posts that may stand for what people talk about."""
        return tuple(post for post in self.posts if post.fit)


class Reddit:
    """Listings. Methods raise what `http.Network.send` raises."""

    def __init__(
        self,
        base_url: str,
        access: Access,
        *,
        user_agent: str = USER_AGENT,
        wait: Callable[[float], None] = time.sleep,
        timeout: httpx2.Timeout = TIMEOUT,
    ) -> None:
        self._network = Network(
            "Reddit",
            base_url,
            access,
            refusal=_refusal,
            headers={"User-Agent": user_agent},
            wait=wait,
            timeout=timeout,
        )

    def listing(
        self,
        subreddit: str,
        kind: Listing = "hot",
        *,
        period: Period = "day",
        limit: int = 50,
        cursor: str | None = None,
    ) -> Posts:
        """Return a page of a subreddit's posts. limit: at most 100. period: what “top” is the top of.

        Raises Invalid for what is no subreddit's name, NotFound for one that is not there, closed or private.
        """
        if not re.fullmatch(r"[A-Za-z0-9_]{2,21}", subreddit):
            raise Invalid("A subreddit's name has 2 to 21 letters, digits and underscores.")
        # Without `raw_json` it escapes angle brackets and ampersands.
        asked = {"limit": str(min(max(limit, 1), 100)), "raw_json": "1"}
        if kind == "top":
            asked["t"] = period
        if cursor:
            asked["after"] = cursor
        answer = self._network.get(f"/r/{subreddit}/{kind}", asked)
        page = self._network.read(answer, _Page)
        return Posts(posts=page.posts, cursor=page.after, allowance=_allowance(answer))


class _Page(Received):
    posts: tuple[Post, ...] = Field(validation_alias=AliasPath("data", "children"))
    after: str | None = Field(None, validation_alias=AliasPath("data", "after"))


def _refusal(answer: Answer) -> StudioError | None:
    """Return what Reddit means. It may say no with a 200, and sends a browser to its search for what is not there."""
    told: Any = answer.json()
    error = told.get("error") if isinstance(told, dict) else None
    status = error if isinstance(error, int) and answer.status < 300 else answer.status
    reason = told.get("reason") if isinstance(told, dict) else None
    if status == 429:
        # It names the end of the stretch, and seldom Retry-After.
        return Throttled("Reddit asks for patience: too many calls.", retry_after(answer) or _allowance(answer).seconds)
    if status in (302, 404) or (status == 403 and reason in ("private", "quarantined", "gold_only")):
        return NotFound("Reddit has no such subreddit, or not for everybody.")
    # A page instead of JSON is the door being closed to this address, which no other token opens.
    if status == 403 and told is not None:
        return NotConnected("Reddit does not let this connection read that. Connect it again.")
    return None


def _allowance(answer: Answer) -> Allowance:
    return Allowance(
        remaining=_number(answer, "x-ratelimit-remaining"),
        seconds=_number(answer, "x-ratelimit-reset"),
    )


def _number(answer: Answer, header: str) -> float | None:
    told = answer.headers.get(header, "")
    return float(told) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", told) else None
