"""A loopback stand-in for the studio's HTTP API: enough of it to make, follow, cancel and download one episode."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

from PIL import Image

from tests.unit.made import a_script

PROBLEM = "application/problem+json"


def picture(number: int) -> bytes:
    """A small PNG that differs by number."""
    buffer = BytesIO()
    Image.new("RGB", (320, 180), (number * 40, 90, 120)).save(buffer, format="PNG")
    return buffer.getvalue()


EPISODE = "01HZZZZZZZZZZZZZZZZZABCDEF"
CAPS = {"month_cap_usd": 25, "month_left_usd": 20, "episode_cap_usd": 2, "episode_left_usd": 1.5}
BOARD = {
    "shot": 1, "clip": 1, "lines": [1, 2], "size": "close_up", "angle": "low", "lens_mm": 85, "move": "push_in",
    "people": ["Bile"], "description": "Bile waits [by the door].",
}  # fmt: skip
_SCENE = {"shots": [BOARD], "learns": [], "bonds": [], "facts": [], "threads": []}


class StudioApi:
    """Serves one episode that finishes after `readings` GETs. Attributes script what goes wrong.

    Each of `gates` is waited at, one after the other, until it is answered. `expected` is what it will cost.
    """

    def __init__(
        self, *, status: str = "completed", readings: int = 3, clips: int = 2, title: str = "A Quiet Lie"
    ) -> None:
        self.status, self.readings, self.clips, self.title = status, readings, clips, title
        self.cancelled = False
        self.orders: list[dict[str, Any]] = []
        self.ways: list[str] = []
        self.steps = ["script_generator_bot", "generate_video"]
        self.keys: list[str] = []
        self.refuse: tuple[int, dict[str, Any]] | None = None
        self.stumble = 0
        self.break_after: int | None = None
        self.ranges: list[str] = []
        self.corrupt = False
        self.script: dict[str, Any] | None = a_script(clips).model_dump(mode="json")
        self.pipeline = "quick"
        self.gates: list[str] = []
        self.answers: list[dict[str, Any]] = []
        self.expected = 0.05
        self.quotes: list[dict[str, Any]] = []
        self.lost_exports: set[str] = set()
        self.notes: list[bytes] = []
        self.artifacts: dict[str, dict[str, Any]] = {
            "scene_orchestration": {
                "stage": "scene_orchestration", "status": "done", "reason": "", "version": 1, "notes": ["Bile knew."],
                "parts": [{"key": "scene-1", "edited": False, "stale": True, "document": _SCENE}],
            }
        }  # fmt: skip
        self._read = 0
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or a body waits 40 ms behind its headers for the client's acknowledgement

            def log_message(self, format: str, *args: object) -> None:
                return

            def do_GET(self) -> None:
                api.answer_get(self)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                api.answer_post(self, json.loads(self.rfile.read(length) or b"{}"))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "StudioApi":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def episode(self) -> dict[str, Any]:
        over = (self._read >= self.readings and not self.gates) or self.cancelled
        waits = bool(self.gates) and not self.cancelled
        rendered = over and not self.cancelled
        lost = self.clips if self.status == "partial" else 0
        return {
            "episode_id": EPISODE, "project_id": "p1", "prompt": "x", "provider": "draft",
            "title": self.title if self._read else "", "synopsis": "Somebody lies.", "aspect": "16:9",
            "status": "cancelled" if self.cancelled else "in_review" if waits else self.status if over else "rendering",
            "under_way": not over, "editable": over or waits, "pipeline": self.pipeline, "review": list(self.gates),
            "script": self.script,
            "reason": "", "clips_wanted": self.clips, "cost_usd": 0.25, "version": self._read,
            "stages": [
                {"name": "script_generator_bot", "status": "done", "seconds": 1.5, "notes": ["One [odd] thing."],
                 "reason": "", "stale": ["script"], "edited": False},
            ],
            "clips": [
                {
                    "number": number, "description": f"Clip {number}", "name": f"clips/{number}.png",
                    "status": "failed" if number == lost else "rendered" if rendered else "rendering",
                    "reason": "blocked by safety" if number == lost else "", "measured": rendered, "stale": number == 1,
                    "sha256": hashlib.sha256(picture(number)).hexdigest(), "width": 320, "height": 180,
                }
                for number in range(1, self.clips + 1)
            ],
        }  # fmt: skip

    def files(self) -> list[dict[str, Any]]:
        items = []
        for clip in self.episode()["clips"]:
            if clip["status"] == "rendered":
                number = clip["number"]
                items += [
                    {
                        "name": clip["name"],
                        "url": f"{self.url}/s3/{number}.png",
                        "bytes": len(picture(number)),
                        "sha256": clip["sha256"],
                    },
                    {"name": f"clips/{number}.json", "url": f"{self.url}/s3/note", "bytes": 2, "sha256": None},
                ]
        stored = ["metadata.json", "exports/screenplay.pdf"]
        return items + [{"name": name, "url": f"{self.url}/s3/note", "bytes": 2, "sha256": None} for name in stored]

    def export(self, form: str) -> tuple[bytes, str]:
        if form == "pdf":
            link = {"name": "x.pdf", "media_type": "application/pdf", "bytes": 2, "url": f"{self.url}/s3/note"}
            return json.dumps(link).encode(), "application/json"
        return f"{form}: caf\u00e9\r\n".encode(), "text/plain; charset=utf-8"

    def quote(self) -> dict[str, Any]:
        line = {"step": "render_clip", "clip": 1, "calls": 1.3, "calls_at_most": 2, "model": "painter"}
        money = {"expected_usd": self.expected, "at_most_usd": 2 * self.expected, "price_date": "2026-07-01"}
        return {"provider": "draft", "lines": [line | money], **money, "caps": CAPS, "sources": []}

    def bill(self) -> dict[str, Any]:
        quoted = {"quoted_expected_usd": self.expected, "quoted_at_most_usd": 2 * self.expected, "spent_usd": 0.25}
        line = {"step": "render_clip", "clip": 1, "calls": 1, **quoted}
        return {"episode_id": EPISODE, "lines": [line], **quoted, "committed_usd": 0.3, "caps": CAPS}

    def reviews(self) -> list[dict[str, Any]]:
        at = "2026-11-23T09:00:00Z"
        answered = [{"gate": a["gate"], "review_id": "r0", "open": False, "closes_at": at} for a in self.answers]
        return answered + [{"gate": g, "review_id": "r1", "open": True, "closes_at": at} for g in self.gates[:1]]

    def answer_get(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.split("?")[0]
        if self.stumble:
            self.stumble -= 1
            _send(request, 503, b"{}", PROBLEM)
        elif path.startswith("/s3/"):
            note = self.notes.pop(0) if path.endswith("note") and self.notes else b"{}"
            self._send_file(request, note if path.endswith("note") else picture(int(path[4:-4])))
        elif path == "/projects":
            _json(request, 200, {"items": [{"project_id": "p1", "brief": {"title": "Say Walahi"}}], "cursor": None})
        elif path.endswith("/files"):
            _json(request, 200, {"items": self.files(), "expires_in": 300})
        elif "/exports/" in path and path.rsplit("/", 1)[1] not in self.lost_exports and self.script:
            _send(request, 200, *self.export(path.rsplit("/", 1)[1]))
        elif path.endswith("/quote"):
            _json(request, 200, self.quote())
        elif path.endswith("/bill"):
            _json(request, 200, self.bill())
        elif path.endswith("/reviews"):
            _json(request, 200, {"items": self.reviews()})
        elif "/stages/" in path and path.rsplit("/", 1)[1] in self.artifacts:
            _json(request, 200, self.artifacts[path.rsplit("/", 1)[1]])
        elif "/script/" in path and self.script:
            _send(request, 200, b"# A script", "text/markdown")
        elif path.count("/") == 2 and path.startswith("/episodes/"):
            self._read += 1
            _json(request, 200, self.episode())
        else:
            _json(request, 404, {"title": "Not found", "detail": "There is no such thing.", "status": 404}, PROBLEM)

    def answer_post(self, request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        if request.path.endswith("/cancel"):
            self.cancelled = True
            _json(request, 202, {})
        elif request.path.endswith("/ready-made"):
            _json(request, 200, {"items": []})
        elif request.path == "/quotes":
            self.quotes.append(body)
            _json(request, 200, self.quote())
        elif self.refuse:
            _json(request, self.refuse[0], self.refuse[1], PROBLEM)
        elif "/reviews/" in request.path:
            self.answers.append(body | {"gate": self.gates.pop(0)})
            self.cancelled = body["decision"] == "reject"
            _json(request, 200, {})
        else:
            self.orders.append(body)
            self.ways.append(request.path)
            self.keys.append(request.headers["Idempotency-Key"])
            _json(request, 202, {"episode_id": EPISODE, "status": "queued", "steps": self.steps})

    def _send_file(self, request: BaseHTTPRequestHandler, content: bytes) -> None:
        asked = request.headers.get("Range")
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if asked:
            self.ranges.append(asked)
        rest = (b"?" * len(content) if self.corrupt else content)[start:]
        request.send_response(206 if asked else 200)
        request.send_header("Content-Length", str(len(rest)))
        request.end_headers()
        if self.break_after is not None:
            rest, self.break_after = rest[: self.break_after], None
            request.close_connection = True
        request.wfile.write(rest)


def _json(request: BaseHTTPRequestHandler, status: int, page: Any, kind: str = "application/json") -> None:
    _send(request, status, json.dumps(page).encode(), kind)


def _send(request: BaseHTTPRequestHandler, status: int, content: bytes, kind: str) -> None:
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)
