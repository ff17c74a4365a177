"""/purchases and /downloads: who paid gets the files, for a week. Stripe leads them here, without a token."""

import re
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from studio.domain.errors import NotFound
from studio.domain.order import Order
from studio.domain.product import MOST_DOWNLOADS, Delivery, DigitalProduct
from studio.entry import Studio, resolver
from studio.entry.pages import Html, fill, page
from studio.entry.public import Code, Pace, behind, limit, public_api

app = resolver()

ONE_PRODUCT = Pace(10, 200)
"""Many who buy at once."""

ONE_CHECKOUT = Pace(0.2, 20)
ONE_BUYER = Pace(0.5, 60)

_SESSION = re.compile(r"cs_(test|live)_[A-Za-z0-9]{1,200}")

_FILE = (
    '<li><a href="{address}" rel="noreferrer">{holds}</a><br>'
    "<small>{label}, {size}; {left} of {most} downloads left</small></li>"
)
_FILES = (
    "<p>{title}</p><ul>{files}</ul><p><small>This page works until {until} UTC. Keep its address to yourself: "
    "whoever has it can download.</small></p>"
)
_COMING = "<p>Your payment is being confirmed. Reload this page in a minute; keep its address until then.</p>"
_UNPAID = "<p>Your payment has not arrived yet. Some ways to pay take days. Keep this address, and come back.</p>"
_HELD = "<p>Your payment does not match what this costs. Write to whoever you bought it from; they can see it.</p>"
_OVER = "<p>The time for downloading is over. Write to whoever you bought it from.</p>"

SessionId = Annotated[str, Query(max_length=300, description="Stripe's id of the checkout, as it comes back with it.")]


@app.get("/purchases/<code>", tags=["public"])
def return_from_checkout(code: Code, session_id: SessionId = "") -> Response[Any]:
    """Come back from paying, and go on to the files. As often as one likes: it leads to the same page."""
    studio, product_id = behind("purchase", code, ONE_PRODUCT)
    if _SESSION.fullmatch(session_id) is None:
        raise NotFound("This is no checkout.")
    limit("checkout", session_id, ONE_CHECKOUT)
    product = studio.products.get(product_id)
    order = _order(session_id, product, studio)
    if isinstance(order, Response):
        return order
    if order.held:
        return page("We need to look at this", Html(_HELD))
    token = studio.keyed_digest(f"delivery/{studio.owner}", order.order_id)
    delivery = studio.deliveries.open(order.order_id, product_id, token, studio.clock())
    if delivery.open_until <= studio.clock():
        return page("It is too late", Html(_OVER))
    # Relative, whatever address this is reached under; and without the checkout's id in it.
    return Response(303, headers={"Location": f"../downloads/{token}"})


@app.get("/downloads/<token>", tags=["public"])
def show_files(token: Code) -> Response[str]:
    """See what was bought, file by file."""
    _, product, delivery = _bought(token)
    files = [
        fill(
            _FILE,
            address=f"{token}/{number}",
            holds=file.holds,
            label=file.label,
            size=_size(file.bytes),
            left=max(0, MOST_DOWNLOADS - delivery.taken.get(number, 0)),
            most=MOST_DOWNLOADS,
        )
        for number, file in enumerate(product.files, 1)
    ]
    body = fill(_FILES, title=product.title, files=Html("".join(files)), until=f"{delivery.open_until:%Y-%m-%d %H:%M}")
    return page("Your files", body)


@app.get("/downloads/<token>/<number>", tags=["public"], status_code=302)
def download_file(token: Code, number: Code) -> Response[None]:
    """Download a file. It counts."""
    studio, product, delivery = _bought(token)
    if re.fullmatch(r"[1-9]", number) is None or int(number) > len(product.files):
        raise NotFound("There is no such file.")
    file = product.files[int(number) - 1]
    studio.deliveries.take(delivery.order_id, int(number), studio.clock())
    return Response(302, headers={"Location": studio.videos.link(product.place(file), file.label)})


def _size(in_bytes: int) -> str:
    return f"{in_bytes / 1_000_000:.1f} MB" if in_bytes >= 1_000_000 else f"{max(1, in_bytes // 1000)} kB"


def _order(session_id: str, product: DigitalProduct, studio: Studio) -> Order | Response[str]:
    """Return a checkout's order, or the page that says why there is none yet.

    Raises NotFound for a checkout that is not this product's, or was given back.
    """
    try:
        order = studio.orders.get(session_id)
    except NotFound:
        # The webhook is late, or it was never paid: Stripe knows. Only the webhook makes an order of it.
        session = studio.accounts.stripe().session(session_id)
        if session.payment_link != product.payment_link or session.status == "expired":
            raise
        return page("Thank you", Html(_COMING if session.paid else _UNPAID))
    if order.product_id != product.product_id or order.status == "refunded":
        raise NotFound("This is not what was bought.")
    return order


def _bought(token: str) -> tuple[Studio, DigitalProduct, Delivery]:
    """Return what a token leads to. Raises NotFound, also for what was given back since."""
    studio, order_id = behind("delivery", token, ONE_BUYER)
    order = studio.orders.get(order_id)
    if order.status == "refunded" or order.held:
        raise NotFound("This was given back.")
    delivery = studio.deliveries.get(order_id)
    return studio, studio.products.get(delivery.product_id), delivery


handler = public_api(app, door="downloads")
