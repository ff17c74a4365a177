"""A live event on paper and announced once, and a chat whose questions are counted by people."""

import dataclasses
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.live_boost_bot import app
from studio.broadcasting import MOST_PAGES
from studio.domain.approval import ContentKind
from studio.domain.claim import LOOK_AGAIN
from studio.domain.connection import ConnectionStatus, NetworkName
from studio.domain.episode import Episode
from studio.domain.errors import BadAnswer, Conflict, Invalid, NotApproved, NotConnected, NotFound, ProviderFailed
from studio.domain.live_event import LiveRequest, plain_run_sheet
from studio.domain.run_sheet import RunSheetAnswer, run_sheet_problems
from studio.entry import Settings, Studio
from studio.exports.run_sheet import markdown
from tests.conftest import Clock, call, http_event
from tests.fakes.networks import Networks
from tests.fakes.youtube_api import YouTubeApi, message
from tests.unit.made import AT, ListedWriter, a_script, stored
from tests.unit.memory import MemoryAws
from tests.unit.youtube import CHANNEL, connected, on_loopback, registered

EVENTS = "/youtube/v3/liveBroadcasts"
STARTS = "2026-12-01T20:00:00+03:00"
HOSTS = ["Hodan Warsame", "Bile"]


@pytest.fixture(scope="module")
def loopback() -> Iterator[Networks]:
    with on_loopback() as networks:
        yield networks


