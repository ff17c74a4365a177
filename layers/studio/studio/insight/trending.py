"""How hot a topic is now: how high it stands and in how many places, whether it speeds up, and how old it is.

The weights are ours and say so; what is measured (counts, their growth, the first time it was seen) is told beside the
score, so that nobody has to believe it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from studio.domain.base import Instant, Value
from studio.domain.topics import Sighting, Topic, TopicSnapshot, Words, same, told_by
from studio.insight.insufficient import Insufficient
from studio.insight.robust import RobustZ, Velocity, decayed, velocity

HALF_LIFE_HOURS = 24.0
"""After so long a topic that does not move counts half. Daily news are the rhythm; the figure is a choice."""

WINDOW = timedelta(hours=48)
"""So far back counts are compared."""

_APART = timedelta(minutes=30)
"""Counts closer together than this are not compared: searches are told in steps, and a step in a minute is no speed."""

_ALONE = 0.5
"""What the top of one list is worth; each further list adds half of what is missing to 1."""

_MOST_Z = 10.0


class Heat(Value):
    """A topic's score and what it is made of. first_seen: by the studio. velocity_of: whose counts, “youtube in US”.

    age_hours: since it was first seen, or since the earliest beginning that a source tells.
    """

    topic: Topic
    score: float
    first_seen: Instant
    age_hours: float
    velocity: Velocity | Insufficient
    velocity_of: str

    @property
    def spike(self) -> bool:
        """Whether it grows unusually fast."""
        return isinstance(self.velocity, Velocity) and self.velocity.spike


def ranked(topics: Iterable[Topic], history: Sequence[TopicSnapshot], words: Words, now: datetime) -> list[Heat]:
    """Return the topics, hottest first. history: snapshots of the last WINDOW, of the same places."""
    told = [(snapshot, told_by(snapshot.title, words)) for snapshot in history]
    found = []
    for topic in topics:
        own = told_by(topic.title, words)
        seen = [snapshot for snapshot, other in told if snapshot.key == topic.key or same(own, other, within=False)]
        found.append(_heat(topic, seen, now))
    return sorted(found, key=lambda heat: (-heat.score, heat.topic.key))


def standing(sightings: Iterable[Sighting], now: datetime, first_seen: datetime) -> float:
    """Return how high a topic stands in all lists together, 0 to 1: 1 − Π (1 − ½ share), a list counting once.

    Each share, 1 for the top of a list, decays with the age of what stands there: since it began, or where the source
    does not say, since it was first seen. So an old film about today's topic makes the topic no older.
    """
    best: dict[tuple[str, str], float] = {}
    for sighting in sightings:
        share = 1 - (sighting.place - 1) / sighting.among
        aged = decayed(share, _hours(sighting.started_at or first_seen, now), HALF_LIFE_HOURS)
        where = (sighting.source, sighting.where)
        best[where] = max(best.get(where, 0.0), aged)
    missing = 1.0
    for share in best.values():
        missing *= 1 - _ALONE * share
    return 1 - missing


def _hours(start: datetime, end: datetime) -> float:
    """Return the hours that passed; a source's clock may be ahead of ours."""
    return max(0.0, (end - start).total_seconds() / 3600)


def _heat(topic: Topic, seen: Sequence[TopicSnapshot], now: datetime) -> Heat:
    first = min((snapshot.first_seen for snapshot in seen), default=now)
    speed, whose = _fastest(topic, seen, now)
    lift = 1.0
    if isinstance(speed, Velocity) and isinstance(speed.against_before, RobustZ):
        lift += min(max(speed.against_before.z, 0.0), _MOST_Z) / _MOST_Z
    return Heat(
        topic=topic,
        score=round(standing(topic.sightings, now, first) * lift, 4),
        first_seen=first,
        age_hours=round(_hours(min(first, topic.started_at or first), now), 2),
        velocity=speed,
        velocity_of=whose,
    )


def _fastest(topic: Topic, seen: Sequence[TopicSnapshot], now: datetime) -> tuple[Velocity | Insufficient, str]:
    """Return the velocity of the source in which the topic speeds up most, else of the one that is known longest."""
    found: list[tuple[float, int, str, Velocity | Insufficient]] = []
    for source, where in dict.fromkeys((s.source, s.where) for s in topic.sightings):
        count = _count(topic.sightings, source, where)
        if count is None:
            continue
        series = [(now, float(count))]
        for snapshot in sorted((s for s in seen if s.where == where), key=lambda s: s.at, reverse=True):
            earlier = _count(snapshot.sightings, source, where)
            if earlier is not None and series[-1][0] - snapshot.at >= _APART:
                series.append((snapshot.at, float(earlier)))
        hours = [((at - series[-1][0]).total_seconds() / 3600, told) for at, told in reversed(series)]
        speed = velocity(hours)
        z = (
            speed.against_before.z
            if isinstance(speed, Velocity) and isinstance(speed.against_before, RobustZ)
            else None
        )
        found.append((float("-inf") if z is None else z, len(series), f"{source} in {where}", speed))
    if not found:
        return Insufficient(need=2, have=0, of="counts over time"), ""
    _, _, whose, speed = max(found, key=lambda entry: entry[:3])
    return speed, whose


def _count(sightings: Iterable[Sighting], source: str, where: str) -> int | None:
    """Return the largest count of a source at a place: several films of one topic are not added, they come and go."""
    counts = [s.count for s in sightings if s.source == source and s.where == where and s.count is not None]
    return max(counts, default=None)
