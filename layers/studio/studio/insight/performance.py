"""What stands out among posts: growth beside a post's own past, size beside other posts at the same age; and groups."""

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum

from studio.domain.base import Value
from studio.domain.measurement import Track
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval, wilson
from studio.insight.robust import RobustZ, Velocity, median, robust_z, velocity


class Against(StrEnum):
    """What a post is held against."""

    ITSELF = "itself"
    OTHERS = "others"


class Anomaly(Value):
    """Something that stands out by a robust z beyond 3.5, to either side."""

    against: Against
    z: float
    n: int
    sentence: str


class PostGroup(Value):
    """Posts that have something in common, of one episode or, where that is empty, of all. `views` are of the posts
    that say; None where none does.

    `stayed` of `watched` viewers were still there after the hook, over `measured` posts; `held` is that share with its
    95 % Wilson interval, as if every view were another viewer: posts differ more than that, so it is too narrow. None
    without any.
    """

    name: str
    episode_id: str
    posts: int
    views: int | None
    measured: int
    stayed: int
    watched: int
    held: Interval | None


def growth(track: Track) -> Velocity | Insufficient:
    """Return how fast a post's views grow, beside how fast they did."""
    return velocity([(point.hours, float(point.views)) for point in track.course])


def beside_others(track: Track, others: Iterable[Track]) -> RobustZ | Insufficient:
    """Return how unusual a post's views are beside those of other posts on its network at the same age.

    On a scale of ratios, log(1 + views), because views are as often half as they are double. Counts below the noise of
    counting, 1/√views, are no news. What no network told counts for nothing, on either side.
    """
    age, views = track.course[-1].hours if track.course else 0.0, track.latest.views
    if views is None:
        return Insufficient(need=1, have=0, of="counts of views")
    found = [
        known
        for other in others
        if other.network is track.network and other.post_id != track.post_id
        if (known := other.views_at(age)) is not None
    ]
    noise = 1 / math.sqrt(max(1.0, median(found))) if found else 0.0
    told = robust_z(math.log1p(views), [math.log1p(known) for known in found], noise=noise)
    return told if isinstance(told, RobustZ) else Insufficient(need=told.need, have=told.have, of="posts of that age")


def anomalies(track: Track, speed: Velocity | Insufficient, beside: RobustZ | Insufficient) -> tuple[Anomaly, ...]:
    """Return what stands out of a post, each as a sentence."""
    found = []
    against = speed.against_before if isinstance(speed, Velocity) else None
    if isinstance(speed, Velocity) and isinstance(against, RobustZ) and against.unusual:
        usual = speed.usual_per_hour or 0.0
        said = f"It gains {speed.per_hour:,.1f} views an hour; {usual:,.1f} is usual for it."
        found.append(Anomaly(against=Against.ITSELF, z=round(against.z, 2), n=against.n, sentence=said))
    if isinstance(beside, RobustZ) and beside.unusual:
        usual = math.expm1(beside.centre)
        said = f"It has {track.latest.views:,} views; {beside.n} other posts there had about {usual:,.0f} at its age."
        found.append(Anomaly(against=Against.OTHERS, z=round(beside.z, 2), n=beside.n, sentence=said))
    return tuple(found)


def grouped(name: str, tracks: Sequence[Track], episode_id: str = "") -> PostGroup:
    """Return what these posts have come to together."""
    views = [track.latest.views for track in tracks if track.latest.views is not None]
    held = [(t.latest.held, t.latest.views) for t in tracks if t.latest.held is not None and t.latest.views]
    watched = sum(count for _, count in held if count)
    stayed = sum(round(share * count) for share, count in held if share is not None and count)
    return PostGroup(
        name=name,
        episode_id=episode_id,
        posts=len(tracks),
        views=sum(views) if views else None,
        measured=len(held),
        stayed=stayed,
        watched=watched,
        held=wilson(stayed, watched) if watched else None,
    )
