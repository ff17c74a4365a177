"""moto's DynamoDB with two things mended: writes are atomic among threads, and transactions do not copy the table.

For every action of a transaction moto copies the whole table, to roll back to; a table of a few hundred items takes
seconds. Here the items that a transaction names are kept instead.
"""

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

_LOCK = threading.RLock()
_WRITES = ("put_item", "update_item", "delete_item")


@contextmanager
def atomic_writes() -> Iterator[None]:
    """Mend moto's DynamoDB for as long as this lasts."""
    with (
        patch.multiple(DynamoDBBackend, **{name: _locked(getattr(DynamoDBBackend, name)) for name in _WRITES}),
        patch.object(DynamoDBBackend, "transact_write_items", _transaction(DynamoDBBackend.transact_write_items)),
        patch.object(Table, "__deepcopy__", lambda table, _: table, create=True),
    ):
        yield


def _locked(write: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **more: Any) -> Any:
        with _LOCK:
            return write(*args, **more)

    return wrapped


def _transaction(transact: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        with _LOCK:
            kept = []
            for action in transact_items:
                [op] = action.values()
                table = backend.tables[op["TableName"]]
                key = op.get("Key") or op["Item"]
                place = backend.get_keys_value(table, {name: key[name] for name in ("pk", "sk")})
                kept.append((table, place, copy.deepcopy(table.get_item(*place))))
            try:
                transact(backend, transact_items)
            except BaseException:
                for table, (pk, sk), item in kept:
                    if item is not None:
                        table.items[pk][sk] = item
                    elif table.get_item(pk, sk) is not None:
                        table.delete_item(pk, sk)
                raise

    return wrapped
