"""The right to act at a network, renewed in time: `http.Access` over the tokens of `oauth`."""

from collections.abc import Callable
from datetime import UTC, datetime

from studio.channels.oauth import OAuth, Tokens


class Connected:
    """An account's `Access`: renews its tokens in time, and hands new ones to `keep` before they are used."""

    def __init__(
        self,
        oauth: OAuth,
        tokens: Tokens,
        keep: Callable[[Tokens], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._oauth = oauth
        self._tokens = tokens
        self._keep = keep
        self._clock = clock

    def token(self) -> str:
        """Return an access token that is not over yet. Raises NotConnected, Unavailable and Throttled."""
        if self._tokens.expired(self._clock()):
            self.renew()
        return self._tokens.access

    def renew(self) -> None:
        """Get other tokens and keep them. Raises NotConnected, Unavailable and Throttled."""
        renewed = self._oauth.refresh(self._tokens)
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
