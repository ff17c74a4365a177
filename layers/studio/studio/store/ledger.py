"""The spend ledger: reserve before the call, settle or release after it, caps held by conditional writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from studio.domain.base import new_id
from studio.domain.errors import BudgetExceeded, NotFound
from studio.domain.money import usd
from studio.domain.spend import Spend
from studio.store import keys
from studio.store.table import ConditionFailedError, Partition, Write, assign, fields

_ENTRY, _MONTH, _EPISODE = 0, 1, 2


@dataclass(frozen=True)
class Caps:
    """The most that may be committed, in micro-dollars."""

    month: int
    episode: int


@dataclass(frozen=True)
class Call:
    """What is about to be bought. `digest` is the memo's; `estimate` in micro-dollars is reserved."""

    purpose: str
    provider: str
    model: str
    price_date: str
    digest: str
    estimate: int
    episode_id: str = ""
    clip: int | None = None


@dataclass(frozen=True)
class Bill:
    """What a call turned out to be. `cost` in micro-dollars."""

    status: Literal["settled", "released", "unknown"]
    cost: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    note: str = ""


class Ledger:
    """One owner's spending."""

    def __init__(self, partition: Partition, caps: Caps) -> None:
        self._partition = partition
        self._caps = caps

    def reserve(self, call: Call, at: datetime) -> str:
        """Commit the estimate and return the reservation.

        Raises BudgetExceeded, and NotFound for an episode that is gone; nothing is committed then.
        """
        if call.estimate > self._caps.month:
            raise BudgetExceeded(self._refusal(_MONTH, call))
        if call.episode_id and call.estimate > self._caps.episode:
            raise BudgetExceeded(self._refusal(_EPISODE, call))
        entry = Spend(
            spend_id=new_id(at),
            month=keys.month(at),
            status="reserved",
            purpose=call.purpose,
            provider=call.provider,
            model=call.model,
            price_date=call.price_date,
            episode_id=call.episode_id,
            clip=call.clip,
            digest=call.digest,
            reserved=call.estimate,
            created_at=at,
        )
        item = entry.model_dump(mode="json", exclude_none=True) | {
            "active_in": keys.ACTIVE_SPENDS,
            "active_since": at.isoformat(),
            "owner": self._partition.owner,
        }
        writes = [
            Write("Put", keys.spend(entry.month, entry.spend_id), item),
            _commit(keys.budget(entry.month), call.estimate, self._caps.month),
        ]
        if call.episode_id:
            writes.append(_commit(keys.episode(call.episode_id), call.estimate, self._caps.episode, must_exist=True))
        try:
            self._partition.write(*writes)
        except ConditionFailedError as error:
            if error.index == _EPISODE and self._partition.get(keys.episode(call.episode_id)) is None:
                raise NotFound("There is no such episode.") from error
            raise BudgetExceeded(self._refusal(error.index, call)) from error
        return f"{entry.month}/{entry.spend_id}"

    def settle(self, reservation: str, bill: Bill, at: datetime) -> None:
        """Replace the reserved amount by the cost. Settling twice changes nothing. Raises NotFound."""
        month, spend_id = reservation.split("/")
        sk = keys.spend(month, spend_id)
        item = self._partition.get(sk)
        if item is None:
            raise NotFound("There is no such ledger entry.")
        entry = Spend.model_validate(fields(item))
        if entry.status != "reserved":
            return
        changes: dict[str, Any] = {
            "status": bill.status,
            "cost": bill.cost,
            "input_tokens": bill.input_tokens,
            "output_tokens": bill.output_tokens,
            "images": bill.images,
            "note": bill.note,
            "settled_at": at.isoformat(),
            "active_in": None,
            "active_since": None,
        }
        writes = [
            assign(sk, changes, condition="#status = :status", status="reserved"),
            _spend(keys.budget(month), entry.reserved, bill.cost),
        ]
        if entry.episode_id:
            writes.append(_spend(keys.episode(entry.episode_id), entry.reserved, bill.cost, must_exist=True))
        try:
            self._partition.write(*writes)
        except ConditionFailedError as error:
            if error.index == _EPISODE:
                # The episode was deleted meanwhile; the month still counts what it cost.
                self._settle_without_episode(writes)
            elif error.index != _ENTRY:
                raise

    def _settle_without_episode(self, writes: list[Write]) -> None:
        try:
            self._partition.write(*writes[:_EPISODE])
        except ConditionFailedError as error:
            if error.index != _ENTRY:
                raise

    def month(self, at: datetime) -> dict[str, int]:
        """Return this month's `spent`, `committed` and `cap`, in micro-dollars; one read."""
        item = self._partition.get(keys.budget(keys.month(at))) or {}
        return {
            "spent": int(item.get("spent", 0)),
            "committed": int(item.get("committed", 0)),
            "cap": self._caps.month,
        }

    def page(self, month: str, limit: int, cursor: str | None) -> tuple[list[Spend], str | None]:
        """Return a month's entries, newest first, and the next cursor."""
        page = self._partition.query(keys.spend(month), limit=limit, cursor=cursor, newest_first=True)
        return [Spend.model_validate(fields(item)) for item in page.items], page.cursor

    def _refusal(self, index: int, call: Call) -> str:
        if index == _EPISODE:
            which, cap = "this episode's", self._caps.episode
        else:
            which, cap = "this month's", self._caps.month
        return (
            f"This call would cost about ${usd(call.estimate):.4f} and pass {which} cap of ${usd(cap):.2f}. "
            "Nothing was bought. Raise the cap, or wait for the next month."
        )


def _commit(sk: str, amount: int, cap: int, *, must_exist: bool = False) -> Write:
    conditions = ["attribute_exists(pk)"] if must_exist else []
    values = {":zero": 0, ":amount": amount}
    if amount:
        # What is free passes no cap, also where an answer that was dearer than its estimate has passed it already.
        conditions.append("(attribute_not_exists(committed) OR committed <= :room)")
        values[":room"] = cap - amount
    # `committed` is what is spent plus what is reserved: one attribute, because a condition cannot add.
    return Write(
        "Update",
        sk,
        update="SET committed = if_not_exists(committed, :zero) + :amount, spent = if_not_exists(spent, :zero)",
        condition=" AND ".join(conditions),
        values=values,
    )


def _spend(sk: str, reserved: int, cost: int, *, must_exist: bool = False) -> Write:
    return Write(
        "Update",
        sk,
        update="ADD committed :correction, spent :cost",
        condition="attribute_exists(pk)" if must_exist else "",
        values={":correction": cost - reserved, ":cost": cost},
    )
