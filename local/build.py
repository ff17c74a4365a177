"""`sam build` for this laptop, skipped when nothing it reads has changed."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local import environments, locks, settings
from local.problems import StudioProblem

SOURCES = ("template.yaml", "samconfig.toml", "functions", "layers", "statemachines")
_IGNORED_FOLDERS = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}

Say = Callable[[str], None]


def source_files(root: Path) -> list[Path]:
    """Every file a deployment depends on, in a fixed order."""
    found: list[Path] = []
    for name in SOURCES:
        path = root / name
        if path.is_file():
            found.append(path)
        elif path.is_dir():
            found += [file for file in path.rglob("*") if file.is_file() and _counts(file)]
    return sorted(found)


def fingerprint(root: Path, extra: Mapping[str, str] | None = None) -> str:
    """A hash over the sources' names and contents and over `extra`; equal hashes deploy the same thing."""
    digest = hashlib.sha256()
    for path in source_files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    digest.update(json.dumps(dict(extra or {}), sort_keys=True).encode())
    return digest.hexdigest()


def build(root: Path, output: Path, log: Path, *, arguments: Sequence[str] | None = None) -> Path:
    """Build the template under `root` into `output`; returns the built template.

    The layers' modules are compiled ahead, which more than halves what a cold start spends on importing. Without
    `arguments` it is built for this machine, whose wheels the layers then hold even where it does not run Linux; with
    them, `sam build` gets them and Lambda's wheels stay.
    """
    built = output / "build" / "template.yaml"
    stamp = output / "sources.sha256"
    digest = fingerprint(root, {"machine": f"{sys.platform}-{settings.architecture()}", "arguments": f"{arguments}"})
    with locks.holding(output / "build.lock"):
        if built.exists() and stamp.exists() and stamp.read_text() == digest:
            return built
        stamp.unlink(missing_ok=True)
        alone = ["--config-file", str(no_settings(output))]
        alone += ["--parameter-overrides", f"Architecture={settings.architecture()}"]
        command = [
            sam(), "build", "--template-file", str(root / "template.yaml"), "--build-dir", str(built.parent),
            "--cache-dir", str(output / "cache"), "--cached", "--parallel",
            *(arguments if arguments is not None else alone),
        ]  # fmt: skip
        run_logged(command, log, root, build_environment(), "sam build")
        if arguments is None and sys.platform != "linux":
            _refit_layers(root, built.parent)
        compile_built(built.parent)
        stamp.write_text(digest)
    return built


def released(built: Path, release: str) -> Path:
    """Return the built template with `release` on every function, so that each publishes a version of it.

    SAM publishes a version when a function's text in the template changes, and the value of a parameter is no text: the
    alias would go on with the old one.
    """
    from samcli.yamlhelper import yaml_dump, yaml_parse

    template = yaml_parse(built.read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["AutoPublishCodeSha256"] = release
    path = built.with_name("released.yaml")
    path.write_text(yaml_dump(template), encoding="utf-8")
    return path


def compile_built(build_dir: Path) -> None:
    """Write .pyc files for layers and functions, for Lambda's file system takes none at run time.

    They are trusted without looking at the source: archives do not keep modification times.
    """
    packages = [str(path) for path in sorted(build_dir.iterdir()) if path.is_dir()]
    command = [sys.executable, "-m", "compileall", "-qq", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    if packages:
        # A package may carry a file no interpreter compiles (a template, another version's syntax): not our concern.
        subprocess.run([*command, *packages], check=False)


def build_environment(**extra: str) -> dict[str, str]:
    """What `sam build` needs: a python3.13 with pip first on PATH, and nothing of the user's account."""
    environment = settings.child_environment(SAM_CLI_TELEMETRY="0", **extra)
    environment["PATH"] = f"{environments.build_path()}:{environment.get('PATH', '')}"
    return environment


def no_settings(output: Path) -> Path:
    """An empty samconfig: what is given here on the command line is meant to be all, and `sam` wants a file."""
    path = output / "samconfig.toml"
    output.mkdir(parents=True, exist_ok=True)
    path.write_text("version = 0.1\n")
    return path


def sam() -> str:
    """The SAM CLI of this environment."""
    return str(Path(sys.executable).parent / "sam")


def run_logged(command: list[str], log: Path, cwd: Path, environment: Mapping[str, str], name: str) -> None:
    """Run with its output in `log`; when it fails, its last lines come with the StudioProblem."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        output.write(f"\n$ {name}\n".encode())
        output.flush()
        begins = output.tell()
        # In a group of its own, so that stopping half-way ends what it has started too.
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )
        try:
            code = child.wait()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise
    if code != 0:
        with log.open("rb") as file:
            file.seek(begins)
            lines = file.read().decode(errors="replace").splitlines()
        detail = "\n".join(line for line in lines if line.strip())
        if "No space left on device" in detail:
            raise StudioProblem(f"The disk is full, so `{name}` stopped.", "Free some space and run it again.")
        raise StudioProblem(f"`{name}` failed.", f"The whole log: {log}", detail="\n".join(detail.splitlines()[-20:]))


def _refit_layers(root: Path, build_dir: Path) -> None:
    """Replace Lambda's Linux wheels in the built layers by this machine's, from the same locked versions."""
    for requirements in sorted((root / "layers").glob("*/requirements.txt")):
        for packages in _built_from(requirements.parent, build_dir):
            shutil.rmtree(packages)
            no_locks = shutil.ignore_patterns("*.txt", "*.in", "__pycache__")
            shutil.copytree(requirements.parent, packages, ignore=no_locks)
            command = [environments.uv(), "pip", "install", "--quiet", "--python", sys.executable, "--target"]
            subprocess.run([*command, str(packages), "-r", str(requirements)], check=True, cwd=root)


def _built_from(layer: Path, build_dir: Path) -> Iterable[Path]:
    """The built copies of a layer folder, told by the package they share."""
    package = next((path.name for path in layer.iterdir() if (path / "__init__.py").exists()), layer.name)
    return [packages for packages in build_dir.glob("*/python") if (packages / package).is_dir()]


def _counts(file: Path) -> bool:
    return not _IGNORED_FOLDERS.intersection(file.parts) and file.suffix != ".pyc"
