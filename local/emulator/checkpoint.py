"""Saving the emulator's state while it runs, so that a killed one forgets at most the last two seconds.

Runs inside the emulator's own environment: standard library only. MiniStack's `save_all` writes on a clean stop; called
every two seconds it would encode every layer's bytes again and again, so here large bytes go to content-addressed blobs
once, a service is written only when its text has changed, and every file is replaced whole or not at all.
"""

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOG = logging.getLogger("studio.checkpoint")

BLOB = "__studio_blob__"
BLOB_THRESHOLD = 64 * 1024
_ATTEMPTS = 4

StateGetter = Callable[[], object]


@dataclass
class Checkpoint:
    """The saved state of every service, one JSON file each, under `directory`.

    `encode_default` and `format_version` are the emulator's own, so that its loader reads what is written here.
    """

    directory: Path
    encode_default: Callable[[Any], Any]
    format_version: Callable[[str], int]
    saved_at: float = 0.0
    seconds: float = 0.0
    error: str = ""
    _written: dict[str, str] = field(default_factory=dict)
    _hashed: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def blobs(self) -> Path:
        """Where large byte strings are kept, named by their SHA-256."""
        return self.directory / "blobs"

    def save(self, services: Mapping[str, StateGetter]) -> None:
        """Write what has changed. A service that cannot be written keeps its last good file and is named in `error`."""
        with self._lock:
            started = time.monotonic()
            failures: list[str] = []
            self.blobs.mkdir(parents=True, exist_ok=True)
            for name, state_of in services.items():
                try:
                    self._save_service(name, state_of)
                except (OSError, TypeError, ValueError, RuntimeError) as problem:
                    LOG.error("checkpoint of %s failed: %s", name, problem)
                    failures.append(f"{name}: {problem}")
            self.error = "; ".join(failures)
            self.seconds = time.monotonic() - started
            if not failures:
                self.saved_at = time.time()

    def _save_service(self, name: str, state_of: StateGetter) -> None:
        state = _steady(state_of)
        if state is None:
            return
        referenced: set[str] = set()

        def encode(value: Any) -> Any:
            if isinstance(value, bytes | bytearray) and len(value) > BLOB_THRESHOLD:
                digest = self._store_blob(bytes(value))
                referenced.add(digest)
                return {BLOB: digest}
            return self.encode_default(value)

        if name == "secretsmanager":
            state = without_model_keys(state, self.encode_default)
        document = {"__ministack_format__": self.format_version(name), "payload": state}
        text = json.dumps(document, default=encode)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if self._written.get(name) == digest:
            return
        replace_file(self.directory / f"{name}.json", text.encode())
        self._written[name] = digest
        if referenced:
            self._prune_blobs(referenced)

    def _store_blob(self, content: bytes) -> str:
        # The same bytes object comes back at every checkpoint (deepcopy shares it), so its hash is taken once.
        known = self._hashed.get(id(content))
        digest = known[1] if known and known[0] is content else hashlib.sha256(content).hexdigest()
        self._hashed[id(content)] = (content, digest)
        path = self.blobs / digest
        if not path.exists():
            replace_file(path, content)
        return digest

    def _prune_blobs(self, referenced: set[str]) -> None:
        self._hashed = {key: entry for key, entry in self._hashed.items() if entry[1] in referenced}
        for path in self.blobs.iterdir():
            if path.name not in referenced:
                path.unlink(missing_ok=True)


def without_model_keys(state: object, encode_default: Callable[[Any], Any]) -> Any:
    """The secrets' state with every `api_key` blanked: `studio up` brings the key again, so it never lies on a disk."""
    tree = json.loads(json.dumps(state, default=encode_default))

    def blank(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: blank(value) for key, value in node.items()}
        if isinstance(node, list):
            return [blank(value) for value in node]
        if isinstance(node, str) and '"api_key"' in node:
            try:
                secret = json.loads(node)
            except ValueError:
                return node
            if isinstance(secret, dict) and secret.get("api_key"):
                return json.dumps(secret | {"api_key": ""})
        return node

    return blank(tree)


def restore_blobs(decode: Callable[[dict[str, Any]], Any], blobs: Path) -> Callable[[dict[str, Any]], Any]:
    """The emulator's JSON object hook, taught to read blobs back."""

    def hook(node: dict[str, Any]) -> Any:
        if BLOB in node:
            return (blobs / node[BLOB]).read_bytes()
        return decode(node)

    return hook


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole: a full disk or a kill leaves the earlier file as it was."""
    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def unreadable_states(directory: Path) -> list[str]:
    """Names of state files that are no JSON, or that name a blob that is gone."""
    broken = []
    for path in sorted(directory.glob("*.json")):
        try:
            json.loads(path.read_bytes(), object_hook=restore_blobs(lambda node: node, directory / "blobs"))
        except (OSError, ValueError):
            broken.append(path.name)
    return broken


def _steady(state_of: StateGetter) -> object:
    """The service's state; another thread adding a key meanwhile makes the copy fail, and a moment later it works."""
    for attempt in range(_ATTEMPTS):
        try:
            return state_of()
        except RuntimeError:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(0.02 * (attempt + 1))
    return None
