"""/bots and /runs: which bots there are, and what they did."""

import json
import os
from typing import Any

from pydantic import JsonValue

from studio.catalog import BotEntry, bots
from studio.domain.base import Instant, Value
from studio.domain.connection import unmet
from studio.domain.money import usd
from studio.domain.run import BotRun, Health, LastRun, health
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId

app = resolver()


class Bot(BotEntry):
    """A bot, and how it does for you. `needs` says what it still wants of you, one sentence each."""

    health: Health
    last_run: LastRun | None
    needs: tuple[str, ...]


class BotList(Value):
    """The catalogue."""

    items: list[Bot]


class Run(Value):
    """One call of one bot. `output` is the bot's report, null unless it succeeded."""

    run_id: str
    bot: str
    status: str
    episode_id: str
    input_hash: str
    output: JsonValue
    error: str
    error_type: str
    models: tuple[str, ...]
    input_tokens: int
    output_tokens: int
    images: int
    cost_usd: float
    seconds: float
    created_at: Instant
    finished_at: Instant | None


class RunPage(Value):
    """Some runs, newest first."""

    items: list[Run]
    cursor: str | None


@app.get("/bots", tags=["bots"])
def list_bots(studio: Caller) -> BotList:
    """List all bots by category, which of them this stack has, how each does, and what it still needs."""
    last, connections = studio.runs.last(), studio.connections.all()
    deployed = frozenset(os.environ.get("DEPLOYED_BOTS", "").split(","))
    return BotList(
        items=[
            Bot(
                **entry.model_dump(),
                health=health(last.get(entry.name), deployed=entry.deployed),
                last_run=last.get(entry.name),
                needs=unmet(entry.name, connections) if entry.deployed else (),
            )
            for entry in bots(deployed)
        ]
    )


@app.get("/runs", tags=["bots"])
def list_runs(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> RunPage:
    """List your bots' runs."""
    items, following = studio.runs.page(limit, cursor)
    return RunPage(items=[_view(run) for run in items], cursor=following)


@app.get("/runs/<run_id>", tags=["bots"])
def read_run(run_id: PathId, studio: Caller) -> Run:
    """Read one run: where an asynchronous call leads."""
    return _view(studio.runs.get(run_id))


def _view(run: BotRun) -> Run:
    told: dict[str, Any] = run.model_dump(exclude={"output", "cost"})
    return Run(**told, output=json.loads(run.output) if run.output else None, cost_usd=usd(run.cost))


handler = api(app)
