"""Sending a file in pieces: where its bytes come from, and who is told how far it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from studio.domain.errors import Invalid

type Read = Callable[[int, int], bytes]
"""`(offset, length)` → bytes of the file, from memory, a disk or a store's range read."""

type Progress = Callable[[int], None]
"""Is told how many bytes the network has, after every piece it took."""

PIECE = 1024 * 1024
"""Bytes read at a time where one request carries the rest of a file."""


def piece(read: Read, offset: int, length: int) -> bytes:
    """Return exactly so many bytes. Raises Invalid for a file that ends before: it is another than was announced."""
    content = read(offset, length)
    if len(content) != length:
        raise Invalid(f"The file ends at byte {offset + len(content):,}; {offset + length:,} were announced.")
    return content


def unnoticed(_: int) -> None:
    """Follow no progress."""


def reader(content: bytes) -> Read:
    """Return what reads from memory."""
    return lambda offset, length: content[offset : offset + length]


@dataclass(frozen=True)
class Rest:
    """The bytes of a file from `offset` to `size`, as a body that can be sent more than once."""

    source: Read  # not `read`: the client takes whatever has that for an open file
    offset: int
    size: int

    def __iter__(self) -> Iterator[bytes]:
        """Yield them piece by piece."""
        for start in range(self.offset, self.size, PIECE):
            yield piece(self.source, start, min(PIECE, self.size - start))
