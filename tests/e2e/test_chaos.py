"""Workers and the emulator itself are killed; nothing is lost and nothing is bought twice."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.emulator.process import find_emulator, start_emulator
from tests.e2e.conftest import TERMINAL, Deployed

WORKERS = ("script-generator-bot", "render-clip", "close-render", "clip-metadata")
EPISODES = 20
AT_ONCE = 4
PRODUCE = "/functions/generate-episode-from-prompt"


def workers_of(emulator_pid: int, function: str) -> list[int]:
    """Return the processes in which the emulator runs a function: in its own process group, by their environment."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal() or int(process.name) == emulator_pid:
            continue
        try:
            ours = os.getpgid(int(process.name)) == os.getpgid(emulator_pid)
            environment = (process / "environ").read_bytes().split(b"\0") if ours else []
        except (ProcessLookupError, FileNotFoundError, PermissionError):
            continue
        if f"POWERTOOLS_SERVICE_NAME={function}".encode() in environment:
            found.append(int(process.name))
    return found


class Killer(threading.Thread):
    """Kills one worker of each function for each episode, each at a random moment, and waits for one if need be."""

    def __init__(self, emulator_pid: int) -> None:
        super().__init__(daemon=True)
        self.killed: Counter[str] = Counter()
        self._emulator_pid = emulator_pid
        self._chance = random.Random(20)
        self._due: list[tuple[float, str]] = []
        self._dead: set[int] = set()
        self._over = threading.Event()

    def order(self, seconds: float) -> None:
        """One kill of each function within the next `seconds`."""
        self._due += [(time.monotonic() + self._chance.uniform(0, seconds), function) for function in WORKERS]

    @property
    def owes(self) -> int:
        """How many kills are still to come."""
        return len(self._due)

    def run(self) -> None:
        """Kill whatever is due, until told to stop."""
        while not self._over.wait(0.02):
            for entry in [entry for entry in self._due if entry[0] <= time.monotonic()]:
                running = set(workers_of(self._emulator_pid, entry[1])) - self._dead
                if running:
                    victim = self._chance.choice(sorted(running))
                    os.kill(victim, signal.SIGKILL)
                    self._dead.add(victim)
                    self._due.remove(entry)
                    self.killed[entry[1]] += 1

    def stop(self) -> None:
        """Kill nobody any more."""
        self._over.set()
        self.join()


@pytest.fixture
def slow_gemini(deployed: Deployed) -> Iterator[None]:
    """Calls that take long enough to be killed in."""
    deployed.gemini.reset()
    deployed.gemini.seconds.update(text=0.5, image=0.7)
    yield
    deployed.gemini.seconds.update(text=0.0, image=0.0)


def test_twenty_episodes_survive_a_kill_of_each_worker_and_buy_nothing_twice(
    deployed: Deployed, slow_gemini: None
) -> None:
    owner = deployed.person("kill")
    s3, bucket = deployed.outputs.client("s3"), deployed.outputs["AttachmentsBucket"]
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    killer = Killer(deployed.emulator.pid)
    killer.start()
    made: list[str] = []
    while len(made) < EPISODES or killer.owes:
        assert len(made) < 2 * EPISODES, f"kills that found no worker: {killer.owes}"
        started = []
        for _ in range(AT_ONCE):
            order = {"prompt": f"Night {len(made) + len(started)} in the tower", "provider": "gemini"}
            started.append(owner.ok("POST", PRODUCE, order)["episode_id"])
            if len(made) + len(started) <= EPISODES:
                killer.order(seconds=4.0)
        for episode_id in started:
            owner.wait(episode_id, lambda e: e["status"] in TERMINAL, 120)
        made += started
    killer.stop()
    # Events whose worker was killed each time they were tried are dead letters; the sweep has those clips measured.
    deployed.sweep()
    episodes = [owner.finished(episode_id, 60) for episode_id in made]
    assert [episode["status"] for episode in episodes] == ["completed"] * len(made), [e["reason"] for e in episodes]
    assert all(clip["measured"] for episode in episodes for clip in episode["clips"])
    assert killer.killed == dict.fromkeys(WORKERS, EPISODES)
    versions = Counter(
        version["Key"]
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        for version in page.get("Versions", [])
        if "/memo/" in version["Key"]
    )
    assert len(versions) == len(made) * 7  # a script, three pictures and a verdict on each
    # A result that was stored and then bought again would have been stored twice.
    assert set(versions.values()) == {1}
    bought = Counter(call.sha256 for call in deployed.gemini.calls)
    lost = sum(count - 1 for count in bought.values())
    print(f"killed {dict(killer.killed)} over {len(made)} episodes; {bought.total()} calls, {lost} repeated unstored")


def test_after_kill_9_of_the_emulator_the_finished_episode_is_still_there(deployed: Deployed) -> None:
    owner = deployed.person("phoenix")
    order = {"prompt": "The lights go out", "provider": "draft", "clips": 1}
    made = owner.finished(owner.ok("POST", PRODUCE, order)["episode_id"])
    time.sleep(5)  # two checkpoints
    port = deployed.emulator.port
    os.kill(deployed.emulator.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while find_emulator(deployed.data_dir) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers_of_any(deployed) == []
    deployed.emulator = start_emulator(deployed.data_dir, port=port)
    deployed.store_key()
    owner.sign_in()
    again = owner.ok("GET", f"/episodes/{made['episode_id']}")
    assert again == made
    files = owner.ok("GET", f"/episodes/{made['episode_id']}/files")["items"]
    [clip] = [file for file in files if file["name"] == "clips/1.png"]
    assert len(httpx.get(clip["url"], trust_env=False).content) == clip["bytes"]
    assert again["status"] in TERMINAL


def workers_of_any(deployed: Deployed) -> list[int]:
    """Return the processes whose environment names this emulator's port."""
    mark = f"127.0.0.1:{deployed.emulator.port}".encode()
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and mark in (process / "environ").read_bytes():
                found.append(int(process.name))
        except (ProcessLookupError, FileNotFoundError, PermissionError):
            continue
    return found
