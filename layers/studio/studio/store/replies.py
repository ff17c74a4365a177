"""Answers to comments: each goes out once, one to a comment, and not too many in an hour."""

from datetime import datetime, timedelta

from studio.domain.errors import Throttled
from studio.store import keys
from studio.store.claims import Claims
from studio.store.table import NEW, ConditionFailedError, Partition, Write

PER_HOUR = 20
"""Answers of one owner in any sixty minutes: what a person could write, and no network takes for a machine's flood."""

_HOUR = timedelta(hours=1)
_TRIES = 8


class Replies(Claims):
    """One owner's answers. A comment is a target that takes one."""

    def __init__(self, partition: Partition) -> None:
        super().__init__(partition, keys.reply)

    def take_turn(self, at: datetime) -> None:
        """Count one more answer that goes out now. Raises Throttled, with the seconds until the next may.

        The times of the last PER_HOUR answers are kept, so the limit holds for every hour and not only for full ones.
        """
        for _ in range(_TRIES):
            item = self._partition.get(keys.REPLY_RATE)
            version = int(item["version"]) if item else 0
            since = at.timestamp() - _HOUR.total_seconds()
            sent = [stamp for stamp in map(float, item["sent"] if item else ()) if stamp > since]
            if len(sent) >= PER_HOUR:
                wait = max(1.0, min(sent) - since)
                raise Throttled(f"{PER_HOUR} answers have gone out within the hour.", wait)
            counted = {"version": version + 1, "sent": [*sent, at.timestamp()]}
            condition = "#version = :version" if item else NEW
            try:
                self._partition.write(
                    Write(
                        "Put",
                        keys.REPLY_RATE,
                        counted,
                        condition=condition,
                        names={"#version": "version"} if item else {},
                        values={":version": version} if item else {},
                    )
                )
            except ConditionFailedError:
                continue
            return
        raise Throttled("Too many answers go out at the same moment.", 5.0)
