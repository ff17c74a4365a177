"""Many files as one: a zip that is the same whenever and wherever it is made."""

import io
import zipfile
from collections.abc import Iterable

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a zip can tell."""


def to_zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return files (name, content) as a zip, stored as they are: pictures do not get any smaller."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()
