"""The producer deployed: every stage, gates, staleness and money over HTTP, with every role enforced."""

from typing import Any

import pytest

from tests.e2e.conftest import PROMPT, Deployed, Person

STAGES = [
    "script_generator_bot",
    "cultural_injection_bot",
    "expert_director",
    "scene_orchestration",
    "hook_optimization_bot",
]


@pytest.fixture(scope="module")
def show(amina: Person) -> Any:
    """A show that belongs somewhere, with the ready-made cast."""
    brief = {"title": "Say Walahi", "locale": "en-US", "community": "Somalis in Minneapolis"}
    project = amina.ok("POST", "/projects", brief)
    amina.ok("POST", f"/projects/{project['project_id']}/characters/ready-made", {"cast": "say-walahi"})
    return project


def order(person: Person, **more: Any) -> str:
    started = person.call("POST", "/functions/episode-producer", more)
    assert started.status_code == 202, started.text
    return str(started.json()["episode_id"])


def at_gate(person: Person, episode_id: str) -> Any:
    """Wait until an episode waits at a gate, and return the gate."""
    person.wait(episode_id, lambda e: e["status"] == "in_review")
    gates = person.ok("GET", f"/episodes/{episode_id}/reviews")["items"]
    return next(gate for gate in gates if gate["open"])


def answer(person: Person, episode_id: str, gate: Any, decision: str, **more: Any) -> Any:
    body = {"review_id": gate["review_id"], "decision": decision, **more}
    return person.call("POST", f"/episodes/{episode_id}/reviews/{gate['gate']}", body)


def asked(deployed: Deployed) -> int:
    return len(deployed.gemini.calls)


@pytest.fixture(scope="module")
def full(amina: Person, show: Any) -> Any:
    """An episode through all stages, approved at both gates by the way."""
    episode_id = order(amina, prompt=PROMPT, project_id=show["project_id"], provider="gemini", review=["storyboard"])
    gate = at_gate(amina, episode_id)
    assert answer(amina, episode_id, gate, "approve").status_code == 200
    return amina.finished(episode_id)


def test_an_episode_goes_through_all_stages_and_a_gate(full: Any) -> None:
    assert (full["status"], full["reason"], full["pipeline"]) == ("completed", "", "full")
    assert [(stage["name"], stage["status"]) for stage in full["stages"]] == [(name, "done") for name in STAGES]
    assert not any(stage["stale"] for stage in full["stages"])
    assert all(clip["lines"] for clip in full["clips"])


def test_every_stage_can_be_read_part_by_part(amina: Person, full: Any) -> None:
    for name in STAGES:
        artifact = amina.ok("GET", f"/episodes/{full['episode_id']}/stages/{name}")
        assert artifact["status"] == "done"
        assert artifact["parts"], name
        assert all(part["document"] for part in artifact["parts"])


def test_run_again_unchanged_it_asks_no_model_and_after_an_edit_only_what_depends_on_it(
    deployed: Deployed, amina: Person, full: Any
) -> None:
    before = asked(deployed)
    amina.finished(order(amina, episode_id=full["episode_id"], review=[]))
    assert asked(deployed) == before

    now = amina.ok("GET", f"/episodes/{full['episode_id']}")
    script = now["script"]
    script["scenes"][2]["lines"][0]["text"] = "That is not what you told me."
    edited = amina.ok("PATCH", f"/episodes/{full['episode_id']}", {"version": now["version"], "script": script})
    stale = {stage["name"]: stage["stale"] for stage in edited["stages"] if stage["stale"]}
    assert set(stale) == {"cultural_injection_bot", "expert_director", "scene_orchestration"}
    assert all(parts == ["scene-3"] for parts in stale.values())

    after = amina.finished(order(amina, episode_id=full["episode_id"]))
    assert after["status"] == "completed"
    assert not any(stage["stale"] for stage in after["stages"])
    new = deployed.gemini.calls[before:]
    pictures = [call for call in new if call.kind == "image"]
    assert len([call for call in new if call.kind == "text"]) == 3
    assert len(pictures) <= len([clip for clip in after["clips"] if clip["scene"] == 3])


def test_what_it_was_quoted_and_what_it_cost_stand_side_by_side(amina: Person, full: Any) -> None:
    bill = amina.ok("GET", f"/episodes/{full['episode_id']}/bill")
    spent = sum(line["spent_usd"] for line in bill["lines"])
    assert spent == pytest.approx(amina.ok("GET", f"/episodes/{full['episode_id']}")["cost_usd"], abs=1e-6)
    assert {line["step"] for line in bill["lines"]} >= {*STAGES, "render_clip"}


def test_a_rejected_script_ends_it_and_a_second_owner_sees_nothing(amina: Person, bilan: Person, show: Any) -> None:
    episode_id = order(amina, prompt=PROMPT, provider="draft", review=["script"], project_id=show["project_id"])
    gate = at_gate(amina, episode_id)
    assert answer(bilan, episode_id, gate, "approve").status_code == 404

    assert answer(amina, episode_id, gate, "reject", reason="Too soft.").status_code == 200
    over = amina.wait(episode_id, lambda e: not e["under_way"])
    assert (over["status"], over["reason"]) == ("cancelled", "Rejected at the script review: Too soft.")
    late = answer(amina, episode_id, gate, "approve")
    assert (late.status_code, late.json()["type"]) == (409, "urn:episode-studio:conflict")


def test_an_edited_script_is_what_is_shot_after_the_gate(amina: Person, show: Any) -> None:
    episode_id = order(amina, prompt=PROMPT, provider="draft", review=["script"], project_id=show["project_id"])
    gate = at_gate(amina, episode_id)
    now = amina.ok("GET", f"/episodes/{episode_id}")
    edit = {"version": now["version"], "title": "Flour and Blood"}
    assert answer(amina, episode_id, gate, "approve", edit=edit).status_code == 200

    over = amina.finished(episode_id)
    assert (over["status"], over["title"]) == ("completed", "Flour and Blood")


def test_it_rests_where_it_was_told_to_stop_and_goes_on_from_there(amina: Person, show: Any) -> None:
    episode_id = order(amina, prompt=PROMPT, provider="draft", stop_after="expert_director")
    rests = amina.wait(episode_id, lambda e: not e["under_way"])
    assert (rests["status"], rests["editable"], [stage["name"] for stage in rests["stages"]]) == (
        "written",
        True,
        STAGES[:3],
    )
    order(amina, episode_id=episode_id, start_at="scene_orchestration")
    assert amina.finished(episode_id)["status"] == "completed"


def test_a_show_remembers_its_finished_episodes(amina: Person, show: Any, full: Any) -> None:
    canon = amina.ok("GET", f"/projects/{show['project_id']}/canon")
    assert full["episode_id"] in [entry["episode_id"] for entry in canon["items"]]
