"""The in-memory AWS of the unit tier."""

from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.base import DEFAULT_PROVIDERS

from tests.conftest import ENVIRONMENT
from tests.unit.memory import MemoryAws, MemoryLambda, MemoryMachines

_AWS = MemoryAws()


def _forget(context: Any) -> None:
    """Open clients anew, and read the stack's secrets and parameters from memory too."""
    context.client.cache_clear()
    parameters.clear_caches()
    DEFAULT_PROVIDERS["secrets"] = parameters.SecretsProvider(boto3_client=_AWS.services["secretsmanager"])
    DEFAULT_PROVIDERS["ssm"] = parameters.SSMProvider(boto3_client=_AWS.services["ssm"])


@pytest.fixture(scope="module")
def cloud() -> Iterator[MemoryAws]:
    """The stack's table and buckets, for all tests of a module. Those that share it keep apart by their owners."""
    from studio.entry import context

    _AWS.clear()
    _forget(context)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(context, "boto3", _AWS)
        yield _AWS
    context.client.cache_clear()


@pytest.fixture
def aws(cloud: MemoryAws) -> MemoryAws:
    """The stack's table and buckets, empty."""
    from studio.entry import context

    cloud.clear()
    _forget(context)
    return cloud


@pytest.fixture
def machines(aws: MemoryAws) -> MemoryMachines:
    """Step Functions with the stack's machines, whose executions run until they are stopped."""
    client: MemoryMachines = aws.services["stepfunctions"]
    client.machines |= {ENVIRONMENT[name] for name in ("PRODUCER_MACHINE", "VIDEO_MACHINE", "PLAN_MACHINE")}
    return client


@pytest.fixture
def lambdas(aws: MemoryAws) -> MemoryLambda:
    """What is asked of Lambda."""
    client: MemoryLambda = aws.services["lambda"]
    return client
