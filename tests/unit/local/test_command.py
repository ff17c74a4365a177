"""The `studio` command: exit codes, one JSON object on stdout, sentences instead of tracebacks."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import client, files, laptop, produce, progress, settings
from local.__main__ import main
from local.laptop import Place
from local.problems import StudioProblem
from local.stack import Outputs
from tests.unit.local.studio_api import EPISODE, StudioApi


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(produce, "FIRST_POLL", 0.01)
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.01)
    monkeypatch.setenv("STUDIO_CWD", str(tmp_path))
    monkeypatch.delenv(laptop.KEY_VARIABLE, raising=False)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioApi]:
    with StudioApi() as server:
        outputs = Outputs("episode-studio", "us-east-1", "", {"ApiUrl": server.url}, {"Provider": "draft"})
        monkeypatch.setattr(laptop, "running", lambda data: Place(outputs, lambda fresh: "token"))
        yield server


def studio(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["studio", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["produce"],
        ["produce", "   "],
        ["produce", "x", "--resume", EPISODE],
        ["produce", "x", "--clips", "7"],
        ["produce", "x", "--clips", "0"],
        ["produce", "x", "--aspect", "4:3"],
        ["produce", "x", "--provider", "nobody"],
        ["produce", "x", "--review", "script"],
        ["produce", "x", "--full", "--review", "everything"],
        ["produce", "x", "--full", "--stop-after", "lunch"],
        ["produce", "x", "--full", "--start-at", "hooks"],
        ["produce", "x", "--full", "--air-date", "tomorrow"],
        ["produce", "x", "--stack", "far-away", "--record", "here"],
        ["produce", "--stack", "far-away", "--replay", "here"],
        ["produce", "x", "--replay", "here"],
        ["produce", "--replay", "here", "--full"],
        ["review", "x", "--approve", "--reject", "no"],
        ["up", "--port", "70000"],
        ["nonsense"],
    ],
)
def test_bad_arguments_exit_2_and_say_so_without_a_traceback(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert studio(monkeypatch, *arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "✗" in said.err
    assert "Traceback" not in said.err


def test_json_is_one_object_also_for_bad_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert studio(monkeypatch, "produce", "x", "--json", "--clips", "9") == 2
    page = json.loads(capsys.readouterr().out)
    assert page["status"] == "failed"
    assert "--clips" in page["error"]


def test_produce_brings_verified_files_and_prints_one_object(
    api: StudioApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert studio(monkeypatch, "produce", "Two sisters", "--json", "--clips", "2", "--aspect", "9:16") == 0
    page = json.loads(capsys.readouterr().out)
    assert set(page) == {"episode_id", "status", "title", "files", "provider", "seconds", "quote_usd", "cost_usd"}
    assert (page["status"], page["quote_usd"], page["cost_usd"], page["provider"]) == ("completed", 0.05, 0.25, "draft")
    folder = tmp_path / "out" / "a-quiet-lie"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        "episode.json", "script.md", "script.fountain", "metadata.json", "contact-sheet.png", *files.EXPORTS,
        "clips/1.png", "clips/1.json", "clips/2.png", "clips/2.json",
    }  # fmt: skip
    assert sorted(page["files"]) == sorted(str(path) for path in folder.rglob("*") if path.is_file())
    assert api.orders == [{"prompt": "Two sisters", "clips": 2, "project_id": "p1", "aspect": "9:16"}]
    assert api.ways == [client.QUICK_WAY]
    assert all(api.keys)
    assert (folder / "shots.csv").read_bytes() == "csv: café\r\n".encode()


@pytest.mark.parametrize(("status", "code"), [("completed", 0), ("failed", 1), ("cancelled", 1), ("partial", 3)])
def test_the_exit_code_tells_how_it_ended(
    status: str, code: int, api: StudioApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    api.status = status
    assert studio(monkeypatch, "produce", "x", "--json") == code
    page = json.loads(capsys.readouterr().out)
    assert page["status"] == status
    assert ("error" in page) == (code != 0)
    if status == "partial":
        assert page["error"] == "clip 2: blocked by safety"


def test_a_refusal_is_told_with_its_fields_and_exits_2(
    api: StudioApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = [{"path": "prompt", "message": "is too long"}]
    api.refuse = (422, {"detail": "The request is not valid.", "errors": errors, "request_id": "r-1"})
    assert studio(monkeypatch, "produce", "x", "--json") == 2
    page = json.loads(capsys.readouterr().out)
    assert page["error"] == "The request is not valid. [prompt: is too long] (request r-1)"


def test_a_passing_outage_is_waited_out(api: StudioApi, monkeypatch: pytest.MonkeyPatch) -> None:
    api.stumble = 2
    assert studio(monkeypatch, "produce", "x", "--json") == 0


def test_resume_follows_a_finished_episode_home_without_ordering_again(
    api: StudioApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.readings = 0
    assert studio(monkeypatch, "produce", "--resume", EPISODE, "--json") == 0
    assert api.orders == []


def test_resume_takes_up_a_partial_episode(api: StudioApi, monkeypatch: pytest.MonkeyPatch) -> None:
    api.readings, api.status = 0, "partial"
    assert studio(monkeypatch, "produce", "--resume", EPISODE, "--json") == 3
    assert api.orders == [{"episode_id": EPISODE}]


def test_ctrl_c_cancels_the_episode_and_says_how_to_go_on(
    api: StudioApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(self: object, episode: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(progress.Progress, "show", interrupted)
    assert studio(monkeypatch, "produce", "x", "--json") == 130
    said = capsys.readouterr()
    assert api.cancelled
    assert json.loads(said.out)["status"] == "cancelled"
    assert f"--resume {EPISODE}" in " ".join(said.err.split())


def test_another_episode_of_the_same_title_gets_a_folder_of_its_own(
    api: StudioApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken = tmp_path / "out" / "a-quiet-lie"
    taken.mkdir(parents=True)
    (taken / "episode.json").write_text('{"episode_id": "another"}')
    assert studio(monkeypatch, "produce", "x", "--json") == 0
    assert (tmp_path / "out" / "a-quiet-lie-abcdef" / "episode.json").exists()


def test_status_and_token_of_a_studio_that_is_down_say_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for command in ("status", "token", "logs"):
        assert studio(monkeypatch, command, "--data", str(tmp_path / "none")) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "./studio up" in said.err


def test_gemini_without_a_key_says_how_to_give_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert studio(monkeypatch, "produce", "x", "--provider", "gemini", "--data", str(tmp_path)) == 2
    assert "GEMINI_API_KEY" in capsys.readouterr().err


def test_the_key_and_the_users_credentials_do_not_reach_child_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    environment = settings.emulator_environment("http://127.0.0.1:1")
    assert "secret" not in environment.values()
    assert environment["HTTPS_PROXY"] == "http://proxy.example"
    assert environment["NO_PROXY"].endswith("127.0.0.1,localhost")


def test_the_stack_names_what_it_lacks() -> None:
    with pytest.raises(StudioProblem, match="no output called ApiStage"):
        _ = Outputs("x", "r", "http://127.0.0.1:1", {}, {}).api_url
