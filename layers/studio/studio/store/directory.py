"""What a public code leads to: whoever has the code gets in, so a code cannot be guessed, and the table tells none."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from studio.domain.errors import NotFound
from studio.store import keys
from studio.store.table import from_attributes, to_attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PublicKind = Literal["link", "form", "confirmation", "subscription", "delivery", "purchase", "stripe"]
"""What codes are for. A code of one kind leads nowhere as another."""

_CODE_BYTES = 15
"""120 random bits: 24 letters and digits."""

_LONGEST_CODE = 64


@dataclass(frozen=True)
class Entry:
    """Whose a code is, and the id of what it leads to."""

    owner: str
    id: str


class Directory:
    """The public codes of all owners: the one store that is opened for nobody, because who comes has no token."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def open(self, kind: PublicKind, owner: str, thing_id: str, expires_at: datetime | None = None) -> str:
        """Return a new code that leads to an owner's thing, until `expires_at` where that is given."""
        code = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
        item: dict[str, str | int] = {"entry_owner": owner, "entry_id": thing_id}
        if expires_at is not None:
            item["expires_at"] = int(expires_at.timestamp())
        self._client.put_item(
            TableName=self._table,
            Item=to_attributes(item) | _key(kind, code),
            ConditionExpression="attribute_not_exists(pk)",
        )
        return code

    def lead(self, kind: PublicKind, code: str, owner: str, thing_id: str, expires_at: datetime) -> None:
        """Let a code that was made elsewhere lead to an owner's thing until `expires_at`; twice is like once.

        code: at most 64 characters, and as hard to guess as `open`'s.
        """
        item = {"entry_owner": owner, "entry_id": thing_id, "expires_at": int(expires_at.timestamp())}
        self._client.put_item(TableName=self._table, Item=to_attributes(item) | _key(kind, code))

    def find(self, kind: PublicKind, code: str, at: datetime) -> Entry:
        """Return what a code leads to.

        Raises NotFound, with the same words after the same one read, for a code that is unknown, closed, too old or
        of another kind.
        """
        # Whatever was sent is read for: a code that cannot be one is not told sooner than one that is not there.
        answer = self._client.get_item(TableName=self._table, Key=_key(kind, code[:_LONGEST_CODE]), ConsistentRead=True)
        item = from_attributes(answer.get("Item", {}))
        # DynamoDB deletes what has expired within days, not at once.
        if not item or len(code) > _LONGEST_CODE or ("expires_at" in item and item["expires_at"] <= at.timestamp()):
            raise NotFound("There is nothing here.")
        return Entry(str(item["entry_owner"]), str(item["entry_id"]))

    def close(self, kind: PublicKind, code: str) -> None:
        """Let a code lead nowhere; one that leads nowhere already is no error."""
        self._client.delete_item(TableName=self._table, Key=_key(kind, code))


def _key(kind: PublicKind, code: str) -> dict[str, dict[str, str]]:
    pk, sk = keys.public(kind, hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest())
    return {"pk": {"S": pk}, "sk": {"S": sk}}
