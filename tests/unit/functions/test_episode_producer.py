"""Orders: an episode through all its stages, or a part of the way, new or taken up again."""

import json
from typing import Any

import pytest

from functions.episode_producer import app
from functions.generate_episode_from_prompt import app as quick
from studio.domain.episode import Episode, Gate, Pipeline, Status
from studio.domain.pipeline import STAGES, Step
from studio.entry import Studio
from tests.conftest import Answer, call, http_event
from tests.unit.made import moved, stored

S = Status
FULL = [*STAGES, Step.SHOOT]
GATED = [*STAGES[:2], Step.REVIEW_SCRIPT, *STAGES[2:], Step.REVIEW_STORYBOARD, Step.SHOOT]


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


def produce(body: Any, **more: Any) -> Answer:
    return call(app.handler, http_event("POST", "/functions/episode-producer", body, **more))


def generate(body: Any) -> Answer:
    return call(quick.handler, http_event("POST", "/functions/generate-episode-from-prompt", body))


def asked_of(studio: Studio, machines: Any, answer: Answer) -> dict[str, Any]:
    episode = studio.episodes.get(answer.body["episode_id"])
    asked: dict[str, Any] = json.loads(machines.describe_execution(executionArn=episode.execution)["input"])
    return asked


def over(studio: Studio, **changes: Any) -> Episode:
    return moved(studio, stored(studio, **changes), S.FAILED)


def test_a_prompt_goes_through_every_stage(studio: Studio, machines: Any) -> None:
    answer = produce({"prompt": "A wedding.", "clips": 4, "air_date": "2026-12-24"})
    assert (answer.status, answer.body["status"], answer.body["steps"]) == (202, "queued", FULL)
    assert answer.headers["Location"] == f"/episodes/{answer.body['episode_id']}"
    asked = asked_of(studio, machines, answer)
    assert (asked["steps"], asked["clips"], asked["owner"], asked["take"]) == (FULL, [1, 2, 3, 4], "amina", 1)
    episode = studio.episodes.get(answer.body["episode_id"])
    assert (episode.pipeline, episode.review, str(episode.air_date)) == (Pipeline.FULL, (), "2026-12-24")


@pytest.mark.parametrize("review", [["script", "storyboard"], ["storyboard", "script"]])
def test_gates_are_steps_of_the_way(studio: Studio, machines: Any, review: list[str]) -> None:
    answer = produce({"prompt": "A wedding.", "review": review})
    assert answer.body["steps"] == GATED
    assert set(studio.episodes.get(answer.body["episode_id"]).review) == set(Gate)


def test_a_new_episode_may_stop_on_the_way_and_not_start_on_it(studio: Studio, machines: Any) -> None:
    answer = produce({"prompt": "A wedding.", "stop_after": "expert_director"})
    assert answer.body["steps"] == list(STAGES[:3])
    assert produce({"prompt": "A wedding.", "start_at": "script_generator_bot"}).status == 202
    refused = produce({"prompt": "A wedding.", "start_at": "expert_director"})
    assert (refused.status, refused.body["errors"]) == (
        422,
        [{"path": "start_at", "message": "needs an episode_id"}],
    )
    assert len(studio.episodes.page(10, None)[0]) == 2


def test_an_episode_is_taken_up_again_from_where_it_is_told(studio: Studio, machines: Any) -> None:
    episode = over(studio)
    body = {"episode_id": episode.episode_id, "start_at": "scene_orchestration", "stop_after": "hook_optimization_bot"}
    answer = produce(body)
    assert (answer.status, answer.body["steps"]) == (202, [Step.STORYBOARD, Step.HOOKS])
    now = studio.episodes.get(episode.episode_id)
    assert (now.take, now.pipeline, now.status) == (2, Pipeline.FULL, S.QUEUED)
    assert asked_of(studio, machines, answer)["steps"] == [Step.STORYBOARD, Step.HOOKS]


def test_an_episode_that_rests_as_written_goes_on(studio: Studio, machines: Any) -> None:
    episode = moved(studio, stored(studio, execution=""), S.WRITING, S.WRITTEN)
    assert not episode.under_way
    answer = produce({"episode_id": episode.episode_id, "start_at": "generate_video"})
    assert (answer.status, answer.body["steps"]) == (202, [Step.SHOOT])
    assert studio.episodes.get(episode.episode_id).under_way


