"""Routes without a token: the same no to whoever has no code, not too often, and pages that run nothing."""

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from studio.domain.base import Value
from studio.entry import Settings, Studio, context, resolver
from studio.entry.observe import logger
from studio.entry.pages import Html, fill, page
from studio.entry.public import FORM, JSON, Code, Pace, RawBody, behind, public_api
from studio.store.directory import Directory
from tests.conftest import Answer, Clock, call, public_event
from tests.unit.memory import MemoryAws

ONE_CODE = Pace(1, 5)
HOSTILE = "\"><script>alert('x')</script>&{style}{0.__class__}"


class Opened(Value):
    owner: str
    id: str


class Sent(Value):
    size: int


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, aws: MemoryAws) -> Clock:
    """The clock of everything, the limits' too."""
    clock = Clock()

    def opened_for(owner: str, take: int | None = None) -> Studio:
        return Studio(owner, Settings.from_environment(), take, clock=clock)

    monkeypatch.setattr(Studio, "opened_for", opened_for)
    return clock


def routes() -> APIGatewayRestResolver:
    app = resolver()

    @app.get("/open/<code>")
    def open_it(code: Code) -> Opened:
        studio, found = behind("form", code, ONE_CODE)
        return Opened(owner=studio.owner, id=found)

    @app.get("/page/<name>")
    def show(name: Code) -> Response[str]:
        return page("Hello", fill("<p title='{name}'>{name}</p>", name=HOSTILE))

    @app.post("/send/<code>")
    def send(code: Code, body: RawBody) -> Sent:
        return Sent(size=len(body))

    return app


def ask(path: str, method: str = "GET", body: str | None = None, **more: Any) -> Answer:
    handler = public_api(routes(), door="test", takes=(JSON, FORM), max_body=1000, pace=Pace(1, 10))
    return call(handler, public_event(method, path, body, **more))


def a_directory(aws: MemoryAws) -> Directory:
    return Studio.opened_for("system").directory


# -- codes


def test_a_code_leads_to_its_owners_thing(aws: MemoryAws, clock: Clock) -> None:
    code = a_directory(aws).open("form", "amina", "thing")
    assert ask(f"/open/{code}").body == {"owner": "amina", "id": "thing"}


def test_codes_cannot_be_guessed_and_the_table_tells_none(aws: MemoryAws) -> None:
    codes = {a_directory(aws).open("form", "amina", "thing") for _ in range(50)}
    assert len(codes) == 50
    # Base 32: five bits a letter.
    assert all(re.fullmatch(r"[a-z2-7]{24}", code) for code in codes)
    kept = str(aws.services["dynamodb"].items)
    assert not [code for code in codes if code in kept]


@pytest.mark.parametrize(
    "case", ["unknown", "expired", "closed", "of another kind", "nonsense", "far too long", "empty"]
)
def test_whatever_is_wrong_with_a_code_is_told_in_the_same_words_after_the_same_work(
    case: str, aws: MemoryAws, clock: Clock
) -> None:
    directory = a_directory(aws)
    closed = directory.open("form", "amina", "thing")
    directory.close("form", closed)
    code = {
        "unknown": "a" * 24,
        "expired": directory.open("form", "amina", "thing", clock.at - timedelta(seconds=1)),
        "closed": closed,
        "of another kind": directory.open("link", "amina", "thing"),
        "nonsense": "%00%ff'; DROP",
        "far too long": "a" * 900,
        "empty": "%20",
    }[case]
    aws.services["dynamodb"].calls.clear()
    answer = ask(f"/open/{code}")
    assert answer.status == 404
    assert answer.body == {
        "type": "urn:episode-studio:not_found",
        "title": "Not found",
        "status": 404,
        "detail": "There is nothing here.",
        "request_id": "req-1",
    }
    # The address is counted, and the directory looked into, once each.
    assert aws.services["dynamodb"].calls == ["UpdateItem", "GetItem"]


def test_a_code_works_until_it_has_expired(aws: MemoryAws, clock: Clock) -> None:
    code = a_directory(aws).open("form", "amina", "thing", clock.at + timedelta(seconds=60))
    assert ask(f"/open/{code}").status == 200
    clock.at += timedelta(seconds=60)
    assert ask(f"/open/{code}").status == 404


# -- how often


