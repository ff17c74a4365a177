"""Subtitles: SubRip (SRT) and WebVTT (https://www.w3.org/TR/webvtt1/), from the script's timing.

Line length and lines per caption follow what broadcasters and streaming services ask for: 42 characters, two lines.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.domain.script import Script
from studio.exports.timing import Cue, timed
from studio.exports.wording import UNSPACED, one_line

_LOOKALIKES = str.maketrans("<>{}", "‹›❴❵")

WIDTH = 42
ROWS = 2
# A word with the space before it; where words have no spaces, a sign with its accents and the stop after it.
_PIECES = re.compile(
    rf"\s*(?:[{UNSPACED}][\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e、。,.!?…！？」』]*|[^\s{UNSPACED}]+)"
)


@dataclass(frozen=True)
class Caption:
    """What is shown at once: at most ROWS lines. `start` and `end` are milliseconds."""

    speaker: str
    start: int
    end: int
    rows: tuple[str, ...]


def captions(script: Script) -> list[Caption]:
    """Return a script's captions in order. A long speech has several, each as long as its share of the text."""
    return [caption for cue in timed(script).cues for caption in _captions(cue)]


def to_srt(script: Script) -> str:
    """Return the script's subtitles as SubRip."""
    blocks = []
    for number, caption in enumerate(captions(script), 1):
        # SubRip has no escapes; players take <…> and {…} for markup, and an arrow for the next caption's times.
        rows = [row.translate(_LOOKALIKES) for row in caption.rows]
        times = f"{_clock(caption.start, ',')} --> {_clock(caption.end, ',')}"
        blocks.append("\n".join([str(number), times, *rows]))
    return "\n\n".join(blocks) + "\n"


def to_vtt(script: Script, *, provider: str) -> str:
    """Return the script's subtitles as WebVTT, each with the voice that says it."""
    blocks = ["WEBVTT"]
    blocks += ["NOTE DRAFT: times are reckoned from the words."] if provider == "draft" else []
    for number, caption in enumerate(captions(script), 1):
        times = f"{_clock(caption.start, '.')} --> {_clock(caption.end, '.')}"
        said = "\n".join(_vtt(row) for row in caption.rows)
        blocks.append(f"{number}\n{times}\n<v {_vtt(one_line(caption.speaker))}>{said}</v>")
    return "\n\n".join(blocks) + "\n"


def _captions(cue: Cue) -> Iterator[Caption]:
    rows = _rows(cue.text)
    groups = [tuple(rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]
    weights = [sum(map(len, group)) or 1 for group in groups]
    start, end = round(cue.start * 1000), round(cue.end * 1000)
    said = 0
    begins = start
    for group, weight in zip(groups, weights, strict=True):
        said += weight
        ends = start + round((end - start) * said / sum(weights))
        yield Caption(cue.speaker, begins, ends, group)
        begins = ends


def _rows(text: str) -> list[str]:
    """Break a speech into as few rows of at most WIDTH columns as it needs, and those as even as they can be."""
    pieces = [part for piece in _PIECES.findall(one_line(text)) for part in _chopped(piece)]
    rows = _filled(pieces, WIDTH)
    widths = (width for width in range(WIDTH // 2, WIDTH) if len(_filled(pieces, width)) == len(rows))
    return _filled(pieces, next(widths, WIDTH))


def _filled(pieces: Sequence[str], width: int) -> list[str]:
    rows = [""]
    for piece in pieces:
        longer = rows[-1] + piece
        if rows[-1] and _columns(longer) > width:
            rows.append(piece.lstrip())
        else:
            rows[-1] = longer.lstrip()
    return rows


def _chopped(piece: str) -> Iterator[str]:
    """Cut what is longer than a row and has no space in it."""
    part = ""
    for sign in piece:
        if _columns(part + sign) > WIDTH:
            yield part
            part = ""
        part += sign
    yield part


def _columns(text: str) -> int:
    """Return how many columns a text takes: two for the signs of East Asia and for emoji."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _vtt(text: str) -> str:
    """Return `text` as WebVTT cue text; without > there is no arrow either."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"
