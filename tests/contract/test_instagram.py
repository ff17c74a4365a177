"""Instagram's client against Instagram on loopback: prepared, looked after, published once, measured."""

from collections.abc import Callable

import pytest

from studio.channels.instagram import Instagram, Upload
from studio.channels.instagram_post import InstagramPost, problems
from studio.channels.limits import MIB, Medium
from studio.channels.polling import until
from studio.channels.refusals import Gone
from studio.channels.uploads import PIECE, reader
from studio.domain.errors import Conflict, NotConnected, ProviderFailed, StudioError, Throttled, Unavailable
from tests.contract.access import Granted
from tests.fakes.instagram_api import InstagramApi, error
from tests.fakes.networks import Networks

pytestmark = pytest.mark.contract

SCOPES = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_insights",
)
ADDRESS = "https://media.example/episode.mp4"
FILM = bytes(range(256)) * 4096 * 2 + b"the end"
PUBLISH = "/{version}/me/media_publish"


def video(**more: object) -> Medium:
    known = {"kind": "video", "type": "video/mp4", "size": len(FILM), "width": 1080, "height": 1920, "seconds": 30}
    return Medium(**(known | more))  # type: ignore[arg-type]


def image(**more: object) -> Medium:
    known = {"kind": "image", "type": "image/jpeg", "size": MIB, "width": 1080, "height": 1350}
    return Medium(**(known | more))  # type: ignore[arg-type]


def post(**more: object) -> InstagramPost:
    return InstagramPost(**({"caption": "Who took the key? #reality", "media": (video(),)} | more))  # type: ignore[arg-type]


@pytest.fixture
def api(networks: Networks) -> InstagramApi:
    return networks.service(InstagramApi)


@pytest.fixture
def access(networks: Networks) -> Granted:
    return Granted(networks, "instagram", SCOPES)


@pytest.fixture
def instagram(networks: Networks, access: Granted) -> Instagram:
    return Instagram(networks.address("instagram"), access, wait=lambda _: None)


def readied(instagram: Instagram, container: str) -> str:
    assert until(lambda: instagram.container(container), within=300, wait=lambda _: None).ready
    return container


def test_a_reel_is_fetched_prepared_and_published(instagram: Instagram, api: InstagramApi) -> None:
    assert instagram.user().username == "show"
    assert problems(post()) == []
    container = readied(instagram, instagram.prepare(post(), ADDRESS))
    media = instagram.publish(container)

    assert instagram.media(media).permalink == "https://www.instagram.com/reel/C0/"
    assert instagram.container(container).published
    assert api.containers[container].content == {
        "media_type": "REELS",
        "video_url": ADDRESS,
        "share_to_feed": True,
        "thumb_offset": 0,
        "caption": "Who took the key? #reality",
        "is_ai_generated": True,
    }
    quota = instagram.quota()
    assert (quota.used, quota.total, quota.left, quota.seconds) == (1, 100, 99, 86_400)


def test_the_token_stands_in_no_address(instagram: Instagram, networks: Networks, access: Granted) -> None:
    instagram.publish(readied(instagram, instagram.prepare(post(), ADDRESS)))
    assert all(access.token() not in str(asked.query) for asked in networks.requests)


def test_a_carousel_is_made_of_files_that_are_ready(instagram: Instagram, api: InstagramApi) -> None:
    album = post(media=(image(), video(width=1080, height=1080)))
    assert problems(album) == []
    children = [instagram.prepare_child(medium, ADDRESS) for medium in album.media]
    with pytest.raises(Conflict, match="not done with the file"):
        instagram.prepare_carousel(album, children)
    for child in children:
        readied(instagram, child)
    carousel = readied(instagram, instagram.prepare_carousel(album, children))
    assert instagram.media(instagram.publish(carousel)).media_product_type == "FEED"
    assert api.published[0]["is_ai_generated"] is True
    assert [api.containers[child].content.get("is_ai_generated") for child in children] == [None, None]


def test_sending_a_file_is_refused_to_accounts_that_may_not(instagram: Instagram) -> None:
    with pytest.raises(ProviderFailed, match="video_url is required"):
        instagram.begin(post())


