"""The stack as a whole: clean, small enough, and careful with what people made."""

import json
import re
from collections import Counter
from collections.abc import Callable

import pytest

from tests.conftest import ROOT
from tests.stack.reading import Document, blocks, machines, rendered, template

pytestmark = pytest.mark.stack

ALL_FUNCTIONS = 65
"""How many functions the studio has when every bot has its own, and what goes with them."""

ROOM = 450
"""CloudFormation takes 500 resources in a stack; the rest is for what nobody has thought of."""

KEPT = ("Table", "EpisodeVideos", "GenerationAttachments", "Users")


def _faults(text: str) -> list[str]:
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    return [
        f"{match.rule.id} {match.message} at {'/'.join(map(str, match.path or ()))}"
        for match in lint(text, config=ManualArgs(regions=["eu-west-1"]))
    ]


def test_the_expanded_template_has_no_faults(
    expanded: Document, found_in: Callable[[str, str, Callable[[str], list[str]]], list[str]]
) -> None:
    """`sam validate --lint` looks at the template as written; this is what CloudFormation gets, ASL and all."""
    assert found_in("cfn-lint", json.dumps(expanded, sort_keys=True), _faults) == []


def test_the_stack_fits_today_and_with_every_bot(expanded: Document) -> None:
    today = len(expanded["Resources"])
    # What one more bot costs is what one costs now: function, version, alias, role, permission.
    a_bot = sum(name.startswith("ScriptGeneratorBot") for name in expanded["Resources"])
    projected = today + (ALL_FUNCTIONS - len(blocks())) * a_bot
    assert projected < ROOM, f"{today} resources today, {a_bot} a bot, {projected} with {ALL_FUNCTIONS} functions"


def test_what_people_made_outlives_the_stack() -> None:
    for name in KEPT:
        resource = template()["Resources"][name]
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resource["UpdateReplacePolicy"] == "Retain", name
    stateful = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool"}
    assert {n for n, r in template()["Resources"].items() if r["Type"] in stateful} == set(KEPT)


def test_prod_cannot_be_deleted_by_mistake_and_can_be_restored() -> None:
    resources = template()["Resources"]
    table, pool = resources["Table"]["Properties"], resources["Users"]["Properties"]
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}
    assert table["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": {"Fn::If": ["IsProd", True, False]}
    }
    assert pool["DeletionProtection"] == {"Fn::If": ["IsProd", "ACTIVE", "INACTIVE"]}
    assert resources["EpisodeVideos"]["Properties"]["VersioningConfiguration"] == {
        "Status": {"Fn::If": ["IsProd", "Enabled", "Suspended"]}
    }


def test_buckets_are_private_encrypted_and_speak_tls_only() -> None:
    resources = template()["Resources"]
    tls_only = {
        resource["Properties"]["Bucket"]["Ref"]
        for resource in resources.values()
        if resource["Type"] == "AWS::S3::BucketPolicy" and "'aws:SecureTransport': 'false'" in str(resource)
    }
    buckets = {name: r["Properties"] for name, r in resources.items() if r["Type"] == "AWS::S3::Bucket"}
    assert tls_only == set(buckets)
    for name, properties in buckets.items():
        assert all(properties["PublicAccessBlockConfiguration"].values()), name
        assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"], name
        assert "BucketName" not in properties, f"{name} is named by CloudFormation"


def test_every_function_logs_to_the_one_group_and_the_group_forgets(expanded: Document) -> None:
    group = template()["Resources"]["Logs"]["Properties"]
    assert min(days for days in group["RetentionInDays"]["Fn::If"][1:]) > 0
    for name, resource in expanded["Resources"].items():
        if resource["Type"] == "AWS::Lambda::Function":
            assert rendered(resource["Properties"]["LoggingConfig"]["LogGroup"]) == "${Logs}", name


def test_no_resource_is_left_over_in_the_template(expanded: Document) -> None:
    kinds = Counter(resource["Type"] for resource in expanded["Resources"].values())
    assert (
        kinds["AWS::Lambda::Function"] == kinds["AWS::Lambda::Alias"] == kinds["AWS::Lambda::Version"] == len(blocks())
    )
    ours = {name for name, r in template()["Resources"].items() if r["Type"] == "AWS::IAM::ManagedPolicy"}
    taken = {policy["Ref"] for block in blocks().values() for policy in block.properties["Policies"] if "Ref" in policy}
    assert taken == ours


def test_every_alarm_tells_somebody_and_its_section_in_the_handbook_is_there() -> None:
    handbook = (ROOT / "docs/operations.md").read_text()
    headings = set(re.findall(r"^#+ (.+)$", handbook, flags=re.MULTILINE))
    for name, resource in template()["Resources"].items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            assert resource["Properties"]["AlarmActions"] == [{"Ref": "Alarms"}], name
            [section] = re.findall(r'See docs/operations\.md, "(.+)"\.', resource["Properties"]["AlarmDescription"])
            assert section in headings, name


def test_no_secret_and_no_address_of_anybody_is_in_the_template() -> None:
    text = (ROOT / "template.yaml").read_text()
    assert not re.search(r"AIza[\w-]{20,}|AKIA[A-Z0-9]{12,}", text)
    for name in template()["Globals"]["Function"]["Environment"]["Variables"]:
        assert not re.search(r"(API_KEY|TOKEN|PASSWORD)$", name), "secrets are read from Secrets Manager"
    assert not re.search(r"(?<!Generate)SecretString", text)


def test_the_alarm_on_executions_hears_of_every_machine() -> None:
    watched = rendered(template()["Resources"]["ExecutionsAlarm"]["Properties"]["Metrics"])
    for metric in ("ExecutionsFailed", "ExecutionsTimedOut"):
        assert watched.count(f"'{metric}'") == len(machines())
    for machine in machines().values():
        assert f"'{machine.logical_id}'" in watched


def test_what_calls_elsewhere_by_itself_is_off_until_somebody_turns_it_on() -> None:
    schedules = {
        (block.folder.name, name): event["Properties"]
        for block in blocks().values()
        for name, event in block.events.items()
        if event["Type"] == "ScheduleV2"
    }
    assert {("trend_detection_bot", "Hourly"), ("rounds", "Measuring"), ("rounds", "Learning")} <= set(schedules)
    for (folder, name), properties in schedules.items():
        assert properties["RetryPolicy"]["MaximumEventAgeInSeconds"] >= 60, name
        # The sweep only looks at our own table.
        if folder != "sweep":
            parameter = template()["Parameters"][properties["State"]["Ref"]]
            assert (parameter["Default"], set(parameter["AllowedValues"])) == ("DISABLED", {"ENABLED", "DISABLED"})


def test_the_hourly_look_for_trends_asks_for_the_stack_s_regions() -> None:
    from functions.trend_detection_bot.app import TrendRequest

    text, words = blocks()["trend_detection_bot"].events["Hourly"]["Properties"]["Input"]["Fn::Sub"]
    between, regions = words["Regions"]["Fn::Join"]
    assert regions == {"Ref": "TrendRegions"}
    event = json.loads(text.replace("${Regions}", between.join(["US", "DE"])))
    assert event.pop("owner") == "system"
    assert TrendRequest.model_validate(event).regions == ("US", "DE")
