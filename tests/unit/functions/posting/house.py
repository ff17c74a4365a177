"""An owner with an episode, and what tests do with it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from studio.channels.oauth_networks import NETWORKS
from studio.domain.connection import Connection, ConnectionStatus, NetworkName
from studio.domain.episode import Episode
from studio.domain.posting import PublishingReport
from studio.entry import Settings, Studio
from studio.publishing.pace import Pace
from tests.conftest import Clock
from tests.fakes.networks import Networks
from tests.unit.made import AT


class Killed(BaseException):
    """The function is gone in the middle of it."""


@dataclass
class House:
    """An owner with an episode. `time` is the seconds that calls have waited."""

    networks: Networks
    owner: str
    clock: Clock
    episode: Episode
    time: list[float] = field(default_factory=lambda: [0.0])

    @property
    def studio(self) -> Studio:
        """A studio that knows nothing of earlier calls."""
        return Studio(self.owner, Settings.from_environment(), clock=self.clock)

    def pace(self, within: float = 240.0) -> Pace:
        """Return a pace that costs no time."""

        def wait(seconds: float) -> None:
            self.time[0] += seconds

        return Pace(within, wait, lambda: self.time[0])

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.clock.at += timedelta(**by)

    def connect(self, network: NetworkName, account: str = "account-1", *, lacks: tuple[str, ...] = ()) -> Connection:
        """Connect an account."""
        dialect: Any = "google" if network is NetworkName.YOUTUBE else network.value
        scopes = [s for s in NETWORKS[dialect].needed(("profile", "publish", "figures")) if s not in lacks]
        grant = self.networks.grants.grant(dialect, scopes, account=account)
        connection = Connection(
            network=network,
            account_id=account,
            name=f"The Show ({account})",
            status=ConnectionStatus.HALF if lacks else ConnectionStatus.CONNECTED,
            scopes=tuple(scopes),
            missing=lacks,
            connected_at=AT,
        )
        secret = {"access": grant.access, "refresh": grant.refresh, "expires_at": None, "scopes": scopes}
        self.studio.connections.connect(connection, secret)
        return connection

    def revoke(self, network: NetworkName, account: str = "account-1") -> None:
        """Let the account's owner take the permission back over there."""
        self.networks.grants.revoke(self.studio.connections.secret(network, account)["access"])

    def approve(self, report: PublishingReport) -> list[str]:
        """Approve everything that was drafted, and return the hashes."""
        hashes = [draft.content_hash for draft in report.drafts if draft.content_hash]
        for each in hashes:
            self.studio.approvals.decide(each, "approve", "", self.clock())
        return hashes
