"""Digital products: one for each thing that is offered, on sale or not."""

from contextlib import suppress
from datetime import datetime

from studio.domain.base import new_id
from studio.domain.errors import NotFound
from studio.domain.product import DigitalProduct, ProductStatus
from studio.store import keys
from studio.store.table import NEW, THERE, ConditionFailedError, Partition, Write, assign, fields

_GONE = "There is no such product."


class Products:
    """One owner's products."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def new_id(self, digest: str, at: datetime) -> str:
        """Return the id of the product that offers just this, as a digest tells: the same each time."""
        pointer = {"product_id": new_id(at)}
        try:
            self._partition.write(Write("Put", keys.product_of(digest), pointer, condition=NEW))
        except ConditionFailedError:
            pointer = self._partition.get(keys.product_of(digest)) or pointer
        return str(pointer["product_id"])

    def keep(self, product: DigitalProduct) -> DigitalProduct:
        """Store a draft, and return it; or what is stored of it already."""
        item = product.model_dump(mode="json", exclude_none=True)
        try:
            self._partition.write(Write("Put", keys.product(product.product_id), item, condition=NEW))
        except ConditionFailedError:
            return self.get(product.product_id)
        return product

    def get(self, product_id: str) -> DigitalProduct:
        """Return a product. Raises NotFound."""
        item = self._partition.get(keys.product(product_id))
        if item is None:
            raise NotFound(_GONE)
        return DigitalProduct.model_validate(fields(item))

    def offering(self, digest: str) -> DigitalProduct | None:
        """Return the product that offers just this, None where there is none."""
        pointer = self._partition.get(keys.product_of(digest))
        item = None if pointer is None else self._partition.get(keys.product(str(pointer["product_id"])))
        return None if item is None else DigitalProduct.model_validate(fields(item))

    def page(self, limit: int, cursor: str | None) -> tuple[list[DigitalProduct], str | None]:
        """Return the newest products first, and the next cursor."""
        page = self._partition.query(keys.product(), limit=limit, cursor=cursor, newest_first=True)
        return [DigitalProduct.model_validate(fields(item)) for item in page.items], page.cursor

    def on_sale(self, episode_id: str) -> list[DigitalProduct]:
        """Return what of an episode can be bought."""
        found = [DigitalProduct.model_validate(fields(item)) for item in self._partition.all(keys.product())]
        return [one for one in found if one.episode_id == episode_id and one.status is ProductStatus.ON_SALE]

    def begin(self, product: DigitalProduct, page: str, at: datetime) -> DigitalProduct:
        """Note that a product is being put on sale, with the code of its page; who comes later gets the first's.

        Raises NotFound.
        """
        changes = {"page": page, "began_at": at.isoformat()}
        update = assign(
            keys.product(product.product_id), changes, condition=f"{THERE} AND attribute_not_exists(#began_at)"
        )
        # Otherwise it was begun before, or is gone.
        with suppress(ConditionFailedError):
            self._partition.write(update)
        return self.get(product.product_id)

    def note(self, product: DigitalProduct, **changes: object) -> DigitalProduct:
        """Store what has changed of a product, and return it. Raises NotFound."""
        changed = product.model_copy(update=changes)
        told = changed.model_dump(mode="json")
        try:
            self._partition.write(assign(keys.product(product.product_id), {name: told[name] for name in changes}))
        except ConditionFailedError as error:
            raise NotFound(_GONE) from error
        return changed

    def delete(self, product_id: str) -> None:
        """Delete a product that was never on sale."""
        self._partition.write(Write("Delete", keys.product(product_id)))
