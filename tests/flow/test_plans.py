"""Plans carried out by the real machine: what goes well, what does not, and what that leaves standing."""

from typing import Any

import pytest

from functions.plan_step import app as plan_step
from studio.domain.episode import Status
from studio.domain.errors import Blocked, Throttled
from tests.flow.world import Death, World
from tests.unit.made import stored

pytestmark = pytest.mark.flow

type Step = dict[str, Any]


def an_episode(world: World) -> str:
    """Store an episode with a script, which rests, and return its id."""
    return stored(world.studio(), status=Status.COMPLETED, provider="gemini", execution="").episode_id


def a_step(step_id: str, bot: str, episode: Any, *after: str) -> Step:
    return {"id": step_id, "bot": bot, "inputs": {"episode_id": episode}, "after": list(after)}


def three_steps(world: World) -> list[Step]:
    """A script, its hooks, and beside them another episode's culture, which finds nothing to do."""
    return [
        a_step("script", "script-generator-bot", an_episode(world)),
        a_step("hooks", "hook-optimization-bot", {"from": "script", "field": "episode_id"}),
        a_step("roots", "cultural-injection-bot", an_episode(world)),
    ]


def execute(world: World, steps: list[Step], **more: Any) -> str:
    answer = world.api(
        "POST",
        "/functions/orchestrator-bot",
        {"plan": {"goal": "A better beginning.", "steps": steps}, "mode": "execute", **more},
    )
    assert answer.status == 200, answer.body
    return str(answer.body["plan_run_id"])


def carried_out(world: World, steps: list[Step], **more: Any) -> dict[str, Any]:
    plan_run_id = execute(world, steps, **more)
    world.settle()
    return read(world, plan_run_id)


def read(world: World, plan_run_id: str) -> dict[str, Any]:
    answer = world.api("GET", f"/plans/{plan_run_id}")
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def told(plan: dict[str, Any], field: str = "status") -> dict[str, Any]:
    return {step["id"]: step[field] for step in plan["steps"]}


def test_a_plan_runs_wave_after_wave_and_hands_on_what_a_step_reported(world: World) -> None:
    plan = carried_out(world, three_steps(world))

    assert (plan["status"], plan["reason"]) == ("completed", "")
    assert told(plan) == {"script": "done", "hooks": "done", "roots": "done"}
    order = [worker.function for worker in world.workers if worker.function.endswith("_bot")]
    assert order.index("hook_optimization_bot") > order.index("script_generator_bot")
    runs = {step["id"]: world.api("GET", f"/runs/{step['run_id']}").body for step in plan["steps"]}
    assert {run["status"] for run in runs.values()} == {"succeeded"}
    assert runs["hooks"]["episode_id"] == runs["script"]["episode_id"]
    assert plan["cost_usd"] == pytest.approx(sum(run["cost_usd"] for run in runs.values()))
    assert plan["cost_usd"] > 0
    assert "class s1,s2,s3 done" in plan["mermaid"]


def test_a_step_that_is_blocked_skips_those_that_need_it_and_nobody_else(world: World) -> None:
    world.writer.next_of["Script"].extend([Blocked("The provider refused it.")] * 3)
    steps = three_steps(world)
    plan = carried_out(
        world, [*steps, a_step("more", "cultural-injection-bot", steps[2]["inputs"]["episode_id"], "hooks")]
    )

    assert plan["status"] == "partial"
    assert told(plan) == {"script": "failed", "hooks": "skipped", "roots": "done", "more": "skipped"}
    assert told(plan, "outcome")["script"] == "blocked"
    assert "script came to nothing" in told(plan, "reason")["hooks"]
    assert plan["reason"].startswith("script: The provider refused it.")
    assert "Skipped for that: hooks, more." in plan["reason"]


