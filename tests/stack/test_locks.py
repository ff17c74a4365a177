"""The lock files: the same versions everywhere, every file known by its hash, and no address to fetch it from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.stack

LOCKS = [
    ROOT / "requirements.lock",
    ROOT / "local/emulator/requirements.lock",
    ROOT / ".ci/node/requirements.lock",
    *ROOT.glob("layers/*/requirements.txt"),
]

every_lock = pytest.mark.parametrize("lock", LOCKS, ids=[str(path.relative_to(ROOT)) for path in LOCKS])


def _versions(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(==[^ ]+)", lock.read_text(), flags=re.MULTILINE))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~! ]", name)[0]).lower()


@every_lock
def test_everything_locked_is_known_by_its_hash(lock: Path) -> None:
    entries = re.split(r"^(?=[\w.-]+==)", lock.read_text(), flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


@every_lock
def test_no_lock_says_where_to_fetch_from(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"--(index-url|extra-index-url|find-links|trusted-host)", text)


@pytest.mark.parametrize("layer", ["studio", "media", "paper", "almanac", "film"])
def test_a_layer_has_the_versions_that_are_tested_here(layer: str) -> None:
    here = _versions(ROOT / "requirements.lock")
    there = _versions(ROOT / "layers" / layer / "requirements.txt")
    assert there
    assert there.items() <= here.items()


@pytest.mark.parametrize("layer", ["studio", "media", "paper", "almanac", "film"])
def test_a_layer_locks_what_it_asks_for(layer: str) -> None:
    asked = (ROOT / "layers" / layer / "requirements.in").read_text().split()
    assert {_normal(name) for name in asked} <= _versions(ROOT / "layers" / layer / "requirements.txt").keys()


def test_the_environment_locks_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {_normal(name) for name in project["dependencies"]} <= _versions(ROOT / "requirements.lock").keys()


def test_no_npm_lock_says_where_to_fetch_from() -> None:
    for lock in (*ROOT.glob("[!.]*/**/package-lock.json"), *ROOT.glob(".ci/*/package-lock.json")):
        if "node_modules" not in lock.parts:
            for name, package in json.loads(lock.read_text())["packages"].items():
                assert "resolved" not in package or package.get("link"), f"{lock.relative_to(ROOT)}: {name}"
                assert not name or "integrity" in package or package.get("link"), name
