"""The template as SAM expands it: once for the tier."""

import pytest

from tests.stack import reading


@pytest.fixture(scope="session")
def expanded() -> reading.Document:
    """The template as CloudFormation gets it."""
    return reading.expand(reading.template())
