"""The emulator's server: MiniStack hosted on 127.0.0.1, saved as it goes, leaving no process behind.

Run by the emulator's own Python (`local.emulator.process` starts it), never imported by the `studio` command:
`python -m local.emulator.serve --data DIR --port N`. Exit codes: 73 the port is taken, 75 another one serves this data
directory.
"""

import argparse
import asyncio
import contextlib
import fcntl
import importlib
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, cast

from local.emulator.checkpoint import Checkpoint, replace_file, restore_blobs, unreadable_states
from local.emulator.gateway import at_home, importing_responses
from local.emulator.layers import SharedLayers
from local.emulator.places import Places, places
from local.emulator.room import RoomToWrite

PORT_TAKEN = 73
ALREADY_RUNNING = 75
CHECKPOINT_SECONDS = 2.0
# Changes nobody asked for over HTTP (a schedule, a stream) are saved at least this often.
FULL_CHECKPOINT_SECONDS = 20.0
MINISTACK_VERSION = "1.5.33"


class Server:
    """MiniStack's ASGI application, with a health page of our own in front and a checkpoint thread beside it."""

    def __init__(self, data: Path, listener: socket.socket) -> None:
        self.data = data
        self.port: int = listener.getsockname()[1]
        self.token = secrets.token_hex(16)
        self.requests = 0
        self.started_at = time.time()
        self.stopping = threading.Event()
        self.emulator = cast("Any", importlib.import_module("ministack.app"))
        self.answer = RoomToWrite(self.emulator.app, data)
        self.lambdas = cast(Any, importlib.import_module("ministack.core.lambda_runtime"))
        self.lambdas.zipfile = SharedLayers(data / "layers").zipfile()
        gateway: Any = importlib.import_module("ministack.services.apigateway_v1")
        self.apis = gateway._rest_apis
        gateway._import_rest_api = importing_responses(gateway._import_rest_api, gateway._put_gateway_response)
        functions: Any = importlib.import_module("ministack.services.lambda_svc")
        queue = Places(functions._acquire_execution_slot, functions._release_execution_slot)
        functions._acquire_execution_slot, functions._release_execution_slot = queue.acquire, queue.release
        persistence: Any = importlib.import_module("ministack.core.persistence")
        self.checkpoint = Checkpoint(data / "state", persistence._json_default, persistence._state_format_version)
        persistence._json_object_hook = restore_blobs(persistence._json_object_hook, self.checkpoint.blobs)
        # Its own save on a clean stop must write the same files in the same form.
        self.emulator.save_all = self.checkpoint.save

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer our own paths, refuse what a web page could abuse, pass everything else on."""
        if scope["type"] == "http":
            if scope["path"] == "/_studio/health":
                await _answer(send, 200, self.health())
                return
            if scope["path"].startswith("/_ministack/reset") or not _is_loopback(scope["headers"]):
                await _answer(send, 403, {"message": "Not allowed here."})
                return
            self.requests += 1
            scope = at_home(scope, (key[-1] for key, _ in self.apis.all_items()))
        await self.answer(scope, receive, send)

    def health(self) -> dict[str, Any]:
        """What the `studio` command wants to know: who this is, and whether the state is being saved."""
        saved = self.checkpoint
        return {
            "token": self.token,
            "pid": os.getpid(),
            "version": MINISTACK_VERSION,
            "uptime_seconds": round(time.time() - self.started_at, 1),
            "checkpoint": {"saved_at": saved.saved_at, "seconds": round(saved.seconds, 3), "error": saved.error},
        }

    def announce(self) -> None:
        """Record pid, port and token for the `studio` command; the lock file says whether they are current."""
        record = {"pid": os.getpid(), "port": self.port, "token": self.token, "version": MINISTACK_VERSION}
        replace_file(self.data / "emulator.json", json.dumps(record).encode())

    def keep_saving(self) -> None:
        """Save every two seconds while somebody uses the emulator, and now and then when nobody does."""
        seen, last = -1, 0.0
        while not self.stopping.wait(max(CHECKPOINT_SECONDS, 8 * self.checkpoint.seconds)):
            busy = self.requests != seen or self.lambdas.workers_in_use() or self.checkpoint.error
            if not busy and time.monotonic() - last < FULL_CHECKPOINT_SECONDS:
                continue
            seen, last = self.requests, time.monotonic()
            self.checkpoint.save(self.emulator._build_persistence_save_dict())

    async def run(self, listener: socket.socket) -> None:
        """Serve until SIGTERM or SIGINT."""
        hypercorn: Any = importlib.import_module("hypercorn.asyncio")
        config: Any = importlib.import_module("hypercorn.config").Config()
        importlib.import_module("ministack.core.hypercorn_compat").install()
        config.bind = [f"fd://{listener.fileno()}"]
        config.keep_alive_timeout = 75
        config.graceful_timeout = 2
        config.loglevel = "WARNING"
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        threading.Thread(target=self.keep_saving, name="studio-checkpoint", daemon=True).start()
        self.announce()
        await hypercorn.serve(self, config, shutdown_trigger=stop.wait)
        self.stopping.set()


def _is_loopback(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the Host header names this machine: a page on the web that rebinds its name to 127.0.0.1 does not."""
    for name, value in headers:
        if name == b"host":
            host = value.decode("latin-1").rsplit(":", 1)[0].lower()
            return host in {"127.0.0.1", "localhost"} or host.endswith((".localhost", ".amazonaws.com"))
    return True