@pytest.mark.parametrize("came", [0, 1, PIECE, len(FILM) - 1])
def test_an_upload_that_broke_off_goes_on_in_another_run_where_instagram_says(
    instagram: Instagram, api: InstagramApi, networks: Networks, came: int
) -> None:
    api.may_send = True
    upload = Upload.model_validate_json(instagram.begin(post()).model_dump_json())
    networks.drop("instagram", "/ig-api-upload/{version}/{id}")
    with pytest.raises(Unavailable) as broken:
        instagram.send(upload, reader(FILM))
    assert broken.value.sent
    api.containers[upload.container].came += FILM[:came]

    there = instagram.container(upload.container).came
    reached: list[int] = []
    instagram.send(upload, reader(FILM), from_offset=there, progress=reached.append)
    assert (there, reached) == (came, [len(FILM)])
    assert bytes(api.containers[upload.container].came) == FILM
    instagram.publish(readied(instagram, upload.container))
    assert len(api.published) == 1


def test_from_the_wrong_place_nothing_is_taken(instagram: Instagram, api: InstagramApi) -> None:
    api.may_send = True
    upload = instagram.begin(post())
    with pytest.raises(ProviderFailed, match="not where the upload stopped"):
        instagram.send(upload, reader(FILM), from_offset=5)


def test_a_body_is_sent_again_from_its_start_with_a_new_token(
    instagram: Instagram, api: InstagramApi, access: Granted
) -> None:
    api.may_send = True
    upload = instagram.begin(post())
    access.expire()
    instagram.send(upload, reader(FILM))
    assert access.renewed == 1
    assert bytes(api.containers[upload.container].came) == FILM


def test_a_permission_taken_back_during_the_upload_is_said_so(
    instagram: Instagram, api: InstagramApi, access: Granted
) -> None:
    api.may_send = True
    upload = instagram.begin(post())
    access.revoke()
    with pytest.raises(NotConnected, match="Connect it again"):
        instagram.send(upload, reader(FILM))


def test_the_token_goes_to_no_other_host(instagram: Instagram, networks: Networks) -> None:
    networks.fail("instagram", "/{version}/me/media", 200, {"id": "1", "uri": "https://elsewhere.example/upload"})
    with pytest.raises(ProviderFailed, match="not its own"):
        instagram.begin(post())


def test_processing_that_fails_says_why(instagram: Instagram, api: InstagramApi) -> None:
    api.fails = "Media upload has failed with error code 2207026"
    container = instagram.prepare(post(), ADDRESS)
    told = until(lambda: instagram.container(container), within=300, wait=lambda _: None)
    assert "2207026" in told.failed
    assert (told.ready, told.ask_again) == (False, None)


def test_a_container_that_is_a_day_old_is_made_anew(instagram: Instagram, api: InstagramApi) -> None:
    container = readied(instagram, instagram.prepare(post(), ADDRESS))
    api.age(86_401)
    assert "Begin it again" in instagram.container(container).failed
    with pytest.raises(Gone):
        instagram.publish(container)
    with pytest.raises(Gone):
        instagram.publish("17")


def test_the_day_is_used_up(instagram: Instagram, api: InstagramApi, networks: Networks) -> None:
    api.quota_total = 0
    container = readied(instagram, instagram.prepare(post(), ADDRESS))
    assert instagram.quota().left == 0
    with pytest.raises(Throttled, match="no more posts") as raised:
        instagram.publish(container)
    assert raised.value.retry_after == 3600
    assert len(networks.asked("instagram", PUBLISH)) == 1


def test_publishing_too_early_is_a_conflict_and_spam_is_final(instagram: Instagram, api: InstagramApi) -> None:
    container = instagram.prepare(post(), ADDRESS)
    with pytest.raises(Conflict):
        instagram.publish(container)
    api.spam = True
    with pytest.raises(ProviderFailed, match="as if it were spam"):
        instagram.publish(container)


def test_a_publish_whose_answer_is_lost_is_not_repeated_but_looked_up(
    instagram: Instagram, api: InstagramApi, networks: Networks
) -> None:
    container = readied(instagram, instagram.prepare(post(), ADDRESS))
    networks.drop("instagram", PUBLISH, done=True)
    with pytest.raises(Unavailable) as lost:
        instagram.publish(container)
    assert lost.value.sent
    assert len(networks.asked("instagram", PUBLISH)) == 1
    assert instagram.container(container).published
    assert [each.id for each in instagram.recent()] == [api.published[0]["id"]]


