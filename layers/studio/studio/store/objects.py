"""One owner's part of a bucket: every key starts with the owner."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import ClientError

from studio.domain.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LINK_SECONDS = 900
"""How long a presigned link works."""


@dataclass(frozen=True)
class Stored:
    """What a bucket knows of an object. `etag` is without quotes."""

    name: str
    bytes: int
    etag: str
    media_type: str


@dataclass(frozen=True)
class Upload:
    """A presigned POST: send `fields` and then the file, as multipart/form-data, to `url`."""

    url: str
    fields: dict[str, str]
    max_bytes: int


class Objects:
    """One owner's objects in one bucket. Names are relative to the owner: `<episode>/clips/1.png`."""

    def __init__(self, client: "S3Client", bucket: str, owner: str) -> None:
        self._client = client
        self._bucket = bucket
        self._owner = owner

    def put(self, name: str, data: bytes, media_type: str, metadata: dict[str, str] | None = None) -> str:
        """Store bytes and return their ETag."""
        answer = self._client.put_object(
            Bucket=self._bucket, Key=self._key(name), Body=data, ContentType=media_type, Metadata=metadata or {}
        )
        return answer["ETag"].strip('"')

    def get(self, name: str) -> bytes | None:
        """Return an object's bytes, or None."""
        found = self.get_with_metadata(name)
        return None if found is None else found[0]

    def get_with_metadata(self, name: str) -> tuple[bytes, dict[str, str]] | None:
        """Return an object's bytes and the metadata it was stored with, or None."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(name))
        except ClientError as error:
            if _missing(error):
                return None
            raise
        return answer["Body"].read(), answer.get("Metadata", {})

    def part(self, stored: Stored, offset: int, length: int) -> bytes:
        """Return `length` bytes of an object from `offset` on, fewer at its end.

        stored: as `head` told of it; raises Conflict where the object is another by now, or gone.
        """
        if offset >= stored.bytes or length <= 0:
            return b""
        last = min(offset + length, stored.bytes) - 1
        try:
            answer = self._client.get_object(
                Bucket=self._bucket,
                Key=self._key(stored.name),
                Range=f"bytes={offset}-{last}",
                IfMatch=f'"{stored.etag}"',
            )
        except ClientError as error:
            if _missing(error) or error.response["Error"]["Code"] in _CHANGED:
                raise Conflict("The file was changed or deleted meanwhile.") from error
            raise
        return answer["Body"].read()

    def head(self, name: str) -> Stored | None:
        """Return what the bucket knows of an object, or None."""
        try:
            answer = self._client.head_object(Bucket=self._bucket, Key=self._key(name))
        except ClientError as error:
            if _missing(error):
                return None
            raise
        return Stored(name, answer["ContentLength"], answer["ETag"].strip('"'), answer.get("ContentType", ""))

    def under(self, prefix: str) -> Iterator[Stored]:
        """Yield every object whose name starts with `prefix`; media types are not looked up."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._key(prefix))
        for page in pages:
            for entry in page.get("Contents", []):
                name = entry["Key"].removeprefix(f"{self._owner}/")
                yield Stored(name, entry["Size"], entry["ETag"].strip('"'), "")

    def delete(self, name: str) -> None:
        """Delete an object; one that is not there is no error."""
        self._client.delete_object(Bucket=self._bucket, Key=self._key(name))

    def delete_under(self, prefix: str) -> None:
        """Delete every object whose name starts with `prefix`."""
        for stored in list(self.under(prefix)):
            self.delete(stored.name)

    def link(self, name: str, filename: str) -> str:
        """Return a link that downloads the object as `filename` for LINK_SECONDS, by whoever has it."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket, "Key": self._key(name), "ResponseContentDisposition": attachment(filename)},
            ExpiresIn=LINK_SECONDS,
        )

    def upload(self, name: str, media_type: str, max_bytes: int) -> Upload:
        """Return a form with which a browser may store one object of this type and at most this size."""
        post = self._client.generate_presigned_post(
            self._bucket,
            self._key(name),
            Fields={"Content-Type": media_type},
            Conditions=[{"Content-Type": media_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=LINK_SECONDS,
        )
        return Upload(post["url"], post["fields"], max_bytes)

    def _key(self, name: str) -> str:
        return f"{self._owner}/{name}"


def attachment(filename: str) -> str:
    """Return the Content-Disposition of a download that is kept as `filename`, whatever its letters (RFC 6266)."""
    filename = filename.replace("/", "-").replace("\\", "-")
    plain = filename.encode("ascii", "ignore").decode().replace('"', "") or "download"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


_CHANGED = frozenset({"PreconditionFailed", "412", "InvalidRange"})


def _missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}
