"""The right to act at a network, renewed in time: `http.Access` over the tokens of `oauth`."""

from collections.abc import Callable
from datetime import UTC, datetime

from studio.channels.oauth import OAuth, Tokens
from studio.domain.errors import NotConnected


class Connected:
    """An account's `Access`: renews its tokens in time, and hands new ones to `keep` before they are used.

    stored: what is kept now. Where a refresh token renews once, whoever comes second is refused; the first one's tokens
    are there by then.
    """

    def __init__(
        self,
        oauth: OAuth,
        tokens: Tokens,
        keep: Callable[[Tokens], None],
        stored: Callable[[], Tokens | None] = lambda: None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._oauth = oauth
        self._tokens = tokens
        self._keep = keep
        self._stored = stored
        self._clock = clock

    def token(self) -> str:
        """Return an access token that is not over yet. Raises NotConnected, Unavailable and Throttled."""
        if self._tokens.expired(self._clock()):
            self.renew()
        return self._tokens.access

    def renew(self) -> None:
        """Get other tokens and keep them. Raises NotConnected, Unavailable and Throttled."""
        try:
            renewed = self._oauth.refresh(self._tokens)
        except NotConnected:
            others = self._stored()
            if others is None or others.access == self._tokens.access:
                raise
            self._tokens = others
            return
        self._keep(renewed)
        self._tokens = renewed


class ForApplication:
    """The application's own `Access`, where no account is needed: asks for a token when it needs one."""

    def __init__(self, oauth: OAuth, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._oauth = oauth
        self._clock = clock
        self._tokens: Tokens | None = None

    def token(self) -> str:
        """Return an access token that is not over yet. Raises ProviderFailed, Unavailable and Throttled."""
        if self._tokens is None or self._tokens.expired(self._clock()):
            self._tokens = self._oauth.application()
        return self._tokens.access

    def renew(self) -> None:
        """Get another token. Raises ProviderFailed, Unavailable and Throttled."""
        self._tokens = self._oauth.application()
