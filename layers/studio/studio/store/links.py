"""Short links."""

from datetime import datetime

from studio.domain.base import new_id
from studio.domain.errors import NotFound
from studio.domain.link import Link, LinkTags
from studio.store import keys
from studio.store.directory import Directory
from studio.store.table import THERE, ConditionFailedError, Partition, Write, assign, fields

_GONE = "There is no such link."


class Links:
    """One owner's links. directory: where their codes are found by who has no token."""

    def __init__(self, partition: Partition, directory: Directory) -> None:
        self._partition = partition
        self._directory = directory

    def create(self, target: str, tags: LinkTags, at: datetime) -> Link:
        """Make a link. Raises pydantic's ValidationError for a target that is not a public https address."""
        link_id = new_id(at)
        link = Link.model_validate(dict(tags) | {"link_id": link_id, "code": "-", "target": target, "created_at": at})
        code = self._directory.open("link", self._partition.owner, link_id)
        link = link.model_copy(update={"code": code})
        item = link.model_dump(mode="json", exclude_none=True)
        self._partition.write(Write("Put", keys.link(link_id), item))
        return link

    def get(self, link_id: str) -> Link:
        """Return a link. Raises NotFound."""
        item = self._partition.get(keys.link(link_id))
        if item is None:
            raise NotFound(_GONE)
        return Link.model_validate(fields(item))

    def page(self, limit: int, cursor: str | None) -> tuple[list[Link], str | None]:
        """Return the newest links first, and the next cursor."""
        page = self._partition.query(keys.link(), limit=limit, cursor=cursor, newest_first=True)
        return [Link.model_validate(fields(item)) for item in page.items], page.cursor

    def enable(self, link_id: str, *, enabled: bool) -> Link:
        """Let a link lead somewhere, or nowhere. Raises NotFound."""
        self._change(assign(keys.link(link_id), {"enabled": enabled}))
        return self.get(link_id)

    def count(self, link_id: str) -> None:
        """Count one click. Raises NotFound."""
        self._change(Write("Update", keys.link(link_id), update="ADD clicks :one", condition=THERE, values={":one": 1}))

    def delete(self, link_id: str) -> None:
        """Delete a link; its events stay. Raises NotFound."""
        self._directory.close("link", self.get(link_id).code)
        self._partition.write(Write("Delete", keys.link(link_id)))

    def _change(self, write: Write) -> None:
        try:
            self._partition.write(write)
        except ConditionFailedError as error:
            raise NotFound(_GONE) from error
