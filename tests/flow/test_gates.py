"""Gates: an episode waits for a person, and what the person says decides how it goes on."""

from typing import Any

import pytest

from studio.domain.pipeline import Step
from tests.flow.world import World

pytestmark = pytest.mark.flow


@pytest.fixture
def waiting(world: World) -> tuple[World, str]:
    """An episode that waits at its script gate, and then at its storyboard's."""
    world.writer.composes = True
    episode_id = world.order_full(review=["script", "storyboard"])
    world.until_review(episode_id)
    return world, episode_id


def test_it_waits_at_each_gate_until_it_is_approved(waiting: tuple[World, str]) -> None:
    world, episode_id = waiting
    episode = world.episode(episode_id)
    assert (episode["status"], episode["under_way"], episode["editable"]) == ("in_review", True, True)
    assert world.until_review(episode_id)["gate"] == "script"
    assert [stage["name"] for stage in episode["stages"]] == [Step.SCRIPT, Step.CULTURE]

    assert world.answer(episode_id, "approve").status == 200
    gate = world.until_review(episode_id)
    assert gate["gate"] == "storyboard"
    assert len(world.episode(episode_id)["stages"]) == 5
    assert world.painter.asked == []

    assert world.answer(episode_id, "approve").status == 200
    world.settle()
    assert world.episode(episode_id)["status"] == "completed"


def test_a_rejection_ends_the_episode_with_its_reason_and_keeps_the_paper(waiting: tuple[World, str]) -> None:
    world, episode_id = waiting

    answer = world.answer(episode_id, "reject", reason="Too soft.")
    world.settle()

    assert (answer.status, answer.body["decision"]) == (200, "reject")
    episode = world.episode(episode_id)
    assert (episode["status"], episode["reason"]) == ("cancelled", "Rejected at the script review: Too soft.")
    assert episode["script"] is not None


def test_an_edit_with_the_approval_is_what_the_next_stages_work_from(waiting: tuple[World, str]) -> None:
    world, episode_id = waiting
    episode = world.episode(episode_id)
    script = episode["script"]
    script["scenes"][1]["lines"][0]["text"] = "You kept the receipt."

    answer = world.answer(episode_id, "approve", edit={"version": episode["version"], "script": script})
    assert answer.status == 200, answer.body
    world.until_review(episode_id)

    directed = [
        r for r, schema in zip(world.writer.asked, world.writer.schemas, strict=True) if schema == "SceneDirection"
    ]
    assert any("You kept the receipt." in str(request.material["scene"]) for request in directed)
    world.answer(episode_id, "approve")
    world.settle()
    assert world.episode(episode_id)["script"]["scenes"][1]["lines"][0]["text"] == "You kept the receipt."


def test_an_edit_at_the_storyboard_gate_is_worked_through_and_shown_again(waiting: tuple[World, str]) -> None:
    world, episode_id = waiting
    world.answer(episode_id, "approve")
    first = world.until_review(episode_id)
    episode = world.episode(episode_id)
    script = episode["script"]
    script["scenes"][2]["lines"][0]["text"] = "Say it to my face."
    patched = world.api("PATCH", f"/episodes/{episode_id}", {"version": episode["version"], "script": script})
    assert patched.status == 200, patched.body
    asked = len(world.writer.asked)

    assert world.answer(episode_id, "approve").status == 200
    script_gate = world.until_review(episode_id)
    assert script_gate["gate"] == "script", "it goes back to the beginning, past the same gates"
    world.answer(episode_id, "approve")
    second = world.until_review(episode_id)

    assert (second["gate"], second["review_id"] != first["review_id"]) == ("storyboard", True)
    assert sorted(world.writer.schemas[asked:]) == ["BoardAnswer", "SceneDirection"]
    assert world.painter.asked == []
    world.answer(episode_id, "approve")
    world.settle()
    assert world.episode(episode_id)["status"] == "completed"


def test_a_gate_answered_twice_the_same_is_the_same_answer_and_otherwise_a_conflict(
    waiting: tuple[World, str],
) -> None:
    world, episode_id = waiting
    gate = world.until_review(episode_id)

    first = world.answer(episode_id, "approve", gate)
    again = world.answer(episode_id, "approve", gate)
    other = world.answer(episode_id, "reject", gate)

    assert (first.status, again.status, other.status) == (200, 200, 409)
    assert "answered already" in other.body["detail"]
    world.until_review(episode_id)
    world.answer(episode_id, "approve")
    world.settle()
    assert world.episode(episode_id)["status"] == "completed"


def test_an_answer_to_an_earlier_opening_or_of_another_owner_is_refused(waiting: tuple[World, str]) -> None:
    world, episode_id = waiting
    gate = world.until_review(episode_id)
    stale = gate | {"review_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    assert world.answer(episode_id, "approve", stale).status == 409

    world.owner = "zahra"
    assert world.answer(episode_id, "approve", gate).status == 404
    assert world.api("GET", f"/episodes/{episode_id}/reviews").status == 404
    world.owner = "amina"

    assert world.episode(episode_id)["status"] == "in_review"
    assert world.answer(episode_id, "reject").status == 200
    world.settle()


def test_a_cancelled_episode_no_longer_waits_and_a_late_answer_says_so(waiting: tuple[World, str]) -> None:
    world, episode_id = waiting
    gate = world.until_review(episode_id)

    assert world.api("POST", f"/episodes/{episode_id}/cancel").status == 202
    world.settle()
    late = world.answer(episode_id, "approve", gate)

    assert (late.status, world.episode(episode_id)["status"]) == (409, "cancelled")
    assert "Nothing waits" in late.body["detail"]
    again = world.order_full(episode_id=episode_id)
    assert world.until_review(again)["review_id"] != gate["review_id"]
    assert world.answer(again, "reject").status == 200
    world.settle()


def test_an_episode_at_a_gate_can_be_edited_and_not_deleted(waiting: tuple[World, str]) -> None:
    world, episode_id = waiting
    version = world.episode(episode_id)["version"]

    assert world.api("DELETE", f"/episodes/{episode_id}").status == 409
    patched = world.api("PATCH", f"/episodes/{episode_id}", {"version": version, "title": "Flour and Blood"})
    assert (patched.status, patched.body["title"]) == (200, "Flour and Blood")
    assert world.sweep()["episodes"] == 0, "it waits, it does not hang"

    world.answer(episode_id, "approve")
    world.until_review(episode_id)
    assert world.episode(episode_id)["title"] != "", "the title stays a person's or the hook's"
    world.answer(episode_id, "reject")
    world.settle()


def test_a_gate_that_nobody_answers_closes_with_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.writer.composes = True
    world.reviews_time_out(monkeypatch)

    episode = world.produce_full(review=["storyboard"])

    assert episode["status"] == "cancelled"
    assert "Nobody answered the storyboard review in time" in episode["reason"]
    gate: dict[str, Any] = world.api("GET", f"/episodes/{episode['episode_id']}/reviews").body["items"][0]
    assert gate["open"] is False
    assert world.answer(episode["episode_id"], "approve", gate).status == 409
