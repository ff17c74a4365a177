"""Measuring: what each network counts of an owner's posts, account by account, and why one says nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from studio.channels.http import Access
from studio.domain.base import Phrase, Value
from studio.domain.connection import LABELS, NetworkName
from studio.domain.errors import Conflict, NotConnected, NotFound, ProviderFailed, ProviderMissing, StudioError
from studio.domain.hooks import HookChoice
from studio.domain.measurement import MEASURED_FOR, CurvePoint, Snapshot, held_at, kind_of_hook
from studio.domain.pipeline import Step
from studio.domain.post import Post, PostStatus
from studio.entry.context import Studio

if TYPE_CHECKING:
    # Each network's client is imported where it is asked.
    from studio.channels.youtube import DayFigures, VideoFigures

MOST_POSTS = 200
"""So many posts are measured at once, the newest; with a question for each they fit into one run."""

_A_DAY = timedelta(days=1)
"""YouTube's days are California's: a stretch that begins a day early holds a post's first hours in every zone."""

_LONGEST_REPORT = 200
"""YouTube reports so many videos at once; of a channel with more, the others are asked for one by one."""

_NOT_MEASURED = "{} is not a network whose figures are read."


class AccountStatus(Value):
    """What came of asking one account. `measured` of its `posts` were counted; `sentence` says why not all were."""

    network: NetworkName
    account_id: str
    status: Literal["ok", "empty", "failed", "not_connected"]
    sentence: Phrase = ""
    posts: int
    measured: int


@dataclass(frozen=True)
class Asking:
    """One account's posts, to be asked about at one time."""

    posts: Sequence[Post]
    access: Access
    host: Callable[..., str]
    at: datetime


type _Reader = Callable[[Asking], Iterator[Snapshot]]


def measurable(posts: Iterable[Post], at: datetime) -> list[Post]:
    """Return the posts that are out and young enough to be measured, newest first, at most MOST_POSTS."""
    out = [
        post
        for post in posts
        if post.status in (PostStatus.PUBLISHED, PostStatus.SCHEDULED)
        and post.external_id
        and timedelta() <= at - out_since(post) <= MEASURED_FOR
    ]
    return sorted(out, key=lambda post: (out_since(post), post.post_id), reverse=True)[:MOST_POSTS]


def out_since(post: Post) -> datetime:
    """Return when a post came out; when it was made, where nobody noted it."""
    return post.published_at or post.created_at


def measure(studio: Studio, posts: Sequence[Post]) -> list[AccountStatus]:
    """Ask every account about its posts and keep what they say. Never raises because of a network."""
    by_account: dict[tuple[NetworkName, str], list[Post]] = {}
    for post in posts:
        by_account.setdefault((post.network, post.account_id), []).append(post)
    hooks = cache(lambda episode_id: _hooks_of(studio, episode_id))
    return [_measured(studio, network, account, own, hooks) for (network, account), own in sorted(by_account.items())]


def _measured(
    studio: Studio, network: NetworkName, account: str, posts: list[Post], hooks: Callable[[str], HookChoice | None]
) -> AccountStatus:
    by_id = {post.post_id: post for post in posts}
    count, sentence = 0, ""
    status: Literal["ok", "empty", "failed", "not_connected"] = "ok"
    try:
        read = _READERS.get(network)
        if read is None:
            raise ProviderFailed(_NOT_MEASURED.format(LABELS[network]))
        _, access = studio.accounts.access(network, account)
        for snapshot in read(Asking(posts, access, studio.accounts.host, studio.clock())):
            post = by_id[snapshot.post_id]
            kind = kind_of_hook(post, hooks(post.episode_id))
            studio.measurements.add(post, snapshot, out_since(post), kind)
            count += 1
    except (NotConnected, ProviderMissing, Conflict) as error:
        status, sentence = "not_connected", str(error)
    except StudioError as error:
        # What was counted before stays counted.
        status, sentence = "failed", str(error)
    if status == "ok" and count < len(posts):
        status = "ok" if count else "empty"
        sentence = f"{LABELS[network]} says nothing yet of {len(posts) - count} of {len(posts)} posts."
    return AccountStatus(
        network=network, account_id=account, status=status, sentence=sentence[:300], posts=len(posts), measured=count
    )


def _hooks_of(studio: Studio, episode_id: str) -> HookChoice | None:
    record = studio.episodes.stage(episode_id, Step.HOOKS)
    part = record.part("hooks") if record else None
    return HookChoice.model_validate_json(part.document) if part else None


