"""`studio lock`: the lock files, made anew from what is asked for. Versions and hashes, and no download addresses."""

import subprocess
from pathlib import Path

from local import environments, settings
from local.problems import StudioProblem
from local.report import Report

_STYLE = [
    "--universal", "--python-version", "3.13", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet",
]  # fmt: skip


def lock_all(report: Report, *, upgrade: bool = False) -> None:
    """Write requirements.lock, the emulator's, and each layer's requirements.txt with the versions of the first."""
    root = settings.ROOT
    main = root / "requirements.lock"
    _compile(report, root / "pyproject.toml", main, upgrade=upgrade)
    _compile(report, root / "local/emulator/requirements.in", settings.EMULATOR_LOCK, upgrade=upgrade)
    for wanted in sorted((root / "layers").glob("*/requirements.in")):
        _compile(report, wanted, wanted.with_suffix(".txt"), upgrade=upgrade, like=main)


def _compile(report: Report, source: Path, target: Path, *, upgrade: bool, like: Path | None = None) -> None:
    root = settings.ROOT
    command = [environments.uv(), "pip", "compile", str(source.relative_to(root)), *_STYLE]
    command += ["--output-file", str(target.relative_to(root))]
    command += ["--upgrade"] if upgrade else []
    command += ["--constraints", str(like.relative_to(root))] if like else []
    with report.step(f"{target.relative_to(root)}"):
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StudioProblem(f"{source.relative_to(root)} cannot be locked.", detail=done.stderr.strip())
