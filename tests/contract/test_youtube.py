"""The YouTube client against a YouTube on loopback: uploads that break, and what becomes of a video."""

import hashlib
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.channels.access import Connected
from studio.channels.identity import who
from studio.channels.oauth import Account, Client, OAuth, Tokens
from studio.channels.polling import until
from studio.channels.refusals import Gone
from studio.channels.youtube import VideoDetails, VideoState, YouTube, problems, tags_length
from studio.channels.youtube import upload as uploading
from studio.domain.errors import Conflict, Invalid, NotConnected, NotFound, ProviderFailed, Throttled, Unavailable
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET, Grant
from tests.fakes.networks import Networks
from tests.fakes.youtube_api import GRAIN, KEY, SCOPES, YouTubeApi, failure

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
VIDEOS = "/youtube/v3/videos"
UPLOAD = "/upload/youtube/v3/videos"
DETAILS = VideoDetails(title="Flour and feuds", made_for_kids=False, synthetic=True, tags=("bakery", "reality tv"))
FILM = hashlib.shake_128(b"film").digest(3 * GRAIN + 12_345)


class Kept:
    """A connection's access, and what it kept."""

    def __init__(self, networks: Networks) -> None:
        self.grant: Grant = networks.grants.grant("google", SCOPES)
        self.kept: list[Tokens] = []
        oauth = OAuth("google", Client(CLIENT_ID, CLIENT_SECRET), gateway=networks.url, wait=lambda _: None)
        self.access = Connected(oauth, Tokens(self.grant.access, self.grant.refresh), self.kept.append)


@pytest.fixture
def kept(networks: Networks) -> Kept:
    return Kept(networks)


@pytest.fixture
def api(networks: Networks) -> YouTubeApi:
    return networks.service(YouTubeApi)


@pytest.fixture
def youtube(networks: Networks, kept: Kept) -> YouTube:
    return YouTube(networks.address("google"), kept.access, clock=lambda: NOW, wait=lambda _: None)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "CHUNK", GRAIN)


def read(offset: int, length: int) -> bytes:
    return FILM[offset : offset + length]


def send(youtube: YouTube, session: str, **more: object) -> str:
    return youtube.upload(session, read, len(FILM), **more)  # type: ignore[arg-type]


def assert_once(api: YouTubeApi, video_id: str) -> None:
    assert list(api.videos) == [video_id], "one video, no duplicate"
    assert api.videos[video_id].sha256 == hashlib.sha256(FILM).hexdigest()


# Uploads


def test_a_film_arrives_in_pieces_with_what_it_says_of_itself(api: YouTubeApi, youtube: YouTube) -> None:
    said = DETAILS.model_copy(
        update={"publish_at": NOW + timedelta(days=1), "language": "pt-BR", "description": "Two sisters."}
    )
    reached: list[int] = []
    session = youtube.begin_upload(said, len(FILM))
    video_id = send(youtube, session, from_offset=0, progress=reached.append)

    assert_once(api, video_id)
    assert reached == [GRAIN, 2 * GRAIN, 3 * GRAIN, len(FILM)]
    assert api.videos[video_id].resource == {
        "snippet": {
            "title": "Flour and feuds",
            "description": "Two sisters.",
            "tags": ["bakery", "reality tv"],
            "categoryId": "24",
            "defaultLanguage": "pt-BR",
        },
        "status": {
            "privacyStatus": "private",
            "selfDeclaredMadeForKids": False,
            "containsSyntheticMedia": True,
            "publishAt": "2026-11-24T09:00:00Z",
        },
    }


@pytest.mark.parametrize("grain", [1, GRAIN], ids=["keeps every byte", "keeps whole pieces"])
def test_an_upload_that_breaks_at_three_places_goes_on_where_it_was(
    networks: Networks, api: YouTubeApi, youtube: YouTube, grain: int
) -> None:
    api.grain = grain
    api.break_upload_at(1, GRAIN + 100_000, 3 * GRAIN + 7)
    video_id = send(youtube, youtube.begin_upload(DETAILS, len(FILM)))
    assert_once(api, video_id)
    asked = [request.headers["content-range"] for request in networks.asked("google", UPLOAD, "PUT")]
    assert asked.count(f"bytes */{len(FILM)}") == 4, "at the beginning and after each break"


