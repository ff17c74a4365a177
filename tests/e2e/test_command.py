"""The `studio` command against the deployed stack, as a person or a script would call it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import settings
from local.emulator.process import Emulator, start_emulator
from local.files import EXPORTS
from local.problems import StudioProblem
from studio.writing import ATTEMPTS
from tests.conftest import ENVIRONMENT
from tests.e2e.conftest import PROMPT, Deployed


@pytest.fixture(autouse=True)
def fresh_gemini(deployed: Deployed) -> Iterator[None]:
    """No outcome left over from another test."""
    deployed.gemini.reset()
    yield
    deployed.gemini.reset()
    deployed.gemini.seconds.update(text=0.0, image=0.0)


def command(deployed: Deployed, *arguments: str, **environment: str) -> list[Any]:
    """Return what `subprocess` needs to run `./studio` on the deployed stack's data."""
    clean = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    data = [] if "--stack" in arguments else ["--data", str(deployed.data_dir)]
    return [[sys.executable, "-m", "local", *arguments, *data], clean | environment]


def studio(deployed: Deployed, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    call, environ = command(deployed, *arguments, **environment)
    return subprocess.run(
        call, env=environ, cwd=settings.ROOT, capture_output=True, text=True, timeout=180, check=False
    )


def produced(deployed: Deployed, out: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run `studio produce --json` and return its exit code and the one object on stdout."""
    done = studio(deployed, "produce", *arguments, "--out", str(out), "--json")
    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def test_produce_prints_one_object_and_leaves_the_episode_on_disk(deployed: Deployed, tmp_path: Path) -> None:
    code, told = produced(deployed, tmp_path, PROMPT, "--provider", "draft", "--clips", "1", "--aspect", "1:1")
    assert (code, told["status"], told["provider"], told["cost_usd"]) == (0, "completed", "draft", 0)
    assert {"episode_id", "title", "seconds"} <= told.keys()
    files = {
        str(Path(name).relative_to(tmp_path / Path(name).relative_to(tmp_path).parts[0])) for name in told["files"]
    }
    assert files == {
        "episode.json",
        "script.md",
        "script.fountain",
        "clips/1.png",
        "clips/1.json",
        "metadata.json",
        "contact-sheet.png",
        *EXPORTS,
    }
    assert all(Path(name).stat().st_size > 0 for name in told["files"])


def test_a_clip_that_is_refused_leaves_a_partial_episode_and_exit_code_3(deployed: Deployed, tmp_path: Path) -> None:
    deployed.gemini.queue("image", "image-safety")
    code, told = produced(deployed, tmp_path, f"{PROMPT} twice", "--provider", "gemini", "--clips", "2")
    assert (code, told["status"]) == (3, "partial")
    assert told["cost_usd"] > 0


def test_a_prompt_that_is_refused_is_exit_code_1_with_the_reason(deployed: Deployed, tmp_path: Path) -> None:
    deployed.gemini.queue("text", *["blocked-prompt"] * ATTEMPTS)
    code, told = produced(deployed, tmp_path, "Something unspeakable", "--provider", "gemini")
    assert (code, told["status"]) == (1, "failed")
    assert "refused the prompt" in told["error"]


@pytest.mark.parametrize("arguments", [["--clips", "7"], ["--aspect", "4:3"], ["--provider", "crayon"]])
def test_bad_arguments_are_exit_code_2(deployed: Deployed, arguments: list[str]) -> None:
    done = studio(deployed, "produce", PROMPT, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_ctrl_c_cancels_the_episode_and_resume_takes_it_up_again(deployed: Deployed, tmp_path: Path) -> None:
    deployed.gemini.seconds["image"] = 3.0
    arguments = ("produce", f"{PROMPT} cut short", "--provider", "gemini", "--out", str(tmp_path), "--json")
    call, environ = command(deployed, *arguments)
    running = subprocess.Popen(
        call, env=environ, cwd=settings.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not any(seen.kind == "image" for seen in deployed.gemini.calls):
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    told = json.loads(stdout)
    assert (running.returncode, told["status"]) == (130, "cancelled")
    assert f"--resume {told['episode_id']}" in stderr
    deployed.gemini.seconds["image"] = 0.0
    code, again = produced(deployed, tmp_path, "--resume", told["episode_id"])
    assert (code, again["status"], again["episode_id"]) == (0, "completed", told["episode_id"])
    assert [seen.kind for seen in deployed.gemini.calls].count("text") == 1


def test_two_starts_at_once_share_one_emulator_and_a_third_on_its_port_is_told_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started: list[Emulator] = []
    threads = [threading.Thread(target=lambda: started.append(start_emulator(tmp_path / "one", port))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert len({emulator.pid for emulator in started}) == 1
        assert sorted(emulator.started_here for emulator in started) == [False, True]
        with pytest.raises(StudioProblem, match=f"Port {port} is in use"):
            start_emulator(tmp_path / "other", port)
    finally:
        started[0].stop()


def test_a_port_in_use_is_one_sentence_that_names_the_way_out(deployed: Deployed, tmp_path: Path) -> None:
    del deployed
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        clean = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
        call = [sys.executable, "-m", "local", "up", "--port", str(port), "--data", str(tmp_path)]
        done = subprocess.run(
            call, env=clean, cwd=settings.ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode != 0
    assert f"Port {port} is in use" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stack_is_reached_by_its_name_with_ones_own_password(deployed: Deployed) -> None:
    owner = deployed.person("cloud")
    account = {
        "AWS_ENDPOINT_URL": deployed.emulator.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": settings.REGION,
        "AWS_DEFAULT_REGION": settings.REGION,
        "STUDIO_EMAIL": owner.email,
        "STUDIO_PASSWORD": owner.password,
    }
    token = studio(deployed, "token", "--stack", deployed.outputs.stack, **account)
    assert token.returncode == 0, token.stderr
    owner.token = token.stdout.strip()
    assert owner.ok("GET", "/dashboard")["episodes"]["total"] == 0
    logs = studio(deployed, "logs", "dashboard", "--stack", deployed.outputs.stack, **account)
    assert logs.returncode == 0, logs.stderr
    assert "answered" in logs.stdout
