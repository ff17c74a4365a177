"""How an episode ends."""

import json
from typing import Any

import pytest

from functions.close_render import app
from studio.domain.episode import ClipStatus, Episode, Status
from studio.domain.errors import NotFound
from studio.entry import Settings, Studio
from tests.conftest import Clock
from tests.unit.made import AT, an_owner, moved, statuses, stored

S = Status


@pytest.fixture
def studio(cloud: None) -> Studio:
    return Studio(an_owner(), Settings.from_environment(), take=1, clock=Clock())


def close(studio: Studio, episode: Episode, **request: Any) -> Status:
    return app.close_render(app.CloseRequest(episode_id=episode.episode_id, **request), studio).status


def give(studio: Studio, episode: Episode, *given: ClipStatus, reason: str = "") -> None:
    for number, status in enumerate(given, 1):
        studio.episodes.update_clip(
            episode.episode_id, number, AT, status=status, reason="" if status is ClipStatus.RENDERED else reason
        )


def metadata(studio: Studio, episode: Episode) -> Any:
    return json.loads(studio.videos.get(f"{episode.episode_id}/metadata.json") or b"null")


R, F, P = ClipStatus.RENDERED, ClipStatus.FAILED, ClipStatus.PENDING


def test_with_every_clip_it_is_completed(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.RENDERING)
    give(studio, episode, R, R, R)
    assert close(studio, episode, clips=(1, 2, 3)) is S.COMPLETED
    told = metadata(studio, episode)
    assert (told["status"], told["title"], told["draft"], len(told["clips"])) == ("completed", "The Dinner", True, 3)


def test_with_some_clips_it_is_partial_and_says_which_and_why(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.RENDERING)
    give(studio, episode, R, F, ClipStatus.RENDERING, reason="Refused.")
    studio.episodes.update_clip(episode.episode_id, 3, AT, reason="")
    assert close(studio, episode, clips=(1, 2, 3)) is S.PARTIAL
    now = studio.episodes.get(episode.episode_id)
    assert now.reason.startswith("Clip 2: Refused. Clip 3: The renderer broke off")
    assert statuses(studio, episode) == {1: "rendered", 2: "failed", 3: "failed"}
    assert metadata(studio, episode)["reason"] == now.reason


def test_with_no_clip_it_failed(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.RENDERING)
    assert close(studio, episode, clips=(1, 2, 3)) is S.FAILED


def test_a_clip_that_was_not_asked_for_stays_as_it_is(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.RENDERING)
    give(studio, episode, R, P, R)
    assert close(studio, episode, clips=(1,)) is S.PARTIAL
    assert statuses(studio, episode) == {1: "rendered", 2: "pending", 3: "rendered"}


@pytest.mark.parametrize("path", [(), (S.WRITING, S.WRITTEN)])
def test_a_renderer_that_never_began_leaves_the_other_clips_standing(studio: Studio, path: tuple[Status, ...]) -> None:
    episode = moved(studio, stored(studio), *path)
    give(studio, episode, R, P, R)
    assert close(studio, episode, clips=(2,)) is S.PARTIAL
    assert statuses(studio, episode) == {1: "rendered", 2: "failed", 3: "rendered"}


def test_what_was_not_written_failed_and_says_why(studio: Studio) -> None:
    for reason, said in (("Over budget.", "Over budget."), ("", "could not be written")):
        episode = moved(studio, stored(studio, script=False), S.WRITING)
        assert close(studio, episode, reason=reason) is S.FAILED
        assert said in studio.episodes.get(episode.episode_id).reason
        assert metadata(studio, episode)["clips"] == []


def test_an_episode_without_a_clip_is_not_completed(studio: Studio) -> None:
    episode = moved(studio, stored(studio, script=False), S.WRITING, S.WRITTEN)
    assert close(studio, episode, clips=(1, 2, 3)) is S.FAILED


def test_closing_twice_changes_nothing(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.RENDERING)
    give(studio, episode, R, F, R, reason="Refused.")
    close(studio, episode, clips=(1, 2, 3))
    before, told = studio.episodes.get(episode.episode_id), metadata(studio, episode)
    assert close(studio, episode, clips=(1, 2, 3)) is S.PARTIAL
    assert close(studio, episode, reason="Other.") is S.PARTIAL
    assert (studio.episodes.get(episode.episode_id), metadata(studio, episode)) == (before, told)
    assert studio.episodes.counts()["partial"] == 1


def test_a_close_of_an_older_take_leaves_the_newer_alone(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.CANCELLED)
    studio.episodes.move(episode.episode_id, S.QUEUED, AT, take=2)
    assert close(studio, episode, clips=(1, 2, 3)) is S.QUEUED
    assert set(statuses(studio, episode).values()) == {"pending"}


def test_a_cancelled_episode_stays_cancelled(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.RENDERING, S.CANCELLED)
    assert close(studio, episode, clips=(1, 2, 3)) is S.CANCELLED


def test_an_episode_that_is_gone_leaves_no_file(studio: Studio) -> None:
    episode = moved(studio, stored(studio), S.CANCELLED)
    studio.episodes.delete(episode.episode_id, AT)
    with pytest.raises(NotFound):
        close(studio, episode, clips=(1,))
    assert list(studio.videos.under("")) == []
