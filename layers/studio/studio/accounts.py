"""Acting for the accounts that an owner connected: tokens fetched, kept fresh, and given up when they are over."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from studio.channels import oauth
from studio.channels.access import Connected, ForApplication
from studio.channels.addresses import Host, address
from studio.channels.http import Access
from studio.channels.identity import who
from studio.channels.oauth import Account, Client, OAuth, Tokens
from studio.channels.oauth_networks import Capability
from studio.domain.connection import LABELS, Connection, ConnectionStatus, NetworkName
from studio.domain.errors import Invalid, NotConnected, ProviderFailed, ProviderMissing
from studio.store.connections import Connections, Secret

if TYPE_CHECKING:
    # Each bot imports the network it speaks with, and no other.
    from studio.channels.amazon import Amazon
    from studio.channels.stripe import Stripe

type Apps = Mapping[str, Mapping[str, str]]
"""The studio as each network knows it: client_id, client_secret, and for YouTube an api_key, by the network's name."""

type _Dialect = Literal["google", "tiktok", "instagram", "x", "reddit"]

DIALECTS: Mapping[NetworkName, _Dialect] = {
    NetworkName.YOUTUBE: "google",
    NetworkName.TIKTOK: "tiktok",
    NetworkName.INSTAGRAM: "instagram",
    NetworkName.X: "x",
    NetworkName.REDDIT: "reddit",
}
"""Whose OAuth each network speaks."""

_ASKED: tuple[Capability, ...] = ("profile", "publish", "figures", "comments", "live", "browse")


class Accounts:
    """One owner's accounts, to act for. apps: opens what the operator registered at the networks, when it is needed."""

    def __init__(
        self, connections: Connections, apps: Callable[[], Apps], gateway: str, clock: Callable[[], datetime]
    ) -> None:
        self._connections = connections
        self._apps = apps
        self._gateway = gateway
        self._clock = clock

    def registered(self, network: NetworkName) -> bool:
        """Whether the operator registered the studio at a network, so that accounts can be connected by signing in."""
        return bool(self._apps().get(network, {}).get("client_id"))

    def api_key(self, network: NetworkName) -> str:
        """Return the application's own key, for what needs no account; empty without one."""
        return self._apps().get(network, {}).get("api_key", "")

    def oauth(self, network: NetworkName) -> OAuth:
        """Return how to sign in at a network. Raises ProviderMissing where the operator has not registered there."""
        app = self._apps().get(network, {})
        if not app.get("client_id"):
            raise ProviderMissing(
                f"The operator of this studio has not registered it with {LABELS[network]} yet (docs/operations.md)."
            )
        client = Client(app["client_id"], app.get("client_secret", ""))
        return OAuth(DIALECTS[network], client, gateway=self._gateway, clock=self._clock)

    def sign_in_address(self, network: NetworkName, redirect_uri: str, state: str, verifier: str) -> str:
        """Return the address of a network's consent page, where everything that the bots use is asked for."""
        challenge = oauth.challenge_of(verifier)
        return self.oauth(network).authorize_url(redirect_uri, state, challenge, _ASKED)

    def connect(self, network: NetworkName, code: str, verifier: str, redirect_uri: str) -> list[Connection]:
        """Store the accounts that a person just allowed. A network may have several for one sign-in.

        Raises NotConnected for a code that is not honoured, or where there is no account behind it.
        """
        signing_in = self.oauth(network)
        asked = signing_in.needed(_ASKED)
        tokens = signing_in.exchange(code, verifier, redirect_uri, asked)
        found = who(DIALECTS[network], _Bearer(tokens.access), self._gateway)
        if not found:
            raise NotConnected(f"There is no {LABELS[network]} channel behind this sign-in. Make one there first.")
        missing = tokens.missing(asked)
        connections = [
            Connection(
                network=network,
                account_id=account.account_id,
                name=account.name[:300],
                status=ConnectionStatus.HALF if missing else ConnectionStatus.CONNECTED,
                scopes=tokens.scopes,
                missing=missing,
                problem="Not everything was allowed; connect it again and leave every box ticked." if missing else "",
                connected_at=self._clock(),
            )
            for account in found
        ]
        for connection in connections:
            self._connections.connect(connection, _secret(tokens))
        return connections

    def connect_by_key(self, network: NetworkName, secret: Mapping[str, str]) -> Connection:
        """Store an account whose key its owner gave, after trying it. Raises Invalid for one that is not accepted."""
        account = self._tried(network, secret)
        connection = Connection(
            network=network, account_id=account.account_id, name=account.name[:300], connected_at=self._clock()
        )
        for other in self._connections.all(network):
            # One account each: bots would not know which to use.
            if other.account_id != account.account_id:
                self._connections.disconnect(network, other.account_id)
        self._connections.connect(connection, dict(secret))
        return connection

    def _tried(self, network: NetworkName, secret: Mapping[str, str]) -> Account:
        """Use a key once. Raises Invalid where it is not accepted, or something is missing beside it."""
        if network is NetworkName.AMAZON and not (secret.get("api_secret") and secret.get("partner_tag")):
            raise Invalid("Amazon takes api_key, api_secret and partner_tag together.", {"api_secret": "is missing"})
        try:
            if network is NetworkName.AMAZON:
                self._amazon_access(secret).token()
                return Account(secret["partner_tag"], f"Amazon ({secret['partner_tag']})")
            return self._stripe_account(secret["api_key"])
        except NotConnected as error:
            raise Invalid(f"{LABELS[network]} does not accept this key.", {"api_key": "is not accepted"}) from error

    def _stripe_account(self, api_key: str) -> Account:
        from studio.channels.stripe import Key, Stripe

        try:
            account = Stripe(self.host("stripe"), Key(api_key)).account()
        except ProviderFailed:
            # A restricted key that may not read its own account is a good key all the same.
            return Account("stripe", "Stripe")
        return Account(account.id, f"Stripe ({account.id})")

    def host(self, host: Host) -> str:
        """Return the base URL of a network's host, for its client."""
        return address(host, self._gateway)

    def application(self, network: NetworkName) -> Access:
        """Return the application's own right to read what is public. Raises ProviderMissing, like `oauth`."""
        return ForApplication(self.oauth(network), self._clock)

    def stripe(self) -> "Stripe":
        """Return the owner's Stripe. Raises NotConnected."""
        from studio.channels.stripe import Key, Stripe

        return Stripe(self.host("stripe"), Key(str(self.key(NetworkName.STRIPE)["api_key"])))

    def amazon(self, marketplace: str) -> "Amazon":
        """Return the owner's partner account at a marketplace, such as www.amazon.de. Raises NotConnected."""
        from studio.channels.amazon import Amazon

        secret = self.key(NetworkName.AMAZON)
        tag = str(secret["partner_tag"])
        return Amazon(self.host("amazon"), self._amazon_access(secret), tag=tag, marketplace=marketplace)

    def _amazon_access(self, secret: Mapping[str, str]) -> Access:
        from studio.channels.amazon_access import AmazonAccess

        return AmazonAccess(self.host("amazon_oauth"), secret["api_key"], secret["api_secret"])

    def access(self, network: NetworkName, account_id: str = "") -> tuple[Connection, Access]:
        """Return an account and the right to act for it; without an id, the only one there is.

        Raises NotConnected, also where the network took the right away, and Conflict where there are several.
        """
        connection = self._connections.get(network, account_id)
        if connection.status is ConnectionStatus.REVOKED:
            raise NotConnected(
                f"{LABELS[network]} no longer honours the connection of {connection.name}. Connect it again."
            )
        return connection, _Account(connection, self._connections, self.oauth(network), self._clock)

    def key(self, network: NetworkName) -> Secret:
        """Return the keys of a network that is connected by key. Raises NotConnected."""
        return self._connections.secret(network, self._connections.get(network).account_id)

    def disconnect(self, network: NetworkName, account_id: str) -> bool:
        """Forget an account and take the consent back at the network; False where that was not possible from here.

        Raises NotFound.
        """
        try:
            secret = self._connections.secret(network, account_id)
        except NotConnected:
            secret = {}
        self._connections.disconnect(network, account_id)
        if network not in DIALECTS or not secret:
            return False
        try:
            return self.oauth(network).revoke(_tokens(secret))
        except (NotConnected, ProviderMissing):
            return False


