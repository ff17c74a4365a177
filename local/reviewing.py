"""Gates: showing what waits for a person, and passing on what they decide."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.markup import escape

from local import artifacts, script_text
from local.client import StudioClient
from local.problems import StudioProblem
from local.report import Report
from local.steps import LABELS

Json = dict[str, Any]

_BOARD, _SCRIPT_STAGES = "scene_orchestration", ("script_generator_bot", "cultural_injection_bot")


def is_interactive(*, as_json: bool = False) -> bool:
    """Whether somebody is there to be asked."""
    return not as_json and sys.stdin.isatty() and sys.stderr.isatty()


def show(client: StudioClient, episode: Json, gate: str, console: Console) -> None:
    """Show what a gate is about: the words at the script's, the shot list at the storyboard's, and all notes."""
    if gate == "script":
        if episode.get("script") is None:
            raise StudioProblem("The script is not written yet.", "./studio status " + episode["episode_id"])
        text = client.document(f"/episodes/{episode['episode_id']}/script/md").decode()
        console.print(Markdown(text) if console.is_terminal else escape(text))
    else:
        board = client.stage(episode["episode_id"], _BOARD)
        if board is None:
            raise StudioProblem(
                "There is no storyboard yet; the quick pipeline makes none.", "./studio review … --gate script"
            )
        console.print(artifacts.storyboard_table(board))
    for line in _notes(episode, gate):
        console.print(line)


def _notes(episode: Json, gate: str) -> list[RenderableType]:
    stages = [s for s in episode.get("stages", []) if gate != "script" or s["name"] in _SCRIPT_STAGES]
    found: list[RenderableType] = [
        f"[yellow]{LABELS.get(stage['name'], stage['name'])}:[/] {escape(note)}"
        for stage in stages
        for note in stage.get("notes", ())
    ]
    return found + [f"[magenta]stale[/] {escape(told)}" for told in artifacts.stale(episode)]


def how_to_answer(episode_id: str, review: Json) -> list[str]:
    """What waits, until when, and the commands that answer."""
    return [
        f"The {review['gate']} waits for you until {when(review['closes_at'])}.",
        f"Look at it:    ./studio review {episode_id}",
        f"Go on:         ./studio review {episode_id} --approve",
        f"Change it:     ./studio review {episode_id} --edit FILE   (FILE is written first, for you to edit)",
        f"Stop it:       ./studio review {episode_id} --reject 'why'",
        f"Then fetch it: ./studio produce --resume {episode_id}",
    ]


def when(instant: str) -> str:
    """An instant in this machine's time."""
    return datetime.fromisoformat(instant).astimezone().strftime("%A %-d %B, %H:%M")


def approve_with(client: StudioClient, episode: Json, review: Json, text: str) -> bool:
    """Approve with the words of `text`, and say whether they change anything. Raises StudioProblem for bad ones."""
    edited = script_text.read(text, episode["script"])
    if edited == episode["script"]:
        client.answer(episode["episode_id"], review, "approve")
        return False
    client.answer(episode["episode_id"], review, "approve", edit={"version": episode["version"], "script": edited})
    return True


def in_editor(text: str) -> str:
    """What the person's editor makes of `text`."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.txt"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(path)], check=False)
        except OSError as problem:
            raise StudioProblem(f"The editor “{editor}” cannot be started.", "export EDITOR=nano") from problem
        if done.returncode != 0:
            raise StudioProblem(f"The editor “{editor}” ended with {done.returncode}; nothing was changed.")
        return path.read_text(encoding="utf-8")


class Desk:
    """Where somebody at a terminal answers the gates of an episode that is being made."""

    def __init__(self, client: StudioClient, report: Report, ask: Callable[[str], str] | None = None) -> None:
        self._client = client
        self._report = report
        self._ask = ask or report.console.input

    def answer(self, episode: Json, review: Json) -> bool:
        """Show what waits and ask; False when it is left for later. Ctrl-C here leaves the episode waiting."""
        console = self._report.console
        show(self._client, episode, review["gate"], console)
        self._report.note(f"The {review['gate']} waits for you until {when(review['closes_at'])}.")
        try:
            while True:
                said = self._ask("[bold]\\[a]pprove, \\[e]dit, \\[r]eject or \\[l]ater?[/] ").strip().casefold()
                choice = next((c for c in ("approve", "edit", "reject", "later") if said and c.startswith(said)), "")
                if choice == "later":
                    return False
                if choice and self._do(choice, episode, review):
                    return True
        except (KeyboardInterrupt, EOFError):
            console.print()
            return False

    def _do(self, choice: str, episode: Json, review: Json) -> bool:
        if choice == "edit":
            return self._edit(episode, review)
        reason = self._ask("Why? ").strip() if choice == "reject" else ""
        self._client.answer(episode["episode_id"], review, choice, **({"reason": reason} if reason else {}))
        return True

    def _edit(self, episode: Json, review: Json) -> bool:
        text = script_text.written(episode["script"])
        while True:
            try:
                text = in_editor(text)
                if not approve_with(self._client, episode, review, text):
                    self._report.note("Nothing was changed; approved as it is.")
            except StudioProblem as problem:
                self._report.problem(problem)
                if not self._ask("Edit it again? \\[Y/n] ").strip().casefold().startswith("n"):
                    continue
                return False
            return True
