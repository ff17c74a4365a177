"""The shared rate limit, on a clock and a sleep of its own."""

import heapq
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import Throttled
from studio.store.quota import MAX_SLEEP, Quota
from tests.conftest import ENVIRONMENT
from tests.unit.made import an_owner

SLACK = 0.002
"""Times are kept in whole milliseconds."""


class OneItem:
    """As much of DynamoDB as a quota uses: one number, changed where it is as expected."""

    def __init__(self) -> None:
        self.tat: int | None = None

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {} if self.tat is None else {"Item": {"tat": {"N": str(self.tat)}}}

    def update_item(
        self,
        *,
        UpdateExpression: str,  # noqa: N803
        ConditionExpression: str,  # noqa: N803
        ExpressionAttributeValues: dict[str, dict[str, str]],  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        value = {name.removeprefix(":"): int(one["N"]) for name, one in ExpressionAttributeValues.items()}
        tat = self.tat
        holds: dict[str, Callable[[], bool]] = {
            "attribute_not_exists(tat) OR tat <= :now": lambda: tat is None or tat <= value["now"],
            "attribute_not_exists(tat) OR tat < :until": lambda: tat is None or tat < value["until"],
            "tat > :now AND tat <= :furthest": lambda: tat is not None and value["now"] < tat <= value["furthest"],
        }
        if not holds[ConditionExpression]():
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")
        self.tat = {
            "SET tat = :next": lambda: value["next"],
            "SET tat = :until": lambda: value["until"],
            "SET tat = tat + :step": lambda: (tat or 0) + value["step"],
        }[UpdateExpression]()
        return {"Attributes": {"tat": {"N": str(self.tat)}}}


class Worker:
    """Somebody who calls, with a clock of their own that sleeping moves on."""

    def __init__(self, item: Any, rate: float, burst: int, at: float) -> None:
        self.at = at
        self.quota = Quota(
            item, "t", "gemini", "image", per_second=rate, burst=burst, now=lambda: self.at, sleep=self.sleep
        )

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= MAX_SLEEP + SLACK
        self.at += seconds


rates = st.floats(min_value=0.2, max_value=50)
bursts = st.integers(min_value=1, max_value=5)
arrivals = st.lists(st.floats(min_value=0, max_value=60), min_size=1, max_size=60).map(sorted)


def busiest(starts: list[float], rate: float) -> float:
    """Return the largest excess of starts over rate × time in any window."""
    starts = sorted(starts)
    return max(
        j - i + 1 - rate * (starts[j] - starts[i] + SLACK) for i in range(len(starts)) for j in range(i, len(starts))
    )


@given(rates, bursts, arrivals)
def test_no_window_has_more_calls_than_the_rate_and_the_burst(rate: float, burst: int, times: list[float]) -> None:
    item, starts, told = OneItem(), [], []
    for at in times:
        worker = Worker(item, rate, burst, 1_000_000 + at)
        try:
            worker.quota.admit()
        except Throttled as error:
            told.append(error.retry_after or 0)
        else:
            starts.append(worker.at)
    assert all(seconds > MAX_SLEEP for seconds in told)
    assert busiest(starts, rate) <= burst


@given(rates, bursts, st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1)), min_size=1, max_size=40))
def test_workers_with_clocks_of_their_own_share_one_rate(
    rate: float, burst: int, turns: list[tuple[int, float]]
) -> None:
    item = OneItem()
    workers = [Worker(item, rate, burst, 1_000_000) for _ in range(4)]
    queue, starts = [(worker.at, number) for number, worker in enumerate(workers)], []
    for _, pause in turns:
        # Whoever's clock is behind goes next, as it would be.
        _, number = heapq.heappop(queue)
        worker = workers[number]
        try:
            worker.quota.admit()
            starts.append(worker.at)
        except Throttled:
            pass
        worker.at += pause
        heapq.heappush(queue, (worker.at, number))
    assert starts
    assert busiest(starts, rate) <= burst


def test_an_idle_limit_lets_a_burst_in_at_once_and_no_more() -> None:
    item = OneItem()
    waits = []
    for _ in range(5):
        worker = Worker(item, 2, 3, 1_000_000)
        worker.quota.admit()
        waits.append(round(worker.at - 1_000_000, 3))
    assert waits == [0, 0, 0, 0.5, 1.0]


def test_nobody_sleeps_for_long_and_who_is_sent_away_is_told_when_to_come() -> None:
    item = OneItem()
    worker = Worker(item, 1, 1, 1_000_000)
    for _ in range(21):
        Worker(item, 1, 1, 1_000_000).quota.admit()
    before = item.tat
    with pytest.raises(Throttled, match="goes on in 21 s") as refused:
        worker.quota.admit()
    assert refused.value.retry_after == 21
    # Being sent away takes nobody's turn.
    assert item.tat == before
    worker.at += 1
    worker.quota.admit()


def test_who_will_not_wait_is_let_in_at_once_or_sent_away() -> None:
    item = OneItem()

    def ask(at: float) -> None:
        never = lambda _: pytest.fail("it slept")  # noqa: E731
        Quota(item, "t", "public", "go", per_second=2, burst=3, patience=0, now=lambda: at, sleep=never).admit()

    for _ in range(3):
        ask(1_000_000)
    with pytest.raises(Throttled) as refused:
        ask(1_000_000.1)
    assert refused.value.retry_after == pytest.approx(0.4, abs=SLACK)
    ask(1_000_000.5)


@given(st.floats(0.5, 20), bursts, rates)
def test_a_pause_holds_everybody(seconds: float, burst: int, rate: float) -> None:
    item = OneItem()
    first, second = Worker(item, rate, burst, 1_000_000), Worker(item, rate, burst, 1_000_000)
    first.quota.admit()
    first.quota.pause(seconds)
    second.quota.admit()
    assert second.at >= 1_000_000 + seconds - SLACK


def test_a_long_pause_sends_everybody_away() -> None:
    item = OneItem()
    Worker(item, 5, 1, 1_000_000).quota.pause(60)
    with pytest.raises(Throttled) as refused:
        Worker(item, 5, 1, 1_000_000).quota.admit()
    assert refused.value.retry_after == 60
    late = Worker(item, 5, 1, 1_000_060)
    late.quota.admit()
    assert late.at == 1_000_060


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    item = OneItem()
    worker = Worker(item, 5, 1, 1_000_000)
    worker.quota.pause(15)
    worker.quota.pause(1)
    worker.quota.admit()
    assert worker.at == 1_000_015


def test_a_table_that_never_agrees_is_a_rate_limit_and_no_endless_loop() -> None:
    class Contrary(OneItem):
        def update_item(self, **_: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")

    with pytest.raises(Throttled, match="at the same moment"):
        Worker(Contrary(), 5, 1, 1_000_000).quota.admit()


def test_any_other_refusal_of_the_table_is_not_hidden() -> None:
    class Closed(OneItem):
        def update_item(self, **_: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "UpdateItem")

    with pytest.raises(ClientError):
        Worker(Closed(), 5, 1, 1_000_000).quota.admit()


def test_the_real_expressions_mean_the_same(cloud: None) -> None:
    from studio.entry.context import client

    slept: list[float] = []
    quota = Quota(
        client("dynamodb"),
        ENVIRONMENT["TABLE_NAME"],
        an_owner(),
        "image",
        per_second=1,
        now=lambda: 1_000_000,
        sleep=slept.append,
    )
    for _ in range(3):
        quota.admit()
    assert slept == [1, 2]
    quota.pause(30)
    with pytest.raises(Throttled) as refused:
        quota.admit()
    assert refused.value.retry_after == 30
