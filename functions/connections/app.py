"""/connections: the accounts elsewhere that the studio may act for, and what each bot still needs."""

import secrets
from collections.abc import Mapping
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import Field, SecretStr

from studio.catalog import NAMES
from studio.channels.oauth import new_verifier
from studio.domain.base import Instant, Value
from studio.domain.connection import BY_KEY, LABELS, Connection, NetworkName, unmet
from studio.domain.digest import digest_of
from studio.domain.errors import Invalid
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, created
from studio.store.webhooks import CallsBack

app = resolver()

CALLBACK = "/connections/callback"


class NetworkView(Value):
    """A network, and how an account of it is connected. `available`: the operator has registered the studio there."""

    network: NetworkName
    label: str
    connected_by: Annotated[str, Field(pattern="^(sign_in|key)$")]
    available: bool
    accounts: int


class ConnectionList(Value):
    """What is connected, what could be, and what each bot still needs of you, one sentence each."""

    items: list[Connection]
    networks: list[NetworkView]
    needs: dict[str, tuple[str, ...]]


class SignIn(Value):
    """Where to come back to: an address on your own machine, where an application listens (RFC 8252); or left out."""

    return_to: Annotated[str, Field(pattern=r"^(http://(127\.0\.0\.1|\[::1\]):[0-9]{1,5}/[a-z]*)?$")] = ""


class SignInStarted(Value):
    """Open `authorize_url` in a browser. It leads back with a `code` and this `state`: finish with them."""

    authorize_url: str
    state: str
    open_until: Instant


class SignInFinished(Value):
    """What the network sent back with the browser."""

    state: str = Field(min_length=20, max_length=100)
    code: SecretStr = Field(min_length=1, max_length=4000)


class ConnectionsMade(Value):
    """The accounts that are connected now."""

    items: list[Connection]


class Key(Value):
    """A key of yours. Stripe: `api_key` (a restricted one will do) and the webhook's `signing_secret`.

    Amazon: `api_key` and `api_secret` are the credential's id and secret, `partner_tag` your tracking id.
    """

    api_key: SecretStr = Field(min_length=8, max_length=500)
    api_secret: SecretStr | None = Field(default=None, max_length=500)
    signing_secret: SecretStr | None = Field(default=None, max_length=500)
    partner_tag: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9_-]*$")


class Webhook(Value):
    """Where a network calls back: enter it there, and keep it to yourself."""

    address: str


class Disconnected(Value):
    """`revoked`: the network was told, too. Otherwise remove the studio there, in the account's settings."""

    revoked: bool


@app.get("/connections", tags=["connections"])
def list_connections(studio: Caller) -> ConnectionList:
    """List your accounts elsewhere, the networks there are, and what each bot still needs."""
    items = studio.connections.all()
    networks = [
        NetworkView(
            network=network,
            label=LABELS[network],
            connected_by="key" if network in BY_KEY else "sign_in",
            available=network in BY_KEY or studio.accounts.registered(network),
            accounts=sum(connection.network is network for connection in items),
        )
        for network in NetworkName
    ]
    needs = {name: wanted for name in NAMES if (wanted := unmet(name, items))}
    return ConnectionList(items=items, networks=networks, needs=needs)


@app.post("/connections/<network>", tags=["connections"])
def start_sign_in(network: NetworkName, wanted: Annotated[SignIn, Body()], studio: Caller) -> SignInStarted:
    """Begin to connect an account: get the address of the network's own consent page."""
    _signs_in(network)
    state, verifier = secrets.token_urlsafe(32), new_verifier()
    back = wanted.return_to or studio.address + CALLBACK
    address = studio.accounts.sign_in_address(network, back, state, verifier)
    kept = {"verifier": verifier, "redirect_uri": back}
    until = studio.connections.begin(digest_of(state), network, kept, studio.clock())
    return SignInStarted(authorize_url=address, state=state, open_until=until)


@app.post("/connections/<network>/finish", tags=["connections"], status_code=201)
def finish_sign_in(
    network: NetworkName, told: Annotated[SignInFinished, Body()], studio: Caller
) -> Response[ConnectionsMade]:
    """Finish connecting an account, as whoever began it. 409 for a sign-in that is not yours, over, or used already."""
    _signs_in(network)
    kept = studio.connections.finish(digest_of(told.state), network, studio.clock())
    made = studio.accounts.connect(network, told.code.get_secret_value(), kept["verifier"], kept["redirect_uri"])
    return created(ConnectionsMade(items=made), "/connections")


@app.put("/connections/<network>/key", tags=["connections"])
def connect_by_key(network: NetworkName, key: Annotated[Key, Body()], studio: Caller) -> Connection:
    """Connect Stripe or Amazon with a key. It is tried first, then kept in Secrets Manager, and never shown again."""
    if network not in BY_KEY:
        raise Invalid(f"{LABELS[network]} is connected by signing in: POST /connections/{network}.")
    return studio.accounts.connect_by_key(network, _plain(key))


@app.get("/connections/<network>/webhook", tags=["connections"])
def read_webhook(network: NetworkName, studio: Caller) -> Webhook:
    """Read where Stripe is to call back. 404 before there is such an address."""
    return Webhook(address=_called_back(studio, studio.webhooks.get(_calls_back(network))))


@app.post("/connections/<network>/webhook", tags=["connections"], status_code=201)
def make_webhook(network: NetworkName, studio: Caller) -> Response[Webhook]:
    """Make the address where Stripe is to call back; the one there was stops working.

    Enter it at Stripe as a webhook for checkout.session.completed, checkout.session.async_payment_succeeded,
    charge.refunded and refund.created. Then store the signing secret that Stripe shows: PUT /connections/stripe/key.
    """
    code = studio.webhooks.renew(_calls_back(network))
    return created(Webhook(address=_called_back(studio, code)), f"/connections/{network}/webhook")


@app.delete("/connections/<network>/<account_id>", tags=["connections"])
def disconnect(
    network: NetworkName,
    account_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")],
    studio: Caller,
) -> Disconnected:
    """Forget an account and its tokens, and take the consent back at the network where it offers a way."""
    return Disconnected(revoked=studio.accounts.disconnect(network, account_id))


def _calls_back(network: NetworkName) -> CallsBack:
    if network is not NetworkName.STRIPE:
        raise Invalid(f"{LABELS[network]} does not call back.")
    return "stripe"


def _called_back(studio: Studio, code: str) -> str:
    return f"{studio.address}/webhooks/stripe/{code}"


def _signs_in(network: NetworkName) -> None:
    if network in BY_KEY:
        raise Invalid(f"{LABELS[network]} is connected with a key: PUT /connections/{network}/key.")


def _plain(key: Key) -> Mapping[str, str]:
    told = {
        "api_key": key.api_key.get_secret_value(),
        "api_secret": key.api_secret.get_secret_value() if key.api_secret else "",
        "signing_secret": key.signing_secret.get_secret_value() if key.signing_secret else "",
        "partner_tag": key.partner_tag,
    }
    return {name: value for name, value in told.items() if value}


handler = api(app)
