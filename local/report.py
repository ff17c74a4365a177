"""Telling the person at the terminal what happens: steps with their seconds, notes, problems."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console, RenderableType
from rich.markup import escape

from local.problems import StudioProblem


class Report:
    """Everything that is not the answer goes here, to stderr: stdout stays clean for what scripts read."""

    def __init__(self, console: Console | None = None) -> None:
        # The terminal wraps long lines; a line break of our own would cut commands and paths that people copy.
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """A spinner while the block runs, then a line with the seconds it took."""
        started = time.monotonic()
        with self.console.status(escape(text)):
            yield
        self.console.print(f"[green]✓[/] {escape(text)} [dim]{time.monotonic() - started:.1f} s[/]")

    def note(self, text: str) -> None:
        """One line of something worth knowing."""
        self.console.print(f"[dim]·[/] {escape(text)}")

    def warn(self, text: str) -> None:
        """One line of something to look at."""
        self.console.print(f"[yellow]![/] {escape(text)}")

    def show(self, page: RenderableType) -> None:
        """A table, or anything longer than a line."""
        self.console.print(page)

    def problem(self, problem: StudioProblem) -> None:
        """What happened, the last lines that explain it, and what to do next."""
        if problem.detail:
            self.console.print(escape(problem.detail), style="dim")
        self.console.print(f"[bold red]✗[/] {escape(problem.what)}")
        if problem.next_step:
            self.console.print(f"  [bold]→[/] {escape(problem.next_step)}")


def print_json(page: dict[str, Any]) -> None:
    """The one object on stdout that `--json` promises."""
    typer.echo(json.dumps(page, ensure_ascii=False))
