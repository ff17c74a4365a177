"""Experiments, and what was seen of them so far."""

from studio.domain.errors import Conflict, NotFound
from studio.domain.experiment import Experiment
from studio.store import keys
from studio.store.table import NEW, ConditionFailedError, Partition, Write, fields


class Experiments:
    """One owner's experiments."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def create(self, experiment: Experiment) -> None:
        """Store a new experiment."""
        sk = keys.experiment(experiment.experiment_id)
        self._partition.write(Write("Put", sk, experiment.model_dump(mode="json"), condition=NEW))

    def get(self, experiment_id: str) -> Experiment:
        """Return an experiment. Raises NotFound."""
        item = self._partition.get(keys.experiment(experiment_id))
        if item is None:
            raise NotFound("There is no such experiment.")
        return Experiment.model_validate(fields(item))

    def page(self, limit: int, cursor: str | None) -> tuple[list[Experiment], str | None]:
        """Return the newest experiments first, and the next cursor."""
        page = self._partition.query(keys.experiment(), limit=limit, cursor=cursor, newest_first=True)
        return [Experiment.model_validate(fields(item)) for item in page.items], page.cursor

    def replace(self, experiment: Experiment, **changes: object) -> Experiment:
        """Store what a look found. Raises Conflict when another look was stored meanwhile."""
        then = experiment.model_copy(update={**changes, "version": experiment.version + 1})
        write = Write(
            "Put",
            keys.experiment(experiment.experiment_id),
            then.model_dump(mode="json"),
            condition="#version = :version",
            names={"#version": "version"},
            values={":version": experiment.version},
        )
        try:
            self._partition.write(write)
        except ConditionFailedError as error:
            raise Conflict("Somebody else looked at this experiment at the same moment. Look again.") from error
        return then
