"""Review gates: who waits, for what, and the token that lets the execution go on. The token never leaves here."""

from datetime import datetime, timedelta

from studio.domain.base import new_id
from studio.domain.episode import Gate
from studio.domain.errors import Conflict, NotFound
from studio.domain.gate import Decision, Review
from studio.store import keys
from studio.store.table import ConditionFailedError, Item, Partition, Write, assign, fields


class Reviews:
    """One owner's gates."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def open(
        self,
        episode_id: str,
        gate: Gate,
        take: int,
        token: str,
        wait: timedelta,
        at: datetime,
        *,
        behind: tuple[str, ...] = (),
    ) -> Review:
        """Open a gate, or hand an open gate of this take its newer token: a retried worker has another one."""
        now = self._read(episode_id, gate)
        if now is not None:
            review = _review(now)
            if review.take == take and review.decision is None:
                self._partition.write(assign(keys.gate(episode_id, gate), {"token": token}))
                return review
        review = Review(
            episode_id=episode_id,
            gate=gate,
            review_id=new_id(at),
            take=take,
            behind=behind,
            opened_at=at,
            closes_at=at + wait,
        )
        item = review.model_dump(mode="json", exclude_none=True) | {"token": token}
        self._partition.write(Write("Put", keys.gate(episode_id, gate), item))
        return review

    def all(self, episode_id: str) -> list[Review]:
        """Return an episode's gates, those that have been opened at least once."""
        return [_review(item) for item in self._partition.all(keys.gate(episode_id))]

    def get(self, episode_id: str, gate: Gate) -> Review:
        """Return a gate. Raises NotFound before it was opened."""
        item = self._read(episode_id, gate)
        if item is None:
            raise NotFound(f"The {gate} review of this episode has not been opened.")
        return _review(item)

    def answer(self, review: Review, decision: Decision, reason: str, at: datetime, *, edited: bool) -> Review:
        """Record a decision, once. Raises Conflict when there is another one already, or the gate was opened anew."""
        then = {"decision": decision, "reason": reason, "answered_at": at, "edited": edited}
        changes = {
            "decision": decision,
            "reason": reason,
            "edited": edited,
            "answered_at": at.isoformat(),
        }
        update = assign(
            keys.gate(review.episode_id, review.gate),
            changes,
            condition="#review_id = :review_id AND attribute_not_exists(#decision)",
            review_id=review.review_id,
        )
        try:
            self._partition.write(update)
        except ConditionFailedError as error:
            now = self.get(review.episode_id, review.gate)
            if now.review_id == review.review_id and now.decision == decision:
                return now
            answered = now.decision if now.review_id == review.review_id else "opened anew since"
            raise Conflict(f"The {review.gate} review was answered already: {answered}.") from error
        return review.model_copy(update=then)

    def token(self, review: Review) -> str:
        """Return the task token of the execution that waits at this gate. Raises NotFound."""
        item = self._read(review.episode_id, review.gate)
        if item is None or item.get("review_id") != review.review_id:
            raise NotFound("This review is over.")
        return str(item["token"])

    def delivered(self, review: Review) -> None:
        """Note that the waiting execution has been told."""
        self._partition.write(assign(keys.gate(review.episode_id, review.gate), {"delivered": True}))

    def _read(self, episode_id: str, gate: Gate) -> Item | None:
        return self._partition.get(keys.gate(episode_id, gate))


def _review(item: Item) -> Review:
    return Review.model_validate({name: value for name, value in fields(item).items() if name != "token"})
