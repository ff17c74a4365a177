"""Options that commands share, and finding the studio they name."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from local import settings
from local.problems import StudioProblem
from local.report import Report

if TYPE_CHECKING:
    from local.laptop import Place


class Provider(StrEnum):
    """Who writes and paints."""

    DRAFT = settings.DRAFT
    GEMINI = settings.GEMINI


class Aspect(StrEnum):
    """The shape of the picture."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"


class Gate(StrEnum):
    """Where an episode waits for a person."""

    SCRIPT = "script"
    STORYBOARD = "storyboard"


Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help=f"Port of the emulator on 127.0.0.1. [default: {settings.DEFAULT_PORT}]"),
]
Data = Annotated[Path | None, typer.Option("--data", help="Where the studio keeps its data. [default: .studio/data]")]
ProviderChoice = Annotated[
    Provider | None, typer.Option(help="draft needs no key; gemini needs GEMINI_API_KEY. [default: gemini with a key]")
]
Stack = Annotated[str | None, typer.Option("--stack", help="A deployed stack in AWS instead of this laptop.")]
Project = Annotated[str | None, typer.Option(help="A project's id. [default: your project “Say Walahi”]")]
Clips = Annotated[int, typer.Option(min=1, max=6, help="How many clips to shoot.")]
Full = Annotated[
    bool, typer.Option("--full", help="All five stages on paper: script, culture, direction, storyboard, hooks.")
]
Episode = Annotated[str, typer.Argument(help="An episode's id; ./studio status lists them.")]


def data_dir(given: Path | None) -> Path:
    """Where the studio keeps its data."""
    return (settings.user_cwd() / given).resolve() if given else settings.DATA_DIR


def running(stack: str | None, data: Path | None) -> "Place":
    """The studio that is up. Raises StudioProblem when none is."""
    from local import laptop

    if stack:
        from local import cloud

        return cloud.place(stack)
    place = laptop.running(data_dir(data))
    if place is None:
        raise StudioProblem("The studio is not running.", "./studio up")
    return place


def at_work(report: Report, stack: str | None, data: Path | None, port: int | None, provider: str | None) -> "Place":
    """The studio to produce in, started when there is none."""
    from local import laptop

    if stack:
        return running(stack, data)
    return laptop.running(data_dir(data)) or laptop.bring_up(report, data_dir(data), port, provider)
