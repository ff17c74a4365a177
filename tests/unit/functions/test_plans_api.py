"""Plans that are carried out, over HTTP, and each step before and after its bot."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.plan_step import app as stepping
from functions.plans import app
from functions.sweep import app as sweeping
from studio import plans
from studio.domain.episode import Status
from studio.domain.plan import Plan
from studio.domain.plan_run import PlanRun, StepRun, closing
from studio.entry import Studio
from tests.conftest import Answer, Clock, Context, call, http_event
from tests.unit.made import moved, stored
from tests.unit.memory import MemoryMachines


@pytest.fixture
def studio(machines: MemoryMachines, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Studio:
    opened = Studio.opened_for("amina")
    opened.clock = clock
    return opened


def ask(method: str, path: str, **more: Any) -> Answer:
    return call(app.handler, http_event(method, path, None, **more))


def begun(studio: Studio, *steps: dict[str, Any], **more: Any) -> PlanRun:
    """Begin a plan; without steps, one that finds a hook and then another one."""
    episode_id = stored(studio, status=Status.COMPLETED, execution="").episode_id
    usual = [
        {"id": "a", "bot": "hook-optimization-bot", "inputs": {"episode_id": episode_id}},
        {"id": "b", "bot": "hook-optimization-bot", "inputs": {"episode_id": {"from": "a", "field": "episode_id"}}},
    ]
    plan = Plan.model_validate({"goal": "A better hook.", "steps": list(steps) or usual})
    price = plans.priced(plan, "gemini", more.get("budget"), studio)
    return plans.start(plan, price, "draft", studio)


def do(studio: Studio, run: PlanRun, what: str, step: str = "", **more: Any) -> stepping.PlanStepReport:
    request = stepping.PlanStepRequest.model_validate({"plan_run_id": run.plan_run_id, "do": what, "step": step} | more)
    return stepping.plan_step(request, studio)


def ran(studio: Studio, run: PlanRun, step: str, **changes: Any) -> None:
    """Let a step's bot have run."""
    bot_run = studio.runs.get(studio.plans.steps(run)[step].run_id)
    studio.runs.save(bot_run.model_copy(update={"status": "succeeded", "cost": 7} | changes))


def step_of(studio: Studio, run: PlanRun, step: str) -> StepRun:
    return studio.plans.steps(run)[step]


# -- over HTTP


def test_a_plan_is_listed_and_read_with_each_step_and_its_drawing(studio: Studio) -> None:
    first = begun(studio)
    studio.clock.at += timedelta(seconds=1)  # type: ignore[attr-defined]
    second = begun(studio)
    page = ask("GET", "/plans", query={"limit": "1"}).body
    assert [item["plan_run_id"] for item in page["items"]] == [second.plan_run_id]
    more = ask("GET", "/plans", query={"limit": "5", "cursor": page["cursor"]}).body
    assert [item["plan_run_id"] for item in more["items"]] == [first.plan_run_id]
    assert more["items"][0] | {"created_at": ""} == {
        "plan_run_id": first.plan_run_id,
        "goal": "A better hook.",
        "status": "queued",
        "reason": "",
        "steps": 2,
        "expected_usd": first.expected / 1e6,
        "at_most_usd": first.at_most / 1e6,
        "budget_usd": None,
        "created_at": "",
        "finished_at": None,
    }
    seen = ask("GET", f"/plans/{first.plan_run_id}").body
    assert seen["plan"]["steps"][1]["inputs"] == {"episode_id": {"from": "a", "field": "episode_id"}}
    assert [(step["id"], step["status"]) for step in seen["steps"]] == [("a", "waiting"), ("b", "waiting")]
    assert "class s1,s2 waiting" in seen["mermaid"]
    assert seen["waves"] == [["a"], ["b"]]


def test_a_plan_is_nobody_else_s(studio: Studio) -> None:
    run = begun(studio)
    for method, path in (("GET", f"/plans/{run.plan_run_id}"), ("POST", f"/plans/{run.plan_run_id}/cancel")):
        assert ask(method, path, owner="bilan").status == 404
    assert ask("GET", "/plans", owner="bilan").body["items"] == []
    assert studio.plans.get(run.plan_run_id) == run


def test_a_cancelled_plan_stops_its_execution_once(studio: Studio, machines: MemoryMachines) -> None:
    run = begun(studio)
    answer = ask("POST", f"/plans/{run.plan_run_id}/cancel")
    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    assert {step["status"] for step in answer.body["steps"]} == {"cancelled"}
    assert machines.executions[run.execution]["status"] == "ABORTED"
    assert ask("POST", f"/plans/{run.plan_run_id}/cancel").status == 409
    assert do(studio, run, "prepare", "a").next == "over", "nobody is called for it any more"


