"""The spend ledger: reserve before the call, settle or release after it, caps held by conditional writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from studio.domain.base import new_id
from studio.domain.errors import BudgetExceeded, NotFound
from studio.domain.money import usd
from studio.domain.spend import BillLine, QuoteLine, Rates, Spend
from studio.store import keys
from studio.store.table import ConditionFailedError, Item, Partition, Write, assign, fields

_ENTRY, _MONTH, _EPISODE = 0, 1, 2


@dataclass(frozen=True)
class Caps:
    """The most that one owner may commit in a month and for one episode, in micro-dollars.

    `set_by` is the administrator who set them, `set_at` when; None means that they are the stack's defaults.
    """

    month: int
    episode: int
    set_by: str = ""
    set_at: datetime | None = None


def caps_of(item: Item) -> Caps:
    """Return the caps that an owner's item sets."""
    return Caps(int(item["month"]), int(item["episode"]), item["set_by"], datetime.fromisoformat(item["set_at"]))


@dataclass(frozen=True)
class Call:
    """What is about to be bought, at which rates. `digest` is the memo's; `estimate` in micro-dollars is reserved."""

    purpose: str
    provider: str
    model: str
    price_date: str
    digest: str
    estimate: int
    episode_id: str = ""
    clip: int | None = None
    rates: Rates | None = None


@dataclass(frozen=True)
class Bill:
    """What a call turned out to be. `cost` in micro-dollars; `image_tokens` are among the `output_tokens`.

    `note` and `error` are of what came instead of a result: its sentence, and its name in `studio.domain.errors`.
    """

    status: Literal["settled", "released", "unknown"]
    cost: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    images: int = 0
    note: str = ""
    image_tokens: int = 0
    error: str = ""


class Ledger:
    """One owner's spending. `defaults` are the caps of an owner for whom none were set."""

    def __init__(self, partition: Partition, defaults: Caps) -> None:
        self._partition = partition
        self._defaults = defaults

    @cached_property
    def caps(self) -> Caps:
        """The owner's caps: read once, so a cap that is lowered holds for every worker that starts afterwards."""
        item = self._partition.get(keys.CAPS)
        return self._defaults if item is None else caps_of(item)

    def set_caps(self, caps: Caps) -> None:
        """Set the owner's own caps. Their `set_by` and `set_at` must be there."""
        if caps.set_at is None:
            raise ValueError("caps that are set were set at some time")
        item = {
            "month": caps.month,
            "episode": caps.episode,
            "set_by": caps.set_by,
            "set_at": caps.set_at.isoformat(),
            "active_in": keys.ACTIVE_CAPS,
            "active_since": self._partition.owner,
            "owner": self._partition.owner,
        }
        self._partition.write(Write("Put", keys.CAPS, item))
        self.__dict__.pop("caps", None)

    def clear_caps(self) -> None:
        """Give the owner the stack's defaults again."""
        self._partition.write(Write("Delete", keys.CAPS))
        self.__dict__.pop("caps", None)

    def reserve(self, call: Call, at: datetime) -> str:
        """Commit the estimate and return the reservation.

        Raises BudgetExceeded, and NotFound for an episode that is gone; nothing is committed then.
        """
        # What is free passes no cap, so nobody need know them.
        caps = self.caps if call.estimate else Caps(0, 0)
        if call.estimate > caps.month:
            raise BudgetExceeded(self._refusal(_MONTH, call, at))
        if call.episode_id and call.estimate > caps.episode:
            raise BudgetExceeded(self._refusal(_EPISODE, call, at))
        entry = Spend(
            spend_id=new_id(at),
            month=keys.month(at),
            status="reserved",
            purpose=call.purpose,
            provider=call.provider,
            model=call.model,
            price_date=call.price_date,
            rates=call.rates,
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
            self._commit_month(entry.month, call.estimate, caps.month),
        ]
        if call.episode_id:
            writes.append(_commit(keys.episode(call.episode_id), call.estimate, caps.episode, must_exist=True))
        try:
            self._partition.write(*writes)
        except ConditionFailedError as error:
            if error.index == _EPISODE and self._partition.get(keys.episode(call.episode_id)) is None:
                raise NotFound("There is no such episode.") from error
            raise BudgetExceeded(self._refusal(error.index, call, at)) from error
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
            "image_tokens": bill.image_tokens,
            "images": bill.images,
            "note": bill.note,
            "error": bill.error,
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
            if bill.status != "released":
                writes.append(_charge(entry, bill))
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
        """Return this month's `spent`, `committed` and `cap`, in micro-dollars."""
        return self.totals(keys.month(at))

    def totals(self, month: str) -> dict[str, int]:
        """Return a month's `spent`, `committed` and `cap`, in micro-dollars. month: `yyyy-mm`."""
        item = self._partition.get(keys.budget(month)) or {}
        return {
            "spent": int(item.get("spent", 0)),
            "committed": int(item.get("committed", 0)),
            "cap": self.caps.month,
        }

    def page(self, month: str, limit: int, cursor: str | None) -> tuple[list[Spend], str | None]:
        """Return a month's entries, newest first, and the next cursor."""
        page = self._partition.query(keys.spend(month), limit=limit, cursor=cursor, newest_first=True)
        return [Spend.model_validate(fields(item)) for item in page.items], page.cursor

    def bill(self, episode_id: str) -> list[BillLine]:
        """Return what an episode has cost and was quoted at, a line for each step and clip, in no order that matters.

        One query, however many calls were made.
        """
        return [BillLine.model_validate(fields(item)) for item in self._partition.all(keys.bill(episode_id))]

    def quote(self, episode_id: str, lines: Iterable[QuoteLine]) -> None:
        """Note what work that now begins was quoted at, beside what it will turn out to cost.

        What a line has cost before counts as quoted: then bill and quote are of the same work also in a later take.
        """
        # What is free needs no promise.
        writes = [_quoted(episode_id, line) for line in lines if line.at_most]
        if writes:
            self._partition.write(*writes)

    def _commit_month(self, month: str, amount: int, cap: int) -> Write:
        owner = self._partition.owner
        listed = {"active_in": keys.active_budgets(month), "active_since": owner, "owner": owner}
        return _commit(keys.budget(month), amount, cap, listed=listed)

    def _refusal(self, index: int, call: Call, at: datetime) -> str:
        if index == _EPISODE:
            which, cap, wait = "this episode's", self.caps.episode, ""
            item = self._partition.get(keys.episode(call.episode_id)) or {}
        else:
            which, cap, wait = "this month's", self.caps.month, ", or wait for the next month"
            item = self._partition.get(keys.budget(keys.month(at))) or {}
        left = max(0, cap - int(item.get("committed", 0)))
        again = "take the episode up again" if call.episode_id else "try again"
        return (
            f"This call would cost about ${usd(call.estimate):.4f} and pass {which} cap of ${usd(cap):.2f}. "
            f"Nothing was bought. ${usd(left):.4f} of the cap is left. "
            f"Have an administrator raise it{wait}; then {again}."
        )


