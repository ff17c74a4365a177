"""What can go wrong, in words a person can act on.

Every error carries one sentence (`str(error)`). Its class decides what the caller sees: `studio.entry.problems`.
"""

from studio.domain.receipt import Receipt


class StudioError(Exception):
    """Base of everything the studio says no with.

    receipt: what the provider charged all the same; None when it charged nothing or nobody knows.
    """

    receipt: Receipt | None = None


class Invalid(StudioError):
    """The request makes no sense as a whole; `fields` maps a field's path to what is wrong with it."""

    def __init__(self, sentence: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = fields or {}


class Unproven(StudioError):
    """Who a caller says they are, or what they say, is not proven. They are told no more than that."""


class NotFound(StudioError):
    """There is no such thing, or it is somebody else's: the two are never told apart."""


class Conflict(StudioError):
    """The thing is not in a state that allows this."""


class TooLarge(StudioError):
    """More bytes or items than are taken."""


class BudgetExceeded(StudioError):
    """The next call would pass a cap. Nothing was bought."""


class Blocked(StudioError):
    """A provider's safety rules refused the prompt or the answer. A retry changes nothing."""


class BadAnswer(StudioError):
    """The model's answer stayed unusable after every repair. A retry of the same call changes nothing."""


class ProviderFailed(StudioError):
    """The provider refuses for good: wrong key, retired model, request it does not take. A retry changes nothing."""


class ProviderMissing(StudioError):
    """The provider is not set up: no key is stored."""


class NotConnected(StudioError):
    """No account of that network is connected, or the network no longer honours the connection."""


class NotApproved(StudioError):
    """Nobody has approved this exact content, so it reaches nobody."""


class MissingReference(StudioError):
    """A character's reference picture is not there. Painting without it would show somebody else."""


class Retryable(StudioError):
    """What may pass by itself: the provider is busy, down or slow. `retry_after` is in seconds, where it is known."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Throttled(Retryable):
    """A rate limit, ours or the provider's."""


class Unavailable(Retryable):
    """The provider answered 5xx, not at all, or something that is not an answer.

    `sent`: the request went out and its outcome is unknown, so it may have been charged.
    """

    def __init__(self, sentence: str, retry_after: float | None = None, *, sent: bool = False) -> None:
        super().__init__(sentence, retry_after)
        self.sent = sent


FINAL = (
    Blocked,
    BudgetExceeded,
    BadAnswer,
    MissingReference,
    NotApproved,
    NotConnected,
    ProviderFailed,
    ProviderMissing,
)
"""Outcomes that a retry cannot change: flows record them as values and go on."""