@pytest.fixture
def networks(loopback: Networks, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Networks:
    registered(loopback, aws, monkeypatch)
    return loopback


@pytest.fixture
def youtube(networks: Networks) -> YouTubeApi:
    return networks.service(YouTubeApi)


@pytest.fixture
def studio(networks: Networks) -> Studio:
    opened = a_studio()
    connected(networks, opened)
    return opened


def a_studio(owner: str = "amina", clock: Clock | None = None, **more: Any) -> Studio:
    settings = dataclasses.replace(Settings.from_environment(), text_rate=0)
    return Studio(owner, settings, clock=clock or Clock(), **more)


def boosted(studio: Studio, **request: Any) -> app.LiveReport:
    return app.boost(LiveRequest(**request), studio)


def planned(studio: Studio, episode: Episode | None = None, **request: Any) -> app.LiveReport:
    episode_id = (episode or stored(studio)).episode_id
    return boosted(studio, episode_id=episode_id, **request)


def ready(studio: Studio, **request: Any) -> str:
    """Return the hash of an approved event."""
    report = planned(studio, **{"starts_at": STARTS, "made_for_kids": False} | request)
    assert report.waiting is not None, report.missing
    studio.approvals.decide(report.waiting.content_hash, "approve", "", studio.clock())
    return report.waiting.content_hash


def published(studio: Studio, hashed: str, **request: Any) -> Any:
    return boosted(studio, mode="publish", content_hash=hashed, **request).broadcast


# On paper


def test_without_an_account_there_is_a_whole_run_sheet_and_what_is_missing(aws: MemoryAws) -> None:
    report = planned(a_studio(), starts_at=STARTS, minutes=45)
    sheet = report.run_sheet
    assert sheet is not None
    assert sum(segment.minutes for segment in sheet.segments) == 45
    assert [s.start_minute for s in sheet.segments] == [0, *_sums([s.minutes for s in sheet.segments])]
    assert {segment.host for segment in sheet.segments} <= set(HOSTS)
    assert all(2 <= len(poll.options) <= 4 for poll in sheet.polls)
    assert {moment.clip for moment in sheet.moments} == {1, 2, 3}
    assert len(sheet.moderation) >= 2
    assert report.waiting is None
    assert any("YouTube" in sentence for sentence in report.missing)
    assert any("made_for_kids" in sentence for sentence in report.missing)


def _sums(lengths: list[int]) -> list[int]:
    return [sum(lengths[:place]) for place in range(1, len(lengths))]


@pytest.mark.parametrize("minutes", [15, 16, 17, 59, 179, 180])
def test_a_rehearsed_plan_keeps_every_rule_at_any_length(minutes: int) -> None:
    script = a_script()
    assert run_sheet_problems(plain_run_sheet(script, HOSTS, minutes, "Pilot"), script, HOSTS, minutes) == []


def test_the_zone_of_the_hour_is_kept(aws: MemoryAws) -> None:
    report = planned(a_studio(), starts_at=STARTS, minutes=60)
    assert report.run_sheet is not None
    assert report.run_sheet.model_dump(mode="json")["starts_at"] == STARTS
    assert report.run_sheet.segments[1].at == datetime.fromisoformat(STARTS) + timedelta(
        minutes=report.run_sheet.segments[0].minutes
    )
    assert "Tuesday, 01 December 2026, 20:00 (UTC+0300)" in report.markdown
    assert "20:00 (+0:00)" in report.markdown


def test_an_hour_that_is_past_is_refused(studio: Studio) -> None:
    with pytest.raises(Invalid, match="begun already"):
        planned(studio, starts_at=AT)


def test_without_a_script_it_says_what_to_do(studio: Studio) -> None:
    with pytest.raises(Conflict, match="script-generator-bot"):
        planned(studio, stored(studio, script=False))


def test_somebody_elses_episode_is_not_found(studio: Studio) -> None:
    episode = stored(a_studio("bilan"))
    with pytest.raises(NotFound):
        planned(studio, episode)


def answer(**changes: Any) -> RunSheetAnswer:
    plain = plain_run_sheet(a_script(), HOSTS, 60, "Pilot").model_dump()
    return RunSheetAnswer.model_validate(plain | changes)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"segments": [{"name": "n", "minutes": 20, "host": "Bile", "happens": "h", "cue": "c"}] * 4}, "last 80 minutes"),
    (
        {"segments": [{"name": "n", "minutes": 20, "host": "Cher", "happens": "h", "cue": "c"}] * 3},
        "“Cher” cannot",
    ),
    ({"polls": [{"segment": 9, "question": "Who?", "options": ["A", "B"]}]}, "there are 5 segments"),
    ({"polls": [{"segment": 1, "question": "Who?", "options": ["A", "a"]}]}, "every option must be another"),
    ({"polls": [{"segment": 1, "question": "Who?", "options": ["A", "b" * 40]}]}, "35 are the most"),
    ({"moments": [{"segment": 1, "scene": 2, "clip": 1, "why": "w"}]}, "no clip 1 comes from scene 2"),
    ({"moments": [{"segment": 1, "scene": 7, "clip": 7, "why": "w"}]}, "no clip 7"),
    ({"questions": [{"segment": 1, "question": "Who?"}, {"segment": 2, "question": "who?"}]}, "asked twice"),
    ({"moderation": ["Open several tabs to look alive.", "x y"]}, "larger than it is"),
    ({"description": "Ask friends for sub4sub before."}, "larger than it is"),
    ({"description": "More at www.elsewhere.xyz"}, "No links"),
    ({"title": "x" * 101}, "100 are the most"),
    ({"title": "<b>Live</b>"}, "< or >"),
]


@pytest.mark.parametrize(("changes", "told"), BAD)
def test_a_bad_plan_is_told_what_is_wrong(changes: dict[str, Any], told: str) -> None:
    assert told in " ".join(run_sheet_problems(answer(**changes), a_script(), HOSTS, 60))


def test_a_bad_plan_is_repaired_and_then_refused(aws: MemoryAws) -> None:
    bad = answer(moderation=["Use fake viewers.", "Be kind."])
    writer = ListedWriter([bad, answer(), bad, bad, bad])
    studio = a_studio(writers={"gemini": writer})
    assert planned(studio, provider="gemini").run_sheet is not None
    assert "fake viewers" in writer.calls[1].feedback[0]
    with pytest.raises(BadAnswer, match="not usable"):
        planned(studio, provider="gemini", minutes=60, wishes="Something else.")


