"""Making episodes: `studio produce`, and `studio quote` for what one would cost."""

import signal
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from local import options, settings, steps
from local.options import Aspect, Clips, Data, Full, Port, Project, ProviderChoice, Stack
from local.problems import INTERRUPTED, StudioProblem
from local.report import Report, print_json

if TYPE_CHECKING:
    from local.client import StudioClient
    from local.laptop import Place
    from local.produce import Order, Result


def produce(
    prompt: Annotated[str | None, typer.Argument(help="What the episode is about.")] = None,
    full: Full = False,
    project: Project = None,
    aspect: Annotated[Aspect | None, typer.Option(help="The shape of the picture. [default: the project's]")] = None,
    clips: Clips = 3,
    out: Annotated[Path, typer.Option(help="Where the episode's folder goes.")] = Path("out"),
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")
    ] = False,
    review: Annotated[
        str | None, typer.Option(metavar="GATES", help="Wait for you at: script, storyboard, or script,storyboard.")
    ] = None,
    start_at: Annotated[
        str | None, typer.Option(metavar="STAGE", help="With --resume: leave out the stages before this one.")
    ] = None,
    stop_after: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Stop after script, culture, direction, storyboard or hooks.")
    ] = None,
    air_date: Annotated[
        datetime | None,
        typer.Option(metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The day it is for. [default: today]"),
    ] = None,
    trend: Annotated[
        str | None, typer.Option(metavar="TOPIC", help="What people talk about at the moment, to be taken up.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Order without asking, whatever it costs.")] = False,
    provider: ProviderChoice = None,
    port: Port = None,
    data: Data = None,
    stack: Stack = None,
    resume: Annotated[str | None, typer.Option(metavar="EPISODE", help="Take up an episode again, by its id.")] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep every paid call in DIR, to make the same again.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Make a recorded episode again: no key, no network.")
    ] = None,
) -> None:
    """Make an episode from a prompt and bring its files here.

    `--full` takes it through all stages on paper. `--review`, `--start-at`, `--stop-after` and `--air-date` go with it.

    Exit code 0: completed, stopped where asked, or waiting for your review; 1: failed, or a replay that differs; 2: bad
    arguments; 3: partial (some clips failed).

    Examples: `./studio produce "Two sisters share a bakery and one hides a debt" --clips 4`,
    `./studio produce "…" --full --review script`, `./studio produce --resume EPISODE`
    """
    from local.produce import Order

    order = Order(
        prompt, resume, project, aspect, clips, provider, full,
        _gates(review),
        start_at and steps.named(start_at, option="--start-at"),
        stop_after and steps.named(stop_after, option="--stop-after"),
        f"{air_date:%Y-%m-%d}" if air_date else None,
        {"topic": trend} if trend else None,
    )  # fmt: skip
    _check(order, stack, record, replay)
    report = Report()
    place = options.at_work(report, stack, data, port, None if replay else provider)
    target = settings.user_cwd() / out
    if replay is not None:
        found = _replayed(report, place, settings.user_cwd() / replay, target, as_json)
    else:
        found = _made(report, place, order, target, record and settings.user_cwd() / record, as_json, yes)
    _tell(report, found, as_json)
    if place.started_here:
        report.note("The studio stays up for the next one; ./studio down stops it.")
    raise typer.Exit(found.code)


