"""A connected account's token at the networks on loopback, as a client is given it."""

from collections.abc import Iterable

from studio.domain.errors import NotConnected
from tests.fakes.networks import Networks


class Granted:
    """Access that renews as a stored connection does. renewed: how often it did."""

    def __init__(self, networks: Networks, network: str, scopes: Iterable[str] = ()) -> None:
        self._networks = networks
        self._network = network
        self._grant = networks.grants.grant(network, scopes)
        self.renewed = 0

    def token(self) -> str:
        """Return the access token."""
        return self._grant.access

    def renew(self) -> None:
        """Exchange the refresh token. Raises NotConnected."""
        new = self._networks.grants.renew(self._network, self._grant.refresh or "", seconds=3600, rotate=True)
        if new is None:
            raise NotConnected(f"{self._network} no longer accepts this connection. Connect it again.")
        self._grant = new
        self.renewed += 1

    def expire(self) -> None:
        """Let the access token have expired."""
        self._networks.grants.expire(self._grant.access)

    def revoke(self) -> None:
        """Let the account's owner have taken the permission back."""
        self._networks.grants.revoke(self._grant.access)
