"""Calls by machines: state machine tasks, EventBridge events and schedules."""

from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import BaseModel, JsonValue

from studio.domain.errors import FINAL, StudioError, Throttled
from studio.entry.context import Studio
from studio.entry.observe import LambdaHandler, logger, observed
from studio.entry.problems import kind_of


def stage[Request: BaseModel](work: Callable[[Request, Studio], BaseModel | None]) -> LambdaHandler:
    """Return the handler of a state machine's task.

    The event is `{"owner": …, "take": …}` and the fields of `work`'s request. See `outcome_of` for the answer.
    """
    request_type: type[Request] = argument_type(work, "request")

    def handle(event: dict[str, Any], _: Any) -> dict[str, Any]:
        owner, take, rest = addressed(event)
        request = request_type.model_validate(rest)
        return outcome_of(lambda: work(request, Studio.opened_for(owner, take)))

    return observed(handle)


def on_event[Event: BaseModel](work: Callable[[Event], BaseModel | None]) -> LambdaHandler:
    """Return the handler of an event that nobody waits for. Whatever `work` raises sends it to its dead letters."""
    event_type: type[Event] = argument_type(work, "event")

    def handle(event: dict[str, Any], _: Any) -> JsonValue:
        report = work(event_type.model_validate(event))
        return None if report is None else report.model_dump(mode="json")

    return observed(handle)


def outcome_of(work: Callable[[], BaseModel | None]) -> dict[str, Any]:
    """Do `work` and say how it ended, as values a state machine can choose by.

    `{"outcome": "done", …report}`; `{"outcome": "wait", "seconds": n}` for a rate limit, so that waiting is the
    machine's and no function sits idle; `{"outcome": <type>, "reason": <sentence>}` for what a retry cannot change.
    Everything else is raised, and the machine retries it.
    """
    try:
        report = work()
    except Throttled as error:
        return {"outcome": "wait", "seconds": max(1, round(error.retry_after or 5)), "reason": str(error)}
    except FINAL as error:
        logger.warning("stopped", extra={"reason": str(error)})
        return {"outcome": _kind(error), "reason": str(error)}
    return {"outcome": "done"} | ({} if report is None else report.model_dump(mode="json"))


def addressed(event: dict[str, Any]) -> tuple[str, int | None, dict[str, Any]]:
    """Return whose a machine's call is, which take it belongs to, and the rest of it. Raises KeyError without owner."""
    rest = {name: value for name, value in event.items() if name not in {"owner", "take"}}
    logger.append_keys(episode_id=event.get("episode_id"))
    return str(event["owner"]), event.get("take"), rest


def argument_type(work: Callable[..., Any], name: str) -> Any:
    """Return the type that a parameter is annotated with."""
    return get_type_hints(work)[name]


def _kind(error: StudioError) -> str:
    return kind_of(error)[1]
