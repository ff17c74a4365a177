"""/offers: the catalogue of what an owner earns a commission on."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field, JsonValue, ValidationError

from studio.domain.base import Value
from studio.domain.errors import Conflict
from studio.domain.offer import Offer, OfferChange, OfferSheet
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId, created

app = resolver()


class OfferPage(Value):
    """Some offers, newest first."""

    items: list[Offer]
    cursor: str | None


class OffersRequest(Value):
    """1 to 500 offers, each with the fields that `POST /offers` takes."""

    offers: list[dict[str, JsonValue]] = Field(min_length=1, max_length=500)


class OfferProblem(Value):
    """What is wrong with one of the offers. `index` counts from 0."""

    index: int
    path: str
    message: str


class OffersTaken(Value):
    """What became of them: `taken` are new, `duplicates` were there already, the others have a problem."""

    taken: int
    duplicates: int
    problems: list[OfferProblem]


@app.get("/offers", tags=["offers"])
def list_offers(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> OfferPage:
    """List your offers."""
    items, following = studio.offers.page(limit, cursor)
    return OfferPage(items=items, cursor=following)


@app.post("/offers", tags=["offers"], status_code=201)
def create_offer(request: Annotated[OfferSheet, Body()], studio: Caller) -> Response[Offer]:
    """Put an offer into your catalogue. 409 where one of that name and address is in it."""
    new = studio.offers.add([request], studio.clock())
    if not new:
        raise Conflict("An offer with this name and address is in your catalogue already. Change that one.")
    return created(new[0], f"/offers/{new[0].offer_id}")


@app.post("/offers/import", tags=["offers"])
def import_offers(request: Annotated[OffersRequest, Body()], studio: Caller) -> OffersTaken:
    """Bring many offers at once. Good ones land, also beside bad ones."""
    good: list[OfferSheet] = []
    problems: list[OfferProblem] = []
    for index, told in enumerate(request.offers):
        try:
            good.append(OfferSheet.model_validate(told))
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False, include_context=False):
                path, message = ".".join(map(str, found["loc"]))[:80], found["msg"].removeprefix("Value error, ")
                problems.append(OfferProblem(index=index, path=path, message=message))
    taken = len(studio.offers.add(good, studio.clock())) if good else 0
    return OffersTaken(taken=taken, duplicates=len(good) - taken, problems=problems)


@app.get("/offers/<offer_id>", tags=["offers"])
def read_offer(offer_id: PathId, studio: Caller) -> Offer:
    """Read an offer."""
    return studio.offers.get(offer_id)


@app.patch("/offers/<offer_id>", tags=["offers"])
def change_offer(offer_id: PathId, request: Annotated[OfferChange, Body()], studio: Caller) -> Offer:
    """Change an offer. Links that were made of it lead where they did."""
    return studio.offers.change(offer_id, request, studio.clock())


@app.delete("/offers/<offer_id>", tags=["offers"], status_code=204)
def delete_offer(offer_id: PathId, studio: Caller) -> Response[None]:
    """Delete an offer. Links that were made of it stay."""
    studio.offers.delete(offer_id)
    return Response(204)


handler = api(app)
