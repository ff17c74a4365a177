"""One prompt to files on disk: order the episode, watch it being made, bring it home."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table

from local import files
from local.client import TERMINAL, ApiProblem, StudioClient
from local.problems import StudioProblem

Json = dict[str, Any]
Watch = Callable[[Json], None]

FIRST_POLL, LAST_POLL = 0.3, 2.0
STALLED_SECONDS = 30 * 60.0

EXIT_CODES = {"completed": 0, "partial": 3}
_CLIP_MARKS = {"rendered": "[green]●[/]", "rendering": "[yellow]◐[/]", "failed": "[red]✗[/]", "pending": "[dim]○[/]"}


@dataclass(frozen=True)
class Order:
    """What to make. Either a prompt, or the id of an episode to take up again."""

    prompt: str | None = None
    resume: str | None = None
    project: str | None = None
    aspect: str | None = None
    clips: int = 3
    provider: str | None = None

    def body(self, project: str | None) -> Json:
        """The request in the API's words."""
        if self.resume:
            return {"episode_id": self.resume}
        wanted = {"prompt": self.prompt, "clips": self.clips}
        chosen = {"project_id": project, "aspect": self.aspect, "provider": self.provider}
        return wanted | {name: value for name, value in chosen.items() if value is not None}


@dataclass
class Result:
    """What came of it, in the shape `--json` prints."""

    episode_id: str | None = None
    status: str = "failed"
    title: str = ""
    files: list[Path] = field(default_factory=list)
    provider: str = ""
    seconds: float = 0.0
    cost_usd: float = 0.0
    error: str = ""

    @property
    def code(self) -> int:
        """0 completed, 3 partial, 1 anything else."""
        return EXIT_CODES.get(self.status, 1)

    def as_json(self) -> Json:
        """One flat object; `error` only where there is one."""
        page: Json = {
            "episode_id": self.episode_id,
            "status": self.status,
            "title": self.title,
            "files": [str(path) for path in self.files],
            "provider": self.provider,
            "seconds": round(self.seconds, 2),
            "cost_usd": self.cost_usd,
        }
        return page | ({"error": self.error} if self.error else {})


class Interrupted(Exception):
    """The person pressed Ctrl-C; the episode, if it had begun, is cancelled."""

    def __init__(self, episode_id: str | None) -> None:
        super().__init__("cancelled")
        self.episode_id = episode_id


def produce(client: StudioClient, order: Order, out: Path, watch: Watch = lambda episode: None) -> Result:
    """Make an episode and bring its files to a folder under `out`.

    Raises Interrupted on Ctrl-C after cancelling the episode, StudioProblem when it cannot be ordered or followed.
    """
    started = time.monotonic()
    episode_id = order.resume
    try:
        episode_id = _begin(client, order)
        episode = follow(client, episode_id, watch)
        written = files.bring_home(client, episode, out)
        episode = client.episode(episode_id)
    except KeyboardInterrupt:
        if episode_id:
            _cancel(client, episode_id)
        raise Interrupted(episode_id) from None
    except StudioProblem as problem:
        problem.next_step = problem.next_step or (f"./studio produce --resume {episode_id}" if episode_id else "")
        raise
    return Result(
        episode_id,
        episode["status"],
        episode.get("title") or "",
        written,
        episode.get("provider") or "",
        time.monotonic() - started,
        float(episode.get("cost_usd") or 0.0),
        why(episode),
    )


def follow(client: StudioClient, episode_id: str, watch: Watch) -> Json:
    """Read the episode again and again until it is over; `watch` sees every reading."""
    pause = FIRST_POLL
    version: object = None
    changed_at = time.monotonic()
    while True:
        episode = client.episode(episode_id)
        watch(episode)
        if episode["status"] in TERMINAL:
            return episode
        seen = (episode.get("version"), episode["status"], episode.get("stages"), episode.get("clips"))
        if seen != version:
            version, changed_at, pause = seen, time.monotonic(), FIRST_POLL
        elif time.monotonic() - changed_at > STALLED_SECONDS:
            raise StudioProblem(f"Nothing has happened to episode {episode_id} for half an hour.", "./studio logs")
        time.sleep(pause)
        pause = min(LAST_POLL, pause * 1.25)


