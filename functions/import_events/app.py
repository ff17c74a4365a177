"""A spreadsheet of events, read from its upload: good rows land, bad ones are listed."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from functools import cache

from studio.domain.audience import AudienceEvent
from studio.domain.base import Id, Value
from studio.domain.errors import Invalid, NotFound
from studio.domain.event_rows import SHOWN_PROBLEMS, EventImport, EventRows, RowProblem, delimiter_of
from studio.entry import Studio, on_event

_TOLD_EVERY = 20_000
"""Rows between two notes of how far it is."""


class ImportJob(Value):
    """Which import to do."""

    owner: str
    import_id: Id


def import_events(event: ImportJob) -> EventImport:
    """Do an import. Asked for again after it is settled, nothing happens; after it broke off, the same comes out."""
    studio = Studio.opened_for(event.owner)
    asked = studio.event_imports.get(event.import_id)
    if asked.status in {"done", "failed"}:
        return asked
    try:
        settled = _read(studio, asked)
    except (Invalid, NotFound) as error:
        settled = asked.model_copy(update={"status": "failed", "error": str(error)})
    settled = settled.model_copy(update={"progress": 1.0, "finished_at": studio.clock()})
    studio.event_imports.save(settled)
    if settled.status == "done":
        _forget_upload(studio, settled.attachment_id)
    return settled


def _read(studio: Studio, asked: EventImport) -> EventImport:
    _, data = studio.attachments.read(asked.attachment_id)
    sha256 = hashlib.sha256(data).hexdigest()
    earlier = studio.event_imports.brought_by(sha256, asked.options)
    if earlier not in (None, asked.import_id) and studio.event_imports.get(earlier or "").status == "done":
        return asked.model_copy(update={"status": "done", "same_as": earlier})
    reading = _Reading(studio, asked, data)
    studio.events.batch(reading.events(), asked.import_id)
    if reading.rejected:
        studio.events.put_rejected(asked.import_id, reading.rejected_csv())
    studio.event_imports.note_file(sha256, asked.options, asked.import_id)
    return reading.told("done")


class _Reading:
    """One pass over a file."""

    def __init__(self, studio: Studio, asked: EventImport, data: bytes) -> None:
        self._studio = studio
        self._asked = asked
        self._bytes = io.BytesIO(data)
        self._size = len(data) or 1
        # Excel's two ways of saving Unicode. What is not UTF-8 after all makes a bad row and no failure.
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        self._lines = io.TextIOWrapper(self._bytes, encoding=encoding, errors="replace", newline="")
        header = self._lines.readline()
        said = header.strip().lower()
        delimiter = said.removeprefix("sep=") if said.startswith("sep=") else ""
        self._first = [] if delimiter else [header]
        self._rows = EventRows(asked.options, delimiter or delimiter_of(header), _episodes_of(studio))
        self._problems: list[RowProblem] = []
        self._bad = io.StringIO(newline="")
        self._writer = csv.writer(self._bad)
        self.rejected = self._taken = 0

    def events(self) -> Iterator[AudienceEvent]:
        """Yield what is good, note what is not, and tell now and then how far it is."""
        for found in self._rows.read(line for lines in (self._first, self._lines) for line in lines):
            if isinstance(found, AudienceEvent):
                self._taken += 1
                yield found
            else:
                self._reject(*found)
            if self._rows.rows % _TOLD_EVERY == 0:
                self._studio.event_imports.save(self.told("running"))

    def _reject(self, problem: RowProblem, cells: list[str]) -> None:
        self.rejected += 1
        if len(self._problems) < SHOWN_PROBLEMS:
            self._problems.append(problem)
        self._writer.writerow([problem.row, problem.problem, *cells])

    def rejected_csv(self) -> str:
        """Return every bad row as it was, after its number and what is wrong with it."""
        return "row,problem\r\n" + self._bad.getvalue()

    def told(self, status: str) -> EventImport:
        """Return the import as it now stands."""
        return self._asked.model_copy(
            update={
                "status": status,
                "rows": self._rows.rows,
                "taken": self._taken,
                "repeated": self._rows.repeated,
                "empty": self._rows.empty,
                "rejected": self.rejected,
                "problems": tuple(self._problems),
                "progress": min(1.0, self._bytes.tell() / self._size),
            }
        )


def _episodes_of(studio: Studio) -> Callable[[str], bool]:
    """Return what knows the owner's episodes: all of them at once, so that a file cannot ask for each of its rows."""

    @cache
    def known() -> frozenset[str]:
        found: set[str] = set()
        cursor: str | None = None
        while True:
            page, cursor = studio.episodes.page(100, cursor)
            found.update(episode.episode_id for episode in page)
            if cursor is None:
                return frozenset(found)

    return lambda episode_id: episode_id in known()


def _forget_upload(studio: Studio, attachment_id: str) -> None:
    """Delete what was uploaded: it would keep what a person asks to have erased."""
    try:
        studio.attachments.delete(attachment_id)
    except NotFound:
        return


handler = on_event(import_events)
