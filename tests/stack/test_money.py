"""Who may look after everybody's spending: one function, one group, and no more than that takes."""

import pytest

from studio.entry.http import ADMIN
from tests.stack.reading import blocks, rendered, template

pytestmark = pytest.mark.stack


def test_the_group_is_called_what_the_code_looks_for() -> None:
    groups = [r["Properties"] for r in template()["Resources"].values() if r["Type"] == "AWS::Cognito::UserPoolGroup"]
    assert [(group["GroupName"], group["UserPoolId"]) for group in groups] == [(ADMIN, {"Ref": "Users"})]


def test_what_is_for_administrators_is_in_one_function_and_nothing_else_is_in_it() -> None:
    for name, block in blocks().items():
        for event in block.api_events:
            assert event["Path"].startswith("/admin/") == (name == "admin"), event["Path"]


def test_that_function_may_read_set_and_clear_caps_and_list_budgets_and_nothing_else() -> None:
    policies = blocks()["admin"].properties["Policies"]
    assert len(policies) == 1
    assert {
        (action, rendered(statement["Resource"]))
        for statement in policies[0]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    } == {
        ("dynamodb:GetItem", "${Table.Arn}"),
        ("dynamodb:PutItem", "${Table.Arn}"),
        ("dynamodb:DeleteItem", "${Table.Arn}"),
        ("dynamodb:Query", "${Table.Arn}/index/active"),
    }


def test_whoever_answers_everybody_may_not_read_everybody_s_budgets() -> None:
    for name, block in blocks().items():
        if block.api_events and name != "admin":
            assert "index/active" not in str(block.properties.get("Policies")), name
