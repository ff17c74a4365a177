"""Selling what was made of an episode: what is needed, putting on sale what was approved, taking it off again."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from studio.channels.stripe_payments import TEST_KEYS
from studio.domain.approval import ContentKind
from studio.domain.base import Value, new_id
from studio.domain.connection import ConnectionStatus, NetworkName
from studio.domain.errors import Conflict, NotApproved, NotConnected, NotFound
from studio.domain.product import DigitalProduct, Offer, ProductStatus
from studio.entry import Studio

CONNECT = "Connect Stripe for taking payment: PUT /connections/stripe/key. Then draft this again."
NO_WEBHOOK = (
    "Stripe cannot tell of payments yet, so nothing would be delivered. POST /connections/stripe/webhook makes the "
    "address to enter at Stripe; it says what comes next."
)
UNSIGNED = (
    "Stripe's signing secret is missing, so nothing would be delivered. Enter webhook_address at Stripe as a webhook "
    "for checkout.session.completed, checkout.session.async_payment_succeeded, charge.refunded and refund.created, and "
    "store the secret that it shows with your key: PUT /connections/stripe/key, signing_secret."
)
_KEYS_HOLD = timedelta(hours=23)
"""Stripe remembers an Idempotency-Key for a day at least (docs.stripe.com/api/idempotent_requests)."""


class Seller(Value):
    """Who takes the money: nobody, before Stripe is connected. `missing`: what it needs, one sentence each."""

    account_id: str = ""
    live: bool = False
    webhook_address: str = ""
    missing: tuple[str, ...] = ()


def seller(studio: Studio) -> Seller:
    """Return who would take the money, and what is missing for it."""
    try:
        address = f"{studio.address}/webhooks/stripe/{studio.webhooks.get('stripe')}"
    except NotFound:
        address = ""
    known = [one for one in studio.connections.all(NetworkName.STRIPE) if one.status is not ConnectionStatus.REVOKED]
    if len(known) != 1:
        return Seller(webhook_address=address, missing=(CONNECT,))
    secret = studio.connections.secret(NetworkName.STRIPE, known[0].account_id)
    missing = () if address else (NO_WEBHOOK,)
    if address and not str(secret.get("signing_secret", "")).strip():
        missing = (UNSIGNED,)
    live = not str(secret["api_key"]).startswith(TEST_KEYS)
    return Seller(account_id=known[0].account_id, live=live, webhook_address=address, missing=missing)


def publish(content_hash: str, episode_id: str, studio: Studio) -> DigitalProduct:
    """Put on sale what was approved under a hash, and return it with its link: the same one each time.

    Raises NotApproved, also where a file is not what was approved; NotConnected; whatever Stripe refuses.
    """
    approval = studio.approvals.approved(content_hash, ContentKind.PRODUCT, studio.clock())
    offer = Offer.model_validate(approval.content)
    if offer.episode_id != episode_id:
        raise NotApproved("What was approved is of another episode. Draft this one first.")
    product = studio.products.offering(content_hash)
    if product is None:
        raise NotApproved("What was approved was deleted since. Draft it again.")
    if product.status is ProductStatus.ON_SALE:
        return product
    _check_seller(offer, seller(studio))
    _check_files(product, offer, studio)
    studio.approvals.use(approval, studio.clock())
    if product.payment_link:
        studio.accounts.stripe().reopen(product.payment_link, key=_once(studio))
        return studio.products.note(product, status=ProductStatus.ON_SALE)
    return _with_link(product, content_hash, studio)


def take_off_sale(product: DigitalProduct, studio: Studio) -> DigitalProduct | None:
    """Close a product's link, and return it; what was never on sale is deleted with its files, and is None.

    Who paid may download on. Raises NotConnected.
    """
    if product.status is ProductStatus.OFF_SALE:
        return product
    if product.status is ProductStatus.ON_SALE:
        studio.accounts.stripe().close(product.payment_link, key=_once(studio))
        return studio.products.note(product, status=ProductStatus.OFF_SALE)
    studio.products.delete(product.product_id)
    for file in product.files:
        studio.videos.delete(product.place(file))
    if product.page:
        studio.directory.close("purchase", product.page)
    return None


def _check_seller(offer: Offer, now: Seller) -> None:
    if now.missing:
        raise NotConnected(now.missing[0])
    if (now.account_id, now.live) != (offer.account_id, offer.live):
        raise NotApproved("This was approved for another Stripe account, or mode, than is connected. Draft it again.")


def _check_files(product: DigitalProduct, offer: Offer, studio: Studio) -> None:
    for file in offer.files:
        data = studio.videos.get(product.place(file))
        if data is None or hashlib.sha256(data).hexdigest() != file.sha256:
            raise NotApproved(f"{file.name} is not there as it was approved. Draft it again, and approve that.")


def _with_link(product: DigitalProduct, content_hash: str, studio: Studio) -> DigitalProduct:
    """Make product, price and link at Stripe, each under a key of the content's, and note each at once."""
    at = studio.clock()
    if product.began_at is None:
        code = studio.directory.open("purchase", studio.owner, product.product_id)
        product = studio.products.begin(product, code, at)
        if product.page != code:
            studio.directory.close("purchase", code)
    elif at - product.began_at > _KEYS_HOLD:
        # Stripe may have forgotten the keys, and would make a second link.
        raise Conflict(
            "An earlier attempt broke off more than a day ago. Look at Stripe whether a link for this was made, and "
            "close it there; then DELETE /products/{id}, change its title or price, and draft it again."
        )
    stripe, metadata = studio.accounts.stripe(), _metadata(product)
    if not product.stripe_product:
        made = stripe.product(
            product.title, description=product.description, metadata=metadata, key=f"{content_hash}-product"
        )
        product = studio.products.note(product, stripe_product=made.id)
    if not product.stripe_price:
        price = product.price
        cost = stripe.price(product.stripe_product, price.minor, price.currency, key=f"{content_hash}-price")
        product = studio.products.note(product, stripe_price=cost.id)
    link = stripe.payment_link(
        product.stripe_price,
        metadata=metadata,
        thanks=f"{studio.address}/purchases/{product.page}?session_id={{CHECKOUT_SESSION_ID}}",
        key=f"{content_hash}-link",
    )
    return studio.products.note(
        product, payment_link=link.id, url=link.url, status=ProductStatus.ON_SALE, published_at=at
    )


def _metadata(product: DigitalProduct) -> Mapping[str, str]:
    return {"product_id": product.product_id, "episode_id": product.episode_id}


def _once(studio: Studio) -> str:
    # Closing and opening come out the same however often they are done; the key is only for the request's own retries.
    return new_id(studio.clock())
