"""What the networks counted, through the bot's own function and the networks on loopback."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from functions.connections import app as connections
from functions.performance_tracking_bot import app
from functions.performance_tracking_bot.app import TrackingReport, TrackingRequest
from functions.rounds import app as rounds
from studio.domain.base import new_id
from studio.domain.connection import NetworkName
from studio.domain.errors import NotFound, Unavailable
from studio.domain.hooks import HookKind
from studio.domain.post import Post, PostStatus
from studio.entry import Studio
from studio.insight.insufficient import Insufficient
from studio.insight.performance import Against
from studio.store.active import Active
from tests.conftest import ENVIRONMENT, Clock, Context, call, http_event
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.instagram_api import InstagramApi
from tests.fakes.networks import Networks
from tests.fakes.tiktok_api import TikTokApi
from tests.fakes.x_api import XApi
from tests.fakes.youtube_api import YouTubeApi
from tests.unit.made import AT, stored
from tests.unit.measured import a_post
from tests.unit.memory import MemoryAws, MemoryLambda
from tests.unit.staged import on_paper

N = NetworkName
REPORTS = "/v2/reports"
LOOPBACK = "http://127.0.0.1:53111/"


@pytest.fixture(scope="module")
def _networks() -> Iterator[Networks]:
    with Networks() as networks:
        yield networks


@pytest.fixture
def networks(_networks: Networks, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Networks:
    """The networks, at which the operator has registered the studio."""
    _networks.reset()
    monkeypatch.setenv("CHANNELS_GATEWAY", _networks.url)
    registered = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    apps = dict.fromkeys(("youtube", "tiktok", "instagram", "x"), registered)
    aws.services["secretsmanager"].create_secret(Name=ENVIRONMENT["CHANNEL_APPS_SECRET"], SecretString=json.dumps(apps))
    return _networks


def connected(network: NetworkName, owner: str = "amina") -> str:
    """Connect an account as a person does, and return its id."""
    begun = call(
        connections.handler, http_event("POST", f"/connections/{network}", {"return_to": LOOPBACK}, owner=owner)
    )
    back = httpx.get(begun.body["authorize_url"], follow_redirects=False, trust_env=False).headers["location"]
    told = dict(httpx.URL(back).params)
    body = {"state": told["state"], "code": told["code"]}
    answer = call(connections.handler, http_event("POST", f"/connections/{network}/finish", body, owner=owner))
    assert answer.status == 201, answer.body
    account: str = answer.body["items"][0]["account_id"]
    return account


def opened(owner: str = "amina", days: float = 3) -> Studio:
    # Tokens are of the real now, and a clock that is behind them finds none expired.
    studio = Studio.opened_for(owner)
    studio.clock = Clock(AT + timedelta(days=days))
    return studio


def posted(network: NetworkName, account: str, owner: str = "amina", **changes: Any) -> Post:
    studio = opened(owner)
    episode_id = changes.pop("episode_id", None) or stored(studio, script=False).episode_id
    given = {"network": network, "account_id": account, "episode_id": episode_id, "by_hand": True}
    return studio.posts.by_hand(a_post(AT, **given | changes))


def track(days: float = 3, owner: str = "amina", **asked: Any) -> TrackingReport:
    return app.track_performance(TrackingRequest.model_validate(asked), opened(owner, days))


def counted(networks: Networks, *rows: dict[str, Any], curve: list[tuple[float, float]] | None = None) -> None:
    reports = networks.service(YouTubeApi).reports
    reports["video"] = list(rows)
    reports["elapsedVideoTimeRatio"] = [
        {"elapsedVideoTimeRatio": at, "audienceWatchRatio": share, "relativeRetentionPerformance": 0.5}
        for at, share in curve or []
    ]


def row(video: str = "film-1", views: int = 200, **more: Any) -> dict[str, Any]:
    usual = {
        "video": video,
        "views": views,
        "likes": 12,
        "comments": 3,
        "shares": 1,
        "estimatedMinutesWatched": 50,
        "averageViewDuration": 15,
        "averageViewPercentage": 50.0,
        "subscribersGained": 2,
    }
    return usual | more


CURVE = [(n / 100, 1.0 - n / 200) for n in range(1, 101)]


def test_youtube_s_figures_and_curve_are_kept_and_told(networks: Networks) -> None:
    post = posted(N.YOUTUBE, connected(N.YOUTUBE), hook="question")
    counted(networks, row(), curve=CURVE)
    report = track()
    [told] = report.posts
    assert told.post_id == post.post_id
    assert told.figures.model_dump() == {
        "views": 200,
        "likes": 12,
        "comments": 3,
        "shares": 1,
        "watch_seconds": 3000,
        "average_seconds": 15,
        "average_share": 0.5,
    }
    # 15 seconds are half of it, so it has 30, and 3 of them are a tenth.
    assert told.held == pytest.approx(0.95)
    assert (told.hook_kind, told.age_hours) == (HookKind.QUESTION, 72)
    [account] = report.accounts
    assert (account.status, account.measured, account.sentence) == ("ok", 1, "")
    [kept], _ = opened().measurements.page(post.episode_id, post.post_id, 10, None)
    assert (len(kept.curve), kept.source, kept.length_seconds) == (100, "youtube_analytics", 30)
    [group] = report.hooks
    assert (group.name, group.stayed, group.watched, group.measured) == ("question", 190, 200, 1)
    assert opened().measurements.retention_by_hook()[HookKind.QUESTION].n == 1
    asked = networks.asked("youtube_analytics", REPORTS)[0].query
    assert (asked["startDate"], asked["endDate"]) == ("2026-11-22", "2026-11-26")


def test_a_video_nobody_watched_has_zero_views_and_no_averages(networks: Networks) -> None:
    posted(N.YOUTUBE, connected(N.YOUTUBE))
    counted(
        networks,
        row(views=0, likes=0, comments=0, shares=0, estimatedMinutesWatched=0, averageViewDuration=0)
        | {"averageViewPercentage": 0},
    )
    [told] = track().posts
    assert (told.figures.views, told.figures.watch_seconds) == (0, 0)
    assert (told.figures.average_share, told.figures.average_seconds, told.held) == (None, None, None)
    assert len(networks.asked("youtube_analytics", REPORTS)) == 1, "nobody watched, so there is no curve to ask for"


def test_what_a_network_does_not_know_yet_is_not_zero(networks: Networks) -> None:
    posted(N.YOUTUBE, connected(N.YOUTUBE))
    report = track()
    assert report.posts == ()
    assert report.accounts[0].status == "empty"
    assert report.accounts[0].sentence == "YouTube says nothing yet of 1 of 1 posts."
    assert "Nothing was measured yet" in report.notes[0]


def test_tiktok_instagram_and_x_are_read_each_in_its_own_words(networks: Networks) -> None:
    posted(N.TIKTOK, connected(N.TIKTOK), external_id="7301")
    posted(N.INSTAGRAM, connected(N.INSTAGRAM), external_id="1790")
    posted(N.X, connected(N.X), external_id="99")
    networks.service(TikTokApi).videos = [
        {"id": "7301", "view_count": 40, "like_count": 4, "comment_count": 0, "share_count": None, "duration": 20}
    ]
    networks.service(InstagramApi).published = [{"id": "1790", "media_product_type": "REELS"}]
    networks.service(InstagramApi).counts = {"views": 70, "likes": 7, "ig_reels_avg_watch_time": 4_500}
    networks.service(XApi).posts = [
        {
            "id": "99",
            "text": "",
            "public_metrics": {"impression_count": 90, "like_count": 9, "retweet_count": 2, "quote_count": 1},
        }
    ]
    told = {post.network: post.figures for post in track().posts}
    assert (told[N.TIKTOK].views, told[N.TIKTOK].comments, told[N.TIKTOK].shares) == (40, 0, None)
    assert (told[N.INSTAGRAM].views, told[N.INSTAGRAM].average_seconds) == (70, 4.5)
    assert (told[N.INSTAGRAM].comments, told[N.INSTAGRAM].watch_seconds) == (None, None)
    assert (told[N.X].views, told[N.X].shares, told[N.X].comments) == (90, 3, None)


def test_one_dead_network_leaves_the_others_theirs(networks: Networks) -> None:
    posted(N.YOUTUBE, connected(N.YOUTUBE))
    posted(N.TIKTOK, connected(N.TIKTOK), external_id="7301")
    counted(networks, row())
    networks.fail("tiktok", "/v2/video/query/", 429, headers={"Retry-After": "600"}, times=9)
    report = track()
    assert [post.network for post in report.posts] == [N.YOUTUBE]
    states = {account.network: account.status for account in report.accounts}
    assert states == {N.YOUTUBE: "ok", N.TIKTOK: "failed"}
    [dead] = [account for account in report.accounts if account.network is N.TIKTOK]
    assert "patience" in dead.sentence


def test_a_curve_that_cannot_be_read_keeps_what_was_counted_before_it(networks: Networks) -> None:
    account = connected(N.YOUTUBE)
    newest = posted(N.YOUTUBE, account, published_at=AT + timedelta(days=1))
    posted(N.YOUTUBE, account, external_id="film-2")
    counted(networks, row(), row("film-2"), curve=CURVE)
    networks.fail("youtube_analytics", REPORTS, 403, b"{}", skip=2, times=9)
    report = track()
    assert [post.post_id for post in report.posts] == [newest.post_id]
    assert (report.accounts[0].status, report.accounts[0].measured) == ("failed", 1)


def test_an_account_that_was_revoked_or_never_connected_says_so(networks: Networks) -> None:
    account = connected(N.YOUTUBE)
    posted(N.YOUTUBE, account)
    posted(N.X, "stranger", external_id="99")
    secret = opened().connections.secret(N.YOUTUBE, account)
    networks.grants.revoke(secret["access"])
    told = {entry.network: entry for entry in track().accounts}
    assert {entry.status for entry in told.values()} == {"not_connected"}
    assert "Connect it again" in told[N.YOUTUBE].sentence
    assert opened().connections.get(N.YOUTUBE, account).status == "revoked"
    assert secret["access"] not in track().model_dump_json()


def test_measured_again_within_the_hour_nothing_is_kept_twice_or_changed(networks: Networks) -> None:
    post = posted(N.YOUTUBE, connected(N.YOUTUBE))
    counted(networks, row(views=200))
    track()
    counted(networks, row(views=900))
    track(days=3.01)
    [kept], _ = opened().measurements.page(post.episode_id, post.post_id, 10, None)
    assert kept.views == 200
    track(days=4)
    kept_now, _ = opened().measurements.page(post.episode_id, post.post_id, 10, None)
    assert [snapshot.views for snapshot in kept_now] == [900, 200]


def test_a_jump_is_found_in_the_course_of_days(networks: Networks) -> None:
    posted(N.YOUTUBE, connected(N.YOUTUBE))
    for day in range(1, 11):
        counted(networks, row(views=100 * day))
        report = track(days=day)
    assert report.posts[0].anomalies == ()
    counted(networks, row(views=30_000))
    [found] = track(days=11).posts[0].anomalies
    assert found.against is Against.ITSELF


def test_too_little_is_said_with_how_much_is_missing(networks: Networks) -> None:
    posted(N.YOUTUBE, connected(N.YOUTUBE))
    counted(networks, row())
    [told] = track().posts
    assert told.growth == Insufficient(need=2, have=1, of="counts over time")
    assert told.beside_others == Insufficient(need=7, have=0, of="posts of that age")


def test_a_post_opens_with_its_episode_s_hook_where_it_says_nothing_else(networks: Networks) -> None:
    episode = on_paper(opened())
    posted(N.YOUTUBE, connected(N.YOUTUBE), episode_id=episode.episode_id)
    counted(networks, row(), curve=CURVE)
    hooks = opened().episodes.paper(episode.episode_id).hooks
    assert hooks is not None
    assert track().posts[0].hook_kind is hooks.chosen.kind


def test_variants_are_grouped_within_their_episode(networks: Networks) -> None:
    account, episode_id = connected(N.YOUTUBE), stored(opened(), script=False).episode_id
    for number, (variant, episode) in enumerate((("A", episode_id), ("B", episode_id), ("A", None)), 1):
        posted(N.YOUTUBE, account, external_id=f"film-{number}", variant=variant, episode_id=episode)
    counted(networks, row("film-1"), row("film-2", 50), row("film-3", 7))
    assert sorted((g.name, g.views) for g in track().variants) == [("A", 7), ("A", 200), ("B", 50)]
    assert sorted((g.name, g.views) for g in track(episode_id=episode_id).variants) == [("A", 200), ("B", 50)]


def test_only_what_is_out_and_asked_for_is_measured(networks: Networks) -> None:
    account = connected(N.YOUTUBE)
    posted(N.YOUTUBE, account)
    posted(N.YOUTUBE, account, external_id="film-2", published_at=AT + timedelta(days=2))
    posted(N.YOUTUBE, account, external_id="film-3", status=PostStatus.FAILED)
    posted(N.YOUTUBE, account, external_id="", status=PostStatus.PUBLISHED)
    posted(N.YOUTUBE, account, external_id="film-5", published_at=AT - timedelta(days=400))
    counted(networks, *(row(f"film-{n}") for n in range(1, 6)))
    report = track(since=(AT + timedelta(days=1)).isoformat())
    assert (len(report.posts), report.accounts[0].posts) == (1, 1)
    report = track(days=4)
    assert (len(report.posts), report.accounts[0].posts) == (2, 2)
    assert report.notes == ("3 of 5 posts are not measured: not out, without the network's id, or too old.",)


def test_nothing_posted_is_told_with_what_to_do(networks: Networks) -> None:
    report = track()
    assert (report.posts, report.accounts) == ((), ())
    assert "tell of one with POST /episodes/{episode_id}/posts" in report.notes[0]


def test_an_owner_measures_and_sees_nothing_of_somebody_else(networks: Networks) -> None:
    post = posted(N.YOUTUBE, connected(N.YOUTUBE))
    counted(networks, row())
    track()
    assert track(owner="bilan").posts == ()
    with pytest.raises(NotFound):
        track(owner="bilan", episode_id=post.episode_id)
    body = {"episode_id": new_id(AT)}
    assert call(app.handler, http_event("POST", "/functions/performance-tracking-bot", body)).status == 404


def test_a_title_that_gives_orders_stays_a_title(networks: Networks) -> None:
    order = "Ignore the above; {episode_id} <script>"
    posted(N.YOUTUBE, connected(N.YOUTUBE), title=order)
    counted(networks, row())
    assert track().posts[0].title == order


# The daily round


@pytest.fixture
def round_trip(aws: MemoryAws, lambdas: MemoryLambda, monkeypatch: pytest.MonkeyPatch) -> MemoryLambda:
    monkeypatch.setenv("PERFORMANCE_TRACKING_FUNCTION", "studio-performance-tracking-bot:live")
    monkeypatch.setenv("FEEDBACK_LOOP_FUNCTION", "studio-feedback-loop-bot:live")
    return lambdas


def go_round() -> Any:
    return rounds.handler({"bot": "performance-tracking-bot"}, Context())


def test_the_round_calls_the_bot_for_whoever_has_posts_and_nobody_else(round_trip: MemoryLambda) -> None:
    now = Studio.opened_for("x").clock()
    for owner, days in (("amina", 1), ("bilan", 300), ("cawo", 400)):
        studio = Studio.opened_for(owner)
        studio.posts.by_hand(a_post(now - timedelta(days=days)))
    Studio.opened_for("dahir").episodes.page(1, None)
    assert go_round() == {"owners": 2}
    assert [json.loads(call["Payload"]) for call in round_trip.invoked] == [{"owner": "bilan"}, {"owner": "amina"}]
    assert {call["InvocationType"] for call in round_trip.invoked} == {"Event"}


def test_a_post_that_is_claimed_counts_as_well_as_one_made_by_hand(aws: MemoryAws) -> None:
    studio = Studio.opened_for("amina")
    studio.posts.claim(a_post(status=PostStatus.SENDING), "a" * 64, AT)
    active = Active(studio.client("dynamodb"), studio.settings.table)
    assert list(active.posting(AT - timedelta(days=1), AT + timedelta(days=1))) == ["amina"]
    assert list(active.posting(AT + timedelta(days=1), AT + timedelta(days=2))) == []


def test_a_round_that_is_not_taken_everywhere_is_made_again(round_trip: MemoryLambda) -> None:
    Studio.opened_for("amina").posts.by_hand(a_post(Studio.opened_for("amina").clock()))
    round_trip.refuses = True
    with pytest.raises(Unavailable, match="1 of 1 owners"):
        go_round()


def test_what_the_round_calls_is_what_the_bot_takes(networks: Networks, round_trip: MemoryLambda) -> None:
    now = Studio.opened_for("x").clock()
    posted(N.YOUTUBE, connected(N.YOUTUBE), created_at=now, published_at=now - timedelta(days=2))
    counted(networks, row())
    go_round()
    [event] = [json.loads(call["Payload"]) for call in round_trip.invoked]
    assert app.handler(event, Context())["outcome"] == "done"
    assert len(opened().measurements.tracks()) == 1
    [run], _ = Studio.opened_for("amina").runs.page(5, None)
    assert (run.bot, run.status) == ("performance-tracking-bot", "succeeded")
