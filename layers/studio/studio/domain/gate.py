"""A review gate: where an episode waits until a person has looked at it."""

from typing import Literal

from studio.domain.base import Id, Instant, Value
from studio.domain.episode import Gate

REVIEW_SECONDS = 7 * 24 * 3600
"""How long an episode waits for an answer: the TimeoutSeconds of the producer's review states."""

type Decision = Literal["approve", "reject"]


class Review(Value):
    """One opening of a gate.

    `review_id` is new with each opening, so that an answer to an earlier one is known as such. `delivered` turns true
    when the waiting execution has been told. `behind` are the parts before the gate, as `stage/part`, that another run
    would have made anew when it opened already; `edited` tells that since then there are more of them.
    """

    episode_id: Id
    gate: Gate
    review_id: Id
    take: int
    behind: tuple[str, ...] = ()
    decision: Decision | None = None
    reason: str = ""
    edited: bool = False
    delivered: bool = False
    opened_at: Instant
    closes_at: Instant
    answered_at: Instant | None = None