class _Bearer:
    """A token as it is, for the moment it was just given."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self) -> None:
        raise NotConnected("The network does not accept the token that it has just given. Try again.")


class _Account:
    """The right to act for one account. That it was taken away is noted on the connection."""

    def __init__(
        self, connection: Connection, connections: Connections, signing_in: OAuth, clock: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._connections = connections
        self._right = Connected(signing_in, self._stored(), self._keep, self._stored, clock=clock)

    def token(self) -> str:
        """Return a token that is not over yet. Raises NotConnected."""
        return self._noted(self._right.token)

    def renew(self) -> None:
        """Get other tokens. Raises NotConnected."""
        self._noted(self._right.renew)

    def _noted[T](self, act: Callable[[], T]) -> T:
        try:
            return act()
        except NotConnected as error:
            network, name = LABELS[self._connection.network], self._connection.name
            self._connections.change(
                self._connection, status=ConnectionStatus.REVOKED, problem="It was revoked. Connect it again."
            )
            raise NotConnected(f"{network} no longer honours the connection of {name}. Connect it again.") from error

    def _stored(self) -> Tokens:
        return _tokens(self._connections.secret(self._connection.network, self._connection.account_id))

    def _keep(self, tokens: Tokens) -> None:
        self._connections.keep_secret(self._connection.network, self._connection.account_id, _secret(tokens))


def _secret(tokens: Tokens) -> Secret:
    at = None if tokens.expires_at is None else tokens.expires_at.isoformat()
    return asdict(tokens) | {"expires_at": at}


def _tokens(secret: Mapping[str, Any]) -> Tokens:
    at = secret.get("expires_at")
    return Tokens(
        access=str(secret["access"]),
        refresh=secret.get("refresh"),
        expires_at=None if at is None else datetime.fromisoformat(at),
        scopes=tuple(secret.get("scopes", ())),
    )
