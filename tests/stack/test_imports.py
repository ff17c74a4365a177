"""Import directions, and what a function brings along when it starts."""

import ast
import functools
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.stack.reading import Block, blocks, folders

pytestmark = pytest.mark.stack

BESIDE = {"media", "paper", "almanac", "film"}
"""The layers that only some functions mount."""

OURS = {"studio"} | BESIDE


def _imported(path: Path) -> Iterator[str]:
    """The top-level names of everything a file imports when it runs, wherever in it."""
    tree = ast.parse(path.read_text())
    for block in [node for node in ast.walk(tree) if isinstance(node, ast.If)]:
        if isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING":
            block.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)} imports a sibling by a dot"
            yield (node.module or "").partition(".")[0]


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def _layer_packages(layer: str) -> set[str]:
    """The import names of everything a layer's requirements.txt installs."""
    locked = (ROOT / "layers" / layer / "requirements.txt").read_text()
    names = {_normal(name) for name in re.findall(r"^([\w.-]+)==", locked, flags=re.MULTILINE)}
    return {
        package
        for package, distributions in _distributions().items()
        if names & {_normal(distribution) for distribution in distributions}
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _mounted(block: Block) -> set[str]:
    """The layers that a function mounts beside the one that all do."""
    named = {layer: {"Ref": f"{layer.title()}Layer"} for layer in BESIDE}
    return {layer for layer, reference in named.items() if reference in block.properties.get("Layers", [])}


def test_imports_inside_the_layers_point_one_way() -> None:
    # In a process of its own: it configures logging anew, and every logger that is there falls silent.
    paths = os.pathsep.join(str(ROOT / "layers" / layer) for layer in sorted(OURS))
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_functions_import_only_what_lambda_has_for_them() -> None:
    everywhere = sys.stdlib_module_names | OURS | _layer_packages("studio")
    for folder in folders():
        here = everywhere.union(*map(_layer_packages, _mounted(blocks()[folder.name])))
        strange = set(_imported(folder / "app.py")) - here
        assert not strange, f"{folder.name} imports {strange}"


@pytest.mark.parametrize("layer", sorted(OURS))
def test_a_layer_imports_only_what_it_installs(layer: str) -> None:
    allowed = sys.stdlib_module_names | OURS | _layer_packages(layer)
    # The studio layer is under the others wherever they are mounted.
    allowed |= _layer_packages("studio")
    for path in (ROOT / "layers" / layer / layer).rglob("*.py"):
        strange = set(_imported(path)) - allowed
        assert not strange, f"{path.relative_to(ROOT)} imports {strange}"


@pytest.mark.parametrize("layer", sorted(BESIDE))
def test_only_functions_with_a_layer_import_what_is_in_it(layer: str) -> None:
    held = {layer} | _layer_packages(layer)
    for block in blocks().values():
        if layer not in _mounted(block):
            elsewhere = set().union(*map(_layer_packages, _mounted(block)))
            assert not (held - elsewhere).intersection(_imported(block.folder / "app.py")), block.public_name


def test_a_function_starts_without_models_and_pictures() -> None:
    """All functions but the media ones, in a fresh interpreter: what none of them loads, each starts without."""
    modules = [f"functions.{block.folder.name}.app" for block in blocks().values() if "media" not in _mounted(block)]
    script = (
        "import importlib, json, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(json.dumps(list(sys.modules)))"
    )
    paths = f"{ROOT}:{ROOT / 'layers/studio'}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": paths, "AWS_DEFAULT_REGION": "eu-west-1", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert {"studio.entry.http", "boto3"} <= loaded, "the functions were not loaded"
    heavy = r"(google\.genai|PIL|av|film|media|numpy|httpx|paper|fpdf|fontTools|almanac|holidays|babel)(\.|$)"
    slow = {name for name in loaded if re.match(heavy, name)}
    assert not slow


LIMIT = 250 * 1024 * 1024
"""What a function and its layers may take, unzipped, in bytes: Lambda's quota."""


@functools.cache
def _unzipped(layer: str) -> int:
    """Return about how many bytes a layer takes: what is installed here, with bytecode nine tenths of its source."""
    locked = (ROOT / "layers" / layer / "requirements.txt").read_text()
    files = [
        Path(str(file.locate()))
        for name in re.findall(r"^([\w.-]+)==[^;\n]*\\?$", locked, flags=re.MULTILINE)
        for file in importlib.metadata.files(name) or []
    ]
    files += [path for path in (ROOT / "layers" / layer).rglob("*") if path.is_file()]
    kept = [path for path in files if path.suffix != ".pyc" and path.is_file()]
    return sum(path.stat().st_size + (path.stat().st_size * 9 // 10 if path.suffix == ".py" else 0) for path in kept)


@pytest.mark.parametrize("block", blocks().values(), ids=list(blocks()))
def test_a_function_and_its_layers_fit_into_lambda(block: Block) -> None:
    layers = [layer["Ref"].removesuffix("Layer").lower() for layer in block.settings["Layers"]]
    assert sum(map(_unzipped, layers)) < LIMIT, {layer: _unzipped(layer) >> 20 for layer in layers}


def test_a_film_is_made_beside_the_studio_and_nothing_else() -> None:
    """PyAV brings a whole FFmpeg: with another layer beside it, Lambda takes no such function."""
    assert LIMIT * 0.7 < _unzipped("studio") + _unzipped("film") < LIMIT
