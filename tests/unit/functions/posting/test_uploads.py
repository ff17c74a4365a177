"""Uploads to YouTube channels: once, resumed at the byte they reached, each for itself."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from functions.multi_channel_upload_bot.app import UploadRequest, upload
from studio.domain.connection import ConnectionStatus, NetworkName
from studio.domain.errors import Conflict, NotConnected, Throttled, Unavailable
from studio.domain.post import Post, PostStatus
from studio.domain.posting import Edit, PublishingReport, SentPost
from tests.fakes.networks import Misbehaviour, Networks
from tests.fakes.youtube_api import YouTubeApi, failure
from tests.unit.functions.posting.house import House, Killed
from tests.unit.made import a_film

UPLOADS = "/upload/youtube/v3/videos"
FILM = hashlib.sha256(a_film()).hexdigest()


@pytest.fixture
def api(house: House, networks: Networks) -> YouTubeApi:
    """YouTube, with two channels that are connected, each of an account of its own."""
    api = networks.service(YouTubeApi)
    api.channels = {"UC-one": [("UC-one", "The Show")], "UC-two": [("UC-two", "The Other Show")]}
    house.connect(NetworkName.YOUTUBE, "UC-one")
    house.connect(NetworkName.YOUTUBE, "UC-two")
    return api


def draft(house: House, **asked: Any) -> PublishingReport:
    request = UploadRequest(episode_id=house.episode.episode_id, **asked)
    return upload(request, house.studio, house.pace())


def publish(house: House, hashes: list[str], within: float = 240.0) -> tuple[SentPost, ...]:
    request = UploadRequest(episode_id=house.episode.episode_id, mode="publish", content_hashes=tuple(hashes))
    return upload(request, house.studio, house.pace(within)).posts


def one(house: House, **asked: Any) -> list[str]:
    return house.approve(draft(house, channels=("UC-one",), **asked))


def posts(house: House) -> list[Post]:
    return house.studio.posts.of_episode(house.episode.episode_id)


def test_a_film_goes_to_every_channel_with_all_that_belongs_to_it(house: House, api: YouTubeApi) -> None:
    report = draft(house, made_for_kids=True)
    told = publish(house, house.approve(report))
    assert [each.status for each in told] == [PostStatus.PUBLISHED] * 2
    assert {each.url for each in told} == {f"https://www.youtube.com/watch?v={each}" for each in api.videos}
    assert [video.channel for video in api.videos.values()] == ["UC-one", "UC-two"]
    for video in api.videos.values():
        package = report.drafts[0].package
        assert video.sha256 == FILM
        status, snippet = video.resource["status"], video.resource["snippet"]
        assert status["selfDeclaredMadeForKids"] is True
        assert status["containsSyntheticMedia"] is True
        assert status["privacyStatus"] == "public"
        assert (snippet["title"], snippet["description"]) == (package.title, package.text)
        assert snippet["tags"] == list(package.tags)
        assert package.subtitles is not None
        assert list(video.captions.values()) == [package.subtitles.text.encode()]
        assert video.thumbnail is not None
        assert video.thumbnail.startswith(b"\xff\xd8\xff")


def test_one_channel_that_fails_leaves_the_other(house: House, networks: Networks, api: YouTubeApi) -> None:
    hashes = house.approve(draft(house))
    networks.fail("google", UPLOADS, 403, failure(403, "channelSuspended", "Suspended").body, method="POST")
    told = publish(house, hashes)
    assert [each.status for each in told] == [PostStatus.FAILED, PostStatus.PUBLISHED]
    assert "suspended" in told[0].error
    assert [each.status for each in publish(house, hashes)] == [PostStatus.PUBLISHED] * 2
    assert len(api.videos) == 2


def test_a_channel_whose_permission_is_gone_leaves_the_other(house: House, api: YouTubeApi) -> None:
    hashes = house.approve(draft(house))
    house.revoke(NetworkName.YOUTUBE, "UC-one")
    told = publish(house, hashes)
    assert [each.status for each in told] == [PostStatus.FAILED, PostStatus.PUBLISHED]
    assert "Connect it again" in told[0].error
    assert house.studio.connections.get(NetworkName.YOUTUBE, "UC-one").status is ConnectionStatus.REVOKED


def test_an_upload_goes_on_at_the_byte_it_reached(house: House, networks: Networks, api: YouTubeApi) -> None:
    hashes = one(house)
    networks.fail("google", UPLOADS, 503, method="PUT", skip=1, times=40)
    with pytest.raises(Unavailable):
        publish(house, hashes)
    [post] = posts(house)
    assert (post.status, post.sent_bytes, post.bytes) == (PostStatus.SENDING, 262_144, 600_000)
    sent_before = len(networks.asked("google", UPLOADS, "PUT"))
    networks.misbehave(Misbehaviour("google", "/nothing"))
    networks._misbehaviour.clear()
    [sent] = publish(house, hashes)
    pieces = [
        each.headers["content-range"] for each in networks.asked("google", UPLOADS, "PUT")[sent_before:] if each.body
    ]
    assert pieces == ["bytes 262144-524287/600000", "bytes 524288-599999/600000"]
    assert sent.status is PostStatus.PUBLISHED
    assert [video.sha256 for video in api.videos.values()] == [FILM]
    assert len(api.sessions) == 1


@pytest.mark.parametrize("at", [1, 300_000, 599_999])
def test_a_break_in_the_middle_of_a_piece_is_mended_within_the_call(house: House, api: YouTubeApi, at: int) -> None:
    api.grain = 1
    hashes = one(house)
    api.break_upload_at(at)
    [sent] = publish(house, hashes)
    assert sent.status is PostStatus.PUBLISHED
    assert [video.sha256 for video in api.videos.values()] == [FILM]


def test_whenever_it_is_killed_it_goes_on_and_is_there_once(
    house: House, networks: Networks, api: YouTubeApi, kill: Callable[[int], None]
) -> None:
    for point in range(1, 40):
        api.videos.clear()
        api.sessions.clear()
        hashes = one(house, edits={"youtube": Edit(title=f"The letter {point}")})
        kill(point)
        try:
            publish(house, hashes)
        except Killed:
            killed = True
        else:
            killed = False
        kill(0)
        house.later(minutes=6)
        [sent] = publish(house, hashes)
        assert (sent.status, len(api.videos)) == (PostStatus.PUBLISHED, 1), point
        [video] = api.videos.values()
        assert video.captions
        assert video.thumbnail
        if not killed:
            assert point > 10
            return
    raise AssertionError("it was killed at every point")


def test_a_permission_taken_back_in_the_middle_is_told_and_the_upload_goes_on_later(
    house: House, networks: Networks, api: YouTubeApi
) -> None:
    hashes = one(house)

    class Revoking(Misbehaviour):
        def applies(self, asked: Any) -> bool:
            applies = super().applies(asked)
            if applies:
                house.revoke(NetworkName.YOUTUBE, "UC-one")
            return applies

    body = failure(401, "authError", "Invalid").body
    networks.misbehave(Revoking("google", UPLOADS, "PUT", status=401, body=body, skip=1))
    with pytest.raises(NotConnected, match="Connect it again"):
        publish(house, hashes)
    [post] = posts(house)
    assert (post.status, post.sent_bytes) == (PostStatus.FAILED, 262_144)
    house.connect(NetworkName.YOUTUBE, "UC-one")
    assert publish(house, hashes)[0].status is PostStatus.PUBLISHED
    assert (len(api.sessions), len(api.videos)) == (1, 1)


def test_a_session_that_is_gone_begins_anew_while_no_video_can_have_come_of_it(
    house: House, networks: Networks, api: YouTubeApi
) -> None:
    hashes = one(house)
    api.gone.add("session-1")
    house.studio.posts  # noqa: B018
    [sent] = publish(house, hashes)
    assert sent.status is PostStatus.PUBLISHED
    assert len(api.videos) == 1


def test_a_session_that_is_gone_after_its_last_piece_is_not_begun_again(
    house: House, networks: Networks, api: YouTubeApi
) -> None:
    """Sessions end with a week: this one's video may be there."""
    hashes = one(house)
    networks.drop("google", UPLOADS, done=True, method="PUT", skip=2, times=40)
    with pytest.raises(Unavailable):
        publish(house, hashes)
    networks._misbehaviour.clear()
    assert len(api.videos) == 1
    api.gone.add("session-1")
    house.later(days=8)
    for _ in range(2):
        [sent] = publish(house, hashes)
        assert sent.status is PostStatus.FAILED
        assert "Look at The Show" in sent.error
    assert len(api.videos) == 1


