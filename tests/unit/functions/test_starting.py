"""generate-episode-from-prompt and generate-video: what is queued, started, refused."""

import json
from typing import Any

import pytest

from functions.episodes import app as episodes
from functions.generate_episode_from_prompt import app as producer
from functions.generate_video import app as video
from studio.domain.episode import ACTIVE, TERMINAL, ClipStatus, Episode, Status
from studio.domain.project import Brief
from studio.domain.shot import Aspect
from studio.entry import Studio
from tests.conftest import Answer, call, http_event
from tests.unit.made import AT, moved, statuses, stored

S = Status
NOBODY = "01JD0000000000000000000000"
QUICK = ["script_generator_bot", "generate_video"]


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


def produce(body: Any, **more: Any) -> Answer:
    return call(producer.handler, http_event("POST", "/functions/generate-episode-from-prompt", body, **more))


def shoot(body: Any, **more: Any) -> Answer:
    return call(video.handler, http_event("POST", "/functions/generate-video", body, **more))


def asked_of(machines: Any, episode: Episode) -> dict[str, Any]:
    asked: dict[str, Any] = json.loads(machines.describe_execution(executionArn=episode.execution)["input"])
    return asked


def all_of(studio: Studio) -> list[Episode]:
    return studio.episodes.page(100, None)[0]


# -- a new episode


def test_an_episode_is_for_a_day_whichever_way_it_goes(studio: Studio, machines: Any) -> None:
    del machines
    episode_id = produce({"prompt": "A dinner.", "air_date": "2026-12-24"}).body["episode_id"]
    moved(studio, studio.episodes.get(episode_id), S.FAILED)
    for asked, day in (({}, "2026-12-24"), ({"air_date": "2027-01-02"}, "2027-01-02")):
        assert produce({"episode_id": episode_id} | asked).status == 202
        assert str(studio.episodes.get(episode_id).air_date) == day
        moved(studio, studio.episodes.get(episode_id), S.FAILED)


def test_a_chosen_trend_is_shown_on_the_episode_and_stays_until_another_is_chosen(
    studio: Studio, machines: Any
) -> None:
    del machines
    chosen = {"topic": "sourdough finale", "why": "Two bakers bet on it."}
    episode_id = produce({"prompt": "A dinner.", "trend": chosen}).body["episode_id"]
    told = call(episodes.handler, http_event("GET", f"/episodes/{episode_id}")).body["trend"]
    assert told == chosen
    moved(studio, studio.episodes.get(episode_id), S.FAILED)
    for asked, topic in (({}, "sourdough finale"), ({"trend": {"topic": "cake war"}}, "cake war")):
        assert produce({"episode_id": episode_id} | asked).status == 202
        now = studio.episodes.get(episode_id)
        assert now.trend is not None
        assert now.trend.topic == topic
        moved(studio, now, S.FAILED)
    assert produce({"prompt": "A dinner.", "trend": {"topic": " "}}).status == 422


def test_a_prompt_becomes_a_queued_episode_and_an_execution(studio: Studio, machines: Any) -> None:
    answer = produce({"prompt": "  Hodan \x00cooks.  ", "clips": 2, "aspect": "9:16"})
    assert answer.status == 202
    episode_id = answer.body["episode_id"]
    assert answer.headers["Location"] == f"/episodes/{episode_id}"
    assert (answer.body["status"], answer.body["provider"]) == ("queued", "draft")
    episode = studio.episodes.get(episode_id)
    assert (episode.prompt, episode.clips_wanted, episode.aspect, episode.take) == ("Hodan cooks.", 2, Aspect.TALL, 1)
    assert episode.execution.endswith(f":execution:studio-episode-producer:{episode_id}-1")
    assert answer.body["steps"] == QUICK
    assert asked_of(machines, episode) == {
        "owner": "amina",
        "take": 1,
        "episode_id": episode_id,
        "steps": QUICK,
        "clips": [1, 2],
    }
    assert studio.episodes.counts()["queued"] == 1


