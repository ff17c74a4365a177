"""What the bytes of a picture say about it, read from the header alone."""

from collections.abc import Iterator
from struct import unpack

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
"""JPEG's start-of-frame markers (ITU T.81, table B.1): C4, C8 and CC in the same range are something else."""
_BARE = {0x01, *range(0xD0, 0xD8)}
"""Markers without a length: TEM and RST0 to RST7."""
_SCAN = 0xDA
_TOLD = {0xFE, 0xE1, *range(0xE3, 0xEE), 0xEF}
"""JPEG's comments and application segments, but for those that say how to read colours (APP0, APP2 and APP14)."""
_SHOWN = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
"""PNG's chunks that pixels and their colours need."""


def read_header(data: bytes) -> tuple[str, int, int]:
    """Return media type, width and height of a PNG or JPEG. Raises ValueError for anything else and for one cut off."""
    if data.startswith(_PNG):
        return "image/png", *_png(data)
    if data.startswith(_JPEG):
        return "image/jpeg", *_jpeg(data)
    raise ValueError("neither PNG nor JPEG")


def bare(data: bytes) -> bytes:
    """Return a PNG or JPEG with its pixels and without what else it carries, such as who or what made it.

    What cannot be read as either comes back as it is.
    """
    if data.startswith(_PNG):
        return _PNG + b"".join(chunk for chunk in _chunks(data) if chunk[4:8] in _SHOWN)
    if data.startswith(_JPEG):
        return _bare_jpeg(data)
    return data


def _chunks(data: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        yield data[at:end]
        at = end


def _bare_jpeg(data: bytes) -> bytes:
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _SCAN:
            break
        end = at + (2 if marker in _BARE else 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4]))
        if marker not in _TOLD:
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR" or len(data) < 33 or b"IEND" not in data[-64:]:
        raise ValueError("a PNG that is cut off")
    width, height = unpack(">II", data[16:24])
    return _sized(width, height)


def _jpeg(data: bytes) -> tuple[int, int]:
    if b"\xff\xd9" not in data[-64:]:
        raise ValueError("a JPEG that is cut off")
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _SIZES:
            height, width = unpack(">HH", data[at + 5 : at + 9])
            return _sized(width, height)
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    raise ValueError("a JPEG without a size")


def _sized(width: int, height: int) -> tuple[int, int]:
    if not (width and height):
        raise ValueError("a picture without a size")
    return width, height
