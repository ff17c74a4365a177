"""Digital products: what is sold of an episode, for how much, and whether a payment was for it."""

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field

from studio.domain.approval import ContentHash
from studio.domain.base import Heading, Id, Instant, Paragraph, Phrase, Value
from studio.domain.connection import AccountId
from studio.domain.currency import Currency
from studio.domain.order import Order
from studio.domain.price import Price

DELIVERY_OPEN = timedelta(days=7)
"""How long a buyer may download."""

MOST_DOWNLOADS = 10
"""How often a buyer may download each file."""


class ProductPart(StrEnum):
    """What a product may have in it."""

    SCRIPT_PDF = "script_pdf"
    STILLS_ZIP = "stills_zip"
    WALLPAPERS = "wallpapers"


class ProductFile(Value):
    """A file that is sold. `holds`: what is in it, in words. `label`: the name that it is downloaded under."""

    part: ProductPart
    name: str = Field(pattern=r"^[a-z]+\.(pdf|zip)$")
    label: str = Field(max_length=120)
    holds: Phrase
    media_type: str
    bytes: int = Field(ge=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Offer(Value):
    """All that a buyer is promised and given, and where the money goes: what an approval is of.

    live: False where the key is one of Stripe's test mode.
    """

    network: Literal["stripe"] = "stripe"
    account_id: AccountId
    live: bool
    episode_id: Id
    title: Heading
    description: Paragraph
    price: Price
    files: tuple[ProductFile, ...] = Field(min_length=1)


class ProductStatus(StrEnum):
    """Whether it can be bought."""

    DRAFT = "draft"
    ON_SALE = "on_sale"
    OFF_SALE = "off_sale"


class DigitalProduct(Value):
    """A product. What has no `content_hash` was drafted without a Stripe account, and cannot be sold as it is.

    began_at: when it was first tried to put it on sale. `page`: the code of the page that buyers come back to.
    """

    product_id: Id
    episode_id: Id
    title: Heading
    description: Paragraph
    price: Price
    files: tuple[ProductFile, ...]
    content_hash: ContentHash | None = None
    live: bool | None = None
    status: ProductStatus = ProductStatus.DRAFT
    made_at: Instant
    began_at: Instant | None = None
    published_at: Instant | None = None
    page: str = ""
    stripe_product: str = ""
    stripe_price: str = ""
    payment_link: str = ""
    url: str = ""

    def place(self, file: ProductFile) -> str:
        """Return where a file of it is, seen from the owner's part of the bucket."""
        return f"{self.episode_id}/products/{self.product_id}/{file.name}"


class Sales(Value):
    """What was sold in one currency, in one of Stripe's modes. Money in millionths.

    orders: all that were paid. held: those of them that were not delivered because they do not fit the product.
    refunded_orders: those that were given back whole.
    """

    currency: Currency
    live: bool
    orders: int = 0
    held: int = 0
    refunded_orders: int = 0
    gross: int = 0
    refunded: int = 0


class Delivery(Value):
    """What a buyer may download until when. `taken`: how often each file was, by its number from 1."""

    order_id: str
    product_id: Id
    open_until: Instant
    taken: dict[int, int] = Field(default_factory=dict)


def held_because(order: Order, product: DigitalProduct) -> str:
    """Return why an order is not delivered: it is not what the product costs. Empty where it is."""
    if order.payment_link != product.payment_link or not product.payment_link:
        return "It was not paid at this product's link."
    if (order.amount, order.currency) != (product.price.micros, product.price.currency):
        paid = f"{order.amount / 1_000_000:.2f} {order.currency}"
        return f"{paid} was paid, and the product costs {product.price}. Look at it at Stripe, and refund it there."
    return ""
