"""The YouTube client and its audience: comments, live chat, and what was measured."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from studio.channels.youtube import (
    CommentsClosed,
    RetentionPoint,
    YouTubeAnalytics,
    YouTubeComments,
    YouTubeLive,
)
from studio.domain.errors import Invalid, NotConnected, NotFound, ProviderFailed, Throttled, Unavailable
from tests.fakes.networks import Networks
from tests.fakes.youtube_api import KEY, SCOPES, YouTubeApi, failure, message

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
START, END = date(2026, 11, 1), date(2026, 11, 20)
COMMENTS, REPORTS = "/youtube/v3/comments", "/v2/reports"


class Access:
    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self) -> None:
        raise NotConnected("Connect it again.")


@pytest.fixture
def api(networks: Networks) -> YouTubeApi:
    return networks.service(YouTubeApi)


def opened[T](networks: Networks, kind: type[T], *scopes: str) -> T:
    host = "youtube_analytics" if kind is YouTubeAnalytics else "google"
    access = Access(networks.grants.grant("google", scopes or SCOPES).access)
    more: dict[str, Any] = {"clock": lambda: NOW, "wait": lambda _: None}
    return kind(networks.address(host), access, **more)  # type: ignore[call-arg]


# Comments


def test_threads_come_page_by_page_with_their_first_replies(networks: Networks, api: YouTubeApi) -> None:
    api.add_video()
    for number in range(5):
        api.say("film-1", f"comment {number}", replies=["one"] if number == 4 else [])
    comments = opened(networks, YouTubeComments)
    page, seen = comments.threads("film-1"), []
    newest = page.threads[0]
    while True:
        seen += [thread.comment.text for thread in page.threads]
        if page.cursor is None:
            break
        page = comments.threads("film-1", page.cursor)
    assert seen == [f"comment {number}" for number in (4, 3, 2, 1, 0)]
    assert (newest.replies_total, newest.replies[0].text, newest.can_reply) == (1, "one", True)
    assert newest.comment.channel_id == "UC-Viewer"


def test_a_page_holds_no_more_than_was_asked_for(networks: Networks, api: YouTubeApi) -> None:
    api.add_video()
    for number in range(3):
        api.say("film-1", f"comment {number}")
    page = opened(networks, YouTubeComments).threads("film-1", most=1)
    assert [thread.comment.text for thread in page.threads] == ["comment 2"]
    assert page.cursor is not None


def test_all_replies_come_page_by_page(networks: Networks, api: YouTubeApi) -> None:
    api.add_video()
    thread = api.say("film-1", "who baked it?", replies=["a", "b", "c"])
    comments = opened(networks, YouTubeComments)
    first = comments.replies(thread)
    second = comments.replies(thread, first.cursor)
    assert [reply.text for reply in (*first.replies, *second.replies)] == ["a", "b", "c"]
    assert second.cursor is None


def test_a_video_that_nobody_wrote_under_has_an_empty_page(networks: Networks, api: YouTubeApi) -> None:
    api.add_video()
    page = opened(networks, YouTubeComments).threads("film-1")
    assert (page.threads, page.cursor, page.closed) == ((), None, False)


def test_comments_that_are_switched_off_are_an_answer(networks: Networks, api: YouTubeApi) -> None:
    video = api.add_video()
    thread = api.say("film-1", "first")
    video.comments_closed = True
    comments = opened(networks, YouTubeComments)
    assert comments.threads("film-1").closed
    with pytest.raises(CommentsClosed, match="switched off"):
        comments.reply(thread, "Thank you!")


def test_a_reply_is_seen_and_never_sent_twice(networks: Networks, api: YouTubeApi) -> None:
    api.add_video()
    thread = api.say("film-1", "who baked it?")
    comments = opened(networks, YouTubeComments)
    made = comments.reply(thread, "Amina did.")
    assert (made.text, made.author) == ("Amina did.", "The Bakery Show")

    networks.drop("google", COMMENTS, done=True, method="POST")
    with pytest.raises(Unavailable) as raised:
        comments.reply(thread, "At night.")
    assert raised.value.sent
    assert [reply.text for reply in comments.replies(thread).replies] == ["Amina did.", "At night."]
    assert len(networks.asked("google", COMMENTS, "POST")) == 2


def test_a_reply_to_nobody_or_of_nothing(networks: Networks) -> None:
    comments = opened(networks, YouTubeComments)
    with pytest.raises(NotFound):
        comments.reply("gone", "Hello?")
    for text in ("  ", "x" * 10_001):
        with pytest.raises(Invalid):
            comments.reply("any", text)


def test_a_key_reads_and_a_small_permission_does_not_write(networks: Networks, api: YouTubeApi) -> None:
    api.add_video()
    thread = api.say("film-1", "hello")
    by_key = YouTubeComments(networks.address("google"), key=KEY, wait=lambda _: None)
    assert by_key.threads("film-1").threads[0].thread_id == thread
    with pytest.raises(NotFound):
        by_key.threads("film-2")
    reader = opened(networks, YouTubeComments, "https://www.googleapis.com/auth/youtube.readonly")
    with pytest.raises(NotConnected, match="lacks a permission"):
        reader.reply(thread, "hi")


# Live


def test_an_event_is_announced_and_bound(networks: Networks, api: YouTubeApi) -> None:
    live = opened(networks, YouTubeLive)
    starts = NOW + timedelta(days=2)
    event = live.announce("The finale, live", "Who stays?", starts, made_for_kids=False, privacy="public")
    assert (event.broadcast_id, event.chat_id, event.stream_id) == ("live-1", "chat-live-1", None)
    kept = api.broadcasts["live-1"]
    assert kept["snippet"]["scheduledStartTime"] == "2026-11-25T09:00:00Z"
    assert kept["status"]["selfDeclaredMadeForKids"] is False
    assert live.bind(event.broadcast_id, "stream-1").stream_id == "stream-1"
    with pytest.raises(NotFound):
        live.bind("live-2", "stream-1")


def test_an_event_is_found_again_by_its_title_and_hour_on_whichever_page(networks: Networks, api: YouTubeApi) -> None:
    live = opened(networks, YouTubeLive)
    starts = NOW + timedelta(days=2, microseconds=7)
    for title in ("One", "Two", "Three"):
        live.announce(title, "", starts, made_for_kids=False)
    found = live.find("Three", starts.astimezone(timezone(timedelta(hours=3))))
    assert found is not None
    assert (found.broadcast_id, found.chat_id) == ("live-3", "chat-live-3")
    assert live.find("Three", starts + timedelta(hours=1)) is None
    assert live.find("Four", starts) is None


def test_an_event_is_read_by_its_id(networks: Networks, api: YouTubeApi) -> None:
    live = opened(networks, YouTubeLive)
    made = live.announce("One", "", NOW + timedelta(days=2), made_for_kids=False)
    assert live.broadcast(made.broadcast_id) == made
    with pytest.raises(NotFound):
        live.broadcast("live-9")


def test_an_event_that_cannot_be_is_not_sent(networks: Networks) -> None:
    live = opened(networks, YouTubeLive)
    with pytest.raises(Invalid, match="begun already"):
        live.announce("Late", "", NOW, made_for_kids=False)
    with pytest.raises(Invalid, match="title"):
        live.announce("", "", NOW + timedelta(days=1), made_for_kids=False)
    assert networks.requests == []


def test_a_channel_that_may_not_stream_is_told_what_to_do(networks: Networks) -> None:
    answer = failure(403, "liveStreamingNotEnabled", "…")
    networks.fail("google", "/youtube/v3/liveBroadcasts", answer.status, answer.body)
    with pytest.raises(ProviderFailed, match="Enable it there"):
        opened(networks, YouTubeLive).announce("Live", "", NOW + timedelta(days=1), made_for_kids=False)


def test_the_chat_is_read_on_from_where_it_was_until_it_is_over(networks: Networks, api: YouTubeApi) -> None:
    api.chat = [message(number, f"line {number}") for number in range(3)]
    live = opened(networks, YouTubeLive)
    first = live.messages("chat-live-1")
    second = live.messages("chat-live-1", first.cursor)
    third = live.messages("chat-live-1", second.cursor)
    assert [said.text for page in (first, second, third) for said in page.messages] == ["line 0", "line 1", "line 2"]
    assert (first.wait_ms, first.ended) == (2500, False)
    assert first.messages[0].author == "@viewer0"
    api.chat_ended = True
    assert live.messages("chat-live-1", third.cursor).ended


def test_a_chat_asked_too_often(networks: Networks) -> None:
    answer = failure(403, "rateLimitExceeded", "…")
    networks.fail("google", "/youtube/v3/liveChat/messages", answer.status, answer.body, times=3)
    with pytest.raises(Throttled):
        opened(networks, YouTubeLive).messages("chat-live-1")


# Figures


def test_retention_is_a_curve_from_beginning_to_end(networks: Networks, api: YouTubeApi) -> None:
    api.reports["elapsedVideoTimeRatio"] = [
        {"elapsedVideoTimeRatio": 0.02, "audienceWatchRatio": 0.9, "relativeRetentionPerformance": 0.6},
        {"elapsedVideoTimeRatio": 0.01, "audienceWatchRatio": 1.2, "relativeRetentionPerformance": None},
    ]
    analytics = opened(networks, YouTubeAnalytics)
    assert analytics.retention("film-1", START, END) == (
        RetentionPoint(elapsed=0.01, watching=1.2),
        RetentionPoint(elapsed=0.02, watching=0.9, relative=0.6),
    )
    (asked,) = networks.asked("youtube_analytics", REPORTS)
    assert asked.query["filters"] == "video==film-1"
    assert (asked.query["ids"], asked.query["startDate"], asked.query["endDate"]) == (
        "channel==MINE",
        "2026-11-01",
        "2026-11-20",
    )


def test_figures_by_day_and_by_video(networks: Networks, api: YouTubeApi) -> None:
    figures = {"views": 10.0, "likes": 2, "averageViewDuration": 31.5, "estimatedMinutesWatched": 5, "comments": None}
    api.reports["day"] = [{"day": "2026-11-19", **figures}]
    api.reports["video"] = [{"video": "film-1", **figures}]
    analytics = opened(networks, YouTubeAnalytics)
    (day,) = analytics.daily(START, END, "film-1")
    assert (day.day, day.views, day.likes, day.average_seconds, day.comments) == (date(2026, 11, 19), 10, 2, 31.5, 0)
    (video,) = analytics.by_video(START, END, limit=1000)
    assert (video.video_id, video.minutes_watched) == ("film-1", 5.0)
    assert networks.requests[-1].query["maxResults"] == "200"


def test_nothing_measured_is_nothing_and_no_error(networks: Networks) -> None:
    analytics = opened(networks, YouTubeAnalytics)
    assert analytics.retention("film-1", START, END) == ()
    assert analytics.daily(START, END) == ()
    networks.fail("youtube_analytics", REPORTS, 200, {"columnHeaders": [{"name": "day"}], "rows": []})
    assert analytics.daily(START, END) == ()


@pytest.mark.parametrize("rows", [[["not a date"]], [["2026-11-19", "many"]], [5], "rows"])
def test_a_report_that_is_none(networks: Networks, rows: object) -> None:
    body = {"columnHeaders": [{"name": "day"}, {"name": "views"}], "rows": rows}
    networks.fail("youtube_analytics", REPORTS, 200, body)
    with pytest.raises(Unavailable, match="not an answer"):
        opened(networks, YouTubeAnalytics).daily(START, END)


def test_a_filter_cannot_be_widened_and_time_runs_forward(networks: Networks) -> None:
    analytics = opened(networks, YouTubeAnalytics)
    with pytest.raises(Invalid):
        analytics.retention("film-1;country==DE", START, END)
    with pytest.raises(Invalid):
        analytics.daily(END, START)
    assert networks.requests == []


def test_figures_need_their_own_permission(networks: Networks) -> None:
    without = opened(networks, YouTubeAnalytics, *SCOPES[:2])
    with pytest.raises(NotConnected, match="lacks a permission"):
        without.daily(START, END)
