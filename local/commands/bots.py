"""The bots: `studio bots`, `studio bot`, and what they wait for, `studio approvals` and `studio connect`."""

import json
import webbrowser
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from local import options
from local.options import Data, Stack
from local.problems import StudioProblem
from local.report import Report, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

HEALTH = {
    "well": "[green]well[/]",
    "troubled": "[red]troubled[/]",
    "never_run": "[dim]never run[/]",
    "not_deployed": "[dim]not deployed yet[/]",
}

AsJson = Annotated[bool, typer.Option("--json", help="The report as JSON on stdout, everything else on stderr.")]


def bots(as_json: AsJson = False, data: Data = None, stack: Stack = None) -> None:
    """Show all bots by what they are for, how each does, and what it still needs of you.

    Example: `./studio bots`
    """
    with options.running(stack, data).client() as client:
        items = client.get("/bots")["items"]
    if as_json:
        print_json({"items": items})
        return
    Console(highlight=False).print(bots_page(items))


def bots_page(items: "list[Mapping[str, Any]]") -> RenderableType:
    """All bots, by category."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("Bot", "Health", "Last run", "What it does"):
        table.add_column(name, no_wrap=name != "What it does")
    for category in dict.fromkeys(item["category"] for item in items):
        table.add_row(f"[bold]{category.replace('_', ' ')}[/]")
        for item in (item for item in items if item["category"] == category):
            told = [escape(item["summary"]), *(f"[yellow]{escape(need)}[/]" for need in item["needs"])]
            last = item["last_run"]
            if item["health"] == "troubled":
                told.append(f"[red]{escape(last['error'])}[/]")
            at = last["finished_at"][5:16].replace("T", " ") if last else ""
            table.add_row(f"  {item['name']}", HEALTH[item["health"]], at, "\n".join(told))
    return Group(table, "[dim]Run one: ./studio bot NAME --episode ID[/]")


def bot(
    name: Annotated[str, typer.Argument(help="A bot's name; ./studio bots lists them.")],
    episode: Annotated[str | None, typer.Option(help="The episode it is about.")] = None,
    project: Annotated[str | None, typer.Option(help="The project it is about.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A field of its request; a value may be JSON. Again for more."
        ),
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """Run a bot and show what it reports. What it would send anywhere waits for your approval first.

    Examples: `./studio bot persona-bot --set mode=panel --episode EPISODE`,
    `./studio bot engagement-bot --episode EPISODE --set 'comments=["Who hid the letter?"]'`
    """
    from local import results

    request = request_of(settings or [])
    request |= {field: given for field, given in (("episode_id", episode), ("project_id", project)) if given}
    report = Report()
    with options.running(stack, data).client() as client:
        known = {item["name"] for item in client.get("/bots")["items"]}
        name = name if name in known or f"{name}-bot" not in known else f"{name}-bot"
        if name not in known:
            raise StudioProblem(f"There is no bot {name}.", "./studio bots", code=2)
        with report.step(name):
            run = client.run_bot(name, request)
    if as_json:
        print_json(run["output"] if run["status"] == "succeeded" else {"error": run["error"], "run_id": run["run_id"]})
    elif run["status"] == "succeeded":
        console = Console(highlight=False)
        console.print(results.shown(run["output"]))
        console.print(
            f"[dim]{', '.join(run['models']) or 'no model asked'}, ${run['cost_usd']:.2f}, run {run['run_id']}[/]"
        )
    if run["status"] != "succeeded":
        raise StudioProblem(run["error"] or "The run failed.", "./studio bots shows what a bot needs.")


def request_of(settings: list[str]) -> dict[str, Any]:
    """Return a request from `name=value`s; `a.b=1` is field b of a. Raises StudioProblem for one without `=`."""
    request: dict[str, Any] = {}
    for setting in settings:
        path, found, value = setting.partition("=")
        if not found or not path:
            raise StudioProblem(f"--set takes NAME=VALUE, not “{setting}”.", code=2)
        *parents, last = path.split(".")
        inside = request
        for parent in parents:
            inside = inside.setdefault(parent, {})
        try:
            inside[last] = json.loads(value)
        except ValueError:
            inside[last] = value
    return request


def approvals(
    content_hash: Annotated[str | None, typer.Argument(metavar="HASH", help="One content, to read it whole.")] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Let exactly this content go out.")] = False,
    reject: Annotated[str | None, typer.Option(metavar="REASON", help="Do not, and say why.")] = None,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """Show what waits for your word, and give it. An approval is for one exact content.

    Examples: `./studio approvals`, `./studio approvals HASH --approve`
    """
    from local import results

    if approve and reject is not None:
        raise typer.BadParameter("--approve and --reject exclude each other.")
    console = Console(highlight=False)
    with options.running(stack, data).client() as client:
        if content_hash is None:
            items = client.get("/approvals", status="waiting", limit=100)["items"]
            if not items:
                console.print("Nothing waits for you. A bot puts up what it drafts: ./studio bots")
            for item in items:
                console.print(
                    f"{item['content_hash']}  [cyan]{item['kind']}[/]  {escape(item['summary'])}", soft_wrap=True
                )
        elif approve or reject is not None:
            answer = {
                "content_hash": content_hash,
                "decision": "approve" if approve else "reject",
                "note": reject or "",
            }
            console.print(f"It is {client.post('/approvals', answer)['status']}.")
        else:
            item = client.get(f"/approvals/{content_hash}")
            console.print(f"[bold]{escape(item['summary'])}[/]  [cyan]{item['status']}[/]")
            console.print(results.shown(item["content"]))


def connect(
    network: Annotated[
        str | None, typer.Argument(help="youtube, tiktok, instagram, x, reddit, stripe or amazon.")
    ] = None,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """Connect an account of yours elsewhere; without a network, show what is connected.

    Example: `./studio connect youtube`
    """
    from local import connecting

    report, console = Report(), Console(highlight=False)
    with options.running(stack, data).client() as client:
        told = client.get("/connections")
        if network is None:
            console.print(connecting.page(told))
            return
        found = next((entry for entry in told["networks"] if entry["network"] == network), None)
        if found is None:
            known = ", ".join(entry["network"] for entry in told["networks"])
            raise StudioProblem(f"There is no network {network}.", f"One of: {known}", code=2)
        if found["connected_by"] == "key":
            made = connecting.by_key(client, network, console)
        elif not found["available"]:
            raise StudioProblem(
                f"The operator has not registered this studio with {found['label']} yet.", "See docs/operations.md"
            )
        else:
            made = connecting.by_signing_in(client, network, report, webbrowser.open)
    for connection in made:
        console.print(f"[green]Connected:[/] {escape(connection['name'])}  [dim]{connection['status']}[/]")
        if connection["problem"]:
            console.print(f"[yellow]{escape(connection['problem'])}[/]")
