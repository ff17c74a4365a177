"""/products: what is sold, what came in, and taking it off sale."""

from aws_lambda_powertools.event_handler import Response

from studio.domain.base import Instant, Phrase, Value
from studio.domain.currency import Currency
from studio.domain.product import DigitalProduct, Sales
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId
from studio.selling import take_off_sale

app = resolver()

_HELD_SHOWN = 20


class ProductRevenue(Sales):
    """What was sold in one currency, in one of Stripe's modes. Money in millionths; `net` is without what went back."""

    net: int


class HeldOrder(Value):
    """A payment that was not for what the product costs: nothing was delivered. `amount` in millionths."""

    order_id: str
    amount: int
    currency: Currency
    paid_at: Instant
    why: Phrase


class ProductView(Value):
    """A product with its sales. `held`: payments to look at, at most twenty."""

    product: DigitalProduct
    orders: int
    revenue: list[ProductRevenue]
    held: list[HeldOrder]


class ProductPage(Value):
    """Some products, newest first."""

    items: list[DigitalProduct]
    cursor: str | None


@app.get("/products", tags=["products"])
def list_products(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> ProductPage:
    """List your products."""
    items, following = studio.products.page(limit, cursor)
    return ProductPage(items=items, cursor=following)


@app.get("/products/<product_id>", tags=["products"])
def read_product(product_id: PathId, studio: Caller) -> ProductView:
    """Read a product with its link, its orders and what they brought."""
    return _view(studio.products.get(product_id), studio)


@app.delete("/products/<product_id>", tags=["products"], status_code=204)
def delete_product(product_id: PathId, studio: Caller) -> Response[None]:
    """Take a product off sale: its link is closed at Stripe, and who paid may download on. A draft is deleted."""
    take_off_sale(studio.products.get(product_id), studio)
    return Response(204)


def _view(product: DigitalProduct, studio: Studio) -> ProductView:
    sold = studio.orders.sales(product.product_id)
    held = studio.orders.held(product.product_id, _HELD_SHOWN)
    return ProductView(
        product=product,
        orders=sum(one.orders for one in sold),
        revenue=[ProductRevenue(**one.model_dump(), net=one.gross - one.refunded) for one in sold],
        held=[
            HeldOrder(order_id=o.order_id, amount=o.amount, currency=o.currency, paid_at=o.paid_at, why=o.held)
            for o in held
        ],
    )


handler = api(app)
