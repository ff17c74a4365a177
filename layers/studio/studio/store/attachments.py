"""Uploads: what was announced, and the bytes themselves."""

from datetime import datetime

from studio.domain.attachment import Attachment, AttachmentType, max_bytes
from studio.domain.base import new_id
from studio.domain.errors import Invalid, NotFound
from studio.store import keys
from studio.store.objects import Objects, Stored, Upload
from studio.store.table import Partition, Write, fields


class Attachments:
    """One owner's uploads."""

    def __init__(self, partition: Partition, objects: Objects) -> None:
        self._partition = partition
        self._objects = objects

    def announce(self, name: str, media_type: AttachmentType, at: datetime) -> tuple[Attachment, Upload]:
        """Record an upload to come, and return the form that lets a browser make it."""
        attachment = Attachment(attachment_id=new_id(at), name=name, media_type=media_type, created_at=at)
        item = attachment.model_dump(mode="json")
        self._partition.write(Write("Put", keys.attachment(attachment.attachment_id), item))
        return attachment, self._objects.upload(_name(attachment.attachment_id), media_type, max_bytes(media_type))

    def get(self, attachment_id: str) -> Attachment:
        """Return an attachment, with its size where the upload has arrived. Raises NotFound."""
        item = self._partition.get(keys.attachment(attachment_id))
        if item is None:
            raise NotFound("There is no such attachment.")
        attachment = Attachment.model_validate(fields(item))
        stored = self._objects.head(_name(attachment_id))
        return attachment if stored is None else attachment.model_copy(update={"bytes": stored.bytes})

    def page(self, limit: int, cursor: str | None) -> tuple[list[Attachment], str | None]:
        """Return the newest attachments first, and the next cursor; sizes are not looked up."""
        page = self._partition.query(keys.attachment(), limit=limit, cursor=cursor, newest_first=True)
        return [Attachment.model_validate(fields(item)) for item in page.items], page.cursor

    def read(self, attachment_id: str) -> tuple[Attachment, bytes]:
        """Return a small attachment and its bytes. Raises NotFound, also when it never arrived, Invalid for a film."""
        attachment = self.get(attachment_id)
        if attachment.media_type == "video/mp4":
            # Too large to be held at once; `part` reads those.
            raise Invalid(f"“{attachment.name}” is a film.", {"attachment_id": "must not name a film"})
        data = self._objects.get(_name(attachment_id))
        if data is None:
            raise NotFound(f"“{attachment.name}” was announced but never uploaded.")
        return attachment, data

    def part(self, stored: Stored, offset: int, length: int) -> bytes:
        """Return bytes of an upload as it was when `stored` was looked up. Raises Conflict where it changed since."""
        return self._objects.part(stored, offset, length)

    def stored(self, attachment_id: str) -> Stored | None:
        """Return what lies there, or None."""
        return self._objects.head(_name(attachment_id))

    def link(self, attachment_id: str, filename: str) -> str:
        """Return a link that downloads an upload for a few minutes, by whoever has it."""
        return self._objects.link(_name(attachment_id), filename)

    def delete(self, attachment_id: str) -> None:
        """Delete an attachment and its bytes. Raises NotFound."""
        self.get(attachment_id)
        self._objects.delete(_name(attachment_id))
        self._partition.write(Write("Delete", keys.attachment(attachment_id)))


def _name(attachment_id: str) -> str:
    return f"attachments/{attachment_id}"