def quote(
    prompt: Annotated[str, typer.Argument(help="What the episode would be about.")],
    full: Full = False,
    project: Annotated[
        str | None, typer.Option(help="A project's id: without language or community, culture is free.")
    ] = None,
    clips: Clips = 3,
    provider: Annotated[
        options.Provider | None, typer.Option(help="Who would write and paint. [default: the stack's]")
    ] = None,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """Show what an episode would cost, by step and clip. Nothing is bought.

    Example: `./studio quote "Two sisters share a bakery" --full --provider gemini`
    """
    from local import money

    with options.running(stack, data).client() as client:
        told = money.quote_for(client, prompt, project=project, clips=clips, full=full, provider=provider)
    console = Console(highlight=False)
    console.print("It costs nothing." if money.costs_nothing(told) else money.quote_table(told))


def _gates(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    gates = tuple(word.strip().casefold() for word in text.split(","))
    wrong = [gate for gate in gates if gate not in steps.GATES.values()]
    if wrong:
        raise StudioProblem(f"There is no review called “{wrong[0]}”.", "--review takes: script,storyboard", code=2)
    return gates


def _check(order: "Order", stack: str | None, record: Path | None, replay: Path | None) -> None:
    """Raise for options that do not go together, before anything is started."""
    whats = [bool(order.prompt and order.prompt.strip()), bool(order.resume), replay is not None]
    if sum(whats) != 1:
        raise typer.BadParameter('Give a prompt, as in ./studio produce "your idea", or --resume EPISODE.')
    if stack and (record or replay):
        raise StudioProblem(
            "--record and --replay work on this laptop only.", "Leave out --stack, or the recording.", code=2
        )
    if replay is not None:
        given = order.full or order.says_how or order.project or order.aspect or order.provider or record
        if given:
            raise StudioProblem("A recording says itself how it is made again.", "--replay DIR goes alone", code=2)
        from local.recording import load

        load(settings.user_cwd() / replay)
        return
    if order.says_how and not order.full and not order.resume:
        raise StudioProblem(
            "--review, --start-at, --stop-after and --air-date need all stages on paper.", "Add --full", code=2
        )
    if order.start_at and not order.resume:
        raise StudioProblem("A new episode begins with its script.", "--start-at goes with --resume EPISODE", code=2)
    if record is not None:
        from local.recording import check_free

        check_free(settings.user_cwd() / record)


def _made(
    report: Report, place: "Place", order: "Order", out: Path, record: Path | None, as_json: bool, yes: bool
) -> "Result":
    from local import laptop, pages
    from local.reviewing import is_interactive

    somebody = is_interactive(as_json=as_json)
    with place.client() as client:
        if not order.resume:
            if place.emulator:
                laptop.hand_over_key(place.outputs)
                order = replace(order, provider=laptop.choose_provider(order.provider, place.outputs))
            report.note(pages.PROVIDERS[order.provider or place.outputs.provider])
            if order.project is None:
                report.note("In your project “Say Walahi”, with its ready-made cast; --project ID takes another.")
                order = replace(order, project=client.ready_made_project()["project_id"])
        _quote_first(report, client, order, ask=somebody and not yes)
        found = _watched(report, place, client, order, out, as_json, somebody=somebody)
    if record is not None:
        _record(report, place, found, record)
    return found


def _record(report: Report, place: "Place", found: "Result", directory: Path) -> None:
    from local import identity, recording, stores

    if found.status not in recording.WITH_RESULTS:
        report.warn("Nothing was recorded: there is nothing yet that could be made again.")
        if found.episode_id is not None:
            report.note(f"When there is: ./studio produce --resume {found.episode_id} --record {directory}")
        return
    owned = stores.opened(place.outputs, identity.subject(place.token(False)))
    try:
        lost = recording.keep(owned, found, directory)
    except StudioProblem as problem:
        # The episode is there all the same.
        report.problem(problem)
        return
    for sentence in lost:
        report.warn(f"A replay cannot repeat this: {sentence}")
    found.more = {"recorded": str(directory)}
    report.note(f"Recorded in {directory}; ./studio produce --replay {directory} makes it again.")


def _quote_first(report: Report, client: "StudioClient", order: "Order", *, ask: bool) -> None:
    """Show what is about to be bought, and ask before much of it."""
    from local import money
    from local.client import ApiProblem

    try:
        if order.resume:
            told = client.get(f"/episodes/{order.resume}/quote")
        else:
            told = money.quote_for(
                client,
                order.prompt or "",
                project=order.project,
                clips=order.clips,
                full=order.full,
                provider=order.provider,
            )
    except ApiProblem as problem:
        if problem.code == 2:
            raise
        report.warn(f"No quote could be had: {problem.what}")
        return
    if money.costs_nothing(told):
        return
    report.show(money.quote_table(told))
    if ask and told["expected_usd"] > money.ASK_ABOVE_USD:
        said = report.console.input(f"Order it for about ${told['expected_usd']:.2f}? \\[y/N] ")
        if not said.strip().casefold().startswith("y"):
            raise StudioProblem("Nothing was ordered.", "--yes orders without asking; fewer --clips cost less")


def _watched(
    report: Report,
    place: "Place",
    client: "StudioClient",
    order: "Order",
    out: Path,
    as_json: bool,
    *,
    somebody: bool,
) -> "Result":
    """Make it while somebody looks on, and may be asked at the gates."""
    from local.produce import Company, Interrupted
    from local.produce import produce as make
    from local.progress import Progress
    from local.reviewing import Desk

    desk = Desk(client, report)

    def at_gate(episode: dict[str, Any], review: dict[str, Any]) -> bool:
        progress.pause()
        answered = somebody and desk.answer(episode, review)
        progress.go_on()
        return answered

    try:
        with Progress(report.console) as progress:
            return make(client, order, out, Company(progress.show, progress.begun, at_gate))
    except Interrupted as stop:
        again = f"./studio produce --resume {stop.episode_id}" if stop.episode_id else "the same command"
        raise _stopped(report, place, stop.episode_id, again, as_json) from None


def _replayed(report: Report, place: "Place", directory: Path, out: Path, as_json: bool) -> "Result":
    from local.produce import Company, Interrupted
    from local.progress import Progress
    from local.replay import replay

    try:
        with Progress(report.console) as progress:
            return replay(place.outputs, directory, out, Company(progress.show, progress.begun))
    except Interrupted as stop:
        raise _stopped(report, place, stop.episode_id, "the same command", as_json) from None


def _stopped(report: Report, place: "Place", episode_id: str | None, again: str, as_json: bool) -> typer.Exit:
    from local.produce import Result

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what follows is short, and must not be left half done
    if place.emulator and place.started_here:
        place.emulator.stop()
        report.note("The studio this command started is stopped again.")
    report.warn(f"Cancelled. Take it up again with: {again}")
    if as_json:
        print_json(Result(episode_id, "cancelled", error="cancelled by Ctrl-C").as_json())
    return typer.Exit(INTERRUPTED)


def _tell(report: Report, found: "Result", as_json: bool) -> None:
    """Say what came of it: the answer to stdout, what it cost and what is left to do to stderr."""
    from local import money, pages, reviewing

    if as_json:
        print_json(found.as_json())
    else:
        pages.result(found, Console(highlight=False))
    replayed = "replayed" in found.more
    if found.bill is not None and not replayed and not money.costs_nothing(found.bill):
        report.show(money.bill_table(found.bill))
    for name, reason in found.missing.items():
        report.warn(f"{name} could not be had: {reason}")
    if found.review is not None and found.episode_id is not None:
        for line in reviewing.how_to_answer(found.episode_id, found.review):
            report.note(line)
    elif found.status == "written":
        report.note(f"It stopped where it was asked to. Go on: ./studio produce --resume {found.episode_id}")
    if replayed:
        same, other = found.more["identical"], found.more["different"]
        if other:
            report.warn(f"The replay differs from its recording in: {', '.join(other)}")
        else:
            report.note(f"The replay is its recording, byte for byte, in all {len(same)} files.")
