"""Stripe: what is sold, the links it is paid by, what was paid and what was given back.

SOURCE: docs.stripe.com/api (products, prices, payment_links, checkout/sessions, refunds, accounts),
docs.stripe.com/api/idempotent_requests, docs.stripe.com/api/errors (read 2026-11).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from studio.channels.http import Access, Answer, Network, Received
from studio.channels.refusals import saying
from studio.domain.errors import Conflict, NotConnected, NotFound, ProviderFailed, StudioError, Throttled

NAME = "Stripe"
VERSION = "2025-09-30.clover"
"""The API's, sent along, so that answers keep their shape whatever the account's default is."""

PAGE = 100

_KEY = re.compile(r"\b[sr]k_(?:test|live)_[\w*]+")


class Key:
    """A restricted key as the right to act. It cannot be renewed: whoever made it must store another."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def token(self) -> str:
        """Return the key. Raises NotConnected for an empty one."""
        if not self._secret.strip():
            raise NotConnected("No Stripe key is stored.")
        return self._secret.strip()

    def renew(self) -> None:
        """Raise NotConnected."""
        raise NotConnected("Stripe no longer accepts this key. Store another.")


class Account(Received):
    """Whose key it is, and whether money can be taken."""

    id: str
    country: str = ""
    default_currency: str = ""
    charges_enabled: bool = False


class Product(Received):
    """Something to be sold."""

    id: str
    name: str = ""
    active: bool = True


class Price(Received):
    """What a product costs: `unit_amount` in the smallest unit of `currency`, as its ISO 4217 code in lower case."""

    id: str
    product: str
    unit_amount: int
    currency: str


class PaymentLink(Received):
    """Where it is paid. Its metadata is copied to every checkout that comes of it."""

    id: str
    url: str
    active: bool = True
    metadata: dict[str, str] = Field(default_factory=dict)


class _Customer(Received):
    email: str | None = None
    name: str | None = None


class Session(Received):
    """One checkout. `amount_total` in the smallest unit of `currency`."""

    id: str
    created: AwareDatetime
    livemode: bool = False
    status: Literal["open", "complete", "expired"] | None = None
    payment_status: Literal["paid", "unpaid", "no_payment_required"] = "unpaid"
    amount_total: int | None = None
    currency: str | None = None
    payment_link: str | None = None
    payment_intent: str | None = None
    customer_details: _Customer | None = None
    metadata: dict[str, str] = Field(default_factory=dict)

    @property
    def paid(self) -> bool:
        """Whether what was bought may be handed over: complete is not yet paid with methods that take days."""
        return self.status == "complete" and self.payment_status in ("paid", "no_payment_required")


class Refund(Received):
    """Money given back, in the smallest unit of `currency`."""

    id: str
    amount: int
    currency: str
    status: str | None = None
    created: AwareDatetime
    payment_intent: str | None = None
    charge: str | None = None


class _Page[T](Received):
    data: list[T]
    has_more: bool = False


