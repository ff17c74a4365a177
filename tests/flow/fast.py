"""moto without what it works out anew for every call, which would take longer than everything else together.

A call about items or objects goes to moto's stores without the way over HTTP. One that fails goes that way all the
same, so that errors are the client's own. An update's expression goes through moto's parser and validator once.
"""

import copy
import io
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from moto.backends import get_backend
from moto.core import responses
from moto.core.base_backend import BaseBackend
from moto.dynamodb import models
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.s3 import urls as s3_urls
from moto.s3.models import S3Backend
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from requests.structures import CaseInsensitiveDict

from tests.conftest import ACCOUNT, REGION

_METADATA = "x-amz-meta-"
_transact = DynamoDBBackend.transact_write_items
_update = DynamoDBBackend.update_item


def fast(patch: pytest.MonkeyPatch) -> None:
    """Make moto fast until `patch` is undone."""
    patch.setattr(AmazonStateLanguageParser, "parse", staticmethod(cache(AmazonStateLanguageParser.parse)))
    patch.setattr(S3Backend, "_url_module", s3_urls)
    patch.setattr(BaseBackend, "urls", property(cache(BaseBackend.urls.fget)))
    patch.setattr(responses, "method_names_from_class", cache(responses.method_names_from_class))
    # The size of an item is added up with each attribute that is set, and a failed step written out with all it is of.
    patch.setattr(LimitedSizeDict, "__setitem__", dict.__setitem__)
    patch.setattr(EvalComponent, "_log_failure_event_exception", lambda *_, **__: None)
    patch.setattr(EvalComponent, "_log_exception", lambda *_, **__: None)
    patch.setattr(models, "copy", _Copy)
    patch.setattr(DynamoDBBackend, "transact_write_items", _transacted)
    patch.setattr(DynamoDBBackend, "update_item", _updated)


class _Near(DynamoHandler):
    """moto's DynamoDB for one call of the one account and region there is."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__()
        self.body = self.params = body

    @property
    def dynamodb_backend(self) -> DynamoDBBackend:
        return get_backend("dynamodb")[ACCOUNT][REGION]


def near(service: str, name: str, real: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Answer a call about items or objects. Raises what `real`, the client's method, raises."""
    with suppress(Exception):
        if service == "dynamodb":
            return getattr(_Near(arguments), name)().result
        if name == "put_object":
            return _put(arguments)
        if name in {"get_object", "head_object"}:
            return _object(arguments)
    return real(**arguments)


def _put(arguments: dict[str, Any]) -> dict[str, Any]:
    stored = get_backend("s3")[ACCOUNT]["aws"].put_object(arguments["Bucket"], arguments["Key"], arguments["Body"])
    named = {f"{_METADATA}{name}": value for name, value in arguments["Metadata"].items()}
    stored.set_metadata(CaseInsensitiveDict({"Content-Type": arguments["ContentType"], **named}))
    return {"ETag": stored.etag}


def _object(arguments: dict[str, Any]) -> dict[str, Any]:
    stored = get_backend("s3")[ACCOUNT]["aws"].get_object(arguments["Bucket"], arguments["Key"])
    named = {name: value for name, value in stored.metadata.items() if name.startswith(_METADATA)}
    return {
        "Body": io.BytesIO(stored.value),
        "ETag": stored.etag,
        "ContentLength": stored.size,
        "ContentType": stored.metadata["Content-Type"],
        "Metadata": {name.removeprefix(_METADATA): value for name, value in named.items()},
    }


class _Copy:
    """Stands in for `copy` in moto's DynamoDB, where a transaction copies its table once for each write."""

    copy = staticmethod(copy.copy)

    @staticmethod
    def deepcopy(value: Any) -> Any:
        """Return a deep copy; of a table, itself."""
        return value if isinstance(value, Table) else copy.deepcopy(value)


def _transacted(backend: DynamoDBBackend, writes: list[dict[str, Any]]) -> None:
    """Do a transaction and, where it fails, put back what it touched."""
    before = []
    for write in writes:
        (about,) = write.values()
        key = about.get("Key") or about["Item"]
        items = backend.get_table(about["TableName"]).items[DynamoType(key["pk"])]
        sk = DynamoType(key["sk"])
        before.append((items, sk, copy.deepcopy(items.get(sk))))
    try:
        _transact(backend, writes)
    except Exception:
        for items, sk, item in before:
            items.pop(sk, None)
            if item is not None:
                items[sk] = item
        raise


_SET = re.compile(
    r"\s*(?P<name>#?\w+)\s*=\s*(?:if_not_exists\((?P<maybe>#?\w+),\s*(?P<other>:\w+)\)|(?P<operand>[:#]?\w+))"
    r"(?:\s*\+\s*(?P<more>:\w+))?\s*(?:,|$)"
)
_known: set[tuple[str, frozenset[tuple[str, str]]]] = set()


def _updated(
    backend: DynamoDBBackend,
    table_name: str,
    key: dict[str, Any],
    update_expression: str,
    expression_attribute_names: dict[str, str] | None = None,
    expression_attribute_values: dict[str, Any] | None = None,
    condition_expression: str | None = None,
    **more: Any,
) -> Item:
    """Update an item: moto does it the first time, and with an expression that is not one of the simple ones."""
    names, values = expression_attribute_names or {}, expression_attribute_values or {}
    known = (update_expression, frozenset(names.items()))
    table = backend.get_table(table_name)
    item = table.get_item(DynamoType(key["pk"]), DynamoType(key["sk"]))
    if known not in _known or item is None:
        done = _update(
            backend,
            table_name,
            key,
            update_expression=update_expression,
            expression_attribute_names=names,
            expression_attribute_values=values,
            condition_expression=condition_expression,
            **more,
        )
        _known.add(known)
        return done
    if not get_filter_expression(condition_expression, names, values).expr(item):
        raise ConditionalCheckFailed
    changes: dict[str, DynamoType | None] = {}
    clauses = re.split(r"\b(SET|REMOVE|ADD)\b", update_expression)
    for verb, clause in zip(clauses[1::2], clauses[2::2], strict=True):
        if verb == "SET":
            end = 0
            for found in _SET.finditer(clause):
                assert found.start() == end, clause
                end = found.end()
                changes[names.get(found["name"], found["name"])] = _value(item, found, names, values)
            assert end == len(clause), clause
            continue
        for term in clause.split(","):
            name, *operand = term.split()
            name = names.get(name, name)
            changes[name] = _sum(item.attrs.get(name), DynamoType(values[operand[0]])) if verb == "ADD" else None
    for name, value in changes.items():
        item.attrs.pop(name, None)
        if value is not None:
            item.attrs[name] = value
    return item


def _value(item: Item, found: re.Match[str], names: dict[str, str], values: dict[str, Any]) -> DynamoType:
    def read(operand: str) -> DynamoType:
        return DynamoType(values[operand]) if operand[0] == ":" else item.attrs[names.get(operand, operand)]

    if found["maybe"]:
        there = item.attrs.get(names.get(found["maybe"], found["maybe"]))
        first = there if there is not None else read(found["other"])
    else:
        first = read(found["operand"])
    return _sum(first, read(found["more"])) if found["more"] else first


def _sum(first: DynamoType | None, second: DynamoType) -> DynamoType:
    if first is None:
        return second
    return DynamoType({"N": str(Decimal(first.value) + Decimal(second.value))})
