"""The partition: lists, cursors, and writes that meet others."""

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import Invalid, Unavailable
from studio.store import keys, table
from studio.store.table import ConditionFailedError, Partition, Write, assign, from_attributes, to_attributes
from tests.conftest import ENVIRONMENT
from tests.unit.made import an_owner, pages

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def error(code: str, *reasons: str) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}
    return ClientError(answer, "TransactWriteItems")


@dataclass
class StubbornTable:
    """A DynamoDB that raises what its list says before it agrees."""

    refusals: list[ClientError]
    calls: list[str] = field(default_factory=list)

    def _answer(self, name: str) -> dict[str, Any]:
        self.calls.append(name)
        if self.refusals:
            raise self.refusals.pop(0)
        return {"UnprocessedItems": {}}

    def transact_write_items(self, **_: Any) -> dict[str, Any]:
        return self._answer("transact")

    def put_item(self, **_: Any) -> dict[str, Any]:
        return self._answer("put")

    def delete_item(self, **_: Any) -> dict[str, Any]:
        return self._answer("delete")

    def update_item(self, **_: Any) -> dict[str, Any]:
        return self._answer("update")


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(table.time, "sleep", taken.append)
    return taken


@pytest.fixture
def partition(aws: None) -> Partition:
    from studio.entry.context import client

    return Partition(client("dynamodb"), ENVIRONMENT["TABLE_NAME"], an_owner())


@given(st.dictionaries(st.text(min_size=1, max_size=8), values, max_size=4))
def test_what_is_stored_comes_back_as_it_was(item: dict[str, Any]) -> None:
    assert from_attributes(to_attributes(item)) == item


def test_a_list_is_walked_page_by_page_and_nothing_is_missed(partition: Partition) -> None:
    partition.write_each(Write("Put", keys.run(f"{n:02}"), {"n": n}) for n in range(25))
    partition.write(Write("Put", keys.project("x"), {"n": 99}))

    def read(cursor: str | None) -> tuple[list[int], str | None]:
        page = partition.query(keys.run(), limit=10, cursor=cursor, newest_first=True)
        return [int(item["n"]) for item in page.items], page.cursor

    walked = list(pages(read))
    assert [len(page) for page in walked] == [10, 10, 5]
    assert [n for page in walked for n in page] == list(reversed(range(25)))
    assert len(partition.all(keys.run())) == 25


def test_a_cursor_does_not_show_a_key_of_the_table(partition: Partition) -> None:
    partition.write_each(Write("Put", keys.run(str(n)), {}) for n in range(3))
    assert partition.owner not in str(partition.query(keys.run(), limit=2).cursor)


@pytest.mark.parametrize(
    "sk",
    [
        keys.project("01J"),
        keys.STATS,
        "",
        "RUN",
        "run#1",
        "RUN#" + "x" * 1100,
    ],
)
def test_a_cursor_of_another_list_is_refused(partition: Partition, sk: str) -> None:
    cursor = base64.urlsafe_b64encode(sk.encode()).decode()
    with pytest.raises(Invalid, match="cursor"):
        partition.query(keys.run(), cursor=cursor)


@given(st.text(max_size=40))
def test_whatever_is_sent_as_a_cursor_is_ours_or_refused(text: str) -> None:
    try:
        sk = table.from_cursor(text, "RUN#")
    except Invalid:
        return
    assert sk.startswith("RUN#")


def test_an_attribute_set_to_none_goes(partition: Partition) -> None:
    partition.write(Write("Put", "A", {"n": 1, "m": 2}))
    partition.write(assign("A", {"n": None, "o": "x"}))
    assert partition.get("A") == {"pk": f"OWNER#{partition.owner}", "sk": "A", "m": 2, "o": "x"}


def test_of_several_writes_all_happen_or_none(partition: Partition) -> None:
    with pytest.raises(ConditionFailedError) as failed:
        partition.write(Write("Put", "A", {}), assign("B", {"n": 1}))
    assert failed.value.index == 1
    assert partition.get("A") is None


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_met_another_goes_again(naps: list[float], reason: str) -> None:
    client = StubbornTable([error("TransactionCanceledException", "None", reason)] * 3)
    Partition(client, "t", "amina").write(Write("Put", "A"), Write("Put", "B"))
    assert client.calls == ["transact"] * 4
    assert len(naps) == 3
    assert all(0 <= nap <= 1 for nap in naps)


def test_a_transaction_that_is_still_at_work_goes_again(naps: list[float]) -> None:
    client = StubbornTable([error("TransactionInProgressException")])
    Partition(client, "t", "amina").write(Write("Put", "A"), Write("Put", "B"))
    assert client.calls == ["transact"] * 2


def test_a_single_write_that_met_a_transaction_goes_again(naps: list[float]) -> None:
    client = StubbornTable([error("TransactionConflictException")] * 2)
    Partition(client, "t", "amina").write(assign("A", {"n": 1}))
    assert client.calls == ["update"] * 3


@pytest.mark.parametrize(
    ("writes", "code"),
    [
        ([Write("Put", "A"), Write("Put", "B")], "TransactionCanceledException"),
        ([assign("A", {"n": 1})], "TransactionConflictException"),
    ],
)
def test_in_the_end_the_caller_hears_that_it_is_too_busy(naps: list[float], writes: list[Write], code: str) -> None:
    client = StubbornTable([error(code, "TransactionConflict")] * 1000)
    with pytest.raises(Unavailable, match="try again"):
        Partition(client, "t", "amina").write(*writes)
    assert len(client.calls) == 12


def test_a_failed_condition_is_told_even_beside_a_conflict(naps: list[float]) -> None:
    client = StubbornTable([error("TransactionCanceledException", "TransactionConflict", "ConditionalCheckFailed")])
    with pytest.raises(ConditionFailedError) as failed:
        Partition(client, "t", "amina").write(Write("Put", "A"), Write("Put", "B"))
    assert failed.value.index == 1


@pytest.mark.parametrize("writes", [[Write("Put", "A"), Write("Put", "B")], [assign("A", {"n": 1})]])
def test_any_other_refusal_is_not_hidden(naps: list[float], writes: list[Write]) -> None:
    client = StubbornTable([error("ValidationException")])
    with pytest.raises(ClientError, match="ValidationException"):
        Partition(client, "t", "amina").write(*writes)
    assert len(client.calls) == 1


def test_a_batch_sends_again_what_was_left_over(naps: list[float]) -> None:
    sent: list[int] = []

    class Slow:
        def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
            asked = RequestItems["t"]
            sent.append(len(asked))
            return {"UnprocessedItems": {"t": asked[:-7]} if len(asked) > 7 else {}}

    Partition(Slow(), "t", "amina").write_each(Write("Put", str(n)) for n in range(30))
    assert sent == [25, 18, 11, 4, 5]


def test_a_batch_that_is_never_taken_is_unavailable(naps: list[float]) -> None:
    class Full:
        def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
            return {"UnprocessedItems": RequestItems}

    with pytest.raises(Unavailable):
        Partition(Full(), "t", "amina").write_each([Write("Put", "A")])