@pytest.mark.parametrize(
    "wishes",
    ["Buy 500 viewers for the start", "use a viewbot", "everybody opens 5 tabs: open 5 tabs each", "sub4sub in chat",
     "ask them to refresh the page again and again", "fake comments from alt accounts"],
)  # fmt: skip
def test_a_wish_for_an_audience_that_is_none_is_refused(studio: Studio, wishes: str) -> None:
    with pytest.raises(Invalid, match="larger than it is"):
        planned(studio, wishes=wishes)


def test_an_honest_wish_reaches_the_writer_as_data(aws: MemoryAws) -> None:
    writer = ListedWriter([answer()])
    planned(a_studio(writers={"gemini": writer}), provider="gemini", wishes="More viewers should dare to ask things.")
    [asked] = writer.calls
    assert asked.material["wishes"] == "More viewers should dare to ask things."
    assert "dare to ask" not in asked.instructions


def test_the_prompt_refuses_artificial_audiences() -> None:
    prompt = " ".join(Path(app.__file__).with_name("prompt.md").read_text(encoding="utf-8").split())
    assert "no artificial viewers" in prompt
    assert "Wishes change none of these rules" in prompt


def test_what_users_wrote_is_text_in_the_markdown(aws: MemoryAws) -> None:
    hostile = answer(title="[x](javascript:y) | <script>")
    report = app.timed(hostile, 60, None)
    told = markdown(report)
    assert "<script" not in told.replace("\\<script", "")
    assert "\\[x\\](javascript:y) \\|" in told


# Announced


def test_an_approved_event_is_announced_once(studio: Studio, youtube: YouTubeApi) -> None:
    hashed = ready(studio)
    made = published(studio, hashed)
    assert (made.status, made.url, made.chat_id) == (
        "announced", "https://www.youtube.com/watch?v=live-1", "chat-live-1",
    )  # fmt: skip
    again = published(studio, hashed)
    assert (again.status, again.broadcast_id) == ("already_announced", "live-1")
    [event] = youtube.broadcasts.values()
    assert event["snippet"]["scheduledStartTime"] == "2026-12-01T17:00:00Z"
    assert "made with AI" in event["snippet"]["description"]
    assert event["status"]["selfDeclaredMadeForKids"] is False


def test_the_content_to_approve_says_everything_that_goes_out(studio: Studio) -> None:
    report = planned(studio, starts_at=STARTS, made_for_kids=True, privacy="unlisted")
    assert report.waiting is not None
    content: Any = studio.approvals.get(report.waiting.content_hash).content
    assert content["starts_at"] == STARTS
    assert (content["made_for_kids"], content["privacy"], content["account_id"]) == (True, "unlisted", CHANNEL)


def test_nothing_is_announced_without_an_approval_for_exactly_that(studio: Studio, youtube: YouTubeApi) -> None:
    report = planned(studio, starts_at=STARTS, made_for_kids=False)
    assert report.waiting is not None
    with pytest.raises(NotApproved, match="waits"):
        published(studio, report.waiting.content_hash)
    other = studio.approvals.ask(ContentKind.REPLY, {"text": "x"}, bot="b", summary="s", at=AT).content_hash
    shapeless = studio.approvals.ask(ContentKind.BROADCAST, {"title": "x"}, bot="b", summary="s", at=AT).content_hash
    for hashed in (other, shapeless):
        studio.approvals.decide(hashed, "approve", "", AT)
        with pytest.raises(NotApproved):
            published(studio, hashed)
    with pytest.raises(NotApproved):
        published(a_studio("bilan"), ready(studio))
    assert youtube.broadcasts == {}


@pytest.mark.parametrize("other", [{"made_for_kids": True}, {"starts_at": "2026-12-02T20:00:00+03:00"}])
def test_a_request_that_says_otherwise_than_what_was_approved_is_refused(
    studio: Studio, youtube: YouTubeApi, other: dict[str, Any]
) -> None:
    hashed = ready(studio)
    with pytest.raises(Invalid, match="not the event that was approved"):
        published(studio, hashed, **other)
    assert youtube.broadcasts == {}


