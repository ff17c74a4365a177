"""Publishing: what was approved goes out as it was approved, once, and is followed until people can see it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from functions.cross_platform_posting_bot.app import PostingRequest, handler, post_everywhere
from studio.domain.approval import ApprovalStatus, ContentKind
from studio.domain.base import new_id
from studio.domain.connection import ConnectionStatus, NetworkName
from studio.domain.errors import (
    Conflict,
    Invalid,
    NotApproved,
    NotConnected,
    NotFound,
    Throttled,
    Unavailable,
)
from studio.domain.post import Post, PostStatus
from studio.domain.posting import Edit, Package, PublishingReport, SentPost
from studio.entry import Studio
from studio.publishing import on_x
from tests.conftest import call, http_event
from tests.fakes.instagram_api import InstagramApi
from tests.fakes.networks import Networks
from tests.fakes.tiktok_api import TikTokApi
from tests.fakes.x_api import XApi
from tests.unit.functions.posting.house import House, Killed
from tests.unit.made import AT, a_film, items_of, stored

N = NetworkName
NETWORKS = [N.TIKTOK, N.INSTAGRAM, N.X]


def draft(house: House, *networks: NetworkName, **asked: Any) -> PublishingReport:
    request = PostingRequest(episode_id=house.episode.episode_id, networks=tuple(n.value for n in networks), **asked)
    return post_everywhere(request, house.studio, house.pace())


def approved(house: House, *networks: NetworkName, **asked: Any) -> list[str]:
    """Connect these networks, draft, approve, and return the hashes."""
    for network in networks:
        if not house.studio.connections.all(network):
            house.connect(network)
    return house.approve(draft(house, *networks, **asked))


def stills(house: House, count: int = 3) -> None:
    """Leave an episode with stills alone."""
    house.studio.videos.delete(f"{house.episode.episode_id}/episode.mp4")
    for clip in house.studio.episodes.clips(house.episode.episode_id)[count:]:
        house.studio.videos.delete(f"{house.episode.episode_id}/{clip.name}")
    # As if S3's own address could be verified with TikTok.
    link = house.studio.videos.link("x", "x.jpg")
    house.networks.service(TikTokApi).owned = (link.partition("studio-videos")[0],)


def publish(house: House, hashes: list[str], within: float = 240.0) -> tuple[SentPost, ...]:
    request = PostingRequest(episode_id=house.episode.episode_id, mode="publish", content_hashes=tuple(hashes))
    return post_everywhere(request, house.studio, house.pace(within)).posts


def one(house: House, network: NetworkName, **asked: Any) -> tuple[str, SentPost]:
    [content_hash] = approved(house, network, **asked)
    [sent] = publish(house, [content_hash])
    return content_hash, sent


def posts(house: House) -> list[Post]:
    return house.studio.posts.of_episode(house.episode.episode_id)


def shown(house: House) -> dict[NetworkName, int]:
    """Return how many posts people could see on each network."""
    tiktok = house.networks.service(TikTokApi)
    whole = sum(each.whole and not each.fail_reason for each in tiktok.publishes.values())
    return {
        N.TIKTOK: whole,
        N.INSTAGRAM: len(house.networks.service(InstagramApi).published),
        N.X: len(house.networks.service(XApi).posts),
    }


# What goes out


def test_a_film_goes_to_every_network_as_it_was_approved(house: House, networks: Networks) -> None:
    report = draft(house, *[house.connect(network).network for network in NETWORKS], paid_partnership=True)
    hashes = house.approve(report)
    told = publish(house, hashes)
    packages = {d.package.network: d.package for d in report.drafts}
    assert [(each.network, each.status, each.error) for each in told] == [
        (network, PostStatus.PUBLISHED, "") for network in NETWORKS
    ]
    assert all(each.url.startswith("https://") for each in told)
    assert {each.account for each in told} == {"The Show (account-1)"}
    film = a_film()
    [tiktok] = networks.service(TikTokApi).publishes.values()
    assert bytes(tiktok.came) == film
    assert (tiktok.info["title"], tiktok.info["is_aigc"]) == (packages[N.TIKTOK].text, True)
    assert tiktok.info["brand_content_toggle"] is True
    [insta] = networks.service(InstagramApi).published
    assert (insta["caption"], insta["is_ai_generated"]) == (packages[N.INSTAGRAM].text, True)
    [post] = networks.service(XApi).posts
    assert (post["text"], post["made_with_ai"], post["paid_partnership"]) == (packages[N.X].text, True, True)
    [upload] = networks.service(XApi).uploads.values()
    assert upload.content == film
    assert {post.status for post in posts(house)} == {PostStatus.PUBLISHED}
    assert {post.variant for post in posts(house)} == {"a"}
    assert all(post.hook and post.external_id and post.published_at for post in posts(house))
    used = [house.studio.approvals.get(each).status for each in hashes]
    assert used == [ApprovalStatus.USED] * 3


def test_stills_go_as_a_carousel_as_photos_and_as_pictures(house: House, networks: Networks) -> None:
    stills(house)
    api = networks.service(InstagramApi)
    api.processing = 0
    told = publish(house, approved(house, *NETWORKS))
    assert {each.status for each in told} == {PostStatus.PUBLISHED}
    assert [c.content.get("media_type") for c in api.containers.values()] == [None, None, None, "CAROUSEL"]
    assert len(networks.service(XApi).posts[0]["media"]["media_ids"]) == 3
    [tiktok] = networks.service(TikTokApi).publishes.values()
    assert len(tiktok.photos) == 3
    assert told[0].url.endswith(f"/photo/{told[0].external_id}")


def test_one_still_is_one_picture_on_instagram(house: House, networks: Networks) -> None:
    stills(house, count=1)
    _, sent = one(house, N.INSTAGRAM)
    assert sent.status is PostStatus.PUBLISHED
    assert len(networks.service(InstagramApi).containers) == 1


def test_what_is_already_there_is_told_and_not_sent_again(house: House) -> None:
    hashes = approved(house, *NETWORKS)
    first = publish(house, hashes)
    house.later(days=40)
    asked = len(house.networks.requests)
    assert publish(house, hashes) == first
    assert len(house.networks.requests) == asked


def test_one_that_cannot_go_out_leaves_the_others(house: House, networks: Networks) -> None:
    hashes = approved(house, N.INSTAGRAM, N.X)
    networks.service(InstagramApi).spam = True
    told = publish(house, hashes)
    assert [(each.network, each.status) for each in told] == [
        (N.INSTAGRAM, PostStatus.FAILED),
        (N.X, PostStatus.PUBLISHED),
    ]
    assert "spam" in told[0].error


# Who may


def test_nothing_goes_out_that_was_not_approved(house: House) -> None:
    house.connect(N.X)
    [waiting] = draft(house, N.X).drafts
    with pytest.raises(NotApproved, match="waits for approval"):
        publish(house, [waiting.content_hash or ""])
    house.studio.approvals.decide(waiting.content_hash or "", "reject", "", house.clock())
    with pytest.raises(NotApproved, match="rejected"):
        publish(house, [waiting.content_hash or ""])
    assert shown(house)[N.X] == 0


def test_an_approval_of_other_content_is_none_of_this(house: House) -> None:
    [content_hash] = approved(house, N.X)
    [changed] = draft(house, N.X, edits={"x": Edit(text="Something else.")}).drafts
    with pytest.raises(NotApproved):
        publish(house, [changed.content_hash or ""])
    # Of several, none goes out before all are known to be approved.
    with pytest.raises(NotApproved):
        publish(house, [content_hash, changed.content_hash or ""])
    assert shown(house)[N.X] == 0


def test_an_approval_of_another_kind_bot_or_episode_is_none_of_this(house: House) -> None:
    [content_hash] = approved(house, N.X)
    package = house.studio.approvals.get(content_hash).content
    other = stored(house.studio, prompt="Another.")
    reply = house.studio.approvals.ask(ContentKind.REPLY, package, bot="engagement-bot", summary="x", at=house.clock())
    mine: Any = {**package, "bot": "multi-channel-upload-bot"}  # type: ignore[dict-item]
    post = house.studio.approvals.ask(
        ContentKind.POST, mine, bot="multi-channel-upload-bot", summary="x", at=house.clock(),
        episode_id=house.episode.episode_id,
    )  # fmt: skip
    for each in (reply, post):
        house.studio.approvals.decide(each.content_hash, "approve", "", house.clock())
        with pytest.raises(NotApproved):
            publish(house, [each.content_hash])
    house.episode = other
    with pytest.raises(NotApproved, match="another episode"):
        publish(house, [content_hash])


def test_somebody_elses_hash_is_not_approved_and_their_episode_not_there(house: House) -> None:
    [content_hash] = approved(house, N.X)
    other = Studio("somebody-else", house.studio.settings, clock=house.clock)
    request = PostingRequest(episode_id=house.episode.episode_id, mode="publish", content_hashes=(content_hash,))
    with pytest.raises(NotFound):
        post_everywhere(request, other, house.pace())
    theirs = stored(other)
    with pytest.raises(NotApproved):
        post_everywhere(request.model_copy(update={"episode_id": theirs.episode_id}), other, house.pace())
    assert shown(house)[N.X] == 0


def test_publishing_names_what(house: House) -> None:
    with pytest.raises(Invalid, match="Name what"):
        publish(house, [])


def test_a_package_made_without_an_account_says_what_to_do(house: House) -> None:
    hashes = house.approve(draft(house, N.X))
    with pytest.raises(NotConnected, match="draft the post again"):
        publish(house, hashes)
    house.connect(N.X)
    with pytest.raises(NotConnected, match="draft the post again"):
        publish(house, hashes)


def test_an_account_that_allowed_half_is_not_posted_with(house: House) -> None:
    house.connect(N.X, lacks=("tweet.write",))
    with pytest.raises(NotConnected, match="every box ticked"):
        publish(house, house.approve(draft(house, N.X)))
    assert posts(house) == []


def test_a_scope_that_posting_does_not_need_is_not_missed(house: House) -> None:
    house.connect(N.TIKTOK, lacks=("video.list",))
    assert one(house, N.TIKTOK)[1].status is PostStatus.PUBLISHED


def test_before_its_time_nothing_goes_out(house: House) -> None:
    hashes = approved(house, N.X, publish_at="2026-11-23T18:00:00Z")
    with pytest.raises(Conflict, match="call again then"):
        publish(house, hashes)
    house.later(hours=9)
    assert publish(house, hashes)[0].status is PostStatus.PUBLISHED


# The files


def test_a_film_that_changed_since_is_not_sent(house: House) -> None:
    [content_hash] = approved(house, N.X)
    house.studio.videos.put(f"{house.episode.episode_id}/episode.mp4", a_film(600_001), "video/mp4")
    with pytest.raises(Conflict, match="not the file that was approved"):
        publish(house, [content_hash])
    house.studio.videos.delete(f"{house.episode.episode_id}/episode.mp4")
    with pytest.raises(Conflict, match="not there any more"):
        publish(house, [content_hash])
    assert house.networks.asked("x", "/2/media/upload/initialize") == []
    assert posts(house) == []


def test_a_film_that_changes_while_it_is_sent_is_not_posted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    [content_hash] = approved(house, N.X)
    from studio.publishing.job import Job

    real = Job.keep

    def keep(job: Job, *given: Any, **more: Any) -> None:
        name = f"{house.episode.episode_id}/episode.mp4"
        house.studio.videos.put(name, a_film(600_000, seconds=31), "video/mp4")
        real(job, *given, **more)

    monkeypatch.setattr(Job, "keep", keep)
    with pytest.raises(Conflict, match="changed or deleted"):
        publish(house, [content_hash])
    assert shown(house)[N.X] == 0
    assert posts(house)[0].status is PostStatus.FAILED


def test_stills_painted_anew_since_change_nothing_of_what_was_approved(house: House, networks: Networks) -> None:
    stills(house, count=1)
    [content_hash] = approved(house, N.X)
    file = Package.model_validate(house.studio.approvals.get(content_hash).content).media[0]
    house.studio.videos.put(f"{house.episode.episode_id}/clips/1.png", b"another", "image/png")
    publish(house, [content_hash])
    [upload] = networks.service(XApi).uploads.values()
    assert upload.content == house.studio.videos.get(file.name)


def test_what_a_network_has_is_followed_though_the_film_is_another_by_now(house: House, networks: Networks) -> None:
    networks.service(TikTokApi).moderation = 100
    content_hash, sent = one(house, N.TIKTOK)
    assert sent.status is PostStatus.PROCESSING
    house.studio.videos.put(f"{house.episode.episode_id}/episode.mp4", a_film(600_001), "video/mp4")
    networks.service(TikTokApi).moderation = 1
    assert publish(house, [content_hash])[0].status is PostStatus.PUBLISHED


def test_another_film_is_not_fetched_where_a_post_is_prepared_anew(house: House, networks: Networks) -> None:
    networks.service(InstagramApi).processing = 100
    content_hash, _ = one(house, N.INSTAGRAM)
    networks.service(InstagramApi).age(90_000)
    house.studio.videos.put(f"{house.episode.episode_id}/episode.mp4", a_film(600_001), "video/mp4")
    with pytest.raises(Conflict, match="not the file"):
        publish(house, [content_hash])
    assert len(networks.service(InstagramApi).containers) == 1


# Once


def test_of_two_who_publish_at_once_one_is_told_to_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    [content_hash] = approved(house, N.X)
    there, go = threading.Event(), threading.Event()
    real = on_x._posted

    def slow(*given: Any) -> Any:
        there.set()
        go.wait(10)
        return real(*given)

    monkeypatch.setattr(on_x, "_posted", slow)
    told: list[Any] = []
    first = threading.Thread(target=lambda: told.extend(publish(house, [content_hash])))
    first.start()
    assert there.wait(10)
    with pytest.raises(Conflict, match="at this moment"):
        publish(house, [content_hash])
    go.set()
    first.join(10)
    assert [each.status for each in told] == [PostStatus.PUBLISHED]
    assert shown(house)[N.X] == 1


@pytest.mark.parametrize("kind", ["film", "stills"])
@pytest.mark.parametrize("network", NETWORKS)
def test_whenever_it_is_killed_it_goes_on_and_is_there_once(
    house: House, kill: Callable[[int], None], network: NetworkName, kind: str
) -> None:
    if kind == "stills":
        stills(house, count=2)
    for point in range(1, 60):
        house.networks.reset()
        house.networks.service(TikTokApi).least_chunk = 262_144
        if kind == "stills":
            house.networks.service(TikTokApi).owned = ("https://",)
        house.connect(network)
        edit = {network.value: Edit(text=f"Who read the letter? Made with AI. {point}")}
        [content_hash] = approved(house, network, edits=edit)
        kill(point)
        try:
            publish(house, [content_hash])
        except Killed:
            killed = True
        else:
            killed = False
        kill(0)
        house.later(minutes=6)
        [sent] = publish(house, [content_hash])
        if sent.status is not PostStatus.PUBLISHED:
            # The one thing that cannot be looked up: whether TikTok heard of photos.
            assert (network, kind) == (N.TIKTOK, "stills")
            assert "Look at" in sent.error
            house.later(minutes=6)
            assert publish(house, [content_hash])[0].error == sent.error
        assert shown(house)[network] <= 1
        assert shown(house)[network] == 1 or "Look at" in sent.error
        if not killed:
            assert point > 5
            return
    raise AssertionError("it was killed at every point")


def test_who_is_killed_keeps_the_post_for_a_lease_and_no_longer(house: House, kill: Callable[[int], None]) -> None:
    [content_hash] = approved(house, N.X)
    kill(3)
    with pytest.raises(Killed):
        publish(house, [content_hash])
    kill(0)
    with pytest.raises(Conflict, match="at this moment"):
        publish(house, [content_hash])
    house.later(minutes=6)
    assert publish(house, [content_hash])[0].status is PostStatus.PUBLISHED


@pytest.mark.parametrize(
    ("network", "host", "path"),
    [
        (N.TIKTOK, "tiktok", "/v2/post/publish/video/init/"),
        (N.TIKTOK, "tiktok", "/video/"),
        (N.TIKTOK, "tiktok", "/v2/post/publish/status/fetch/"),
        (N.INSTAGRAM, "instagram", "/{version}/me/media"),
        (N.INSTAGRAM, "instagram", "/{version}/me/media_publish"),
        (N.X, "x", "/2/media/upload/initialize"),
        (N.X, "x", "/2/media/upload/{id}/append"),
        (N.X, "x", "/2/media/upload/{id}/finalize"),
        (N.X, "x", "/2/tweets"),
    ],
)
@pytest.mark.parametrize("done", [False, True])
def test_a_connection_that_breaks_anywhere_makes_no_second_post(
    house: House, networks: Networks, network: NetworkName, host: str, path: str, done: bool
) -> None:
    [content_hash] = approved(house, network)
    networks.drop(host, path, times=4, done=done)
    for _ in range(6):
        try:
            [sent] = publish(house, [content_hash])
        except Unavailable:
            pass
        else:
            if sent.status is PostStatus.PUBLISHED:
                break
        house.later(minutes=2)
    else:
        raise AssertionError("it never got there")
    assert shown(house)[network] == 1
    assert sent.url


def test_a_post_whose_answer_was_lost_is_looked_for(house: House, networks: Networks) -> None:
    text = "Ayeeyo & Zahra <3 read it: see https://example.com/a"
    networks.drop("x", "/2/tweets", done=True, method="POST")
    _, sent = one(house, N.X, edits={"x": Edit(text=text)})
    assert (sent.status, shown(house)[N.X]) == (PostStatus.PUBLISHED, 1)
    assert sent.external_id == networks.service(XApi).posts[0]["id"]


def test_a_post_that_cannot_be_looked_for_is_not_repeated(house: House, networks: Networks) -> None:
    [content_hash] = approved(house, N.X)
    networks.drop("x", "/2/tweets", done=True, method="POST")
    networks.fail("x", "/2/users/{id}/tweets", 403, {"title": "Forbidden", "detail": "Not on this plan"}, times=9)
    [sent] = publish(house, [content_hash])
    assert sent.status is PostStatus.FAILED
    assert "Look at The Show" in sent.error
    house.later(minutes=6)
    [again] = publish(house, [content_hash])
    assert "Look at The Show" in again.error
    assert shown(house)[N.X] == 1


def test_the_same_words_as_an_earlier_post_are_not_taken_for_it(house: House) -> None:
    house.connect(N.X)
    text = "Who read the letter?"
    first, second = (
        house.approve(draft(house, N.X, edits={"x": Edit(text=text)}, clips=clips))[0] for clips in ((), ())
    )
    assert first == second
    publish(house, [first])
    stills(house)
    [other] = approved(house, N.X, edits={"x": Edit(text=text)})
    [sent] = publish(house, [other])
    assert (sent.status, sent.url) == (PostStatus.FAILED, "")
    assert "this text" in sent.error


# Halfway


def test_a_permission_taken_back_in_the_middle_is_told_and_the_upload_goes_on_later(
    house: House, networks: Networks
) -> None:
    [content_hash] = approved(house, N.X)
    networks.misbehave(_revoking(house, N.X, "/2/media/upload/{id}/append", skip=1))
    with pytest.raises(NotConnected, match="Connect it again"):
        publish(house, [content_hash])
    [post] = posts(house)
    assert post.status is PostStatus.FAILED
    assert 0 < post.sent_bytes < post.bytes
    assert house.studio.connections.get(N.X).status is ConnectionStatus.REVOKED
    with pytest.raises(NotConnected):
        publish(house, [content_hash])
    house.connect(N.X)
    before = len(networks.asked("x", "/2/media/upload/{id}/append"))
    [sent] = publish(house, [content_hash])
    assert (sent.status, shown(house)[N.X]) == (PostStatus.PUBLISHED, 1)
    assert len(networks.asked("x", "/2/media/upload/{id}/append")) - before == 2
    assert len(networks.asked("x", "/2/media/upload/initialize")) == 1


def _revoking(house: House, network: NetworkName, path: str, skip: int) -> Any:
    """Return a misbehaviour at which the account's owner has taken the permission back."""
    from tests.fakes.networks import Misbehaviour

    class Revoking(Misbehaviour):
        def applies(self, asked: Any) -> bool:
            if not super().applies(asked):
                return False
            house.revoke(network)
            return True

    status: dict[str, Any] = {"title": "Unauthorized", "status": 401, "detail": "Unauthorized"}
    return Revoking(network.value, path, status=401, body=status, skip=skip)


