"""The codes under which networks call an owner back."""

from typing import Literal

from studio.domain.errors import NotFound
from studio.store import keys
from studio.store.directory import Directory
from studio.store.table import Partition, Write

CallsBack = Literal["stripe"]


class Webhooks:
    """One owner's."""

    def __init__(self, partition: Partition, directory: Directory) -> None:
        self._partition = partition
        self._directory = directory

    def get(self, network: CallsBack) -> str:
        """Return the code of a network's. Raises NotFound."""
        item = self._partition.get(keys.webhook(network))
        if item is None:
            raise NotFound("There is no webhook yet. Make one.")
        return str(item["code"])

    def renew(self, network: CallsBack) -> str:
        """Make a new code and return it; the one there was leads nowhere from now on."""
        item = self._partition.get(keys.webhook(network))
        code = self._directory.open(network, self._partition.owner, network)
        self._partition.write(Write("Put", keys.webhook(network), {"code": code}))
        if item is not None:
            self._directory.close(network, str(item["code"]))
        return code