# -- before and after each step


def test_a_step_is_prepared_once_however_often_that_is_asked(studio: Studio) -> None:
    run = begun(studio)
    first, again = do(studio, run, "prepare", "a"), do(studio, run, "prepare", "a")
    assert first == again
    assert (first.next, first.bot) == ("call", "hook-optimization-bot")
    assert first.call["run_id"] == step_of(studio, run, "a").run_id
    assert studio.plans.get(run.plan_run_id).status == "running"
    ran(studio, run, "a", output=json.dumps({"episode_id": "of a"}))
    assert [do(studio, run, "settle", "a", outcome="done").status for _ in range(2)] == ["done", "done"]
    assert step_of(studio, run, "a").cost == 7, "settled twice, paid once"
    assert do(studio, run, "prepare", "b").call["episode_id"] == "of a"


def test_what_a_step_did_not_report_ends_the_one_that_needs_it_with_a_sentence(studio: Studio) -> None:
    run = begun(studio)
    do(studio, run, "prepare", "a")
    ran(studio, run, "a", output="{}")
    do(studio, run, "settle", "a", outcome="done")
    assert do(studio, run, "prepare", "b").next == "over"
    ended = step_of(studio, run, "b")
    assert (ended.status, ended.outcome) == ("failed", "nothing_to_work_on")
    assert ended.reason == "A reported nothing under episode_id."
    assert do(studio, run, "close").status == "partial"


@pytest.mark.parametrize(
    ("outcome", "error_type", "then"),
    [
        ("blocked", "blocked", "failed"),
        ("not_connected", "not_connected", "failed"),
        ("provider_unavailable", "provider_unavailable", "failed"),
        ("broke_off", "conflict", "failed"),
        ("broke_off", "provider_unavailable", "again"),
        ("broke_off", "internal", "again"),
        ("wait", "throttled", "again"),
    ],
)
def test_what_may_pass_is_tried_again_in_a_run_of_its_own_and_the_rest_ends_the_step(
    studio: Studio, outcome: str, error_type: str, then: str
) -> None:
    run = begun(studio)
    do(studio, run, "prepare", "a")
    first = step_of(studio, run, "a").run_id
    ran(studio, run, "a", status="failed", error="No.", error_type=error_type)
    report = do(studio, run, "settle", "a", outcome=outcome, seconds=9)
    if then == "failed":
        ended = step_of(studio, run, "a")
        assert (report.next, ended.status, ended.outcome, ended.reason) == ("over", "failed", error_type, "No.")
        return
    assert (report.next, report.seconds) == ("wait", 9 if outcome == "wait" else 1)
    assert do(studio, run, "settle", "a", outcome=outcome, seconds=9).next == "wait", "settled again, nothing changes"
    assert step_of(studio, run, "a").cost == 7
    do(studio, run, "prepare", "a")
    assert step_of(studio, run, "a").run_id not in {"", first}


@pytest.mark.parametrize(("outcome", "tries"), [("broke_off", stepping.ATTEMPTS), ("wait", stepping.WAITS + 1)])
def test_nobody_is_called_for_ever(studio: Studio, outcome: str, tries: int) -> None:
    run = begun(studio)
    for number in range(tries):
        assert step_of(studio, run, "a").status in {"waiting", "running"}, number
        do(studio, run, "prepare", "a")
        do(studio, run, "settle", "a", outcome=outcome)
    ended = step_of(studio, run, "a")
    assert (ended.status, bool(ended.reason)) == ("failed", True)
    assert do(studio, run, "prepare", "b").status == "skipped"
    assert do(studio, run, "close").status == "failed"


def test_a_budget_that_is_spent_stops_the_next_step(studio: Studio) -> None:
    run = begun(studio, budget=10**9)
    do(studio, run, "prepare", "a")
    ran(studio, run, "a", cost=10**9, output='{"episode_id": "x"}')
    do(studio, run, "settle", "a", outcome="done")
    do(studio, run, "prepare", "b")
    ended = step_of(studio, run, "b")
    assert (ended.status, ended.outcome) == ("failed", "budget_exceeded")
    assert "Raise the budget" in ended.reason


