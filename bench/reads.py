"""What the dashboard and the first page of episodes read, with 10, 1,000 and 10,000 episodes.

Counted at the client; the table is moto's, in memory, so times would be moto's and are left out. What must not grow is
the number of calls.

    ./.venv/bin/python -m bench.reads
"""

from collections.abc import Iterator
from typing import Any

from moto import mock_aws
from tests import conftest as aws_in_memory  # before the functions: it sets the environment that they read

from bench.report import report
from functions.dashboard import app as dashboard
from functions.episodes import app as episodes
from studio.domain.base import new_id
from studio.domain.episode import Episode, Status
from studio.domain.project import Brief
from studio.entry import Studio
from studio.entry.context import client
from studio.store import keys
from studio.store.table import Write

SIZES = (10, 1_000, 10_000)


def fill(studio: Studio, wanted: int, here: int) -> None:
    """Store episodes until there are `wanted`, in batches: moto copies its tables for each transaction."""
    studio.partition.write_each(
        Write("Put", keys.episode(episode.episode_id), episode.model_dump(mode="json", exclude_none=True))
        for episode in made(studio, wanted - here)
    )
    studio.partition.write(Write("Put", keys.STATS, {f"episodes_{Status.FAILED}": wanted}))


def made(studio: Studio, count: int) -> Iterator[Episode]:
    """Yield `count` episodes that failed."""
    for number in range(count):
        at = studio.clock()
        yield Episode(
            episode_id=new_id(at),
            prompt=f"Prompt {number}",
            provider="draft",
            brief=Brief(title="Bench"),
            aspect=Brief(title="Bench").aspect,
            clips_wanted=3,
            status=Status.FAILED,
            created_at=at,
            updated_at=at,
        )


def counted(handler: Any, path: str) -> tuple[int, int]:
    """Return how many calls to DynamoDB one request makes, and the size of its answer in characters."""
    calls = 0

    def count(**_: object) -> None:
        nonlocal calls
        calls += 1

    events = client("dynamodb").meta.events
    events.register("before-call.dynamodb", count)
    answer = aws_in_memory.call(handler, aws_in_memory.http_event("GET", path))
    events.unregister("before-call.dynamodb", count)
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}: {answer.body}")
    return calls, len(str(answer.body))


def main() -> None:
    """Measure and report."""
    rows: list[tuple[object, ...]] = []
    with mock_aws():
        aws_in_memory.lay_out()
        studio = Studio.opened_for("amina")
        here = 0
        for size in SIZES:
            fill(studio, size, here)
            here = size
            for name, handler, path in (
                ("dashboard", dashboard.handler, "/dashboard"),
                ("first page of 20", episodes.handler, "/episodes"),
            ):
                rows.append((name, size, *counted(handler, path)))
    rows.sort(key=lambda row: str(row[0]))
    same = all(len({row[2] for row in rows if row[0] == name}) == 1 for name in {row[0] for row in rows})
    report(
        "reads",
        "Reads as the library grows",
        ("request", "episodes", "DynamoDB calls", "characters answered"),
        rows,
        calls_do_not_grow=same,
    )


if __name__ == "__main__":
    main()