def test_an_address_that_asks_too_often_is_told_when_to_come_back(aws: MemoryAws, clock: Clock) -> None:
    answers = [ask("/page/x") for _ in range(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    refused = answers[-1]
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Retry-After"] == "1"
    assert refused.body["type"] == "urn:episode-studio:throttled"
    # Others are not held up, and who waits is let in.
    assert ask("/page/x", address="203.0.113.8").status == 200
    clock.at += timedelta(seconds=1)
    assert ask("/page/x").status == 200
    assert ask("/page/x").status == 429


def test_no_header_makes_another_address(aws: MemoryAws, clock: Clock) -> None:
    statuses = [
        ask("/page/x", headers={"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}).status
        for n in range(11)
    ]
    assert statuses == [200] * 10 + [429]


def test_all_addresses_of_one_ipv6_network_are_one(aws: MemoryAws, clock: Clock) -> None:
    statuses = [ask("/page/x", address=f"2001:db8:1:2::{n:x}").status for n in range(11)]
    assert statuses == [200] * 10 + [429]
    assert ask("/page/x", address="2001:db8:1:3::1").status == 200


def test_one_code_may_be_used_only_so_often_wherever_from(aws: MemoryAws, clock: Clock) -> None:
    directory = a_directory(aws)
    code, other = directory.open("form", "amina", "1"), directory.open("form", "amina", "2")
    statuses = [ask(f"/open/{code}", address=f"203.0.113.{n}").status for n in range(6)]
    assert statuses == [200] * 5 + [429]
    assert ask(f"/open/{other}", address="203.0.113.99").status == 200


def test_no_address_is_stored_or_logged_and_what_is_stored_is_forgotten(aws: MemoryAws, clock: Clock) -> None:
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record) + str(record.__dict__))

    listener = Listener()
    logger._logger.addHandler(listener)
    logger.setLevel("DEBUG")
    try:
        code = a_directory(aws).open("form", "amina", "thing")
        ask(f"/open/{code}", address="198.51.100.77")
    finally:
        logger._logger.removeHandler(listener)
        logger.setLevel("WARNING")
    assert lines
    kept = aws.services["dynamodb"].items
    assert "198.51.100.77" not in str(lines) + str(kept)
    assert code not in str(lines)
    limits = [item for pk, part in kept.items() if pk.startswith("QUOTA#public#") for item in part.values()]
    assert len(limits) == 2
    hour = timedelta(hours=1)
    assert all(int(item["expires_at"]["N"]) == round((clock.at + hour).timestamp()) for item in limits)


def test_an_address_is_known_again_only_on_the_same_day_and_for_the_same_purpose(aws: MemoryAws) -> None:
    studio = Studio.opened_for("system")
    digests = {studio.keyed_digest(purpose, "198.51.100.77") for purpose in ("a/2026-11-25", "a/2026-11-26", "b")}
    assert len(digests) == 3
    assert studio.keyed_digest("b", "198.51.100.77") in digests
    aws.services["secretsmanager"].values["studio-public-key"] = "another stack's"
    context._secret_text.cache_clear()
    assert studio.keyed_digest("b", "198.51.100.77") not in digests
    context._secret_text.cache_clear()


# -- bodies


def test_a_body_is_read_byte_by_byte_and_only_so_much_of_it_and_of_known_kinds(aws: MemoryAws, clock: Clock) -> None:
    assert ask("/send/x", "POST", "a=b&c=é", headers={"Content-Type": FORM}).body == {"size": 8}
    assert ask("/send/x", "POST", "x" * 1001).status == 413
    assert ask("/send/x", "POST", "x", headers={"Content-Type": "text/plain"}).status == 415
    event = public_event("POST", "/send/x", "AP8Q") | {"isBase64Encoded": True}
    handler = public_api(routes(), door="test")
    assert call(handler, event).body == {"size": 3}


# -- pages


def test_what_people_wrote_is_shown_and_never_run(aws: MemoryAws, clock: Clock) -> None:
    answer = ask("/page/x")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.body
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&amp;{style}{0.__class__}" in answer.body


def test_a_page_runs_nothing_loads_nothing_and_sits_in_no_frame(aws: MemoryAws, clock: Clock) -> None:
    headers = ask("/page/x").headers
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert "unsafe" not in str(policy)
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers


def test_the_pages_own_style_is_the_one_that_the_policy_allows() -> None:
    import base64
    import hashlib

    shown = page("x", Html(""))
    style = re.search(r"<style>(.*)</style>", shown.body or "")
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in str(shown.headers["Content-Security-Policy"])
    assert "form-action 'self'" in str(page("x", Html(""), sends_forms=True).headers)


@pytest.mark.parametrize("text", [HOSTILE, "' onmouseover='x", "{title}", "<!--", "\u2028</title>", "&amp;"])
def test_no_text_gets_out_of_its_place_in_a_template(text: str) -> None:
    import html

    shown = str(fill('<p title="{text}">{text}</p>', text=text))
    safe = html.escape(text, quote=True)
    assert shown == f'<p title="{safe}">{safe}</p>'
    assert fill("<b>{inner}</b>", inner=fill("{text}", text="<")) == "<b>&lt;</b>"
    assert fill("{number}", number=3) == "3"


@pytest.mark.parametrize("template", ["{text.__class__}", "{text[0]}", "{0}", "{other}"])
def test_a_template_reaches_nothing_but_its_values(template: str) -> None:
    with pytest.raises((KeyError, ValueError, IndexError)):
        fill(template, text="x")


@pytest.mark.parametrize("path", ["/open/%3Cscript%3Ealert(1)%3C/script%3E", "/nowhere/<b>x</b>"])
def test_an_error_is_a_page_for_who_reads_pages_and_repeats_nothing_of_the_request(
    path: str, aws: MemoryAws, clock: Clock
) -> None:
    answer = ask(path, headers={"Accept": "text/html,*/*", "X-Note": "<script>"})
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "script" not in answer.body
    assert "nowhere" not in answer.body
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_what_breaks_on_our_side_tells_nothing(
    aws: MemoryAws, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr("studio.store.directory.Directory.find", broken)
    answer = ask("/open/x")
    assert answer.status == 500
    assert "1234" not in json.dumps(answer.body)
