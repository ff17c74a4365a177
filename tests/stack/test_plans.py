"""What plans are checked against: the data says what the deployed bots say."""

import pytest

from local import bot_schemas, openapi
from studio.catalog import bots
from studio.craft.bots import catalogue, roles
from studio.domain.plan import ORCHESTRATOR, PRODUCER
from studio.domain.suggestion import _in_order
from studio.quotes import expected
from tests.stack.reading import blocks

pytestmark = pytest.mark.stack


def test_the_file_says_what_the_routes_say() -> None:
    written = bot_schemas.TARGET.read_text(encoding="utf-8")
    assert written == bot_schemas.text(openapi.document()), "a bot changed: .venv/bin/python -m local.openapi"


def test_every_deployed_bot_but_the_planner_can_be_a_step() -> None:
    deployed = set(blocks()["bots"].properties["Environment"]["Variables"]["DEPLOYED_BOTS"].split(","))
    assert set(catalogue().capabilities) == (deployed - {ORCHESTRATOR}) | {PRODUCER}


def test_every_bot_has_a_role_and_a_price_before_it_is_deployed() -> None:
    named = {entry.name for entry in bots(frozenset())} - {ORCHESTRATOR}
    assert set(roles()) == named | {PRODUCER}
    stages = {step.replace("_", "-") for step in expected().texts}
    assert named <= stages | set(expected().bots)


def test_roles_name_bots_there_are_and_stand_after_whom_they_build_on() -> None:
    for name, role in roles().items():
        assert {*role.after, *role.brings, *role.covers} <= set(roles()), name
        assert all(word == word.casefold() for word in role.words), name
    order = _in_order(roles(), roles())
    for name, role in roles().items():
        assert all(order.index(other) < order.index(name) for other in role.after), f"{name} is part of a circle"
