"""What a finished film looks like from outside: its sides, its rate, and how seconds become whole frames."""

from enum import IntEnum

from studio.domain.base import Value
from studio.domain.shot import Aspect

SAMPLE_RATE = 48_000
"""Samples of sound in a second, what every network takes and what AAC in MP4 usually has."""


class Lines(IntEnum):
    """How many pixels the shorter side has."""

    HD = 720
    FULL_HD = 1080


class Rate(IntEnum):
    """Frames in a second. A whole number of samples belongs to each frame at every one of them."""

    FILM = 24
    PAL = 25
    WEB = 30


class Format(Value):
    """Shape, size and rate of a film."""

    aspect: Aspect = Aspect.WIDE
    lines: Lines = Lines.FULL_HD
    rate: Rate = Rate.FILM

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels, both even."""
        short = int(self.lines)
        long = short * 16 // 9
        return {Aspect.WIDE: (long, short), Aspect.TALL: (short, long), Aspect.SQUARE: (short, short)}[self.aspect]

    def frame(self, seconds: float) -> int:
        """Return the number of the frame that is nearest to a moment."""
        return round(seconds * self.rate)

    @property
    def samples(self) -> int:
        """Return how many samples of sound belong to one frame."""
        return SAMPLE_RATE // int(self.rate)