class Stripe:
    """One account's products and payments. Whatever creates takes a key, under which it is created once.

    All raise NotConnected for a key that is refused, ProviderFailed for a permission it lacks or a request that makes
    no sense to Stripe, Conflict for a key used with another content.
    """

    def __init__(self, base_url: str, access: Access, **more: Any) -> None:
        headers = {"Stripe-Version": VERSION}
        self._network = Network(NAME, base_url, access, refusal=_refusal, headers=headers, **more)

    def account(self) -> Account:
        """Return whose key it is."""
        return self._network.read(self._network.get("/v1/account"), Account)

    def product(self, name: str, *, key: str, description: str = "", metadata: Mapping[str, str] = {}) -> Product:
        """Create something to be sold."""
        content = {"name": name, "metadata": metadata} | ({"description": description} if description else {})
        return self._create("/v1/products", Product, content, key)

    def price(self, product: str, amount: int, currency: str, *, key: str) -> Price:
        """Create what a product costs. amount: in the smallest unit, 0 for what is free."""
        content = {"product": product, "unit_amount": amount, "currency": currency.lower()}
        return self._create("/v1/prices", Price, content, key)

    def payment_link(
        self, price: str, *, key: str, metadata: Mapping[str, str] = {}, thanks: str = "", quantity: int = 1
    ) -> PaymentLink:
        """Create an address to pay at. thanks: where a payer goes afterwards; Stripe's own page without."""
        content: dict[str, Any] = {"line_items": [{"price": price, "quantity": quantity}], "metadata": metadata}
        if thanks:
            content["after_completion"] = {"type": "redirect", "redirect": {"url": thanks}}
        return self._create("/v1/payment_links", PaymentLink, content, key)

    def close(self, payment_link: str, *, key: str) -> PaymentLink:
        """Take a link out of use; what was paid stays paid."""
        return self._create(f"/v1/payment_links/{payment_link}", PaymentLink, {"active": "false"}, key)

    def reopen(self, payment_link: str, *, key: str) -> PaymentLink:
        """Put a link that was closed into use again."""
        return self._create(f"/v1/payment_links/{payment_link}", PaymentLink, {"active": "true"}, key)

    def session(self, session: str) -> Session:
        """Return a checkout. Raises NotFound."""
        return self._network.read(self._network.get(f"/v1/checkout/sessions/{session}"), Session)

    def sessions(self, payment_link: str) -> Iterator[Session]:
        """Yield the checkouts of a link, newest first."""
        return self._pages("/v1/checkout/sessions", Session, {"payment_link": payment_link})

    def refunds(self, payment_intent: str | None = None) -> Iterator[Refund]:
        """Yield what was given back, newest first: of one payment, or of all."""
        return self._pages("/v1/refunds", Refund, {"payment_intent": payment_intent} if payment_intent else {})

    def _create[T: BaseModel](self, path: str, schema: type[T], content: Mapping[str, Any], key: str) -> T:
        # The key makes asking twice do it once, so a request whose answer is lost may simply be repeated.
        answer = self._network.post(path, again=True, data=form(content), headers={"Idempotency-Key": key})
        return self._network.read(answer, schema)

    def _pages[T: (Session, Refund)](self, path: str, schema: type[T], params: Mapping[str, str]) -> Iterator[T]:
        after: dict[str, str] = {}
        while True:
            answer = self._network.get(path, {**params, "limit": PAGE, **after})
            page: _Page[T] = self._network.read(answer, _Page[schema])  # type: ignore[valid-type]
            yield from page.data
            if not page.has_more or not page.data:
                return
            after = {"starting_after": page.data[-1].id}


def form(content: Mapping[str, Any], under: str = "") -> dict[str, str]:
    """Return nested content as Stripe's form fields: `line_items[0][price]`."""
    fields: dict[str, str] = {}
    for name, value in content.items():
        path = f"{under}[{name}]" if under else name
        if isinstance(value, Mapping):
            fields |= form(value, path)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            fields |= form({str(index): each for index, each in enumerate(value)}, path)
        else:
            fields[path] = str(value)
    return fields


def _refusal(answer: Answer) -> StudioError | None:
    told = answer.json()
    error = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict) or answer.status in (401, 429) or not 400 <= answer.status < 500:
        return None
    message = error.get("message")
    # Stripe names keys by their first and last characters; not even those are shown.
    message = _KEY.sub("the key", message) if isinstance(message, str) else ""
    if answer.status == 409:
        return Throttled("Stripe is still at work on the same request.", 1.0)
    if error.get("type") == "idempotency_error":
        return Conflict("This was already created at Stripe with another content.")
    if answer.status == 404 or error.get("code") == "resource_missing":
        return NotFound(saying("Stripe does not have it", message))
    return ProviderFailed(saying("Stripe refused the request", message))