@pytest.mark.parametrize("network", NETWORKS)
def test_processing_that_fails_shows_the_networks_own_error(
    house: House, networks: Networks, network: NetworkName
) -> None:
    networks.service(TikTokApi).fails = "frame_rate_check_failed"
    networks.service(InstagramApi).fails = "Error: the video has no sound"
    networks.service(XApi).fails = "InvalidMedia: codec"
    content_hash, sent = one(house, network)
    assert sent.status is PostStatus.FAILED
    assert any(word in sent.error for word in ("frame rate", "no sound", "codec"))
    # Once it is mended over there, it begins anew, and is there once.
    for api in (TikTokApi, InstagramApi, XApi):
        networks.service(api).fails = ""  # type: ignore[attr-defined]
    assert publish(house, [content_hash])[0].status is PostStatus.PUBLISHED
    assert shown(house)[network] == 1


@pytest.mark.parametrize("network", [N.TIKTOK, N.X])
def test_an_error_that_comes_with_a_200_is_an_error(house: House, networks: Networks, network: NetworkName) -> None:
    hashes = approved(house, network)
    networks.service(TikTokApi).with_200 = networks.service(XApi).with_200 = True
    networks.service(TikTokApi).creator["privacy_level_options"] = ["SELF_ONLY"]
    networks.service(XApi).posts.append(
        {"id": "1", "account": "account-1", "created_at": "2026-01-01T00:00:00Z", "text": posted_text(house, hashes)}
    )
    [sent] = publish(house, hashes)
    assert sent.status is PostStatus.FAILED
    assert sent.error


