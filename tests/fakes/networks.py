"""The networks on loopback: one server for all hosts of `channels/addresses.py`, each under `/<host>/…`.

In a test:

    with Networks() as networks:
        youtube = YouTube(networks.address("google"), access)
        networks.fail("google", "/youtube/v3/videos", 503, times=2)

On its own: `python -m tests.fakes.networks --port 8091`, steered over HTTP: `GET /_requests` lists the requests so far,
`POST /_misbehave {"host": "google", "path": "/youtube/v3/videos", "status": 503, "times": 2}` scripts what goes wrong,
`POST /_reset` forgets everything. A network's own behaviour and what it keeps is in a module of its own: `SERVICES`.
"""

import argparse
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.amazon_api import AmazonApi
from tests.fakes.google_trends_api import GoogleTrendsApi
from tests.fakes.grants import Grants
from tests.fakes.instagram_api import InstagramApi
from tests.fakes.oauth_api import OAuthApi
from tests.fakes.reddit_api import RedditApi
from tests.fakes.stripe_api import StripeApi
from tests.fakes.tiktok_api import TikTokApi
from tests.fakes.wire import Answer, Asked, Dropped, Json, Route, Service, matched
from tests.fakes.x_api import XApi
from tests.fakes.youtube_api import YouTubeApi

SERVICES: tuple[type[Service], ...] = (
    AmazonApi,
    GoogleTrendsApi,
    InstagramApi,
    OAuthApi,
    RedditApi,
    StripeApi,
    TikTokApi,
    XApi,
    YouTubeApi,
)
"""Every network there is; each is made with the `Grants` it checks tokens against."""


