"""One prompt to files on disk: order the episode, watch it being made, bring it home."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from local import files, money
from local.client import ApiProblem, StudioClient
from local.problems import StudioProblem
from local.steps import steps_of

Json = dict[str, Any]

FIRST_POLL, LAST_POLL = 0.3, 2.0
STALLED_SECONDS = 30 * 60.0

IN_REVIEW, RESTING = "in_review", "written"
EXIT_CODES = {"completed": 0, IN_REVIEW: 0, RESTING: 0, "partial": 3}


@dataclass(frozen=True)
class Order:
    """What to make. Either a prompt, or the id of an episode to take up again.

    `full` has it go through all stages on paper; only then `review`, `start_at` and `stop_after` count.
    """

    prompt: str | None = None
    resume: str | None = None
    project: str | None = None
    aspect: str | None = None
    clips: int = 3
    provider: str | None = None
    full: bool = False
    review: tuple[str, ...] | None = None
    start_at: str | None = None
    stop_after: str | None = None
    air_date: str | None = None
    trend: Json | None = None

    @property
    def says_how(self) -> bool:
        """Whether anything is asked for that only the full pipeline has."""
        return any(value is not None for value in (self.review, self.start_at, self.stop_after, self.air_date))

    def body(self) -> Json:
        """The request in the API's words."""
        wanted: Json = {"episode_id": self.resume} if self.resume else {"prompt": self.prompt, "clips": self.clips}
        chosen: Json = {"air_date": self.air_date, "trend": self.trend}
        if not self.resume:
            chosen |= {"project_id": self.project, "aspect": self.aspect, "provider": self.provider}
        if self.full:
            chosen |= {
                "review": None if self.review is None else list(self.review),
                "start_at": self.start_at,
                "stop_after": self.stop_after,
            }
        return wanted | {name: value for name, value in chosen.items() if value is not None}


@dataclass
class Result:
    """What came of it, in the shape `--json` prints. `missing` are exports that could not be had, with the reasons."""

    episode_id: str | None = None
    status: str = "failed"
    title: str = ""
    files: list[Path] = field(default_factory=list)
    provider: str = ""
    seconds: float = 0.0
    quote_usd: float | None = None
    cost_usd: float = 0.0
    error: str = ""
    missing: dict[str, str] = field(default_factory=dict)
    review: Json | None = None
    bill: Json | None = None
    more: Json = field(default_factory=dict)
    differs: bool = False

    @property
    def code(self) -> int:
        """0 completed, resting or waiting for a review, 3 partial, 1 anything else, and where a replay differs."""
        return 1 if self.differs else EXIT_CODES.get(self.status, 1)

    def as_json(self) -> Json:
        """One flat object; `error`, `missing` and `review` only where there is something to say."""
        page: Json = {
            "episode_id": self.episode_id,
            "status": self.status,
            "title": self.title,
            "files": [str(path) for path in self.files],
            "provider": self.provider,
            "seconds": round(self.seconds, 2),
            "quote_usd": self.quote_usd,
            "cost_usd": self.cost_usd,
        }
        waits = {name: self.review[name] for name in ("gate", "closes_at")} if self.review else {}
        asides = {"error": self.error, "missing": self.missing, "review": waits}
        return page | {name: value for name, value in asides.items() if value} | self.more


class Interrupted(Exception):
    """The person pressed Ctrl-C; the episode, if it had begun, is cancelled."""

    def __init__(self, episode_id: str | None) -> None:
        super().__init__("cancelled")
        self.episode_id = episode_id


@dataclass
class Company:
    """Who is with the command while it waits: `watch` sees every reading of the episode, `begun` the steps of the take.

    `at_gate` is shown an episode and the review that it waits for, and says whether that was answered; `at_rest` one
    that nobody works on any more, and says whether it was set going again.
    """

    watch: Callable[[Json], None] = lambda episode: None
    begun: Callable[[Sequence[str]], None] = lambda steps: None
    at_gate: Callable[[Json, Json], bool] = lambda episode, review: False
    at_rest: Callable[[Json], bool] = lambda episode: False