def test_a_rate_limit_makes_the_machine_wait_and_a_bot_that_dies_is_called_again(world: World) -> None:
    world.writer.next_of["Script"].append(Throttled("Slowly.", retry_after=7))
    world.deaths.append(Death("hook_optimization_bot", call=-1, after=True, on="the writer writes"))
    world.deaths.append(Death("plan_step", call=-1, after=True, on="put_item PLANSTEP"))
    plan = carried_out(world, three_steps(world)[:2])

    assert plan["status"] == "completed"
    assert 7 in world.machine_waits
    assert told(plan, "attempts") == {"script": 0, "hooks": 1}
    assert all(death.happened for death in world.deaths)
    statuses = [run["status"] for run in world.api("GET", "/runs").body["items"]]
    assert sorted(set(statuses)) == ["failed", "succeeded"], "no run is left as if somebody were still at it"


def test_a_bot_that_breaks_off_again_and_again_fails_its_step_with_a_sentence(world: World) -> None:
    world.crashes["script_generator_bot"].extend([RuntimeError("no")] * plan_step.ATTEMPTS)
    plan = carried_out(world, three_steps(world)[:2])

    assert (plan["status"], told(plan)) == ("failed", {"script": "failed", "hooks": "skipped"})
    assert told(plan, "reason")["script"] == "The bot broke off, and retries did not help."


def test_a_cycle_an_unknown_bot_and_a_plan_over_budget_are_refused_before_anything_runs(world: World) -> None:
    episode = an_episode(world)
    ask = {"mode": "execute"}
    circle = [a_step("a", "hook-optimization-bot", episode, "b"), a_step("b", "hook-optimization-bot", episode, "a")]

    def refused(steps: list[Step], **more: Any) -> tuple[int, str]:
        plan = {"goal": "A better beginning.", "steps": steps}
        answer = world.api("POST", "/functions/orchestrator-bot", ask | {"plan": plan} | more)
        return answer.status, answer.body["detail"]

    assert refused(circle) == (422, "This plan cannot run: steps goes round in a circle: a → b → a.")
    assert refused([a_step("a", "dance-bot", episode)])[0] == 422
    status, why = refused([a_step("a", "hook-optimization-bot", episode)], budget_usd="0.000001")
    assert (status, "your budget allows $0.0000" in why) == (402, True)
    assert world.api("GET", "/plans").body["items"] == []
    assert world.calls_of("hook_optimization_bot") == []


def test_a_plan_that_is_cancelled_stops_and_calls_nobody_else(world: World) -> None:
    def cancel() -> None:
        (under_way,) = world.api("GET", "/plans").body["items"]
        assert world.api("POST", f"/plans/{under_way['plan_run_id']}/cancel").status == 200

    world.writer.next_of["Script"].append(cancel)
    plan = carried_out(world, three_steps(world)[:2])

    assert (plan["status"], told(plan)) == ("cancelled", {"script": "cancelled", "hooks": "cancelled"})
    assert world.calls_of("hook_optimization_bot") == []
    assert world.api("POST", f"/plans/{plan['plan_run_id']}/cancel").status == 409


def test_a_plan_whose_execution_dies_is_settled_with_what_its_bots_have_done(world: World) -> None:
    steps = three_steps(world)[:2]

    def stop() -> None:
        (under_way,) = world.api("GET", "/plans").body["items"]
        world.studio().client("stepfunctions").stop_execution(
            executionArn=world.studio().plans.get(under_way["plan_run_id"]).execution
        )

    world.writer.next_of["Script"].append(stop)
    plan = carried_out(world, steps)

    assert plan["status"] in {"partial", "failed"}
    assert told(plan)["hooks"] == "skipped"
    assert "The execution was stopped." in plan["reason"]
    assert world.sweep()["plans"] == 0


def test_a_new_episode_is_made_and_what_needs_it_waits_for_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_step, "LOOKS", 100_000)
    producer = {"id": "episode", "bot": "episode-producer", "inputs": {"prompt": "Two sisters, one debt.", "clips": 1}}
    roots = a_step("roots", "cultural-injection-bot", {"from": "episode", "field": "episode_id"})
    plan = carried_out(world, [producer, roots], provider="draft")

    assert plan["status"] == "completed", plan["reason"]
    episode = world.episode(plan["steps"][0]["episode_id"])
    assert (episode["status"], episode["prompt"]) == ("completed", "Two sisters, one debt.")
    assert len(world.api("GET", "/episodes").body["items"]) == 1