def test_without_a_script_it_starts_with_one(studio: Studio, machines: Any) -> None:
    episode = over(studio, script=False)
    refused = produce({"episode_id": episode.episode_id, "start_at": "expert_director"})
    assert (refused.status, "can only start at script_generator_bot" in refused.body["detail"]) == (409, True)
    assert studio.episodes.get(episode.episode_id) == episode
    assert produce({"episode_id": episode.episode_id}).body["steps"] == FULL


def test_what_an_episode_was_asked_for_stays_where_nothing_is_said(studio: Studio, machines: Any) -> None:
    first = produce({"prompt": "A wedding.", "review": ["script"], "air_date": "2026-12-24"}).body["episode_id"]
    for again, steps in ((generate, [*STAGES[:2], Step.REVIEW_SCRIPT, *STAGES[2:], Step.SHOOT]), (produce, None)):
        moved(studio, studio.episodes.get(first), S.FAILED)
        answer = again({"episode_id": first})
        assert answer.body["steps"] == (steps or answer.body["steps"])
        now = studio.episodes.get(first)
        assert (now.pipeline, now.review, str(now.air_date)) == (Pipeline.FULL, (Gate.SCRIPT,), "2026-12-24")


def test_a_quick_episode_stays_quick_until_the_producer_takes_it_up(studio: Studio, machines: Any) -> None:
    first = generate({"prompt": "A wedding."})
    assert first.body["steps"] == [Step.SCRIPT, Step.SHOOT]
    episode = moved(studio, studio.episodes.get(first.body["episode_id"]), S.FAILED)
    assert generate({"episode_id": episode.episode_id}).body["steps"] == [Step.SCRIPT, Step.SHOOT]
    moved(studio, episode, S.FAILED)
    assert produce({"episode_id": episode.episode_id, "review": []}).body["steps"] == FULL
    assert studio.episodes.get(episode.episode_id).pipeline is Pipeline.FULL


def test_gates_are_given_up_by_saying_none(studio: Studio, machines: Any) -> None:
    episode = over(studio, review=(Gate.SCRIPT,))
    assert produce({"episode_id": episode.episode_id, "review": []}).body["steps"] == FULL
    assert studio.episodes.get(episode.episode_id).review == ()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"start_at": "review_script"}, "start_at"),
        ({"start_at": "hooks"}, "start_at"),
        ({"stop_after": "render"}, "stop_after"),
        ({"review": ["hooks"]}, "review.0"),
        ({"review": ["script", "storyboard", "script"]}, "review"),
        ({"air_date": "soon"}, "air_date"),
        ({"start_at": "hook_optimization_bot", "stop_after": "expert_director"}, "stop_after"),
        ({"pipeline": "quick"}, "pipeline"),
    ],
)
def test_an_order_that_cannot_be_is_refused_by_its_path(
    studio: Studio, machines: Any, body: dict[str, Any], path: str
) -> None:
    episode = over(studio)
    answer = produce({"episode_id": episode.episode_id} | body)
    assert (answer.status, [error["path"] for error in answer.body["errors"]]) == (422, [path])
    assert studio.episodes.get(episode.episode_id) == episode


def test_the_shortest_way_takes_no_steps_and_no_gates(studio: Studio, machines: Any) -> None:
    for more in ({"review": ["script"]}, {"stop_after": "script_generator_bot"}, {"start_at": "generate_video"}):
        answer = generate({"prompt": "A wedding."} | more)
        assert (answer.status, [error["path"] for error in answer.body["errors"]]) == (422, list(more))


@pytest.mark.parametrize("path", [(), (S.WRITING,), (S.WRITTEN,), (S.WRITTEN, S.IN_REVIEW), (S.RENDERING,)])
def test_an_episode_that_somebody_works_on_or_looks_at_is_not_taken_up(
    studio: Studio, machines: Any, path: tuple[Status, ...]
) -> None:
    episode = moved(studio, stored(studio), *path)
    assert produce({"episode_id": episode.episode_id}).status == 409
    assert studio.episodes.get(episode.episode_id) == episode


def test_somebody_else_s_episode_is_not_there(studio: Studio, machines: Any) -> None:
    episode = over(studio)
    assert produce({"episode_id": episode.episode_id}, owner="bilan").status == 404
    assert studio.episodes.get(episode.episode_id) == episode
