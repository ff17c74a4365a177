"""How an account is connected: OAuth 2 with an authorization code and PKCE (RFC 6749, 7636, 7009).

What differs from network to network is in `oauth_networks`. Tokens and secrets are in no `repr`, error or log line.
"""

import base64
import contextlib
import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import AliasChoices, AliasPath, Field, SecretStr, field_validator

from studio.channels.addresses import Host, address
from studio.channels.http import Answer, Network, Received
from studio.channels.oauth_networks import NETWORKS, Capability, NetworkName
from studio.domain.errors import NotConnected, ProviderFailed, StudioError, Unavailable

AHEAD = timedelta(seconds=60)
"""So long before its end a token counts as expired: it has to last for the request it is sent with."""

USER_AGENT = "EpisodeStudio/1.0"
"""Reddit refuses clients that do not say who they are."""


@dataclass(frozen=True)
class Account:
    """Somebody at a network: the network's id, and the name people know it by."""

    account_id: str
    name: str


@dataclass(frozen=True)
class Client:
    """The application, as the network knows it."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """What an account allows. expires_at: of the access token; None where the network does not say.

    scopes: what was granted, which may be less than was asked for.
    """

    access: str = field(repr=False)
    refresh: str | None = field(repr=False, default=None)
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()

    def expired(self, now: datetime) -> bool:
        """Whether the access token is over, or will be before a request is through."""
        return self.expires_at is not None and self.expires_at - AHEAD <= now

    def missing(self, needed: Iterable[str]) -> tuple[str, ...]:
        """Return the scopes of `needed` that were not granted."""
        return tuple(scope for scope in needed if scope not in self.scopes)


def new_verifier() -> str:
    """Return a fresh PKCE verifier: 43 characters that nobody guesses (RFC 7636, 4.1)."""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class OAuth:
    """One network's tokens for one application. gateway: see `addresses.address`. clock: now, with its zone."""

    def __init__(
        self,
        network: NetworkName,
        client: Client,
        *,
        gateway: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.network = network
        self._dialect = NETWORKS[network]
        self._client = client
        self._gateway = gateway
        self._clock = clock
        self._wait = wait

    def needed(self, capabilities: Iterable[Capability]) -> tuple[str, ...]:
        """Return the scopes that these capabilities need here."""
        return self._dialect.needed(capabilities)

    def authorize_url(self, redirect_uri: str, state: str, challenge: str, capabilities: Iterable[Capability]) -> str:
        """Return the address of the consent page. challenge: of `challenge_of`; left out where nobody checks it."""
        dialect = self._dialect
        asked = {
            dialect.client_field: self._client.client_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": dialect.between.join(dialect.needed(capabilities)),
            "state": state,
            **dialect.extra,
        }
        if dialect.pkce:
            asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        host, path = dialect.authorize
        return f"{address(host, self._gateway)}{path}?{urlencode(asked)}"

    def exchange(self, code: str, verifier: str, redirect_uri: str, asked: Iterable[str] = ()) -> Tokens:
        """Return the tokens for a code that the network sent back. A code is good once and for minutes.

        redirect_uri: the same as at the consent page. asked: the scopes asked for there, which were granted where the
        network does not say otherwise (RFC 6749, 5.1). Raises NotConnected for a code that is not honoured.
        """
        # Instagram ends the address with `#_`, which is not the code's.
        form = {"grant_type": "authorization_code", "code": code.removesuffix("#_"), "redirect_uri": redirect_uri}
        if self._dialect.pkce:
            form["code_verifier"] = verifier
        tokens = self._tokens(form, Tokens("", scopes=tuple(asked)), again=False)
        return self._long_lived(tokens) if self.network == "instagram" else tokens

    def refresh(self, tokens: Tokens) -> Tokens:
        """Return tokens that are good for longer; the old refresh token may be spent, so keep these at once.

        Raises NotConnected where the account has taken its consent back or the refresh token is over.
        """
        if self.network == "instagram":
            return self._long(
                "/refresh_access_token", {"grant_type": "ig_refresh_token", "access_token": tokens.access}, tokens
            )
        if not tokens.refresh:
            raise NotConnected(f"{self._dialect.title} gave no lasting connection. Connect it again.")
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        # A token that renews once may be spent although the answer was lost; asking again could end the connection.
        return self._tokens(form, tokens, again=not self._dialect.rotates)

    def application(self) -> Tokens:
        """Return tokens for the application itself, for what needs no account (RFC 6749, 4.4). Reddit has them."""
        return self._tokens({"grant_type": "client_credentials"}, Tokens(""), again=True)

    def revoke(self, tokens: Tokens) -> bool:
        """Take the consent back at the network; False where it offers no way, so that a person has to do it there.

        The refresh token is what is revoked where there is one: the access tokens made from it end with it.
        """
        if self._dialect.revoke is None:
            return False
        host, path = self._dialect.revoke
        form, headers = self._proof()
        hint = "refresh_token" if tokens.refresh else "access_token"
        form |= {"token": tokens.refresh or tokens.access, "token_type_hint": hint}
        # Google refuses a token that it no longer knows, which is as good as revoked (RFC 7009, 2.2).
        with contextlib.suppress(NotConnected):
            self._open(host).post(path, data=form, headers=headers, again=True)
        return True

    def _tokens(self, form: Mapping[str, str], old: Tokens, *, again: bool) -> Tokens:
        proof, headers = self._proof()
        host, path = self._dialect.token
        network = self._open(host)
        answer = network.post(path, data={**form, **proof}, headers=headers, again=again)
        return self._read(network, answer, old)

    def _read(self, network: Network, answer: Answer, old: Tokens) -> Tokens:
        told = network.read(answer, _Granted)
        scopes = tuple(told.scope.replace(",", " ").split()) if told.scope is not None else old.scopes
        return Tokens(
            access=told.access_token.get_secret_value(),
            # Kept where none comes: it is still good (RFC 6749, 6).
            refresh=told.refresh_token.get_secret_value() if told.refresh_token else old.refresh,
            expires_at=None if told.expires_in is None else self._clock() + timedelta(seconds=told.expires_in),
            scopes=scopes,
        )

    def _long_lived(self, short: Tokens) -> Tokens:
        asked = {
            "grant_type": "ig_exchange_token",
            "client_secret": self._client.client_secret,
            "access_token": short.access,
        }
        return self._long("/access_token", asked, short)

    def _long(self, path: str, asked: Mapping[str, str], old: Tokens) -> Tokens:
        network = self._open("instagram")
        return replace(self._read(network, network.get(path, asked), old), refresh=None)

    def _proof(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return what proves the application: fields of the form, and headers."""
        named = {self._dialect.client_field: self._client.client_id}
        if not self._dialect.basic:
            return named | {"client_secret": self._client.client_secret}, {}
        pair = f"{self._client.client_id}:{self._client.client_secret}".encode()
        return {}, {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def _open(self, host: Host) -> Network:
        return Network(
            self._dialect.title,
            address(host, self._gateway),
            refusal=self._refusal,
            headers={"User-Agent": USER_AGENT},
            wait=self._wait,
        )

    def _refusal(self, answer: Answer) -> StudioError | None:
        """Return what a token endpoint means (RFC 6749, 5.2). Reddit and TikTok refuse with a 200."""
        title = self._dialect.title
        match _error_of(answer):
            case "":
                return None
            case "invalid_grant" | "invalid_token" | "access_denied" | "invalid_request" | "OAuthException" | "190":
                # X and TikTok call a spent refresh token an invalid request.
                return NotConnected(f"{title} no longer honours this connection, or never did. Connect it again.")
            case "invalid_client" | "unauthorized_client" | "invalid_client_key" | "101":
                return ProviderFailed(f"{title} does not accept the application's id and secret.")
            case "temporarily_unavailable" | "server_error":
                return Unavailable(f"{title} cannot give out tokens at the moment.", sent=True)
            case _ if answer.status >= 429:
                return None
            case _:
                return ProviderFailed(f"{title} refused to give out a token.")


class _Granted(Received):
    """RFC 6749, 5.1. Instagram calls the scopes permissions and wraps the first answer in a list."""

    access_token: SecretStr = Field(
        min_length=1, validation_alias=AliasChoices("access_token", AliasPath("data", 0, "access_token"))
    )
    refresh_token: SecretStr | None = None
    expires_in: int | None = Field(None, ge=0, le=10**9)
    scope: str | None = Field(
        None, validation_alias=AliasChoices("scope", "permissions", AliasPath("data", 0, "permissions"))
    )

    @field_validator("scope", mode="before")
    @classmethod
    def joined(cls, told: object) -> object:
        return " ".join(map(str, told)) if isinstance(told, list) else told


def _error_of(answer: Answer) -> str:
    told: Any = answer.json()
    if not isinstance(told, dict):
        return ""
    error = told.get("error") or told.get("error_type") or ""
    return str(error.get("code", "")) if isinstance(error, dict) else str(error)
