"""An audience for tests: what it did, event by event."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from studio.domain.audience import AudienceEvent, AudienceStage, EventSource
from tests.unit.made import AT

_numbers = count(1)
DOLLAR = 1_000_000


def an_event(stage: str, at: datetime = AT, **more: Any) -> AudienceEvent:
    """Return an event that no other test has."""
    told = {"event_id": f"e{next(_numbers)}", "stage": stage, "at": at, "source": EventSource.HTTP, "channel": "tiktok"}
    return AudienceEvent.model_validate(told | more)


def a_sale(dollars: float, at: datetime = AT, **more: Any) -> AudienceEvent:
    """Return a payment, or with an amount below 0 a refund."""
    stage = AudienceStage.PAID if dollars > 0 else AudienceStage.REFUND
    return an_event(stage, at, **({"revenue": round(dollars * DOLLAR), "currency": "USD"} | more))


def a_crowd(at: datetime = AT, **counts: Any) -> list[AudienceEvent]:
    """Return so many events of each stage, as one event a stage. Other names are fields of all of them."""
    stages = {stage: counts.pop(stage) for stage in [str(s) for s in AudienceStage] if stage in counts}
    return [an_event(stage, at, count=number, **counts) for stage, number in stages.items() if number]


def days(number: float) -> timedelta:
    """Return so many days."""
    return timedelta(days=number)
