"""/episodes/{id}/reviews: the gates an episode waits at, and the answers to them."""

import json
from typing import Annotated, Self

from aws_lambda_powertools.event_handler.openapi.params import Body
from botocore.exceptions import ClientError
from pydantic import model_validator

from studio.domain.base import Id, Instant, Phrase, Value
from studio.domain.episode import Gate, Status
from studio.domain.errors import Conflict, NotFound, Unavailable
from studio.domain.gate import Decision, Review
from studio.editing import EpisodeEdit, behind, edit
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, PathId

app = resolver()


class ReviewView(Value):
    """A gate. `open` while it waits for an answer; send `review_id` with yours."""

    gate: Gate
    review_id: Id
    open: bool
    decision: Decision | None
    reason: str
    opened_at: Instant
    closes_at: Instant
    answered_at: Instant | None


class ReviewList(Value):
    """The gates of one episode that have been opened."""

    items: list[ReviewView]


class ReviewAnswer(Value):
    """Approve, with or without changes, or reject and say why."""

    review_id: Id
    decision: Decision
    reason: Phrase = ""
    edit: EpisodeEdit | None = None

    @model_validator(mode="after")
    def _edits_approve(self) -> Self:
        if self.edit is not None and self.decision == "reject":
            raise ValueError("an edit goes with an approval; edit the episode itself before or after you reject it")
        return self


@app.get("/episodes/<episode_id>/reviews", tags=["reviews"])
def list_reviews(episode_id: PathId, studio: Caller) -> ReviewList:
    """List an episode's gates, and which of them waits for you."""
    episode = studio.episodes.get(episode_id)
    waits = episode.take if episode.status is Status.IN_REVIEW else None
    return ReviewList(items=[_view(review, waits) for review in studio.reviews.all(episode_id)])


@app.post("/episodes/<episode_id>/reviews/<gate>", tags=["reviews"])
def answer_review(
    episode_id: PathId, gate: Gate, answer: Annotated[ReviewAnswer, Body()], studio: Caller
) -> ReviewView:
    """Approve, edit and approve, or reject what waits at a gate. The work goes on, or ends, at once.

    409 for a gate that was answered otherwise, has closed, or was opened anew since. The same answer again is the
    same answer.
    """
    episode = studio.episodes.get(episode_id)
    review = studio.reviews.get(episode_id, gate)
    if review.review_id != answer.review_id:
        raise Conflict(f"This is an answer to an earlier {gate} review. Read the review that is open now.")
    if review.decision is None and (episode.status is not Status.IN_REVIEW or episode.take != review.take):
        raise Conflict(f"Nothing waits at the {gate} gate any more; the episode is {episode.status}.")
    if answer.edit is not None and review.decision is None:
        episode = edit(studio, episode, answer.edit)
    # What was behind when the gate opened was let pass then: only what was changed since is worked through first.
    edited = not set(behind(studio, episode, gate)) <= set(review.behind)
    review = studio.reviews.answer(review, answer.decision, answer.reason, studio.clock(), edited=edited)
    if not review.delivered:
        _deliver(review, studio)
    return _view(review, None)


def _deliver(review: Review, studio: Studio) -> None:
    """Tell the waiting execution. Telling it twice is no harm: it waits for one answer only."""
    reason = f"Rejected at the {review.gate} review" + (f": {review.reason}" if review.reason else ".")
    answer = (
        {"outcome": "done", "edited": review.edited}
        if review.decision == "approve"
        else {"outcome": "rejected", "reason": reason}
    )
    try:
        studio.client("stepfunctions").send_task_success(
            taskToken=studio.reviews.token(review), output=json.dumps(answer)
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}:
            raise Conflict(
                f"The {review.gate} review has closed: nobody waits for the answer any more. "
                "Take the episode up again; what is on paper was kept."
            ) from error
        raise Unavailable("The answer is kept, but could not be passed on. Send it again in a moment.") from error
    except NotFound as error:
        raise Conflict(f"The {review.gate} review was opened anew meanwhile. Read it again.") from error
    studio.reviews.delivered(review)


def _view(review: Review, waiting_take: int | None) -> ReviewView:
    told = {name: value for name, value in review.model_dump().items() if name in ReviewView.model_fields}
    return ReviewView(**told, open=review.decision is None and review.take == waiting_take)


handler = api(app)
