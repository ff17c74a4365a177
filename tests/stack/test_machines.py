"""The state machines: every `${X}` filled, every `Next` there, nothing that waits for ever or gives up at once."""

import re

import jsonata
import pytest

from studio.catalog import bots
from studio.entry.bot import ALIAS
from tests.conftest import ROOT
from tests.stack.reading import Machine, blocks, exits, listed, machines, named_in, rendered, scopes, states

pytestmark = pytest.mark.stack

every_machine = pytest.mark.parametrize("machine", machines().values(), ids=list(machines()))

NESTED = ":states:startExecution"


RETRIER = {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"}


def _is_nested(state: dict[str, object]) -> bool:
    # It ends when the machine it started does, which has a limit of its own. When that one ends badly, so should this
    # one: nothing to try again, since the name is taken, and the sweep settles the episode.
    return NESTED in str(state["Resource"])


def test_every_machine_has_a_block_and_every_block_its_file() -> None:
    assert sorted(machines()) == sorted(path.name for path in (ROOT / "statemachines").iterdir())


@every_machine
def test_every_placeholder_is_filled_and_every_filling_is_used(machine: Machine) -> None:
    assert named_in(machine.text) == set(machine.properties["DefinitionSubstitutions"])


@every_machine
def test_every_state_that_is_led_to_is_there_and_every_state_is_led_to(machine: Machine) -> None:
    for scope in scopes(machine.definition):
        reached: set[str] = set()
        ahead = [scope["StartAt"]]
        while ahead:
            name = ahead.pop()
            assert name in scope["States"], f"{name} is not there"
            if name not in reached:
                reached.add(name)
                ahead += exits(scope["States"][name])
        assert reached == set(scope["States"])


@every_machine
def test_every_way_through_can_end(machine: Machine) -> None:
    for scope in scopes(machine.definition):
        ends = {
            name for name, state in scope["States"].items() if state.get("End") or state["Type"] in {"Succeed", "Fail"}
        }
        while more := {
            name for name, state in scope["States"].items() if name not in ends and ends.intersection(exits(state))
        }:
            ends |= more
        assert ends == set(scope["States"])


@every_machine
def test_no_name_is_used_twice_so_that_a_history_can_be_read(machine: Machine) -> None:
    names = [name for name, _ in states(machine.definition)]
    assert len(names) == len(set(names))


@every_machine
def test_a_machine_ends_by_itself_and_is_written_in_jsonata(machine: Machine) -> None:
    assert machine.definition["TimeoutSeconds"] > 0
    assert machine.definition["QueryLanguage"] == "JSONata"


@every_machine
def test_every_expression_is_jsonata(machine: Machine) -> None:
    expressions = re.findall(r'"\{% (.*?) %\}"', machine.text)
    assert len(expressions) == machine.text.count("{%")
    for expression in expressions:
        jsonata.Jsonata(expression.encode().decode("unicode_escape"))


@every_machine
def test_every_task_is_tried_again_and_does_not_wait_for_ever(machine: Machine) -> None:
    for name, state in states(machine.definition):
        if state["Type"] != "Task" or _is_nested(state):
            continue
        assert "Retry" in state or "Catch" in state, f"{name} gives up at once"
        assert state["TimeoutSeconds"] > 0, f"{name} waits for ever"


@every_machine
def test_a_retrier_that_names_errors_is_followed_by_one_for_all(machine: Machine) -> None:
    # Not everything that runs a machine reports a Python error by its class.
    for name, state in states(machine.definition):
        for rules in (state.get("Retry"), state.get("Catch")):
            if rules:
                assert rules[-1]["ErrorEquals"] == ["States.ALL"], name
        for rule in state.get("Retry", ()):
            assert set(rule) <= RETRIER, f"{name}: the linter does not look in here"
            assert rule["MaxAttempts"] == 0 or rule["JitterStrategy"] == "FULL", name


@every_machine
def test_a_task_waits_as_long_as_its_function_may_run(machine: Machine) -> None:
    limits = {block.logical_id: block.settings["Timeout"] for block in blocks().values()}
    for name, state in states(machine.definition):
        called = state.get("Arguments", {}).get("FunctionName")
        if called is None:
            continue
        [placeholder] = named_in(called)
        function = rendered(machine.properties["DefinitionSubstitutions"][placeholder])
        if function.endswith(f"-*-bot:{ALIAS}"):
            assert state["TimeoutSeconds"] >= max(b.settings["Timeout"] for b in blocks().values() if b.is_bot), name
            continue
        assert function.endswith(".Alias}"), f"{name} must call a published version"
        assert state["TimeoutSeconds"] >= limits[function.removeprefix("${").removesuffix(".Alias}")], name


@every_machine
def test_a_machine_says_whose_work_it_is(machine: Machine) -> None:
    of_plan = machine.logical_id == "BotPlanMachine"
    for name, state in states(machine.definition):
        if state["Type"] == "Task":
            arguments = state["Arguments"]
            sent = arguments.get("Payload") or arguments["Input"]
            work = ("plan_run_id" if "PlanStep" in arguments["FunctionName"] else "ready.call",) if of_plan else ()
            for word in ("'owner'", *(work or ("'take'", "'episode_id'"))):
                assert word in sent, f"{name} does not pass {word}"


def test_the_machine_of_plans_finds_a_bot_by_its_name_and_reaches_bots_alone() -> None:
    machine = machines()["bot_plan.asl.json"]
    [called] = [state["Arguments"]["FunctionName"] for name, state in states(machine.definition) if name == "RunBot"]
    every = rendered(machine.properties["DefinitionSubstitutions"]["EveryBot"])
    expression = called.removeprefix("{% ").removesuffix(" %}").replace("${EveryBot}", every)
    pattern = re.compile(re.escape(every).replace(r"\*", ".*"))
    for block in blocks().values():
        alias = every.replace("*-bot", block.public_name)
        listed_as_bot = block.public_name in {entry.name for entry in bots(frozenset())}
        assert (pattern.fullmatch(alias) is not None) == listed_as_bot, block.public_name
        bound = expression.replace("$states.input.ready.bot", f"'{block.public_name}'")
        assert jsonata.Jsonata(bound).evaluate(None) == alias


@every_machine
def test_a_machine_may_call_what_it_calls_and_nothing_else(machine: Machine) -> None:
    calls = {
        rendered(value) for name, value in machine.properties["DefinitionSubstitutions"].items() if name != "Partition"
    }
    may = {
        rendered(resource)
        for statement in machine.statements
        if {"lambda:InvokeFunction", "states:StartExecution"} & set(listed(statement["Action"]))
        for resource in listed(statement["Resource"])
    }
    assert may == calls
