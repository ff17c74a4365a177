"""What the commands print for a person: tables, summaries, where things are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from local import artifacts, identity, settings
from local.laptop import Place
from local.produce import Result, why
from local.progress import notes
from local.steps import LABELS

STATUS_COLOURS = {
    "completed": "green",
    "partial": "yellow",
    "failed": "red",
    "cancelled": "dim",
    "in_review": "magenta",
    "written": "green",
}

PROVIDERS = {
    settings.DRAFT: "DRAFT: no key, so pictures and words are a rehearsal, marked DRAFT",
    settings.GEMINI: "Gemini writes and paints; this costs money",
}


def studio_is_up(place: Place, data_dir: Path) -> RenderableType:
    """What `up` leaves on the screen."""
    login = identity.demo_login(data_dir)
    data = "" if data_dir == settings.DATA_DIR else f" --data {data_dir}"
    grid = Table.grid(padding=(0, 2))
    rows = [
        ("API", place.outputs.api_url),
        ("AWS endpoint", place.outputs.endpoint),
        ("Who paints", PROVIDERS.get(place.outputs.provider, place.outputs.provider)),
        ("Sign in as", login.email),
        ("Password", login.password),
        (
            "A token",
            f'TOKEN=$(./studio token{data}); curl -H "Authorization: $TOKEN" ' + f"{place.outputs.api_url}/dashboard",
        ),
        ("Make one", f'./studio produce "Two sisters share a bakery and one hides a debt"{data}'),
        ("Stop it", f"./studio down{data}"),
    ]
    for name, value in rows:
        grid.add_row(f"[dim]{name}[/]", f"[default]{escape(value)}[/]")
    return Group("[bold green]The studio is up.[/]", grid)


def overview(
    place: Place, dashboard: Mapping[str, Any], episodes: list[Mapping[str, Any]], width: int
) -> RenderableType:
    """How things stand: totals, money, the last episodes."""
    outputs = place.outputs
    totals, spend = dashboard["episodes"], dashboard["spend"]
    by_status = ", ".join(f"{count} {status}" for status, count in totals["by_status"].items() if count)
    rate = dashboard.get("completion_rate")
    grid = Table.grid(padding=(0, 2))
    grid.add_row("[dim]API[/]", escape(outputs.api_url))
    grid.add_row("[dim]Who paints[/]", escape(PROVIDERS.get(outputs.provider, outputs.provider)))
    grid.add_row("[dim]Episodes[/]", f"{totals['total']}" + (f" ({by_status})" if by_status else ""))
    if rate is not None:
        grid.add_row("[dim]Completed[/]", f"{rate:.0%} of the finished ones")
    grid.add_row("[dim]Spent[/]", f"${spend['spent_usd']:.2f} of ${spend['cap_usd']:.2f} in {spend['month']}")
    if not episodes:
        invitation = 'No episodes yet. Make the first one:\n  [bold]./studio produce "Two sisters share a bakery"[/]'
        return Group(grid, Panel(invitation, expand=False, border_style="dim"))
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("Episode", "Status", "Title", "Clips", "Cost", "Made"):
        table.add_column(name, no_wrap=True)
    for episode in episodes:
        table.add_row(
            episode["episode_id"],
            coloured(episode["status"]),
            escape((episode.get("title") or episode.get("prompt") or "")[: max(12, width - 68)]),
            str(episode.get("clips_wanted", "")),
            f"${float(episode.get('cost_usd') or 0):.2f}",
            str(episode.get("created_at", ""))[5:16].replace("T", " "),
        )
    return Group(grid, "", table)


def one_episode(episode: Mapping[str, Any]) -> RenderableType:
    """An episode with its stages and clips."""
    parts: list[RenderableType] = [
        f"[bold]{escape(episode.get('title') or 'Untitled')}[/]  {coloured(episode['status'])}",
        f"[dim]{escape(episode.get('synopsis') or episode.get('prompt') or '')}[/]",
    ]
    reason = why(dict(episode))
    if reason and episode["status"] in {"failed", "partial"}:
        parts.append(f"[yellow]{escape(reason)}[/]")
    table = Table.grid(padding=(0, 2))
    for stage in episode.get("stages", []):
        seconds = f"{stage['seconds']:.1f} s" if stage.get("seconds") is not None else ""
        told = " · ".join(filter(None, [stage["status"], notes(stage), stage.get("reason") or ""]))
        table.add_row(escape(LABELS.get(stage["name"], stage["name"])), escape(told), seconds)
    for clip in episode.get("clips", []):
        size = f"{clip['width']}×{clip['height']}" if clip.get("width") else ""
        table.add_row(f"clip {clip['number']}", coloured(clip["status"]), escape(clip.get("reason") or size))
    parts += [table, f"[dim]{escape(str(episode.get('provider', '')))}, ${float(episode.get('cost_usd') or 0):.2f}[/]"]
    parts += [f"[magenta]stale[/] {escape(told)}" for told in artifacts.stale(episode)]
    if episode["status"] == "in_review":
        parts.append(f"It waits for you: ./studio review {episode['episode_id']}")
    elif not episode["under_way"] and episode["status"] != "completed":
        parts.append(f"Take it up again: ./studio produce --resume {episode['episode_id']}")
    return Group(*parts)


def result(found: Result, console: Console) -> None:
    """What `produce` leaves on the screen."""
    console.print(
        f"[bold]{escape(found.title or 'Untitled')}[/]  {coloured(found.status)}  [dim]{found.seconds:.1f} s[/]"
    )
    if found.error:
        console.print(f"[yellow]{escape(found.error)}[/]")
    for path in found.files:
        console.print(f"  {escape(str(path))}", soft_wrap=True)
    quoted = f" (quoted ${found.quote_usd:.2f})" if found.quote_usd else ""
    console.print(f"[dim]{escape(found.provider)}, ${found.cost_usd:.2f}{quoted}[/]")
    if found.code:
        console.print(f"Take it up again: [bold]./studio produce --resume {found.episode_id}[/]")


def coloured(status: str) -> str:
    """A status in its colour."""
    return f"[{STATUS_COLOURS.get(status, 'cyan')}]{escape(status)}[/]"
