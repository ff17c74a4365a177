"""One owner's partition of the table: the only place that speaks DynamoDB's language."""

import base64
import binascii
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from studio.domain.errors import Invalid, Unavailable
from studio.store import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]
"""A DynamoDB item as Python values. It never leaves the store: stores turn it into domain values at once."""

_TRIES = 12
_MAX_SK = 1024
"""The longest sort key that DynamoDB takes, in bytes."""
_PASSING = {
    # A write met a transaction, on the owner's counters, say. Neither is wrong, one goes first.
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
    # As reasons of a cancelled transaction the client's own retries do not see these.
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}
_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class ConditionFailedError(Exception):
    """A conditional write found things otherwise. `index` says which write of a transaction."""

    def __init__(self, index: int = 0) -> None:
        super().__init__(f"condition {index} failed")
        self.index = index


def to_attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain JSON-like values as DynamoDB attributes; floats become exact decimals."""
    exact = json.loads(json.dumps(item), parse_float=Decimal)
    return {name: _serialize(value) for name, value in exact.items()}


def from_attributes(attributes: Mapping[str, Any]) -> Item:
    """Return DynamoDB attributes as Python values."""
    return {name: _deserialize(value) for name, value in attributes.items()}


@dataclass(frozen=True)
class Page:
    """A page of a list. `cursor` is opaque; None on the last page."""

    items: list[Item]
    cursor: str | None


@dataclass(frozen=True)
class Write:
    """One conditional write. `names` and `values` are bound for `condition` and `update`."""

    kind: Literal["Put", "Update", "Delete"]
    sk: str
    item: Mapping[str, Any] = field(default_factory=dict)
    update: str = ""
    condition: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


NEW = "attribute_not_exists(pk)"
THERE = "attribute_exists(pk)"


def assign(sk: str, changes: Mapping[str, Any], *, condition: str = THERE, **values: Any) -> Write:
    """Return an update that sets `changes` (None removes the attribute).

    condition: may use `#name` for any attribute named in `values` or `changes`, and `:name` for those in `values`.
    """
    sets = [name for name, value in changes.items() if value is not None]
    removes = [name for name, value in changes.items() if value is None]
    update = ("SET " + ", ".join(f"#{n} = :new_{n}" for n in sets) if sets else "") + (
        " REMOVE " + ", ".join(f"#{n}" for n in removes) if removes else ""
    )
    used = {name for name in (*changes, *values) if f"#{name}" in condition or name in changes}
    bound = {f":new_{n}": changes[n] for n in sets} | {f":{n}": v for n, v in values.items()}
    return Write("Update", sk, update=update, condition=condition, names={f"#{n}": n for n in used}, values=bound)


class Partition:
    """One owner's partition. All reads are strongly consistent.

    pk: another partition of the same owner's, for what would make their own too large.
    """

    def __init__(self, client: "DynamoDBClient", table: str, owner: str, pk: str = "") -> None:
        self._client = client
        self._table = table
        self.owner = owner
        self._pk = pk or keys.owner(owner)

    def get(self, sk: str) -> Item | None:
        """Return one item, or None."""
        answer = self._client.get_item(TableName=self._table, Key=self._key(sk), ConsistentRead=True)
        return from_attributes(answer["Item"]) if "Item" in answer else None

    def query(self, prefix: str, *, limit: int = 100, cursor: str | None = None, newest_first: bool = False) -> Page:
        """Return up to `limit` items whose sort key starts with `prefix`. Raises Invalid for a cursor not ours."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":pk": {"S": self._pk}, ":prefix": {"S": prefix}},
            "ConsistentRead": True,
            "Limit": limit,
            "ScanIndexForward": not newest_first,
        }
        if cursor is not None:
            request["ExclusiveStartKey"] = self._key(from_cursor(cursor, prefix))
        answer = self._client.query(**request)
        last = answer.get("LastEvaluatedKey")
        return Page(
            [from_attributes(item) for item in answer["Items"]],
            None if last is None else to_cursor(str(last["sk"]["S"])),
        )

    def all(self, prefix: str) -> list[Item]:
        """Return every item whose sort key starts with `prefix`; for lists that are bounded by their nature."""
        page = self.query(prefix)
        items = page.items
        while page.cursor is not None:
            page = self.query(prefix, cursor=page.cursor)
            items = items + page.items
        return items

    def between(self, first: str, last: str) -> Iterator[Item]:
        """Yield every item whose sort key is from `first` to `last`, page by page."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {":pk": {"S": self._pk}, ":first": {"S": first}, ":last": {"S": last}},
            "ConsistentRead": True,
        }
        while True:
            answer = self._client.query(**request)
            yield from map(from_attributes, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def write(self, *writes: Write) -> None:
        """Do all of `writes`, or none. Raises ConditionFailedError."""
        if len(writes) == 1:
            self._write_one(writes[0])
        else:
            self._transact(writes)

    def write_each(self, writes: Iterable[Write]) -> None:
        """Do unconditional puts and deletes in batches; not atomic."""
        requests = [
            {"PutRequest": {"Item": self._with_key(w)}}
            if w.kind == "Put"
            else {"DeleteRequest": {"Key": self._key(w.sk)}}
            for w in writes
        ]
        for start in range(0, len(requests), 25):
            pending: dict[str, Any] = {self._table: requests[start : start + 25]}
            for attempt in range(_TRIES):
                pending = cast(
                    "dict[str, Any]", self._client.batch_write_item(RequestItems=pending)["UnprocessedItems"]
                )
                if not pending:
                    break
                _back_off(attempt)
            else:
                raise Unavailable("The table is too busy to store this; try again in a moment.")

    def _write_one(self, write: Write) -> None:
        calls: dict[str, Callable[..., Any]] = {
            "Put": self._client.put_item,
            "Update": self._client.update_item,
            "Delete": self._client.delete_item,
        }
        request = self._expression(write)
        self._persist(lambda: calls[write.kind](**request))

    def _transact(self, writes: Sequence[Write]) -> None:
        items = [{write.kind: self._expression(write)} for write in writes]
        self._persist(lambda: self._client.transact_write_items(TransactItems=cast("Any", items)))

    def _persist(self, write: Callable[[], object]) -> None:
        """Write, again and again while others are in the way. Raises ConditionFailedError, Unavailable."""
        for attempt in range(_TRIES):
            try:
                write()
            except ClientError as error:
                code = error.response["Error"]["Code"]
                reasons = [r.get("Code") for r in cast("Any", error.response).get("CancellationReasons", [])]
                if "ConditionalCheckFailed" in reasons:
                    raise ConditionFailedError(reasons.index("ConditionalCheckFailed")) from error
                if code == "ConditionalCheckFailedException":
                    raise ConditionFailedError from error
                if not _PASSING.intersection((code, *reasons)):
                    raise
                _back_off(attempt)
            else:
                return
        raise Unavailable("Too many changes at the same moment; try again.")

    def _expression(self, write: Write) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self._table}
        if write.kind == "Put":
            request["Item"] = self._with_key(write)
        else:
            request["Key"] = self._key(write.sk)
        if write.update:
            request["UpdateExpression"] = write.update
        if write.condition:
            request["ConditionExpression"] = write.condition
        if write.names:
            request["ExpressionAttributeNames"] = dict(write.names)
        if write.values:
            request["ExpressionAttributeValues"] = to_attributes(write.values)
        return request

    def _with_key(self, write: Write) -> dict[str, Any]:
        return to_attributes(write.item) | self._key(write.sk)

    def _key(self, sk: str) -> dict[str, Any]:
        return {"pk": {"S": self._pk}, "sk": {"S": sk}}


def fields(item: Item) -> Item:
    """Return an item without the table's own attributes, ready for a model."""
    own = {"pk", "sk", "active_in", "active_since", "expires_at", "owner"}
    return {name: value for name, value in item.items() if name not in own}


def _back_off(attempt: int) -> None:
    # Full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
    time.sleep(random.uniform(0, min(1.0, 0.02 * 2**attempt)))


def to_cursor(sk: str) -> str:
    """Return an opaque cursor for the place after a sort key."""
    return base64.urlsafe_b64encode(sk.encode()).decode().rstrip("=")


def from_cursor(cursor: str, prefix: str) -> str:
    """Return the sort key of a cursor. Raises Invalid for one that is not ours, or of a list with another prefix."""
    try:
        sk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Invalid("This cursor is not one of ours; start again without it.") from error
    if not sk.startswith(prefix) or len(sk.encode()) > _MAX_SK:
        raise Invalid("This cursor belongs to another list; start again without it.")
    return sk
