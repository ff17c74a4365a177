"""How a stage's end becomes what a state machine chooses by, and an event a typed call."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from studio.domain import errors
from studio.domain.base import Value
from studio.entry import Studio, on_event, stage
from tests.conftest import Context


class Work(Value):
    clip: int


class Done(Value):
    clip: int
    owner: str
    take: int | None


class Told(BaseModel):
    detail: dict[str, str]


outcome: list[Any] = []


def paint(request: Work, studio: Studio) -> Done | None:
    if outcome and outcome[0] is None:
        return None
    if outcome:
        raise outcome[0]
    return Done(clip=request.clip, owner=studio.owner, take=studio.take)


def hear(event: Told) -> Done | None:
    if outcome:
        raise outcome[0]
    return None if event.detail.get("quiet") else Done(clip=1, owner=event.detail["owner"], take=None)


handler = stage(paint)
EVENT = {"owner": "amina", "take": 3, "clip": 2}


@pytest.fixture(autouse=True)
def forgotten() -> None:
    outcome.clear()


def run(**changes: Any) -> Any:
    return handler(EVENT | changes, Context())


def test_what_is_done_is_done_with_its_report() -> None:
    assert run() == {"outcome": "done", "clip": 2, "owner": "amina", "take": 3}
    outcome.append(None)
    assert run() == {"outcome": "done"}


@pytest.mark.parametrize(("after", "seconds"), [(None, 5), (0.2, 1), (12.6, 13), (300, 300)])
def test_a_rate_limit_is_for_the_machine_to_wait_out(after: float | None, seconds: int) -> None:
    outcome.append(errors.Throttled("Too many.", after))
    assert run() == {"outcome": "wait", "seconds": seconds, "reason": "Too many."}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.Blocked("No."), "blocked"),
        (errors.BudgetExceeded("No."), "budget_exceeded"),
        (errors.BadAnswer("No."), "provider_failed"),
        (errors.MissingReference("No."), "missing_reference"),
        (errors.NotApproved("No."), "not_approved"),
        (errors.NotConnected("No."), "not_connected"),
        (errors.ProviderFailed("No."), "provider_failed"),
        (errors.ProviderMissing("No."), "provider_unavailable"),
    ],
)
def test_what_a_retry_cannot_change_is_a_value(error: Exception, kind: str) -> None:
    outcome.append(error)
    assert run() == {"outcome": kind, "reason": "No."}


def test_every_final_error_is_listed_above_and_none_may_pass() -> None:
    assert len(errors.FINAL) == 8
    assert not any(issubclass(cls, errors.Retryable) for cls in errors.FINAL)


@pytest.mark.parametrize(
    "error",
    [
        errors.Unavailable("Down."),
        errors.Retryable("Later."),
        errors.Conflict("Stale."),
        errors.NotFound("Gone."),
        errors.Invalid("Wrong."),
        ZeroDivisionError(),
        KeyboardInterrupt(),
    ],
)
def test_everything_else_is_raised_for_the_machine_to_retry(error: BaseException) -> None:
    outcome.append(error)
    with pytest.raises(type(error)):
        run()


@pytest.mark.parametrize("changes", [{"clip": "two"}, {"clip": None}, {"more": 1}])
def test_a_machine_that_asks_for_nonsense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        run(**changes)


def test_without_an_owner_nothing_is_done() -> None:
    with pytest.raises(KeyError):
        handler({"clip": 1}, Context())


def test_an_event_is_read_as_far_as_it_matters() -> None:
    hears = on_event(hear)
    more = {"version": "0", "source": "aws.s3", "detail": {"owner": "amina", "reason": "PutObject"}}
    assert hears(more, Context()) == {"clip": 1, "owner": "amina", "take": None}
    assert hears({"detail": {"quiet": "yes"}}, Context()) is None
    with pytest.raises(ValidationError):
        hears({"detail": 1}, Context())


def test_whatever_an_event_ends_in_is_raised_for_the_dead_letters() -> None:
    outcome.append(errors.Blocked("No."))
    with pytest.raises(errors.Blocked):
        on_event(hear)({"detail": {}}, Context())