def test_the_project_s_brief_is_kept_as_it_was(studio: Studio, machines: Any) -> None:
    project = studio.projects.create(Brief(title="House", mood="tense", aspect=Aspect.SQUARE), AT)
    episode = studio.episodes.get(produce({"prompt": "x", "project_id": project.project_id}).body["episode_id"])
    studio.projects.edit(project.project_id, Brief(title="Other"), 1, AT)
    assert (episode.brief.title, episode.brief.mood, episode.aspect) == ("House", "tense", Aspect.SQUARE)
    assert episode.project_id == project.project_id


def test_one_key_starts_one_episode(studio: Studio, machines: Any) -> None:
    first, again = (produce({"prompt": "x"}, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert first.body == again.body
    assert len(all_of(studio)) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "body"),
        ({"prompt": "x", "episode_id": NOBODY}, "body"),
        ({"prompt": " \n\x00"}, "prompt"),
        ({"prompt": "x" * 20_000}, "prompt"),
        ({"prompt": "x", "clips": 0}, "clips"),
        ({"prompt": "x", "clips": 7}, "clips"),
        ({"prompt": "x", "clips": "three"}, "clips"),
        ({"prompt": "x", "aspect": "4:3"}, "aspect"),
        ({"prompt": "x", "provider": "openai"}, "provider"),
        ({"prompt": "x", "project_id": "../x"}, "project_id"),
        ({"prompt": "x", "owner": "bilan"}, "owner"),
        ({"prompt": "x", "take": 7}, "take"),
    ],
)
def test_a_request_that_cannot_be_is_refused_by_its_path(studio: Studio, body: dict[str, Any], path: str) -> None:
    answer = produce(body)
    assert (answer.status, [entry["path"] for entry in answer.body["errors"]]) == (422, [path])
    assert all_of(studio) == []


def test_a_project_of_somebody_else_is_not_there(studio: Studio, machines: Any) -> None:
    theirs = Studio.opened_for("bilan").projects.create(Brief(title="Theirs"), AT)
    for project_id in (NOBODY, theirs.project_id):
        assert produce({"prompt": "x", "project_id": project_id}).status == 404
    assert all_of(studio) == []


def test_an_episode_that_cannot_be_started_fails_and_says_so(studio: Studio) -> None:
    # No state machine is there.
    answer = produce({"prompt": "x"}, headers={"Idempotency-Key": "k"})
    assert (answer.status, answer.body["type"]) == (503, "urn:episode-studio:provider_unavailable")
    [episode] = all_of(studio)
    assert (episode.status, episode.reason) == (S.FAILED, answer.body["detail"])
    assert studio.episodes.counts()["queued"] == 0


def test_a_failed_start_is_not_remembered_under_its_key(studio: Studio, request: pytest.FixtureRequest) -> None:
    assert produce({"prompt": "x"}, headers={"Idempotency-Key": "k"}).status == 503
    request.getfixturevalue("machines")
    assert produce({"prompt": "x"}, headers={"Idempotency-Key": "k"}).status == 202


# -- taken up again


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_a_finished_episode_is_taken_up_again_in_a_new_take(studio: Studio, machines: Any, status: Status) -> None:
    episode = stored(studio, script=False, status=status, reason="It broke.", take=4)
    answer = produce({"episode_id": episode.episode_id})
    assert answer.status == 202
    now = studio.episodes.get(episode.episode_id)
    assert (now.status, now.take, now.reason) == (S.QUEUED, 5, "")
    assert asked_of(machines, now) == {
        "owner": "amina",
        "take": 5,
        "episode_id": episode.episode_id,
        "steps": QUICK,
        "clips": [1, 2, 3],
    }


