"""Amazon's Creators API: products for affiliates, with addresses that carry the partner's tag.

It follows the Product Advertising API 5, which Amazon deprecated on 2026-04-30. SOURCE:
affiliate-program.amazon.com/creatorsapi/docs/en-us/api-reference and Amazon's own SDK for it (models SearchItems,
OfferListingV2, Money; credential versions 3.x, which log in with Amazon), read 2026-11. Access is for associates with
ten qualified sales in the last thirty days; without them Amazon answers that it is denied.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from studio.channels.http import Access, Answer, Network, Received
from studio.channels.refusals import saying
from studio.domain.errors import NotConnected, NotFound, ProviderFailed, StudioError, Throttled

NAME = "Amazon"
PAGE = 10
"""The most items in one answer."""

PACE = 1.0
"""Associates begin with one call a second; Amazon names no time when it refuses one."""

_ORDERABLE = frozenset({"IN_STOCK", "IN_STOCK_SCARCE", "LEADTIME", "PREORDER"})
_NOT_SAID = frozenset({"", "UNKNOWN"})

_RESOURCES = (
    "itemInfo.title",
    "images.primary.large",
    "offersV2.listings.price",
    "offersV2.listings.availability",
    "offersV2.listings.isBuyBoxWinner",
)


class Offer(Received):
    """A product as it can be bought now. `price` in units of `currency` (ISO 4217); None where Amazon names none.

    `available`: whether it can be ordered; None where Amazon does not say. Amazon wants prices shown with the time they
    were read, and not longer than an hour.
    """

    asin: str
    title: str
    url: str
    image: str = ""
    price: Decimal | None = None
    currency: str = ""
    display_price: str = ""
    available: bool | None = None
    availability: str = ""


class _Part(Received):
    """A part of an answer. Amazon may write null for what it leaves out elsewhere."""

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, told: Any) -> Any:
        return {name: value for name, value in told.items() if value is not None} if isinstance(told, dict) else told


class _Text(_Part):
    display_value: str = Field(default="", alias="displayValue")


class _ItemInfo(_Part):
    title: _Text = _Text()


class _Image(_Part):
    url: str = ""


class _Primary(_Part):
    large: _Image = _Image()


class _Images(_Part):
    primary: _Primary = _Primary()


class _Money(_Part):
    amount: Decimal | None = None
    currency: str = ""
    display_amount: str = Field(default="", alias="displayAmount")


class _Price(_Part):
    money: _Money = _Money()


class _Availability(_Part):
    type: str = ""
    message: str = ""


class _Listing(_Part):
    price: _Price = _Price()
    availability: _Availability = _Availability()
    wins: bool = Field(default=False, alias="isBuyBoxWinner")


class _Offers(_Part):
    listings: tuple[_Listing, ...] = ()


class _Item(_Part):
    asin: str
    url: str = Field(default="", alias="detailPageURL")
    info: _ItemInfo = Field(default=_ItemInfo(), alias="itemInfo")
    images: _Images = _Images()
    offers: _Offers = Field(default=_Offers(), alias="offersV2")


class _Items(_Part):
    items: tuple[_Item, ...] = ()


class _Error(_Part):
    code: str = ""
    message: str = ""


class _Found(_Part):
    """Items, and what went wrong with some of them: both may come with a 200."""

    searched: _Items | None = Field(default=None, alias="searchResult")
    looked_up: _Items | None = Field(default=None, alias="itemsResult")
    errors: tuple[_Error, ...] = ()


class Amazon:
    """One associate at one marketplace. marketplace: its host, such as www.amazon.de. tag: the partner's."""

    def __init__(self, base_url: str, access: Access, *, tag: str, marketplace: str, **more: Any) -> None:
        headers = {"x-marketplace": marketplace}
        self._network = Network(NAME, base_url, access, refusal=_refusal, headers=headers, **more)
        self._shared = {"partnerTag": tag, "marketplace": marketplace, "resources": list(_RESOURCES)}

    def search(self, words: str, *, most: int = PAGE) -> list[Offer]:
        """Return what is sold under these words, best first, at most ten. [] where there is nothing.

        Raises Throttled, NotConnected where the account may not use the API, ProviderFailed for a request refused.
        """
        body = {**self._shared, "keywords": words, "itemCount": min(most, PAGE)}
        try:
            return self._ask("/catalog/v1/searchItems", body)
        except NotFound:
            return []

    def offers(self, asins: Sequence[str]) -> list[Offer]:
        """Return these products as they are now, in Amazon's order; those that are gone are left out."""
        found: list[Offer] = []
        for start in range(0, len(asins), PAGE):
            body = {**self._shared, "itemIds": list(asins[start : start + PAGE])}
            try:
                found += self._ask("/catalog/v1/getItems", body)
            except NotFound:
                continue
        return found

    def _ask(self, path: str, body: dict[str, Any]) -> list[Offer]:
        told = self._network.read(self._network.post(path, again=True, json=body), _Found)
        items = told.searched or told.looked_up
        if items is None and told.errors:
            raise _said(told.errors[0].code, told.errors[0].message)
        return [_offer(item) for item in items.items] if items is not None else []


def _offer(item: _Item) -> Offer:
    listings = item.offers.listings
    best = next((each for each in listings if each.wins), listings[0] if listings else _Listing())
    money, stock = best.price.money, best.availability
    return Offer(
        asin=item.asin,
        title=item.info.title.display_value,
        url=item.url,
        image=item.images.primary.large.url,
        price=money.amount,
        currency=money.currency,
        display_price=money.display_amount,
        available=None if stock.type in _NOT_SAID else stock.type in _ORDERABLE,
        availability=stock.message,
    )


def _refusal(answer: Answer) -> StudioError | None:
    if answer.status == 401 or not 400 <= answer.status < 500:
        return None
    told = answer.json()
    error = told if isinstance(told, dict) else {}
    if answer.status == 429:
        return Throttled("Amazon asks for patience: too many calls.", PACE)
    if answer.status == 403:
        return NotConnected(saying("Amazon does not let this account use its product interface", error.get("reason")))
    kind = str(error.get("reason") or error.get("type") or "")
    return NotFound("Amazon has no such product.") if answer.status == 404 else _said(kind, error.get("message"))


def _said(kind: str, message: object) -> StudioError:
    if kind in ("NoResults", "ItemNotAccessible", "ItemsNotFound"):
        return NotFound("Amazon has no such product.")
    if kind == "TooManyRequests":
        return Throttled("Amazon asks for patience: too many calls.", PACE)
    if kind in ("InvalidPartnerTag", "InvalidAssociate"):
        return NotConnected("Amazon does not know this partner tag at this marketplace. Check both.")
    return ProviderFailed(saying(f"Amazon refused the request ({kind or 'without a reason'})", message))
