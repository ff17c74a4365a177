"""performance-tracking-bot: what each network measured of your posts, appended day by day, and what stands out."""

from collections.abc import Iterable
from itertools import groupby

from pydantic import Field

from studio import measuring
from studio.domain.base import Id, Instant, Phrase, Value
from studio.domain.connection import NetworkName
from studio.domain.hooks import HookKind
from studio.domain.measurement import Figures, Track
from studio.entry import Studio, bot
from studio.insight.insufficient import Insufficient
from studio.insight.performance import Anomaly, PostGroup, anomalies, beside_others, grouped, growth
from studio.insight.robust import RobustZ, Velocity
from studio.measuring import AccountStatus


class TrackingRequest(Value):
    """Which posts to measure: all that are out, where nothing is said."""

    episode_id: Id | None = None
    since: Instant | None = Field(default=None, description="Only posts that came out since then.")
    limit: int = Field(
        default=50, ge=1, le=100, description="How many posts to tell of, newest first; all are measured."
    )


class PostPerformance(Value):
    """A post's latest figures; what no network says is null. `held`: the share still there after three seconds.

    `growth` is in views an hour beside its own past, `beside_others` on a scale of log views beside your other posts on
    that network at the same age; either says what is missing where there is too little.
    """

    post_id: Id
    episode_id: Id
    network: NetworkName
    title: Phrase
    url: str
    variant: Phrase
    hook: Phrase
    hook_kind: HookKind | None
    published_at: Instant
    measured_at: Instant
    age_hours: float
    figures: Figures
    held: float | None
    growth: Velocity | Insufficient
    beside_others: RobustZ | Insufficient
    anomalies: tuple[Anomaly, ...]


class TrackingReport(Value):
    """What was measured now, and how the posts do. `accounts`: what came of asking each.

    `hooks` and `variants` group the posts of this report's episode and time.
    """

    at: Instant
    posts: tuple[PostPerformance, ...] = ()
    hooks: tuple[PostGroup, ...] = ()
    variants: tuple[PostGroup, ...] = ()
    accounts: tuple[AccountStatus, ...] = ()
    notes: tuple[str, ...] = ()


def track_performance(request: TrackingRequest, studio: Studio) -> TrackingReport:
    """Read what YouTube, TikTok, Instagram and X counted of your posts, keep it, and say what stands out.

    Figures are appended, one of each post an hour at most, and never changed. Posts that you told of by hand count too.
    """
    at = studio.clock()
    if request.episode_id is not None:
        studio.episodes.get(request.episode_id)
    posts = studio.posts.of_episode(request.episode_id) if request.episode_id else studio.posts.all()
    wanted = [p for p in posts if request.since is None or measuring.out_since(p) >= request.since]
    out = measuring.measurable(wanted, at)
    accounts = measuring.measure(studio, out)
    every = studio.measurements.tracks()
    shown = {post.post_id for post in wanted}
    tracks = sorted((t for t in every if t.post_id in shown), key=lambda t: (t.published_at, t.post_id), reverse=True)
    return TrackingReport(
        at=at,
        posts=tuple(_performance(track, every) for track in tracks[: request.limit]),
        hooks=_by_hook(tracks),
        variants=_by_variant(tracks),
        accounts=tuple(accounts),
        notes=_notes(len(wanted), len(out), len(tracks)),
    )


def _performance(track: Track, every: Iterable[Track]) -> PostPerformance:
    speed, beside = growth(track), beside_others(track, every)
    return PostPerformance(
        **track.model_dump(include=set(PostPerformance.model_fields) & set(Track.model_fields)),
        measured_at=track.latest.at,
        age_hours=round(track.age_hours, 2),
        figures=Figures(**track.latest.model_dump(include=set(Figures.model_fields))),
        held=track.latest.held,
        growth=speed,
        beside_others=beside,
        anomalies=anomalies(track, speed, beside),
    )


def _by_hook(tracks: Iterable[Track]) -> tuple[PostGroup, ...]:
    known = sorted((track for track in tracks if track.hook_kind), key=_hook)
    return tuple(grouped(kind, list(own)) for kind, own in groupby(known, key=_hook))


def _by_variant(tracks: Iterable[Track]) -> tuple[PostGroup, ...]:
    """Return groups by variant and episode: one episode's “A” is nothing to another's."""
    known = sorted((track for track in tracks if track.variant), key=_variant)
    return tuple(grouped(variant, list(own), episode) for (episode, variant), own in groupby(known, key=_variant))


def _hook(track: Track) -> str:
    return track.hook_kind or ""


def _variant(track: Track) -> tuple[str, str]:
    return track.episode_id, track.variant


def _notes(wanted: int, out: int, measured: int) -> tuple[str, ...]:
    notes = []
    if not wanted:
        notes.append(
            "There are no posts to measure. Publish one, or tell of one with POST /episodes/{episode_id}/posts."
        )
    elif out < wanted:
        notes.append(
            f"{wanted - out} of {wanted} posts are not measured: not out, without the network's id, or too old."
        )
    if out and not measured:
        notes.append("Nothing was measured yet; what each account said is under accounts.")
    return tuple(notes)


handler = bot(track_performance)
