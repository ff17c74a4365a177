"""Measuring what arrived in the bucket."""

import hashlib
import json
from typing import Any

import pytest
from PIL import UnidentifiedImageError

from functions.clip_metadata import app
from studio.domain.base import new_id
from studio.domain.episode import ClipStatus, Episode, Status
from studio.entry import Studio
from tests.conftest import Context
from tests.unit.made import AT, a_picture, moved, stored

S = Status


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


def arrived(key: str) -> Any:
    event = {"source": "aws.s3", "detail": {"bucket": {"name": "videos"}, "object": {"key": key, "size": 1}}}
    return app.handler(event, Context())


def rendered(studio: Studio, data: bytes | None = None, status: Status = S.RENDERING, name: str = "1.png") -> Episode:
    """Return an episode whose first clip lies in the bucket, as the renderer leaves it."""
    episode = moved(studio, stored(studio), S.RENDERING)
    put(studio, episode, data or a_picture(), name)
    return moved(studio, episode, status)


def put(studio: Studio, episode: Episode, data: bytes, name: str = "1.png") -> None:
    studio.videos.put(f"{episode.episode_id}/clips/{name}", data, "image/png")
    studio.episodes.update_clip(
        episode.episode_id,
        1,
        AT,
        status=ClipStatus.RENDERED,
        name=f"clips/{name}",
        sha256=hashlib.sha256(data).hexdigest(),
    )


def key_of(episode: Episode, name: str = "1.png", owner: str = "amina") -> str:
    return f"{owner}/{episode.episode_id}/clips/{name}"


def beside(studio: Studio, episode: Episode) -> Any:
    return json.loads(studio.videos.get(f"{episode.episode_id}/clips/1.json") or b"null")


def rollup(studio: Studio, episode: Episode) -> Any:
    return json.loads(studio.videos.get(f"{episode.episode_id}/metadata.json") or b"null")


def test_a_clip_that_arrives_is_measured_and_described(studio: Studio) -> None:
    episode = rendered(studio, a_picture(size=(64, 36)))
    report = arrived(key_of(episode))
    measured = report["measured"]
    data = a_picture(size=(64, 36))
    assert (measured["width"], measured["height"], measured["bytes"]) == (64, 36, len(data))
    assert measured["sha256"] == hashlib.sha256(data).hexdigest()
    clip = studio.episodes.clip(episode.episode_id, 1)
    assert clip.is_measured
    facts = beside(studio, episode)
    assert facts["measured"]["etag"] == hashlib.md5(data).hexdigest()
    assert (facts["description"], facts["people"], facts["file"]) == (
        "Plate 1 slides across the table.",
        ["Hodan Warsame"],
        "clips/1.png",
    )
    # While clips are still being made, the roll-up is the last one's to write.
    assert rollup(studio, episode) is None


def test_told_twice_it_is_as_if_told_once(studio: Studio) -> None:
    episode = rendered(studio)
    arrived(key_of(episode))
    clip, facts = studio.episodes.clip(episode.episode_id, 1), beside(studio, episode)
    arrived(key_of(episode))
    again, told = studio.episodes.clip(episode.episode_id, 1), beside(studio, episode)
    for one in (facts, told):
        del one["measured"]["measured_at"]
    assert told == facts
    assert again.is_measured
    assert again.sha256 == clip.sha256


def test_told_late_the_roll_up_is_written_again(studio: Studio) -> None:
    episode = rendered(studio, status=S.PARTIAL)
    arrived(key_of(episode))
    assert rollup(studio, episode)["clips"][0]["measured"]["width"] == 16


def test_told_out_of_order_the_file_that_lies_there_counts(studio: Studio) -> None:
    episode = rendered(studio)
    put(studio, episode, a_picture(size=(32, 32)))
    for _ in range(2):
        # The first file's event comes when the second lies there already, and then the second's.
        arrived(key_of(episode))
        clip = studio.episodes.clip(episode.episode_id, 1)
        assert clip.is_measured
        assert clip.measured is not None
        assert clip.measured.width == 32


def test_a_file_replaced_while_it_is_measured_is_measured_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode = rendered(studio)
    measure, done = app._measure, []

    def late(*args: Any) -> Any:
        if not done:
            done.append(True)
            put(studio, episode, a_picture(size=(32, 32)))
        return measure(*args)

    monkeypatch.setattr(app, "_measure", late)
    arrived(key_of(episode))
    assert beside(studio, episode)["measured"]["width"] == 32
    assert studio.episodes.clip(episode.episode_id, 1).is_measured


def test_a_file_that_is_replaced_without_end_does_not_hold_us_for_ever(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode = rendered(studio)
    measure, shades = app._measure, iter(range(100))

    def late(*args: Any) -> Any:
        put(studio, episode, a_picture(shade=next(shades)))
        return measure(*args)

    monkeypatch.setattr(app, "_measure", late)
    arrived(key_of(episode))
    assert next(shades) < 10


def test_a_file_that_is_gone_changes_nothing(studio: Studio) -> None:
    episode = rendered(studio)
    before = studio.episodes.clip(episode.episode_id, 1)
    studio.videos.delete(f"{episode.episode_id}/clips/1.png")
    assert arrived(key_of(episode)) == {"number": 1, "measured": None}
    assert studio.episodes.clip(episode.episode_id, 1) == before


def test_nothing_of_a_deleted_episode_comes_back(studio: Studio) -> None:
    episode = rendered(studio, status=S.CANCELLED)
    studio.episodes.delete(episode.episode_id, AT)
    assert arrived(key_of(episode)) == {"number": 1, "measured": None}
    assert studio.episodes.clips(episode.episode_id) == []
    assert beside(studio, episode) is rollup(studio, episode) is None


@pytest.mark.parametrize(
    "key",
    [
        "amina/{id}/clips/1.json",
        "amina/{id}/clips/7.png",
        "amina/{id}/clips/0.png",
        "amina/{id}/clips/10.png",
        "amina/{id}/clips/1.png.exe",
        "amina/{id}/clips/../clips/1.png",
        "amina/{id}/metadata.json",
        "amina/memo/1.png",
        "{id}/clips/1.png",
        "a/b/{id}/clips/1.png",
        "/{id}/clips/1.png",
        "",
        "amina/{id}/clips/1.png\n",
    ],
)
def test_a_key_that_is_no_clips_is_none_of_ours(studio: Studio, key: str) -> None:
    episode = rendered(studio)
    before = studio.episodes.clip(episode.episode_id, 1)
    assert arrived(key.format(id=episode.episode_id)) is None
    assert studio.episodes.clip(episode.episode_id, 1) == before
    assert beside(studio, episode) is None


def test_a_key_that_names_somebody_else_touches_nobody(studio: Studio) -> None:
    episode = rendered(studio)
    before = studio.episodes.clip(episode.episode_id, 1)
    for owner in ("bilan", "OWNER#amina", ".."):
        assert arrived(key_of(episode, owner=owner))["measured"] is None
    assert arrived(f"amina/{new_id(AT)}/clips/1.png")["measured"] is None
    assert studio.episodes.clip(episode.episode_id, 1) == before


def test_a_file_that_is_no_picture_goes_to_the_dead_letters(studio: Studio) -> None:
    episode = rendered(studio, b"not a picture")
    with pytest.raises(UnidentifiedImageError):
        arrived(key_of(episode))
