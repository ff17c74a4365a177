"""The `studio` command."""

import os
import subprocess
import sys
import time
from typing import Annotated

import typer
from rich.console import Console

from local import options, settings
from local.commands import bots, make, paper
from local.options import Data, Port, ProviderChoice, Stack
from local.problems import StudioProblem
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


@app.command()
def up(port: Port = None, data: Data = None, provider: ProviderChoice = None) -> None:
    """Start the studio on this laptop.

    Example: `./studio up --port 4600`
    """
    from local import laptop, pages

    here = options.data_dir(data)
    place = laptop.bring_up(Report(), here, port, provider)
    Console(highlight=False).print(pages.studio_is_up(place, here), soft_wrap=True)


@app.command()
def down(data: Data = None) -> None:
    """Stop the studio on this laptop. What it made stays.

    Example: `./studio down`
    """
    from local.emulator.process import stop_emulator

    report = Report()
    with report.step("Stopping"):
        stopped = stop_emulator(options.data_dir(data))
    report.note("Stopped; ./studio up brings everything back." if stopped else "It was not running.")


app.command()(make.produce)
app.command()(make.quote)
app.command()(paper.review)
app.command()(paper.stages)
app.command()(bots.bots)
app.command()(bots.bot)
app.command()(bots.approvals)
app.command()(bots.connect)


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

    place = options.running(stack, data)
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
def bill(episode: options.Episode, data: Data = None, stack: Stack = None) -> None:
    """Show what an episode was quoted at and has cost, by step and clip.

    Example: `./studio bill 01KTYR9SBGKNXVYGVT4BQQQQQQ`
    """
    from local import money

    with options.running(stack, data).client() as client:
        told = client.get(f"/episodes/{episode}/bill")
    console = Console(highlight=False)
    console.print("It has cost nothing." if money.costs_nothing(told) else money.bill_table(told))


@app.command()
def token(data: Data = None, stack: Stack = None) -> None:
    """Print an ID token for the API, and nothing else.

    Example: `curl -H "Authorization: $(./studio token)" …/dashboard`
    """
    typer.echo(options.running(stack, data).token(False))


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

    outputs = options.running(stack, data).outputs
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