def posted_text(house: House, hashes: list[str]) -> str:
    return Package.model_validate(house.studio.approvals.get(hashes[0]).content).text


def test_what_takes_longer_than_a_call_goes_on_in_the_next(house: House, networks: Networks) -> None:
    networks.service(TikTokApi).moderation = 10
    networks.service(InstagramApi).processing = 10
    networks.service(XApi).processing = 100
    hashes = approved(house, *NETWORKS)
    told = publish(house, hashes, within=100.0)
    assert {each.status for each in told} <= {PostStatus.PROCESSING, None}
    assert all(each.next for each in told)
    networks.service(XApi).processing = 1
    for _ in range(9):
        told = publish(house, hashes)
        if {each.status for each in told} == {PostStatus.PUBLISHED}:
            break
    assert set(shown(house).values()) == {1}
    assert all(each.url for each in told)


def test_a_large_file_is_sent_over_several_calls(
    house: House, networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    [content_hash] = approved(house, N.X)
    house.time[0] = 0.0
    from studio.channels.x import X

    real = X.send

    def send(x: X, upload: Any, read: Any, **more: Any) -> None:
        def slow(offset: int, length: int) -> bytes:
            house.time[0] += 150
            return bytes(read(offset, length))

        real(x, upload, slow, **more)

    monkeypatch.setattr(X, "send", send)
    [sent] = publish(house, [content_hash])
    assert sent.status is PostStatus.SENDING
    assert 0 < sent.sent_bytes < sent.bytes
    assert "Call again" in sent.next
    assert publish(house, [content_hash])[0].status is PostStatus.PUBLISHED
    assert len(networks.asked("x", "/2/media/upload/{id}/append")) == 3


def test_a_network_that_is_spent_for_the_day_says_when_to_come_again(house: House, networks: Networks) -> None:
    [content_hash] = approved(house, N.TIKTOK)
    networks.service(TikTokApi).posts_per_day = 0
    with pytest.raises(Throttled, match="today"):
        publish(house, [content_hash])
    networks.service(TikTokApi).posts_per_day = 15
    assert publish(house, [content_hash])[0].status is PostStatus.PUBLISHED


def test_a_post_for_oneself_has_no_address(house: House, networks: Networks) -> None:
    networks.service(TikTokApi).creator["privacy_level_options"] = ["SELF_ONLY"]
    _, sent = one(house, N.TIKTOK)
    assert (sent.status, sent.url) == (PostStatus.PUBLISHED, "")
    assert "no address" in sent.next


def test_a_container_that_was_left_a_day_is_made_again(house: House, networks: Networks) -> None:
    api = networks.service(InstagramApi)
    api.processing = 100
    content_hash, sent = one(house, N.INSTAGRAM)
    assert sent.status is PostStatus.PROCESSING
    api.age(90_000)
    api.processing = 0
    assert publish(house, [content_hash])[0].status is PostStatus.PUBLISHED
    assert shown(house)[N.INSTAGRAM] == 1


def test_an_upload_that_tiktok_no_longer_takes_begins_anew(house: House, networks: Networks) -> None:
    api = networks.service(TikTokApi)
    [content_hash] = approved(house, N.TIKTOK)
    networks.fail("tiktok", "/video/", 403, skip=1, times=1)
    networks.service(TikTokApi)
    [sent] = publish(house, [content_hash])
    assert sent.status is PostStatus.PUBLISHED
    assert shown(house)[N.TIKTOK] == 1
    assert len(api.publishes) <= 2


# Over HTTP


def test_over_http_it_is_a_bot_like_any_other(house: House) -> None:
    stills(house, count=1)  # which X need not process
    [content_hash] = approved(house, N.X)
    body = {"episode_id": house.episode.episode_id, "mode": "publish", "content_hashes": [content_hash]}
    answer = call(handler, http_event("POST", "/functions/cross-platform-posting-bot", body, owner=house.owner))
    assert (answer.status, answer.body["posts"][0]["status"]) == (200, "published")
    refused = call(
        handler,
        http_event(
            "POST",
            "/functions/cross-platform-posting-bot",
            body | {"content_hashes": ["0" * 64]},
            owner=house.owner,
        ),
    )
    assert (refused.status, refused.body["type"]) == (409, "urn:episode-studio:not_approved")
    missing = call(
        handler,
        http_event("POST", "/functions/cross-platform-posting-bot", {"episode_id": new_id(AT)}, owner=house.owner),
    )
    assert missing.status == 404


def test_no_token_session_or_link_is_in_what_anybody_reads(house: House) -> None:
    stills(house, count=2)
    hashes = approved(house, *NETWORKS)
    told = publish(house, hashes)
    secrets = [house.studio.connections.secret(network, "account-1")["access"] for network in NETWORKS]
    read = str([each.model_dump() for each in told]) + str([post.model_dump() for post in posts(house)])
    runs = {key: item for key, item in items_of(house.studio).items() if not key.startswith("POST#")}
    for hidden in (*secrets, "X-Amz-Signature", "upload_token"):
        assert hidden not in read + str(runs)


def test_what_instagram_says_after_publishing_makes_no_second_post(house: House, networks: Networks) -> None:
    """Its answers about a post that is up may be refusals of any kind, also those that mean begin it again."""
    from tests.fakes.instagram_api import error

    gone = error(24, "The media could not be found", 2_207_006)
    networks.fail("instagram", "/{version}/17900000000000000", 400, gone.body, times=9)
    content_hash, sent = one(house, N.INSTAGRAM)
    assert (sent.status, sent.url) == (PostStatus.PUBLISHED, "")
    publish(house, [content_hash])
    assert shown(house)[N.INSTAGRAM] == 1


def test_a_lost_answer_and_a_list_that_is_refused_make_no_second_post(house: House, networks: Networks) -> None:
    [content_hash] = approved(house, N.INSTAGRAM)
    networks.drop("instagram", "/{version}/me/media_publish", done=True)
    networks.fail("instagram", "/{version}/me/media", 400, {"error": {"code": 100}}, method="GET", times=2)
    [sent] = publish(house, [content_hash])
    assert (sent.status, "Look at" in sent.error) == (PostStatus.FAILED, True)
    assert publish(house, [content_hash])[0].status is PostStatus.FAILED
    [sent] = publish(house, [content_hash])
    assert (sent.status, bool(sent.url)) == (PostStatus.PUBLISHED, True)
    assert shown(house)[N.INSTAGRAM] == 1
