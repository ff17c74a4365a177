"""The statistics are computed from what they are given: nothing here reaches for more."""

import ast
import sys
from pathlib import Path

import pytest

import studio.insight

MODULES = sorted(Path(studio.insight.__path__[0]).glob("*.py"))
NOT_GIVEN = {"os", "time", "socket", "urllib", "pathlib", "io", "subprocess", "secrets", "uuid", "http", "sqlite3"}
UNSEEDED = {"random", "choice", "choices", "gauss", "seed", "shuffle", "sample", "uniform", "randint", "now", "today"}


def imported(tree: ast.Module) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_knows_the_standard_library_pydantic_and_the_domain(path: Path) -> None:
    for name in imported(ast.parse(path.read_text())):
        top = name.split(".")[0]
        assert top not in NOT_GIVEN, name
        assert top in sys.stdlib_module_names | {"pydantic"} or name.startswith(
            ("studio.domain.", "studio.insight.")
        ), name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_chance_is_seeded_and_the_time_is_told(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in {"random", "datetime", "date"}:
                assert node.func.attr not in UNSEEDED, ast.unparse(node)
                assert node.args or node.keywords, f"{ast.unparse(node)} seeds itself"
