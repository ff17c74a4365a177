"""Connected accounts: what anybody may know of them here, and their tokens in Secrets Manager, which nobody sees."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from studio.domain.connection import LABELS, Connection, NetworkName
from studio.domain.errors import Conflict, NotConnected, NotFound
from studio.store import keys
from studio.store.table import ConditionFailedError, Partition, Write, assign, fields

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

type Secret = dict[str, Any]
"""What is kept of one account: JSON-like values."""

_FLOW_SECONDS = 600
"""How long a person has to allow access over there."""


class Connections:
    """One owner's accounts elsewhere. prefix: what the names of the stack's secrets of this kind begin with.

    secrets: opens the client of Secrets Manager, which only who acts for an account needs.
    """

    def __init__(self, partition: Partition, secrets: Callable[[], "SecretsManagerClient"], prefix: str) -> None:
        self._partition = partition
        self._open = secrets
        self._prefix = prefix

    def connect(self, connection: Connection, secret: Secret) -> None:
        """Store an account and its tokens, in place of those there were."""
        self.keep_secret(connection.network, connection.account_id, secret)
        item = connection.model_dump(mode="json")
        self._partition.write(Write("Put", keys.connection(connection.network, connection.account_id), item))

    def all(self, network: NetworkName | None = None) -> list[Connection]:
        """Return the accounts of a network, or all."""
        prefix = keys.connection() if network is None else keys.connection(network)
        return [Connection.model_validate(fields(item)) for item in self._partition.all(prefix)]

    def get(self, network: NetworkName, account_id: str = "") -> Connection:
        """Return an account; without its id the only one there is.

        Raises NotConnected without one, Conflict where there are several and none is named.
        """
        if account_id:
            item = self._partition.get(keys.connection(network, account_id))
            if item is None:
                raise NotConnected(f"This {LABELS[network]} account is not connected. Connect it first.")
            return Connection.model_validate(fields(item))
        found = self.all(network)
        if not found:
            raise NotConnected(f"No {LABELS[network]} account is connected. Connect one first.")
        if len(found) > 1:
            names = ", ".join(f"{connection.name} ({connection.account_id})" for connection in found)
            raise Conflict(f"Several {LABELS[network]} accounts are connected. Say which: {names}.")
        return found[0]

    def change(self, connection: Connection, **changes: Any) -> Connection:
        """Store what has changed of an account. An account that was removed meanwhile stays removed."""
        changed = connection.model_copy(update=changes)
        told = changed.model_dump(mode="json")
        update = assign(
            keys.connection(connection.network, connection.account_id), {name: told[name] for name in changes}
        )
        try:
            self._partition.write(update)
        except ConditionFailedError as error:
            raise NotConnected(f"This {LABELS[connection.network]} account was just disconnected.") from error
        return changed

    def disconnect(self, network: NetworkName, account_id: str) -> None:
        """Remove an account and its tokens. Raises NotFound."""
        if self._partition.get(keys.connection(network, account_id)) is None:
            raise NotFound("There is no such connection.")
        try:
            self._open().delete_secret(SecretId=self._name(network, account_id), ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if not _missing(error):
                raise
        self._partition.write(Write("Delete", keys.connection(network, account_id)))

    def secret(self, network: NetworkName, account_id: str) -> Secret:
        """Return an account's tokens. Raises NotConnected."""
        try:
            answer = self._open().get_secret_value(SecretId=self._name(network, account_id))
        except ClientError as error:
            if not _missing(error):
                raise
            raise NotConnected(f"The {LABELS[network]} connection has lost its key. Connect it again.") from error
        secret: Secret = json.loads(answer["SecretString"])
        return secret

    def keep_secret(self, network: NetworkName, account_id: str, secret: Secret) -> None:
        """Store an account's tokens."""
        name, told = self._name(network, account_id), json.dumps(secret)
        try:
            self._open().put_secret_value(SecretId=name, SecretString=told)
        except ClientError as error:
            if not _missing(error):
                raise
            self._open().create_secret(Name=name, SecretString=told)

    def begin(self, state: str, network: NetworkName, kept: Mapping[str, str], at: datetime) -> datetime:
        """Note that somebody went to allow access, with what is needed then; return until when they may come back.

        state: a digest of what the browser carries.
        """
        until = int(at.timestamp()) + _FLOW_SECONDS
        item = {"network": network, "kept": dict(kept), "until": until, "expires_at": until}
        self._partition.write(Write("Put", keys.sign_in(state), item))
        return datetime.fromtimestamp(until, at.tzinfo)

    def finish(self, state: str, network: NetworkName, at: datetime) -> dict[str, str]:
        """Return what was kept for who comes back, once. Raises Conflict for a state unknown, used or too old."""
        again = "This sign-in is not known, or too old, or was used already. Start again."
        item = self._partition.get(keys.sign_in(state))
        if item is None or item["network"] != network or int(item["until"]) < at.timestamp():
            raise Conflict(again)
        try:
            self._partition.write(Write("Delete", keys.sign_in(state), condition="attribute_exists(pk)"))
        except ConditionFailedError as error:
            raise Conflict(again) from error
        return dict(item["kept"])

    def _name(self, network: NetworkName, account_id: str) -> str:
        # Secrets Manager takes letters, digits and /_+=.@- in names; an account's id may have colons.
        return f"{self._prefix}/{self._partition.owner}/{network}/{account_id.replace(':', '=')}"


def _missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ResourceNotFoundException"
