"""The shot list as CSV (RFC 4180), for spreadsheets and scheduling programs."""

import csv
import io
import re

from studio.domain.screenplay import BEATS
from studio.domain.script import ClipDescription, Script
from studio.exports.timing import timed
from studio.exports.wording import one_line

COLUMNS = (
    "number", "scene", "heading", "beat", "lines", "description", "people", "size", "angle", "lens", "move", "start",
    "end",
)  # fmt: skip

# At the start of a cell, and after a semicolon too: half of Europe's spreadsheets take that for the next cell.
_RUN_BY_SPREADSHEETS = re.compile(r"(^|;\s*)(?=[-=+@＝＋－＠])")
_SKIPPED_BY_SPREADSHEETS = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

_MARK = "\ufeff"
"""The byte order mark: without it Excel reads a file as of the last century's code page."""


def to_csv(script: Script) -> str:
    """Return the shot list, one row per clip in the clips' order.

    It begins with a byte order mark. `lens` is the focal length in millimetres; `start` and `end` are seconds on the
    script's timeline.
    """
    out = io.StringIO(_MARK)
    out.seek(0, io.SEEK_END)
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    timing = timed(script)
    for clip in script.clips:
        spot = timing.spot(clip.number)
        heading, beat = _place(script, clip)
        words = (
            str(clip.number), str(clip.scene), heading, beat, " ".join(map(str, clip.lines)), clip.description,
            "; ".join(clip.people), _words(clip.size), _words(clip.angle), str(clip.lens_mm), _words(clip.move),
            f"{spot.start:.2f}", f"{spot.end:.2f}",
        )  # fmt: skip
        rows.writerow(map(_cell, words))
    return out.getvalue()


def _place(script: Script, clip: ClipDescription) -> tuple[str, str]:
    try:
        scene = script.scene(clip.scene)
    except KeyError:
        return "", ""
    return scene.heading, BEATS[scene.beat]


def _words(value: str) -> str:
    return str(value).replace("_", " ")


def _cell(text: str) -> str:
    """Return one line that no spreadsheet runs as a formula: an apostrophe stands in front, as OWASP advises."""
    return _RUN_BY_SPREADSHEETS.sub(r"\1'", one_line(text.strip(_SKIPPED_BY_SPREADSHEETS)))
