"""What a creator uploads: pictures to paint from, spreadsheets to read, and films to post."""

from typing import Literal

from pydantic import Field

from studio.domain.base import Id, Instant, Name, Value

MAX_PICTURE_BYTES = 10 * 1024 * 1024
MAX_TABLE_BYTES = 40 * 1024 * 1024
MAX_FILM_BYTES = 256 * 1024 * 1024

AttachmentType = Literal["image/png", "image/jpeg", "image/webp", "text/csv", "video/mp4"]

_MAX_BYTES: dict[str, int] = {"text/csv": MAX_TABLE_BYTES, "video/mp4": MAX_FILM_BYTES}


class Attachment(Value):
    """A picture, a spreadsheet (CSV) or a film that was uploaded. `bytes` is 0 until the upload has been seen."""

    attachment_id: Id
    name: Name
    media_type: AttachmentType
    bytes: int = Field(default=0, ge=0)
    created_at: Instant


def max_bytes(media_type: AttachmentType) -> int:
    """Return how large an upload of a type may be."""
    return _MAX_BYTES.get(media_type, MAX_PICTURE_BYTES)


def media_type_of(picture: bytes) -> str | None:
    """Return a picture's media type by its first bytes; None when it is none that may be uploaded."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    return None
