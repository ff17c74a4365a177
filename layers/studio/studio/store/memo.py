"""Generations that were paid for, so that none is paid for twice.

An object `memo/<sha256>` per call, written before its result is used. Whoever makes the same call again, a retry, a
redriven execution or a restarted laptop, finds the result there.
"""

import json
from dataclasses import dataclass

from studio.store.objects import Objects


@dataclass(frozen=True)
class Remembered:
    """A stored result: the answer's bytes, and as JSON who gave it (`receipt`) and the ledger entry that paid.

    `refused` names the outcome that came instead of a result, whose sentence is then `data`. Only a replay remembers
    those: whoever really asks may ask again.
    """

    data: bytes
    media_type: str
    receipt: str
    reservation: str
    refused: str = ""


class Memo:
    """One owner's remembered generations."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def get(self, digest: str) -> Remembered | None:
        """Return what the call with this SHA-256 brought, or None."""
        found = self._objects.get_with_metadata(f"memo/{digest}")
        if found is None:
            return None
        data, metadata = found
        about = json.loads(metadata["about"])
        return Remembered(data, about["media_type"], about["receipt"], about["reservation"], about.get("refused", ""))

    def put(self, digest: str, remembered: Remembered) -> None:
        """Remember what the call with this SHA-256 brought."""
        about = {
            "media_type": remembered.media_type,
            "receipt": remembered.receipt,
            "reservation": remembered.reservation,
        } | ({"refused": remembered.refused} if remembered.refused else {})
        # S3 metadata is ASCII; json.dumps escapes the rest.
        self._objects.put(f"memo/{digest}", remembered.data, remembered.media_type, {"about": json.dumps(about)})
