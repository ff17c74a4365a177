"""/attachments: reference material, uploaded straight to the bucket."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from studio.domain.attachment import Attachment, AttachmentType
from studio.domain.base import Name, Value
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId, created
from studio.store.objects import LINK_SECONDS

app = resolver()


class AttachmentRequest(Value):
    """What is going to be uploaded."""

    name: Name
    media_type: AttachmentType


class UploadForm(Value):
    """Send `fields`, then the file as `file`, as multipart/form-data to `url`, within `expires_in` seconds."""

    url: str
    fields: dict[str, str]
    max_bytes: int
    expires_in: int = LINK_SECONDS


class AttachmentAnnounced(Value):
    """The attachment, and how to upload it."""

    attachment: Attachment
    upload: UploadForm


class AttachmentPage(Value):
    """Some attachments, newest first. `bytes` is only looked up when one is read alone."""

    items: list[Attachment]
    cursor: str | None


@app.get("/attachments", tags=["attachments"])
def list_attachments(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> AttachmentPage:
    """List what you announced."""
    items, following = studio.attachments.page(limit, cursor)
    return AttachmentPage(items=items, cursor=following)


@app.post("/attachments", tags=["attachments"], status_code=201)
def announce_attachment(request: Annotated[AttachmentRequest, Body()], studio: Caller) -> Response[AttachmentAnnounced]:
    """Announce an upload and get a form that makes it.

    A PNG, JPEG or WebP may have 10 MiB, a CSV 40, an MP4 256.
    """
    attachment, upload = studio.attachments.announce(request.name, request.media_type, studio.clock())
    form = UploadForm(url=upload.url, fields=upload.fields, max_bytes=upload.max_bytes)
    announced = AttachmentAnnounced(attachment=attachment, upload=form)
    return created(announced, f"/attachments/{attachment.attachment_id}")


@app.get("/attachments/<attachment_id>", tags=["attachments"])
def read_attachment(attachment_id: PathId, studio: Caller) -> Attachment:
    """Read one attachment; `bytes` is 0 until the upload has arrived."""
    return studio.attachments.get(attachment_id)


@app.delete("/attachments/<attachment_id>", tags=["attachments"], status_code=204)
def delete_attachment(attachment_id: PathId, studio: Caller) -> Response[None]:
    """Delete an attachment and its bytes."""
    studio.attachments.delete(attachment_id)
    return Response(204)


handler = api(app)