def test_another_run_goes_on_where_the_last_one_stopped(networks: Networks, api: YouTubeApi, youtube: YouTube) -> None:
    class OutOfTime(Exception):
        pass

    def stop(reached: int) -> None:
        if reached >= 2 * GRAIN:
            raise OutOfTime

    session = youtube.begin_upload(DETAILS, len(FILM))
    with pytest.raises(OutOfTime):
        send(youtube, session, from_offset=0, progress=stop)
    assert youtube.reached(session, len(FILM)) == 2 * GRAIN

    other = YouTube(networks.address("google"), Kept(networks).access, clock=lambda: NOW, wait=lambda _: None)
    video_id = send(other, session)
    assert_once(api, video_id)
    sent = sum(len(request.body) for request in networks.asked("google", UPLOAD, "PUT"))
    assert sent == len(FILM), "no byte twice"


def test_a_lost_last_answer_is_asked_for_and_makes_no_duplicate(
    networks: Networks, api: YouTubeApi, youtube: YouTube
) -> None:
    networks.drop("google", UPLOAD, done=True, method="PUT", skip=3)
    session = youtube.begin_upload(DETAILS, len(FILM))
    video_id = send(youtube, session, from_offset=0)
    assert_once(api, video_id)
    assert youtube.reached(session, len(FILM)) == video_id
    assert send(youtube, session) == video_id, "nor does a whole second run"
    assert_once(api, video_id)


def test_server_errors_between_the_pieces_are_gone_on_after(
    networks: Networks, api: YouTubeApi, youtube: YouTube
) -> None:
    networks.fail("google", UPLOAD, 503, method="PUT", skip=1)
    networks.fail("google", UPLOAD, 502, method="PUT", skip=1)
    assert_once(api, send(youtube, youtube.begin_upload(DETAILS, len(FILM))))


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("body", [b"", failure(404, "notFound", "gone").body], ids=["bare", "json"])
def test_a_session_that_is_gone_is_begun_anew(
    networks: Networks, api: YouTubeApi, youtube: YouTube, status: int, body: bytes
) -> None:
    session = youtube.begin_upload(DETAILS, len(FILM))
    networks.fail("google", UPLOAD, status, body, method="PUT", skip=1)
    with pytest.raises(Gone, match="begins anew"):
        send(youtube, session, from_offset=0)
    api.gone.add("session-1")
    with pytest.raises(Gone):
        send(youtube, session)
    assert_once(api, send(youtube, youtube.begin_upload(DETAILS, len(FILM))))


def test_a_token_that_expires_in_the_middle_is_renewed_once(
    networks: Networks, api: YouTubeApi, youtube: YouTube, kept: Kept
) -> None:
    def expire(reached: int) -> None:
        if reached == GRAIN:
            networks.grants.expire(kept.grant.access)

    video_id = send(youtube, youtube.begin_upload(DETAILS, len(FILM)), progress=expire)
    assert_once(api, video_id)
    assert len(kept.kept) == 1
    assert len(networks.asked("google_token", "/token")) == 1


def test_consent_taken_back_in_the_middle_stops_and_can_be_gone_on_with(
    networks: Networks, api: YouTubeApi, youtube: YouTube, kept: Kept
) -> None:
    def revoke(reached: int) -> None:
        if reached == 2 * GRAIN:
            networks.grants.revoke(kept.grant.access)

    session = youtube.begin_upload(DETAILS, len(FILM))
    with pytest.raises(NotConnected, match="Connect it again"):
        send(youtube, session, from_offset=0, progress=revoke)
    assert api.videos == {}
    again = YouTube(networks.address("google"), Kept(networks).access, wait=lambda _: None)
    assert_once(api, send(again, session))


