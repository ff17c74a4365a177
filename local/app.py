"""The `studio` command."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from local import settings
from local.problems import INTERRUPTED, StudioProblem
from local.report import Report

app = typer.Typer(
    name="studio",
    help='Episode Studio: one prompt in, one reality-TV episode out. Start with: ./studio produce "your idea"',
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


class Provider(StrEnum):
    """Who writes and paints."""

    DRAFT = settings.DRAFT
    GEMINI = settings.GEMINI


class Aspect(StrEnum):
    """The shape of the picture."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help=f"Port of the emulator on 127.0.0.1. [default: {settings.DEFAULT_PORT}]"),
]
Data = Annotated[Path | None, typer.Option("--data", help="Where the studio keeps its data. [default: .studio/data]")]
ProviderChoice = Annotated[
    Provider | None, typer.Option(help="draft needs no key; gemini needs GEMINI_API_KEY. [default: gemini with a key]")
]
Stack = Annotated[str | None, typer.Option("--stack", help="A deployed stack in AWS instead of this laptop.")]


@app.command()
def up(port: Port = None, data: Data = None, provider: ProviderChoice = None) -> None:
    """Start the studio on this laptop.

    Example: `./studio up --port 4600`
    """
    from local import laptop, pages

    data_dir = _data(data)
    place = laptop.bring_up(Report(), data_dir, port, provider)
    Console(highlight=False).print(pages.studio_is_up(place, data_dir), soft_wrap=True)


@app.command()
def down(data: Data = None) -> None:
    """Stop the studio on this laptop. What it made stays.

    Example: `./studio down`
    """
    from local.emulator.process import stop_emulator

    report = Report()
    with report.step("Stopping"):
        stopped = stop_emulator(_data(data))
    report.note("Stopped; ./studio up brings everything back." if stopped else "It was not running.")


@app.command()
def produce(
    prompt: Annotated[str | None, typer.Argument(help="What the episode is about.")] = None,
    project: Annotated[str | None, typer.Option(help="A project's id. [default: your project “Say Walahi”]")] = None,
    aspect: Annotated[Aspect | None, typer.Option(help="The shape of the picture. [default: the project's]")] = None,
    clips: Annotated[int, typer.Option(min=1, max=6, help="How many clips to shoot.")] = 3,
    out: Annotated[Path, typer.Option(help="Where the episode's folder goes.")] = Path("out"),
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")
    ] = False,
    provider: ProviderChoice = None,
    port: Port = None,
    data: Data = None,
    stack: Stack = None,
    resume: Annotated[str | None, typer.Option(help="Take up an episode again, by its id.")] = None,
) -> None:
    """Make an episode from a prompt and bring its files here.

    Exit code 0: completed, 1: failed, 2: bad arguments, 3: partial (some clips failed).

    Example: `./studio produce "Two sisters share a bakery and one hides a debt" --clips 4`
    """
    from local import laptop, pages
    from local.produce import Interrupted, Order, Progress, Result
    from local.produce import produce as make

    if bool(prompt and prompt.strip()) == bool(resume):
        raise typer.BadParameter('Give a prompt, as in ./studio produce "your idea", or --resume EPISODE.')
    report = Report()
    order = Order(prompt, resume, project, aspect, clips, provider)
    place = _place(report, stack, data, port, provider)
    if place.emulator and not resume:
        laptop.hand_over_key(place.outputs)
        order = replace(order, provider=laptop.choose_provider(provider, place.outputs))
    if not resume:
        report.note(pages.PROVIDERS[order.provider or place.outputs.provider])
        if project is None:
            report.note("In your project “Say Walahi”, with its ready-made cast; --project ID takes another.")
    try:
        with place.client() as client, Progress(report.console) as progress:
            found = make(client, order, settings.user_cwd() / out, progress.show)
    except Interrupted as stop:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what follows is short, and must not be left half done
        if place.emulator and place.started_here:
            place.emulator.stop()
            report.note("The studio this command started is stopped again.")
        again = f"./studio produce --resume {stop.episode_id}" if stop.episode_id else "the same command"
        report.warn(f"Cancelled. Take it up again with: {again}")
        if as_json:
            print_json(Result(stop.episode_id, "cancelled", error="cancelled by Ctrl-C").as_json())
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        print_json(found.as_json())
    else:
        pages.result(found, Console(highlight=False))
    if place.started_here:
        report.note("The studio stays up for the next one; ./studio down stops it.")
    raise typer.Exit(found.code)


