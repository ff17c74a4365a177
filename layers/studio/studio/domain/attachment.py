"""Reference material a creator uploads."""

from typing import Literal

from pydantic import Field

from studio.domain.base import Id, Instant, Name, Value

MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024

AttachmentType = Literal["image/png", "image/jpeg", "image/webp"]


class Attachment(Value):
    """A picture uploaded to be painted from. `bytes` is 0 until the upload has been seen."""

    attachment_id: Id
    name: Name
    media_type: AttachmentType
    bytes: int = Field(default=0, ge=0)
    created_at: Instant


def media_type_of(picture: bytes) -> str | None:
    """Return a picture's media type by its first bytes; None when it is none that may be uploaded."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    return None
