"""The disk is really full: the deployed stack once more, from a copy of its data, on a file system that can be filled.

It is mounted in a namespace of its own, which an ordinary Linux user may make as well as root, and which is gone with
the last process in it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import settings
from local.emulator.room import RESERVE_BYTES
from tests.conftest import ENVIRONMENT
from tests.e2e.conftest import PROMPT, Deployed, Person

PRODUCE = "/functions/generate-episode-from-prompt"
ROOM = 2 * RESERVE_BYTES
STARTED = """
import sys
from pathlib import Path
from local.emulator.process import start_emulator
print(start_emulator(Path(sys.argv[1]), int(sys.argv[2])).port)
"""
COPIED = """
import sys
from shutil import copytree, ignore_patterns
copytree(sys.argv[1], sys.argv[2], ignore=ignore_patterns("*.part"))  # those come and go while it runs
"""


@dataclass
class SmallDisk:
    """A directory on a small file system that only `run` sees, and the emulator that serves it."""

    data: Path
    enter: list[str]
    port: int = 0

    def run(self, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command where the disk is mounted."""
        clean = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
        there = ["sh", "-c", 'cd "$0" && exec "$@"', settings.ROOT]
        call = [*self.enter, *there, *command]
        return subprocess.run(call, env=clean, capture_output=True, text=True, timeout=120, check=check)

    def studio(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `./studio` on this disk's data."""
        return self.run(sys.executable, "-m", "local", *arguments, "--data", self.data, check=False)

    def start(self) -> None:
        """Start the emulator, on the port it had before."""
        self.port = int(self.run(sys.executable, "-c", STARTED, self.data, str(self.port)).stdout)

    def fill(self) -> None:
        """Leave not one byte."""
        for size in ("1M", "1"):
            self.run("dd", "if=/dev/zero", f"of={self.data}/ballast-{size}", f"bs={size}", check=False)
        assert self.run("df", "--output=avail", self.data).stdout.split()[-1] == "0"

    def clear(self) -> None:
        """Give the room back."""
        self.run("rm", self.data / "ballast-1M", self.data / "ballast-1")

    def trouble(self) -> str:
        """Return why the emulator's state is not being saved; nothing when it is."""
        page = httpx.get(f"http://127.0.0.1:{self.port}/_studio/health", trust_env=False).json()
        return str(page["checkpoint"]["error"])


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _saved(deployed: Deployed) -> None:
    """Wait until the deployed stack's emulator has saved all that it knows by now."""
    storage, now = deployed.outputs.client("s3"), time.time()

    def saved() -> bool:
        storage.list_buckets()  # it sees no need to save while nobody asks it anything
        return bool(deployed.emulator.health()["checkpoint"]["saved_at"] > now + 1)

    until(saved)


@pytest.fixture
def disk(deployed: Deployed, tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk with the deployed stack's emulator on it."""
    if not (shutil.which("unshare") and shutil.which("nsenter")):
        pytest.skip("no unshare here to mount a small disk with")
    _saved(deployed)
    state = deployed.data_dir / "state"
    size = sum(file.stat().st_size for file in state.rglob("*") if file.is_file())
    data = tmp_path / "data"
    data.mkdir()
    root = os.geteuid() == 0
    mount = f'mount -t tmpfs -o size={size + ROOM} none "$0" && echo mounted && exec sleep infinity'
    holder = subprocess.Popen(
        ["unshare", "--mount", *([] if root else ["--map-root-user"]), "sh", "-c", mount, data],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        if holder.stdout.readline() != "mounted\n":
            pytest.skip(f"a small disk cannot be mounted here: {holder.communicate()[1].strip()}")
        enter = ["nsenter", "--target", str(holder.pid), "--mount"]
        disk = SmallDisk(data, enter if root else [*enter, "--user", "--preserve-credentials"])
        disk.run(sys.executable, "-c", COPIED, state, data / "state")
        disk.run("cp", deployed.data_dir / "stack.json", data)
        # Unpacked layers are named by their content and only read, so they are shared.
        disk.run("ln", "-s", deployed.data_dir / "layers", data / "layers")
        disk.start()
        yield disk
        disk.studio("down")
    finally:
        holder.kill()
        holder.wait()


def test_a_full_disk_is_told_in_one_sentence_and_costs_nothing(
    deployed: Deployed, disk: SmallDisk, tmp_path: Path
) -> None:
    out = ("--out", str(tmp_path / "out"), "--json")
    token = disk.studio("token").stdout.strip()
    here = Deployed(
        deployed.emulator,
        replace(deployed.outputs, endpoint=f"http://127.0.0.1:{disk.port}"),
        deployed.gemini,
        deployed.networks,
        disk.data,
    )
    owner = Person(here, "", "", token)
    kept = owner.finished(owner.ok("POST", PRODUCE, {"prompt": PROMPT, "provider": "draft", "clips": 1})["episode_id"])
    stopped = owner.ok("POST", PRODUCE, {"prompt": f"{PROMPT} on paper", "provider": "draft", "clips": 2})["episode_id"]
    assert owner.call("POST", f"/episodes/{stopped}/cancel").status_code == 202

    disk.fill()
    answers = [
        owner.call("POST", PRODUCE, {"prompt": PROMPT, "provider": "draft"}),
        owner.call("PATCH", f"/episodes/{kept['episode_id']}", {"version": kept["version"], "title": "Lost"}),
        owner.call("PUT", f"/projects/{stopped}/characters/{stopped}/reference", {"attachment_id": None}),
        owner.call("DELETE", f"/episodes/{kept['episode_id']}"),
    ]
    for answer in answers:
        problem = answer.json()
        assert (answer.status_code, answer.headers["Content-Type"]) == (507, "application/problem+json")
        assert (problem["type"], problem["status"]) == ("urn:episode-studio:storage_full", 507)
        assert problem["request_id"]
    sentence = answers[0].json()["detail"]
    for order in (["Another one", "--provider", "draft"], ["--resume", stopped]):
        done = disk.studio("produce", *order, *out)
        assert done.returncode == 1, done.stderr
        assert json.loads(done.stdout)["error"].startswith(sentence)
        assert "Traceback" not in done.stderr
    assert f"--resume {stopped}" in done.stderr
    assert owner.ok("GET", f"/episodes/{kept['episode_id']}") == kept
    # A function that has not been started yet may have no room to start in; that too is told in our words.
    cold: Any = owner.call("GET", "/bots")
    assert cold.status_code == 200 or cold.json()["type"] == "urn:episode-studio:storage_full", cold.text
    until(lambda: "No space left" in disk.trouble())
    assert "not being saved" in disk.studio("status").stderr

    disk.clear()
    done = disk.studio("produce", "--resume", stopped, *out)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (0, "completed"), done.stderr
    until(lambda: disk.trouble() == "")
    made = [owner.ok("GET", f"/episodes/{episode_id}") for episode_id in (kept["episode_id"], stopped)]
    assert made[0] == kept
    assert disk.studio("down").returncode == 0
    disk.start()
    owner.token = disk.studio("token").stdout.strip()
    assert [owner.ok("GET", f"/episodes/{episode['episode_id']}") for episode in made] == made
    for episode in made:
        for file in owner.ok("GET", f"/episodes/{episode['episode_id']}/files")["items"]:
            assert len(httpx.get(file["url"], trust_env=False).content) == file["bytes"]
