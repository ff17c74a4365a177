"""What buyers may download, until when and how often."""

from contextlib import suppress
from datetime import UTC, datetime

from studio.domain.errors import NotFound
from studio.domain.product import DELIVERY_OPEN, MOST_DOWNLOADS, Delivery
from studio.store import keys
from studio.store.directory import Directory
from studio.store.table import NEW, THERE, ConditionFailedError, Item, Partition, Write

_TAKEN = "taken_"


class Deliveries:
    """One owner's. directory: where their tokens are found by who has no other."""

    def __init__(self, partition: Partition, directory: Directory) -> None:
        self._partition = partition
        self._directory = directory

    def open(self, order_id: str, product_id: str, token: str, at: datetime) -> Delivery:
        """Let a token lead to an order's files for DELIVERY_OPEN from the first time on; return how it stands.

        token: the order's own, the same each time.
        """
        item = {"order_id": order_id, "product_id": product_id, "until": int((at + DELIVERY_OPEN).timestamp())}
        # A second visit opens nothing anew.
        with suppress(ConditionFailedError):
            self._partition.write(Write("Put", keys.delivery(order_id), item, condition=NEW))
        found = self.get(order_id)
        if at < found.open_until:
            self._directory.lead("delivery", token, self._partition.owner, order_id, found.open_until)
        return found

    def get(self, order_id: str) -> Delivery:
        """Return how a delivery stands. Raises NotFound."""
        item = self._partition.get(keys.delivery(order_id))
        if item is None:
            raise NotFound("There is no such delivery.")
        return _delivery(item)

    def take(self, order_id: str, number: int, at: datetime) -> None:
        """Count that a file is downloaded. Raises NotFound where it is too late, or was often enough."""
        name = f"{_TAKEN}{number}"
        update = Write(
            "Update",
            keys.delivery(order_id),
            update="ADD #taken :one",
            condition=f"{THERE} AND #until > :now AND (attribute_not_exists(#taken) OR #taken < :most)",
            names={"#taken": name, "#until": "until"},
            values={":one": 1, ":now": int(at.timestamp()), ":most": MOST_DOWNLOADS},
        )
        try:
            self._partition.write(update)
        except ConditionFailedError as error:
            raise NotFound("This was downloaded as often as it may be.") from error


def _delivery(item: Item) -> Delivery:
    return Delivery(
        order_id=str(item["order_id"]),
        product_id=str(item["product_id"]),
        open_until=datetime.fromtimestamp(int(item["until"]), UTC),
        taken={int(name.removeprefix(_TAKEN)): int(n) for name, n in item.items() if name.startswith(_TAKEN)},
    )
