"""The right to read at a network without an account: `http.Access` over the tokens of `oauth`."""

from collections.abc import Callable
from datetime import UTC, datetime

from studio.channels.oauth import OAuth, Tokens


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
