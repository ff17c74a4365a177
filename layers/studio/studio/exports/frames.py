"""The timeline in frames, as editing programs count it: both timelines start at one hour and run at 24 a second."""

RATE = 24
START = 3600 * RATE
"""The first frame: editing timelines begin at 01:00:00:00 by custom."""


def frame(seconds: float) -> int:
    """Return the frame that is shown at `seconds`. Never later for an earlier time, so nothing begins to overlap."""
    return round(seconds * RATE)


def timecode(frames: int) -> str:
    """Return `frames` as hours, minutes, seconds and frames, without dropping any."""
    seconds, rest = divmod(frames, RATE)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{rest:02}"