@dataclass
class Misbehaviour:
    """What goes wrong at a path, the next `times` times after `skip` requests that went well.

    status: the answer instead of the usual one; None answers as usual. seconds: how long it keeps silent before.
    drop: the connection ends without an answer: "before" anything is done, or "after". cut: only half the body comes.
    """

    host: str
    path: str
    method: str | None = None
    times: int = 1
    skip: int = 0
    status: int | None = None
    body: bytes | str | Json = b""
    headers: Mapping[str, str] | None = None
    seconds: float = 0.0
    drop: str | None = None
    cut: bool = False

    def applies(self, asked: Asked) -> bool:
        """Whether it is about this request; counts it."""
        if self.times <= 0 or self.host != asked.host or self.method not in (None, asked.method):
            return False
        if matched(self.path, asked.path) is None:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class Networks:
    """The server, as a context manager. clock: seconds since the epoch, for tokens that expire."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, clock: Callable[[], float] = time.time) -> None:
        self._host = host
        self._clock = clock
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server((host, port), _Handler)
        self._server.networks = self
        self.reset()

    @property
    def url(self) -> str:
        """Where it listens: what the `ChannelsGateway` setting takes."""
        return f"http://{self._host}:{self._server.server_port}"

    @property
    def requests(self) -> list[Asked]:
        """Every request so far, oldest first."""
        with self._lock:
            return list(self._requests)

    def address(self, host: str) -> str:
        """The base URL of one host."""
        return f"{self.url}/{host}"

    def asked(self, host: str, path: str, method: str | None = None) -> list[Asked]:
        """The requests that reached a path, which may have braces."""
        return [
            request
            for request in self.requests
            if request.host == host and method in (None, request.method) and matched(path, request.path) is not None
        ]

    def service[S](self, kind: type[S]) -> S:
        """The one network of that kind, with what it keeps."""
        return next(service for service in self._services if isinstance(service, kind))

    def reset(self) -> None:
        """Forget requests, misbehaviour, tokens and everything that was sent."""
        with self._lock:
            self.grants = Grants(self._clock)
            self._requests: list[Asked] = []
            self._misbehaviour: list[Misbehaviour] = []
            self._services: list[Any] = [kind(self.grants) for kind in SERVICES]  # type: ignore[call-arg]
            self._routes: list[Route] = [route for service in self._services for route in service.routes()]

    def misbehave(self, misbehaviour: Misbehaviour) -> None:
        """Let something go wrong; what was asked for first comes first."""
        with self._lock:
            self._misbehaviour.append(misbehaviour)

    def fail(
        self, host: str, path: str, status: int, body: bytes | str | Json = b"", times: int = 1, **more: Any
    ) -> None:
        """Answer a status and a body instead of the usual answer. more: `headers`, `method`, `skip`."""
        self.misbehave(Misbehaviour(host, path, status=status, body=body, times=times, **more))

    def slow(self, host: str, path: str, seconds: float, times: int = 1, **more: Any) -> None:
        """Keep silent for so long, then answer as usual."""
        self.misbehave(Misbehaviour(host, path, seconds=seconds, times=times, **more))

    def drop(self, host: str, path: str, times: int = 1, *, done: bool = False, **more: Any) -> None:
        """End the connection without an answer. done: after doing what was asked, so that only the answer is lost."""
        self.misbehave(Misbehaviour(host, path, drop="after" if done else "before", times=times, **more))

    def cut(self, host: str, path: str, times: int = 1, **more: Any) -> None:
        """Send the first half of the answer, then end the connection."""
        self.misbehave(Misbehaviour(host, path, cut=True, times=times, **more))

    def serve(self) -> None:
        """Answer until `close`, in this thread."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Stop, without waiting for requests that are kept waiting."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, name="networks", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, asked: Asked) -> tuple[Answer, bool]:
        """Return the answer to a request and whether only half of it is sent. Raises Dropped."""
        with self._lock:
            self._requests.append(asked)
            wrong = next((each for each in self._misbehaviour if each.applies(asked)), None)
        if wrong is None:
            return self._answer(asked), False
        self._closing.wait(wrong.seconds)
        if wrong.drop == "before":
            raise Dropped
        if wrong.status is not None:
            return Answer(wrong.status, wrong.body, wrong.headers), wrong.cut
        answer = self._answer(asked)
        if wrong.drop == "after":
            raise Dropped
        return answer, wrong.cut

    def _answer(self, asked: Asked) -> Answer:
        for route in self._routes:
            params = route.matches(asked.method, asked.host, asked.path)
            if params is not None:
                try:
                    return route.answer(replace(asked, params=params))
                except Answer as answer:
                    return answer
        return Answer(404, {"error": f"Nothing answers {asked.method} {asked.host} {asked.path} here."})

    def control(self, asked: Asked) -> Answer:
        """Answer what steers the server itself."""
        match asked.method, asked.host:
            case "GET", "_requests":
                return Answer(200, [_listed(request) for request in self.requests])
            case "POST", "_misbehave":
                try:
                    self.misbehave(Misbehaviour(**asked.json()))
                except TypeError as error:
                    return Answer(400, {"error": str(error)})
                return Answer(200, {})
            case "POST", "_reset":
                self.reset()
                return Answer(200, {})
        return Answer(404, {"error": "Not found."})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    networks: Networks

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that the client or a script ended."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms behind its headers for the client's acknowledgement
    server: _Server

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_PUT(self) -> None:
        self._take()

    def do_PATCH(self) -> None:
        self._take()

    def do_DELETE(self) -> None:
        self._take()

    def _take(self) -> None:
        asked = self._asked()
        try:
            if asked.host.startswith("_"):
                self._send(self.server.networks.control(asked), cut=False)
            else:
                answer, cut = self.server.networks.take(asked)
                self._send(answer, cut=cut)
        except Dropped:
            self._hang_up()

    def _asked(self) -> Asked:
        target = urlsplit(self.path)
        _, host, *rest = target.path.split("/")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Asked(
            method=self.command,
            host=host,
            path=unquote("/" + "/".join(rest)),
            query=dict(parse_qsl(target.query, keep_blank_values=True)),
            headers=headers,
            body=self._body(headers),
            root=f"http://{headers.get('host', '')}",
        )

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(headers.get("content-length", 0)))
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def _send(self, answer: Answer, *, cut: bool) -> None:
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
        except ConnectionError:
            # The client gave up waiting: what `slow` is for.
            self.close_connection = True
        if cut:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _listed(request: Asked) -> Json:
    kept = {name: value for name, value in request.headers.items() if name != "authorization"}
    return {
        "method": request.method,
        "host": request.host,
        "path": request.path,
        "query": dict(request.query),
        "headers": kept,
        "bytes": len(request.body),
        "body": request.body[:4096].decode("utf-8", "replace"),
    }


def main() -> None:
    """Serve until interrupted."""
    wanted = argparse.ArgumentParser(description="The networks on loopback.")
    wanted.add_argument("--port", type=int, default=8091)
    wanted.add_argument("--host", default="127.0.0.1")
    given = wanted.parse_args()
    networks = Networks(host=given.host, port=given.port)
    print(json.dumps({"url": networks.url}), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        networks.serve()


if __name__ == "__main__":
    main()
