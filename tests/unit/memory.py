"""AWS in memory, as much of it as the studio uses: one table, buckets, executions, invocations.

moto needs five milliseconds for what takes one hundredth of that here, and it is not atomic among threads.
`store/test_memory.py` holds this table against moto's.
"""

import hashlib
import io
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

ADDRESS_PARAMETER, ADDRESS = "/studio/address", "https://api.example.com/v1"

type Attributes = dict[str, dict[str, Any]]
type Bound = tuple[Mapping[str, str], Attributes]
type Operand = Callable[[Attributes, Bound], dict[str, Any] | None]
type Test = Callable[[Attributes, Bound], bool]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[#:]?\w+|[=<>(),+-])")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def refused(code: str, operation: str, **more: Any) -> ClientError:
    """Return the error that botocore raises for a code."""
    return ClientError({"Error": {"Code": code, "Message": code}, **more}, operation)


# -- expressions


class _Parser:
    """A recursive-descent parser of DynamoDB's condition and update expressions."""

    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)
        assert "".join(self.tokens) == re.sub(r"\s", "", text), text

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, expected: str = "") -> str:
        token: str = self.tokens.pop(0)
        assert not expected or token == expected, (expected, token)
        return token

    def condition(self) -> Test:
        parts = [self.conjunction()]
        while self.peek() == "OR":
            self.take()
            parts.append(self.conjunction())
        return lambda item, bound: any(part(item, bound) for part in parts)

    def conjunction(self) -> Test:
        parts = [self.comparison()]
        while self.peek() == "AND":
            self.take()
            parts.append(self.comparison())
        return lambda item, bound: all(part(item, bound) for part in parts)

    def comparison(self) -> Test:
        if self.peek() == "(":
            self.take()
            inner = self.condition()
            self.take(")")
            return inner
        if self.peek() in {"attribute_exists", "attribute_not_exists", "begins_with"}:
            name = self.take()
            given = self.arguments()
            if name == "begins_with":
                return lambda item, bound: _text(given[0](item, bound)).startswith(_text(given[1](item, bound)))
            return lambda item, bound: (given[0](item, bound) is not None) is (name == "attribute_exists")
        left, sign, right = self.operand(), self.take(), self.operand()
        if sign == "BETWEEN":
            self.take("AND")
            upper = self.operand()
            return lambda item, bound: (
                _text(right(item, bound)) <= _text(left(item, bound)) <= _text(upper(item, bound))
            )

        def compare(item: Attributes, bound: Bound) -> bool:
            one, two = left(item, bound), right(item, bound)
            if one is None or two is None or one.keys() != two.keys():
                return sign == "<>"
            return _COMPARE[sign](_plain(one), _plain(two))

        return compare

    def arguments(self) -> list[Operand]:
        self.take("(")
        given = [self.operand()]
        while self.peek() == ",":
            self.take()
            given.append(self.operand())
        self.take(")")
        return given

    def operand(self) -> Operand:
        token = self.take()
        if token == "if_not_exists":
            path, other = self.arguments()
            return lambda item, bound: found if (found := path(item, bound)) is not None else other(item, bound)
        if token.startswith(":"):
            return lambda item, bound: bound[1][token]
        return lambda item, bound: item.get(_named(token, bound))

    def term(self) -> Operand:
        left = self.operand()
        if self.peek() not in {"+", "-"}:
            return left
        sign, right = self.take(), self.operand()
        return lambda item, bound: _sum(left(item, bound), right(item, bound), sign)

    def update(self) -> Callable[[Attributes, Bound], Attributes]:
        steps: list[tuple[str, str, Operand | None]] = []
        while self.tokens:
            clause = self.take()
            while True:
                path = self.take()
                if clause == "SET":
                    self.take("=")
                steps.append((clause, path, None if clause == "REMOVE" else self.term()))
                if self.peek() != ",":
                    break
                self.take()

        def apply(item: Attributes, bound: Bound) -> Attributes:
            then = dict(item)
            for clause, path, value in steps:
                name = _named(path, bound)
                if value is None:
                    then.pop(name, None)
                    continue
                given = value(item, bound)
                assert given is not None, path
                then[name] = _sum(item.get(name, {"N": "0"}), given, "+") if clause == "ADD" else given
            return then

        return apply


