"""The table in memory, held against moto's: of each form of request, the first goes to both.

So somebody else's parser and validator reads every expression that the studio writes, with the names that DynamoDB
reserves, and both must leave the same items. What comes after the first takes no longer than a dictionary.
"""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto.backends import get_backend

from tests.conftest import ACCOUNT, ENVIRONMENT, REGION
from tests.unit.memory import Attributes, MemoryTable, key_of

_TABLE = ENVIRONMENT["TABLE_NAME"]
_KINDS = {"put_item": "Put", "update_item": "Update", "delete_item": "Delete"}
_FORM = ("ConditionExpression", "UpdateExpression", "KeyConditionExpression", "IndexName", "ScanIndexForward")


class TwinTable(MemoryTable):
    """DynamoDB's client, of a table that moto has as well."""

    def __init__(self) -> None:
        super().__init__()
        self._theirs = boto3.client("dynamodb", region_name=REGION)
        self._seen: set[tuple[object, ...]] = set()

    def put_item(self, **request: Any) -> dict[str, Any]:
        """Store one item."""
        return self._written("put_item", super().put_item, request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Change one item."""
        return self._written("update_item", super().update_item, request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """Delete one item."""
        return self._written("delete_item", super().delete_item, request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """Do all writes or none."""
        return self._written("transact_write_items", super().transact_write_items, request)

    def query(self, **request: Any) -> dict[str, Any]:
        """Read a page of a partition, or of the index."""
        with self._lock:
            answer = super().query(**request)
            form = ("query", *_form(request), "ExclusiveStartKey" in request, "LastEvaluatedKey" in answer)
            if form not in self._seen:
                self._seen.add(form)
                self._prepare([item for partition in self.items.values() for item in partition.values()])
                theirs = self._theirs.query(**request)
                assert theirs["Items"] == answer["Items"], request
                assert ("LastEvaluatedKey" in theirs) == ("LastEvaluatedKey" in answer), request
        return answer

    def _written(self, method: str, ours: Callable[..., dict[str, Any]], request: dict[str, Any]) -> dict[str, Any]:
        actions = request["TransactItems"] if method == "transact_write_items" else [{_KINDS[method]: request}]
        keys = [key_of(action) for action in actions]
        with self._lock:
            before = [item for item in map(self._at, keys) if item is not None]
            refused: ClientError | None = None
            answer: dict[str, Any] = {}
            try:
                answer = ours(**request)
            except ClientError as error:
                refused = error
            reasons = _reasons(refused)
            forms = {
                (kind, *_form(about), reasons[:1], reason)
                for action, reason in zip(actions, reasons[1:] or [""] * len(actions), strict=True)
                for kind, about in action.items()
            }
            if not forms <= self._seen:
                self._seen |= forms
                self._prepare(before)
                assert self._told(method, request) == reasons, request
                for key in keys:
                    theirs = self._theirs.get_item(TableName=_TABLE, Key=key).get("Item")
                    assert theirs == self._at(key), (request, theirs, self._at(key))
        if refused is not None:
            raise refused
        return answer

    def _prepare(self, items: list[Attributes]) -> None:
        """Let moto's table hold these items and nothing else."""
        get_backend("dynamodb")[ACCOUNT][REGION].tables[_TABLE].items.clear()
        for item in items:
            self._theirs.put_item(TableName=_TABLE, Item=item)

    def _told(self, method: str, request: dict[str, Any]) -> tuple[str, ...]:
        try:
            getattr(self._theirs, method)(**request)
        except ClientError as error:
            return _reasons(error)
        return ()


def _form(about: dict[str, Any]) -> tuple[object, ...]:
    """Return what of a request is the same for all of its form: the expressions and the names in them."""
    names = about.get("ExpressionAttributeNames", {})
    return (*map(about.get, _FORM), *sorted(names.items()), "Item" in about)


def _reasons(error: ClientError | None) -> tuple[str, ...]:
    """Return the codes of an error; none for none."""
    if error is None:
        return ()
    answer: Any = error.response
    return (answer["Error"]["Code"], *(reason["Code"] for reason in answer.get("CancellationReasons", [])))
