"""What an audience did: single events in the table, imported ones in files, and one way to read both."""

import csv
import gzip
import hashlib
import io
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched, chain

from studio.domain.audience import AudienceEvent, AudienceStage
from studio.store import keys
from studio.store.objects import Objects
from studio.store.table import NEW, ConditionFailedError, Partition, Write, fields

_FOLDER = "events"
_AT_ONCE = 50
"""Events in a transaction: DynamoDB takes 100 writes, and each event makes two."""

_LAST = "\U0010ffff"
"""After every character that a key may have."""


class Events:
    """One owner's events. An id counts once, whenever and however often it comes.

    partition: the owner's partition for events (`keys.events`). objects: the owner's part of the attachments bucket.
    """

    def __init__(self, partition: Partition, objects: Objects) -> None:
        self._partition = partition
        self._objects = objects

    def add(self, events: Iterable[AudienceEvent]) -> int:
        """Store events, each unless its id is there already, and return how many were new."""
        fresh: dict[str, AudienceEvent] = {}
        for event in events:
            fresh.setdefault(event.event_id, event)
        return sum(self._put(chunk) for chunk in batched(fresh.values(), _AT_ONCE, strict=False))

    def claimed(self, event: AudienceEvent) -> tuple[Write, Write]:
        """Return the writes that store an event unless its id is there, for a transaction in the events' partition."""
        day = event.at.date().isoformat()
        item = event.model_dump(mode="json", exclude_none=True)
        return (
            Write("Put", keys.event_claim(event.event_id), {"day": day}, condition=NEW),
            Write("Put", keys.event(day, event.event_id), item, condition=NEW),
        )

    def batch(self, events: Iterable[AudienceEvent], import_id: str) -> None:
        """Store many events as files, one a month. The same events again make the same files."""
        months: dict[str, list[str]] = {}
        for event in events:
            line = event.model_dump_json(exclude_none=True, exclude_defaults=True)
            months.setdefault(keys.month(event.at), []).append(line)
        for month, lines in months.items():
            self._store(f"{_FOLDER}/{month}/{import_id}", lines)

    def between(
        self,
        start: datetime,
        end: datetime,
        *,
        episode_id: str | None = None,
        stages: Collection[AudienceStage] = tuple(AudienceStage),
    ) -> Iterator[AudienceEvent]:
        """Yield the events from `start` until before `end`, each id once, in no particular order.

        Where an id came both ways, the single event goes before an imported one, and an earlier import before a later.
        """
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        known: set[str] = set()
        for event in chain(self._single(start, end), self._imported(start, end)):
            if start <= event.at < end and event.event_id not in known:
                known.add(event.event_id)
                if event.stage in stages and episode_id in (None, event.episode_id):
                    yield event

    def erase(self, visitor: str) -> int:
        """Delete a person's events wherever they are, and what was rejected of theirs; return how many there were.

        Their ids stay claimed: who sends them again does not bring them back.
        """
        theirs = [
            Write("Delete", str(item["sk"]))
            for item in self._partition.between(keys.event(), keys.event() + _LAST)
            if item.get("visitor") == visitor
        ]
        self._partition.write_each(theirs)
        gone = len(theirs)
        for stored in list(self._objects.under(f"{_FOLDER}/")):
            erase = self._erase_rows if stored.name.endswith(".csv") else self._erase_lines
            gone += erase(stored.name, visitor)
        return gone

    # -- rejected rows

    def put_rejected(self, import_id: str, text: str) -> None:
        """Keep the rows that an import could not take, as CSV."""
        self._objects.put(_rejected(import_id), text.encode("utf-8", "surrogatepass"), "text/csv")

    def rejected_link(self, import_id: str, filename: str) -> str:
        """Return a link that downloads what an import could not take."""
        return self._objects.link(_rejected(import_id), filename)

    # -- inside

    def _put(self, chunk: tuple[AudienceEvent, ...]) -> int:
        try:
            self._partition.write(*(write for event in chunk for write in self.claimed(event)))
        except ConditionFailedError:
            # Somebody knows one of them already, and then usually all: this is a batch that was sent again.
            return 0 if len(chunk) == 1 else sum(self._put((event,)) for event in chunk)
        return len(chunk)

    def _single(self, start: datetime, end: datetime) -> Iterator[AudienceEvent]:
        first, last = keys.event(start.date().isoformat()), keys.event(end.date().isoformat()) + _LAST
        for item in self._partition.between(first, last):
            yield AudienceEvent.model_validate(fields(item))

    def _imported(self, start: datetime, end: datetime) -> Iterator[AudienceEvent]:
        for month in _months(start, end):
            for stored in self._objects.under(f"{_FOLDER}/{month}/"):
                for line in self._lines(stored.name):
                    yield AudienceEvent.model_validate_json(line)

    def _lines(self, name: str) -> list[str]:
        data = self._objects.get(name)
        # Erased between the list and the look: what stayed of it is listed under another name.
        return [] if data is None else gzip.decompress(data).decode().split("\n")

    def _store(self, prefix: str, lines: list[str]) -> str:
        data = "\n".join(lines).encode()
        name = f"{prefix}-{hashlib.sha256(data).hexdigest()}.jsonl.gz"
        self._objects.put(name, gzip.compress(data, compresslevel=3, mtime=0), "application/gzip")
        return name

    def _erase_lines(self, name: str, visitor: str) -> int:
        lines = self._lines(name)
        kept = [
            line for line in lines if visitor not in line or AudienceEvent.model_validate_json(line).visitor != visitor
        ]
        if len(kept) == len(lines):
            return 0
        if kept:
            self._store(name.rpartition("-")[0], kept)
        self._objects.delete(name)
        return len(lines) - len(kept)

    def _erase_rows(self, name: str, visitor: str) -> int:
        text = (self._objects.get(name) or b"").decode("utf-8", "surrogatepass")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        kept = [row for row in rows if visitor not in (cell.strip() for cell in row)]
        if len(kept) < len(rows):
            out = io.StringIO(newline="")
            csv.writer(out).writerows(kept)
            self._objects.put(name, out.getvalue().encode("utf-8", "surrogatepass"), "text/csv")
        return len(rows) - len(kept)


def _rejected(import_id: str) -> str:
    return f"{_FOLDER}/rejected/{import_id}.csv"


def _months(start: datetime, end: datetime) -> Iterator[str]:
    month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month < end:
        yield keys.month(month)
        month = (month + timedelta(days=32)).replace(day=1)
