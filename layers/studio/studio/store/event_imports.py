"""Spreadsheets of events on their way in."""

from studio.domain.digest import digest_of
from studio.domain.errors import NotFound
from studio.domain.event_rows import EventImport, ImportOptions
from studio.store import keys
from studio.store.table import Partition, Write, fields


class EventImports:
    """One owner's imports."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def save(self, found: EventImport) -> None:
        """Store an import as it now stands."""
        item = found.model_dump(mode="json", exclude_none=True)
        self._partition.write(Write("Put", keys.event_import(found.import_id), item))

    def get(self, import_id: str) -> EventImport:
        """Return an import. Raises NotFound."""
        item = self._partition.get(keys.event_import(import_id))
        if item is None:
            raise NotFound("There is no such import.")
        return EventImport.model_validate(fields(item))

    def page(self, limit: int, cursor: str | None) -> tuple[list[EventImport], str | None]:
        """Return the newest imports first, and the next cursor."""
        page = self._partition.query(keys.event_import(), limit=limit, cursor=cursor, newest_first=True)
        return [EventImport.model_validate(fields(item)) for item in page.items], page.cursor

    def brought_by(self, sha256: str, options: ImportOptions) -> str | None:
        """Return the import that brought a file, read in this way; None for a new one."""
        item = self._partition.get(_file(sha256, options))
        return None if item is None else str(item["import_id"])

    def note_file(self, sha256: str, options: ImportOptions, import_id: str) -> None:
        """Remember which import brought a file."""
        self._partition.write(Write("Put", _file(sha256, options), {"import_id": import_id}))


def _file(sha256: str, options: ImportOptions) -> str:
    return keys.imported_file(digest_of(sha256, options.model_dump(mode="json")))
