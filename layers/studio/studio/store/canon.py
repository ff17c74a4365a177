"""The canon of one show: what each finished episode added."""

from studio.domain.canon import EpisodeCanon
from studio.store import keys
from studio.store.table import Partition, Write, fields


class Canon:
    """What one project remembers."""

    def __init__(self, partition: Partition, project_id: str) -> None:
        self._partition = partition
        self._project_id = project_id

    def put(self, entry: EpisodeCanon) -> None:
        """Remember what an episode added, in the place of what it added before."""
        item = entry.model_dump(mode="json", exclude_none=True)
        self._partition.write(Write("Put", keys.canon(self._project_id, entry.episode_id), item))

    def before(self, episode_id: str) -> list[EpisodeCanon]:
        """Return what the episodes that were asked for before this one added, oldest first."""
        return [entry for entry in self.all() if entry.episode_id < episode_id]

    def all(self) -> list[EpisodeCanon]:
        """Return what every finished episode added, oldest first."""
        items = self._partition.all(keys.canon(self._project_id))
        return [EpisodeCanon.model_validate(fields(item)) for item in items]