def produce(client: StudioClient, order: Order, out: Path, company: Company | None = None) -> Result:
    """Make an episode and bring its files to a folder under `out`.

    Raises Interrupted on Ctrl-C after cancelling the episode, StudioProblem when it cannot be ordered or followed.
    """
    company = company or Company()
    started = time.monotonic()
    episode_id = order.resume
    try:
        episode_id, steps = _begin(client, order)
        company.begun(steps)
        episode, review = follow(client, episode_id, company.watch)
        while company.at_rest(episode) if review is None else company.at_gate(episode, review):
            episode, review = follow(client, episode_id, company.watch)
        home = files.bring_home(client, episode, out)
        episode = client.episode(episode_id)
    except KeyboardInterrupt:
        if episode_id:
            _cancel(client, episode_id)
        raise Interrupted(episode_id) from None
    except StudioProblem as problem:
        problem.next_step = problem.next_step or (f"./studio produce --resume {episode_id}" if episode_id else "")
        raise
    bill = money.bill_of(client, episode_id)
    return Result(
        episode_id,
        episode["status"],
        episode.get("title") or "",
        home.files,
        episode.get("provider") or "",
        time.monotonic() - started,
        None if bill is None else bill["quoted_expected_usd"],
        float(episode.get("cost_usd") or 0.0),
        why(episode),
        home.missing,
        review,
        bill,
    )


def follow(client: StudioClient, episode_id: str, watch: Callable[[Json], None]) -> tuple[Json, Json | None]:
    """Read the episode again and again until it is over, or waits; then also the review that waits for an answer."""
    pause = FIRST_POLL
    version: object = None
    changed_at = time.monotonic()
    while True:
        episode = client.episode(episode_id)
        watch(episode)
        if not episode["under_way"]:
            return episode, None
        # Answered a moment ago, it still shows as in review and no gate is open.
        if episode["status"] == IN_REVIEW and (review := client.open_review(episode_id)) is not None:
            return episode, review
        seen = (episode.get("version"), episode["status"], episode.get("stages"), episode.get("clips"))
        if seen != version:
            version, changed_at, pause = seen, time.monotonic(), FIRST_POLL
        elif time.monotonic() - changed_at > STALLED_SECONDS:
            raise StudioProblem(f"Nothing has happened to episode {episode_id} for half an hour.", "./studio logs")
        time.sleep(pause)
        pause = min(LAST_POLL, pause * 1.25)


def why(episode: Json) -> str:
    """Why an episode is not complete, in one line; empty when it is, and when it was asked to stop where it stands."""
    if EXIT_CODES.get(episode["status"]) == 0:
        return ""
    lost = [
        f"clip {clip['number']}: {clip.get('reason') or 'failed'}"
        for clip in episode.get("clips", [])
        if clip["status"] == "failed"
    ]
    return "; ".join(filter(None, [episode.get("reason") or "", *lost])) or f"the episode is {episode['status']}"


def _begin(client: StudioClient, order: Order) -> tuple[str, list[str]]:
    """Order the episode, or go on with it. Returns its id and the steps that it now goes through."""
    if order.resume:
        now = client.episode(order.resume)
        way = steps_of(now.get("pipeline", "quick"), now.get("review", ()))
        if now["under_way"] and order.says_how:
            raise StudioProblem(
                f"The episode is {now['status']}, and goes its way already.",
                f"./studio produce --resume {order.resume}   follows it",
                code=2,
            )
        # One that runs already, or is complete, is just followed to its end and fetched.
        if now["under_way"] or (now["status"] == "completed" and not order.full and not order.says_how):
            return order.resume, way
        if order.says_how and not order.full and now.get("pipeline") != "full":
            raise StudioProblem(
                "This episode goes the quick way, which has no other stages.", "--full takes it through them.", code=2
            )
        order = replace(order, full=order.full or now.get("pipeline") == "full")
    elif order.project is None:
        order = replace(order, project=client.ready_made_project()["project_id"])
    started = client.start(order.body(), str(uuid.uuid4()), full=order.full)
    return started["episode_id"], list(started.get("steps") or ())


def _cancel(client: StudioClient, episode_id: str) -> None:
    """Cancel, and give the studio a moment to say that it has."""
    try:
        client.cancel(episode_id)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and client.episode(episode_id)["under_way"]:
            time.sleep(0.3)
    except (ApiProblem, StudioProblem):
        return  # the emulator may be gone already; there is nothing left to stop then
