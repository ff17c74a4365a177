"""X's client against X on loopback: segments, processing, limits, duplicates; and how long a text is there."""

import pytest

from studio.channels import x_post
from studio.channels.limits import MIB, Medium
from studio.channels.polling import until
from studio.channels.refusals import Duplicate, Gone
from studio.channels.uploads import reader
from studio.channels.x import X, XPost
from studio.channels.x_length import weighted_length
from studio.channels.x_post import Upload, problems
from studio.domain.errors import NotConnected, ProviderFailed, Throttled, Unavailable
from tests.contract.access import Granted
from tests.fakes.networks import Networks
from tests.fakes.x_api import XApi

pytestmark = pytest.mark.contract

SCOPES = ("media.write", "tweet.write", "tweet.read", "users.read")
FILM = bytes(range(256)) * 10
SEGMENT = 1000
APPEND = "/2/media/upload/{id}/append"


def video(**more: object) -> Medium:
    known = {"kind": "video", "type": "video/mp4", "size": len(FILM), "width": 720, "height": 1280, "seconds": 30}
    return Medium(**(known | more))  # type: ignore[arg-type]


def image(**more: object) -> Medium:
    known = {"kind": "image", "type": "image/png", "size": 700, "width": 720, "height": 1280}
    return Medium(**(known | more))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x_post, "SEGMENT", SEGMENT)


@pytest.fixture
def api(networks: Networks) -> XApi:
    return networks.service(XApi)


@pytest.fixture
def access(networks: Networks) -> Granted:
    return Granted(networks, "x", SCOPES)


@pytest.fixture
def x(networks: Networks, access: Granted) -> X:
    return X(networks.address("x"), access, wait=lambda _: None)


def test_a_video_is_sent_processed_and_posted_with_what_must_be_declared(x: X, api: XApi) -> None:
    assert x.user().username == "show"
    upload = x.begin(video())
    reached: list[int] = []
    x.send(upload, reader(FILM), progress=reached.append)
    assert reached == [1000, 2000, 2560]
    assert x.finish(upload).ask_again == 1
    assert until(lambda: x.processing(upload.media_id), within=60, wait=lambda _: None).state == "succeeded"
    posted = x.post(XPost(text="Who took the key?", media=(video(),), paid_partnership=True), [upload.media_id])

    assert posted.url == f"https://x.com/i/web/status/{posted.id}"
    assert api.uploads[upload.media_id].content == FILM
    [post] = api.posts
    assert (post["made_with_ai"], post["paid_partnership"]) == (True, True)
    assert post["media"] == {"media_ids": [upload.media_id]}


def test_an_accounts_latest_posts_are_listed_with_what_they_say(x: X, api: XApi) -> None:
    assert x.recent(x.user().id) == []
    posted = [x.post(XPost(text=text)) for text in ("First & foremost", "Second: https://example.com/a")]
    listed = x.recent(x.user().id)
    assert [each.id for each in listed] == [each.id for each in reversed(posted)]
    assert [each.text for each in listed] == ["Second: https://t.co/abc", "First &amp; foremost"]
    assert listed[0].url == posted[1].url
    assert x.recent("somebody-else") == []


def test_an_image_needs_no_processing(x: X) -> None:
    upload = x.begin(image())
    x.send(upload, reader(FILM[:700]))
    assert x.finish(upload).ask_again is None


@pytest.mark.parametrize("segment", [0, 1, 2])
@pytest.mark.parametrize("came", [False, True])
def test_a_segment_whose_connection_breaks_is_sent_again_in_its_own_place(
    x: X, api: XApi, networks: Networks, segment: int, came: bool
) -> None:
    upload = x.begin(video())
    networks.drop("x", APPEND, done=came, skip=segment)
    x.send(upload, reader(FILM))
    x.finish(upload)
    assert api.uploads[upload.media_id].content == FILM
    assert api.uploads[upload.media_id].appends == 3 + came


@pytest.mark.parametrize("segment", [0, 1, 2])
def test_an_upload_that_broke_off_goes_on_in_another_run(x: X, api: XApi, networks: Networks, segment: int) -> None:
    upload = Upload.model_validate_json(x.begin(video()).model_dump_json())
    networks.drop("x", APPEND, times=3, skip=segment)
    reached = [0]
    with pytest.raises(Unavailable):
        x.send(upload, reader(FILM), progress=reached.append)
    assert reached[-1] == segment * SEGMENT
    x.send(upload, reader(FILM), from_offset=reached[-1])
    x.finish(upload)
    assert api.uploads[upload.media_id].content == FILM
    assert api.uploads[upload.media_id].appends == 3


def test_what_is_finished_too_early_is_refused(x: X) -> None:
    with pytest.raises(ProviderFailed, match="do not add up"):
        x.finish(x.begin(video()))


def test_an_upload_x_has_forgotten_is_begun_anew(x: X, api: XApi) -> None:
    upload = x.begin(video())
    api.uploads.clear()
    with pytest.raises(Gone):
        x.send(upload, reader(FILM))
    with pytest.raises(Gone, match="Begin it again"):
        x.post(XPost(text="a"), [upload.media_id])


def test_a_permission_taken_back_during_the_upload_is_said_so(x: X, access: Granted) -> None:
    upload = x.begin(video())
    with pytest.raises(NotConnected, match="Connect it again"):
        x.send(upload, reader(FILM), progress=lambda _: access.revoke())


def test_an_expired_token_is_renewed_during_the_upload(x: X, api: XApi, access: Granted) -> None:
    upload = x.begin(video())
    x.send(upload, reader(FILM), progress=lambda _: access.expire())
    assert access.renewed == 2
    assert api.uploads[upload.media_id].content == FILM