def test_processing_that_fails_after_the_upload_shows_youtubes_reason(house: House, api: YouTubeApi) -> None:
    api.states = [("uploaded", None), ("failed", "codec")]
    [sent] = publish(house, one(house))
    assert sent.status is PostStatus.FAILED
    assert "codec" in sent.error


def test_a_video_that_still_processes_is_asked_for_again_and_not_sent_again(house: House, api: YouTubeApi) -> None:
    api.states = [("uploaded", None)] * 60 + [("processed", None)]
    hashes = one(house)
    [sent] = publish(house, hashes, within=30)
    assert (sent.status, sent.url) == (PostStatus.PROCESSING, "")
    assert "Call again" in sent.next
    for _ in range(5):
        [sent] = publish(house, hashes)
    assert sent.status is PostStatus.PUBLISHED
    assert len(api.sessions) == 1


def test_a_scheduled_video_is_there_at_once_and_public_at_its_time(house: House, api: YouTubeApi) -> None:
    hashes = one(house, publish_at="2026-11-24T18:00:00Z")
    [sent] = publish(house, hashes)
    assert (sent.status, sent.url) == (PostStatus.SCHEDULED, "")
    assert "2026-11-24 18:00 UTC" in sent.next
    [video] = api.videos.values()
    assert video.resource["status"]["publishAt"] == "2026-11-24T18:00:00Z"
    assert video.resource["status"]["privacyStatus"] == "private"
    assert publish(house, hashes)[0].status is PostStatus.SCHEDULED
    house.later(days=2)
    video.resource["status"]["privacyStatus"] = "public"
    [sent] = publish(house, hashes)
    assert (sent.status, sent.url) == (PostStatus.PUBLISHED, f"https://www.youtube.com/watch?v={video.video_id}")
    assert len(api.videos) == 1


