"""What every measurement ends with: a small table, and its figures as JSON under `bench/results/`."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


def report(name: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], **figures: Any) -> None:
    """Print the table and write `results/<name>.json`. figures: what the rows were made from, and the ratios."""
    table = Table(title=title)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row))
    Console().print(table)
    RESULTS.mkdir(exist_ok=True)
    told = {
        "name": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "arch": platform.machine()},
        "rows": [dict(zip(columns, row, strict=True)) for row in rows],
        **figures,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(told, indent=2) + "\n")
