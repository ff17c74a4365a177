"""How long a call may take, and how it waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass

WITHIN = 240.0
"""Seconds that a call spends on sending and asking; its function has a minute more to put things down."""


@dataclass(frozen=True)
class Pace:
    """`clock` in seconds of whatever beginning, `wait` for seconds, `within` so many of them."""

    within: float = WITHIN
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def start(self) -> Callable[[], float]:
        """Return what tells how many seconds are left from now on."""
        until = self.clock() + self.within
        return lambda: until - self.clock()


REAL = Pace()