@cache
def _condition(text: str) -> Test:
    parser = _Parser(text)
    found = parser.condition()
    assert not parser.tokens, text
    return found


@cache
def _update(text: str) -> Callable[[Attributes, Bound], Attributes]:
    return _Parser(text).update()


def _named(token: str, bound: Bound) -> str:
    return bound[0][token] if token.startswith("#") else token


def _plain(value: dict[str, Any]) -> Any:
    [(kind, inner)] = value.items()
    return Decimal(inner) if kind == "N" else inner


def _text(value: dict[str, Any] | None) -> str:
    return "" if value is None else str(value["S"])


def _sum(one: dict[str, Any] | None, two: dict[str, Any] | None, sign: str) -> dict[str, Any]:
    assert one is not None
    assert two is not None
    left, right = Decimal(one["N"]), Decimal(two["N"])
    return {"N": str(left + right if sign == "+" else left - right)}


# -- the table


def copied(item: Attributes) -> Attributes:
    """Return a copy of an item that shares nothing with it that can change."""
    return {name: _copied_value(value) for name, value in item.items()}


def _copied_value(value: dict[str, Any]) -> dict[str, Any]:
    [(kind, inner)] = value.items()
    if kind == "M":
        return {kind: copied(inner)}
    if kind == "L":
        return {kind: [_copied_value(each) for each in inner]}
    # Sets are lists here, of what cannot change.
    return {kind: list(inner) if isinstance(inner, list) else inner}


