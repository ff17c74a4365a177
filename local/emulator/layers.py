"""One unpacked copy of each Lambda layer, shared by all the workers that mount it.

MiniStack unpacks every layer anew for every worker: 126 MB a worker here, 1.9 GB and half a minute for a first episode.
Its worker opens `layer_<n>.zip` through its own reference to `zipfile`; that reference is given a `ZipFile` that links
to the shared copy instead. Workers only read their layers, as they only read /opt on Lambda.
"""

import hashlib
import os
import shutil
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

KEPT = 6
"""Copies kept from one start to the next."""


class SharedLayers:
    """Unpacked layers under `directory`, named by the SHA-256 of their archive."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        by_age = sorted(directory.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        whole = [path for path in by_age if path.suffix != ".part"]
        for path in set(by_age) - set(whole[:KEPT]):
            shutil.rmtree(path, ignore_errors=True)
        self._lock = threading.Lock()

    def zipfile(self) -> SimpleNamespace:
        """A stand-in for the `zipfile` module whose ZipFile knows about layers."""
        return SimpleNamespace(**vars(zipfile) | {"ZipFile": self._open})

    def _open(self, file: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(file, str) and os.path.basename(file).startswith("layer_"):
            return _Layer(self, Path(file))
        return zipfile.ZipFile(file, *arguments, **named)

    def unpacked(self, archive: Path) -> Path:
        """Where the archive's content is, unpacking it the first time."""
        with archive.open("rb") as file:
            target = self.directory / hashlib.file_digest(file, "sha256").hexdigest()
        with self._lock:
            if not target.exists():
                draft = target.with_suffix(".part")
                with zipfile.ZipFile(archive) as opened:
                    opened.extractall(draft)  # refuses names that lead out of it
                draft.rename(target)
            os.utime(target)  # the next start keeps the ones used last
        return target


class _Layer:
    """What a worker gets for a layer's archive: it lists nothing to check, and unpacks by linking."""

    def __init__(self, layers: SharedLayers, archive: Path) -> None:
        self._layers = layers
        self._archive = archive

    def __enter__(self) -> "_Layer":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.unlink(missing_ok=True)

    def namelist(self) -> list[str]:
        return []

    def extractall(self, target: str) -> None:
        folder = Path(target)
        folder.rmdir()
        folder.symlink_to(self._layers.unpacked(self._archive), target_is_directory=True)
