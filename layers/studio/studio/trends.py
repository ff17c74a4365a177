"""Trends for an owner: sources asked, topics told apart and ranked beside what was seen before, and all of it kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from studio.craft import topic_words
from studio.domain.base import Instant, Phrase, Value
from studio.domain.project import Brief
from studio.domain.topics import (
    COUNTED,
    Evidence,
    Sighting,
    Source,
    Topic,
    TopicSnapshot,
    is_sensitive,
    merged,
    region_of,
)
from studio.domain.trend_fit import FitGrade, TopicFit
from studio.entry.context import Studio
from studio.insight.insufficient import Insufficient
from studio.insight.robust import Velocity
from studio.insight.trending import WINDOW, Heat, ranked
from studio.listening import SourceStatus, listen

SUBREDDITS = ("popular",)
ELSEWHERE = "US"
"""Where is listened when neither the request nor the show's locale names a country."""


class SeenAt(Value):
    """Where a topic stands in one list. `count` of `counted`, for searches at least so many; null where not told."""

    source: Source
    where: str
    place: int
    among: int
    count: int | None
    counted: str


class Trend(Value):
    """A topic. `score` orders them and means nothing else; `first_seen` is by the studio, `started_at` by a source.

    `velocity` is in counts an hour of `velocity_of`, with its robust z beside the time before, or what is missing for
    one. `why` and `fit` are a writer's, and empty where none was asked.
    """

    rank: int
    title: str
    score: float
    first_seen: Instant
    started_at: Instant | None
    age_hours: float
    velocity: Velocity | Insufficient
    velocity_of: str
    spike: bool
    seen: tuple[SeenAt, ...]
    links: tuple[Evidence, ...]
    sensitive: bool
    why: Phrase = ""
    fit: FitGrade | None = None


@dataclass(frozen=True)
class Look:
    """What there is, hottest first, those apart that look like news of death or violence.

    as_of: when it was seen, None for nothing at all. stored: no source answered, so this is what was seen last.
    """

    as_of: datetime | None
    age_hours: float
    stored: bool
    suggested: list[Heat]
    sensitive: list[Heat]
    sources: tuple[SourceStatus, ...]
    notes: tuple[str, ...]


def regions_for(brief: Brief | None) -> tuple[str, ...]:
    """Return the country of a show, by its locale."""
    found = region_of(brief.locale, topic_words().regions) if brief else None
    return (found or ELSEWHERE,)


def look(studio: Studio, regions: Sequence[str], subreddits: Sequence[str]) -> Look:
    """Ask all sources, keep what they say, and return it ranked; what was seen last, where none of them answers."""
    now, words = studio.clock(), topic_words()
    heard = listen(studio.accounts, regions, subreddits)
    places = (*regions, *(f"r/{name}" for name in subreddits))
    history = [snapshot for where in places for snapshot in studio.trends.since(where, now - WINDOW)]
    if any(status.answered for status in heard.sources):
        heats = ranked(merged(heard.sightings, words), history, words, now)
        studio.trends.add(_snapshots(heats, now))
        return _looked(heats, heard.sources, as_of=now, now=now)
    last = [snapshot for where in places for snapshot in studio.trends.latest(where)]
    if not last:
        note = "No source answered, and nothing was ever stored for these places. Try again later."
        return Look(None, 0.0, stored=True, suggested=[], sensitive=[], sources=heard.sources, notes=(note,))
    as_of = max(snapshot.at for snapshot in last)
    stored = merged((sighting for snapshot in last for sighting in snapshot.sightings), words)
    heats = ranked(stored, [*(s for s in history if s not in last), *last], words, as_of)
    return _looked(heats, heard.sources, as_of=as_of, now=now)


def told(heat: Heat, rank: int, fit: TopicFit | None = None, *, sensitive: bool = False) -> Trend:
    """Return a topic as it is shown."""
    seen = tuple(
        SeenAt(**s.model_dump(include={"source", "where", "place", "among", "count"}), counted=COUNTED[s.source])
        for s in heat.topic.sightings
    )
    return Trend(
        rank=rank,
        title=heat.topic.title,
        score=heat.score,
        first_seen=heat.first_seen,
        started_at=heat.topic.started_at,
        age_hours=heat.age_hours,
        velocity=heat.velocity,
        velocity_of=heat.velocity_of,
        spike=heat.spike,
        seen=seen,
        links=heat.topic.links,
        sensitive=sensitive,
        why=fit.why if fit else "",
        fit=fit.fit if fit else None,
    )


def _looked(heats: Sequence[Heat], sources: tuple[SourceStatus, ...], *, as_of: datetime, now: datetime) -> Look:
    words, stored = topic_words(), as_of < now
    aside = {heat.topic.key for heat in heats if is_sensitive(heat.topic, words)}
    age = (now - as_of).total_seconds() / 3600
    notes = [f"No source answered; this is what was seen {age:,.0f} hours ago."] if stored else []
    if heats and all(isinstance(heat.velocity, Insufficient) for heat in heats):
        notes.append("Nothing here was looked at before, so nothing can be said of how fast it grows.")
    elif heats and not any(_compared(heat) for heat in heats):
        notes.append(
            "Too few earlier counts to say whether anything grows faster than usual; each topic says how many."
        )
    return Look(
        as_of=as_of,
        age_hours=round(age, 2),
        stored=stored,
        suggested=[heat for heat in heats if heat.topic.key not in aside],
        sensitive=[heat for heat in heats if heat.topic.key in aside],
        sources=sources,
        notes=tuple(notes),
    )


def _compared(heat: Heat) -> bool:
    return isinstance(heat.velocity, Velocity) and not isinstance(heat.velocity.against_before, Insufficient)


def _snapshots(heats: Iterable[Heat], now: datetime) -> list[TopicSnapshot]:
    """Return what to keep: a topic at each of its places by itself."""
    return [
        TopicSnapshot(
            key=heat.topic.key,
            title=heat.topic.title,
            where=where,
            at=now,
            first_seen=heat.first_seen,
            sightings=here,
        )
        for heat in heats
        for where, here in _by_place(heat.topic).items()
    ]


def _by_place(topic: Topic) -> dict[str, tuple[Sighting, ...]]:
    found: dict[str, tuple[Sighting, ...]] = {}
    for sighting in topic.sightings:
        found[sighting.where] = (*found.get(sighting.where, ()), sighting)
    return found