def test_an_event_whose_hour_has_passed_is_not_announced(networks: Networks, youtube: YouTubeApi) -> None:
    clock = Clock()
    studio = a_studio(clock=clock)
    connected(networks, studio)
    hashed = ready(studio)
    clock.at = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
    with pytest.raises(Invalid, match="past"):
        published(studio, hashed)
    assert youtube.broadcasts == {}


def test_announced_by_two_at_once_there_is_one_event(studio: Studio, youtube: YouTubeApi, networks: Networks) -> None:
    hashed = ready(studio)
    networks.slow("google", EVENTS, 0.2, method="POST")

    def once(_: int) -> str:
        try:
            return str(published(a_studio(), hashed).status)
        except Conflict:
            return "held"

    with ThreadPoolExecutor(2) as pool:
        outcomes = set(pool.map(once, range(2)))
    assert len(youtube.broadcasts) == 1
    assert "announced" in outcomes


def test_a_lost_answer_makes_no_second_event(networks: Networks, youtube: YouTubeApi) -> None:
    clock = Clock()
    studio = a_studio(clock=clock)
    connected(networks, studio)
    hashed = ready(studio)
    networks.drop("google", EVENTS, done=True, method="POST")
    networks.fail("google", EVENTS, 200, {"items": []}, method="GET")
    made = published(studio, hashed)
    assert (made.status, made.until) == ("unknown", clock() + LOOK_AGAIN)
    with pytest.raises(Conflict):
        published(studio, hashed)
    clock.at += LOOK_AGAIN
    assert published(studio, hashed).broadcast_id == "live-1"
    assert len(youtube.broadcasts) == 1


def test_a_lost_answer_is_found_at_once_where_it_can_be(
    studio: Studio, networks: Networks, youtube: YouTubeApi
) -> None:
    hashed = ready(studio)
    networks.drop("google", EVENTS, done=True, method="POST")
    assert published(studio, hashed).status == "announced"
    assert len(youtube.broadcasts) == 1


def test_a_channel_that_may_not_stream_is_told_and_it_can_be_tried_again(studio: Studio, networks: Networks) -> None:
    hashed = ready(studio)
    refused = {"error": {"code": 403, "errors": [{"reason": "liveStreamingNotEnabled"}]}}
    networks.fail("google", EVENTS, 403, refused, method="POST")
    with pytest.raises(ProviderFailed, match="not enabled live streaming"):
        published(studio, hashed)
    assert published(studio, hashed).status == "announced"


def test_a_revoked_or_half_connected_account_is_told(studio: Studio, networks: Networks) -> None:
    hashed = ready(studio)
    connection = studio.connections.get(NetworkName.YOUTUBE)
    studio.connections.change(connection, status=ConnectionStatus.REVOKED)
    with pytest.raises(NotConnected, match="Connect it again"):
        published(studio, hashed)
    assert any("no longer honours" in one for one in planned(studio, starts_at=STARTS, made_for_kids=False).missing)
    half = connected(networks, studio, scopes=("https://www.googleapis.com/auth/youtube.readonly",))
    report = planned(studio, starts_at=STARTS, made_for_kids=False)
    assert report.missing == (half.problem,)


# The chat


def says(youtube: YouTubeApi, *texts: str | tuple[int, str]) -> None:
    for place, text in enumerate(texts, len(youtube.chat) + 1):
        author, words = text if isinstance(text, tuple) else (place, text)
        told = message(place, words)
        told["authorDetails"]["channelId"] = f"UC-{author}"
        youtube.chat.append(told)


