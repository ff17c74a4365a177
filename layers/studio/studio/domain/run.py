"""A BotRun: one bot, called once."""

from enum import StrEnum
from typing import Literal

from studio.domain.base import Id, Instant, Value
from studio.domain.money import Micros

type RunStatus = Literal["queued", "running", "succeeded", "failed"]


class BotRun(Value):
    """What a bot was asked, what came of it and what it cost. `output` is JSON; `error` a sentence."""

    run_id: Id
    bot: str
    status: RunStatus
    episode_id: str = ""
    input_hash: str
    output: str = ""
    error: str = ""
    error_type: str = ""
    models: tuple[str, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    cost: Micros = 0
    seconds: float = 0
    created_at: Instant
    finished_at: Instant | None = None


class Health(StrEnum):
    """How a bot does for an owner. `troubled`: its last run failed for a reason that is not the request's."""

    NOT_DEPLOYED = "not_deployed"
    NEVER_RUN = "never_run"
    WELL = "well"
    TROUBLED = "troubled"


class LastRun(Value):
    """How a bot's last finished run ended, and how many in a row have failed for no fault of the request."""

    bot: str
    run_id: Id
    status: RunStatus
    error: str = ""
    error_type: str = ""
    failures: int = 0
    finished_at: Instant


OURS = frozenset({"internal", "provider_failed", "provider_unavailable", "throttled"})
"""Types of errors that say something of the bot and its providers, and not of what it was asked."""


def health(last: LastRun | None, *, deployed: bool) -> Health:
    """Return a bot's health by its last run."""
    if not deployed:
        return Health.NOT_DEPLOYED
    if last is None:
        return Health.NEVER_RUN
    return Health.TROUBLED if last.failures else Health.WELL
