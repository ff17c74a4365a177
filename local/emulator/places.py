"""How many functions run at once: as many as the machine bears, and the others wait for a place.

Runs inside the emulator's own environment: standard library only. On AWS there are a thousand places and a call beyond
them is refused. A laptop has few, and each worker takes 80 MB and, to start, a second of a core: a hundred at once fill
the memory and none gets anywhere. Waiting cannot lock up, because no function of ours waits for another.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

PER_CORE = 8
"""Most of a worker's time is waiting for a model."""

Acquire = Callable[[Any, Any], tuple[Any, str | None]]
Release = Callable[[Any], None]


def places() -> int:
    """Return how many functions may run at once on this machine."""
    return PER_CORE * (os.cpu_count() or 1)


class Places:
    """MiniStack's own accounting of executions, with a queue in front: who came first goes first."""

    def __init__(self, acquire: Acquire, release: Release) -> None:
        self._acquire = acquire
        self._release = release
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    def acquire(self, function: Any, config: Any) -> tuple[Any, str | None]:
        """Take a place, when there is one. A function's own limit refuses at once, as on AWS."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while True:
                    if self._waiting[0] is ticket:
                        slot, limit = self._acquire(function, config)
                        if slot is not None or limit != "account":
                            return slot, limit
                    self._changed.wait(1)
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def release(self, slot: Any) -> None:
        """Give a place back."""
        self._release(slot)
        with self._changed:
            self._changed.notify_all()
