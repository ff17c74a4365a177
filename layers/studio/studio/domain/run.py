"""A BotRun: one bot, called once."""

from typing import Literal

from studio.domain.base import Id, Instant, Value
from studio.domain.money import Micros


class BotRun(Value):
    """What a bot was asked, what came of it and what it cost. `output` is JSON; `error` a sentence."""

    run_id: Id
    bot: str
    status: Literal["queued", "running", "succeeded", "failed"]
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
