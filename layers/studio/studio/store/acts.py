"""What people asked of their episodes, in the order in which they did."""

from studio.domain.act import Act
from studio.store import keys
from studio.store.table import Partition, Write, fields


class Acts:
    """One owner's requests, by episode."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def keep(self, act: Act) -> None:
        """Keep one more, unless its episode is gone."""
        key = keys.act(act.episode_id, act.act_id)
        self._partition.write(Write("Put", key, act.model_dump(mode="json")))
        if self._partition.get(keys.episode(act.episode_id)) is None:
            # Not there, or deleted while this was stored: nothing of it may stay.
            self._partition.write(Write("Delete", key))

    def of(self, episode_id: str) -> list[Act]:
        """Return what was asked of an episode, first to last."""
        return [Act.model_validate(fields(item)) for item in self._partition.all(keys.act(episode_id))]
