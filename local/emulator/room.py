"""Answers of the API while the disk is full, in its own shape instead of the emulator's words.

Runs inside the emulator's own environment: standard library only. On AWS nothing can run out of disk, so no function
knows of this.
"""

import json
import shutil
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

RESERVE_BYTES = 128 * 1024 * 1024
"""What is left for finishing: saving the state, and starting the functions that read."""

DETAIL = (
    "This laptop's disk is full, so nothing was begun or changed, and everything made so far is kept: "
    f"free at least {RESERVE_BYTES // 1024 // 1024} MB, then send this again or take the episode up again."
)

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class RoomToWrite:
    """An ASGI application in front of `app`: calls of the API that write get 507 while `directory` is short of room.

    Reads go through. One that the emulator cannot answer for want of room gets 507 too, and so does a write under which
    the disk filled up; what a function said itself stays as it is.
    """

    def __init__(self, app: App, directory: Path, reserve: int = RESERVE_BYTES) -> None:
        self._app = app
        self._directory = directory
        self._reserve = reserve

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer, or have it answered."""
        if scope["type"] != "http" or not _calls_the_api(scope):
            await self._app(scope, receive, send)
        elif scope["method"] in _WRITES and self._is_short():
            await _refuse(send)
        else:
            await self._app(scope, receive, self._unless_short(send))

    def _is_short(self) -> bool:
        return shutil.disk_usage(self._directory).free < self._reserve

    def _unless_short(self, send: Send) -> Send:
        refused = False

        async def told(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and _is_the_emulators(message) and self._is_short():
                refused = True
                await _refuse(send)
            elif not refused:
                await send(message)

        return told


def _calls_the_api(scope: dict[str, Any]) -> bool:
    """Whether a request is for the deployed API, by its path or by its host's name."""
    path: str = scope["path"]
    if path.startswith("/_aws/execute-api/") or (path.startswith("/restapis/") and "/_user_request_/" in path):
        return True
    return any(name == b"host" and b".execute-api." in value for name, value in scope["headers"])


def _is_the_emulators(start: Message) -> bool:
    """Whether an answer tells of a failure in other words than the API's own."""
    kinds = [value for name, value in start.get("headers", []) if name.lower() == b"content-type"]
    return bool(start["status"] >= 500) and not any(b"problem+json" in kind for kind in kinds)


async def _refuse(send: Send) -> None:
    request_id = str(uuid.uuid4())
    problem = {
        "type": "urn:episode-studio:storage_full",
        "title": "The disk is full",
        "status": 507,
        "detail": DETAIL,
        "request_id": request_id,
    }
    content = json.dumps(problem).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(content)).encode()),
        (b"x-amzn-requestid", request_id.encode()),
        (b"access-control-allow-origin", b"*"),  # or a page in the browser could not read why
    ]
    await send({"type": "http.response.start", "status": 507, "headers": headers})
    await send({"type": "http.response.body", "body": content})
