"""TikTok's client against TikTok on loopback: every byte once, and every way a post does not go up."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.channels.limits import MIB, Medium
from studio.channels.polling import until
from studio.channels.refusals import Gone
from studio.channels.tiktok import TikTok, address_of
from studio.channels.tiktok_post import MOST_CHUNK, Creator, TikTokPost, Upload, problems
from studio.channels.uploads import reader
from studio.domain.errors import NotConnected, ProviderFailed, StudioError, Throttled, Unavailable
from tests.contract.access import Granted
from tests.fakes.networks import Networks
from tests.fakes.tiktok_api import TikTokApi

pytestmark = pytest.mark.contract

SCOPES = ("video.publish", "video.list", "user.info.basic")
FILM = bytes(range(256)) * 14 + b"the end"  # three chunks of 1,000 bytes, the last with 591 more
CHUNK = 1000


def video(**more: object) -> Medium:
    known = {"kind": "video", "type": "video/mp4", "size": len(FILM), "width": 1080, "height": 1920, "seconds": 30}
    return Medium(**(known | more))  # type: ignore[arg-type]


def post(**more: object) -> TikTokPost:
    known = {"caption": "Who took the key? #reality", "privacy": "PUBLIC_TO_EVERYONE", "stitch": False}
    return TikTokPost(**(known | {"video": video()} | more))  # type: ignore[arg-type]


@pytest.fixture
def api(networks: Networks) -> TikTokApi:
    kept = networks.service(TikTokApi)
    kept.least_chunk = CHUNK
    return kept


@pytest.fixture
def access(networks: Networks) -> Granted:
    return Granted(networks, "tiktok", SCOPES)


@pytest.fixture
def tiktok(networks: Networks, access: Granted, api: TikTokApi) -> TikTok:
    return TikTok(networks.address("tiktok"), access, wait=lambda _: None)


def begun(tiktok: TikTok, **more: object) -> Upload:
    return tiktok.begin(post(**more), chunk_bytes=CHUNK)


def test_a_video_goes_up_and_gets_its_public_address(tiktok: TikTok, api: TikTokApi) -> None:
    creator = tiktok.creator()
    assert problems(post(), creator) == []
    upload = begun(tiktok, paid_partnership=True)
    reached: list[int] = []
    tiktok.send(upload, reader(FILM), progress=reached.append)
    status = until(lambda: tiktok.status(upload.publish_id), within=600, wait=lambda _: None)

    assert reached == [1000, 2000, len(FILM)]
    assert status.published
    assert address_of(creator.creator_username, status.post_ids[0]).startswith("https://www.tiktok.com/@show/video/7")
    [publish] = api.publishes.values()
    assert bytes(publish.came) == FILM
    assert publish.info == {
        "title": "Who took the key? #reality",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_duet": False,
        "disable_comment": False,
        "disable_stitch": True,
        "video_cover_timestamp_ms": 0,
        "brand_content_toggle": True,
        "brand_organic_toggle": False,
        "is_aigc": True,
    }


def test_the_token_does_not_go_to_the_upload_address(tiktok: TikTok, networks: Networks) -> None:
    tiktok.send(begun(tiktok), reader(FILM))
    assert all("authorization" not in asked.headers for asked in networks.asked("tiktok", "/video/", "PUT"))


@pytest.mark.parametrize("chunk", [0, 1, 2])
@pytest.mark.parametrize("came", [False, True])
def test_a_chunk_whose_connection_breaks_is_sent_again_and_never_twice_into_the_post(
    tiktok: TikTok, api: TikTokApi, networks: Networks, chunk: int, came: bool
) -> None:
    upload = begun(tiktok)
    networks.drop("tiktok", "/video/", done=came, skip=chunk)
    tiktok.send(upload, reader(FILM))
    assert bytes(api.publishes[upload.publish_id].came) == FILM
    assert len(networks.asked("tiktok", "/video/", "PUT")) == 4


@pytest.mark.parametrize("chunk", [0, 1, 2])
def test_an_upload_that_broke_off_goes_on_in_another_run_where_tiktok_says(
    tiktok: TikTok, api: TikTokApi, networks: Networks, chunk: int
) -> None:
    upload = Upload.model_validate_json(begun(tiktok).model_dump_json())
    networks.drop("tiktok", "/video/", times=3, skip=chunk)
    with pytest.raises(Unavailable) as broken:
        tiktok.send(upload, reader(FILM))
    assert broken.value.sent
    there = tiktok.sent(upload)
    assert there == chunk * CHUNK
    before = len(networks.asked("tiktok", "/video/", "PUT"))
    tiktok.send(upload, reader(FILM), from_offset=there)
    assert len(networks.asked("tiktok", "/video/", "PUT")) - before == 3 - chunk
    assert bytes(api.publishes[upload.publish_id].came) == FILM


def test_from_the_wrong_place_it_goes_on_at_the_right_one(tiktok: TikTok, api: TikTokApi) -> None:
    upload = begun(tiktok)
    tiktok.send(upload, reader(FILM))
    tiktok.send(upload, reader(FILM), from_offset=300)
    assert bytes(api.publishes[upload.publish_id].came) == FILM


def test_an_address_that_has_expired_is_begun_anew(tiktok: TikTok, api: TikTokApi) -> None:
    upload = begun(tiktok)
    api.expired = True
    with pytest.raises(Gone, match="Start the post again"):
        tiktok.send(upload, reader(FILM))


def test_a_permission_taken_back_during_the_upload_is_said_so(
    tiktok: TikTok, api: TikTokApi, access: Granted, networks: Networks
) -> None:
    upload = begun(tiktok)

    def revoked(_: int) -> None:
        access.revoke()
        api.expired = True

    with pytest.raises(NotConnected, match="Connect it again"):
        tiktok.send(upload, reader(FILM), progress=revoked)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("frame_rate_check_failed", "does not take this frame rate"),
        ("auth_removed", "took back the permission"),
        ("something_new", "TikTok failed to post it: something_new."),
    ],
)
def test_what_fails_after_the_upload_says_why(tiktok: TikTok, api: TikTokApi, reason: str, sentence: str) -> None:
    api.fails = reason
    upload = begun(tiktok)
    tiktok.send(upload, reader(FILM))
    status = until(lambda: tiktok.status(upload.publish_id), within=60, wait=lambda _: None)
    assert sentence in status.failed
    assert status.ask_again is None
    with pytest.raises(ProviderFailed, match=r"TikTok|owner"):
        tiktok.sent(upload)


def test_waiting_ends_at_the_deadline_with_what_is_known(tiktok: TikTok, api: TikTokApi) -> None:
    api.moderation = 1000
    upload = begun(tiktok)
    tiktok.send(upload, reader(FILM))
    at = [0.0]

    def wait(seconds: float) -> None:
        at[0] += seconds

    status = until(lambda: tiktok.status(upload.publish_id), within=200, wait=wait, clock=lambda: at[0])
    assert (status.published, status.post_ids, status.ask_again) == (True, [], 60.0)
    assert at[0] <= 200


def test_what_only_its_owner_sees_has_no_id_to_wait_for(tiktok: TikTok) -> None:
    upload = begun(tiktok, privacy="SELF_ONLY")
    tiktok.send(upload, reader(FILM))
    told = until(lambda: tiktok.status(upload.publish_id, public=False), within=60, wait=lambda _: None)
    assert (told.published, told.post_ids, told.ask_again) == (True, [], None)


def test_photos_are_fetched_from_a_verified_domain(tiktok: TikTok, api: TikTokApi) -> None:
    still = Medium(kind="image", type="image/jpeg", size=MIB, width=1080, height=1920)
    album = post(video=None, photos=(still, still), title="The key", said_in_caption=True)
    assert problems(album) == []
    publish = tiktok.photos(album, ["https://media.example/1.jpg", "https://media.example/2.jpg"])
    assert api.publishes[publish].photos == ("https://media.example/1.jpg", "https://media.example/2.jpg")
    with pytest.raises(ProviderFailed, match="url_ownership_unverified"):
        tiktok.photos(album, ["https://elsewhere.example/1.jpg"])


@pytest.mark.parametrize("with_200", [False, True])
def test_an_expired_token_is_renewed_once_whatever_the_status(
    tiktok: TikTok, api: TikTokApi, access: Granted, with_200: bool
) -> None:
    api.with_200 = with_200
    access.expire()
    assert tiktok.user().username == "show"
    assert access.renewed == 1
    access.revoke()
    with pytest.raises(NotConnected):
        tiktok.user()


def change(**more: object) -> Callable[[TikTokApi], None]:
    return lambda api: [setattr(api, name, value) for name, value in more.items()] and None


REFUSALS: list[tuple[Callable[[TikTokApi], None], type[StudioError], str]] = [
    (change(posts_per_day=0), Throttled, "no more posts from this account today"),
    (change(audited=False), ProviderFailed, "unaudited_client_can_only_post_to_private_accounts"),
    (change(creator={"privacy_level_options": ["SELF_ONLY"]}), ProviderFailed, "privacy_level_option_mismatch"),
]


@pytest.mark.parametrize("with_200", [False, True])
@pytest.mark.parametrize(("before", "kind", "sentence"), REFUSALS)
def test_a_refusal_is_in_the_body_whatever_the_status(
    tiktok: TikTok,
    api: TikTokApi,
    networks: Networks,
    before: Callable[[TikTokApi], None],
    kind: type[StudioError],
    sentence: str,
    with_200: bool,
) -> None:
    before(api)
    api.with_200 = with_200
    with pytest.raises(kind, match=sentence):
        begun(tiktok)
    assert len(networks.asked("tiktok", "/v2/post/publish/video/init/")) == 1


def test_a_permission_never_given_is_no_reason_to_renew(networks: Networks) -> None:
    access = Granted(networks, "tiktok", ("user.info.basic",))
    with pytest.raises(NotConnected, match="not been allowed"):
        TikTok(networks.address("tiktok"), access, wait=lambda _: None).creator()
    assert access.renewed == 0


def test_a_limit_per_minute_is_passed_on(tiktok: TikTok, networks: Networks) -> None:
    said = {"data": {}, "error": {"code": "rate_limit_exceeded", "message": "The API rate limit was exceeded."}}
    networks.fail("tiktok", "/v2/post/publish/status/fetch/", 429, said)
    with pytest.raises(Throttled) as raised:
        tiktok.status("v_pub_1")
    assert raised.value.retry_after == 60.0


def test_metrics_and_lists_page_through(tiktok: TikTok, api: TikTokApi) -> None:
    api.videos = [{"id": str(n), "view_count": n, "share_url": "", "create_time": n} for n in range(45)]
    assert [each.id for each in tiktok.videos()] == [str(n) for n in range(44, -1, -1)]
    told = tiktok.metrics([*(str(n) for n in range(30)), "elsewhere"])
    assert [(each.id, each.view_count, each.like_count) for each in told[:2]] == [("0", 0, None), ("1", 1, None)]
    assert len(told) == 30


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"caption": "🔑" * 1101}, "2,202 characters as TikTok counts"),
        ({"video": None}, "one video or up to 35 photos"),
        ({"title": "No"}, "no title beside its caption"),
        ({"video": video(type="video/x-matroska")}, "not video/x-matroska"),
        ({"video": video(size=5 * 1024 * MIB)}, "this video has 5,120.0 MiB"),
        ({"video": video(seconds=301)}, "up to 300 seconds"),
        ({"video": video(seconds=700)}, "length must be 1 to 600 seconds"),
        ({"video": video(width=200)}, "width must be 360 to 4,096 pixels"),
        ({"video": video(fps=12)}, "frame rate must be 23 to 60"),
        ({"cover_ms": 31_000}, "after the video's end"),
        ({"privacy": "FOLLOWER_OF_CREATOR"}, "may choose from PUBLIC_TO_EVERYONE"),
        ({"privacy": "SELF_ONLY", "paid_partnership": True}, "oneself only"),
        ({"stitch": True}, "turned off stitches"),
    ],
)
def test_what_is_wrong_with_a_post_is_known_before_it_is_sent(
    api: TikTokApi, wrong: dict[str, object], sentence: str
) -> None:
    found = problems(post(**wrong), Creator.model_validate(api.creator))
    assert [each for each in found if sentence in each]


@settings(max_examples=50)
@given(st.integers(1, 4 * 1024 * MIB))
def test_chunks_keep_every_rule_and_cover_the_file(size: int) -> None:
    upload = Upload.of(video(size=size))
    assert 1 <= upload.chunks == size // upload.chunk_bytes <= 1000
    assert upload.chunk_bytes == size if size < 5 * MIB else 5 * MIB <= upload.chunk_bytes <= MOST_CHUNK
    offsets = [0]
    while offsets[-1] < size:
        offsets.append(upload.ends(offsets[-1]))
    assert len(offsets) == upload.chunks + 1
    assert size - offsets[-2] <= 128 * MIB
    assert all(upload.starts(end - 1) == start for start, end in itertools.pairwise(offsets))
