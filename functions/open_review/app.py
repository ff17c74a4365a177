"""Task of the producer: opens a gate, and leaves the execution's task token where only an answer finds it."""

from datetime import timedelta

from studio.domain.base import Id, Instant, Value
from studio.domain.episode import Gate, Status
from studio.entry import Studio, stage


class OpenRequest(Value):
    """Which gate to open, and the token that lets the execution go on."""

    episode_id: Id
    gate: Gate
    token: str


class Opened(Value):
    """Until when somebody may answer."""

    closes_at: Instant


def open_review(request: OpenRequest, studio: Studio) -> Opened:
    """Open a gate. The execution waits until it is answered, or the time for that is over."""
    episode = studio.episodes.move(request.episode_id, Status.IN_REVIEW, studio.clock(), expect=studio.take, reason="")
    review = studio.reviews.open(
        episode.episode_id,
        request.gate,
        episode.take,
        request.token,
        timedelta(seconds=studio.settings.review_seconds),
        studio.clock(),
    )
    return Opened(closes_at=review.closes_at)


handler = stage(open_review)
