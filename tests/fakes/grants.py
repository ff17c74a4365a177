"""Who may do what at the networks on loopback: applications, codes, tokens that expire, rotate and are revoked."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

CLIENT_ID = "studio-client"
CLIENT_SECRET = "studio-client-secret-for-tests-only"


@dataclass(frozen=True)
class Grant:
    """What one account allowed. expires_at: seconds since the epoch. account: the network's id for who allowed it."""

    network: str
    account: str
    scopes: tuple[str, ...]
    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: float


@dataclass(frozen=True)
class Code:
    """An authorization code that waits to be exchanged, once."""

    network: str
    account: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    offline: bool


class Refused(Exception):
    """A token that is not accepted. why: "missing", "unknown", "expired", "revoked" or "scope"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Grants:
    """Everything granted so far, at every network.

    account: who consents when a browser asks. seconds: how long an access token lives, for networks whose own
    lifetime a test does not want to wait for; None for each network's own.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.account = "account-1"
        self.seconds: float | None = None
        self.client_id, self.client_secret = CLIENT_ID, CLIENT_SECRET
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}
        self._revoked: set[str] = set()

    def code(self, code: Code) -> str:
        """Return a code for what was consented to."""
        made = f"code-{secrets.token_urlsafe(12)}"
        with self._lock:
            self._codes[made] = code
        return made

    def spend(self, network: str, code: str) -> Code | None:
        """Return what a code stands for, once; None for a spent or unknown one."""
        with self._lock:
            waiting = self._codes.get(code)
            return self._codes.pop(code) if waiting is not None and waiting.network == network else None

    def grant(
        self,
        network: str,
        scopes: Iterable[str] = (),
        *,
        account: str | None = None,
        seconds: float = 3600,
        refresh: str | bool = True,
    ) -> Grant:
        """Grant at once, without a browser. refresh: whether there is a refresh token, or the one to keep."""
        kept = refresh if isinstance(refresh, str) else f"refresh-{secrets.token_urlsafe(16)}" if refresh else None
        made = Grant(
            network=network,
            account=account or self.account,
            scopes=tuple(scopes),
            access=f"access-{secrets.token_urlsafe(16)}",
            refresh=kept,
            expires_at=self.clock() + (self.seconds if self.seconds is not None else seconds),
        )
        with self._lock:
            self._by_access[made.access] = made
            if kept:
                self._by_refresh[kept] = made
        return made

    def renew(self, network: str, refresh: str, *, seconds: float, rotate: bool) -> Grant | None:
        """Return a new grant for a refresh token; None where it is not honoured. rotate: the old one is spent."""
        with self._lock:
            old = self._by_refresh.get(refresh)
            if old is None or old.network != network or refresh in self._revoked:
                return None
            if rotate:
                self._revoked.add(refresh)
        return self.grant(
            network, old.scopes, account=old.account, seconds=seconds, refresh=True if rotate else refresh
        )

    def check(self, network: str, access: str | None, *scopes: str) -> Grant:
        """Return the grant behind an access token. scopes: one of them is needed. Raises Refused."""
        if not access:
            raise Refused("missing")
        with self._lock:
            found = self._by_access.get(access)
            if found is None or found.network != network:
                raise Refused("unknown")
            if access in self._revoked:
                raise Refused("revoked")
        if found.expires_at <= self.clock():
            raise Refused("expired")
        if scopes and not set(scopes) & set(found.scopes):
            raise Refused("scope")
        return found

    def expire(self, access: str) -> None:
        """Let an access token have expired."""
        with self._lock:
            self._by_access[access] = replace(self._by_access[access], expires_at=0.0)

    def revoke(self, token: str) -> bool:
        """Take back a grant by its access or refresh token; False for an unknown one."""
        with self._lock:
            found = self._by_access.get(token) or self._by_refresh.get(token)
            if found is None:
                return False
            for access, grant in self._by_access.items():
                if (grant.network, grant.account) == (found.network, found.account):
                    self._revoked |= {access, grant.refresh or access}
            return True

    def revoked(self, token: str) -> bool:
        """Whether a token has been taken back."""
        with self._lock:
            return token in self._revoked
