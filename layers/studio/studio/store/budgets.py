"""What everybody spends: read from the index, by administrators alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studio.store import keys
from studio.store.ledger import Caps, caps_of
from studio.store.table import Item, from_attributes, from_cursor, to_cursor

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class OwnersMonth:
    """What one owner spent in a month, in micro-dollars. `committed` is spent plus what calls under way may cost."""

    owner: str
    spent: int
    committed: int
    caps: Caps


class Budgets:
    """Everybody's months. An index is a moment behind: what was committed just now may not be in it yet.

    defaults: the caps of owners for whom none were set.
    """

    def __init__(self, client: "DynamoDBClient", table: str, defaults: Caps) -> None:
        self._client = client
        self._table = table
        self._defaults = defaults

    def page(self, month: str, limit: int, cursor: str | None) -> tuple[list[OwnersMonth], str | None]:
        """Return owners who committed anything in a month, in the order of their ids, and the next cursor.

        Two queries, however many there are. Raises Invalid for a cursor that is not of this list.
        """
        what = keys.active_budgets(month)
        # An owner has one budget a month, so the last one's id is a place in the list.
        condition, values = "active_in = :what", {":what": {"S": what}}
        if cursor is not None:
            condition += " AND active_since > :after"
            values[":after"] = {"S": from_cursor(cursor, f"{what}#").removeprefix(f"{what}#")}
        answer = self._query(condition, values, Limit=limit)
        found = [from_attributes(item) for item in answer["Items"]]
        caps = self._caps(str(found[0]["owner"]), str(found[-1]["owner"])) if found else {}
        owners = [
            OwnersMonth(
                str(item["owner"]),
                int(item["spent"]),
                int(item["committed"]),
                caps.get(str(item["owner"]), self._defaults),
            )
            for item in found
        ]
        more = found and "LastEvaluatedKey" in answer
        return owners, to_cursor(f"{what}#{owners[-1].owner}") if more else None

    def total(self, month: str) -> tuple[int, int, int]:
        """Return how many owners committed anything in a month, and what they spent and committed together."""
        found = list(self._all("active_in = :what", {":what": {"S": keys.active_budgets(month)}}))
        return len(found), sum(int(item["spent"]) for item in found), sum(int(item["committed"]) for item in found)

    def _caps(self, first: str, last: str) -> dict[str, Caps]:
        """Return the caps that were set for owners from `first` to `last`."""
        found = self._all(
            "active_in = :what AND active_since BETWEEN :first AND :last",
            {":what": {"S": keys.ACTIVE_CAPS}, ":first": {"S": first}, ":last": {"S": last}},
        )
        return {str(item["owner"]): caps_of(item) for item in found}

    def _all(self, condition: str, values: dict[str, Any]) -> Iterator[Item]:
        more: dict[str, Any] = {}
        while True:
            answer = self._query(condition, values, **more)
            yield from (from_attributes(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _query(self, condition: str, values: dict[str, Any], **more: Any) -> Any:
        return self._client.query(
            TableName=self._table,
            IndexName=keys.ACTIVE_INDEX,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            **more,
        )
