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


def kill_one_of_each(deployed: Deployed, chance: random.Random, seconds: float, killed: Counter[str]) -> None:
    """Kill one worker of each function, each at a random moment of the next `seconds`."""
    moments = sorted((chance.uniform(0, seconds), function) for function in WORKERS)
    began = time.monotonic()
    for moment, function in moments:
        time.sleep(max(0.0, began + moment - time.monotonic()))
        for _ in range(600):  # until there is one: some begin late
            running = workers_of(deployed.emulator.pid, function)
            if running:
                os.kill(chance.choice(running), signal.SIGKILL)
                killed[function] += 1
                break
            time.sleep(0.02)


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
    killed: Counter[str] = Counter()
    made = []
    for batch in range(EPISODES // AT_ONCE):
        numbers = range(batch * AT_ONCE, (batch + 1) * AT_ONCE)
        started = [
            owner.ok("POST", PRODUCE, {"prompt": f"Night {number} in the tower", "provider": "gemini"})["episode_id"]
            for number in numbers
        ]
        killers = [
            threading.Thread(target=kill_one_of_each, args=(deployed, random.Random(number), 4.0, killed))
            for number in numbers
        ]
        for killer in killers:
            killer.start()
        for killer in killers:
            killer.join()
        made += [owner.wait(episode_id, lambda e: e["status"] in TERMINAL, 120)["episode_id"] for episode_id in started]
    # Events whose worker was killed each time they were tried are dead letters; the sweep has those clips measured.
    deployed.sweep()
    made = [owner.finished(episode_id, 60) for episode_id in made]
    assert [episode["status"] for episode in made] == ["completed"] * EPISODES, [e["reason"] for e in made]
    assert all(clip["measured"] for episode in made for clip in episode["clips"])
    assert min(killed[function] for function in WORKERS) >= EPISODES - 1, killed
    versions = Counter(
        version["Key"]
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        for version in page.get("Versions", [])
        if "/memo/" in version["Key"]
    )
    assert len(versions) == EPISODES * 4  # a script and three clips each
    # A result that was stored and then bought again would have been stored twice.
    assert set(versions.values()) == {1}
    bought = Counter(call.sha256 for call in deployed.gemini.calls)
    lost = sum(count - 1 for count in bought.values())
    print(f"killed {dict(killed)}; {bought.total()} calls, {lost} of them repeated ones that died unstored")


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
