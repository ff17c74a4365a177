"""Stripe on loopback, and events signed as it signs them. Shapes: docs.stripe.com/api, …/webhooks/signature."""

import hmac
import json
import threading
from collections.abc import Callable, Iterable

from tests.fakes.grants import Grants
from tests.fakes.wire import Answer, Asked, Json, Route

KEY = "rk_test_51FAKEfakeFAKEfake"


def signature(payload: bytes, secret: str, at: int, *more: str) -> str:
    """Return a `Stripe-Signature`. more: further secrets, as while one is being replaced."""
    signed = b"%d." % at + payload
    v1 = [hmac.digest(each.encode(), signed, "sha256").hex() for each in (secret, *more)]
    return ",".join([f"t={at}", *(f"v1={each}" for each in v1), "v0=6ffbb59b2300aae63f272406069a9788598b792a944a07"])


def event(kind: str, thing: Json, at: int, event_id: str = "evt_1") -> bytes:
    """Return an event as it is sent."""
    told = {
        "id": event_id,
        "object": "event",
        "api_version": "2025-09-30.clover",
        "created": at,
        "data": {"object": thing},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    return json.dumps(told, indent=2).encode()


class StripeApi:
    """Account, products, prices, payment links, checkouts, refunds.

    key: the only one accepted. lacks: resources the key may not write, such as "products". busy: idempotency keys
    whose first request is still at work.
    """

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self._lock = threading.Lock()
        self._done: dict[str, tuple[str, bytes, Answer]] = {}
        self.key = KEY
        self.lacks: set[str] = set()
        self.busy: set[str] = set()
        self.made: dict[str, Json] = {}
        self.sessions: list[Json] = []
        self.refunds: list[Json] = []

    def routes(self) -> Iterable[Route]:
        """Return the operations."""
        return (
            Route("GET", "stripe", "/v1/account", self._as("account", self._account)),
            Route("POST", "stripe", "/v1/products", self._as("products", self._product)),
            Route("POST", "stripe", "/v1/prices", self._as("prices", self._price)),
            Route("POST", "stripe", "/v1/payment_links", self._as("payment_links", self._link)),
            Route("POST", "stripe", "/v1/payment_links/{id}", self._as("payment_links", self._close)),
            Route("GET", "stripe", "/v1/checkout/sessions", self._as("checkout_sessions", self._sessions)),
            Route("GET", "stripe", "/v1/checkout/sessions/{id}", self._as("checkout_sessions", self._session)),
            Route("GET", "stripe", "/v1/refunds", self._as("refunds", self._refunds)),
        )

    def pay(self, link: str, *, status: str = "complete", payment_status: str = "paid") -> Json:
        """Let somebody have checked out at a link; returns the session, as events carry it."""
        made: Json = {
            "id": f"cs_test_{len(self.sessions) + 1}",
            "object": "checkout.session",
            "created": int(self._grants.clock()),
            "livemode": False,
            "status": status,
            "payment_status": payment_status,
            "amount_total": 500,
            "currency": "usd",
            "payment_link": link,
            "payment_intent": f"pi_{len(self.sessions) + 1}",
            "customer_details": {"email": "fan@example.com", "name": "A Fan", "phone": None},
            "metadata": self.made[link]["metadata"],
        }
        self.sessions.append(made)
        return made

    def refund(self, session: Json, amount: int) -> Json:
        """Give back money of a checkout."""
        made: Json = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "amount": amount,
            "currency": "usd",
            "status": "succeeded",
            "created": int(self._grants.clock()),
            "payment_intent": session["payment_intent"],
            "charge": "ch_1",
        }
        self.refunds.append(made)
        return made

    def _as(self, resource: str, then: Callable[[Asked], Json]) -> Callable[[Asked], Answer]:
        def operation(asked: Asked) -> Answer:
            if asked.token != self.key:
                told = f"Invalid API Key provided: {(asked.token or '')[:8]}********ake"
                raise _error(401, "invalid_request_error", told)
            if resource in self.lacks:
                told = (
                    f"The provided key '{self.key[:8]}****ake' does not have the required permissions for {resource}."
                )
                raise _error(403, "invalid_request_error", told)
            key = asked.headers.get("idempotency-key")
            if asked.method != "POST" or key is None:
                return Answer(200, then(asked))
            return self._once(key, asked, then)

        return operation

    def _once(self, key: str, asked: Asked, then: Callable[[Asked], Json]) -> Answer:
        with self._lock:
            if key in self.busy:
                self.busy.discard(key)
                raise _error(409, "idempotency_error", "There is currently another in-progress request.")
            if key in self._done:
                path, body, answer = self._done[key]
                if (path, body) != (asked.path, asked.body):
                    told = "Keys for idempotent requests can only be used with the same parameters."
                    raise _error(400, "idempotency_error", told)
                return answer
            answer = Answer(200, then(asked))
            self._done[key] = (asked.path, asked.body, answer)
            return answer

    def _make(self, prefix: str, kind: str, more: Json) -> Json:
        made: Json = {"id": f"{prefix}_{len(self.made) + 1}", "object": kind, "active": True, **more}
        self.made[made["id"]] = made
        return made

    def _account(self, _: Asked) -> Json:
        return {
            "id": "acct_1",
            "object": "account",
            "country": "DE",
            "default_currency": "eur",
            "charges_enabled": True,
        }

    def _product(self, asked: Asked) -> Json:
        form = asked.form()
        if not form.get("name"):
            raise _error(400, "invalid_request_error", "Missing required param: name.", "parameter_missing")
        return self._make("prod", "product", {"name": form["name"], "metadata": _under("metadata", form)})

    def _price(self, asked: Asked) -> Json:
        form = asked.form()
        self._known(form.get("product", ""), "product")
        more = {"product": form["product"], "unit_amount": int(form["unit_amount"]), "currency": form["currency"]}
        return self._make("price", "price", more)

    def _link(self, asked: Asked) -> Json:
        form = asked.form()
        self._known(form.get("line_items[0][price]", ""), "price")
        more = {"url": f"https://buy.stripe.com/test_{len(self.made) + 1}", "metadata": _under("metadata", form)}
        more["after_completion"] = {"redirect": _under("after_completion[redirect]", form)}
        return self._make("plink", "payment_link", more)

    def _close(self, asked: Asked) -> Json:
        link = self._known(asked.params["id"], "payment_link")
        link["active"] = asked.form().get("active") != "false"
        return link

    def _known(self, made: str, kind: str) -> Json:
        if made not in self.made:
            raise _error(400, "invalid_request_error", f"No such {kind}: '{made}'", "resource_missing")
        return self.made[made]

    def _session(self, asked: Asked) -> Json:
        for each in self.sessions:
            if each["id"] == asked.params["id"]:
                return each
        raise _error(404, "invalid_request_error", "No such checkout.session", "resource_missing")

    def _sessions(self, asked: Asked) -> Json:
        link = asked.query.get("payment_link")
        return _page(asked, [each for each in self.sessions if link in (None, each["payment_link"])])

    def _refunds(self, asked: Asked) -> Json:
        intent = asked.query.get("payment_intent")
        return _page(asked, [each for each in self.refunds if intent in (None, each["payment_intent"])])


def _page(asked: Asked, kept: list[Json]) -> Json:
    newest = kept[::-1]
    after = asked.query.get("starting_after")
    start = next((index + 1 for index, each in enumerate(newest) if each["id"] == after), 0)
    limit = int(asked.query.get("limit", 10))
    more = start + limit < len(newest)
    return {"object": "list", "url": asked.path, "has_more": more, "data": newest[start : start + limit]}


def _under(name: str, form: dict[str, str]) -> dict[str, str]:
    return {field[len(name) + 1 : -1]: value for field, value in form.items() if field.startswith(f"{name}[")}


def _error(status: int, kind: str, message: str, code: str | None = None) -> Answer:
    error = {"type": kind, "message": message} | ({"code": code} if code else {})
    return Answer(status, {"error": error}, {"Request-Id": "req_1"})
