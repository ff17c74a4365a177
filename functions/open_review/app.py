"""Task of the producer: opens a gate, and leaves the execution's task token where only an answer finds it."""

from datetime import timedelta

from studio.domain.base import Id, Instant, Value
from studio.domain.episode import Gate, Status
from studio.domain.errors import Conflict
from studio.domain.gate import REVIEW_SECONDS
from studio.editing import behind
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
    episode = studio.episodes.get(request.episode_id)
    if episode.take != studio.take:
        raise Conflict("The episode was started again meanwhile; this gate is of an older take.")
    # First the gate and then the status: whoever sees the episode waiting finds what it waits for.
    review = studio.reviews.open(
        episode.episode_id,
        request.gate,
        episode.take,
        request.token,
        timedelta(seconds=REVIEW_SECONDS),
        studio.clock(),
        behind=behind(studio, episode, request.gate),
    )
    studio.episodes.move(episode.episode_id, Status.IN_REVIEW, studio.clock(), expect=studio.take, reason="")
    return Opened(closes_at=review.closes_at)


handler = stage(open_review)
