"""One AWS for the whole tier, and an empty world in it for each test."""

from collections.abc import Iterator

import pytest

from tests.flow.world import World, aws_with_machines, world_in


@pytest.fixture(scope="package")
def machines() -> Iterator[None]:
    with aws_with_machines():
        yield


@pytest.fixture
def world(machines: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world_in(monkeypatch) as world:
        yield world
