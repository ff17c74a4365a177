"""Trends: topics as they were seen, hour by hour. What the studio saw for everybody is shared, the rest the owner's."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from studio.domain.topics import TopicSnapshot
from studio.store import keys
from studio.store.table import Item, Partition, Write, fields

KEPT = timedelta(days=30)
_PAGE = 500


class Trends:
    """What an owner may see of topics. shared: the partition of scheduled work, which is read and never written here;
    scheduled work opens its own as `partition`.
    """

    def __init__(self, partition: Partition, shared: Partition) -> None:
        self._partition = partition
        self._places = [partition] if partition.owner == shared.owner else [partition, shared]

    def add(self, snapshots: Iterable[TopicSnapshot]) -> None:
        """Store snapshots. The first of a topic, a place and an hour stays: what was seen is not changed afterwards."""
        writes: dict[str, Write] = {}
        known: dict[str, set[str]] = {}
        for snapshot in snapshots:
            prefix = keys.trend(snapshot.where, keys.hour(snapshot.at))
            if prefix not in known:
                known[prefix] = {str(item["sk"]) for item in self._partition.all(prefix)}
            sk = keys.trend(snapshot.where, keys.hour(snapshot.at), snapshot.digest)
            if sk not in known[prefix]:
                expires = int((snapshot.at + KEPT).timestamp())
                item = snapshot.model_dump(mode="json", exclude_none=True) | {"expires_at": expires}
                writes.setdefault(sk, Write("Put", sk, item))
        self._partition.write_each(writes.values())

    def since(self, where: str, start: datetime) -> list[TopicSnapshot]:
        """Return what was seen at a place since `start`, oldest first."""
        least = keys.trend(where, keys.hour(start))
        found = [item for partition in self._places for item in _since(partition, where, least)]
        return sorted((_snapshot(item) for item in found), key=lambda s: (s.at, s.key))

    def latest(self, where: str) -> list[TopicSnapshot]:
        """Return what was seen at a place in the latest hour that there is, whoever saw it; empty for none."""
        hours: list[tuple[str, Partition]] = []
        for partition in self._places:
            newest = partition.query(keys.trend(where), limit=1, newest_first=True).items
            hours += [(str(item["sk"]).split("#")[2], partition) for item in newest]
        if not hours:
            return []
        hour, partition = max(hours, key=lambda entry: entry[0])
        return [_snapshot(item) for item in partition.all(keys.trend(where, hour))]


def _since(partition: Partition, where: str, least: str) -> Iterable[Item]:
    cursor: str | None = None
    while True:
        page = partition.query(keys.trend(where), limit=_PAGE, cursor=cursor, newest_first=True)
        for item in page.items:
            if str(item["sk"]) < least:
                return
            yield item
        if page.cursor is None:
            return
        cursor = page.cursor


def _snapshot(item: Item) -> TopicSnapshot:
    return TopicSnapshot.model_validate(fields(item))
