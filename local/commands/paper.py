"""What is on paper: `studio review` for what waits for a person, `studio stages` for what each stage made."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from local import options, settings, steps
from local.options import Data, Gate, Stack
from local.problems import StudioProblem
from local.report import Report

if TYPE_CHECKING:
    from local.client import StudioClient


def review(
    episode: options.Episode,
    gate: Annotated[Gate | None, typer.Option(help="Which one. [default: the one that waits]")] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Go on with it as it is.")] = False,
    reject: Annotated[
        str | None, typer.Option(metavar="REASON", help="Stop, and say why. What is there stays.")
    ] = None,
    edit: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Approve with the script in FILE. Without such a file, it is written first."),
    ] = None,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """Look at what waits for you, and answer: approve, edit and approve, or reject.

    Without an option it shows the script or the storyboard, and what the stages noted.

    Examples: `./studio review EPISODE`, `./studio review EPISODE --approve`,
    `./studio review EPISODE --edit script.txt`
    """
    from local import reviewing, script_text

    if approve + (reject is not None) + (edit is not None) > 1:
        raise typer.BadParameter("--approve, --reject and --edit exclude each other.")
    report = Report()
    with options.running(stack, data).client() as client:
        now = client.episode(episode)
        waiting = client.open_review(episode, gate) if now["status"] == "in_review" else None
        if not approve and reject is None and edit is None:
            shown = gate or (waiting["gate"] if waiting else _last_gate(now))
            reviewing.show(client, now, shown, Console(highlight=False))
            if waiting:
                for line in reviewing.how_to_answer(episode, waiting):
                    report.note(line)
            else:
                report.note(f"Nothing waits for an answer; the episode is {now['status']}.")
            return
        if waiting is None:
            raise _nothing_waits(client, now, gate)
        if edit is not None:
            file = settings.user_cwd() / edit
            if not file.exists():
                file.write_text(script_text.written(now["script"]), encoding="utf-8")
                report.note(f"The script is in {file}. Edit it, then run the same command again.")
                return
            changed = reviewing.approve_with(client, now, waiting, file.read_text(encoding="utf-8"))
            report.note("Approved with your changes." if changed else "Nothing was changed; approved as it is.")
        elif reject is not None:
            client.answer(episode, waiting, "reject", reason=reject)
            report.note(f"Rejected. What is on paper stays: ./studio produce --resume {episode}")
            return
        else:
            client.answer(episode, waiting, "approve")
            report.note("Approved.")
    report.note(f"The work goes on; follow and fetch it: ./studio produce --resume {episode}")


def stages(
    episode: options.Episode,
    stage: Annotated[
        str | None, typer.Argument(help="script, culture, direction, storyboard or hooks. [default: all]")
    ] = None,
    data: Data = None,
    stack: Stack = None,
) -> None:
    """Show what each stage made: look, direction, storyboard, hooks, references, notes, and what is stale.

    Example: `./studio stages EPISODE storyboard`
    """
    from local import artifacts

    wanted = [steps.named(stage, option="STAGE", shoot=False)] if stage else list(steps.STAGES)
    with options.running(stack, data).client() as client:
        now = client.episode(episode)
        made = [artifact for name in wanted if (artifact := client.stage(episode, name)) is not None]
    if stage and not made:
        raise StudioProblem(
            f"The stage {steps.LABELS[wanted[0]]} has not worked on this episode.",
            f"./studio produce --resume {episode} --full",
        )
    Console(highlight=False).print(artifacts.overview(now, made))


def _last_gate(episode: dict[str, Any]) -> str:
    boarded = any(s["name"] == "scene_orchestration" and s["status"] == "done" for s in episode["stages"])
    return "storyboard" if boarded else "script"


def _nothing_waits(client: "StudioClient", now: dict[str, Any], gate: str | None) -> StudioProblem:
    other = client.open_review(now["episode_id"]) if now["status"] == "in_review" else None
    if other is not None:
        return StudioProblem(
            f"The {gate} does not wait for an answer; the {other['gate']} does.",
            f"./studio review {now['episode_id']} --gate {other['gate']}",
        )
    following = f"./studio produce --resume {now['episode_id']}"
    return StudioProblem(f"Nothing waits for an answer; the episode is {now['status']}.", following)
