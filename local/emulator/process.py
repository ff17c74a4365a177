"""Starting, finding and stopping the emulator of a data directory.

The lock file in the data directory is held by the emulator's own process for as long as it or anything it started
lives. So "is it running?" is a question to the kernel, and a pid file left by a crash misleads nobody.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from local import environments, locks, settings
from local.problems import StudioProblem

START_SECONDS = 60.0
STOP_SECONDS = 15.0
LOG_KEPT_BYTES = 4_000_000

# serve.py's exit codes; it runs in another environment and cannot be imported here.
PORT_TAKEN = 73
ALREADY_RUNNING = 75


@dataclass(frozen=True)
class Emulator:
    """An emulator that answers. As a context manager it is stopped at the end, if this start is what started it."""

    data_dir: Path
    port: int
    pid: int
    token: str
    started_here: bool = False

    @property
    def endpoint(self) -> str:
        """The AWS endpoint URL, the same for every service."""
        return f"http://127.0.0.1:{self.port}"

    def health(self) -> dict[str, Any]:
        """The server's own page about itself: uptime and the last checkpoint. Raises StudioProblem when silent."""
        page = _health(self.port)
        if page is None:
            raise StudioProblem(f"The emulator on port {self.port} does not answer.", "./studio down, then ./studio up")
        return page

    def stop(self) -> None:
        """Stop it, with everything it started; its state is saved first."""
        stop_emulator(self.data_dir)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.started_here:
            self.stop()


def find_emulator(data_dir: Path) -> Emulator | None:
    """The emulator serving `data_dir`, or None."""
    if not locks.is_held(data_dir / "emulator.lock"):
        return None
    record = _record(data_dir)
    page = _health(record.get("port", 0)) if record else None
    if not page or page["token"] != record.get("token"):
        return None
    return Emulator(data_dir, record["port"], record["pid"], record["token"])


def start_emulator(
    data_dir: Path, port: int | None = None, *, say: Callable[[str], None] = lambda line: None
) -> Emulator:
    """The emulator of `data_dir`, started when it is not running. `port=0` takes a free one, None the one it had last.

    A running one is taken as it is, whatever its port. Raises StudioProblem when the port belongs to somebody else.
    """
    python = environments.emulator_python()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locks.holding(data_dir / "start.lock", lambda: say("Another ./studio is starting it; waiting.")):
        running = find_emulator(data_dir)
        if running is not None:
            return running
        if locks.is_held(data_dir / "emulator.lock"):
            say("The emulator of an earlier run does not answer; ending it.")
            stop_emulator(data_dir)
        wanted = port if port is not None else _record(data_dir).get("port", settings.DEFAULT_PORT)
        return _launch(python, data_dir, wanted, say)


def stop_emulator(data_dir: Path) -> bool:
    """Stop the emulator of `data_dir` and everything it started. False when none was running."""
    lock = data_dir / "emulator.lock"
    if not locks.is_held(lock):
        return False
    pid = _holder(lock)
    for number, patience in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)):
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not locks.is_held(lock):
                return True
            time.sleep(0.05)
    raise StudioProblem(f"The emulator (pid {pid}) does not stop.", f"kill -9 {pid}, then run the command again.")


def _holder(lock: Path) -> int | None:
    """The pid the server wrote into its lock file, if that process is a server still: numbers are given out again."""
    try:
        pid = int(lock.read_text())
    except (OSError, ValueError):
        return None
    answer = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return pid if "local.emulator.serve" in answer.stdout else None


def _launch(python: Path, data_dir: Path, port: int, say: Callable[[str], None]) -> Emulator:
    log = _fresh_log(data_dir / "emulator.log")
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(python), "-m", "local.emulator.serve", "--data", str(data_dir), "--port", str(port)],
            env=settings.child_environment(AWS_DEFAULT_REGION=settings.REGION, PYTHONUNBUFFERED="1"),
            cwd=settings.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    try:
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise _why_it_ended(child.returncode, port, log)
            found = find_emulator(data_dir)
            if found is not None:
                for line in log.read_text(errors="replace").splitlines():
                    if line.startswith("Unreadable state"):
                        say(line)
                return Emulator(found.data_dir, found.port, found.pid, found.token, started_here=True)
            time.sleep(0.05)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        raise
    child.terminate()
    raise StudioProblem(f"The emulator did not answer within {START_SECONDS:.0f} s.", f"Its log: {log}")


def _why_it_ended(code: int, port: int, log: Path) -> StudioProblem:
    if code == PORT_TAKEN:
        return StudioProblem(
            f"Port {port} is in use by another program.", f"Choose another one: ./studio up --port {port + 1}"
        )
    if code == ALREADY_RUNNING:
        return StudioProblem("An emulator for this data directory is running already.", "./studio status")
    text = log.read_text(errors="replace")
    tail = "\n".join(text.splitlines()[-15:])
    if "No space left on device" in tail:
        return StudioProblem("The disk is full, so the emulator cannot start.", "Free some space and run it again.")
    return StudioProblem("The emulator ended while starting.", f"Its log: {log}", detail=tail)


def _fresh_log(path: Path) -> Path:
    """Start a new log, keeping the one before it."""
    if path.exists():
        if path.stat().st_size > LOG_KEPT_BYTES:
            path.unlink()
        else:
            shutil.move(path, path.with_suffix(".log.1"))
    return path


def _record(data_dir: Path) -> dict[str, Any]:
    """What the last server wrote about itself: pid, port, token. Empty when there is nothing readable."""
    try:
        record = json.loads((data_dir / "emulator.json").read_text())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) and isinstance(record.get("port"), int) else {}


def _health(port: int) -> dict[str, Any] | None:
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/_studio/health", timeout=3) as answer:
            page = json.load(answer)
    except (URLError, OSError, ValueError):
        return None
    return page if isinstance(page, dict) and "token" in page else None