@pytest.mark.parametrize("status", sorted(ACTIVE))
def test_an_episode_that_is_being_made_is_not_started_again(studio: Studio, machines: Any, status: Status) -> None:
    episode = stored(studio, status=status)
    for answer in (produce({"episode_id": episode.episode_id}), shoot({"episode_id": episode.episode_id})):
        assert (answer.status, answer.body["type"]) == (409, "urn:episode-studio:conflict")
    assert studio.episodes.get(episode.episode_id) == episode


def test_an_episode_of_somebody_else_is_not_there(studio: Studio, machines: Any) -> None:
    theirs = Studio.opened_for("bilan")
    episode = moved(theirs, stored(theirs), S.FAILED)
    for episode_id in (NOBODY, episode.episode_id):
        assert produce({"episode_id": episode_id}).status == 404
        assert shoot({"episode_id": episode_id}).status == 404
    assert theirs.episodes.get(episode.episode_id) == episode


# -- rendered again


def rendered(studio: Studio, **changes: Any) -> Episode:
    episode = moved(studio, stored(studio, **changes), S.RENDERING)
    for number in (1, 2, 3):
        studio.episodes.update_clip(
            episode.episode_id, number, AT, status=ClipStatus.RENDERED, name=f"clips/{number}.png", sha256="f00"
        )
    return moved(studio, episode, S.COMPLETED)


@pytest.mark.parametrize(("wanted", "clips"), [([], (1, 2, 3)), ([2], (2,)), ([3, 1, 3], (1, 3))])
def test_all_clips_are_shot_again_or_some(
    studio: Studio, machines: Any, wanted: list[int], clips: tuple[int, ...]
) -> None:
    episode = rendered(studio)
    answer = shoot({"episode_id": episode.episode_id, "clips": wanted})
    assert (answer.status, answer.headers["Location"]) == (202, f"/episodes/{episode.episode_id}")
    assert answer.body == {"episode_id": episode.episode_id, "status": "queued", "clips": list(clips)}
    now = studio.episodes.get(episode.episode_id)
    assert now.execution.endswith(f":execution:studio-generate-video:{episode.episode_id}-2")
    assert asked_of(machines, now)["clips"] == list(clips)
    assert statuses(studio, episode) == {n: "pending" if n in clips else "rendered" for n in (1, 2, 3)}
    assert [clip.take for clip in studio.episodes.clips(episode.episode_id)] == [1, 1, 1]


def test_another_take_paints_anew_and_only_what_was_asked_for(studio: Studio, machines: Any) -> None:
    episode = rendered(studio)
    assert shoot({"episode_id": episode.episode_id, "clips": [2], "another_take": True}).status == 202
    assert [clip.take for clip in studio.episodes.clips(episode.episode_id)] == [1, 2, 1]


@pytest.mark.parametrize("clips", [[0], [7], [4], [-1], [1, 9], [10**40], [1] * 7, ["one"], "1", [None]])
def test_a_clip_that_is_not_there_is_refused(studio: Studio, machines: Any, clips: Any) -> None:
    episode = rendered(studio)
    answer = shoot({"episode_id": episode.episode_id, "clips": clips})
    assert (answer.status, answer.body["type"]) == (422, "urn:episode-studio:validation")
    assert answer.body["errors"][0]["path"].startswith("clips")
    assert studio.episodes.get(episode.episode_id) == episode
    assert set(statuses(studio, episode).values()) == {"rendered"}


def test_an_episode_without_a_script_has_nothing_to_shoot(studio: Studio, machines: Any) -> None:
    episode = moved(studio, stored(studio, script=False), S.FAILED)
    answer = shoot({"episode_id": episode.episode_id})
    assert answer.status == 409
    assert "no script" in answer.body["detail"]


def test_a_render_that_cannot_be_started_fails_and_keeps_the_files(studio: Studio) -> None:
    episode = rendered(studio)
    assert shoot({"episode_id": episode.episode_id, "clips": [1]}).status == 503
    now = studio.episodes.get(episode.episode_id)
    assert (now.status, now.take) == (S.FAILED, 2)
    assert studio.episodes.clip(episode.episode_id, 1).name == "clips/1.png"
