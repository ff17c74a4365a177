"""Measurements: what a network counted of a post, when; how a post has done so far; and how long hooks hold people.

What a network does not say is None. It is never 0: nobody watching and nobody telling are two things.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from studio.domain.base import Heading, Id, Instant, Phrase, Value
from studio.domain.connection import AccountId, NetworkName
from studio.domain.hooks import HOOK_SECONDS, Hook, HookChoice, HookKind, Retention
from studio.domain.post import Post

MEASURED_FOR = timedelta(days=365)
"""So long a post is measured; its last figures stay."""

MOST_POINTS = 400
"""So many points of a post's course are kept, half of them its first ones: other posts are compared at that age."""

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class CurvePoint(Value):
    """A moment of a film: how far in it is, 0 to 1, and the share of views seen then, over 1 where people go back."""

    elapsed: Annotated[float, Field(ge=0, le=1)]
    watching: Share


class Figures(Value):
    """Totals since a post came out. average_share: of the film's length, in one view, over 1 where it is seen again."""

    views: Count | None = None
    likes: Count | None = None
    comments: Count | None = None
    shares: Count | None = None
    watch_seconds: Share | None = None
    average_seconds: Share | None = None
    average_share: Share | None = None


class Snapshot(Figures):
    """What one network said of one post at one time. held: the share of viewers still there after a hook's seconds.

    length_seconds: of the film, as the network knows it or as its averages imply.
    """

    post_id: Id
    episode_id: Id
    network: NetworkName
    at: Instant
    source: str
    length_seconds: Share | None = None
    curve: tuple[CurvePoint, ...] = ()
    held: Annotated[float, Field(ge=0, le=1)] | None = None


class Point(Value):
    """The views of a post at an age."""

    hours: Share
    views: Count


class Track(Value):
    """A post's course so far: its last snapshot, and its views by age. hook_kind: how it opens, where that is known."""

    post_id: Id
    episode_id: Id
    network: NetworkName
    account_id: AccountId
    title: Heading
    variant: Phrase = ""
    hook: Phrase = ""
    hook_kind: HookKind | None = None
    url: str = ""
    published_at: Instant
    latest: Snapshot
    course: tuple[Point, ...] = ()

    @property
    def age_hours(self) -> float:
        """How old it was when it was last measured."""
        return hours_between(self.published_at, self.latest.at)

    def views_at(self, hours: float) -> float | None:
        """Return its views at an age, in proportion between two measured ones; None outside of them."""
        for before, after in pairwise(self.course):
            if before.hours <= hours <= after.hours:
                part = (hours - before.hours) / (after.hours - before.hours)
                return before.views + part * (after.views - before.views)
        return next((float(point.views) for point in self.course if point.hours == hours), None)


def hours_between(start: Instant, end: Instant) -> float:
    """Return the hours that really passed, whatever clocks on walls were set to meanwhile; never less than 0."""
    # Of two times of one zone, a difference counts what its clocks showed.
    return max(0.0, (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600)


def followed(
    track: Track | None, post: Post, snapshot: Snapshot, published_at: Instant, kind: HookKind | None
) -> Track:
    """Return a post's course with another snapshot at its end. A snapshot older than the last adds nothing."""
    course = track.course if track else ()
    hours = round(hours_between(published_at, snapshot.at), 3)
    if snapshot.views is not None and (not course or hours > course[-1].hours):
        course = (*course, Point(hours=hours, views=snapshot.views))
        half = MOST_POINTS // 2
        course = course if len(course) <= MOST_POINTS else (*course[:half], *course[-half:])
    newest = track.latest if track and track.latest.at > snapshot.at else snapshot
    return Track(
        **post.model_dump(
            include={"post_id", "episode_id", "network", "account_id", "title", "variant", "hook", "url"}
        ),
        hook_kind=kind,
        published_at=published_at,
        latest=newest,
        course=course,
    )


def held_at(curve: Sequence[CurvePoint], length_seconds: float | None, seconds: float = HOOK_SECONDS) -> float | None:
    """Return the share of viewers still there after so many seconds, at most 1; None where it cannot be said.

    Between two moments of the curve in proportion. A film that is over by then has no such share.
    """
    if not length_seconds or seconds >= length_seconds:
        return None
    wanted = seconds / length_seconds
    for before, after in pairwise(curve):
        if before.elapsed <= wanted <= after.elapsed and after.elapsed > before.elapsed:
            part = (wanted - before.elapsed) / (after.elapsed - before.elapsed)
            return min(1.0, before.watching + part * (after.watching - before.watching))
    # Longer films: a hook's seconds lie before the first moment that is told of, a hundredth in.
    return min(1.0, curve[0].watching) if curve and wanted < curve[0].elapsed else None


def kind_of_hook(post: Post, choice: HookChoice | None) -> HookKind | None:
    """Return what kind of hook a post opens with; None where nobody knows.

    By its own word where that is a kind, by the ranking where it is one of its hooks, and where the post says nothing,
    that of the episode itself.
    """
    told = post.hook.strip()
    if told.casefold() in set(HookKind):
        return HookKind(told.casefold())
    if choice is None:
        return None
    if not told:
        return choice.chosen.kind
    return next((entry.hook.kind for entry in choice.ranking if told in _names(entry.hook)), None)


def retention_by_hook(tracks: Iterable[Track]) -> dict[HookKind, Retention]:
    """Return what share of viewers each kind of hook held, the mean over posts; kinds never measured are left out."""
    held: dict[HookKind, list[float]] = {}
    for track in tracks:
        if track.hook_kind is not None and track.latest.held is not None:
            held.setdefault(track.hook_kind, []).append(track.latest.held)
    return {
        kind: Retention(kind=kind, mean=round(sum(shares) / len(shares), 4), n=len(shares))
        for kind, shares in sorted(held.items())
    }


def _names(hook: Hook) -> set[str]:
    return {hook.said, hook.title}
