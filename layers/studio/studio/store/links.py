"""Short links."""

from datetime import datetime

from studio.domain.base import new_id
from studio.domain.digest import digest_of
from studio.domain.errors import NotFound, Unavailable
from studio.domain.link import Link, LinkTags
from studio.store import keys
from studio.store.directory import Directory
from studio.store.table import NEW, THERE, ConditionFailedError, Item, Partition, Write, assign, fields

_GONE = "There is no such link."
_TRIES = 3


class Links:
    """One owner's links. directory: where their codes are found by who has no token."""

    def __init__(self, partition: Partition, directory: Directory) -> None:
        self._partition = partition
        self._directory = directory

    def create(self, target: str, tags: LinkTags, at: datetime) -> Link:
        """Make a link. Raises pydantic's ValidationError for a target that is not a public https address."""
        link = self._new(target, tags, at)
        self._partition.write(_put(link))
        return link

    def made_for(self, target: str, tags: LinkTags) -> Link | None:
        """Return the link that `ensure` made for a target with these tags; None where there is none any more."""
        return self._of(self._partition.get(_pointer(target, tags)))

    def ensure(self, target: str, tags: LinkTags, at: datetime) -> Link:
        """Return the link to a target with these tags, and make it where there is none; one, whoever asks at once.

        Raises as `create` does.
        """
        sk = _pointer(target, tags)
        for _ in range(_TRIES):
            pointer = self._partition.get(sk)
            known = self._of(pointer)
            if known is not None:
                return known
            link = self._new(target, tags, at)
            told = {"link_id": link.link_id}
            points = (
                Write("Put", sk, told, condition=NEW)
                if pointer is None
                # To a link that was deleted.
                else Write("Put", sk, told, condition="link_id = :was", values={":was": pointer["link_id"]})
            )
            try:
                self._partition.write(points, _put(link))
            except ConditionFailedError:
                self._directory.close("link", link.code)
                continue
            return link
        raise Unavailable("Too many changes of one link at the same moment; try again.")

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

    def _new(self, target: str, tags: LinkTags, at: datetime) -> Link:
        link_id = new_id(at)
        link = Link.model_validate(dict(tags) | {"link_id": link_id, "code": "-", "target": target, "created_at": at})
        return link.model_copy(update={"code": self._directory.open("link", self._partition.owner, link_id)})

    def _of(self, pointer: Item | None) -> Link | None:
        item = None if pointer is None else self._partition.get(keys.link(str(pointer["link_id"])))
        return None if item is None else Link.model_validate(fields(item))

    def _change(self, write: Write) -> None:
        try:
            self._partition.write(write)
        except ConditionFailedError as error:
            raise NotFound(_GONE) from error


def _put(link: Link) -> Write:
    return Write("Put", keys.link(link.link_id), link.model_dump(mode="json", exclude_none=True))


def _pointer(target: str, tags: LinkTags) -> str:
    return keys.link_for(digest_of(target, tags.model_dump(mode="json", exclude_none=True)))
