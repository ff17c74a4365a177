"""What a show has learned, version by version: appended, and never changed."""

from studio.domain.errors import Conflict, NotFound
from studio.domain.learning import Learned
from studio.store import keys
from studio.store.table import NEW, ConditionFailedError, Item, Partition, Write, fields


class LearnedVersions:
    """The versions of one project."""

    def __init__(self, partition: Partition, project_id: str) -> None:
        self._partition = partition
        self._project_id = project_id

    def now(self) -> Learned:
        """Return the version in use; version 0 before anything was learned."""
        newest, _ = self.page(1, None)
        return newest[0] if newest else Learned(project_id=self._project_id)

    def get(self, version: int) -> Learned:
        """Return a version; 0 is nothing learned. Raises NotFound."""
        if version == 0:
            return Learned(project_id=self._project_id)
        item = self._partition.get(keys.learned(self._project_id, version))
        if item is None:
            raise NotFound(f"There is no version {version} of what this show has learned.")
        return _learned(item)

    def page(self, limit: int, cursor: str | None) -> tuple[list[Learned], str | None]:
        """Return the newest versions first, and the next cursor."""
        page = self._partition.query(keys.learned(self._project_id), limit=limit, cursor=cursor, newest_first=True)
        return [_learned(item) for item in page.items], page.cursor

    def append(self, learned: Learned) -> Learned:
        """Store the next version. Raises Conflict where somebody else's came first."""
        sk = keys.learned(self._project_id, learned.version)
        try:
            self._partition.write(Write("Put", sk, learned.model_dump(mode="json", exclude_none=True), condition=NEW))
        except ConditionFailedError as error:
            raise Conflict("Something else was learned at the same moment. Look at it, and try again.") from error
        return learned


def _learned(item: Item) -> Learned:
    return Learned.model_validate(fields(item))