async def _answer(send: Any, status: int, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def post_guardian(scratch: Path) -> None:
    """Leave a child that outlives us just long enough to end what we started.

    It waits for our end of a pipe to close, which happens however we die, then kills our process group: Lambda workers
    in the middle of a long call would go on otherwise. It is in that group itself, so the group's number cannot have
    gone to anybody else. It also shares the lock, which therefore comes free only when everything is gone.
    """
    ours, theirs = os.pipe()
    if os.fork():
        os.close(ours)
        os.set_inheritable(theirs, False)
        return
    os.close(theirs)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.read(ours, 1)
    os.killpg(0, signal.SIGTERM)  # which we ignore and a worker does not
    time.sleep(0.1)
    shutil.rmtree(scratch, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def hold_lock(data: Path) -> int:
    """Take this data directory for ourselves; the kernel gives it back when we and our guardian are gone."""
    descriptor = os.open(data / "emulator.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another emulator serves this data directory.", file=sys.stderr)
        raise SystemExit(ALREADY_RUNNING) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def listen(port: int) -> socket.socket:
    """A socket on loopback alone; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(256)
    except OSError as problem:
        print(f"Port {port} cannot be used: {problem.strerror}", file=sys.stderr)
        raise SystemExit(PORT_TAKEN) from None
    return listener


def set_aside_broken_state(data: Path) -> None:
    """Move unreadable state out of the way: half a stack is worse than none, and the next `up` makes a new one."""
    broken = unreadable_states(data / "state")
    if not broken:
        return
    grave = data / f"broken-{int(time.time())}"
    grave.mkdir()
    for name in ("state", "s3", "stack.json"):
        with contextlib.suppress(FileNotFoundError):
            (data / name).rename(grave / name)
    print(f"Unreadable state ({', '.join(broken)}) was moved to {grave}; starting afresh.", flush=True)


def main() -> None:
    """Parse, lock, bind, then import MiniStack, which reads its settings from the environment as it is imported."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    data: Path = arguments.data.resolve()
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # the guardian ends a whole group, so it has to be ours alone
    os.umask(0o077)
    data.mkdir(parents=True, exist_ok=True)
    hold_lock(data)
    listener = listen(arguments.port)
    scratch = data / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    post_guardian(scratch)
    set_aside_broken_state(data)
    os.environ.update(
        {
            "GATEWAY_PORT": str(listener.getsockname()[1]),
            "TMPDIR": str(scratch),
            "AUTH": "true",
            "LAMBDA_ACCOUNT_CONCURRENCY": str(places()),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(data / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(data / "s3"),
        }
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    server = Server(data, listener)
    asyncio.run(_serve_and_leave(server, listener))


async def _serve_and_leave(server: Server, listener: socket.socket) -> None:
    await server.run(listener)
    server.lambdas.reset()
    # A thread inside a long call would hold the interpreter's own shutdown for as long as the call takes.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
