"""What every tier shares: an in-memory AWS shaped like the template, and callers who are somebody."""

import gc
import json
import os
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters
from hypothesis import settings as hypothesis_settings
from moto import mock_aws

ROOT = Path(__file__).parent.parent
REGION = "eu-west-1"
ACCOUNT = "123456789012"
MACHINES = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:studio"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "TABLE_NAME": "studio-table",
    "VIDEOS_BUCKET": "studio-videos",
    "ATTACHMENTS_BUCKET": "studio-attachments",
    "PROVIDER": "draft",
    "GEMINI_SECRET": "studio-gemini-key",
    "PUBLIC_KEY_SECRET": "studio-public-key",
    "ADDRESS_KEY_SECRET": "studio-address-key",
    "MAIL_FROM": "news@studio.example",
    "CONNECTIONS_PREFIX": "studio/connections",
    "ADDRESS_PARAMETER": "/studio/address",
    "CHANNEL_APPS_SECRET": "studio-channel-apps",
    "CORS_ORIGIN": "http://localhost:5173",
    "PRODUCER_MACHINE": f"{MACHINES}-episode-producer",
    "VIDEO_MACHINE": f"{MACHINES}-generate-video",
    "PLAN_MACHINE": f"{MACHINES}-bot-plan",
    "POWERTOOLS_METRICS_DISABLED": "1",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
}
# Before any module of ours is imported: loggers and clients read the environment then. An endpoint of the developer's
# own would take the calls past moto.
os.environ.update(ENVIRONMENT)
for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "GEMINI_API_KEY", "GOOGLE_API_KEY", "POWERTOOLS_SERVICE_NAME"):
    os.environ.pop(name, None)

# The inner loop draws other examples each time, and so needs fewer of them than the one run that always draws the same.
hypothesis_settings.register_profile("inner loop", deadline=None, max_examples=25)
hypothesis_settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "inner loop")

# Reading whose certificates are believed takes longer than a command does, and every HTTP client does it again.
ssl.create_default_context = cache(ssl.create_default_context)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give out tests module by module in their order, and those that share something costly together, to one worker.

    What is shared is read from the path: xdist's own groups are lost with pytest's structured ids.
    """
    from xdist.scheduler import LoadScopeScheduling

    class SharedAtOnce(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            shared = ("tests/flow/", "tests/unit/media/", "tests/e2e/test_chaos.py", "tests/e2e/")
            return next((path for path in shared if nodeid.startswith(path)), nodeid.partition("::")[0])

    config.option.loadscopereorder = False
    return SharedAtOnce(config, log)


def pytest_collection_finish() -> None:
    """Keep what is imported by now out of the garbage collector's rounds; it is not going away."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Leave what is left to the end of the process: looking through all of it once more takes seconds."""
    gc.freeze()


@dataclass
class Clock:
    """A clock that stands still until it is told otherwise."""

    at: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Context:
    """What Lambda hands a handler beside the event."""

    function_name: str = "studio-function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:studio-function"
    aws_request_id: str = "11111111-2222-3333-4444-555555555555"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


@dataclass
class Answer:
    """An HTTP answer of a handler."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


def lay_out() -> None:
    """Make the stack's table and buckets, as in template.yaml, in the mocked AWS."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    dynamodb.create_table(
        TableName=ENVIRONMENT["TABLE_NAME"],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "active_in", "active_since")
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "active",
                "KeySchema": [
                    {"AttributeName": "active_in", "KeyType": "HASH"},
                    {"AttributeName": "active_since", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    s3 = boto3.client("s3", region_name=REGION)
    for bucket in (ENVIRONMENT["VIDEOS_BUCKET"], ENVIRONMENT["ATTACHMENTS_BUCKET"]):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})


@pytest.fixture
def aws() -> Iterator[None]:
    """An in-memory AWS with the stack's table and buckets."""
    from studio.entry import context

    context.client.cache_clear()
    parameters.clear_caches()
    with mock_aws():
        lay_out()
        yield
    context.client.cache_clear()


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
def open_studio(aws: None, clock: Clock) -> Callable[..., Any]:
    """Open the studio of an owner: `open_studio("amina", take=1, painters={"draft": …})`."""
    from studio.entry import Settings, Studio

    def opened(owner: str = "amina", **more: Any) -> Studio:
        return Studio(owner, Settings.from_environment(), clock=clock, **more)

    return opened


def http_event(
    method: str,
    path: str,
    body: Any = None,
    *,
    owner: str = "amina",
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    claims: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """API Gateway's REST proxy event, as a Lambda gets it. A `str` body goes as it is, anything else as JSON.

    claims: what the token says beside who the owner is.
    """
    sent = {"Content-Type": "application/json", **(headers or {})}
    return {
        "httpMethod": method,
        "path": path,
        "resource": path,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "requestId": "req-1",
            "httpMethod": method,
            "path": path,
            "stage": "v1",
            "authorizer": {"claims": {"sub": owner, "email": f"{owner}@example.com"} | (claims or {})},
            "identity": {"sourceIp": "203.0.113.7"},
        },
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def public_event(
    method: str,
    path: str,
    body: str | None = None,
    *,
    address: str = "203.0.113.7",
    resource: str = "",
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The same from somebody without a token: the gateway knows where from, and nothing else."""
    event = http_event(method, path, body, headers=headers) | {"resource": resource or path}
    event["requestContext"] |= {"identity": {"sourceIp": address}}
    del event["requestContext"]["authorizer"]
    return event


def call(handler: Callable[[dict[str, Any], Any], Any], event: dict[str, Any]) -> Answer:
    """Call a handler with an HTTP event and read its answer."""
    answer = handler(event, Context())
    headers = {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
    body = answer.get("body")
    if body and "json" in headers.get("Content-Type", ""):
        body = json.loads(body)
    return Answer(answer["statusCode"], body, headers)


sys.path.insert(0, str(ROOT))
