"""Short links: made by their owner, followed by anybody, counted once for each click of a person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.go import app as go
from functions.links import app
from studio.domain.audience import AudienceEvent, AudienceStage
from studio.domain.errors import Unavailable
from studio.entry import Studio
from studio.store import keys
from studio.store.events import Events
from studio.store.table import Write
from tests.conftest import Answer, call, http_event, public_event
from tests.unit.made import stored

pytestmark = pytest.mark.usefixtures("aws")

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
TARGET = "https://shop.example/kettle?tag=mine"


def ask(method: str, path: str = "/links", body: Any = None, **more: Any) -> Answer:
    return call(app.handler, http_event(method, path, body, **more))


def make(**changes: Any) -> dict[str, Any]:
    answer = ask("POST", body={"target": TARGET} | changes)
    assert answer.status == 201, answer.body
    link: dict[str, Any] = answer.body
    return link


def follow(code: str, method: str = "GET", headers: dict[str, str] | None = None, **more: Any) -> Answer:
    return call(go.handler, public_event(method, f"/go/{code}", headers=PERSON | (headers or {}), **more))


def clicks(link: dict[str, Any]) -> int:
    return int(ask("GET", f"/links/{link['link_id']}").body["clicks"])


def events() -> list[AudienceEvent]:
    now = datetime.now(UTC)
    return list(Studio.opened_for("amina").events.between(now - timedelta(days=1), now + timedelta(days=1)))


def test_a_link_leads_to_its_target_and_a_click_is_counted_with_its_tags() -> None:
    episode = stored(Studio.opened_for("amina")).episode_id
    link = make(episode_id=episode, offer="Kettle", campaign="Autumn", variant="B", channel="tiktok")
    answer = follow(link["code"])
    assert (answer.status, answer.headers["Location"]) == (302, TARGET)
    assert answer.headers["Cache-Control"] == "no-store"
    assert clicks(link) == 1
    [event] = events()
    assert (event.stage, event.episode_id, event.channel, event.variant) == (
        AudienceStage.CLICK,
        episode,
        "tiktok",
        "B",
    )
    assert (event.link, event.source, event.visitor, event.count) == (link["code"], "go", None, 1)


def test_a_link_that_nobody_followed_has_no_clicks() -> None:
    assert clicks(make()) == 0
    assert events() == []


@pytest.mark.parametrize("headers", [{"User-Agent": "Twitterbot/1.0"}, {"Sec-Purpose": "prefetch"}, {"User-Agent": ""}])
def test_programs_get_there_and_are_not_counted(headers: dict[str, str]) -> None:
    link = make()
    assert follow(link["code"], headers=headers).headers["Location"] == TARGET
    assert (clicks(link), events()) == (0, [])


def test_a_look_gets_the_same_answer_and_is_not_counted() -> None:
    link = make()
    answer = follow(link["code"], "HEAD")
    assert (answer.status, answer.headers["Location"], answer.body) == (302, TARGET, "")
    assert (clicks(link), events()) == (0, [])


def test_clicks_at_the_same_moment_all_count() -> None:
    link = make()
    kept = Studio.opened_for("amina").links.get(link["link_id"])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: go._count(Studio.opened_for("amina"), kept), range(40)))
    assert clicks(link) == len(events()) == 40


@pytest.mark.parametrize(
    "changed",
    [
        {"query": {"url": "https://evil.example", "target": "https://evil.example", "next": "//evil.example"}},
        {"headers": {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Referer": "https://evil.example"}},
        {"body": '{"target": "https://evil.example"}'},
    ],
)
def test_nothing_of_a_request_changes_where_a_link_leads(changed: dict[str, Any]) -> None:
    link = make()
    event = public_event("GET", f"/go/{link['code']}", changed.get("body"), headers=changed.get("headers"))
    event["queryStringParameters"] = changed.get("query")
    event["multiValueQueryStringParameters"] = {name: [v] for name, v in changed.get("query", {}).items()} or None
    answer = call(go.handler, event)
    assert (answer.status, answer.headers["Location"]) == (302, TARGET)
    assert "evil" not in str(answer)


@pytest.mark.parametrize("code", ["https://evil.example", "..%2f..", "%0d%0aLocation:%20x", "a" * 24, "//evil.example"])
def test_what_is_no_code_leads_nowhere(code: str) -> None:
    answer = follow(code)
    assert answer.status == 404
    assert "Location" not in answer.headers
    assert "evil" not in str(answer)


@pytest.mark.parametrize("end", ["disabled", "deleted", "lost"])
def test_a_link_that_is_off_or_gone_is_as_one_that_never_was(end: str) -> None:
    link = make()
    path = f"/links/{link['link_id']}"
    never = follow("a" * 24)
    if end == "disabled":
        assert ask("PATCH", path, {"enabled": False}).body["enabled"] is False
    elif end == "deleted":
        assert ask("DELETE", path).status == 204
        assert ask("DELETE", path).status == 404
    else:
        # Its entry stands in the directory, its item is not there: creating it was cut short.
        Studio.opened_for("amina").partition.write(Write("Delete", keys.link(link["link_id"])))
    gone = follow(link["code"])
    assert (gone.status, gone.body) == (never.status, never.body) == (404, never.body)
    if end == "disabled":
        ask("PATCH", path, {"enabled": True})
        assert follow(link["code"]).status == 302


def test_a_click_that_cannot_be_counted_still_gets_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any) -> int:
        raise Unavailable("The table is busy.")

    link = make()
    monkeypatch.setattr(Events, "add", busy)
    assert follow(link["code"]).status == 302


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"target": "http://shop.example"}, "target"),
        ({"target": "javascript:alert(1)"}, "target"),
        ({"target": "https://127.0.0.1/"}, "target"),
        ({"target": TARGET, "code": "mine"}, "code"),
        ({"target": TARGET, "clicks": 9}, "clicks"),
        ({"target": TARGET, "channel": "radio"}, "channel"),
    ],
)
def test_a_link_that_cannot_be_is_refused_by_its_path(body: dict[str, Any], path: str) -> None:
    answer = ask("POST", body=body)
    assert (answer.status, [entry["path"] for entry in answer.body["errors"]]) == (422, [path])


def test_links_are_listed_newest_first_and_only_ones_own() -> None:
    made = [make(offer=str(n))["link_id"] for n in range(3)]
    assert [item["link_id"] for item in ask("GET").body["items"]] == made[::-1]
    assert ask("GET", owner="bilan").body["items"] == []
    for method, body in (("GET", None), ("PATCH", {"enabled": False}), ("DELETE", None)):
        assert ask(method, f"/links/{made[0]}", body, owner="bilan").status == 404
    assert ask("POST", body={"target": TARGET, "episode_id": made[0]}).status == 404


def test_what_somebody_wrote_into_a_tag_is_not_in_the_answer_to_who_follows() -> None:
    link = make(offer="<script>alert(1)</script>")
    assert "script" not in str(follow(link["code"]))
