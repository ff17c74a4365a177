"""What an MP4 says of itself: the boxes of ISO/IEC 14496-12 that tell how large, how long and how fast a film is."""

import struct
from collections.abc import Callable, Iterator

from pydantic import Field

from studio.domain.base import Value
from studio.domain.errors import Invalid

type Read = Callable[[int, int], bytes]
"""`(offset, length)` → bytes of the file, fewer at its end."""

_MOST_BOXES = 1000
_LARGEST_INDEX = 16 * 1024 * 1024
"""The index of a film of hours is a few MiB."""

_NO_FILM = "This is no MP4 that can be read. Export the film as MP4 (H.264 and AAC) and upload that."


class Film(Value):
    """A film's picture. Sides in pixels, as shown; `milli_fps` is frames in a thousand seconds, 0 where unknown."""

    width: int = Field(ge=1)
    height: int = Field(ge=1)
    milliseconds: int = Field(ge=0)
    milli_fps: int = Field(ge=0)


def measured(read: Read, size: int) -> Film:
    """Return what a file of `size` bytes says. Only its index is read. Raises Invalid for what is no film."""
    if read(4, 4) != b"ftyp":
        raise Invalid(_NO_FILM)
    try:
        index = _index(read, size)
        movie = dict(_boxes(index))
        seconds = _duration(movie[b"mvhd"])
        for kind, track in _boxes(index):
            if kind == b"trak" and (film := _picture(track, seconds)):
                return film
    except (KeyError, struct.error, ZeroDivisionError, ValueError, IndexError) as error:
        raise Invalid(_NO_FILM) from error
    raise Invalid("There is no picture in this MP4.")


def _index(read: Read, size: int) -> bytes:
    """Return the content of the `moov` box, wherever it lies."""
    at = 0
    for _ in range(_MOST_BOXES):
        head = read(at, 16)
        if len(head) < 8:
            break
        length, kind = struct.unpack_from(">I4s", head)
        start = 8
        if length == 1:
            [length], start = struct.unpack_from(">Q", head, 8), 16
        elif length == 0:
            length = size - at
        if length < start:
            break
        if kind == b"moov":
            if length > _LARGEST_INDEX:
                break
            return read(at + start, length - start)
        at += length
    raise Invalid(_NO_FILM)


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        start = 8
        if length == 1:
            [length], start = struct.unpack_from(">Q", content, at + 8), 16
        elif length == 0:
            length = len(content) - at
        if length < start:
            raise ValueError("a box that is smaller than its head")
        yield kind, content[at + start : at + length]
        at += length


def _picture(track: bytes, movie_seconds: float) -> Film | None:
    """Return a track's film; None where it is sound, or something else."""
    media = dict(_boxes(dict(_boxes(track))[b"mdia"]))
    if media[b"hdlr"][8:12] != b"vide":
        return None
    width, height = _sides(dict(_boxes(track))[b"tkhd"])
    table = dict(_boxes(dict(_boxes(media[b"minf"]))[b"stbl"]))
    seconds, frames = _duration(media[b"mdhd"]), _frames(table.get(b"stts", b""))
    return Film(
        width=width,
        height=height,
        milliseconds=round(1000 * (movie_seconds or seconds)),
        milli_fps=round(1000 * frames / seconds) if seconds and frames else 0,
    )


def _duration(header: bytes) -> float:
    """Return the seconds that an `mvhd` or `mdhd` box tells."""
    if header[0] == 1:
        scale, ticks = struct.unpack_from(">IQ", header, 20)
    else:
        scale, ticks = struct.unpack_from(">II", header, 12)
    return float(ticks / scale)


def _sides(header: bytes) -> tuple[int, int]:
    """Return width and height as shown: phones store a picture lying on its side, with a matrix that turns it."""
    matrix = 52 if header[0] == 1 else 40
    a, b = struct.unpack_from(">ii", header, matrix)
    width, height = (side >> 16 for side in struct.unpack_from(">II", header, matrix + 36))
    return (height, width) if a == 0 and b != 0 else (width, height)


def _frames(table: bytes) -> int:
    if len(table) < 8:
        return 0
    [entries] = struct.unpack_from(">I", table, 4)
    return sum(struct.unpack_from(">I", table, 8 + 8 * n)[0] for n in range(min(entries, (len(table) - 8) // 8)))
