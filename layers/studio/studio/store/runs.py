"""BotRuns: what each bot was asked and what came of it, and how each bot did last."""

from datetime import timedelta

from studio.domain.errors import NotFound
from studio.domain.run import OURS, BotRun, LastRun
from studio.store import keys
from studio.store.table import Partition, Write, fields

_RUN_DAYS = 90


class Runs:
    """One owner's runs."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def save(self, run: BotRun) -> None:
        """Store a run as it now stands."""
        self._partition.write(_put(run))

    def finish(self, run: BotRun) -> None:
        """Store how a run ended, and with it how its bot did last."""
        last = LastRun.model_validate(run.model_dump(include=set(LastRun.model_fields)))
        told = last.model_dump(mode="json", exclude={"failures"})
        names = {f"#{name}": name for name in (*told, "failures")}
        values = {f":{name}": value for name, value in told.items()}
        sets = ", ".join(f"#{name} = :{name}" for name in told)
        if run.error_type in OURS:
            update, values = f"SET {sets} ADD #failures :one", values | {":one": 1}
        else:
            update, values = f"SET {sets}, #failures = :none", values | {":none": 0}
        self._partition.write(
            _put(run), Write("Update", keys.bot_health(run.bot), update=update, names=names, values=values)
        )

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

    def last(self) -> dict[str, LastRun]:
        """Return how each bot did last, by its public name."""
        return {
            str(item["bot"]): LastRun.model_validate(fields(item)) for item in self._partition.all(keys.bot_health())
        }


def _put(run: BotRun) -> Write:
    expires = int((run.created_at + timedelta(days=_RUN_DAYS)).timestamp())
    return Write("Put", keys.run(run.run_id), run.model_dump(mode="json", exclude_none=True) | {"expires_at": expires})