def test_an_upload_that_never_gets_on_ends(networks: Networks, youtube: YouTube) -> None:
    session = youtube.begin_upload(DETAILS, len(FILM))
    networks.fail("google", UPLOAD, 308, method="PUT", times=50)
    with pytest.raises(Unavailable, match="no more of the film"):
        send(youtube, session)


def test_connections_that_only_break_end_it_too(networks: Networks, youtube: YouTube) -> None:
    session = youtube.begin_upload(DETAILS, len(FILM))
    for _ in range(10):
        networks.drop("google", UPLOAD, method="PUT")
        networks.fail("google", UPLOAD, 308, method="PUT")
    with pytest.raises(Unavailable, match=r"broke off|no more"):
        send(youtube, session, from_offset=0)


def test_a_network_that_asks_for_an_hour_is_given_it(networks: Networks, youtube: YouTube) -> None:
    session = youtube.begin_upload(DETAILS, len(FILM))
    networks.fail("google", UPLOAD, 503, method="PUT", headers={"Retry-After": "3600"})
    with pytest.raises(Unavailable) as raised:
        send(youtube, session, from_offset=0)
    assert raised.value.retry_after == 3600


def test_a_film_that_is_shorter_than_it_said_is_not_finished(youtube: YouTube, api: YouTubeApi) -> None:
    session = youtube.begin_upload(DETAILS, len(FILM) + 1)
    with pytest.raises(Invalid, match="ends at byte"):
        youtube.upload(session, read, len(FILM) + 1)
    assert api.videos == {}


@pytest.mark.parametrize("address", ["", "/relative", "https://evil.example/upload", "http://[broken"])
def test_a_session_elsewhere_is_not_believed(networks: Networks, youtube: YouTube, address: str) -> None:
    networks.fail("google", UPLOAD, 200, headers={"Location": address})
    with pytest.raises(Unavailable, match="not an answer"):
        youtube.begin_upload(DETAILS, len(FILM))


def test_what_youtube_would_refuse_is_never_sent(networks: Networks, youtube: YouTube) -> None:
    bad = DETAILS.model_copy(update={"title": "x" * 101, "privacy": "public", "publish_at": NOW})
    with pytest.raises(Invalid) as raised:
        youtube.begin_upload(bad, 0, "image/png")
    assert [word in str(raised.value) for word in ("101", "private", "passed", "no bytes", "image/png")] == [True] * 5
    assert networks.requests == []


# What a video says of itself


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": " "}, "title is empty"),
        ({"title": "é" * 101}, "101 characters"),
        ({"title": "a < b"}, "no angle brackets in the title"),
        ({"description": "é" * 2501}, "5002 bytes"),
        ({"description": "<b>"}, "no angle brackets in the description"),
        ({"tags": ("x" * 501,)}, "count for 501"),
        ({"tags": ("",)}, "tag is empty"),
        ({"tags": ("a>b",)}, "no angle brackets in the tags"),
        ({"category_id": "Entertainment"}, "category"),
        ({"language": "english!"}, "BCP 47"),
        ({"publish_at": NOW - timedelta(seconds=1)}, "has passed"),
        ({"publish_at": NOW + timedelta(days=1), "privacy": "unlisted"}, "has to be private"),
    ],
)
def test_each_problem_is_a_sentence(change: dict[str, object], says: str) -> None:
    (found,) = problems(DETAILS.model_copy(update=change), NOW)
    assert says in found
    assert found.endswith(".")


def test_the_limits_themselves_are_taken() -> None:
    most = {"title": "é" * 100, "description": "é" * 2500, "tags": ("x" * 500,), "publish_at": NOW + timedelta(days=1)}
    assert problems(DETAILS.model_copy(update=most), NOW) == ()


def test_tags_count_as_youtube_counts_them() -> None:
    # The two examples of the documentation.
    assert tags_length(["Foo-Baz"]) == 7
    assert tags_length(["Foo Baz"]) == 9
    assert tags_length(["a", "b"]) == 3
    assert tags_length([]) == 0


@given(st.lists(st.text(alphabet="ab ", min_size=1, max_size=40), max_size=30))
def test_tags_count_as_much_as_they_are_written_out(tags: list[str]) -> None:
    assert tags_length(tags) == len(",".join(f'"{tag}"' if " " in tag else tag for tag in tags))


