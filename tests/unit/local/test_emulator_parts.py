"""The emulator's parts that need no emulator: checkpoints, shared layers, locks, what a taken port says."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from local import identity, locks, logs
from local.emulator import process
from local.emulator.checkpoint import Checkpoint, restore_blobs, unreadable_states, without_model_keys
from local.emulator.gateway import RESPONSES, at_home, importing_responses
from local.emulator.layers import SharedLayers
from local.problems import of_os_error


def _default(value: Any) -> Any:
    raise TypeError(str(type(value)))


def _checkpoint(directory: Path) -> Checkpoint:
    return Checkpoint(directory, _default, lambda service: 2)


def test_a_checkpoint_keeps_large_bytes_apart_and_reads_them_back(tmp_path: Path) -> None:
    layer = os.urandom(100_000)
    _checkpoint(tmp_path).save({"lambda": lambda: {"zip": layer}})
    assert (tmp_path / "lambda.json").stat().st_size < 1000
    hook = restore_blobs(lambda node: node, tmp_path / "blobs")
    assert json.loads((tmp_path / "lambda.json").read_text(), object_hook=hook)["payload"] == {"zip": layer}
    assert unreadable_states(tmp_path) == []


def test_a_checkpoint_writes_only_what_changed_and_drops_unused_blobs(tmp_path: Path) -> None:
    state = {"zip": os.urandom(100_000)}
    checkpoint = _checkpoint(tmp_path)
    checkpoint.save({"lambda": lambda: state})
    first = (tmp_path / "lambda.json").stat().st_mtime_ns
    checkpoint.save({"lambda": lambda: state})
    assert (tmp_path / "lambda.json").stat().st_mtime_ns == first
    state["zip"] = os.urandom(100_000)
    checkpoint.save({"lambda": lambda: state})
    assert len(list((tmp_path / "blobs").iterdir())) == 1


def test_a_failing_checkpoint_keeps_the_last_good_file_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = _checkpoint(tmp_path)
    checkpoint.save({"dynamodb": lambda: {"rows": 1}})
    good = (tmp_path / "dynamodb.json").read_text()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    checkpoint.save({"dynamodb": lambda: {"rows": 2}})
    assert "No space left" in checkpoint.error
    assert (tmp_path / "dynamodb.json").read_text() == good
    monkeypatch.undo()
    checkpoint.save({"dynamodb": lambda: {"rows": 2}})
    assert checkpoint.error == ""


def test_a_state_changed_while_it_is_copied_is_tried_again(tmp_path: Path) -> None:
    answers: list[Any] = [RuntimeError("dictionary changed size during iteration"), {"ok": True}]

    def state() -> object:
        answer = answers.pop(0)
        if isinstance(answer, RuntimeError):
            raise answer
        return answer

    checkpoint = _checkpoint(tmp_path)
    checkpoint.save({"s3": state})
    assert checkpoint.error == ""
    assert (tmp_path / "s3.json").exists()


def test_broken_state_is_found(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text("{}")
    (tmp_path / "half.json").write_text('{"a": ')
    (tmp_path / "gone.json").write_text('{"zip": {"__studio_blob__": "none"}}')
    assert unreadable_states(tmp_path) == ["gone.json", "half.json"]


def test_model_keys_are_not_saved_and_other_secrets_are() -> None:
    state = {"a": {"SecretString": '{"api_key": "secret"}'}, "b": {"SecretString": '{"token": "kept"}'}}
    saved = json.dumps(without_model_keys(state, _default))
    assert "secret" not in saved
    assert "kept" in saved


def test_layers_are_unpacked_once_and_linked(tmp_path: Path) -> None:
    shared = SharedLayers(tmp_path / "layers")
    opener = shared.zipfile()
    for worker in ("a", "b"):
        archive, target = tmp_path / worker / "layer_0.zip", tmp_path / worker / "layer_0"
        target.mkdir(parents=True)
        with zipfile.ZipFile(archive, "w") as made:
            made.writestr(zipfile.ZipInfo("python/toy.py"), "NAME = 1")
        with opener.ZipFile(str(archive)) as opened:
            assert opened.namelist() == []
            opened.extractall(str(target))
        assert (target / "python" / "toy.py").read_text() == "NAME = 1"
        assert not archive.exists()
    assert len(list((tmp_path / "layers").iterdir())) == 1


def test_an_apis_own_refusals_are_imported_with_it() -> None:
    put: list[tuple[str, str, Any]] = []

    def answer(api: str, kind: str, response: Any) -> tuple[int, dict[str, str], bytes]:
        put.append((api, kind, response))
        return (400 if kind == "NO_SUCH" else 201), {}, b"{}"

    imported = importing_responses(lambda spec, base=None: base["name"], answer)
    assert imported({"paths": {}}, {"name": "a"}) == "a"
    assert imported({RESPONSES: {"UNAUTHORIZED": {"statusCode": 401}}}, {"name": "b"}) == "b"
    assert put == [("b", "UNAUTHORIZED", {"statusCode": 401})]
    with pytest.raises(ValueError, match="NO_SUCH"):
        imported({RESPONSES: {"NO_SUCH": {}}}, {"name": "c"})


def test_a_lock_is_held_while_its_block_runs(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    assert not locks.is_held(path)
    with locks.holding(path):
        assert locks.is_held(path)
    assert not locks.is_held(path)


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("")
    told = process._why_it_ended(process.PORT_TAKEN, 4566, log)
    assert told.what == "Port 4566 is in use by another program."
    assert "--port 4567" in told.next_step


def test_a_dead_emulators_record_misleads_nobody(tmp_path: Path) -> None:
    (tmp_path / "emulator.json").write_text(json.dumps({"pid": os.getpid(), "port": 1, "token": "x"}))
    (tmp_path / "emulator.lock").write_text(str(os.getpid()))
    assert process.find_emulator(tmp_path) is None
    assert process.stop_emulator(tmp_path) is False


def test_a_full_disk_is_told_as_one() -> None:
    assert of_os_error(OSError(28, "No space left on device", "/x")).what == "The disk is full (/x)."


def test_a_token_that_cannot_be_kept_is_good_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert identity.cached_token(tmp_path / "token.json", lambda: "a.b.c") == "a.b.c"
    assert list(tmp_path.iterdir()) == []


def test_log_lines_are_readable_and_belong_to_their_function() -> None:
    events = [
        {"group": "/studio", "logStreamName": "s", "timestamp": 1, "message": "plain words"},
        {
            "group": "/studio", "logStreamName": "s", "timestamp": 2,
            "message": json.dumps({"level": "ERROR", "message": "it broke", "service": "render-clip", "clip": 2}),
        },
    ]  # fmt: skip
    logs._name_functions(events, "episode-studio")
    told = [str(logs.line(event)) for event in events]
    assert "render-clip plain words" in told[0]
    assert "render-clip ERROR" in told[1]
    assert told[1].endswith("it broke clip=2")
    assert logs.line({**events[0], "message": "START RequestId: 1"}) is None


# -- the API at an address of its own


@pytest.mark.parametrize(
    ("path", "leads"), [("/v1/episodes", True), ("/v1", False), ("/v10/x", False), ("/b/k", False)]
)
def test_the_stages_path_leads_to_the_only_api(path: str, leads: bool) -> None:
    scope = {"path": path, "raw_path": path.encode(), "type": "http"}
    expected = f"/_aws/execute-api/a1b2{path}" if leads else path
    led = at_home(scope, ["a1b2"])
    assert (led["path"], led["raw_path"]) == (expected, expected.encode())


def test_where_there_are_several_apis_each_is_asked_by_its_id() -> None:
    scope = {"path": "/v1/episodes", "raw_path": b"/v1/episodes"}
    assert at_home(scope, []) == at_home(scope, ["a", "b"]) == scope