def test_the_stack_s_provider_or_the_plan_s_is_what_bots_are_asked_with(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.craft.bots import catalogue

    known = catalogue().capabilities["hook-optimization-bot"]
    properties = dict(known.fields) | {"provider": {"type": "string"}}
    changed = known.model_copy(update={"request": dict(known.request) | {"properties": properties}})
    monkeypatch.setitem(catalogue().capabilities, "hook-optimization-bot", changed)  # type: ignore[arg-type]
    run = begun(studio)
    assert do(studio, run, "prepare", "a").call["provider"] == "draft"


# -- an episode as a step


def test_an_episode_is_ordered_once_looked_at_and_waited_for(studio: Studio, machines: MemoryMachines) -> None:
    run = begun(studio, {"id": "e", "bot": "episode-producer", "inputs": {"prompt": "A debt.", "clips": 1}})
    assert do(studio, run, "prepare", "e").next == "wait"
    episode = studio.episodes.get(step_of(studio, run, "e").episode_id)
    assert (episode.prompt, episode.provider, episode.status) == ("A debt.", "draft", "queued")
    assert do(studio, run, "prepare", "e").next == "wait"
    assert len([arn for arn in machines.executions if "producer" in arn]) == 1
    moved(studio, episode, Status.WRITING, Status.WRITTEN, Status.RENDERING, Status.COMPLETED)
    assert do(studio, run, "prepare", "e").status == "done"
    assert do(studio, run, "close").status == "completed"


def test_whoever_dies_while_ordering_leaves_no_second_episode(studio: Studio, machines: MemoryMachines) -> None:
    run = begun(studio, {"id": "e", "bot": "episode-producer", "inputs": {"prompt": "A debt."}})
    do(studio, run, "prepare", "e")
    step = step_of(studio, run, "e")
    # Ordered, and not noted: as if the worker had died in between.
    studio.plans.save_step(run, step.model_copy(update={"outcome": ""}))
    assert do(studio, run, "prepare", "e").next == "wait"
    assert len([arn for arn in machines.executions if "producer" in arn]) == 1


def test_an_episode_that_fails_or_cannot_be_ordered_says_why(studio: Studio) -> None:
    run = begun(studio, {"id": "e", "bot": "episode-producer", "inputs": {"prompt": "A debt."}})
    do(studio, run, "prepare", "e")
    episode = studio.episodes.get(step_of(studio, run, "e").episode_id)
    studio.episodes.move(episode.episode_id, Status.FAILED, studio.clock(), reason="The script was refused.")
    do(studio, run, "prepare", "e")
    assert step_of(studio, run, "e").reason == "The script was refused."
    both = begun(studio, {"id": "e", "bot": "episode-producer", "inputs": {}})
    assert do(studio, both, "prepare", "e").next == "over"
    assert "either a prompt" in step_of(studio, both, "e").reason


# -- when nobody works on it any more


def sweep(**event: Any) -> int:
    report: dict[str, int] = sweeping.handler(event, Context())
    return report["plans"]


@pytest.mark.parametrize("done", [True, False])
def test_a_plan_whose_execution_is_over_is_settled_by_what_its_bots_have_done(studio: Studio, *, done: bool) -> None:
    run = begun(studio)
    do(studio, run, "prepare", "a")
    if done:
        ran(studio, run, "a")
    asked = json.dumps({"owner": "amina", "plan_run_id": run.plan_run_id})
    detail = {"name": f"plan-{run.plan_run_id}", "status": "TIMED_OUT", "input": asked}
    assert (sweep(detail=detail), sweep(detail=detail)) == (1, 0)
    then = studio.plans.get(run.plan_run_id)
    assert then.status == ("partial" if done else "failed")
    assert [step.status for step in studio.plans.steps(run).values()] == ["done" if done else "failed", "skipped"]
    assert "what is done is not bought twice" in then.reason


def test_the_sweep_finds_a_plan_that_vanished_and_leaves_one_at_work_alone(
    studio: Studio, machines: MemoryMachines
) -> None:
    run, other = begun(studio), begun(studio)
    del machines.executions[run.execution]
    assert sweep(rest_seconds=0) == 1
    assert studio.plans.get(run.plan_run_id).status == "failed"
    assert studio.plans.get(other.plan_run_id).under_way


def test_a_plan_is_what_its_steps_have_come_to() -> None:
    def steps(*statuses: str) -> list[StepRun]:
        return [StepRun.model_validate({"id": f"s{n}", "bot": "b", "status": s}) for n, s in enumerate(statuses)]

    assert closing(steps("done", "done")) == ("completed", "")
    assert closing(steps("done", "failed", "skipped"))[0] == "partial"
    assert closing(steps("failed", "skipped"))[0] == "failed"