def test_captions_that_youtube_refuses_take_nothing_from_the_video(
    house: House, networks: Networks, api: YouTubeApi
) -> None:
    networks.fail("google", "/upload/youtube/v3/captions", 400, failure(400, "invalidMetadata", "No").body)
    networks.fail("google", "/upload/youtube/v3/thumbnails/set", 403, failure(403, "forbidden", "Verify").body)
    [sent] = publish(house, one(house))
    assert sent.status is PostStatus.PUBLISHED
    assert "Captions:" in sent.error
    assert "Thumbnail:" in sent.error


def test_a_channel_that_has_uploaded_enough_today_says_when_to_come_again(
    house: House, networks: Networks, api: YouTubeApi
) -> None:
    networks.fail("google", UPLOADS, 400, failure(400, "uploadLimitExceeded", "Enough").body, method="POST")
    hashes = one(house)
    with pytest.raises(Throttled, match="today"):
        publish(house, hashes)
    assert publish(house, hashes)[0].status is PostStatus.PUBLISHED


def test_an_error_that_comes_with_a_200_is_an_error(house: House, networks: Networks, api: YouTubeApi) -> None:
    networks.fail("google", UPLOADS, 200, failure(403, "channelClosed", "Closed").body, method="POST")
    [sent] = publish(house, one(house))
    assert sent.status is PostStatus.FAILED
    assert "closed this channel" in sent.error
    assert api.videos == {}


def test_a_film_that_changed_since_is_not_uploaded(house: House, api: YouTubeApi) -> None:
    hashes = one(house)
    house.studio.videos.put(f"{house.episode.episode_id}/episode.mp4", a_film(seconds=31), "video/mp4")
    with pytest.raises(Conflict, match=r"episode\.mp4 is not the file"):
        publish(house, hashes)
    assert api.sessions == {}


def test_a_large_film_is_read_in_pieces(house: House, api: YouTubeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = one(house)
    lengths: list[int] = []
    from studio.store.objects import Objects

    part, get = Objects.part, Objects.get

    def noted(objects: Objects, stored: Any, offset: int, length: int) -> bytes:
        lengths.append(length)
        return part(objects, stored, offset, length)

    def never(objects: Objects, name: str) -> bytes | None:
        assert not name.endswith(".mp4")
        return get(objects, name)

    monkeypatch.setattr(Objects, "part", noted)
    monkeypatch.setattr(Objects, "get", never)
    publish(house, hashes)
    assert max(lengths) <= 8 * 1024 * 1024
    assert 262_144 in lengths


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/upload/youtube/v3/captions"),
        ("POST", "/upload/youtube/v3/thumbnails/set"),
        ("GET", "/youtube/v3/videos"),
    ],
)
@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_nothing_that_is_refused_after_the_upload_makes_a_second_one(
    house: House, networks: Networks, api: YouTubeApi, method: str, path: str, status: int
) -> None:
    hashes = one(house)
    networks.fail("google", path, status, failure(status, "whatever", "No").body, method=method)
    publish(house, hashes)
    assert publish(house, hashes)[0].status is PostStatus.PUBLISHED
    assert len(api.videos) == 1


def test_a_thumbnail_that_is_gone_by_then_takes_nothing_from_the_video(
    house: House, api: YouTubeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.publishing.files import Files

    def gone(files: Files, file: Any) -> bytes:
        raise Conflict("The file was changed or deleted meanwhile.")

    monkeypatch.setattr(Files, "whole", gone)
    [sent] = publish(house, one(house))
    assert (sent.status, "Thumbnail:" in sent.error) == (PostStatus.PUBLISHED, True)
