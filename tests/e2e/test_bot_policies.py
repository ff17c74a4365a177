"""Each bot may do what its policy names, and nothing else: tried with its own role."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from studio.catalog import NAMES
from tests.e2e.conftest import Deployed


def as_role(deployed: Deployed, function: str, service: str) -> Any:
    """Return a client with the rights that a function has, and no others."""
    here = deployed.outputs
    role = here.client("lambda").get_function_configuration(FunctionName=f"{here.stack}-{function}")["Role"]
    given = here.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")["Credentials"]
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=here.endpoint,
        region_name=here.region,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def deployed_bots(deployed: Deployed) -> list[str]:
    functions = deployed.outputs.client("lambda").get_paginator("list_functions").paginate()
    there = {
        entry["FunctionName"].removeprefix(f"{deployed.outputs.stack}-") for p in functions for entry in p["Functions"]
    }
    return [name for name in NAMES if name in there]


def refused(call: Any, **request: Any) -> bool:
    """Whether a call is denied; what it answers otherwise is of no matter."""
    try:
        call(**request)
    except ClientError as error:
        return "AccessDenied" in error.response["Error"]["Code"]
    return False


@pytest.mark.parametrize("name", NAMES)
def test_a_bot_is_denied_what_its_policy_does_not_name(deployed: Deployed, name: str) -> None:
    if name not in deployed_bots(deployed):
        pytest.skip("not deployed yet")
    here = deployed.outputs
    table = as_role(deployed, name, "dynamodb")
    assert refused(table.scan, TableName=here["TableName"]), "it reads everybody's things"
    assert not refused(table.get_item, TableName=here["TableName"], Key={"pk": {"S": "OWNER#x"}, "sk": {"S": "STATS"}})
    storage = as_role(deployed, name, "s3")
    assert refused(storage.delete_object, Bucket=here["VideosBucket"], Key="somebody/episode/clips/1.png")
    assert refused(storage.put_object, Bucket=here["VideosBucket"], Key="somebody/anything", Body=b"")
    secrets = as_role(deployed, name, "secretsmanager")
    assert refused(secrets.create_secret, Name="mine", SecretString="x")
    assert refused(as_role(deployed, name, "lambda").invoke, FunctionName=f"{here.stack}-sweep", Payload=b"{}")
    assert refused(as_role(deployed, name, "cognito-idp").list_users, UserPoolId=here["UserPoolId"])