def _commit(sk: str, amount: int, cap: int, *, must_exist: bool = False, listed: dict[str, str] | None = None) -> Write:
    """Return the write that commits `amount`, if that passes no cap. `listed` attributes are set with it."""
    conditions = ["attribute_exists(pk)"] if must_exist else []
    values: dict[str, Any] = {":zero": 0, ":amount": amount}
    if amount:
        # What is free passes no cap, also where an answer that was dearer than its estimate has passed it already.
        conditions.append("(attribute_not_exists(committed) OR committed <= :room)")
        values[":room"] = cap - amount
    more = listed or {}
    # `committed` is what is spent plus what is reserved: one attribute, because a condition cannot add.
    return Write(
        "Update",
        sk,
        update="SET committed = if_not_exists(committed, :zero) + :amount, spent = if_not_exists(spent, :zero)"
        + "".join(f", #{name} = :{name}" for name in more),
        condition=" AND ".join(conditions),
        names={f"#{name}": name for name in more},
        values=values | {f":{name}": value for name, value in more.items()},
    )


def _spend(sk: str, reserved: int, cost: int, *, must_exist: bool = False) -> Write:
    return Write(
        "Update",
        sk,
        update="ADD committed :correction, spent :cost",
        condition="attribute_exists(pk)" if must_exist else "",
        values={":correction": cost - reserved, ":cost": cost},
    )


def _charge(entry: Spend, bill: Bill) -> Write:
    """Return the write that adds a call to its line of the episode's bill."""
    added = {
        "calls": 1,
        "spent": bill.cost,
        "input_tokens": bill.input_tokens,
        "output_tokens": bill.output_tokens,
        "images": bill.images,
    }
    told = _line(entry.episode_id, entry.purpose, entry.clip) | {
        "provider": entry.provider,
        "model": entry.model,
        "price_date": entry.price_date,
    }
    return Write(
        "Update",
        keys.bill(entry.episode_id, entry.purpose, entry.clip),
        update="ADD "
        + ", ".join(f"#{name} :{name}" for name in added)
        + " SET "
        + ", ".join(f"#{name} = :{name}" for name in told),
        names={f"#{name}": name for name in added | told},
        values={f":{name}": value for name, value in (added | told).items()},
    )


def _quoted(episode_id: str, line: QuoteLine) -> Write:
    told = _line(episode_id, line.step, line.clip)
    return Write(
        "Update",
        keys.bill(episode_id, line.step, line.clip),
        update="SET quoted_expected = if_not_exists(spent, :zero) + :expected,"
        " quoted_at_most = if_not_exists(spent, :zero) + :at_most, " + ", ".join(f"#{n} = :{n}" for n in told),
        names={f"#{name}": name for name in told},
        values={":zero": 0, ":expected": line.expected, ":at_most": line.at_most}
        | {f":{name}": value for name, value in told.items()},
    )


def _line(episode_id: str, purpose: str, clip: int | None) -> dict[str, Any]:
    named = {"episode_id": episode_id, "purpose": purpose}
    return named if clip is None else named | {"clip": clip}
