"""Who may do what: no wildcard without a reason, and every door names who may come through it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack.reading import Document, listed, rendered

pytestmark = pytest.mark.stack

MANAGED = {
    "service-role/AWSLambdaBasicExecutionRole": (
        "SAM gives it to every function: writing log lines, in any group, which the function learns only when it runs"
    ),
    "AWSXrayWriteOnlyAccess": "traces belong to no resource, so X-Ray takes no narrower one than `*`",
}
"""AWS's own policies that roles may have, with the reason. Their names, because what is in them is AWS's."""

KINDS = ("AWS::IAM::", "AWS::S3::", "AWS::SQS::", "AWS::SNS::", "AWS::SecretsManager::")
"""The resources that carry policies. A function's permissions are looked at by themselves."""

WILDCARDS: dict[str, str] = {}
"""Wildcards that statements of ours may have, as `action on resource`, with the reason. None so far."""


def _statements(expanded: Document) -> Iterator[tuple[str, Document]]:
    """Every policy statement of every policy in the stack, with the logical id it belongs to."""

    def within(value: Any) -> Iterator[Document]:
        if isinstance(value, dict):
            yield from listed(value.get("Statement", []))
            for inner in value.values():
                yield from within(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from within(inner)

    for logical_id, resource in expanded["Resources"].items():
        if resource["Type"].startswith(KINDS):
            for statement in within(resource.get("Properties", {})):
                yield logical_id, statement


def _is_ours_alone(resource: str) -> bool:
    """A wildcard may only stand after something that is this stack's: its bucket's ARN, or its name."""
    before, star, _ = resource.partition("*")
    return (
        not star
        or re.search(r"\$\{AWS::StackName\}[-/]", before) is not None
        or re.search(r"\$\{\w+\.(Arn|Name)\}", before) is not None
    )


def test_the_policies_were_found(expanded: Document) -> None:
    assert len(list(_statements(expanded))) > len(expanded["Resources"]) / 5


def test_no_statement_allows_every_action_or_every_resource(expanded: Document) -> None:
    wide = set()
    for logical_id, statement in _statements(expanded):
        if statement["Effect"] != "Allow" or "sts:AssumeRole" in listed(statement["Action"]):
            continue
        assert "NotAction" not in statement, logical_id
        assert "NotResource" not in statement, logical_id
        for action in listed(statement["Action"]):
            for resource in map(rendered, listed(statement["Resource"])):
                if "*" in action or not _is_ours_alone(resource):
                    wide.add(f"{action} on {resource}")
    assert wide == set(WILDCARDS), "give it a narrower resource, or a reason in WILDCARDS"


def test_roles_take_no_policy_of_aws_without_a_reason(expanded: Document) -> None:
    ours = {name for name, r in expanded["Resources"].items() if r["Type"] == "AWS::IAM::ManagedPolicy"}
    taken = set()
    for resource in expanded["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            for arn in resource["Properties"].get("ManagedPolicyArns", []):
                if not (isinstance(arn, dict) and arn.get("Ref") in ours):
                    taken.add(rendered(arn).partition(":policy/")[2])
    assert taken == set(MANAGED)


def test_a_resource_lets_in_only_this_account(expanded: Document) -> None:
    for logical_id, statement in _statements(expanded):
        principal = statement.get("Principal")
        if principal is None or statement["Effect"] == "Deny" or "sts:AssumeRole" in listed(statement["Action"]):
            continue
        assert "aws:SourceAccount" in str(statement.get("Condition")), logical_id


def test_a_service_may_call_a_function_only_for_one_source(expanded: Document) -> None:
    for logical_id, resource in expanded["Resources"].items():
        if resource["Type"] == "AWS::Lambda::Permission":
            assert "SourceArn" in resource["Properties"], logical_id
            assert resource["Properties"]["Principal"] in {"apigateway.amazonaws.com", "events.amazonaws.com"}


def test_a_schedule_may_reach_its_dead_letters(expanded: Document) -> None:
    for logical_id, resource in expanded["Resources"].items():
        if resource["Type"] == "AWS::Scheduler::Schedule":
            role, _ = resource["Properties"]["Target"]["RoleArn"]["Fn::GetAtt"]
            policies = expanded["Resources"][role]["Properties"]["Policies"]
            assert "sqs:SendMessage" in str(policies), logical_id


def test_a_function_that_stores_its_failures_may_reach_the_dead_letters(expanded: Document) -> None:
    storing = 0
    for resource in expanded["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function" and "DeadLetterConfig" in resource["Properties"]:
            role, _ = resource["Properties"]["Role"]["Fn::GetAtt"]
            assert "sqs:SendMessage" in str(expanded["Resources"][role]["Properties"]["Policies"]), role
            storing += 1
    assert storing > 10
