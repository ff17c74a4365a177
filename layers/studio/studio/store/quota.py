"""A rate limit that all workers share: GCRA over one item.

The generic cell rate algorithm (ITU-T I.371, annex A) keeps one number: the theoretical arrival time (TAT) of the next
call. A call is let in when TAT is no further ahead than the tolerance, and moves TAT on by one interval. Here a worker
that is let in sleeps until its own moment, so the tolerance is how long a worker may sleep.
"""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from studio.domain.errors import Throttled
from studio.store import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_SLEEP = 20.0
"""The longest a worker sleeps for its turn, in seconds. Beyond it, waiting is the state machine's."""

_TRIES = 50


class Quota:
    """The limit on one kind of call to one provider. Times are Unix milliseconds.

    patience: how long a caller may be made to sleep for its turn, in seconds; with 0 it is let in now or not at all.
    forget_after: seconds after which an unused limit may be forgotten, for limits that come and go with callers.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        provider: str,
        use: str,
        *,
        per_second: float,
        burst: int = 1,
        patience: float = MAX_SLEEP,
        forget_after: int | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        pk, sk = keys.quota(provider, use)
        self._client = client
        self._table = table
        self._key = {"pk": {"S": pk}, "sk": {"S": sk}}
        self._use = use
        self._interval = math.ceil(1000 / per_second)
        self._burst = burst
        self._patience = patience
        self._forget_after = forget_after
        self._now = now
        self._sleep = sleep

    def admit(self) -> None:
        """Return when it is this call's turn. Raises Throttled when that is more than `patience` away."""
        now = round(self._now() * 1000)
        turn = self._take_turn(now) - self._interval * self._burst
        if turn > now:
            self._sleep((turn - now) / 1000)

    def pause(self, seconds: float) -> None:
        """Let nobody in for `seconds`, because the provider asked for it."""
        until = round((self._now() + seconds) * 1000) + self._interval * (self._burst - 1)
        self._set("SET tat = :until", "attribute_not_exists(tat) OR tat < :until", until=until)

    def _take_turn(self, now: int) -> int:
        """Move TAT on by one interval and return it: two conditional writes of which one must soon succeed."""
        for _ in range(_TRIES):
            # Behind schedule or never used: the schedule starts now.
            tat = self._set(
                "SET tat = :next", "attribute_not_exists(tat) OR tat <= :now", next=now + self._interval, now=now
            )
            if tat is None:
                furthest = now + round(self._patience * 1000) + self._interval * (self._burst - 1)
                tat = self._set(
                    "SET tat = tat + :step",
                    "tat > :now AND tat <= :furthest",
                    step=self._interval,
                    now=now,
                    furthest=furthest,
                )
            if tat is not None:
                return tat
            ahead = self._ahead(now)
            if ahead > self._patience:
                raise Throttled(f"Too many {self._use} calls are waiting; this one goes on in {ahead:.0f} s.", ahead)
        raise Throttled(f"Too many {self._use} calls at the same moment.", 1.0)

    def _ahead(self, now: int) -> float:
        answer = self._client.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        tat = int(answer.get("Item", {}).get("tat", {}).get("N", "0"))
        return (tat - self._interval * (self._burst - 1) - now) / 1000

    def _set(self, update: str, condition: str, **values: int) -> int | None:
        if self._forget_after is not None:
            update += ", expires_at = :expires"
            values["expires"] = round(self._now()) + self._forget_after
        used = {name: value for name, value in values.items() if f":{name}" in update + condition}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues={f":{name}": {"N": str(value)} for name, value in used.items()},
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return None
            raise
        return int(answer["Attributes"]["tat"]["N"])
