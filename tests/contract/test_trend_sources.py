"""Where trends come from: Google's feed and Reddit's listings, at their best and at their worst."""

from datetime import UTC, datetime

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.channels.access import ForApplication
from studio.channels.google_trends import FEED_BYTES, GoogleTrends, NewsItem, Topic, parse
from studio.channels.identity import who
from studio.channels.oauth import Account, Client, OAuth
from studio.channels.reddit import Reddit
from studio.domain.errors import Invalid, NotConnected, NotFound, ProviderFailed, Throttled, Unavailable
from tests.fakes.google_trends_api import GoogleTrendsApi, Searched, feed
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.networks import Networks
from tests.fakes.reddit_api import RedditApi

pytestmark = pytest.mark.contract

FEED = "/trending/rss"
HOT = "/r/television/hot"


@pytest.fixture
def trends(networks: Networks) -> GoogleTrends:
    return GoogleTrends(networks.address("google_trends"), wait=lambda _: None)


@pytest.fixture
def reddit(networks: Networks) -> Reddit:
    oauth = OAuth("reddit", Client(CLIENT_ID, CLIENT_SECRET), gateway=networks.url, wait=lambda _: None)
    return Reddit(networks.address("reddit"), ForApplication(oauth), wait=lambda _: None)


# Google Trends


