"""Money over HTTP: quotes, bills and the ledger's lines, each owner's own."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from functions.episode_producer import app as producing
from functions.generate_episode_from_prompt import app as producer
from functions.generate_video import app as video
from functions.script_generator_bot import app as bot
from functions.spending import app
from studio.domain.episode import ClipStatus, Episode, Pipeline, Status
from studio.domain.project import Brief
from studio.domain.receipt import Receipt, Usage
from studio.entry import Studio
from studio.generation import catalogue
from studio.generation.catalogue import Price
from studio.store import keys
from studio.store.ledger import Bill, Call, Caps
from tests.conftest import Answer, Context, call, http_event
from tests.unit.made import AT, ListedPainter, ListedWriter, a_picture, a_script, moved, stored
from tests.unit.memory import MemoryAws

NOBODY = "01JD0000000000000000000000"


@pytest.fixture
def studio(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("IMAGE_RATE", "0")
    return Studio.opened_for("amina")


def ask(method: str, path: str, body: Any = None, **more: Any) -> Answer:
    return call(app.handler, http_event(method, path, body, **more))


def read(path: str, **query: str) -> Any:
    answer = ask("GET", path, query=query or None)
    assert answer.status == 200, answer.body
    return answer.body


def quoted(body: Any) -> Any:
    answer = ask("POST", "/quotes", body)
    assert answer.status == 200, answer.body
    return answer.body


# -- quotes


def test_an_episode_is_quoted_before_anything_is_made(studio: Studio, aws: MemoryAws) -> None:
    seen = quoted({"prompt": "Hodan cooks.", "clips": 2, "pipeline": "full", "provider": "gemini"})
    assert [(line["step"], line["clip"]) for line in seen["lines"]] == [
        ("script_generator_bot", None),
        ("cultural_injection_bot", None),
        ("expert_director", None),
        ("scene_orchestration", None),
        ("hook_optimization_bot", None),
        ("render_clip", 1),
        ("judge_clip", 1),
        ("render_clip", 2),
        ("judge_clip", 2),
    ]
    assert 0 < seen["expected_usd"] <= seen["at_most_usd"]
    assert seen["expected_usd"] == pytest.approx(sum(line["expected_usd"] for line in seen["lines"]))
    assert all(line["price_date"] >= "2026-10-01" for line in seen["lines"])
    assert {line["model"] for line in seen["lines"]} == {"gemini-3.8-flash", "gemini-nano-banana-2.1"}
    assert seen["caps"] == {
        "month_cap_usd": 25,
        "month_left_usd": 25,
        "episode_cap_usd": 2,
        "episode_left_usd": 2,
    }
    assert seen["sources"]
    assert aws.services["dynamodb"].items == {}


def test_how_long_the_prompt_is_will_do(studio: Studio) -> None:
    one = quoted({"prompt": "x" * 900, "provider": "gemini"})
    assert quoted({"prompt_length": 900, "provider": "gemini"}) == one
    assert quoted({"prompt_length": 901, "provider": "gemini"})["at_most_usd"] >= one["at_most_usd"]


def test_a_rehearsal_is_quoted_at_nothing(studio: Studio) -> None:
    seen = quoted({"prompt": "x", "pipeline": "full"})
    assert (seen["provider"], seen["expected_usd"], seen["at_most_usd"]) == ("draft", 0, 0)
    assert len(seen["lines"]) == 11


def test_a_project_says_whether_there_is_something_to_root(studio: Studio) -> None:
    plain = studio.projects.create(Brief(title="Plain"), AT).project_id
    somali = studio.projects.create(Brief(title="House", locale="so"), AT).project_id
    costs = [
        quoted({"prompt": "x", "pipeline": "full", "provider": "gemini", "project_id": project_id})["lines"][1]
        for project_id in (plain, somali)
    ]
    assert [line["calls"] for line in costs] == [0, 6]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "body"),
        ({"prompt": "x", "prompt_length": 1}, "body"),
        ({"prompt_length": 0}, "prompt_length"),
        ({"prompt_length": 8001}, "prompt_length"),
        ({"prompt": "x", "clips": 7}, "clips"),
        ({"prompt": "x", "pipeline": "slow"}, "pipeline"),
        ({"prompt": "x", "owner": "bilan"}, "owner"),
    ],
)
def test_a_quote_for_what_cannot_be_is_refused(studio: Studio, body: Any, path: str) -> None:
    answer = ask("POST", "/quotes", body)
    assert (answer.status, [entry["path"] for entry in answer.body["errors"]]) == (422, [path])


def test_a_project_of_somebody_else_cannot_be_quoted_for(studio: Studio) -> None:
    theirs = Studio.opened_for("bilan").projects.create(Brief(title="Theirs"), AT).project_id
    assert ask("POST", "/quotes", {"prompt": "x", "project_id": theirs}).status == 404


def test_taking_an_episode_up_again_costs_what_is_not_done_or_was_made_from_something_else(studio: Studio) -> None:
    episode = moved(studio, stored(studio, provider="gemini"), Status.RENDERING)
    for number, status in ((1, ClipStatus.RENDERED), (2, ClipStatus.FAILED)):
        studio.episodes.update_clip(episode.episode_id, number, AT, status=status)
    record = studio.episodes.stage(episode.episode_id, "script_generator_bot")
    assert record
    part = record.parts[0]
    # The script in `stored` was made from another prompt, so it and everything from it is made anew.
    seen = read(f"/episodes/{episode.episode_id}/quote")
    assert [(line["step"], line["clip"]) for line in seen["lines"]] == [
        ("script_generator_bot", None),
        *((step, clip) for clip in (1, 2, 3) for step in ("render_clip", "judge_clip")),
    ]
    studio.episodes.save_stage(record.with_part(part.model_copy(update={"edited": True, "input_hash": ""})))
    seen = read(f"/episodes/{episode.episode_id}/quote")
    assert [(line["step"], line["clip"]) for line in seen["lines"]] == [
        (step, clip) for clip in (2, 3) for step in ("render_clip", "judge_clip")
    ]


# -- bills


def bought(studio: Studio, episode: Episode, *clips: int) -> None:
    studio.painters["gemini"] = ListedPainter([a_picture() for _ in clips], usage=Usage(input_tokens=900, images=1))
    for clip in clips:
        terms = studio.painter("gemini", "render_clip", episode, clip)
        terms._till.buy(f"digest-{clip}", "gemini-nano-banana-2.1", 40_000, terms._terms, picture_receipt)


def picture_receipt() -> Any:
    usage = Usage(input_tokens=900, output_tokens=40, image_tokens=1120, images=1)
    return a_picture(), "image/png", Receipt(provider="gemini", model="gemini-nano-banana-2.1", usage=usage)


def test_quote_and_bill_are_read_side_by_side(studio: Studio, machines: Any) -> None:
    started = call(
        producer.handler,
        http_event(
            "POST", "/functions/generate-episode-from-prompt", {"prompt": "x", "provider": "gemini", "clips": 2}
        ),
    )
    assert started.status == 202, started.body
    episode = studio.episodes.get(started.body["episode_id"])
    before = read(f"/episodes/{episode.episode_id}/bill")
    offer = quoted({"prompt": "x", "provider": "gemini", "clips": 2})
    assert before["quoted_expected_usd"] == pytest.approx(offer["expected_usd"])
    assert before["quoted_at_most_usd"] == pytest.approx(offer["at_most_usd"])
    assert [line["step"] for line in before["lines"]] == [line["step"] for line in offer["lines"]]
    assert (before["spent_usd"], before["price_dates"]) == (0, [])
    bought(studio, episode, 1)
    after = read(f"/episodes/{episode.episode_id}/bill")
    [line] = [line for line in after["lines"] if line["calls"]]
    assert (line["step"], line["clip"], line["images"], line["provider"]) == ("render_clip", 1, 1, "gemini")
    assert line["quoted_expected_usd"] == offer["lines"][1]["expected_usd"]
    assert after["spent_usd"] == after["committed_usd"] == line["spent_usd"] > 0
    assert after["price_dates"] == ["2026-10-01"]
    assert after["caps"]["episode_left_usd"] == pytest.approx(2 - after["spent_usd"])
    assert after["caps"]["month_left_usd"] == pytest.approx(25 - after["spent_usd"])


def test_a_bill_is_read_in_one_query_however_many_calls_were_made(studio: Studio, aws: MemoryAws) -> None:
    episode = stored(studio, provider="gemini")
    calls = aws.services["dynamodb"].calls
    bought(studio, episode, 1, 2)
    calls.clear()
    read(f"/episodes/{episode.episode_id}/bill")
    few = list(calls)
    for clip in (1, 2, 3):
        for number in range(5):
            painter = studio.painter("gemini", "render_clip", episode, clip)
            painter._till.buy(f"{clip}-{number}", "m", 40_000, painter._terms, picture_receipt)
    calls.clear()
    assert sum(line["calls"] for line in read(f"/episodes/{episode.episode_id}/bill")["lines"]) == 17
    assert calls == few
    assert few.count("Query") == 1


def test_another_take_of_a_clip_is_promised_on_top_of_what_it_has_cost(studio: Studio, machines: Any) -> None:
    episode = moved(studio, stored(studio, provider="gemini"), Status.RENDERING, Status.PARTIAL)
    for number in (1, 2, 3):
        studio.episodes.update_clip(episode.episode_id, number, AT, status=ClipStatus.RENDERED)
    bought(studio, episode, 2)
    spent = studio.episodes.get(episode.episode_id).spent
    body = {"episode_id": episode.episode_id, "clips": [2], "another_take": True}
    assert call(video.handler, http_event("POST", "/functions/generate-video", body)).status == 202
    lines = {(line["step"], line["clip"]): line for line in read(f"/episodes/{episode.episode_id}/bill")["lines"]}
    assert set(lines) == {("render_clip", 2), ("judge_clip", 2)}
    again = quoted({"prompt": "x", "provider": "gemini", "clips": 1})["lines"][1]
    assert lines["render_clip", 2]["quoted_expected_usd"] == pytest.approx(spent / 1e6 + again["expected_usd"])


def test_what_is_promised_is_what_the_take_goes_through(studio: Studio, machines: Any) -> None:
    body = {"prompt": "x", "provider": "gemini", "clips": 1, "stop_after": "expert_director"}
    started = call(producing.handler, http_event("POST", "/functions/episode-producer", body))
    assert started.status == 202, started.body
    seen = read(f"/episodes/{started.body['episode_id']}/bill")
    assert [line["step"] for line in seen["lines"]] == ["script_generator_bot", "expert_director"]


def test_a_rehearsal_is_promised_nothing(studio: Studio, machines: Any) -> None:
    started = call(producer.handler, http_event("POST", "/functions/generate-episode-from-prompt", {"prompt": "x"}))
    seen = read(f"/episodes/{started.body['episode_id']}/bill")
    assert (seen["lines"], seen["quoted_at_most_usd"], seen["spent_usd"]) == ([], 0, 0)


def test_a_model_without_a_price_is_started_all_the_same_and_its_calls_say_so(
    studio: Studio, machines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXT_MODEL", "made-up")
    body = {"prompt": "x", "provider": "gemini"}
    assert call(producer.handler, http_event("POST", "/functions/generate-episode-from-prompt", body)).status == 202
    assert ask("POST", "/quotes", body).body["type"] == "urn:episode-studio:provider_failed"


# -- the ledger


def test_every_call_of_a_month_is_listed_with_what_explains_its_cost(studio: Studio) -> None:
    episode = stored(studio, provider="gemini")
    bought(studio, episode, 1, 2, 3)
    first = read("/spending", limit="2")
    rest = read("/spending", limit="2", cursor=first["cursor"])
    lines = first["items"] + rest["items"]
    assert (len(lines), rest["cursor"]) == (3, None)
    for line in lines:
        assert (line["purpose"], line["episode_id"], line["status"]) == ("render_clip", episode.episode_id, "settled")
        assert line["price_date"] == "2026-10-01"
        prices = {name: Decimal(str(value)) for name, value in line["prices"].items() if value is not None}
        usage = Usage(
            input_tokens=line["input_tokens"],
            output_tokens=line["output_tokens"] - line["image_tokens"],
            image_tokens=line["image_tokens"],
            images=line["images"],
        )
        assert line["cost_usd"] == Price(price_date=date(2026, 10, 1), **prices).cost(usage) / 1e6
    assert first["spent_usd"] == pytest.approx(sum(line["cost_usd"] for line in lines))
    assert first["month"] == keys.month(studio.clock())
    assert read("/spending", month="2026-01")["items"] == []


def test_a_month_that_is_none_is_refused(studio: Studio) -> None:
    for month in ("2026-13", "2026", "26-11", "2026-11-01", "SPEND"):
        assert ask("GET", "/spending", query={"month": month}).status == 422


def test_what_was_refused_or_lost_is_listed_with_its_note(studio: Studio) -> None:
    for status, note in (("released", "Refused."), ("unknown", "Nobody knows.")):
        spend = studio.ledger.reserve(Call("p", "gemini", "m", "2026-10-01", "d", 7), studio.clock())
        studio.ledger.settle(spend, Bill(status, 7 if status == "unknown" else 0, note=note), studio.clock())  # type: ignore[arg-type]
    seen = read("/spending")["items"]
    assert {(line["status"], line["note"], line["cost_usd"]) for line in seen} == {
        ("released", "Refused.", 0),
        ("unknown", "Nobody knows.", 0.000007),
    }
    assert all(line["prices"] is None for line in seen)


# -- 402


def test_a_bot_at_its_cap_answers_402_and_says_which_cap_and_what_to_do(studio: Studio, machines: Any) -> None:
    episode = moved(studio, stored(studio, script=False, provider="gemini"), Status.FAILED)
    studio.ledger.set_caps(Caps(0, 0, "an-admin", AT))
    answer = call(
        bot.handler, http_event("POST", "/functions/script-generator-bot", {"episode_id": episode.episode_id})
    )
    assert answer.status == 402
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["type"] == "urn:episode-studio:budget_exceeded"
    detail = answer.body["detail"]
    assert "pass this month's cap of $0.00. Nothing was bought. $0.0000 of the cap is left." in detail
    assert "Have an administrator raise it, or wait for the next month; then take the episode up again." in detail
    assert studio.ledger.page(keys.month(studio.clock()), 5, None)[0] == []


def test_a_flow_at_its_cap_gets_a_value_that_says_the_same(studio: Studio, machines: Any) -> None:
    episode = stored(studio, script=False, provider="gemini")
    studio.ledger.set_caps(Caps(10_000_000, 1, "an-admin", AT))
    outcome = bot.handler({"owner": "amina", "take": 1, "episode_id": episode.episode_id}, Context())
    assert outcome["outcome"] == "budget_exceeded"
    assert "pass this episode's cap of $0.00. Nothing was bought. $0.0000 of the cap is left." in outcome["reason"]


def test_a_rehearsal_goes_on_at_a_cap_of_nothing(studio: Studio) -> None:
    episode = moved(studio, stored(studio, script=False), Status.FAILED)
    studio.ledger.set_caps(Caps(0, 0, "an-admin", AT))
    studio.writers["draft"] = ListedWriter([a_script()], model="draft-composer-1")
    assert bot.write_script(bot.StageRequest(episode_id=episode.episode_id), studio).title == "The Dinner"


def test_a_pipeline_s_names_are_those_of_its_functions(studio: Studio) -> None:
    assert {line["step"] for line in quoted({"prompt": "x", "pipeline": Pipeline.FULL})["lines"]} <= set(app.ORDER)
    assert catalogue.default("text") == "gemini-3.8-flash"
