"""What is under way, for everyone: the sparse index that the sweep reads instead of scanning."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from studio.domain.episode import Clip, Episode
from studio.domain.plan_run import PlanRun
from studio.domain.spend import Spend
from studio.store import keys
from studio.store.plans import plan_run_of
from studio.store.table import Item, fields, from_attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Active:
    """Everything that has been under way since before some instant. Only scheduled work opens it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def episodes(self, before: datetime) -> Iterator[tuple[str, Episode]]:
        """Yield owner and episode, longest at rest first."""
        for item in self._since(keys.ACTIVE_EPISODES, before):
            yield str(item["owner"]), Episode.model_validate(fields(item))

    def spends(self, before: datetime) -> Iterator[tuple[str, Spend]]:
        """Yield owner and reservation, oldest first."""
        for item in self._since(keys.ACTIVE_SPENDS, before):
            yield str(item["owner"]), Spend.model_validate(fields(item))

    def unmeasured_clips(self, before: datetime) -> Iterator[tuple[str, Clip]]:
        """Yield owner and clip: stored a while ago, and nobody has measured the file."""
        for item in self._since(keys.ACTIVE_CLIPS, before):
            yield str(item["owner"]), Clip.model_validate(fields(item))

    def plan_runs(self, before: datetime) -> Iterator[tuple[str, PlanRun]]:
        """Yield owner and plan, longest at rest first."""
        for item in self._since(keys.ACTIVE_PLANS, before):
            yield str(item["owner"]), plan_run_of(item)

    def posting(self, after: datetime, before: datetime) -> Iterator[str]:
        """Yield every owner whose latest post was made between the two."""
        for item in self._since(keys.ACTIVE_POSTING, before):
            if datetime.fromisoformat(item["active_since"]) >= after:
                yield str(item["owner"])

    def _since(self, what: str, before: datetime) -> Iterator[Item]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": keys.ACTIVE_INDEX,
            "KeyConditionExpression": "active_in = :what AND active_since < :before",
            "ExpressionAttributeValues": {":what": {"S": what}, ":before": {"S": before.isoformat()}},
        }
        while True:
            answer = self._client.query(**request)
            yield from (from_attributes(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
