"""What is kept of what people ask: all that makes or changes an episode, once, and nothing else."""

import json
import logging
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.episodes import app as episodes
from functions.expert_director import app as director
from functions.generate_episode_from_prompt import app as orders
from studio.domain.episode import Episode, Status
from studio.domain.errors import Blocked, StudioError, Throttled
from studio.entry import Studio
from studio.entry.acts import act_of
from studio.entry.observe import logger
from studio.entry.problems import problem_of
from studio.store.acts import Acts
from tests.conftest import Answer, call, http_event
from tests.unit.made import AT, moved, stored

ID = "01JD0000000000000000000000"
HERE = f"/episodes/{ID}"


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


def kept(method: str, path: str, body: Any = None, answer: Any = None, status: int = 200) -> tuple[str, Any] | None:
    """Return of which episode something is kept, and what was asked."""
    told = {"statusCode": status, "body": json.dumps(answer or {})}
    act = act_of(http_event(method, path, body), told, AT)
    assert act is None or (act.method, act.path, act.at) == (method, path, AT)
    return None if act is None else (act.episode_id, json.loads(act.body))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", HERE, {"version": 1, "title": "Supper"}),
        ("POST", f"{HERE}/cancel", {}),
        ("POST", f"{HERE}/reviews/script", {"review_id": ID, "decision": "approve"}),
        ("PUT", f"{HERE}/stages/expert_director/scene-2", {"version": 1, "document": None}),
        ("POST", "/functions/generate-video", {"episode_id": ID, "clips": [1]}),
        ("POST", "/functions/episode-producer", {"episode_id": ID, "start_at": "expert_director"}),
        ("POST", "/functions/hook-optimization-bot", {"episode_id": ID}),
        ("POST", "/functions/realism-audit", {"episode_id": ID}),
    ],
)
def test_what_makes_or_changes_an_episode_is_kept(method: str, path: str, body: Any) -> None:
    assert kept(method, path, body) == (ID, body)


def test_an_order_is_kept_with_the_episode_that_came_of_it() -> None:
    order = {"prompt": "A dinner. \ud83d"}
    assert kept("POST", "/functions/episode-producer", order, {"episode_id": ID}, 202) == (ID, order)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", HERE),
        ("DELETE", HERE),
        ("GET", f"{HERE}/reviews"),
        ("POST", "/projects"),
        ("POST", f"{HERE}/publish"),
        ("POST", "/functions/youtube-uploader"),
        ("POST", f"/projects/{ID}/episodes/{ID}"),
    ],
)
def test_what_does_neither_is_not_kept(method: str, path: str) -> None:
    assert kept(method, path, {"episode_id": ID}) is None


@pytest.mark.parametrize("error", [Blocked("Refused."), Throttled("Wait.")])
def test_work_that_came_to_nothing_left_its_mark_and_what_was_not_begun_left_none(error: StudioError) -> None:
    status, document, _ = problem_of(error, "req-1")
    found = kept("POST", "/functions/expert-director", {"episode_id": ID}, json.loads(document), status)
    assert (found is not None) == isinstance(error, Blocked)


def asked_of(studio: Studio, episode: Episode) -> list[tuple[str, str]]:
    return [(act.method, act.path) for act in studio.acts.of(episode.episode_id)]


def edit(episode: Episode, **more: Any) -> Answer:
    path = f"/episodes/{episode.episode_id}"
    return call(episodes.handler, http_event("PATCH", path, {"version": episode.version, **more}))


def over(studio: Studio) -> Episode:
    return moved(studio, stored(studio), Status.FAILED)


def test_an_edit_that_is_granted_is_kept_and_goes_with_its_episode(studio: Studio) -> None:
    episode = over(studio)
    assert edit(episode, title="Supper").status == 200
    assert edit(episode, title="Lunch").status == 409  # of an earlier version
    here = f"/episodes/{episode.episode_id}"
    assert asked_of(studio, episode) == [("PATCH", here)]
    assert call(episodes.handler, http_event("DELETE", here)).status == 204
    assert asked_of(studio, episode) == []


def test_an_order_that_is_sent_twice_is_kept_once(studio: Studio, machines: Any) -> None:
    del machines
    path, headers = "/functions/generate-episode-from-prompt", {"Idempotency-Key": "k"}
    for _ in range(2):
        answer = call(orders.handler, http_event("POST", path, {"prompt": "A dinner."}, headers=headers))
        assert answer.status == 202
    episode = studio.episodes.get(answer.body["episode_id"])
    assert asked_of(studio, episode) == [("POST", path)]


def test_a_stage_that_somebody_calls_is_kept(studio: Studio) -> None:
    episode = over(studio)
    body = {"episode_id": episode.episode_id}
    assert call(director.handler, http_event("POST", "/functions/expert-director", body)).status == 200
    assert asked_of(studio, episode) == [("POST", "/functions/expert-director")]


def test_what_was_done_is_done_also_where_it_cannot_be_kept(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")

    monkeypatch.setattr(Acts, "keep", down)
    monkeypatch.setattr(logger, "propagate", True)
    episode = over(studio)
    with caplog.at_level(logging.ERROR):
        assert edit(episode, title="Supper").status == 200
    assert "not kept" in caplog.text
    assert studio.episodes.get(episode.episode_id).title == "Supper"


def test_nothing_is_left_of_an_episode_that_is_gone(studio: Studio) -> None:
    act = act_of(http_event("PATCH", HERE, {"version": 1}), {"statusCode": 200, "body": "{}"}, AT)
    assert act is not None
    studio.acts.keep(act)
    assert studio.acts.of(ID) == []
