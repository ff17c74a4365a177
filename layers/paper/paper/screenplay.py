"""The screenplay as PDF, laid out as the American film industry lays it out.

US Letter, 12 point Courier, six lines to the inch: so a page is about a minute. Action begins 1.5 inches from the
left, dialogue 2.5, parentheticals 3.1, names 3.7. Text may be in any script: letters that Courier lacks come from other
fonts (`paper.fonts`), Arabic and Hebrew run from right to left.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from paper import fonts
from studio.domain.screenplay import DRAFT_NOTE, author, cue_of, shortened
from studio.domain.script import Line, Scene, Script
from studio.exports.wording import one_line, paragraphs

LINES_PER_PAGE = 54
"""Nine inches between margins of one inch, six lines to the inch."""

_INCH = 72.0
_POINTS = 12.0
_TOP = _INCH
_PROMPT_ROWS = 10
_KEPT = 2
"""Fewer lines than these of one paragraph never stand alone on a page."""


@dataclass(frozen=True)
class _Column:
    """A column of the page: where it begins, and how wide it is, in points."""

    left: float
    width: float


class _Columns(Enum):
    ACTION = _Column(1.5 * _INCH, 6.0 * _INCH)
    DIALOGUE = _Column(2.5 * _INCH, 3.5 * _INCH)
    PARENTHETICAL = _Column(3.1 * _INCH, 2.4 * _INCH)
    NAME = _Column(3.7 * _INCH, 3.8 * _INCH)
    NUMBER_LEFT = _Column(0.75 * _INCH, 0.6 * _INCH)
    NUMBER_RIGHT = _Column(7.5 * _INCH, 0.4 * _INCH)


@dataclass(frozen=True)
class _Row:
    """A line on the page. `number` stands in both margins beside it."""

    text: str
    column: _Column
    right_to_left: bool = False
    number: str = ""
    align: str = "L"


@dataclass(frozen=True)
class _Block:
    """Rows that belong together, with `above` empty lines over them.

    The first `head` rows stay with what follows them. A heading (`stays`) stays with the next block. `speaker` is who
    goes on when a speech breaks over a page.
    """

    rows: tuple[_Row, ...]
    above: int = 1
    head: int = 0
    stays: bool = False
    speaker: str = ""


def to_pdf(script: Script, *, provider: str, prompt: str, day: date = date(2000, 1, 1)) -> bytes:
    """Return the screenplay as PDF; the same arguments give the same bytes.

    provider: who wrote it ("draft", "gemini" …); a draft says so on every page. prompt: what the creator asked for,
    left out where empty. day: the document's date.
    """
    sheet = _Sheet(script, provider, prompt, day)
    sheet.title_page(script, provider, prompt)
    pages = list(_pages(list(sheet.blocks(script))))
    for number, rows in enumerate(pages, 1):
        sheet.page(number, rows, draft=provider == "draft")
    return sheet.finished()


class _Sheet:
    """The paper: the one place that knows the PDF library."""

    def __init__(self, script: Script, provider: str, prompt: str, day: date) -> None:
        self._pdf = pdf = FPDF(unit="pt", format="Letter")
        pdf.set_creation_date(datetime.combine(day, time(), UTC))
        pdf.set_title(one_line(script.title))
        pdf.set_author(author(provider))
        pdf.set_subject(shortened(prompt, 60))
        pdf.set_creator("Episode Studio")
        pdf.set_auto_page_break(False)
        pdf.set_margins(0, 0, 0)
        pdf.c_margin = 0
        used = fonts.needed([fonts.shown(text) for text in (*_texts(script), prompt)])
        for name in used:
            pdf.add_font(name, "", fonts.path(name))
        pdf.set_fallback_fonts(used[1:], exact_match=False)
        pdf.set_font(used[0], size=_POINTS)

    def finished(self) -> bytes:
        """Return the file."""
        return bytes(self._pdf.output())

    def title_page(self, script: Script, provider: str, prompt: str) -> None:
        """Add the title page: the title a third down, who wrote it, and below what it was written from."""
        self._pdf.add_page()
        middle = _Column(1.5 * _INCH, 5.5 * _INCH)
        at = 18
        for text in (script.title.upper(), "", "Written by", "", author(provider)):
            for row in self._wrapped(text, middle, align="C"):
                self._put(row, at)
                at += 1
        told = f"From the prompt: {shortened(prompt, 60)}" if prompt else ""
        foot = self._wrapped(told, _Columns.ACTION.value)[:_PROMPT_ROWS] if told else []
        if provider == "draft":
            foot += [_Row("", middle), *self._wrapped(DRAFT_NOTE, _Columns.ACTION.value)]
        for place, row in enumerate(foot, max(at + 2, LINES_PER_PAGE - len(foot))):
            self._put(row, place)

    def page(self, number: int, rows: Sequence[_Row], *, draft: bool) -> None:
        """Add a page of the script. The first has no number, as is the custom."""
        self._pdf.add_page()
        if number > 1:
            self._put(_Row(f"{number}.", _Columns.ACTION.value, align="R"), -3)
        if draft:
            self._put(_Row("DRAFT", _Columns.ACTION.value), -3)
        for at, row in enumerate(rows):
            self._put(row, at)

    def blocks(self, script: Script) -> Iterator[_Block]:
        """Yield the script's paragraphs and speeches."""
        for scene in script.scenes:
            yield from self._scene(scene)
        if script.open_question:
            yield from self._action(script.open_question)
            yield _Block((_Row("TO BE CONTINUED", _Columns.ACTION.value, align="R"),))

    def _scene(self, scene: Scene) -> Iterator[_Block]:
        first, *others = self._wrapped(scene.heading.upper(), _Columns.ACTION.value)
        yield _Block((replace(first, number=str(scene.number)), *others), above=2, stays=True)
        yield from self._action(scene.action)
        for line in scene.lines:
            yield self._speech(line)

    def _action(self, text: str) -> Iterator[_Block]:
        for paragraph in paragraphs(text):
            yield _Block(tuple(self._wrapped(paragraph, _Columns.ACTION.value)))

    def _speech(self, line: Line) -> _Block:
        extension, direction = cue_of(line)
        name = line.speaker.upper()
        head = self._wrapped(f"{name} ({extension})" if extension else name, _Columns.NAME.value)
        if direction:
            head += self._wrapped(f"({direction})", _Columns.PARENTHETICAL.value)
        said = [row for text in paragraphs(line.text) for row in self._wrapped(text, _Columns.DIALOGUE.value)]
        return _Block((*head, *said), head=len(head), speaker=name)

    def _wrapped(self, text: str, column: _Column, align: str = "L") -> list[_Row]:
        """Break a text into the rows it takes in a column. A text from right to left begins at the column's right."""
        shown = fonts.shown(one_line(text))
        if not shown.strip():
            return [_Row("", column)]
        back = _runs_back(shown)
        self._turn(back)
        found = self._pdf.multi_cell(column.width, _POINTS, shown, dry_run=True, output=MethodReturnValue.LINES)
        side = "R" if back and align == "L" else align
        return [_Row(row, column, right_to_left=back, align=side) for row in cast("list[str]", found)]

    def _put(self, row: _Row, at: int) -> None:
        if not row.text:
            return
        self._turn(row.right_to_left)
        self._cell(row.text, row.column, at, row.align)
        if row.number:
            self._turn(False)
            self._cell(row.number, _Columns.NUMBER_LEFT.value, at, "L")
            self._cell(row.number, _Columns.NUMBER_RIGHT.value, at, "R")

    def _cell(self, text: str, column: _Column, at: int, align: str) -> None:
        self._pdf.set_xy(column.left, _TOP + at * _POINTS)
        self._pdf.cell(column.width, _POINTS, text, align=align)

    def _turn(self, back: bool) -> None:
        self._pdf.set_text_shaping(direction="rtl" if back else "ltr")