class MemoryTable:
    """DynamoDB's client, for one table with the index `active`. `calls` lists the operations asked for."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Attributes]] = {}
        self.calls: list[str] = []
        self._lock = threading.RLock()

    def get_item(self, *, Key: Attributes, **_: Any) -> dict[str, Any]:  # noqa: N803
        """Read one item."""
        self.calls.append("GetItem")
        item = self._at(Key)
        return {} if item is None else {"Item": copied(item)}

    def put_item(self, *, Item: Attributes, **more: Any) -> dict[str, Any]:  # noqa: N803
        """Store one item."""
        return self._write("PutItem", {"Put": {"Item": Item, **more}})

    def update_item(self, **more: Any) -> dict[str, Any]:
        """Change one item."""
        self._write("UpdateItem", {"Update": more})
        item = self._at(more["Key"]) or {}
        return {"Attributes": copied(item)} if more.get("ReturnValues") else {}

    def delete_item(self, **more: Any) -> dict[str, Any]:
        """Delete one item."""
        return self._write("DeleteItem", {"Delete": more})

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Do all writes or none."""
        self.calls.append("TransactWriteItems")
        if not 1 <= len(TransactItems) <= 100:
            raise refused("ValidationException", "TransactWriteItems")
        keys = [str(key_of(action)) for action in TransactItems]
        if len(set(keys)) < len(keys):
            raise refused("ValidationException", "TransactWriteItems")
        with self._lock:
            failed = [not self._holds(action) for action in TransactItems]
            if any(failed):
                reasons = [{"Code": "ConditionalCheckFailed" if one else "None"} for one in failed]
                raise refused("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
            for action in TransactItems:
                self._apply(action)
        return {}

    def batch_write_item(self, *, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:  # noqa: N803
        """Do up to 25 puts and deletes."""
        self.calls.append("BatchWriteItem")
        [requests] = RequestItems.values()
        if not 1 <= len(requests) <= 25:
            raise refused("ValidationException", "BatchWriteItem")
        with self._lock:
            for request in requests:
                self._apply({name.removesuffix("Request"): op for name, op in request.items()})
        return {"UnprocessedItems": {}}

    def query(
        self,
        *,
        KeyConditionExpression: str,  # noqa: N803
        ExpressionAttributeValues: Attributes,  # noqa: N803
        IndexName: str = "",  # noqa: N803
        Limit: int = 1000,  # noqa: N803
        ScanIndexForward: bool = True,  # noqa: N803
        ExclusiveStartKey: Attributes | None = None,  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        """Read a page of a partition, or of the index."""
        self.calls.append("Query")
        by = "active_since" if IndexName else "sk"
        holds, bound = _condition(KeyConditionExpression), ({}, ExpressionAttributeValues)
        with self._lock:
            if IndexName:
                here = [i for part in self.items.values() for i in part.values() if "active_in" in i]
            else:
                here = list(self.items.get(ExpressionAttributeValues[":pk"]["S"], {}).values())
            found = [item for item in here if holds(item, bound)]
        order = sorted(found, key=lambda item: (_text(item.get(by)), item["sk"]["S"]), reverse=not ScanIndexForward)
        if ExclusiveStartKey is not None:
            start = ExclusiveStartKey["sk"]["S"]
            order = [i for i in order if (i["sk"]["S"] > start) is ScanIndexForward and i["sk"]["S"] != start]
        page = {"Items": [copied(item) for item in order[:Limit]]}
        if len(order) > Limit:
            page["LastEvaluatedKey"] = {name: order[Limit - 1][name] for name in ("pk", "sk")}
        return page

    def _at(self, key: Attributes) -> Attributes | None:
        return self.items.get(key["pk"]["S"], {}).get(key["sk"]["S"])

    def _write(self, operation: str, action: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(operation)
        with self._lock:
            if not self._holds(action):
                there = self._at(key_of(action))
                more = {} if there is None else {"Item": copied(there)}
                raise refused("ConditionalCheckFailedException", operation, **more)
            self._apply(action)
        return {}

    def _holds(self, action: dict[str, Any]) -> bool:
        [op] = action.values()
        bound = (op.get("ExpressionAttributeNames", {}), op.get("ExpressionAttributeValues", {}))
        expressions = f"{op.get('ConditionExpression', '')} {op.get('UpdateExpression', '')}"
        used = set(re.findall(r"[#:]\w+", expressions))
        if used != {*bound[0], *bound[1]}:
            # DynamoDB minds what is bound and not used as much as what is used and not bound.
            raise refused("ValidationException", str(used ^ {*bound[0], *bound[1]}))
        condition = op.get("ConditionExpression")
        return not condition or _condition(condition)(self._at(key_of(action)) or {}, bound)

    def _apply(self, action: dict[str, Any]) -> None:
        [(kind, op)] = action.items()
        key = key_of(action)
        partition = self.items.setdefault(key["pk"]["S"], {})
        if kind == "Put":
            partition[key["sk"]["S"]] = copied(op["Item"])
        elif kind == "Delete":
            partition.pop(key["sk"]["S"], None)
        else:
            bound = (op.get("ExpressionAttributeNames", {}), op.get("ExpressionAttributeValues", {}))
            now = partition.get(key["sk"]["S"], {name: key[name] for name in ("pk", "sk")})
            then = _update(op["UpdateExpression"])(now, bound) if op.get("UpdateExpression") else now
            partition[key["sk"]["S"]] = copied(then)


def key_of(action: dict[str, Any]) -> Attributes:
    """Return the key of the item that an action is about."""
    [op] = action.values()
    found = op.get("Key") or op["Item"]
    key: Attributes = {name: found[name] for name in ("pk", "sk")}
    if not all(0 < len(value["S"].encode()) <= 1024 for value in key.values()):
        raise refused("ValidationException", "key")
    return key


# -- the buckets


@dataclass(frozen=True)
class _Stored:
    body: bytes
    media_type: str
    metadata: dict[str, str]

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body).hexdigest()}"'


class MemoryBuckets:
    """S3's client. Links and forms are botocore's own, which asks nobody for them."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], _Stored] = {}
        self._signs = boto3.client("s3", config=Config(signature_version="s3v4"))
        self.generate_presigned_url = self._signs.generate_presigned_url
        self.generate_presigned_post = self._signs.generate_presigned_post

    def put_object(
        self,
        *,
        Bucket: str,  # noqa: N803
        Key: str,  # noqa: N803
        Body: bytes,  # noqa: N803
        ContentType: str = "binary/octet-stream",  # noqa: N803
        Metadata: dict[str, str] | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        """Store an object."""
        metadata = Metadata or {}
        if not all(text.isascii() for text in metadata.values()) or sum(map(len, metadata.values())) > 2048:
            raise ParamValidationError(report="metadata is ASCII and at most 2 KB")
        self.objects[Bucket, Key] = _Stored(Body, ContentType, metadata)
        return {"ETag": self.objects[Bucket, Key].etag}

    def get_object(self, *, Bucket: str, Key: str, Range: str = "", IfMatch: str = "") -> dict[str, Any]:  # noqa: N803
        """Read an object, or a range of it."""
        found = self._found(Bucket, Key, "NoSuchKey", "GetObject")
        if IfMatch and IfMatch != found.etag:
            raise refused("PreconditionFailed", "GetObject")
        first, last = 0, len(found.body) - 1
        if Range:
            first, last = map(int, Range.removeprefix("bytes=").split("-"))
        return {"Body": io.BytesIO(found.body[first : last + 1]), "Metadata": found.metadata}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Look at an object."""
        found = self._found(Bucket, Key, "404", "HeadObject")
        return {"ContentLength": len(found.body), "ETag": found.etag, "ContentType": found.media_type}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Delete an object, if it is there."""
        self.objects.pop((Bucket, Key), None)
        return {}

    def get_paginator(self, name: str) -> "MemoryBuckets":
        """Return what lists objects; pages are of two, so that nobody reads the first alone."""
        assert name == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str = "") -> Iterator[dict[str, Any]]:  # noqa: N803
        """Yield pages of keys."""
        keys = sorted(key for bucket, key in self.objects if bucket == Bucket and key.startswith(Prefix))
        listed = [
            {"Key": k, "Size": len(self.objects[Bucket, k].body), "ETag": self.objects[Bucket, k].etag} for k in keys
        ]
        for start in range(0, len(listed), 2):
            yield {"Contents": listed[start : start + 2]}
        yield {}

    def _found(self, bucket: str, key: str, code: str, operation: str) -> _Stored:
        if (bucket, key) not in self.objects:
            raise refused(code, operation)
        return self.objects[bucket, key]


# -- those that do work elsewhere


class MemoryMachines:
    """Step Functions' client. Executions run until they are stopped; `machines` are those that are there.

    `waiting` are the tokens that somebody waits with, `told` the answers they got, `refuses` an error's code, or "".
    """

    def __init__(self) -> None:
        self.machines: set[str] = set()
        self.waiting: set[str] = set()
        self.told: dict[str, str] = {}
        self.refuses = ""
        self.executions: dict[str, dict[str, Any]] = {}

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:  # noqa: N803
        """Start an execution."""
        if stateMachineArn not in self.machines:
            raise refused("StateMachineDoesNotExist", "StartExecution")
        arn = f"{stateMachineArn.replace(':stateMachine:', ':execution:')}:{name}"
        if arn in self.executions:
            raise refused("ExecutionAlreadyExists", "StartExecution")
        self.executions[arn] = {"executionArn": arn, "status": "RUNNING", "input": input}
        return {"executionArn": arn, "startDate": datetime.now()}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803
        """Look at an execution."""
        if not executionArn:
            raise ParamValidationError(report="executionArn is empty")
        if executionArn not in self.executions:
            raise refused("ExecutionDoesNotExist", "DescribeExecution")
        return dict(self.executions[executionArn])

    def send_task_success(self, *, taskToken: str, output: str) -> dict[str, Any]:  # noqa: N803
        """Answer who waits with a token, once."""
        if self.refuses or taskToken not in self.waiting:
            raise refused(self.refuses or "TaskTimedOut", "SendTaskSuccess")
        self.waiting.remove(taskToken)
        self.told[taskToken] = output
        return {}

    def stop_execution(self, *, executionArn: str, cause: str = "") -> dict[str, Any]:  # noqa: N803
        """Stop an execution."""
        del cause
        self.describe_execution(executionArn=executionArn)
        self.executions[executionArn]["status"] = "ABORTED"
        return {}


@dataclass
class MemoryLambda:
    """Lambda's client, which takes asynchronous invocations and carries none out."""

    invoked: list[dict[str, Any]] = field(default_factory=list)
    refuses: bool = False

    def invoke(self, **request: Any) -> dict[str, Any]:
        """Note one invocation."""
        if self.refuses:
            raise refused("TooManyRequestsException", "Invoke")
        self.invoked.append(request)
        return {"StatusCode": 202}


class MemorySecrets:
    """Secrets Manager's client."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        # The stack makes these by itself.
        self.own = {
            "studio-public-key": "a key that only the stack knows",
            "studio-address-key": "another key that only the stack knows",
        }

    def create_secret(self, *, Name: str, SecretString: str) -> dict[str, Any]:  # noqa: N803
        """Store a new secret."""
        if Name in self.values:
            raise refused("ResourceExistsException", "CreateSecret")
        self.values[Name] = SecretString
        return {"Name": Name}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> dict[str, Any]:  # noqa: N803
        """Change a secret."""
        self._there(SecretId, "PutSecretValue")
        self.values[SecretId] = SecretString
        return {"Name": SecretId}

    def get_secret_value(self, *, SecretId: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        """Read a secret."""
        if SecretId not in self.own:
            self._there(SecretId, "GetSecretValue")
        return {"Name": SecretId, "SecretString": (self.own | self.values)[SecretId]}

    def delete_secret(self, *, SecretId: str, ForceDeleteWithoutRecovery: bool = False) -> dict[str, Any]:  # noqa: N803
        """Delete a secret."""
        del ForceDeleteWithoutRecovery
        self._there(SecretId, "DeleteSecret")
        del self.values[SecretId]
        return {"Name": SecretId}

    def _there(self, name: str, operation: str) -> None:
        if name not in self.values:
            raise refused("ResourceNotFoundException", operation)


@dataclass
class MemoryParameters:
    """Parameter Store's client."""

    values: dict[str, str] = field(default_factory=dict)

    def get_parameter(self, *, Name: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        """Read a parameter."""
        if Name not in self.values:
            raise refused("ParameterNotFound", "GetParameter")
        return {"Parameter": {"Name": Name, "Value": self.values[Name]}}


@dataclass
class MemoryMail:
    """SES's client, v2. `sent` lists the mails; `refuses` is what the next ones are refused with, first come."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)

    def send_email(self, **mail: Any) -> dict[str, Any]:
        """Send a mail."""
        if self.refuses:
            raise refused(self.refuses.pop(0), "SendEmail")
        self.sent.append(mail)
        return {"MessageId": f"mail-{len(self.sent)}"}


class MemoryAws:
    """Stands where `boto3` stands: hands out the clients."""

    def __init__(self) -> None:
        self._buckets = MemoryBuckets()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._buckets.objects.clear()
        self.services: dict[str, Any] = {
            "dynamodb": MemoryTable(),
            "s3": self._buckets,
            "stepfunctions": MemoryMachines(),
            "lambda": MemoryLambda(),
            "secretsmanager": MemorySecrets(),
            "sesv2": MemoryMail(),
            "ssm": MemoryParameters({ADDRESS_PARAMETER: ADDRESS}),
        }

    def client(self, service: str, **more: Any) -> Any:
        """Return a service's client; one that is not here is boto3's."""
        return self.services.get(service) or boto3.client(service, **more)  # type: ignore[call-overload]
