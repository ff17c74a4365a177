"""The dashboard and the catalogue of bots."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.bots import app as bots
from functions.dashboard import app
from studio.domain.base import new_id
from studio.domain.connection import Connection, ConnectionStatus, NetworkName
from studio.domain.episode import Status
from studio.domain.run import BotRun
from studio.entry import Studio
from studio.store import keys
from studio.store.ledger import Bill, Call, Caps
from studio.store.table import Write
from tests.conftest import call, http_event
from tests.unit.made import AT, an_episode, moved, stored
from tests.unit.memory import MemoryAws

S = Status


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


@pytest.fixture
def operations(aws: MemoryAws) -> list[str]:
    """The names of the calls that are made to the table."""
    calls: list[str] = aws.services["dynamodb"].calls
    return calls


def look(owner: str = "amina") -> Any:
    answer = call(app.handler, http_event("GET", "/dashboard", owner=owner))
    assert answer.status == 200
    return answer.body


def test_an_empty_studio_has_an_empty_dashboard(studio: Studio) -> None:
    seen = look()
    assert seen["episodes"]["total"] == 0
    assert set(seen["episodes"]["by_status"]) == {status.value for status in Status}
    assert (seen["completion_rate"], seen["recent"]) == (None, [])
    assert (seen["spend"]["spent_usd"], seen["spend"]["cap_usd"]) == (0, 25)


def test_totals_rate_happenings_and_money(studio: Studio) -> None:
    moved(studio, stored(studio), S.RENDERING, S.COMPLETED)
    failed = moved(studio, stored(studio, script=False), S.FAILED)
    stored(studio, script=False)
    now = datetime.now(UTC)
    reservation = studio.ledger.reserve(Call("p", "gemini", "m", "2026-10-01", "d", 500_000), now)
    studio.ledger.settle(reservation, Bill("settled", 250_000), now)
    studio.ledger.reserve(Call("p", "gemini", "m", "2026-10-01", "e", 500_000), now)
    studio.episodes.delete(failed.episode_id, now)
    seen = look()
    assert seen["episodes"]["total"] == 2
    assert {name: n for name, n in seen["episodes"]["by_status"].items() if n} == {"completed": 1, "queued": 1}
    assert seen["completion_rate"] == 1.0
    assert [happening["what"] for happening in seen["recent"]] == [
        "deleted",
        "queued",
        "failed",
        "queued",
        "completed",
        "rendering",
        "queued",
    ]
    assert seen["recent"][4]["title"] == "The Dinner"
    assert seen["recent"][0]["title"] == "Hodan Warsame and Bile have dinner."
    assert (seen["spend"]["spent_usd"], seen["spend"]["committed_usd"]) == (0.25, 0.75)
    assert look("bilan")["episodes"]["total"] == 0


def test_an_owner_sees_the_cap_that_was_set_for_them(studio: Studio) -> None:
    studio.ledger.set_caps(Caps(7_500_000, 1_000_000, "an-admin", AT))
    assert look()["spend"]["cap_usd"] == 7.5
    assert look("bilan")["spend"]["cap_usd"] == 25


def test_five_hundred_episodes_cost_as_many_reads_as_ten(studio: Studio, operations: list[str]) -> None:
    def fill(count: int) -> None:
        episodes = [an_episode(AT) for _ in range(count)]
        items = [(keys.episode(e.episode_id), e.model_dump(mode="json")) for e in episodes]
        notes = [
            (
                keys.activity(new_id(AT)),
                {"what": "queued", "episode_id": e.episode_id, "title": "x", "at": AT.isoformat()},
            )
            for e in episodes
        ]
        studio.partition.write_each(Write("Put", sk, item) for sk, item in items + notes)
        studio.partition.write(studio.episodes._count(add=S.QUEUED).__class__(
            "Update", keys.STATS, update="ADD #n :n", names={"#n": "episodes_queued"}, values={":n": count}
        ))  # fmt: skip

    fill(10)
    operations.clear()
    assert look()["episodes"]["total"] == 10
    few = list(operations)
    fill(490)
    operations.clear()
    seen = look()
    assert (seen["episodes"]["total"], len(seen["recent"])) == (500, 10)
    assert operations == few
    assert len(few) == 4
    assert "Scan" not in few


# -- bots and their runs


def test_there_are_twenty_three_bots_and_no_two_are_the_same(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYED_BOTS", "script-generator-bot,remix-bot")
    items = call(bots.handler, http_event("GET", "/bots")).body["items"]
    assert len(items) == len({item["name"] for item in items}) == len({item["summary"] for item in items}) == 23
    assert all(item["name"].endswith("-bot") and item["summary"].endswith(".") for item in items)
    assert {item["category"] for item in items} == {
        "virality",
        "growth",
        "monetization",
        "creator_tools",
        "analytics",
        "agents",
    }
    assert {item["name"] for item in items if item["deployed"]} == {"script-generator-bot", "remix-bot"}


def test_the_bots_are_listed_with_how_each_does(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYED_BOTS", "script-generator-bot,engagement-bot,trend-detection-bot")

    def listed() -> dict[str, Any]:
        return {item["name"]: item for item in call(bots.handler, http_event("GET", "/bots")).body["items"]}

    def ended(status: str, **more: Any) -> None:
        run = {"run_id": new_id(AT), "bot": "script-generator-bot", "input_hash": "h", "created_at": AT}
        studio.runs.finish(BotRun.model_validate(run | {"status": status, "finished_at": AT} | more))

    assert (listed()["script-generator-bot"]["health"], listed()["remix-bot"]["health"]) == (
        "never_run",
        "not_deployed",
    )
    ended("succeeded")
    assert listed()["script-generator-bot"]["health"] == "well"
    ended("failed", error="No such episode.", error_type="not_found")
    assert listed()["script-generator-bot"]["health"] == "well", "that was the request's fault"
    ended("failed", error="It broke on our side.", error_type="internal")
    ended("failed", error="It broke on our side.", error_type="internal")
    troubled = listed()["script-generator-bot"]
    assert (troubled["health"], troubled["last_run"]["failures"]) == ("troubled", 2)
    ended("succeeded")
    assert listed()["script-generator-bot"]["last_run"]["failures"] == 0


def test_the_bots_say_what_they_still_need(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYED_BOTS", "script-generator-bot,engagement-bot,trend-detection-bot")

    def needs() -> dict[str, list[str]]:
        items = call(bots.handler, http_event("GET", "/bots")).body["items"]
        return {item["name"]: item["needs"] for item in items if item["deployed"]}

    assert needs()["script-generator-bot"] == []
    assert needs()["engagement-bot"] == ["Connect YouTube for reading comments and answering them."]
    assert needs()["trend-detection-bot"][0].startswith("Could also use YouTube")
    tube = Connection(network=NetworkName.YOUTUBE, account_id="UC1", name="The Family", connected_at=AT)
    studio.connections.connect(tube, {"access": "t"})
    assert needs()["engagement-bot"] == []
    studio.connections.change(tube, status=ConnectionStatus.REVOKED)
    assert needs()["engagement-bot"] != []


def test_a_run_is_read_with_its_report(studio: Studio) -> None:
    runs = [
        BotRun(
            run_id=new_id(AT), bot="b", status="succeeded", input_hash="h", output='{"n": 1}', cost=5, created_at=AT
        ),
        BotRun(run_id=new_id(AT), bot="b", status="failed", input_hash="h", error="It broke.", created_at=AT),
    ]
    for run in runs:
        studio.runs.save(run)
    seen = call(bots.handler, http_event("GET", "/runs")).body["items"]
    assert [item["run_id"] for item in seen] == [run.run_id for run in reversed(runs)]
    assert (seen[1]["output"], seen[1]["cost_usd"]) == ({"n": 1}, 0.000005)
    assert (seen[0]["output"], seen[0]["error"]) == (None, "It broke.")
    assert call(bots.handler, http_event("GET", f"/runs/{runs[0].run_id}")).body == seen[1]
