"""The template as SAM expands it, once for the tier; and checks that are made again only of what has changed."""

import hashlib
import importlib.metadata
from collections.abc import Callable

import pytest

from tests.stack import reading


@pytest.fixture(scope="session")
def expanded() -> reading.Document:
    """The template as CloudFormation gets it."""
    return reading.expand(reading.template())


@pytest.fixture
def found_in(request: pytest.FixtureRequest) -> Callable[[str, str, Callable[[str], list[str]]], list[str]]:
    """Return what a package's check finds in a text: `found_in("cfn-lint", text, check)`.

    Such checks take seconds and say the same about the same: what one found clean is not looked at again.
    """
    cache = getattr(request.config, "cache", None)

    def found(package: str, text: str, check: Callable[[str], list[str]]) -> list[str]:
        known = hashlib.sha256(f"{importlib.metadata.version(package)} {text}".encode()).hexdigest()
        if cache is not None and cache.get(f"stack/clean-{package}", None) == known:
            return []
        faults = check(text)
        if cache is not None and not faults:
            cache.set(f"stack/clean-{package}", known)
        return faults

    return found
