"""A loopback stand-in for the studio's HTTP API: enough of it to make, follow, cancel and download one episode."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

from PIL import Image

PROBLEM = "application/problem+json"


def picture(number: int) -> bytes:
    """A small PNG that differs by number."""
    buffer = BytesIO()
    Image.new("RGB", (320, 180), (number * 40, 90, 120)).save(buffer, format="PNG")
    return buffer.getvalue()


class StudioApi:
    """Serves one episode that finishes after `readings` GETs. Attributes script what goes wrong."""

    def __init__(
        self, *, status: str = "completed", readings: int = 3, clips: int = 2, title: str = "A Quiet Lie"
    ) -> None:
        self.status, self.readings, self.clips, self.title = status, readings, clips, title
        self.cancelled = False
        self.orders: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.refuse: tuple[int, dict[str, Any]] | None = None
        self.stumble = 0
        self.break_after: int | None = None
        self.ranges: list[str] = []
        self.corrupt = False
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
        over = self._read >= self.readings or self.cancelled
        rendered = over and not self.cancelled
        lost = self.clips if self.status == "partial" else 0
        return {
            "episode_id": "01HZZZZZZZZZZZZZZZZZABCDEF", "project_id": "p1", "prompt": "x", "provider": "draft",
            "title": self.title if self._read else "", "synopsis": "Somebody lies.", "aspect": "16:9",
            "status": "cancelled" if self.cancelled else self.status if over else "rendering",
            "reason": "", "clips_wanted": self.clips, "cost_usd": 0.25, "version": self._read,
            "stages": [{"name": "script_generator_bot", "status": "done", "seconds": 1.5}],
            "clips": [
                {
                    "number": number, "description": f"Clip {number}", "name": f"clips/{number}.png",
                    "status": "failed" if number == lost else "rendered" if rendered else "rendering",
                    "reason": "blocked by safety" if number == lost else "", "measured": rendered,
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
        return [*items, {"name": "metadata.json", "url": f"{self.url}/s3/note", "bytes": 2, "sha256": None}]

    def answer_get(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.split("?")[0]
        if self.stumble:
            self.stumble -= 1
            _send(request, 503, b"{}", PROBLEM)
        elif path.startswith("/s3/"):
            self._send_file(request, b"{}" if path.endswith("note") else picture(int(path[4:-4])))
        elif path == "/projects":
            _json(request, 200, {"items": [{"project_id": "p1", "brief": {"title": "Say Walahi"}}], "cursor": None})
        elif path.endswith("/files"):
            _json(request, 200, {"items": self.files(), "expires_in": 300})
        elif "/script/" in path:
            _send(request, 200, b"# A script", "text/markdown")
        elif path.startswith("/episodes/"):
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
        elif self.refuse:
            _json(request, self.refuse[0], self.refuse[1], PROBLEM)
        else:
            self.orders.append(body)
            self.keys.append(request.headers["Idempotency-Key"])
            _json(request, 202, {"episode_id": self.episode()["episode_id"], "status": "queued"})

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