# What becomes of it


def test_processing_is_waited_for_and_then_ready(youtube: YouTube) -> None:
    public = DETAILS.model_copy(update={"privacy": "public"})
    video_id = send(youtube, youtube.begin_upload(public, len(FILM)))
    first, second = youtube.processing(video_id), youtube.processing(video_id)
    assert (first.outcome, first.ask_again, first.url, first.reason) == ("waiting", 9.0, None, "")
    assert (second.outcome, second.ask_again) == ("ready", None)
    assert second.url == f"https://www.youtube.com/watch?v={video_id}"


def test_processing_can_be_waited_for(youtube: YouTube) -> None:
    video_id = send(youtube, youtube.begin_upload(DETAILS, len(FILM)))
    waits: list[float] = []
    assert until(lambda: youtube.processing(video_id), within=60, wait=waits.append).outcome == "ready"
    assert waits == [9.0]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (("failed", "codec"), "could not process the video: its codec is not known"),
        (("rejected", "copyright"), "rejected the video: it infringes a copyright"),
        (("rejected", "something new"), "does not say why"),
        (("deleted", None), "was deleted"),
    ],
)
def test_processing_that_fails_says_why(
    api: YouTubeApi, youtube: YouTube, state: tuple[str, str | None], says: str
) -> None:
    api.states = [("uploaded", None), state]
    video_id = send(youtube, youtube.begin_upload(DETAILS, len(FILM)))
    assert youtube.processing(video_id).outcome == "waiting"
    after = youtube.processing(video_id)
    assert (after.outcome, after.url) == ("failed", None)
    assert says in after.reason


def test_a_private_video_has_no_address_for_everybody() -> None:
    told = {"id": "v", "status": {"uploadStatus": "processed", "privacyStatus": "private"}}
    assert VideoState.model_validate(told).url is None


def test_somebody_elses_video_is_not_there(api: YouTubeApi, youtube: YouTube) -> None:
    api.add_video("UC-other")
    with pytest.raises(NotFound):
        youtube.processing("film-1")
    with pytest.raises(NotFound):
        youtube.thumbnail("film-1", b"\x89PNG", "image/png")


def test_captions_and_a_thumbnail_come_with_it(networks: Networks, api: YouTubeApi, youtube: YouTube) -> None:
    api.add_video()
    text = "1\n00:00:00,000 --> 00:00:01,000\nFlour — 面粉\n".encode()
    assert youtube.caption("film-1", "en", "English", text) == "caption-1"
    assert api.videos["film-1"].captions == {("en", "English"): text}
    with pytest.raises(Conflict):
        youtube.caption("film-1", "en", "English", text)
    networks.fail("google", "/upload/youtube/v3/thumbnails/set", 503)
    youtube.thumbnail("film-1", b"\xff\xd8picture", "image/jpeg")
    assert api.videos["film-1"].thumbnail == b"\xff\xd8picture"
    for picture, media_type in (
        (b"GIF89a", "image/gif"),
        (b"x" * (2 * 1024 * 1024 + 1), "image/png"),
        (b"", "image/png"),
    ):
        with pytest.raises(Invalid):
            youtube.thumbnail("film-1", picture, media_type)
    for wrong in (("en", "English", b""), ("en", "n" * 151, text)):
        with pytest.raises(Invalid):
            youtube.caption("film-1", *wrong)


# Who it is, and what others show


def test_the_channels_behind_a_connection(networks: Networks, api: YouTubeApi, youtube: YouTube, kept: Kept) -> None:
    assert who("google", kept.access, networks.url) == [Account("UC-one", "The Bakery Show")]
    api.channels = {}
    assert who("google", kept.access, networks.url) == []
    with pytest.raises(NotConnected, match="no YouTube channel"):
        youtube.begin_upload(DETAILS, len(FILM))


