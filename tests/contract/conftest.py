"""One fake server and one real client for the whole tier: opening a client costs more than a hundred calls."""

from collections.abc import Iterator

import pytest
from google import genai

from studio.generation.gemini import open_client
from tests.fakes.gemini import FakeGemini


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