def _texts(script: Script) -> Iterator[str]:
    yield from (script.title, script.title.upper(), script.open_question)
    for scene in script.scenes:
        yield from (scene.heading, scene.heading.upper(), scene.action)
        for line in scene.lines:
            yield from (line.speaker, line.speaker.upper(), line.direction, line.text)


def _runs_back(text: str) -> bool:
    """Whether a text runs from right to left, as its first letter that has a direction does (UAX #9, P2 and P3)."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _pages(blocks: Sequence[_Block]) -> Iterator[list[_Row]]:
    """Lay blocks out on pages.

    A heading never ends a page. A speech that breaks leaves two lines at least on either side, says (MORE), and goes on
    under the name and (CONT'D).
    """
    page: list[_Row] = []
    for place, block in enumerate(blocks):
        wanted = _least(blocks[place:])
        rest: _Block | None = block
        while rest is not None:
            gap = rest.above if page else 0
            free = LINES_PER_PAGE - len(page) - gap
            fits = len(rest.rows) <= free
            if fits and (wanted <= free or not page):
                page += [_BLANK] * gap
                page += rest.rows
                rest = None
                continue
            here, after = (None, rest) if rest.stays or fits else _broken(rest, free)
            if here is not None:
                page += [_BLANK] * gap
                page += here
            yield page
            page, rest = [], after
            wanted = _least([rest])
    if page:
        yield page


_BLANK = _Row("", _Columns.ACTION.value)


def _least(blocks: Iterable[_Block]) -> int:
    """Return how many lines must be free for the first block to begin here: with what it must not be parted from."""
    lines = 0
    for block in blocks:
        lines += block.above if lines else 0
        if not block.stays:
            return lines + min(len(block.rows), block.head + _KEPT)
        lines += len(block.rows)
    return lines


def _broken(block: _Block, free: int) -> tuple[tuple[_Row, ...] | None, _Block]:
    """Break a block that is too long for the `free` lines. Without a place to break, nothing stays here."""
    room = free - 1 if block.speaker else free
    cut = min(room, len(block.rows) - _KEPT)
    if cut < block.head + _KEPT:
        return None, block
    here, there = block.rows[:cut], block.rows[cut:]
    if not block.speaker:
        return here, replace(block, rows=there)
    name = _Columns.NAME.value
    again = replace(block.rows[0], text=f"{fonts.shown(one_line(block.speaker))} (CONT'D)", number="")
    return (*here, _Row("(MORE)", name)), replace(block, rows=(again, *there), head=1)
