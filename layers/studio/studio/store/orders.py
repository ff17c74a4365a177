"""Orders, and what was given back of payments."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from studio.domain.audience import AudienceEvent
from studio.domain.errors import NotFound, Unavailable
from studio.domain.order import Order
from studio.domain.product import Sales
from studio.store import keys
from studio.store.events import Events
from studio.store.table import NEW, ConditionFailedError, Partition, Write, assign, fields

_TRIES = 5


class Orders:
    """One owner's orders."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def add(self, order: Order) -> bool:
        """Store an order and count it among its product's sales; return False where it is there already.

        What was given back of its payment before anybody told of the payment is noted on it.
        """
        writes = [Write("Put", keys.order(order.order_id), _item(order), condition=NEW)]
        if order.payment_id:
            writes.append(Write("Put", keys.payment(order.payment_id), {"order_id": order.order_id}))
        if order.product_id:
            held = int(bool(order.held))
            writes.append(_counted(order, orders=1, gross=order.amount, held=held))
            if held:
                writes.append(Write("Put", keys.held_order(order.product_id, order.order_id), _item(order)))
        try:
            self._partition.write(*writes)
        except ConditionFailedError:
            added = False
        else:
            added = True
        # Also where it was there already: that time may have ended between the two.
        back = self._partition.get(keys.paid_back(order.payment_id)) if order.payment_id else None
        if back is not None:
            self.give_back(order.order_id, int(back["refunded"]), datetime.fromisoformat(str(back["at"])))
        return added

    def get(self, order_id: str) -> Order:
        """Return an order. Raises NotFound."""
        item = self._partition.get(keys.order(order_id))
        if item is None:
            raise NotFound("There is no such order.")
        return Order.model_validate(fields(item))

    def of_payment(self, payment_id: str) -> Order | None:
        """Return the order that a payment was for; None where none is known."""
        item = self._partition.get(keys.payment(payment_id)) if payment_id else None
        return None if item is None else self.get(str(item["order_id"]))

    def page(self, limit: int, cursor: str | None) -> tuple[list[Order], str | None]:
        """Return some orders, by their ids, and the next cursor."""
        page = self._partition.query(keys.order(), limit=limit, cursor=cursor)
        return [Order.model_validate(fields(item)) for item in page.items], page.cursor

    def paid_back(self, payment_id: str, refunded: int, at: datetime) -> None:
        """Note how much of a payment, in all, was given back: on its order, or until there is one."""
        # First the note and then the order, as `add` does it the other way round: one of the two sees the other.
        note = {"refunded": refunded, "at": at.isoformat()}
        condition = "attribute_not_exists(pk) OR refunded < :refunded"
        # Otherwise more is noted already.
        with suppress(ConditionFailedError):
            self._partition.write(
                Write("Put", keys.paid_back(payment_id), note, condition=condition, values={":refunded": refunded})
            )
        order = self.of_payment(payment_id)
        if order is not None:
            self.give_back(order.order_id, refunded, at)

    def held(self, product_id: str, limit: int) -> list[Order]:
        """Return some orders of a product that are not delivered, as they were when they came."""
        page = self._partition.query(keys.held_order(product_id), limit=limit)
        return [Order.model_validate(fields(item)) for item in page.items]

    def sales(self, product_id: str) -> list[Sales]:
        """Return what was sold of a product, by mode and currency."""
        return [Sales.model_validate(fields(item)) for item in self._partition.all(keys.sales(product_id))]

    def give_back(self, order_id: str, refunded: int, at: datetime) -> Order:
        """Note how much of an order, in all, was given back. Raises NotFound."""
        for _ in range(_TRIES):
            now = self.get(order_id)
            then = now.given_back(refunded, at)
            if then == now:
                return now
            told = _item(then)
            write = assign(
                keys.order(order_id),
                {name: told[name] for name in ("refunded", "status", "refunded_at") if name in told},
                condition="#refunded = :refunded",
                refunded=now.refunded,
            )
            writes = [write]
            if now.product_id:
                whole = int(then.status == "refunded") - int(now.status == "refunded")
                writes.append(_counted(now, refunded=then.refunded - now.refunded, refunded_orders=whole))
            try:
                self._partition.write(*writes)
            except ConditionFailedError:
                continue
            return then
        raise Unavailable("Too many changes of one order at the same moment; try again.")


class Refunds:
    """What was given back of each payment of an owner's, booked once however it is told.

    Stripe tells each refund by itself, and the total with the payment, in either order and more than once. What is
    booked of a payment is the larger of the known total and the known refunds together: it only grows, and ends right.
    """

    def __init__(self, partition: Partition, events: Events) -> None:
        """Open them. partition: the one that the events are in, so that both change in one transaction."""
        self._partition = partition
        self._events = events

    def tell(
        self,
        charge: str,
        event_of: Callable[[int, int], AudienceEvent],
        *,
        refund: tuple[str, int] | None = None,
        total: int = 0,
    ) -> int:
        """Take in one refund (its id and amount), or a new total, and return how much was given back in all.

        event_of: makes the event of what is newly booked, from how much that is, and how much it then is in all.
        Amounts in whatever unit; positive.
        """
        for _ in range(_TRIES):
            was = self._partition.get(keys.refunds(charge)) or {}
            single = {str(name): int(amount) for name, amount in was.get("single", {}).items()}
            if refund is not None:
                single[refund[0]] = refund[1]
            told = max(int(was.get("total", 0)), total)
            level, booked, version = max(told, sum(single.values())), int(was.get("level", 0)), int(was.get("v", 0))
            item = {"single": single, "total": told, "level": level, "v": version + 1}
            writes = [
                Write("Put", keys.refunds(charge), item, condition=NEW)
                if not was
                else Write("Put", keys.refunds(charge), item, condition="v = :was", values={":was": version})
            ]
            if level > booked:
                writes += self._events.claimed(event_of(level - booked, level))
            try:
                self._partition.write(*writes)
            except ConditionFailedError:
                continue
            return level
        raise Unavailable("Too many refunds of one payment at the same moment; try again.")


def _counted(order: Order, **more: int) -> Write:
    """Return a write that adds to what was sold of the order's product."""
    sums = ", ".join(f"#{name} :{name}" for name in more)
    return Write(
        "Update",
        keys.sales(order.product_id or "", "live" if order.live else "test", order.currency),
        update=f"SET #currency = :currency, #live = :live ADD {sums}",
        names={f"#{name}": name for name in ("currency", "live", *more)},
        values={":currency": order.currency, ":live": order.live} | {f":{name}": by for name, by in more.items()},
    )


def _item(order: Order) -> dict[str, object]:
    return order.model_dump(mode="json", exclude_none=True)
