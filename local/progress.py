"""The episode as it is made: every step and clip, live on a terminal, a line for each change elsewhere."""

import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table

from local.steps import GATES, LABELS, SHOOT, STAGES, steps_of

Json = dict[str, Any]

DONE, AT_WORK, FAILED, PENDING, LEFT_OUT = "done", "running", "stopped", "pending", "left out"
_MARKS = {
    DONE: "[green]✓[/]", AT_WORK: "[yellow]◐[/]", FAILED: "[red]✗[/]", PENDING: "[dim]○[/]", LEFT_OUT: "[dim]·[/]",
}  # fmt: skip
_CLIP_MARKS = {"rendered": "[green]●[/]", "rendering": "[yellow]◐[/]", "failed": "[red]✗[/]", "pending": "[dim]○[/]"}


class Progress:
    """What `produce` shows while it waits. `steps` are this take's; without any they follow from the episode."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.steps: Sequence[str] = ()
        self._began = time.monotonic()
        self._said: set[str] = set()
        self._live: Live | None = None

    def __enter__(self) -> "Progress":
        self.go_on()
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()

    def pause(self) -> None:
        """Leave the terminal to somebody else."""
        if self._live:
            self._live.stop()
            self._live = None

    def go_on(self) -> None:
        """Take the terminal again."""
        if self.console.is_terminal and self._live is None:
            self._live = Live(console=self.console, refresh_per_second=8, transient=True)
            self._live.start()

    def begun(self, steps: Sequence[str]) -> None:
        """Take in which steps this take goes through."""
        self.steps = steps

    def show(self, episode: Json) -> None:
        """Take in one reading of the episode."""
        if self._live:
            self._live.update(self._picture(episode))
            return
        for line in _lines(episode, self.steps):
            if line not in self._said:
                self._said.add(line)
                self.console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/]  {escape(line)}")

    def _picture(self, episode: Json) -> RenderableType:
        grid = Table.grid(padding=(0, 2))
        for step, state in states(episode, self.steps):
            record = _record(episode, step)
            seconds = f"{record['seconds']:.1f} s" if record.get("seconds") is not None else ""
            told = " · ".join(filter(None, [_state_in_words(state, step), notes(record)]))
            grid.add_row(_MARKS[state], f"{LABELS.get(step, step)}  [dim]{escape(told)}[/]", f"[dim]{seconds}[/]")
        for clip in episode.get("clips", []):
            mark = _CLIP_MARKS.get(clip["status"], " ")
            told = clip.get("reason") or clip.get("description") or clip["status"]
            room = max(20, self.console.width - 24)
            grid.add_row(mark, f"clip {clip['number']}  [dim]{escape(str(told)[:room])}[/]", "")
        elapsed = f"{escape(episode['status'])}  [dim]{time.monotonic() - self._began:.0f} s[/]"
        title = episode.get("title") or episode.get("prompt") or ""
        return Group(f"[bold]{escape(str(title)[: self.console.width - 2])}[/]", grid, Spinner("dots", text=elapsed))


def states(episode: Json, steps: Sequence[str]) -> list[tuple[str, str]]:
    """Every step with how it stands, in order. Gates and clips have no record: theirs follows from what is around."""
    steps = steps or steps_of(episode.get("pipeline", "quick"), episode.get("review", ()))
    recorded = [stage["name"] for stage in episode.get("stages", [])]
    shown = [step for step in LABELS if step in steps or step in recorded]
    found: list[tuple[str, str]] = []
    for place, step in enumerate(shown):
        if step in STAGES:
            state = {"done": DONE, "stopped": FAILED}.get(_record(episode, step).get("status", ""), "")
            state = state or (AT_WORK if step in recorded else PENDING)
        elif step == SHOOT:
            state = _shooting(episode)
        else:
            after = shown[place + 1 :]
            passed = any(_record(episode, later).get("status") for later in after) or _shooting(episode) != PENDING
            state = DONE if passed else AT_WORK if episode["status"] == "in_review" else PENDING
            if state == AT_WORK and (AT_WORK in (s for _, s in found) or PENDING in (s for _, s in found)):
                state = PENDING
        found.append((step, LEFT_OUT if step not in steps and state != DONE else state))
    return found


def notes(record: Json) -> str:
    """How much a stage's checks let pass, in words; empty when nothing."""
    count = len(record.get("notes") or ())
    return "" if not count else f"{count} note" + ("s" if count > 1 else "")


def _shooting(episode: Json) -> str:
    by_status = {"rendering": AT_WORK, "completed": DONE, "partial": FAILED}
    return by_status.get(episode["status"], PENDING)


def _record(episode: Json, step: str) -> Json:
    return next((stage for stage in episode.get("stages", []) if stage["name"] == step), {})


def _state_in_words(state: str, step: str) -> str:
    if state == AT_WORK:
        return "waits for you" if step in GATES else "at work"
    return {DONE: "", FAILED: "stopped"}.get(state, state)


def _lines(episode: Json, steps: Sequence[str]) -> list[str]:
    lines = [f"steps: {', '.join(LABELS.get(step, step) for step in steps)}"] if steps else []
    lines.append(f"episode {episode['status']}")
    if episode.get("title"):
        lines.append(f"title: {episode['title']}")
    for step, state in states(episode, steps):
        record = _record(episode, step)
        if step == SHOOT or state in {PENDING, LEFT_OUT} or (step in GATES and state == DONE):
            continue
        told = ", ".join(filter(None, [record.get("status") or "waits for you", notes(record)]))
        lines.append(f"{LABELS[step]}: {told}" + (f" ({record['reason']})" if record.get("reason") else ""))
    for clip in episode.get("clips", []):
        if clip["status"] != "pending":
            reason = f" ({clip['reason']})" if clip.get("reason") else ""
            lines.append(f"clip {clip['number']}: {clip['status']}{reason}")
    return lines
