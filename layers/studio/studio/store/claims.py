"""What goes out once, however often and by how many it is tried: claimed, then sent, then kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from studio.domain.claim import LOOK_AGAIN, Claim, ClaimStatus
from studio.domain.errors import Conflict
from studio.domain.post import LEASE
from studio.store import keys
from studio.store.table import NEW, ConditionFailedError, Item, Partition, Write, assign, fields


class Held(Conflict):
    """Somebody else is at it, or it has to be looked for later. until: from when on another may try."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class Claims:
    """One owner's claims of one kind. key: the sort key of a content's, by its hash."""

    def __init__(self, partition: Partition, key: Callable[[str], str]) -> None:
        self._partition = partition
        self._key = key

    def claim(self, hashed: str, at: datetime, target: str = "") -> Claim:
        """Return the claim of a content: `sending` and yours for LEASE, `sent` as it is, or `unknown` and yours.

        What is `unknown` has to be looked for first. Raises Held while another has it, and Conflict where the target
        has another content already.
        """
        claim = Claim(content_hash=hashed, target=target, started_at=at)
        item = claim.model_dump(mode="json") | {"leased_until": _stamp(at + LEASE)}
        writes = [Write("Put", self._key(hashed), item, condition=NEW)]
        if target:
            writes.append(Write("Put", keys.aimed_at(target), {"content_hash": hashed}, condition=NEW))
        try:
            self._partition.write(*writes)
        except ConditionFailedError:
            return self._known(hashed, at)
        return claim

    def _known(self, hashed: str, at: datetime) -> Claim:
        item = self._partition.get(self._key(hashed))
        if item is None:
            raise Conflict("Something else went there already, or is on its way. It takes one only.")
        claim = _claim(item)
        if claim.status is ClaimStatus.SENT:
            return claim
        changes = {"status": ClaimStatus.UNKNOWN, "leased_until": _stamp(at + LEASE)}
        condition = "#status <> :sent AND #leased_until <= :now"
        update = assign(self._key(hashed), changes, condition=condition, sent=ClaimStatus.SENT, now=_stamp(at))
        try:
            self._partition.write(update)
        except ConditionFailedError as error:
            until = datetime.fromtimestamp(int(item["leased_until"]), UTC)
            sentence = f"It is on its way, or its outcome is not known yet. Try again after {until:%H:%M} UTC."
            raise Held(sentence, until) from error
        return claim.model_copy(update={"status": ClaimStatus.UNKNOWN})

    def sent(self, claim: Claim, external_id: str, url: str, chat_id: str = "") -> Claim:
        """Note that it is out, for good."""
        told = {"status": ClaimStatus.SENT, "external_id": external_id, "url": url, "chat_id": chat_id}
        return self._settle(claim, timedelta(), claim.started_at, **told)

    def unknown(self, claim: Claim, at: datetime) -> datetime:
        """Note that nobody knows whether it is out, and return from when on it may be looked for."""
        self._settle(claim, LOOK_AGAIN, at, status=ClaimStatus.UNKNOWN)
        return at + LOOK_AGAIN

    def release(self, claim: Claim) -> None:
        """Forget a claim whose content certainly did not go out."""
        writes = [Write("Delete", self._key(claim.content_hash))]
        if claim.target:
            writes.append(Write("Delete", keys.aimed_at(claim.target)))
        self._partition.write(*writes)

    def find(self, hashed: str) -> Claim | None:
        """Return the claim of a content, or None."""
        item = self._partition.get(self._key(hashed))
        return None if item is None else _claim(item)

    def taken(self, target: str) -> bool:
        """Tell whether something went to a target, or may have."""
        return self._partition.get(keys.aimed_at(target)) is not None

    def _settle(self, claim: Claim, lease: timedelta, at: datetime, **changes: str) -> Claim:
        stored = changes | {"leased_until": _stamp(at + lease)}
        self._partition.write(assign(self._key(claim.content_hash), stored))
        return claim.model_copy(update=changes)


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


def _claim(item: Item) -> Claim:
    return Claim.model_validate({name: value for name, value in fields(item).items() if name != "leased_until"})