def test_the_chart_of_a_region_with_a_key_alone(networks: Networks, api: YouTubeApi) -> None:
    video = {
        "id": "v1",
        "snippet": {
            "title": "Goal!",
            "channelTitle": "Sports",
            "categoryId": "17",
            "publishedAt": "2026-11-22T10:00:00Z",
        },
        "statistics": {"viewCount": "1200000", "commentCount": "7"},
    }
    api.popular["DE"] = [video]
    youtube = YouTube(networks.address("google"), key=KEY, wait=lambda _: None)
    (popular,) = youtube.most_popular("DE", category_id="17")
    assert (popular.video_id, popular.title, popular.views, popular.likes) == ("v1", "Goal!", 1_200_000, None)
    assert youtube.most_popular("FR") == ()
    with pytest.raises(ProviderFailed, match="no such region"):
        youtube.most_popular("XX")
    with pytest.raises(Invalid):
        youtube.most_popular("Germany")
    with pytest.raises(ProviderFailed, match="key"):
        YouTube(networks.address("google"), key="wrong", wait=lambda _: None).most_popular("DE")
    assert all("key" not in request.query for request in networks.requests)


# What goes wrong everywhere


@pytest.mark.parametrize(
    ("answer", "kind", "says", "seconds"),
    [
        (failure(403, "quotaExceeded", "…"), Throttled, "quota for the day", 23 * 3600.0),
        (failure(403, "rateLimitExceeded", "…"), Throttled, "too many calls", None),
        (failure(403, "userRateLimitExceeded", "…"), Throttled, "too many calls", None),
        (failure(400, "uploadLimitExceeded", "…"), Throttled, "no more videos", 86_400.0),
        (failure(403, "insufficientPermissions", "…"), NotConnected, "lacks a permission", None),
        (failure(403, "accessNotConfigured", "…"), ProviderFailed, "not switched on", None),
        (failure(403, "forbidden", "…"), ProviderFailed, "does not let this account", None),
        (failure(400, "invalidCategoryId", "…"), ProviderFailed, "400, invalidCategoryId", None),
        (failure(400, "<script>", "…"), ProviderFailed, "(400)", None),
        (failure(500, "backendError", "…"), Unavailable, "500", None),
    ],
)
@pytest.mark.parametrize("under", ["its own status", "a 200"])
def test_googles_errors_are_told_in_our_words_whatever_status_they_come_under(
    networks: Networks,
    youtube: YouTube,
    answer: object,
    kind: type[Exception],
    says: str,
    seconds: float | None,
    under: str,
) -> None:
    status = answer.status if under == "its own status" else 200  # type: ignore[attr-defined]
    networks.fail("google", VIDEOS, status, answer.body, times=3)  # type: ignore[attr-defined]
    with pytest.raises(kind) as raised:
        youtube.processing("film-1")
    assert says in str(raised.value)
    assert getattr(raised.value, "retry_after", None) == seconds


def test_an_expired_token_under_a_200_is_renewed_too(networks: Networks, api: YouTubeApi, youtube: YouTube) -> None:
    api.add_video()
    networks.fail("google", VIDEOS, 200, failure(401, "authError", "…").body)
    assert youtube.processing("film-1").outcome == "ready"


def test_a_slow_youtube_is_not_waited_for(networks: Networks, kept: Kept) -> None:
    networks.slow("google", VIDEOS, 2.0, times=3)
    hasty = YouTube(networks.address("google"), kept.access, wait=lambda _: None, timeout=httpx2.Timeout(0.1))
    with pytest.raises(Unavailable, match="too long"):
        hasty.processing("film-1")


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)
    return lambda: caplog.text


def test_no_token_and_no_session_in_errors_or_logs(
    networks: Networks, youtube: YouTube, kept: Kept, told: Callable[[], str]
) -> None:
    session = youtube.begin_upload(DETAILS, len(FILM))
    networks.drop("google", UPLOAD, method="PUT", times=100)
    with pytest.raises(Unavailable) as raised:
        send(youtube, session)
    seen = "".join(traceback.format_exception(raised.value)) + told()
    assert kept.grant.access not in seen
    assert "upload_id" not in seen
