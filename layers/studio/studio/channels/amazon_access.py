"""The application's access to Amazon's Creators API: client credentials, exchanged for tokens that last an hour.

SOURCE: affiliate-program.amazon.com/creatorsapi/docs/en-us, credential versions 3.x (read 2026-11).
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from pydantic import Field

from studio.channels.http import Answer, Network, Received
from studio.domain.errors import NotConnected, StudioError

SCOPE = "creatorsapi::default"
EARLY = 60.0
"""So many seconds before a token expires another is asked for."""


class _Token(Received):
    access_token: str = Field(min_length=1, repr=False)
    expires_in: float = 3600


class AmazonAccess:
    """The application's own access: client credentials exchanged for a token of an hour, kept until it is nearly over.

    base_url: where `address("amazon_oauth")` is: North America; credentials 3.2 and 3.3 belong to amazon.co.uk and
    amazon.co.jp. clock: seconds, of any epoch.
    """

    def __init__(
        self,
        base_url: str,
        credential_id: str,
        credential_secret: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        **more: Any,
    ) -> None:
        self._network = Network("Amazon", base_url, refusal=_login_refusal, **more)
        self._asked = {
            "grant_type": "client_credentials",
            "client_id": credential_id,
            "client_secret": credential_secret,
            "scope": SCOPE,
        }
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def token(self) -> str:
        """Return a token that is still good. Raises NotConnected for credentials that are refused."""
        with self._lock:
            if not self._token or self._clock() >= self._until:
                answer = self._network.post("/auth/o2/token", again=True, json=self._asked)
                told = self._network.read(answer, _Token)
                self._token, self._until = told.access_token, self._clock() + told.expires_in - EARLY
            return self._token

    def renew(self) -> None:
        """Forget the token, so that the next is a new one."""
        with self._lock:
            self._token = ""


def _login_refusal(answer: Answer) -> StudioError | None:
    if 400 <= answer.status < 500 and answer.status != 429:
        return NotConnected("Amazon does not accept these credentials. Store others.")
    return None
