"""Asking a network again until it is done: clients say when to ask, callers decide how long."""

import time
from collections.abc import Callable
from typing import Protocol

from studio.domain.errors import Throttled

PATIENCE = 5.0
"""Seconds to wait where a network that is asked too often does not say for how long."""


class Pending(Protocol):
    """How far something has come."""

    @property
    def ask_again(self) -> float | None:
        """Seconds after which asking makes sense again; None once nothing will change any more."""
        ...


def until[T: Pending](
    ask: Callable[[], T],
    *,
    within: float,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> T:
    """Return the first answer that is final, or the last one that `within` seconds allow: look at its `ask_again`.

    Raises whatever `ask` raises; Throttled only where waiting as long as the network wants would take too long.
    """
    deadline = clock() + within
    while True:
        try:
            told = ask()
        except Throttled as error:
            pause = error.retry_after or PATIENCE
            if clock() + pause > deadline:
                raise
        else:
            if told.ask_again is None or clock() + told.ask_again > deadline:
                return told
            pause = told.ask_again
        wait(pause)
