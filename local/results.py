"""A bot's report for a person: whatever its shape, as headings, tables and paragraphs."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table

_LONG = 60
"""From this many characters on a text is a paragraph and no cell of a table."""

_LINE = 90
"""So many characters of values that belong together stand in one line."""

_WIDE = 6
"""The most columns a table has before its rows are shown one under the other."""

_AS_THEY_ARE = {"markdown": "markdown", "mermaid": "text", "svg": "xml"}
"""Fields that are documents, and what they are written in."""


def shown(report: Any) -> RenderableType:
    """Return a report to be printed. Empty fields are left out; ids and hashes stay: they are asked for next."""
    if isinstance(report, Mapping):
        return _fields(report)
    if isinstance(report, Sequence) and not isinstance(report, str):
        return _listed(report)
    return escape(_plain(report))


def _fields(values: Mapping[str, Any]) -> RenderableType:
    kept = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    short = {name: value for name, value in kept.items() if _is_short(value)}
    parts: list[RenderableType] = []
    if short:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in short.items():
            grid.add_row(f"[dim]{escape(_title(name))}[/]", escape(_plain(value)))
        parts.append(grid)
    for name, value in kept.items():
        if name not in short:
            parts += ["", f"[bold]{escape(_title(name))}[/]", _document(name, value)]
    return Group(*parts) if parts else "[dim]nothing[/]"


def _document(name: str, value: Any) -> RenderableType:
    if isinstance(value, str):
        if name == "markdown":
            return Markdown(value)
        if name in _AS_THEY_ARE:
            return Syntax(value, _AS_THEY_ARE[name], background_color="default", word_wrap=True)
        return escape(value)
    return Padding(shown(value), (0, 0, 0, 2))


def _listed(values: Sequence[Any]) -> RenderableType:
    if all(not isinstance(value, Mapping | list) for value in values):
        return Group(*(f"· {escape(_plain(value))}" for value in values))
    rows = [value for value in values if isinstance(value, Mapping)]
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if _told(rows, name)]
    short = all(_is_short(row.get(name)) for row in rows for name in names)
    if len(rows) == len(values) and len(names) <= _WIDE and short:
        table = Table(box=None, header_style="dim", pad_edge=False)
        for name in names:
            table.add_column(_title(name), overflow="fold")
        for row in rows:
            table.add_row(*(escape(_plain(row.get(name))) for name in names))
        return table
    numbered: list[RenderableType] = []
    for number, value in enumerate(values, 1):
        numbered += [f"[cyan]{number}[/]", Padding(shown(value), (0, 0, 0, 2))]
    return Group(*numbered)


def _told(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    return any(row.get(name) not in (None, "", [], {}) for row in rows)


def _is_short(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(not isinstance(entry, Mapping | list) for entry in value) and len(_plain(value)) <= _LONG
    if isinstance(value, str):
        return len(value) <= max(_LONG, 64) and "\n" not in value
    if isinstance(value, Mapping):
        # A figure with what belongs to it fits a line.
        return (
            len(value) <= _WIDE and all(_is_scalar(entry) for entry in value.values()) and len(_plain(value)) <= _LINE
        )
    return True


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= _LONG)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return _figure(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(entry) for entry in value)
    return str(value)


def _figure(value: Mapping[str, Any]) -> str:
    """Return a few values in a line: an interval, too little data, or whatever else belongs together."""
    if value.keys() == {"need", "have", "of"}:
        return f"too little to say: {value['have']:,} {value['of']}, and it takes {value['need']:,}"
    if {"estimate", "low", "high", "confidence"} <= value.keys():
        of = f", n {value['n']:,}" if value.get("n") is not None else ""
        bounds = f"{_plain(value['low'])} to {_plain(value['high'])}"
        return f"{_plain(value['estimate'])} ({bounds} with {value['confidence']:.0%}{of})"
    kept = {name: entry for name, entry in value.items() if entry not in (None, "")}
    return ", ".join(f"{_title(name)} {_plain(entry)}" for name, entry in kept.items())


def _title(name: str) -> str:
    return name.replace("_", " ").replace("usd", "(US$)")
