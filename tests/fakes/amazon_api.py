"""Amazon's Creators API on loopback. Shapes: affiliate-program.amazon.com/creatorsapi/docs, and Amazon's SDK for it."""

from collections.abc import Callable, Iterable

from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET, Grants, Refused
from tests.fakes.wire import Answer, Asked, Json, Route

TAG = "theshow-20"


def item(asin: str, title: str, *, price: float | None = 19.99, stock: str = "IN_STOCK") -> Json:
    """Return a product as the API describes it. price: None where nobody sells it."""
    made: Json = {
        "asin": asin,
        "detailPageURL": f"https://www.amazon.com/dp/{asin}?tag={TAG}&linkCode=osi&th=1&psc=1",
        "itemInfo": {"title": {"displayValue": title, "label": "Title", "locale": "en_US"}},
        "images": {"primary": {"large": {"height": 500, "width": 500, "url": f"https://m.media.example/{asin}.jpg"}}},
    }
    if price is not None:
        made["offersV2"] = {
            "listings": [_listing(price * 2, "OUT_OF_STOCK", wins=False), _listing(price, stock, wins=True)]
        }
    return made


def _listing(price: float, stock: str, *, wins: bool) -> Json:
    return {
        "availability": {"message": stock.replace("_", " ").title(), "minOrderQuantity": 1, "type": stock},
        "isBuyBoxWinner": wins,
        "price": {"money": {"amount": price, "currency": "USD", "displayAmount": f"${price:.2f}"}},
    }


class AmazonApi:
    """Tokens, search, lookups.

    eligible: whether the associate has sold enough to be let in. errors_in_200: what comes as partial errors of an
    answer that is fine otherwise. calls_left: before a call is throttled; None for no limit.
    """

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self.eligible = True
        self.errors_in_200: list[Json] = []
        self.calls_left: int | None = None
        self.items: list[Json] = []

    def routes(self) -> Iterable[Route]:
        """Return the operations."""
        return (
            Route("POST", "amazon_oauth", "/auth/o2/token", self._token),
            Route("POST", "amazon", "/catalog/v1/searchItems", self._as(self._search)),
            Route("POST", "amazon", "/catalog/v1/getItems", self._as(self._get)),
        )

    def _token(self, asked: Asked) -> Answer:
        body = asked.json()
        if (body.get("client_id"), body.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return Answer(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        if body.get("grant_type") != "client_credentials" or body.get("scope") != "creatorsapi::default":
            return Answer(400, {"error": "invalid_scope", "error_description": "The request has an invalid scope"})
        grant = self._grants.grant("amazon", refresh=False)
        seconds = round(grant.expires_at - self._grants.clock())
        return Answer(200, {"access_token": grant.access, "token_type": "bearer", "expires_in": seconds})

    def _as(self, then: Callable[[Json], Answer]) -> Callable[[Asked], Answer]:
        def operation(asked: Asked) -> Answer:
            try:
                self._grants.check("amazon", asked.token)
            except Refused as refused:
                reason = "TokenExpired" if refused.why == "expired" else "InvalidToken"
                return _exception(401, "UnauthorizedException", reason)
            if not self.eligible:
                return _exception(403, "AccessDeniedException", "AssociateNotEligible")
            if self.calls_left is not None:
                if self.calls_left <= 0:
                    return Answer(429, {"type": "ThrottleException", "message": "Request was throttled."})
                self.calls_left -= 1
            body = asked.json()
            if not asked.headers.get("x-marketplace") or not body.get("resources"):
                return _exception(400, "ValidationException", "FieldValidationFailed")
            if body.get("partnerTag") != TAG:
                return _exception(400, "ValidationException", "InvalidPartnerTag")
            return then(body)

        return operation

    def _search(self, body: Json) -> Answer:
        words = body.get("keywords", "").lower()
        if not 1 <= body.get("itemCount", 10) <= 10:
            return _exception(400, "ValidationException", "FieldValidationFailed")
        found = [each for each in self.items if words in each["itemInfo"]["title"]["displayValue"].lower()]
        if not found:
            errors = [{"code": "NoResults", "message": "No results found for your request."}]
            return Answer(200, {"errors": self.errors_in_200 or errors})
        told: Json = {"searchResult": {"items": found[: body.get("itemCount", 10)], "totalResultCount": len(found)}}
        return Answer(200, told | ({"errors": self.errors_in_200} if self.errors_in_200 else {}))

    def _get(self, body: Json) -> Answer:
        wanted = body.get("itemIds", [])
        if not 1 <= len(wanted) <= 10:
            return _exception(400, "ValidationException", "FieldValidationFailed")
        known = {each["asin"]: each for each in self.items}
        found = [known[asin] for asin in wanted if asin in known]
        if not found:
            return _exception(404, "ResourceNotFoundException", "NotFound")
        told: Json = {"itemsResult": {"items": found}}
        if missing := [asin for asin in wanted if asin not in known]:
            message = f"The ItemId {missing[0]} provided in the request is invalid."
            told["errors"] = [{"code": "ItemNotAccessible", "message": message}]
        return Answer(200, told)


def _exception(status: int, kind: str, reason: str) -> Answer:
    return Answer(status, {"type": kind, "reason": reason, "message": f"The request failed: {reason}."})
