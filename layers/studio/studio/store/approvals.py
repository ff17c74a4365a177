"""Approvals: what waits for its owner's word, and what was said. The content itself is kept with it."""

import json
from datetime import datetime, timedelta

from pydantic import BaseModel, JsonValue

from studio.domain.approval import OPEN, Approval, ApprovalStatus, ContentKind, Ruling, content_hash
from studio.domain.base import new_id
from studio.domain.errors import Conflict, NotApproved, NotFound
from studio.store import keys
from studio.store.table import NEW, ConditionFailedError, Item, Partition, Write, assign, fields

_KEPT = timedelta(days=180)
"""So long an approval can be read after it closed."""

_LONGEST_SUMMARY = 300


class Approvals:
    """One owner's approvals. One content has one, found by its hash; they are listed by when they were asked for."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def ask(
        self,
        kind: ContentKind,
        content: BaseModel | JsonValue,
        *,
        bot: str,
        summary: str,
        at: datetime,
        episode_id: str = "",
    ) -> Approval:
        """Return the approval of a content: the one there is, with its answer, or a new one that waits."""
        hashed = content_hash(kind, content)
        known = self._find(hashed)
        if known is not None and (known.status is ApprovalStatus.USED or at < known.closes_at):
            return known
        told = content.model_dump(mode="json") if isinstance(content, BaseModel) else content
        approval = Approval(
            approval_id=new_id(at),
            content_hash=hashed,
            kind=kind,
            bot=bot,
            summary=summary[:_LONGEST_SUMMARY],
            content=told,
            episode_id=episode_id,
            asked_at=at,
            closes_at=at + OPEN,
        )
        expires = int((approval.closes_at + _KEPT).timestamp())
        pointer = {"approval_id": approval.approval_id, "expires_at": expires}
        condition = NEW if known is None else "#approval_id = :approval_id"
        bound = {} if known is None else {":approval_id": known.approval_id}
        try:
            self._partition.write(
                Write(
                    "Put",
                    keys.content(hashed),
                    pointer,
                    condition=condition,
                    names={"#approval_id": "approval_id"} if known else {},
                    values=bound,
                ),
                Write(
                    "Put",
                    keys.approval(approval.approval_id),
                    # As text: the table has numbers of its own, and the hash is of these.
                    approval.model_dump(mode="json", exclude_none=True)
                    | {"content": json.dumps(told), "expires_at": expires},
                ),
            )
        except ConditionFailedError:
            # Somebody asked for the same at the same moment.
            return self.get(hashed)
        return approval

    def get(self, hashed: str) -> Approval:
        """Return the approval of the content with this hash. Raises NotFound."""
        found = self._find(hashed)
        if found is None:
            raise NotFound("Nothing with this hash waits for approval. Have the bot draft it first.")
        return found

    def page(self, limit: int, cursor: str | None) -> tuple[list[Approval], str | None]:
        """Return the newest approvals first, and the next cursor."""
        page = self._partition.query(keys.approval(), limit=limit, cursor=cursor, newest_first=True)
        return [_approval(item) for item in page.items], page.cursor

    def decide(self, hashed: str, ruling: Ruling, note: str, at: datetime) -> Approval:
        """Record an answer; until the content has gone out it may be changed.

        Raises NotFound, Conflict for what has gone out or closed.
        """
        approval = self.get(hashed)
        status = ApprovalStatus.APPROVED if ruling == "approve" else ApprovalStatus.REJECTED
        if at >= approval.closes_at and approval.status is not ApprovalStatus.USED:
            raise Conflict(f"This waited until {approval.closes_at:%Y-%m-%d}. Have the bot draft it again.")
        changes = {"status": status, "note": note, "decided_at": at.isoformat()}
        self._change(approval, changes, "#status <> :gone AND #content_hash = :content_hash", hashed)
        return approval.model_copy(update={"status": status, "note": note, "decided_at": at})

    def approved(self, hashed: str, kind: ContentKind, at: datetime) -> Approval:
        """Return the approval of content that may go out now. Raises NotApproved, with what to do.

        Content that has gone out already is approved still: whoever sends it knows whether it was sent.
        """
        approval = self._find(hashed)
        if approval is None or approval.kind is not kind:
            raise NotApproved("Nothing with this hash was put up for approval. Draft it first, then approve it.")
        if content_hash(kind, approval.content) != hashed:
            raise NotApproved("What is stored is not what was approved. Draft it again.")
        if approval.status is ApprovalStatus.USED:
            return approval
        if approval.status is ApprovalStatus.REJECTED:
            raise NotApproved("This was rejected. Draft something else, or approve it after all.")
        if approval.status is ApprovalStatus.WAITING:
            raise NotApproved(f"This waits for approval: POST /approvals with content_hash {hashed}.")
        if at >= approval.closes_at:
            raise NotApproved("The approval is too old. Draft it again and approve that.")
        return approval

    def use(self, approval: Approval, at: datetime) -> None:
        """Note that the content goes out now; from here on the answer stands. A second time changes nothing.

        Raises NotApproved when the approval was taken back.
        """
        changes = {"status": ApprovalStatus.USED, "used_at": at.isoformat()}
        try:
            self._change(approval, changes, "#status = :approved AND #content_hash = :content_hash")
        except Conflict as error:
            now = self.get(approval.content_hash)
            if now.status is not ApprovalStatus.USED:
                raise NotApproved("The approval was taken back.") from error

    def _change(self, approval: Approval, changes: dict[str, str], condition: str, hashed: str = "") -> None:
        update = assign(
            keys.approval(approval.approval_id),
            changes,
            condition=condition,
            content_hash=hashed or approval.content_hash,
            **({"gone": ApprovalStatus.USED} if ":gone" in condition else {"approved": ApprovalStatus.APPROVED}),
        )
        try:
            self._partition.write(update)
        except ConditionFailedError as error:
            raise Conflict("This has gone out already, so its approval stands.") from error

    def _find(self, hashed: str) -> Approval | None:
        pointer = self._partition.get(keys.content(hashed))
        item = None if pointer is None else self._partition.get(keys.approval(str(pointer["approval_id"])))
        return None if item is None else _approval(item)


def _approval(item: Item) -> Approval:
    told = fields(item)
    return Approval.model_validate(told | {"content": json.loads(told["content"])})