def test_processing_that_fails_says_why(x: X, api: XApi) -> None:
    api.fails = "The frame rate is not supported."
    upload = x.begin(video())
    x.send(upload, reader(FILM))
    x.finish(upload)
    told = until(lambda: x.processing(upload.media_id), within=60, wait=lambda _: None)
    assert told.failed == "X could not process the file: The frame rate is not supported."
    assert told.ask_again is None


@pytest.mark.parametrize("with_200", [False, True])
def test_the_same_text_is_posted_once(x: X, api: XApi, with_200: bool) -> None:
    x.post(XPost(text="Who took the key?"))
    api.with_200 = with_200
    with pytest.raises(Duplicate, match="already"):
        x.post(XPost(text="Who took the key?"))


def test_a_post_whose_answer_is_lost_ends_as_a_duplicate_not_as_two(x: X, api: XApi, networks: Networks) -> None:
    networks.drop("x", "/2/tweets", done=True)
    with pytest.raises(Unavailable) as lost:
        x.post(XPost(text="Who took the key?"))
    assert lost.value.sent
    with pytest.raises(Duplicate):
        x.post(XPost(text="Who took the key?"))
    assert len(api.posts) == 1


def test_a_limit_is_over_when_x_says(networks: Networks, access: Granted, api: XApi) -> None:
    now = networks.grants.clock()
    api.reset = now + 5000
    x = X(networks.address("x"), access, wait=lambda _: None, clock=lambda: now)
    with pytest.raises(Throttled) as raised:
        x.post(XPost(text="a"))
    assert raised.value.retry_after == pytest.approx(5000, abs=2)
    assert len(networks.asked("x", "/2/tweets")) == 1
    headers = {"x-rate-limit-reset": str(int(now) + 300)}
    networks.fail("x", "/2/users/me", 429, {"title": "Too Many Requests"}, headers=headers)
    with pytest.raises(Throttled) as raised:
        x.user()
    assert raised.value.retry_after == pytest.approx(300, abs=2)


def test_no_credits_and_no_permission_are_final(x: X, networks: Networks) -> None:
    said = {"title": "CreditsDepleted", "detail": "Your enrolled account does not have any credits.", "status": 402}
    networks.fail("x", "/2/tweets", 402, said)
    with pytest.raises(ProviderFailed, match="does not have any credits"):
        x.post(XPost(text="a"))
    long = {"title": "Forbidden", "detail": "This user is not allowed to post a video longer than 20 minutes."}
    networks.fail("x", "/2/tweets", 403, long)
    with pytest.raises(ProviderFailed, match="longer than 20 minutes"):
        x.post(XPost(text="a"))


def test_metrics_leave_out_what_is_gone(x: X, api: XApi) -> None:
    first = x.post(XPost(text="one"))
    api.posts[0]["public_metrics"] = {"like_count": 7, "impression_count": 90}
    told = x.metrics([first.id, "404"])
    assert {post: (each.like_count, each.quote_count) for post, each in told.items()} == {first.id: (7, None)}
    assert x.metrics(["404"]) == {}


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Plain words.", 12),
        ("Grüße, naïve Ёлка", 17),
        ("e\u0301", 1),  # NFC
        ("日本語", 6),
        ("한국어", 6),
        ("ก", 1),
        ("“quoted” – so…", 15),  # … is U+2026, outside the light ranges
        ("👍", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🏳️‍🌈", 2),
        ("🇩🇪🇫🇷", 4),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("3️⃣ #️⃣", 5),
        ("❤️", 2),
        ("© 2026", 6),
        ("https://example.com", 23),
        ("https://example.com/" + "a" * 300, 23),
        ("See https://example.com/a?b=c#d, and http://x.co.", 4 + 23 + 6 + 23 + 1),
        ("(https://example.com)", 25),
        ("example.com", 23),
        ("example.com/" + "a" * 40, 52),
        ("mail@example.com", 16),
        ("3.5 and e.g. this", 17),
        ("https://例え.jp/道", 23),
    ],
)
def test_a_text_is_counted_as_x_counts(text: str, length: int) -> None:
    assert weighted_length(text) == length


@pytest.mark.parametrize(
    ("post", "sentence"),
    [
        (XPost(text=" "), "needs a text or a file"),
        (XPost(text="語" * 141), "counts 282 on X; 280 fit"),
        (XPost(media=(video(), image())), "nothing beside it"),
        (XPost(media=(image(),) * 5), "up to 4 images"),
        (XPost(media=(image(size=6 * MIB),)), "up to 5.0 MiB"),
        (XPost(media=(video(seconds=1300),)), "length must be 0.5 to 1,200 seconds"),
        (XPost(media=(video(width=1600, height=400),)), "aspect ratio"),
        (XPost(media=(image(type="image/gif", size=16 * MIB),)), "up to 15.0 MiB"),
    ],
)
def test_what_is_wrong_with_a_post_is_known_before_it_is_sent(post: XPost, sentence: str) -> None:
    assert [each for each in problems(post) if sentence in each]


def test_what_is_right_has_no_problems() -> None:
    assert problems(XPost(text="語" * 140)) == []
    assert problems(XPost(text="a" * 256 + " https://example.com/" + "b" * 99, media=(image(),) * 4)) == []


def test_a_file_is_cut_so_that_its_segments_can_be_numbered(monkeypatch: pytest.MonkeyPatch, x: X) -> None:
    monkeypatch.undo()
    for size in (1, 4 * MIB, 4_500_000_000, 5_000_000_000):
        segment = x_post.segment_bytes(size)
        assert segment <= x_post.MOST_SEGMENT
        assert -(-size // segment) <= x_post.MOST_SEGMENTS
    with pytest.raises(ProviderFailed, match="up to"):
        x.begin(video(size=6_000_000_000))