@app.command()
def status(
    episode: Annotated[str | None, typer.Argument(help="An episode's id, for its stages and clips.")] = None,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """Show whether the studio is up and how the episodes stand.

    Example: `./studio status`
    """
    from local import pages

    place = _running(stack, data)
    if place.emulator and (trouble := place.emulator.health()["checkpoint"]["error"]):
        Report().warn(f"The studio's state is not being saved: {trouble}")
    console = Console(highlight=False)
    with place.client() as client:
        if episode:
            page = pages.one_episode(client.episode(episode))
        else:
            episodes = client.get("/episodes", limit=10)["items"]
            page = pages.overview(place, client.get("/dashboard"), episodes, console.width)
    console.print(page)


@app.command()
def token(data: Data = None, stack: Stack = None) -> None:
    """Print an ID token for the API, and nothing else.

    Example: `curl -H "Authorization: $(./studio token)" …/dashboard`
    """
    typer.echo(_running(stack, data).token(False))


@app.command()
def logs(
    function: Annotated[str | None, typer.Argument(help="One function, e.g. render-clip. [default: all]")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as new lines come.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines.")] = 200,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """Show what the functions wrote in the last hour.

    Example: `./studio logs render-clip --follow`
    """
    from local import logs as reading

    outputs = _running(stack, data).outputs
    console = Console(highlight=False, soft_wrap=True)
    since = time.time() - reading.LOOK_BACK_SECONDS
    past = [line for event in reading.events(outputs, function, since) if (line := reading.line(event))]
    if not past and not follow:
        raise StudioProblem(f"{function or 'No function'} has written nothing in the last hour.", "./studio logs")
    for line in past[-lines:]:
        console.print(line)
    if follow:
        for event in reading.follow(outputs, function, time.time()):
            if (told := reading.line(event)) is not None:
                console.print(told)


@app.command(context_settings=PASS_THROUGH)
def deploy(
    context: typer.Context,
    environment: Annotated[str, typer.Option("--env", help="The samconfig environment.")] = "dev",
) -> None:
    """Deploy to your AWS account: `sam build`, compile, `sam deploy`. Its options pass through.

    Example: `./studio deploy --env prod --guided`
    """
    from local import cloud

    if "--help" in context.args:
        typer.echo(context.get_help())
        raise typer.Exit
    cloud.deploy(Report(), environment, context.args)


@app.command(context_settings=PASS_THROUGH)
def test(context: typer.Context) -> None:
    """Run the tests. Arguments pass through to pytest.

    Example: `./studio test -m "not e2e and not web" -q`
    """
    command = [sys.executable, "-m", "pytest", *context.args]
    # Without bytecode kept, every run compiles a thousand tests anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    raise typer.Exit(subprocess.run(command, cwd=settings.ROOT, env=environment, check=False).returncode)


@app.command()
def lock(upgrade: Annotated[bool, typer.Option(help="Take the newest versions allowed.")] = False) -> None:
    """Make the lock files anew: this environment's, the emulator's and the layers'.

    Example: `./studio lock --upgrade`
    """
    from local.locking import lock_all

    lock_all(Report(), upgrade=upgrade)


def print_json(page: dict[str, Any]) -> None:
    """The one object on stdout that `--json` promises."""
    typer.echo(json.dumps(page, ensure_ascii=False))


def _data(given: Path | None) -> Path:
    return (settings.user_cwd() / given).resolve() if given else settings.DATA_DIR


def _running(stack: str | None, data: Path | None) -> Any:
    """The studio that is up. Raises StudioProblem when none is."""
    from local import laptop

    if stack:
        from local import cloud

        return cloud.place(stack)
    place = laptop.running(_data(data))
    if place is None:
        raise StudioProblem("The studio is not running.", "./studio up")
    return place


def _place(report: Report, stack: str | None, data: Path | None, port: int | None, provider: str | None) -> Any:
    """The studio to produce in, started when there is none."""
    from local import laptop

    if stack:
        return _running(stack, data)
    return laptop.running(_data(data)) or laptop.bring_up(report, _data(data), port, provider)
