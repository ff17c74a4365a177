"""What the API answers while the disk is full."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from local.emulator.room import RESERVE_BYTES, RoomToWrite

API = "/_aws/execute-api/a1b2c3d4/v1/episodes"
ENOUGH, NEVER_ENOUGH = 0, 1 << 62
PROBLEM = b"application/problem+json"


class Emulator:
    """An ASGI application that answers everything the same way, and remembers what it was asked."""

    def __init__(self, status: int = 200, kind: bytes = b"application/json") -> None:
        self.status, self.kind = status, kind
        self.asked: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.asked.append(scope["type"])
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"Content-Type", self.kind)]})
        await send({"type": "http.response.body", "body": b"the emu", "more_body": True})
        await send({"type": "http.response.body", "body": b"lator"})


def answered(app: RoomToWrite, method: str, path: str = API, host: bytes = b"127.0.0.1:4566") -> tuple[int, bytes]:
    """Call an application and return status and body. A body without a start, or two starts, is no answer."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [(b"host", host)]}
    asyncio.run(app(scope, None, send))  # type: ignore[arg-type]
    start, *bodies = sent
    assert [message["type"] for message in sent] == ["http.response.start"] + ["http.response.body"] * len(bodies)
    assert not bodies[-1].get("more_body")
    return start["status"], b"".join(message["body"] for message in bodies)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("path", "host"),
    [
        (API, b"127.0.0.1:4566"),
        ("/restapis/a1b2c3d4/v1/_user_request_/episodes", b"localhost:4566"),
        ("/v1/episodes", b"a1b2c3d4.execute-api.localhost:4566"),
    ],
)
def test_a_call_that_writes_is_refused_in_the_apis_own_shape(
    method: str, path: str, host: bytes, tmp_path: Path
) -> None:
    emulator = Emulator()
    status, body = answered(RoomToWrite(emulator, tmp_path, NEVER_ENOUGH), method, path, host)
    assert emulator.asked == []
    problem = json.loads(body)
    assert (status, problem["status"], problem["type"]) == (507, 507, "urn:episode-studio:storage_full")
    assert problem.keys() == {"type", "title", "status", "detail", "request_id"}
    assert problem["request_id"]
    assert all(word in problem["detail"] for word in ("disk is full", "is kept", "free", "take the episode up again"))


def test_every_refusal_has_its_own_request_id(tmp_path: Path) -> None:
    app = RoomToWrite(Emulator(), tmp_path, NEVER_ENOUGH)
    assert len({json.loads(answered(app, "POST")[1])["request_id"] for _ in range(3)}) == 3


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reads_go_through(method: str, tmp_path: Path) -> None:
    assert answered(RoomToWrite(Emulator(), tmp_path, NEVER_ENOUGH), method) == (200, b"the emulator")


@pytest.mark.parametrize("path", ["/", "/restapis/a1b2c3d4/stages", "/episode-studio-videos/amina/clips/1.png"])
def test_what_is_not_a_call_of_the_api_goes_through(path: str, tmp_path: Path) -> None:
    assert answered(RoomToWrite(Emulator(500), tmp_path, NEVER_ENOUGH), "POST", path) == (500, b"the emulator")


def test_with_room_everything_goes_through(tmp_path: Path) -> None:
    for status in (202, 500):
        assert answered(RoomToWrite(Emulator(status), tmp_path, ENOUGH), "POST") == (status, b"the emulator")


def test_a_read_that_the_emulator_cannot_answer_for_want_of_room_is_told_so(tmp_path: Path) -> None:
    status, body = answered(RoomToWrite(Emulator(502), tmp_path, NEVER_ENOUGH), "GET")
    assert (status, json.loads(body)["type"]) == (507, "urn:episode-studio:storage_full")


def test_what_a_function_says_itself_stays(tmp_path: Path) -> None:
    app = RoomToWrite(Emulator(503, PROBLEM), tmp_path, NEVER_ENOUGH)
    assert answered(app, "GET") == (503, b"the emulator")


def test_starting_and_stopping_go_through(tmp_path: Path) -> None:
    emulator = Emulator()

    async def send(message: Any) -> None: ...

    asyncio.run(RoomToWrite(emulator, tmp_path, NEVER_ENOUGH)({"type": "lifespan"}, None, send))  # type: ignore[arg-type]
    assert emulator.asked == ["lifespan"]


def test_the_reserve_is_small_and_the_room_is_the_directorys(tmp_path: Path) -> None:
    assert RESERVE_BYTES <= 256 * 1024 * 1024
    with pytest.raises(FileNotFoundError):
        answered(RoomToWrite(Emulator(), tmp_path / "elsewhere"), "POST")
