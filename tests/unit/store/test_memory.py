"""The table in memory, held against moto's: the same requests, the same answers, the same items."""

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.conftest import ENVIRONMENT, REGION, lay_out
from tests.unit.memory import MemoryTable, key_of

TABLE = ENVIRONMENT["TABLE_NAME"]
CONDITIONS = [
    "",
    "attribute_not_exists(pk)",
    "attribute_exists(pk)",
    "#n = :n",
    "#n < :n OR attribute_not_exists(#n)",
    "attribute_exists(pk) AND (attribute_not_exists(#n) OR #n <= :n)",
    "attribute_not_exists(#m) OR #m < :n OR (#n <> :n AND attribute_exists(#n) AND #n > :n)",
]
UPDATES = [
    "SET #n = :v",
    "SET #n = if_not_exists(#n, :v) + :v, #m = if_not_exists(#m, :v)",
    "ADD #n :v, #m :v",
    "REMOVE #m",
    "SET #n = :v REMOVE #m",
]
NAMES = {"#n": "n", "#m": "m"}


@pytest.fixture(scope="module")
def theirs() -> Iterator[Any]:
    with mock_aws():
        lay_out()
        yield boto3.client("dynamodb", region_name=REGION)


def bound(request: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Bind what the expressions of a request use."""
    text = request.get("ConditionExpression", "") + request.get("UpdateExpression", "")
    names = {token: name for token, name in NAMES.items() if token in text}
    values = {token: {"N": str(chance.randint(0, 4))} for token in (":n", ":v") if token in text}
    return request | (
        ({"ExpressionAttributeNames": names} if names else {})
        | ({"ExpressionAttributeValues": values} if values else {})
    )


def a_key(chance: random.Random) -> dict[str, Any]:
    return {"pk": {"S": chance.choice("AB")}, "sk": {"S": chance.choice(["x#1", "x#2", "y#1"])}}


def an_action(chance: random.Random) -> dict[str, Any]:
    kind, condition = chance.choice(["Put", "Update", "Update", "Delete"]), chance.choice(CONDITIONS)
    request: dict[str, Any] = {"TableName": TABLE} | ({"ConditionExpression": condition} if condition else {})
    if kind == "Put":
        item = a_key(chance) | {name: {"N": str(chance.randint(0, 4))} for name in "nm" if chance.random() < 0.7}
        if chance.random() < 0.5:
            item |= {"active_in": {"S": chance.choice("EF")}, "active_since": {"S": str(chance.randint(0, 9))}}
        return {kind: bound(request | {"Item": item}, chance)}
    request["Key"] = a_key(chance)
    return {kind: bound(request | ({"UpdateExpression": chance.choice(UPDATES)} if kind == "Update" else {}), chance)}


def queries() -> Iterator[dict[str, Any]]:
    for pk in "AB":
        for forward in (True, False):
            yield {
                "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
                "ExpressionAttributeValues": {":pk": {"S": pk}, ":prefix": {"S": "x#"}},
                "ScanIndexForward": forward,
            }
    yield {
        "IndexName": "active",
        "KeyConditionExpression": "active_in = :what AND active_since < :before",
        "ExpressionAttributeValues": {":what": {"S": "E"}, ":before": {"S": "7"}},
    }
    yield {
        "IndexName": "active",
        "KeyConditionExpression": "active_in = :what AND active_since BETWEEN :first AND :last",
        "ExpressionAttributeValues": {":what": {"S": "F"}, ":first": {"S": "2"}, ":last": {"S": "6"}},
    }


def outcome(client: Any, method: str, request: dict[str, Any]) -> Any:
    try:
        answer = getattr(client, method)(**request)
    except ClientError as error:
        reasons = [reason["Code"] for reason in error.response.get("CancellationReasons", [])]
        return error.response["Error"]["Code"], reasons
    return answer.get("Attributes")


def ordered(client: Any, query: dict[str, Any]) -> list[Any]:
    items = client.query(TableName=TABLE, **query)["Items"]
    # Of equal times an index says nothing about the order.
    return sorted(items, key=str) if "IndexName" in query else items


@pytest.mark.parametrize("seed", range(3))
def test_the_table_in_memory_is_as_motos(theirs: Any, seed: int) -> None:
    chance, ours = random.Random(seed), MemoryTable()
    for pk in "AB":
        for sk in ("x#1", "x#2", "y#1"):
            theirs.delete_item(TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    for _ in range(120):
        several = [an_action(chance) for _ in range(chance.choice([1, 1, 2]))]
        places = [str(key_of(action)) for action in several]
        if len(set(places)) < len(places):
            # Refused as a whole, and no store does it.
            continue
        if len(several) == 1:
            [(kind, request)] = several[0].items()
            method = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
        else:
            method, request = "transact_write_items", {"TransactItems": several}
        assert outcome(ours, method, request) == outcome(theirs, method, request), request
    for query in queries():
        assert ordered(ours, query) == ordered(theirs, query)
