"""sales-funnel-bot: how many come how far on the way to paying, where most are lost, and what to try next."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from studio.craft import next_steps
from studio.domain.audience import AudienceEvent, AudienceStage, Revenue, summary_of
from studio.domain.base import Id, Instant, Value
from studio.domain.journey import WAY, grouped, reached
from studio.entry import Studio, bot
from studio.insight.funnel import Drop, Funnel, FunnelStage, funnel
from studio.insight.insufficient import Insufficient

MOST_SEGMENTS = 20


class Segmented(StrEnum):
    """What the audience is told apart by."""

    CHANNEL = "channel"
    VARIANT = "variant"
    EPISODE = "episode"
    LINK = "link"


class FunnelRequest(Value):
    """Which episode, all where left out, over how many days, and what to tell apart."""

    episode_id: Id | None = None
    days: int = Field(default=30, ge=1, le=365)
    by: tuple[Segmented, ...] = (Segmented.CHANNEL, Segmented.VARIANT)


class Segment(Value):
    """The funnel of one channel, variant, episode or link. `name` is empty for those of whom it is not known."""

    by: Segmented
    name: str
    funnel: Funnel


class FunnelReport(Value):
    """Who came how far between two instants. `not_measured`: stages that nobody was counted at, though later ones were.

    `next_steps` are for the largest drop-off; where it is too close to call, for each of those it may be. Refunds are
    in `revenue` and are no step. A stage counts visitors once where they are told apart, and everybody else by event.
    """

    start: Instant
    end: Instant
    funnel: Funnel | Insufficient
    not_measured: tuple[AudienceStage, ...]
    segments: tuple[Segment, ...]
    next_steps: tuple[str, ...]
    revenue: tuple[Revenue, ...]
    notes: tuple[str, ...]


def report_funnel(request: FunnelRequest, studio: Studio) -> FunnelReport:
    """Show where viewers are lost on the way to paying, with intervals, per channel and variant, and what to try."""
    if request.episode_id is not None:
        studio.episodes.get(request.episode_id)
    end = studio.clock()
    start = end - timedelta(days=request.days)
    events = list(studio.events.between(start, end, episode_id=request.episode_id))
    counts = reached(events)
    stages = _measured(counts)
    whole = (
        funnel(_stages(counts, stages))
        if len(stages) > 1
        else Insufficient(need=2, have=len(stages), of="stages with anybody in them")
    )
    segments = [segment for by in request.by for segment in _segments(events, by, stages)]
    return FunnelReport(
        start=start,
        end=end,
        funnel=whole,
        not_measured=tuple(stage for stage in _between(counts) if stage not in stages),
        segments=tuple(segments[:MOST_SEGMENTS]),
        next_steps=_next_steps(whole, counts),
        revenue=summary_of(events, start.date(), end.date()).revenue,
        notes=_notes(events, segments),
    )


def _between(counts: dict[AudienceStage, int]) -> Sequence[AudienceStage]:
    """Return the stages from the first to the last that anybody was counted at."""
    there = [index for index, stage in enumerate(WAY) if counts[stage]]
    return WAY[: there[-1] + 1] if there else ()


def _measured(counts: dict[AudienceStage, int]) -> list[AudienceStage]:
    """Return the stages to compare: a way without a form has no leads, and nobody is lost at it."""
    return [stage for stage in _between(counts) if counts[stage]]


def _stages(counts: dict[AudienceStage, int], stages: Sequence[AudienceStage]) -> list[FunnelStage]:
    return [FunnelStage(name=stage, count=counts[stage]) for stage in stages]


def _segments(events: Sequence[AudienceEvent], by: Segmented, stages: Sequence[AudienceStage]) -> list[Segment]:
    if len(stages) < 2:
        return []
    keys = {
        Segmented.CHANNEL: lambda event: str(event.channel),
        Segmented.VARIANT: lambda event: event.variant or "",
        Segmented.EPISODE: lambda event: event.episode_id or "",
        Segmented.LINK: lambda event: event.link or "",
    }
    groups = grouped(events, keys[by])
    if set(groups) == {""}:
        return []
    counted = {name: reached(group) for name, group in groups.items()}
    largest_first = sorted(counted, key=lambda name: (-max(counted[name].values()), name))
    return [Segment(by=by, name=name, funnel=funnel(_stages(counted[name], stages))) for name in largest_first]


def _next_steps(whole: Funnel | Insufficient, counts: dict[AudienceStage, int]) -> tuple[str, ...]:
    if isinstance(whole, Insufficient) or isinstance(whole.largest_drop, Insufficient):
        first = WAY[0] if not any(counts.values()) else None
        told = "Publish with a short link in every post" if first else "Count the next step too"
        return (f"{told} (POST /links), send events (POST /events) or import a CSV, and look again.",)
    worst = whole.largest_drop
    return tuple(next_steps().get(f"{worst.step.start}>{worst.step.end}", ())) + _more_data(worst)


def _more_data(worst: Drop) -> tuple[str, ...]:
    return () if worst.sure else ("Wait for more viewers before changing anything for good: it may be another step.",)


def _notes(events: Sequence[AudienceEvent], segments: Sequence[Segment]) -> tuple[str, ...]:
    notes = []
    if events and not any(event.visitor for event in events):
        notes.append("No event names a visitor, so people who came twice count twice.")
    unknown = sum(event.count for event in events if event.stage is AudienceStage.PAID and event.revenue is None)
    if unknown:
        notes.append(f"The amount of {unknown:,} payments is not known; they are in the funnel, not in the revenue.")
    if len(segments) > MOST_SEGMENTS:
        notes.append(f"Only the largest {MOST_SEGMENTS} of {len(segments)} segments are shown.")
    return tuple(notes)


handler = bot(report_funnel)
