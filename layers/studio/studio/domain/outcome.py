"""Outcomes: what counts as a success with a viewer, and what posts are grouped by to tell what brings it about."""

from datetime import datetime, tzinfo
from enum import StrEnum

from studio.domain.connection import NetworkName
from studio.domain.hooks import HOOK_SECONDS
from studio.domain.measurement import Snapshot

WHOLE = 0.99
"""So far into a film a viewer has seen it to the end: a curve's last moment is not always at its very end."""

HOURS_IN_BUCKET = 3

_LENGTHS = ((15, "under 15 s"), (30, "15 to 30 s"), (60, "30 to 60 s"), (180, "1 to 3 min"))
_LONGEST = "over 3 min"


class Outcome(StrEnum):
    """What may come of showing a post to somebody. A trial is a view as the network counts it, in all of them."""

    HELD = "held"
    FINISHED = "finished"
    LIKED = "liked"
    CLICKED = "clicked"


SUCCESS = {
    Outcome.HELD: f"of the views, those still there after {HOOK_SECONDS} seconds, from the retention curve",
    Outcome.FINISHED: "of the views, those still there at the end, from the retention curve",
    Outcome.LIKED: "likes for each view",
    Outcome.CLICKED: "clicks for each view, from your audience's events of the same episode, network and variant",
}
"""How trials and successes are counted, in words."""

DID = {
    Outcome.HELD: f"stayed past {HOOK_SECONDS} seconds",
    Outcome.FINISHED: "stayed to the end",
    Outcome.LIKED: "liked it",
    Outcome.CLICKED: "clicked",
}
"""What a viewer did who counts as a success."""


class Dimension(StrEnum):
    """What posts differ in, and are grouped by."""

    HOOK = "hook"
    LENGTH = "length"
    ASPECT = "aspect"
    HOUR = "hour"
    GENRE = "genre"


def counted(outcome: Outcome, said: Snapshot, clicks: int | None = None) -> tuple[int, int] | None:
    """Return a post's (successes, trials); None where its network does not tell, or nobody has seen it.

    clicks: of this post alone; None where nobody can say whose they were.
    """
    if not said.views:
        return None
    if outcome is Outcome.LIKED:
        return None if said.likes is None else (min(said.likes, said.views), said.views)
    if outcome is Outcome.CLICKED:
        return None if clicks is None else (min(clicks, said.views), said.views)
    share = said.held
    if outcome is Outcome.FINISHED:
        last = said.curve[-1] if said.curve else None
        share = min(1.0, last.watching) if last and last.elapsed >= WHOLE else None
    return None if share is None else (round(share * said.views), said.views)


def tells(outcome: Outcome, network: NetworkName) -> bool:
    """Tell whether a network says what an outcome takes: only YouTube tells how many are still there when."""
    return network is NetworkName.YOUTUBE or outcome in (Outcome.LIKED, Outcome.CLICKED)


def length_bucket(seconds: float | None) -> str | None:
    """Return the bucket that a film's length is in; None where nobody knows it."""
    if seconds is None:
        return None
    return next((name for most, name in _LENGTHS if seconds < most), _LONGEST)


def hour_bucket(at: datetime, zone: tzinfo) -> str:
    """Return the hours of the day, by the clocks of `zone` on that day, that an instant is in: “18:00 to 21:00”."""
    start = at.astimezone(zone).hour // HOURS_IN_BUCKET * HOURS_IN_BUCKET
    return f"{start:02}:00 to {start + HOURS_IN_BUCKET:02}:00"