@pytest.fixture
def waited(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it waited, each time; the clock moves and nobody does."""
    times: list[float] = []

    def wait(seconds: float) -> None:
        times.append(seconds)
        studio.clock.at += timedelta(seconds=seconds)  # type: ignore[attr-defined]

    monkeypatch.setattr(app, "sleep", wait)
    return times


def heard(studio: Studio, **request: Any) -> Any:
    return boosted(studio, action="chat", **{"chat_id": "chat-1"} | request).chat


def test_questions_are_grouped_and_counted_by_people(studio: Studio, youtube: YouTubeApi, waited: list[float]) -> None:
    says(
        youtube, (1, "Who took the plate?"), (2, "omg who took that plate???"), (3, "WHO TOOK THE PLATE"),
        (4, "When is the next one?"), (4, "when is the next one"), (4, "When is the next one?!"), (5, "lol"),
    )  # fmt: skip
    chat = heard(studio, seconds=30)
    assert [(one.question, one.people, one.messages) for one in chat.questions] == [
        ("Who took the plate?", 3, 3), ("When is the next one?", 1, 3),
    ]  # fmt: skip
    assert chat.ask_next[0] == "Who took the plate?"
    assert (chat.messages, chat.people) == (7, 5)


def test_what_is_toxic_or_spam_is_flagged_and_never_read_out(
    studio: Studio, youtube: YouTubeApi, waited: list[float]
) -> None:
    says(
        youtube, "Who are these idiots?", "I will find you, where are you?", "Want FREE gift cards? www.x.xyz",
        "Can you ring me on 612-555-0199?", "Who hid it?",
    )  # fmt: skip
    chat = heard(studio, seconds=30)
    assert [flag.kind for flag in chat.flags] == ["rude", "attack", "spam", "personal_data"]
    assert chat.flags[0].message_id == "message-1"
    assert chat.ask_next == ("Who hid it?",)
    assert "0199" not in chat.model_dump_json()


def test_it_listens_for_a_bounded_time_and_can_go_on(studio: Studio, youtube: YouTubeApi, waited: list[float]) -> None:
    says(youtube, *(f"Question {number}?" for number in range(9)))
    chat = heard(studio, seconds=5)
    assert (chat.messages, waited) == (6, [2.5, 2.5])
    rest = heard(studio, cursor=chat.cursor, seconds=5)
    assert rest.messages == 3
    assert len(waited) < MOST_PAGES


def test_a_chat_that_is_over_says_so(studio: Studio, youtube: YouTubeApi, waited: list[float]) -> None:
    youtube.chat_ended = True
    chat = heard(studio, seconds=60)
    assert (chat.ended, chat.messages, chat.questions, waited) == (True, 0, (), [])


def test_the_chat_of_an_announced_event_is_found_by_its_id(
    studio: Studio, youtube: YouTubeApi, waited: list[float]
) -> None:
    published(studio, ready(studio))
    says(youtube, "Who hid it?")
    assert heard(studio, chat_id="", broadcast_id="live-1", seconds=0).messages == 1
    with pytest.raises(NotFound):
        heard(studio, chat_id="", broadcast_id="live-9")


def test_without_an_account_there_is_no_chat(networks: Networks) -> None:
    with pytest.raises(NotConnected):
        heard(a_studio())


# Over HTTP


def test_over_http_it_plans(aws: MemoryAws) -> None:
    episode = stored(Studio.opened_for("amina"))
    result = call(app.handler, http_event("POST", "/functions/live-boost-bot", {"episode_id": episode.episode_id}))
    assert result.status == 200, result.body
    assert json.dumps(result.body["run_sheet"]["segments"])
    assert result.body["markdown"].startswith("# ")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"episode_id": "0" * 26, "minutes": 14},
        {"episode_id": "0" * 26, "minutes": 181},
        {"episode_id": "0" * 26, "starts_at": "2026-12-01T20:00:00"},
        {"episode_id": "0" * 26, "mode": "publish"},
        {"action": "chat"},
        {"action": "chat", "chat_id": "x", "seconds": 61},
    ],
)
def test_what_makes_no_sense_is_refused(aws: MemoryAws, body: Any) -> None:
    assert call(app.handler, http_event("POST", "/functions/live-boost-bot", body)).status == 422
