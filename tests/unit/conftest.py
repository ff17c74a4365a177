"""The in-memory AWS of the unit tier: set up once for each module, empty for each test."""

from collections.abc import Iterator
from itertools import batched
from types import SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws

from tests.conftest import ENVIRONMENT, lay_out
from tests.unit.atomic import atomic_writes
from tests.unit.made import StubLambda

BUCKETS = (ENVIRONMENT["VIDEOS_BUCKET"], ENVIRONMENT["ATTACHMENTS_BUCKET"])


@pytest.fixture(scope="module")
def cloud() -> Iterator[None]:
    """The stack's table and buckets, for all tests of a module. Those that share it keep apart by their owners."""
    from studio.entry import context

    context.client.cache_clear()
    context.parameters.clear_caches()
    with mock_aws(), atomic_writes():
        lay_out()
        yield
    context.client.cache_clear()


@pytest.fixture
def aws(cloud: None) -> Iterator[None]:
    """The stack's table and buckets, empty."""
    yield
    from studio.entry import context

    dynamodb, s3 = context.client("dynamodb"), context.client("s3")
    table = ENVIRONMENT["TABLE_NAME"]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        deletes = [{"DeleteRequest": {"Key": {name: item[name] for name in ("pk", "sk")}}} for item in page["Items"]]
        for some in batched(deletes, 25):
            dynamodb.batch_write_item(RequestItems={table: list(some)})
    for bucket in BUCKETS:
        for stored in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=stored["Key"])


@pytest.fixture
def machines(aws: None) -> Iterator[Any]:
    """Step Functions with the stack's two machines, whose executions run until they are stopped; its client."""
    from studio.entry import context

    client = context.client("stepfunctions")
    arns = [
        client.create_state_machine(
            name=ENVIRONMENT[name].rpartition(":")[2],
            definition='{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": true}}}',
            roleArn="arn:aws:iam::123456789012:role/machine",
        )["stateMachineArn"]
        for name in ("PRODUCER_MACHINE", "VIDEO_MACHINE")
    ]
    yield client
    for arn in arns:
        client.delete_state_machine(stateMachineArn=arn)


@pytest.fixture
def lambdas(aws: None, monkeypatch: pytest.MonkeyPatch) -> StubLambda:
    """What is asked of Lambda."""
    from studio.entry import context

    stub, boto = StubLambda(), context.boto3.client
    monkeypatch.setattr(
        context,
        "boto3",
        SimpleNamespace(client=lambda service, **more: stub if service == "lambda" else boto(service, **more)),
    )
    context.client.cache_clear()
    return stub
