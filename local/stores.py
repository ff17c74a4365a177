"""One owner's stores on this laptop, opened with the emulator's own credentials: for recordings and nothing else."""

from dataclasses import dataclass

from local.stack import Outputs
from studio.store.acts import Acts
from studio.store.attachments import Attachments
from studio.store.canon import Canon
from studio.store.episodes import Episodes
from studio.store.ledger import Caps, Ledger
from studio.store.memo import Memo
from studio.store.objects import Objects
from studio.store.projects import Cast
from studio.store.table import Partition


@dataclass(frozen=True)
class Stores:
    """What belongs to one owner."""

    partition: Partition
    material: Objects

    @property
    def episodes(self) -> Episodes:
        """The owner's episodes."""
        return Episodes(self.partition)

    @property
    def acts(self) -> Acts:
        """What the owner asked of them."""
        return Acts(self.partition)

    @property
    def attachments(self) -> Attachments:
        """What the owner uploaded."""
        return Attachments(self.partition, self.material)

    @property
    def memo(self) -> Memo:
        """What was bought for the owner."""
        return Memo(self.material)

    @property
    def ledger(self) -> Ledger:
        """What the owner spends. Its caps are those that were set, or nothing."""
        return Ledger(self.partition, Caps(0, 0))

    def cast(self, project_id: str) -> Cast:
        """The cast of a project."""
        return Cast(self.partition, project_id)

    def canon(self, project_id: str) -> Canon:
        """What a show remembers."""
        return Canon(self.partition, project_id)


def opened(outputs: Outputs, owner: str) -> Stores:
    """Open the stores of an owner: the `sub` of their token."""
    return Stores(
        Partition(outputs.client("dynamodb"), outputs["TableName"], owner),
        Objects(outputs.client("s3"), outputs["AttachmentsBucket"], owner),
    )
