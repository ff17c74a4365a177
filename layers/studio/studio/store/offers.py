"""An owner's catalogue of offers."""

from collections.abc import Iterable
from datetime import datetime

from studio.domain.base import new_id
from studio.domain.errors import Conflict, NotFound
from studio.domain.mentions import fold
from studio.domain.offer import MOST_OFFERS, Offer, OfferChange, OfferSheet
from studio.store import keys
from studio.store.table import THERE, ConditionFailedError, Partition, Write, fields

_GONE = "There is no such offer."
_LAST = "\U0010ffff"


class Offers:
    """One owner's offers."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def add(self, sheets: Iterable[OfferSheet], at: datetime) -> list[Offer]:
        """Store offers and return those that are new: one of the same name and address is there already.

        Raises Conflict where the catalogue would hold too many, and stores none then.
        """
        there = self.all()
        known = {_same(offer) for offer in there}
        new: list[Offer] = []
        for sheet in sheets:
            if _same(sheet) not in known:
                known.add(_same(sheet))
                new.append(Offer(**dict(sheet), offer_id=new_id(at), created_at=at, updated_at=at))
        if len(there) + len(new) > MOST_OFFERS:
            raise Conflict(f"A catalogue holds {MOST_OFFERS:,} offers at most, and it has {len(there):,}. Delete some.")
        self._partition.write_each(Write("Put", keys.offer(offer.offer_id), _item(offer)) for offer in new)
        return new

    def get(self, offer_id: str) -> Offer:
        """Return an offer. Raises NotFound."""
        item = self._partition.get(keys.offer(offer_id))
        if item is None:
            raise NotFound(_GONE)
        return Offer.model_validate(fields(item))

    def page(self, limit: int, cursor: str | None) -> tuple[list[Offer], str | None]:
        """Return the newest offers first, and the next cursor."""
        page = self._partition.query(keys.offer(), limit=limit, cursor=cursor, newest_first=True)
        return [Offer.model_validate(fields(item)) for item in page.items], page.cursor

    def all(self) -> list[Offer]:
        """Return the whole catalogue, oldest first."""
        items = self._partition.between(keys.offer(), keys.offer() + _LAST)
        return [Offer.model_validate(fields(item)) for item in items]

    def change(self, offer_id: str, change: OfferChange, at: datetime) -> Offer:
        """Change an offer. Links that were made of it lead where they did. Raises NotFound."""
        told = {name: value for name, value in dict(change).items() if value is not None}
        then = self.get(offer_id).model_copy(update={**told, "updated_at": at})
        self._write(Write("Put", keys.offer(offer_id), _item(then), condition=THERE))
        return then

    def delete(self, offer_id: str) -> None:
        """Delete an offer; links that were made of it stay. Raises NotFound."""
        self._write(Write("Delete", keys.offer(offer_id), condition=THERE))

    def _write(self, write: Write) -> None:
        try:
            self._partition.write(write)
        except ConditionFailedError as error:
            raise NotFound(_GONE) from error


def _same(offer: OfferSheet) -> tuple[str, str]:
    return fold(offer.name), offer.url


def _item(offer: Offer) -> dict[str, object]:
    return offer.model_dump(mode="json", exclude_none=True)
