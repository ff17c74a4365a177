"""Buying from a model, once: remember, take a turn, reserve, call, store, settle; in that order, whoever dies where.

    remembered? ── yes ──▶ settle (in case the buyer died before it did) ──▶ the stored result
        │ no
        ▼
    quota.admit ▶ ledger.reserve ▶ port ▶ memo.put ▶ ledger.settle ──▶ the result

A worker killed before `memo.put` leaves a reservation that the sweep closes as unknown; one killed after it leaves a
result that the next attempt finds.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import BaseModel

from studio.domain.base import schema_of
from studio.domain.digest import digest_of
from studio.domain.errors import FINAL, StudioError, Throttled, Unavailable
from studio.domain.spend import Spend
from studio.generation.catalogue import CHARS_PER_TOKEN, REFERENCE_TOKENS, Price
from studio.generation.ports import (
    Judge,
    Judgement,
    JudgeRequest,
    Painter,
    PaintRequest,
    Receipt,
    Writer,
    WriteRequest,
)
from studio.store.ledger import Bill, Call, Ledger
from studio.store.memo import Memo, Remembered
from studio.store.quota import Quota

_OUTCOMES = {error.__name__: error for error in FINAL}


@dataclass(frozen=True)
class Purpose:
    """What a call is for: its place in the ledger."""

    name: str
    episode_id: str = ""
    clip: int | None = None


@dataclass(frozen=True)
class Terms:
    """From whom something is bought, at which price, how often, and what for. `quota` None is no limit."""

    provider: str
    price: Price
    quota: Quota | None
    purpose: Purpose


@dataclass(frozen=True)
class Purchase:
    """A call that was answered: by whom, and what it cost now in micro-dollars; 0 when it was remembered.

    `digest` is what it is remembered under.
    """

    digest: str
    receipt: Receipt
    cost: int


class Till:
    """Where one owner buys. `purchases` lists what this process bought or found remembered."""

    def __init__(self, memo: Memo, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self.purchases: list[Purchase] = []
        self._memo = memo
        self._ledger = ledger
        self._clock = clock

    def buy(
        self, digest: str, model: str, estimate: int, terms: Terms, make: Callable[[], tuple[bytes, str, Receipt]]
    ) -> bytes:
        """Return the bytes that the call with this digest brought, remembered or bought now.

        estimate: micro-dollars to reserve. make: does the call; returns bytes, media type and receipt.
        Raises BudgetExceeded and Throttled before anything is bought, and whatever the port raises, or once raised.
        """
        remembered = self._memo.get(digest)
        if remembered is not None and remembered.refused:
            raise _OUTCOMES[remembered.refused](remembered.data.decode())
        if remembered is not None:
            receipt = Receipt.model_validate_json(remembered.receipt)
            self._settle(remembered.reservation, receipt, terms.price)
            self.purchases.append(Purchase(digest, receipt, 0))
            return remembered.data
        if terms.quota is not None:
            terms.quota.admit()
        call = Call(
            purpose=terms.purpose.name,
            provider=terms.provider,
            model=model,
            price_date=terms.price.price_date.isoformat(),
            digest=digest,
            estimate=estimate,
            episode_id=terms.purpose.episode_id,
            clip=terms.purpose.clip,
            rates=terms.price.rates,
        )
        reservation = self._ledger.reserve(call, self._clock())
        try:
            data, media_type, receipt = make()
        except StudioError as error:
            if isinstance(error, Throttled) and terms.quota is not None and error.retry_after:
                terms.quota.pause(error.retry_after)
            self._close_unbought(reservation, error, estimate, terms.price)
            raise
        self._memo.put(digest, Remembered(data, media_type, receipt.model_dump_json(), reservation))
        self.purchases.append(Purchase(digest, receipt, self._settle(reservation, receipt, terms.price)))
        return data

    def close_stale(self, spend: Spend, price: Price) -> None:
        """Close a reservation whose buyer is gone: with its cost where the result was stored, else as unknown."""
        reservation = f"{spend.month}/{spend.spend_id}"
        remembered = self._memo.get(spend.digest)
        if remembered is not None and remembered.reservation == reservation:
            self._settle(reservation, Receipt.model_validate_json(remembered.receipt), price)
        else:
            note = "The worker that made this call was lost, and with it whether it was charged."
            self._ledger.settle(reservation, Bill("unknown", spend.reserved, note=note), self._clock())

    def _settle(self, reservation: str, receipt: Receipt, price: Price) -> int:
        bill = _bill(receipt, price)
        self._ledger.settle(reservation, bill, self._clock())
        return bill.cost

    def _close_unbought(self, reservation: str, error: StudioError, estimate: int, price: Price) -> None:
        if error.receipt is not None:
            bill = _bill(error.receipt, price)
        elif isinstance(error, Unavailable) and error.sent:
            # What may have been charged counts as spent: a cap that trusts to luck is none.
            bill = Bill("unknown", estimate)
        else:
            bill = Bill("released")
        told = replace(bill, note=str(error), error=type(error).__name__)
        self._ledger.settle(reservation, told, self._clock())


def _bill(receipt: Receipt, price: Price) -> Bill:
    used = receipt.usage
    tokens_out = used.output_tokens + used.image_tokens
    cost = price.cost(used)
    return Bill("settled", cost, used.input_tokens, tokens_out, used.images, image_tokens=used.image_tokens)


class BoughtWriter:
    """A Writer whose answers are remembered, paid for and rate-limited.

    model: the writer's. opened: opens the writer; what is remembered needs neither a key nor a client.
    """

    def __init__(self, model: str, opened: Callable[[], Writer], till: Till, terms: Terms) -> None:
        self._model = model
        self._opened = opened
        self._till = till
        self._terms = terms

    def write[T: BaseModel](self, request: WriteRequest, schema: type[T]) -> T:
        """Return an instance of `schema`. Raises what `Till.buy` raises."""
        asked = request.model_dump(mode="json")
        digest = digest_of("write", self._terms.provider, self._model, asked, schema_of(schema))

        def make() -> tuple[bytes, str, Receipt]:
            value, receipt = self._opened().write(request, schema)
            return value.model_dump_json().encode(), "application/json", receipt

        estimate = self._terms.price.estimate_text(len(json.dumps(asked)), request.max_output_tokens)
        return schema.model_validate_json(self._till.buy(digest, self._model, estimate, self._terms, make))


class BoughtPainter:
    """A Painter whose pictures are remembered, paid for and rate-limited. `model` and `opened` as for a writer."""

    def __init__(self, model: str, opened: Callable[[], Painter], till: Till, terms: Terms) -> None:
        self.model = model
        self._opened = opened
        self._till = till
        self._terms = terms

    def paint(self, request: PaintRequest) -> bytes:
        """Return the encoded picture. Raises what `Till.buy` raises."""
        # A reference is known by its own SHA-256; its bytes need not be hashed again.
        asked = request.model_dump(mode="json", exclude={"references": {"__all__": {"data"}}})
        digest = digest_of("paint", self._terms.provider, self.model, asked)

        def make() -> tuple[bytes, str, Receipt]:
            picture, receipt = self._opened().paint(request)
            return picture.data, picture.media_type, receipt

        estimate = self._terms.price.estimate_image(len(request.prompt), len(request.references))
        return self._till.buy(digest, self.model, estimate, self._terms, make)


class BoughtJudge:
    """A Judge whose judgements are remembered, paid for and rate-limited. `model` and `opened` as for a writer."""

    def __init__(self, model: str, opened: Callable[[], Judge], till: Till, terms: Terms) -> None:
        self.model = model
        self._opened = opened
        self._till = till
        self._terms = terms

    def judge(self, request: JudgeRequest) -> Judgement:
        """Return what is to be said about the picture. Raises what `Till.buy` raises."""
        # Pictures are known by their own SHA-256; their bytes need not be hashed again.
        asked = request.model_dump(mode="json", exclude={"picture": True, "references": {"__all__": {"data"}}})
        digest = digest_of("judge", self._terms.provider, self.model, asked)

        def make() -> tuple[bytes, str, Receipt]:
            judgement, receipt = self._opened().judge(request)
            return judgement.model_dump_json().encode(), "application/json", receipt

        pictures = (1 + len(request.references)) * REFERENCE_TOKENS * CHARS_PER_TOKEN
        estimate = self._terms.price.estimate_text(len(json.dumps(asked)) + pictures, request.max_output_tokens)
        return Judgement.model_validate_json(self._till.buy(digest, self.model, estimate, self._terms, make))