def test_topics_come_with_what_shows_them(trends: GoogleTrends) -> None:
    assert trends.topics("US") == (
        Topic(
            title="sourdough finale",
            searches=20_000,
            started_at=datetime(2026, 11, 3, 1, 10, tzinfo=UTC),
            news=(
                NewsItem(title="Who rose & who fell", url="https://news.example/finale?a=1&b=2", source="The Crumb"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("told", "searches"),
    [
        ("200+", 200),
        ("20K+", 20_000),
        ("2.5M+", 2_500_000),
        ("1,000,000+", 1_000_000),
        ("5k", 5_000),
        ("", None),
        ("many", None),
        ("1.2.3K+", None),
        ("٣+", None),
    ],
)
def test_how_many_search(told: str, searches: int | None) -> None:
    assert parse(feed([Searched("a", told)]).encode())[0].searches == searches


def test_a_namespace_that_moved_is_still_understood() -> None:
    old = feed([Searched("a", "20K+")], "https://trends.google.com/trends/trendingsearches/daily")
    assert parse(old.encode())[0].searches == 20_000


def test_what_is_missing_or_dangerous_is_left_out() -> None:
    news = (("Script", "javascript:alert(1)", "x"), ("", "https://a.example", "x"), ("Fine", "https://b.example", ""))
    (topic,) = parse(feed([Searched("a", "", "yesterday", news), Searched(" ")]).encode())
    assert (topic.searches, topic.started_at) == (None, None)
    assert [entry.url for entry in topic.news] == ["https://b.example"]


def test_a_quiet_country_is_an_empty_list(networks: Networks, trends: GoogleTrends) -> None:
    networks.service(GoogleTrendsApi).searched["IS"] = []
    assert trends.topics("IS") == ()


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'
FILE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>'


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS.encode(),
        LAUGHS.encode("utf-16"),
        FILE.encode(),
        b"<rss><channel><item>",
        b"<html>Sign in</html>",
        b"<rss/>",
        b"",
        b"\xff\xfe\x00",
        b"<rss><channel>\x00</channel></rss>",
        b"<rss><channel>&unheard;</channel></rss>",
        b"<rss><channel></channel></rss>" + b" " * FEED_BYTES,
    ],
)
def test_a_feed_that_is_none_or_an_attack_is_not_read(networks: Networks, trends: GoogleTrends, body: bytes) -> None:
    networks.fail("google_trends", FEED, 200, body)
    with pytest.raises(Unavailable, match="not a feed"):
        trends.topics("US")


def test_a_deep_feed_does_no_harm() -> None:
    deep = b"<rss><channel>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</channel></rss>"
    assert parse(deep) == ()


@given(st.binary(max_size=200), st.integers(0, 600))
def test_no_bytes_break_it(junk: bytes, at: int) -> None:
    whole = feed([Searched("a", "20K+", news=(("t", "https://a.example", "s"),))]).encode()
    for body in (junk, whole[:at] + junk + whole[at:], whole[:at]):
        try:
            parse(body)
        except Unavailable:
            continue


def test_the_feed_fails_like_any_network(networks: Networks, trends: GoogleTrends) -> None:
    networks.fail("google_trends", FEED, 503)
    assert trends.topics("US"), "tried again"
    networks.fail("google_trends", FEED, 429, headers={"Retry-After": "600"})
    with pytest.raises(Throttled) as raised:
        trends.topics("US")
    assert raised.value.retry_after == 600
    networks.slow("google_trends", FEED, 2.0, times=3)
    with pytest.raises(Unavailable, match="too long"):
        GoogleTrends(networks.address("google_trends"), wait=lambda _: None, timeout=httpx2.Timeout(0.1)).topics("US")


@pytest.mark.parametrize("region", ["", "us", "USA", "US&geo=DE", "../x"])
def test_what_is_no_region(networks: Networks, trends: GoogleTrends, region: str) -> None:
    with pytest.raises(Invalid):
        trends.topics(region)
    assert networks.requests == []


# Reddit


def test_a_listing_comes_page_by_page_for_the_application_alone(networks: Networks, reddit: Reddit) -> None:
    api = networks.service(RedditApi)
    for number in range(3):
        api.post(f"post {number}")
    first = reddit.listing("television", "rising", limit=2)
    second = reddit.listing("television", "rising", limit=2, cursor=first.cursor)
    assert [post.title for post in (*first.posts, *second.posts)] == ["post 0", "post 1", "post 2"]
    assert second.cursor is None
    post = first.posts[0]
    assert (post.score, post.comments, post.created_at.year) == (1200, 34, 2026)
    assert post.url == "https://www.reddit.com/r/television/comments/1/"
    assert len(networks.asked("reddit_oauth", "/api/v1/access_token")) == 1, "one token for both"
    assert networks.requests[-1].headers["user-agent"] == "EpisodeStudio/1.0"


def test_what_is_deleted_adult_or_pinned_is_flagged_and_not_fit(networks: Networks, reddit: Reddit) -> None:
    api = networks.service(RedditApi)
    api.post("fine")
    api.post("gone", author="[deleted]")
    api.post("emptied", selftext="[removed]")
    api.post("taken", removed_by_category="moderator")
    api.post("adult", over_18=True)
    api.post("rules", stickied=True)
    page = reddit.listing("television")
    assert [post.title for post in page.fit] == ["fine"]
    assert [post.title for post in page.posts if post.deleted] == ["gone", "emptied", "taken"]
    assert [(post.title) for post in page.posts if post.nsfw] == ["adult"]


def test_the_top_of_a_period(networks: Networks, reddit: Reddit) -> None:
    reddit.listing("television", "top", period="week")
    assert networks.requests[-1].query == {"limit": "50", "raw_json": "1", "t": "week"}


def test_an_empty_subreddit_is_an_empty_page(reddit: Reddit) -> None:
    page = reddit.listing("television")
    assert (page.posts, page.cursor) == ((), None)
    assert (page.allowance.remaining, page.allowance.seconds) == (995.0, 300.0)


def test_a_spent_allowance_says_until_when(networks: Networks, reddit: Reddit) -> None:
    api = networks.service(RedditApi)
    api.remaining = 1.0
    assert reddit.listing("television").allowance.remaining == 0
    with pytest.raises(Throttled) as raised:
        reddit.listing("television")
    assert raised.value.retry_after == 300


def test_subreddits_that_are_not_there_or_not_for_everybody(networks: Networks, reddit: Reddit) -> None:
    networks.service(RedditApi).private.add("secret")
    for name in ("secret", "nosuchplace"):
        with pytest.raises(NotFound):
            reddit.listing(name)
    networks.fail("reddit", HOT, 404, {"reason": "banned", "message": "Not Found", "error": 404})
    with pytest.raises(NotFound):
        reddit.listing("television")
    for wrong in ("a", "tele vision", "../me", "x" * 22):
        with pytest.raises(Invalid):
            reddit.listing(wrong)


def test_a_refusal_under_a_200(networks: Networks, reddit: Reddit) -> None:
    networks.fail("reddit", HOT, 200, {"error": 403, "reason": "private", "message": "Forbidden"})
    with pytest.raises(NotFound):
        reddit.listing("television")
    networks.fail("reddit", HOT, 200, {"error": 403, "message": "Forbidden"})
    with pytest.raises(NotConnected):
        reddit.listing("television")
    networks.fail("reddit", HOT, 403, b"<html>whoa there, pardner!</html>")
    with pytest.raises(ProviderFailed, match="403"):
        reddit.listing("television")


def test_an_application_token_that_expired_early_is_renewed_once(networks: Networks, reddit: Reddit) -> None:
    reddit.listing("television")
    networks.grants.expire(networks.requests[-1].token or "")
    reddit.listing("television")
    assert len(networks.asked("reddit_oauth", "/api/v1/access_token")) == 2


@pytest.mark.parametrize("body", [b"<html>", {"kind": "Listing"}, {"data": {"children": [{"data": {}}]}}])
def test_a_listing_that_is_none(networks: Networks, reddit: Reddit, body: bytes | dict[str, object]) -> None:
    networks.fail("reddit", HOT, 200, body)
    with pytest.raises(Unavailable, match="not an answer"):
        reddit.listing("television")


def test_whom_a_connection_acts_for(networks: Networks) -> None:
    class Access:
        def token(self) -> str:
            return networks.grants.grant("reddit", ("identity",), account="baker").access

        def renew(self) -> None:
            raise AssertionError

    assert who("reddit", Access(), networks.url) == [Account("1w72", "baker")]
