"""The environments beside `.venv`: the emulator's, which pins its own botocore, and one where `sam build` finds pip."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from local import locks, settings
from local.problems import StudioProblem


def emulator_python() -> Path:
    """The emulator's interpreter, in an environment that agrees with its lock file. Made or mended when it does not."""
    venv, lock = settings.EMULATOR_VENV, settings.EMULATOR_LOCK
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = venv / ".studio-lock"
    python = venv / "bin" / "python"
    if _reads(stamp, digest) and python.exists():
        return python
    with locks.holding(settings.STUDIO_HOME / "emulator.sync.lock"):
        if _reads(stamp, digest) and python.exists():
            return python
        stamp.unlink(missing_ok=True)
        if not python.exists():
            _run([uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)])
        sync = [uv(), "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", str(python)]
        _run([*sync, str(lock)])
        stamp.write_text(digest)
    return python


def build_path() -> Path:
    """A directory to put first on PATH for `sam build`: it needs a python3.13 that has pip, and uv's have none."""
    venv = settings.STUDIO_HOME / "build-python"
    stamp = venv / ".studio-ready"
    if stamp.exists() and (venv / "bin" / "python3.13").exists():
        return venv / "bin"
    with locks.holding(settings.STUDIO_HOME / "build-python.lock"):
        if not stamp.exists():
            shutil.rmtree(venv, ignore_errors=True)
            bundled = subprocess.run(
                [sys.executable, "-m", "venv", str(venv)], capture_output=True, text=True, check=False
            )
            if bundled.returncode != 0:  # a distribution that keeps ensurepip apart
                _run([uv(), "venv", "--quiet", "--clear", "--seed", "--python", sys.executable, str(venv)])
            stamp.touch()
    return venv / "bin"


def uv() -> str:
    """A uv that works. One found on PATH may be a shim that answers nothing, so it is asked for its version."""
    candidates = [os.environ.get("STUDIO_UV"), shutil.which("uv"), str(settings.STUDIO_HOME / "uv" / "bin" / "uv")]
    for candidate in candidates:
        if candidate and Path(candidate).exists():
            answer = subprocess.run([candidate, "--version"], capture_output=True, check=False)
            if answer.returncode == 0:
                return candidate
    own = settings.STUDIO_HOME / "uv"
    _run([sys.executable, "-m", "venv", "--clear", str(own)])
    _run([str(own / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
    return str(own / "bin" / "uv")


def _reads(path: Path, expected: str) -> bool:
    try:
        return path.read_text() == expected
    except FileNotFoundError:
        return False


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=settings.ROOT)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise StudioProblem(
            f"`{Path(command[0]).name} {' '.join(command[1:3])}` failed.",
            "The first run needs a Python package index within reach; after that everything works offline.",
            detail="\n".join(lines[-15:]),
        )