def why(episode: Json) -> str:
    """Why an episode is not complete, in one line; empty when it is."""
    if episode["status"] == "completed":
        return ""
    lost = [
        f"clip {clip['number']}: {clip.get('reason') or 'failed'}"
        for clip in episode.get("clips", [])
        if clip["status"] == "failed"
    ]
    return "; ".join(filter(None, [episode.get("reason") or "", *lost])) or f"the episode is {episode['status']}"


def _begin(client: StudioClient, order: Order) -> str:
    project = order.project
    if project is None and not order.resume:
        project = client.ready_made_project()["project_id"]
    if order.resume:
        # One that runs already, or is complete, is just followed to its end and fetched.
        now = client.episode(order.resume)["status"]
        if now == "completed" or now not in (*TERMINAL, "draft"):
            return order.resume
    started = client.start(order.body(project), str(uuid.uuid4()))
    episode_id: str = started["episode_id"]
    return episode_id


def _cancel(client: StudioClient, episode_id: str) -> None:
    """Cancel, and give the studio a moment to say that it has."""
    try:
        client.cancel(episode_id)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and client.episode(episode_id)["status"] not in TERMINAL:
            time.sleep(0.3)
    except (ApiProblem, StudioProblem):
        return  # the emulator may be gone already; there is nothing left to stop then


class Progress:
    """The episode as it is made: stages and clips, live on a terminal, a line for each change elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._began = time.monotonic()
        self._said: set[str] = set()
        self._live = Live(console=console, refresh_per_second=8, transient=True) if console.is_terminal else None

    def __enter__(self) -> "Progress":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, episode: Json) -> None:
        """Take in one reading of the episode."""
        if self._live:
            self._live.update(self._picture(episode))
            return
        for line in _lines(episode):
            if line not in self._said:
                self._said.add(line)
                self.console.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/]  {escape(line)}")

    def _picture(self, episode: Json) -> RenderableType:
        grid = Table.grid(padding=(0, 2))
        for stage in episode.get("stages", []):
            seconds = f"{stage['seconds']:.1f} s" if stage.get("seconds") is not None else ""
            mark = {"done": "[green]✓[/]", "failed": "[red]✗[/]"}.get(stage["status"], "[yellow]◐[/]")
            grid.add_row(mark, escape(stage["name"].replace("_", " ")), f"[dim]{seconds}[/]")
        for clip in episode.get("clips", []):
            mark = _CLIP_MARKS.get(clip["status"], " ")
            told = clip.get("reason") or clip.get("description") or clip["status"]
            room = max(20, self.console.width - 24)
            grid.add_row(mark, f"clip {clip['number']}  [dim]{escape(str(told)[:room])}[/]", "")
        elapsed = f"{escape(episode['status'])}  [dim]{time.monotonic() - self._began:.0f} s[/]"
        title = episode.get("title") or episode.get("prompt") or ""
        return Group(f"[bold]{escape(str(title)[: self.console.width - 2])}[/]", grid, Spinner("dots", text=elapsed))


def _lines(episode: Json) -> list[str]:
    lines = [f"episode {episode['status']}"]
    if episode.get("title"):
        lines.append(f"title: {episode['title']}")
    lines += [f"{stage['name']}: {stage['status']}" for stage in episode.get("stages", [])]
    for clip in episode.get("clips", []):
        if clip["status"] != "pending":
            reason = f" ({clip['reason']})" if clip.get("reason") else ""
            lines.append(f"clip {clip['number']}: {clip['status']}{reason}")
    return lines
