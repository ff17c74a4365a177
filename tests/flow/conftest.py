"""One AWS for the whole tier, and an empty world in it for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.world import World, aws_with_machines, world_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep this tier on one worker: the interpreter and the world are costly to make."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("machines"))


@pytest.fixture(scope="package")
def machines() -> Iterator[None]:
    with aws_with_machines():
        yield


@pytest.fixture
def world(machines: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world_in(monkeypatch) as world:
        yield world
