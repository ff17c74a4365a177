"""`studio bots`, `bot`, `approvals` and `connect`, against the functions' own answers."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from local import client, connecting, laptop, results
from local.client import StudioClient
from local.commands.bots import request_of
from local.laptop import Place
from local.problems import StudioProblem
from local.report import Report
from local.stack import Outputs
from tests.unit.local.test_command import studio

Said = Callable[..., tuple[int, str, str]]
HASH = "a" * 64
BOTS = [
    {
        "name": "persona-bot", "category": "agents", "summary": "Speaks as a character.", "deployed": True,
        "health": "well", "needs": [], "last_run": {"finished_at": "2026-11-25T17:00:00Z", "error": ""},
    },
    {
        "name": "engagement-bot", "category": "growth", "summary": "Reads comments.", "deployed": True,
        "health": "troubled", "needs": ["Connect YouTube for reading comments."],
        "last_run": {"finished_at": "2026-11-25T17:00:00Z", "error": "It broke [on] our side."},
    },
    {
        "name": "remix-bot", "category": "virality", "summary": "Makes a new cut.", "deployed": False,
        "health": "not_deployed", "needs": [], "last_run": None,
    },
]  # fmt: skip
RUN = {
    "run_id": "R1", "status": "succeeded", "error": "", "models": ["draft-composer-1"], "cost_usd": 0.0,
    "output": {"mean": 3.25, "reactions": [{"persona": "Ayaan, 17", "rating": 4}], "ai_label": "Written by an AI."},
}  # fmt: skip


class BotsApi:
    """Answers what the four commands ask. `asked` are the bodies that came, by path."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.run: dict[str, Any] = RUN
        self.runs_before = 2
        self.waiting: list[dict[str, Any]] = []
        self.available = True
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: object) -> None:
                return

            def do_GET(self) -> None:
                api.answer(self, "GET", None)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                api.answer(self, "POST", body)

            def do_PUT(self) -> None:
                self.do_POST()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "BotsApi":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, method: str, body: Any) -> None:
        path = handler.path.partition("?")[0]
        if body is not None:
            self.asked[path] = body | {"prefer": handler.headers.get("Prefer")}
        told = self.told(method, path)
        content = json.dumps(told).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def told(self, method: str, path: str) -> Any:
        match method, path:
            case "GET", "/bots":
                return {"items": BOTS}
            case "POST", _ if path.startswith("/functions/"):
                return {"run_id": "R1", "status": "queued"}
            case "GET", "/runs/R1":
                self.runs_before -= 1
                return self.run | ({"status": "running"} if self.runs_before > 0 else {})
            case "GET", "/approvals":
                return {"items": self.waiting, "cursor": None}
            case "POST", "/approvals":
                return {"status": "approved"}
            case "GET", "/connections":
                x = {"network": "x", "label": "X", "connected_by": "sign_in", "available": self.available}
                return {"items": [], "networks": [x | {"accounts": 0}], "needs": {"b": ["Connect X for posting."]}}
            case "POST", "/connections/x":
                return {"authorize_url": "https://x.example/consent", "state": "s" * 30, "open_until": ""}
            case "POST", "/connections/x/finish":
                return {"items": [{"name": "The Family", "status": "connected", "problem": ""}]}
            case _:
                return {"summary": "X: a post", "status": "waiting", "content": {"caption": "Who hid it?"}}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[BotsApi]:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(client.time, "sleep", lambda _: None)
    monkeypatch.setenv("STUDIO_CWD", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    with BotsApi() as server:
        outputs = Outputs("episode-studio", "us-east-1", "", {"ApiUrl": server.url}, {"Provider": "draft"})
        monkeypatch.setattr(laptop, "running", lambda data: Place(outputs, lambda fresh: "token"))
        yield server


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    def said(*arguments: str) -> tuple[int, str, str]:
        code = studio(monkeypatch, *arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return said


def printed(report: Any) -> str:
    console = Console(width=100, file=io.StringIO(), color_system=None)
    console.print(results.shown(report))
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_the_bots_are_shown_by_category_with_health_and_needs(api: BotsApi, run: Said) -> None:
    code, out, _ = run("bots")
    assert code == 0
    lines = [line.strip() for line in out.splitlines()]
    shown = {"agents", "growth", "virality"}
    assert [line for line in lines if line in shown] == ["agents", "growth", "virality"]
    assert "not deployed yet" in out
    assert "Connect YouTube for reading comments." in out
    assert "It broke [on] our side." in out, "what was said is not read as markup"


def test_a_bot_is_run_to_its_end_and_its_report_read(api: BotsApi, run: Said) -> None:
    code, out, _ = run("bot", "persona", "--episode", "E1", "--set", "mode=panel", "--set", "personas=3")
    assert code == 0
    asked = api.asked["/functions/persona-bot"]
    assert asked == {"mode": "panel", "personas": 3, "episode_id": "E1", "prefer": "respond-async"}
    assert "Ayaan, 17" in out
    assert "draft-composer-1" in out


def test_a_run_that_failed_says_why_and_ends_with_1(api: BotsApi, run: Said) -> None:
    api.run = RUN | {"status": "failed", "output": None, "error": "No YouTube account is connected."}
    code, _, err = run("bot", "engagement-bot")
    assert code == 1
    assert "No YouTube account is connected." in err


def test_as_json_there_is_one_object_and_nothing_else(api: BotsApi, run: Said) -> None:
    code, out, _ = run("bot", "persona-bot", "--json")
    assert (code, json.loads(out)) == (0, RUN["output"])


def test_a_bot_that_is_not_there_is_a_bad_argument(api: BotsApi, run: Said) -> None:
    code, _, err = run("bot", "horoscope")
    assert code == 2
    assert "./studio bots" in err


def test_settings_are_json_where_they_can_be_and_reach_inside() -> None:
    assert request_of(["a=1", "b.c=[1]", "b.d=x y", "e=true"]) == {"a": 1, "b": {"c": [1], "d": "x y"}, "e": True}
    with pytest.raises(StudioProblem, match="NAME=VALUE"):
        request_of(["nothing"])


def test_what_waits_is_listed_read_and_approved(api: BotsApi, run: Said) -> None:
    assert "Nothing waits for you" in run("approvals")[1]
    api.waiting = [{"content_hash": HASH, "kind": "post", "summary": "X: a [post]"}]
    assert f"{HASH}  post  X: a [post]" in run("approvals")[1]
    assert "Who hid it?" in run("approvals", HASH)[1]
    assert "It is approved." in run("approvals", HASH, "--approve")[1]
    assert api.asked["/approvals"]["decision"] == "approve"


def test_an_account_is_connected_through_the_browser(api: BotsApi, run: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    def browser(address: str) -> None:
        assert address == "https://x.example/consent"
        back = api.asked["/connections/x"]["return_to"]
        answer = httpx.get(back, params={"state": "s" * 30, "code": "<b>"}, trust_env=False)
        assert "close this page" in answer.text
        assert "<b>" not in answer.text

    monkeypatch.setattr("local.commands.bots.webbrowser.open", browser)
    code, out, _ = run("connect", "x")
    assert code == 0
    assert "The Family" in out
    assert api.asked["/connections/x/finish"]["code"] == "<b>"


@pytest.mark.parametrize(
    ("back", "said"),
    [
        ({}, "Nobody came back"),
        ({"state": "another", "code": "c"}, "somebody else's"),
        ({"state": "s" * 30, "error": "access_denied"}, "not allowed over there"),
    ],
)
def test_a_browser_that_brings_nothing_good_connects_nothing(api: BotsApi, back: dict[str, str], said: str) -> None:
    def browser(_: str) -> None:
        if back:
            httpx.get(api.asked["/connections/x"]["return_to"], params=back, trust_env=False)

    with StudioClient(api.url, lambda _: "t") as calls, pytest.raises(StudioProblem, match=said):
        connecting.by_signing_in(calls, "x", Report(), browser, seconds=0.05)
    assert "/connections/x/finish" not in api.asked


def test_without_a_network_it_shows_what_is_connected_and_what_is_needed(api: BotsApi, run: Said) -> None:
    _, out, _ = run("connect")
    assert "not connected" in out
    assert "b: Connect X for posting." in out
    api.available = False
    code, _, err = run("connect", "x")
    assert (code, "not registered" in err) == (1, True)


def test_reports_are_read_whatever_their_shape() -> None:
    told = printed(
        {
            "title": "The Dinner",
            "empty": "",
            "none": None,
            "sure": True,
            "share": 0.123456,
            "tags": ["a", "b"],
            "steps": [{"name": "view", "count": 1200}, {"name": "click", "count": None}],
            "nested": {"deep": {"value": "x" * 90}},
            "mermaid": "flowchart LR\n  a --> b",
            "mixed": [{"text": "y" * 90, "why": "[because]"}, "z"],
        }
    )
    assert "empty" not in told
    assert "none" not in told
    assert "yes" in told
    assert "0.1235" in told
    assert "a, b" in told
    assert "flowchart LR" in told
    assert "[because]" in told
    assert printed({}).strip() == "nothing"


def test_a_figure_stands_in_one_line_with_what_belongs_to_it() -> None:
    told = printed(
        {
            "roi": {"need": 10, "have": 2, "of": "outcomes with a cost"},
            "share": {"estimate": 0.04, "low": 0.036, "high": 0.044, "confidence": 0.95, "n": 10_000},
            "ratings": {"n": 5, "mean": 2.6, "deviation": None},
        }
    )
    assert "too little to say: 2 outcomes with a cost, and it takes 10" in told
    assert "0.04 (0.036 to 0.044 with 95%, n 10,000)" in told
    assert "n 5, mean 2.6\n" in "\n".join(line.rstrip() for line in told.splitlines()) + "\n"
