"""Folders and blocks: every function is in both places, under one name, and set up as its code expects."""

import re
import tomllib

import pytest

from studio.catalog import bots
from studio.entry.bot import ALIAS
from studio.entry.context import Settings
from tests.conftest import ROOT
from tests.stack.reading import Block, blocks, folders, listed, named_in, rendered, template

pytestmark = pytest.mark.stack

LONGEST_STACK_NAME = "episode-studio-prod"
LAMBDA_NAME_LIMIT = 64
LONGEST_BOT = 155

NOT_AMONG_THE_BOTS = {
    "realism-audit": "a tool for one episode's pictures, which the pipeline uses too",
    "expert-director": "a stage of the pipeline, which can be called by itself",
    "scene-orchestration": "a stage of the pipeline, which can be called by itself",
}
"""Functions that are called like a bot and are none of those that the studio lists, with the reason."""

every_block = pytest.mark.parametrize("block", blocks().values(), ids=list(blocks()))


def test_every_folder_has_a_block_and_every_block_a_folder() -> None:
    assert sorted(blocks()) == [folder.name for folder in folders()]
    functions = [r for r in template()["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    assert len(functions) == len(blocks()), "two blocks share a folder"


def test_a_folder_holds_app_py_and_at_most_a_prompt() -> None:
    for folder in folders():
        held = {path.name for path in folder.iterdir()} - {"__pycache__"}
        prompt = {"prompt.md"} if "prompt.md" in (folder / "app.py").read_text() else set()
        assert held == {"app.py"} | prompt, folder.name


def test_a_bot_is_read_at_one_go() -> None:
    lines = {f.name: len((f / "app.py").read_text().splitlines()) for f in folders() if f.name.endswith("_bot")}
    long = {name: count for name, count in lines.items() if count > LONGEST_BOT}
    assert not long, "rules of the field belong into studio/domain, what is shared beside it"


@every_block
def test_a_function_has_one_name_everywhere(block: Block) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", block.folder.name)
    assert rendered(block.properties["FunctionName"]) == f"${{AWS::StackName}}-{block.public_name}"
    assert block.properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == block.public_name
    assert block.logical_id == block.folder.name.title().replace("_", "")
    assert len(f"{LONGEST_STACK_NAME}-{block.public_name}") <= LAMBDA_NAME_LIMIT


@every_block
def test_a_function_runs_the_python_of_this_checkout_and_is_called_through_its_alias(block: Block) -> None:
    assert block.settings["Runtime"] == f"python{(ROOT / '.python-version').read_text().strip()}"
    assert block.settings["Handler"] == "app.handler"
    assert block.settings["AutoPublishAlias"] == ALIAS
    assert block.settings["AutoPublishAliasAllProperties"]
    assert callable(block.module.handler)


@every_block
def test_whoever_answers_people_at_once_answers_before_the_gateway_gives_up(block: Block) -> None:
    # A bot may take longer: `Prefer: respond-async` is for that.
    if block.api_events and not block.is_bot:
        assert block.settings["Timeout"] <= 29


@every_block
def test_what_nobody_waits_for_goes_to_the_dead_letters_when_it_fails(block: Block) -> None:
    unattended = [event for event in block.events.values() if event["Type"] != "Api"]
    if not unattended and not block.is_bot:
        return
    assert rendered(block.properties["DeadLetterQueue"]["TargetArn"]) == "${DeadLetters.Arn}"
    for event in unattended:
        assert event["Type"] in {"EventBridgeRule", "ScheduleV2"}
        assert rendered(event["Properties"]["DeadLetterConfig"]["Arn"]) == "${DeadLetters.Arn}"
        assert event["Properties"]["RetryPolicy"]["MaximumRetryAttempts"] > 0


@every_block
def test_a_bot_may_call_itself_later_and_through_its_alias(block: Block) -> None:
    # Through the alias, because what it runs is published.
    may_call = [
        rendered(resource)
        for statement in block.statements
        if "lambda:InvokeFunction" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]
    for resource in may_call:
        assert resource.endswith((f":{ALIAS}", ".Alias}")), "what is called must be published"
    if block.is_bot:
        itself = f"function:${{AWS::StackName}}-{block.public_name}:{ALIAS}"
        assert [resource.partition("${AWS::AccountId}:")[2] for resource in may_call] == [itself]


def test_the_bots_that_are_listed_as_deployed_are_those_with_a_folder() -> None:
    catalogue = {entry.name for entry in bots(frozenset())}
    here = {block.public_name for block in blocks().values()} & catalogue
    told = blocks()["bots"].properties["Environment"]["Variables"]["DEPLOYED_BOTS"]
    assert set(told.split(",")) == here


@every_block
def test_every_bot_is_in_the_catalogue(block: Block) -> None:
    if block.is_bot:
        assert block.public_name in {entry.name for entry in bots(frozenset())} | set(NOT_AMONG_THE_BOTS)


def test_the_template_sets_what_the_code_reads_and_nothing_else() -> None:
    read: set[str] = set()
    for path in (*(ROOT / "layers").glob("*/*/**/*.py"), *(ROOT / "functions").glob("*/app.py")):
        read |= set(re.findall(r"""\b(?:environ|env)(?:\.get\(|\[)\s*["']([A-Z_]+)["']""", path.read_text()))
    variables = [
        template()["Globals"]["Function"]["Environment"]["Variables"],
        *(block.properties["Environment"]["Variables"] for block in blocks().values()),
    ]
    given = {name for group in variables for name in group}
    of_lambda = {name for name in read if name.startswith(("AWS_", "LAMBDA_"))}
    assert read - of_lambda - {"POWERTOOLS_SERVICE_NAME"} == {n for n in given if not n.startswith("POWERTOOLS_")}


def test_the_settings_are_read_from_the_names_the_template_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    given = template()["Globals"]["Function"]["Environment"]["Variables"]
    for name in given:
        monkeypatch.setenv(name, "1")
    assert set(vars(Settings.from_environment()).values()) <= {"1", 1.0}


def test_the_machines_names_in_the_environment_are_the_machines_names() -> None:
    resources = template()["Resources"]
    given = template()["Globals"]["Function"]["Environment"]["Variables"]
    for variable, machine in (
        ("PRODUCER_MACHINE", "EpisodeProducerMachine"),
        ("VIDEO_MACHINE", "GenerateVideoMachine"),
        ("PLAN_MACHINE", "BotPlanMachine"),
    ):
        name = rendered(resources[machine]["Properties"]["Name"])
        assert rendered(given[variable]).endswith(f":stateMachine:{name}")


def test_every_parameter_of_the_template_is_used() -> None:
    written = str(template()["Resources"]) + str(template()["Globals"]) + str(template()["Conditions"])
    used = named_in(written) | set(re.findall(r"'Ref': '(\w+)'", written))
    assert set(template()["Parameters"]) <= used


def test_samconfig_sets_parameters_there_are_to_values_they_allow() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    stages = {}
    for environment in config.keys() - {"version"}:
        deploy = config[environment].get("deploy", {}).get("parameters", {})
        given = dict(override.split("=", 1) for override in listed(deploy.get("parameter_overrides", [])))
        for name, value in given.items():
            assert value in template()["Parameters"][name].get("AllowedValues", [value]), (environment, name)
        stages[environment] = given.get("Stage")
        assert deploy["capabilities"] == "CAPABILITY_IAM"
    assert {env: stage for env, stage in stages.items() if env != "default"} == {e: e for e in ("local", "dev", "prod")}
    names = [config[environment]["deploy"]["parameters"]["stack_name"] for environment in ("dev", "prod")]
    assert len(set(names)) == 2
    assert max(map(len, names)) <= len(LONGEST_STACK_NAME)
