"""BotRuns: what each bot was asked and what came of it."""

from datetime import timedelta

from studio.domain.errors import NotFound
from studio.domain.run import BotRun
from studio.store import keys
from studio.store.table import Partition, Write, fields

_RUN_DAYS = 90


class Runs:
    """One owner's runs."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def save(self, run: BotRun) -> None:
        """Store a run as it now stands."""
        expires = int((run.created_at + timedelta(days=_RUN_DAYS)).timestamp())
        item = run.model_dump(mode="json", exclude_none=True) | {"expires_at": expires}
        self._partition.write(Write("Put", keys.run(run.run_id), item))

    def get(self, run_id: str) -> BotRun:
        """Return a run. Raises NotFound."""
        item = self._partition.get(keys.run(run_id))
        if item is None:
            raise NotFound("There is no such run.")
        return BotRun.model_validate(fields(item))

    def page(self, limit: int, cursor: str | None) -> tuple[list[BotRun], str | None]:
        """Return the newest runs first, and the next cursor."""
        page = self._partition.query(keys.run(), limit=limit, cursor=cursor, newest_first=True)
        return [BotRun.model_validate(fields(item)) for item in page.items], page.cursor
