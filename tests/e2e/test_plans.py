"""A plan on the deployed stack: the machine finds the bots by their names, and each role lets it do its part."""

import time
from typing import Any

from tests.e2e.conftest import Person


def carried_out(person: Person, plan_run_id: str, seconds: float = 90) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        plan = person.ok("GET", f"/plans/{plan_run_id}")
        if plan["status"] not in {"queued", "running"}:
            return plan
        assert time.monotonic() < deadline, plan
        time.sleep(0.3)


def test_a_goal_is_planned_rehearsed_and_carried_out_with_an_episode_of_its_own(amina: Person) -> None:
    goal = {"goal": "Make a new episode about two sisters and a lost ring", "provider": "draft"}
    plan = amina.ok("POST", "/functions/orchestrator-bot", goal)["plan"]
    assert [step["bot"] for step in plan["steps"]] == ["episode-producer"]
    plan["steps"][0]["inputs"]["clips"] = 1
    made = {"from": plan["steps"][0]["id"], "field": "episode_id"}
    plan["steps"] += [
        {"id": "hooks", "bot": "hook-optimization-bot", "inputs": {"episode_id": made}},
        {"id": "roots", "bot": "cultural-injection-bot", "inputs": {"episode_id": made}},
    ]
    dry = amina.ok("POST", "/functions/orchestrator-bot", {"plan": plan, "mode": "dry_run", "provider": "draft"})
    assert dry["waves"] == [["episode_producer"], ["hooks", "roots"]]
    begun = amina.ok("POST", "/functions/orchestrator-bot", {"plan": plan, "mode": "execute", "provider": "draft"})
    done = carried_out(amina, begun["plan_run_id"], seconds=180)
    assert {step["id"]: step["status"] for step in done["steps"]} == {
        "episode_producer": "done",
        "hooks": "done",
        "roots": "done",
    }, done
    assert done["status"] == "completed"
    episode = amina.ok("GET", f"/episodes/{done['steps'][0]['episode_id']}")
    assert (episode["status"], episode["prompt"]) == ("completed", "two sisters and a lost ring")
    runs = {step["id"]: amina.ok("GET", f"/runs/{step['run_id']}") for step in done["steps"][1:]}
    assert {run["status"] for run in runs.values()} == {"succeeded"}


def test_a_step_that_cannot_work_says_why_and_what_needs_it_is_skipped(amina: Person, bilan: Person) -> None:
    made = {"from": "new", "field": "episode_id"}
    steps = [
        {"id": "new", "bot": "episode-producer", "inputs": {"prompt": "A ring.", "start_at": "generate_video"}},
        {"id": "roots", "bot": "cultural-injection-bot", "inputs": {"episode_id": made}},
    ]
    body = {"plan": {"goal": "Pictures without words.", "steps": steps}, "mode": "execute", "provider": "draft"}
    plan_run_id = amina.ok("POST", "/functions/orchestrator-bot", body)["plan_run_id"]
    done = carried_out(amina, plan_run_id)
    assert [(step["status"], step["outcome"]) for step in done["steps"]] == [
        ("failed", "validation"),
        ("skipped", "skipped"),
    ]
    assert done["status"] == "failed"
    assert bilan.call("GET", f"/plans/{plan_run_id}").status_code == 404


def test_a_circle_is_refused_and_named(amina: Person) -> None:
    step = {"bot": "hook-optimization-bot", "inputs": {"episode_id": "01JD0000000000000000000000"}}
    steps = [step | {"id": "a", "after": ["b"]}, step | {"id": "b", "after": ["a"]}]
    answer = amina.call("POST", "/functions/orchestrator-bot", {"plan": {"goal": "Round.", "steps": steps}})
    assert (answer.status_code, "a → b → a" in answer.json()["detail"]) == (422, True)
