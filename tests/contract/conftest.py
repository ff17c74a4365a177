"""One fake server of a kind, and one real client, for the whole tier: opening costs more than a hundred calls."""

from collections.abc import Iterator

import pytest
from google import genai

from studio.generation.gemini import open_client
from tests.fakes.gemini import FakeGemini
from tests.fakes.networks import Networks


@pytest.fixture(scope="session")
def served() -> Iterator[FakeGemini]:
    with FakeGemini() as fake:
        yield fake


@pytest.fixture
def gemini(served: FakeGemini) -> FakeGemini:
    served.reset()
    return served


@pytest.fixture(scope="session")
def client(served: FakeGemini) -> genai.Client:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        return open_client(served.key, served.url, timeout_seconds=10)


@pytest.fixture(scope="session")
def networks_served() -> Iterator[Networks]:
    with Networks() as networks:
        yield networks


@pytest.fixture
def networks(networks_served: Networks) -> Networks:
    networks_served.reset()
    return networks_served