@pytest.mark.parametrize(
    ("code", "subcode", "more", "kind", "sentence"),
    [
        (4, None, {}, Throttled, "patience"),
        (17, None, {}, Throttled, "patience"),
        (32, None, {}, Throttled, "patience"),
        (613, None, {}, Throttled, "patience"),
        (2, None, {"transient": True, "status": 500}, Unavailable, "by itself"),
        (77, None, {"transient": True}, Unavailable, "by itself"),
        (10, None, {"status": 403}, NotConnected, "has not been allowed"),
        (200, None, {"status": 403}, NotConnected, "has not been allowed"),
        (36_000, 2_207_004, {}, ProviderFailed, "image size is too large"),
    ],
)
def test_codes_are_told_apart(
    instagram: Instagram,
    networks: Networks,
    code: int,
    subcode: int | None,
    more: dict[str, object],
    kind: type[StudioError],
    sentence: str,
) -> None:
    refused = error(code, "The image size is too large.", subcode, **more)  # type: ignore[arg-type]
    for status in (refused.status, 200):
        networks.fail("instagram", PUBLISH, status, refused.body, times=3)
        with pytest.raises(kind, match=sentence):
            instagram.publish("1")


def test_how_long_to_wait_is_passed_on(instagram: Instagram, networks: Networks) -> None:
    usage = '{"178": [{"type": "instagram", "call_count": 100, "estimated_time_to_regain_access": 19}]}'
    headers = {"X-Business-Use-Case-Usage": usage}
    networks.fail("instagram", "/{version}/me", 400, error(4, "Too many calls").body, headers=headers)
    with pytest.raises(Throttled) as raised:
        instagram.user()
    assert raised.value.retry_after == 19 * 60
    for garbled in ("no", "[]", '{"1": 5}', '{"1": [{"estimated_time_to_regain_access": "soon"}]}'):
        headers = {"X-Business-Use-Case-Usage": garbled}
        networks.fail("instagram", "/{version}/me", 400, error(4, "Too many").body, headers=headers, times=3)
        with pytest.raises(Throttled):
            instagram.user()


def test_an_expired_token_is_renewed_although_the_status_does_not_say_so(instagram: Instagram, access: Granted) -> None:
    access.expire()
    assert instagram.user().username == "show"
    assert access.renewed == 1


def test_counts_that_are_not_there_yet_are_unknown_not_zero(instagram: Instagram, api: InstagramApi) -> None:
    media = instagram.publish(readied(instagram, instagram.prepare(post(), ADDRESS)))
    api.counts = {"views": 90, "likes": 0, "ig_reels_avg_watch_time": 4100}
    told = instagram.insights(media, reel=True)
    assert (told.views, told.likes, told.reach, told.ig_reels_avg_watch_time) == (90, 0, None, 4100)
    still = instagram.publish(readied(instagram, instagram.prepare(post(media=(image(),)), ADDRESS)))
    assert instagram.insights(still, reel=False).views == 90
    with pytest.raises(ProviderFailed, match="must be one of"):
        instagram.insights(still, reel=True)


def over(most: int, mark: str) -> Callable[[], InstagramPost]:
    return lambda: post(caption=" ".join(f"{mark}a{n}" for n in range(most + 1)))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: post(caption="a" * 2201), "has 2,201 characters"),
        (over(30, "#"), "31 hashtags"),
        (over(20, "@"), "mentions 21 accounts"),
        (lambda: post(media=()), "1 to 10 files"),
        (lambda: post(media=(image(),) * 11), "these are 11"),
        (lambda: post(media=(image(type="image/png"),)), "not image/png"),
        (lambda: post(media=(image(height=1920),)), "aspect ratio must be 0.8 to 1.91"),
        (lambda: post(media=(image(size=9 * MIB),)), "up to 8.0 MiB"),
        (lambda: post(media=(video(seconds=2),)), "length must be 3 to 900 seconds"),
        (lambda: post(media=(video(size=301 * MIB),)), "up to 300.0 MiB"),
        (lambda: post(media=(video(), video(seconds=61))), "length must be 3 to 60 seconds"),
        (lambda: post(cover_ms=31_000), "after the reel's end"),
        (lambda: post(paid_partnership=True), "no mark for paid partnerships"),
    ],
)
def test_what_is_wrong_with_a_post_is_known_before_it_is_sent(
    wrong: Callable[[], InstagramPost], sentence: str
) -> None:
    assert [each for each in problems(wrong()) if sentence in each]


def test_what_only_looks_like_tags_is_none() -> None:
    text = "mail a@example.com, #1 of AT&#39;T, " + " ".join(f"#a{n}" for n in range(30))
    assert problems(post(caption=text, paid_partnership=True, said_in_caption=True)) == []