def _youtube(asking: Asking) -> Iterator[Snapshot]:
    """Totals of all videos in one report, those that are not among the most viewed by themselves, and each's curve.

    A video that no report knows is not one with 0 views: figures come two to three days late.
    """
    from studio.channels.youtube import YouTubeAnalytics

    reports = YouTubeAnalytics(asking.host("youtube_analytics"), asking.access, clock=lambda: asking.at)
    today = asking.at.date()
    starts = {post.post_id: out_since(post).date() - _A_DAY for post in asking.posts}
    known = {row.video_id: row for row in reports.by_video(min(starts.values()), today, limit=_LONGEST_REPORT)}
    for post in asking.posts:
        row: VideoFigures | DayFigures | None = known.get(post.external_id)
        if row is None and len(known) >= _LONGEST_REPORT:
            row = _summed(reports.daily(starts[post.post_id], today, post.external_id))
        if row is None:
            continue
        # Of no views there is no average, and a 0 in its place would say that people left at once.
        share = row.average_percent / 100 if row.views and row.average_percent else None
        seconds = row.average_seconds if row.views and row.average_seconds else None
        length = seconds / share if seconds and share else None
        curve = (
            tuple(
                CurvePoint(elapsed=point.elapsed, watching=point.watching)
                for point in reports.retention(post.external_id, starts[post.post_id], today)
            )
            if row.views
            else ()
        )
        yield Snapshot(
            post_id=post.post_id,
            episode_id=post.episode_id,
            network=NetworkName.YOUTUBE,
            at=asking.at,
            source="youtube_analytics",
            views=row.views,
            likes=row.likes,
            comments=row.comments,
            shares=row.shares,
            watch_seconds=row.minutes_watched * 60,
            average_seconds=seconds,
            average_share=share,
            length_seconds=length,
            curve=curve,
            held=held_at(curve, length),
        )


def _summed(days: "Sequence[DayFigures]") -> "DayFigures | None":
    """Return the figures of days as one; None for no days. Averages are weighed by views."""
    if not days:
        return None
    views = sum(day.views for day in days)
    added = ("likes", "comments", "shares", "minutes_watched", "subscribers_gained")
    averaged = ("average_seconds", "average_percent")
    return days[-1].model_copy(
        update={"views": views}
        | {name: sum(getattr(day, name) for day in days) for name in added}
        | {name: sum(getattr(day, name) * day.views for day in days) / (views or 1) for name in averaged}
    )


def _tiktok(asking: Asking) -> Iterator[Snapshot]:
    from studio.channels.tiktok import TikTok

    by_id = {post.external_id: post for post in asking.posts}
    for video in TikTok(asking.host("tiktok"), asking.access).metrics(list(by_id)):
        if video.id not in by_id:
            continue
        post = by_id[video.id]
        yield Snapshot(
            post_id=post.post_id,
            episode_id=post.episode_id,
            network=NetworkName.TIKTOK,
            at=asking.at,
            source="tiktok_video_query",
            views=video.view_count,
            likes=video.like_count,
            comments=video.comment_count,
            shares=video.share_count,
            length_seconds=video.duration or None,
        )


def _instagram(asking: Asking) -> Iterator[Snapshot]:
    from studio.channels.instagram import Instagram

    account = Instagram(asking.host("instagram"), asking.access)
    for post in asking.posts:
        try:
            reel = account.media(post.external_id).media_product_type == "REELS"
            told = account.insights(post.external_id, reel=reel)
        except (NotFound, ProviderFailed):
            # Taken down, or of a kind that has no figures: the others have.
            continue
        total, average = told.ig_reels_video_view_total_time, told.ig_reels_avg_watch_time
        yield Snapshot(
            post_id=post.post_id,
            episode_id=post.episode_id,
            network=NetworkName.INSTAGRAM,
            at=asking.at,
            source="instagram_insights",
            views=told.views,
            likes=told.likes,
            comments=told.comments,
            shares=told.shares,
            watch_seconds=None if total is None else total / 1000,
            average_seconds=average / 1000 if average else None,
        )


def _x(asking: Asking) -> Iterator[Snapshot]:
    from studio.channels.x import X

    by_id = {post.external_id: post for post in asking.posts}
    for post_id, told in X(asking.host("x"), asking.access).metrics(list(by_id)).items():
        if post_id not in by_id:
            continue
        post = by_id[post_id]
        passed_on = [count for count in (told.retweet_count, told.quote_count) if count is not None]
        yield Snapshot(
            post_id=post.post_id,
            episode_id=post.episode_id,
            network=NetworkName.X,
            at=asking.at,
            source="x_public_metrics",
            views=told.impression_count,
            likes=told.like_count,
            comments=told.reply_count,
            shares=sum(passed_on) if passed_on else None,
        )


_READERS: dict[NetworkName, _Reader] = {
    NetworkName.YOUTUBE: _youtube,
    NetworkName.TIKTOK: _tiktok,
    NetworkName.INSTAGRAM: _instagram,
    NetworkName.X: _x,
}
