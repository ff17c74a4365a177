"""A spreadsheet of events: rows become events, or a sentence about what is wrong with them."""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator

from studio.domain.audience import AudienceChannel, AudienceEvent, AudienceStage, EventSource
from studio.domain.base import Id, Instant, Phrase, Value
from studio.domain.currency import Currency
from studio.domain.errors import Invalid

MAX_ROWS = 200_000
SHOWN_PROBLEMS = 50
MAX_SENTENCE = 240

Column = Literal[
    "event_id", "stage", "at", "episode_id", "channel", "variant", "link", "visitor", "count", "revenue", "currency"
]

_ALSO_CALLED: dict[Column, tuple[str, ...]] = {
    "event_id": ("id",),
    "stage": ("event", "event_type", "type"),
    "at": ("time", "timestamp", "datetime", "date", "day", "occurred_at", "created_at"),
    "episode_id": ("episode",),
    "channel": ("platform", "network"),
    "link": ("code", "link_code"),
    "visitor": ("visitor_id", "user_id", "client_id"),
    "count": ("views", "quantity"),
    "revenue": ("amount", "value", "total"),
}

_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(.+))?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,20}\.\d{0,20}|\.\d{1,20})")
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,])\d{3}")
_BLANKS = str.maketrans("", "", " \u00a0\u202f'’")

type DecimalMark = Literal[".", ","]


class ImportOptions(Value):
    """How to read a spreadsheet of events.

    columns: which header holds what, where the headers are not our own names. time_zone: IANA name for times without
    an offset; UTC where left out. stage, channel, episode_id, currency: for rows that do not say. decimal_mark: for
    numbers like 1,234 that can be read two ways; a comma where left out and columns are divided by semicolons.
    """

    columns: dict[Column, Phrase] = Field(default_factory=dict)
    time_zone: str | None = Field(default=None, max_length=64)
    stage: AudienceStage | None = None
    channel: AudienceChannel = AudienceChannel.OTHER
    episode_id: Id | None = None
    currency: Currency | None = None
    decimal_mark: DecimalMark | None = None

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str | None) -> str | None:
        if name is not None:
            zone_of(name)
        return name


class RowProblem(Value):
    """What is wrong with a row. `row` is as a spreadsheet numbers it: the header is 1."""

    row: int
    problem: str


class EventImport(Value):
    """One spreadsheet on its way in.

    rows: how many were read; each was `taken`, is a `repeated` event of the same file, was `empty` (a count of zero)
    or was `rejected`. problems: the first of the rejected. same_as: the import that brought this very file before.
    """

    import_id: Id
    attachment_id: Id
    name: str
    options: ImportOptions
    status: Literal["queued", "running", "done", "failed"] = "queued"
    rows: int = 0
    taken: int = 0
    repeated: int = 0
    empty: int = 0
    rejected: int = 0
    problems: tuple[RowProblem, ...] = ()
    same_as: Id | None = None
    error: str = ""
    progress: float = Field(default=0.0, ge=0, le=1)
    created_at: Instant
    finished_at: Instant | None = None

    @model_validator(mode="after")
    def _shows_only_the_first(self) -> Self:
        if len(self.problems) > SHOWN_PROBLEMS:
            raise ValueError(f"shows at most {SHOWN_PROBLEMS} problems")
        return self


class BadRow(Exception):
    """A row that cannot be an event; `str()` is the sentence to show."""


def zone_of(name: str | None) -> tzinfo:
    """Return a time zone by its IANA name, UTC for None. Raises ValueError; the database is data, like a calendar."""
    if name is None:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("must be a time zone such as Europe/Berlin (IANA)") from error


def instant_of(text: str, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, that a cell tells. Raises BadRow.

    ISO 8601 or `30.11.2026 14:00`. Without an offset it is a local time in `zone`: of an hour that comes twice when
    clocks go back, the first; one that is left out when they go forward is no time and is refused. A day without a
    time is taken at noon, so that it stays on its day in UTC.
    """
    try:
        if (found := _DAY_FIRST.fullmatch(text)) is not None:
            day, month, year, rest = found.groups()
            text = f"{year}-{month:0>2}-{day:0>2}" + (f" {rest:0>5}" if rest else "")
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRow("at: write the time as 2026-11-30T14:00:00+01:00") from error
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    if len(text) <= 10 and ":" not in text:
        at = datetime.combine(at.date(), time(12))
    told = at.replace(tzinfo=zone).astimezone(UTC)
    if told.astimezone(zone).replace(tzinfo=None) != at:
        raise BadRow(f"at: {at:%Y-%m-%d %H:%M} does not exist in {zone}: clocks went forward; write it with an offset")
    return told


def number_of(text: str, mark: DecimalMark) -> Decimal:
    """Return the number that a cell tells, whether it has a decimal point or comma. Raises BadRow.

    Where both are in it, the last is the decimal mark. One alone, before exactly three digits, could be either:
    `mark` decides.
    """
    if text.isascii() and text.isdigit() and len(text) <= 20:
        return Decimal(text)
    plain = text.translate(_BLANKS)
    point, comma = plain.rfind("."), plain.rfind(",")
    if point >= 0 and comma >= 0:
        decimal = "." if point > comma else ","
    elif plain.count(",") > 1 or plain.count(".") > 1:
        decimal = "." if comma >= 0 else ","
    elif _GROUPED.fullmatch(plain):
        decimal = mark
    else:
        decimal = "," if comma >= 0 else "."
    grouping = "," if decimal == "." else "."
    whole, _, rest = plain.partition(decimal)
    groups = whole.lstrip("+-").split(grouping)
    number = whole.replace(grouping, "") + "." + rest
    if any(len(group) != 3 for group in groups[1:]) or not _NUMBER.fullmatch(number):
        raise BadRow("a number cannot be read: write it like 1234.56")
    return Decimal(number)


def delimiter_of(header: str) -> str:
    """Return what divides the columns of a header line."""
    return max((",", ";", "\t"), key=header.count)


@dataclass
class EventRows:
    """Turns a spreadsheet's rows, header first, into events.

    is_episode: whether an id is one of the owner's episodes. `rows`, `empty` and `repeated` count as `read` goes
    along; so does `place`, the row it is at.
    """

    options: ImportOptions
    delimiter: str
    is_episode: Callable[[str], bool]
    rows: int = 0
    empty: int = 0
    repeated: int = 0
    place: int = 1
    _at: dict[Column, int] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _same: Counter[bytes] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._zone = zone_of(self.options.time_zone)
        self._mark: DecimalMark = self.options.decimal_mark or ("," if self.delimiter == ";" else ".")

    def read(self, lines: Iterable[str]) -> Iterator[AudienceEvent | tuple[RowProblem, list[str]]]:
        """Yield each row's event, or its problem and its cells. Raises Invalid where the columns are not there."""
        reader = csv.reader(lines, delimiter=self.delimiter)
        header = next(reader, [])
        self._at = _columns(header, self.options)
        while True:
            cells: list[str] = []
            try:
                cells = next(reader)
                if not any(cells):
                    self.place += 1
                    continue
                self.place += 1
                self.rows += 1
                if self.rows > MAX_ROWS:
                    raise Invalid(f"The file has more than {MAX_ROWS:,} rows. Split it and import the parts.")
                if len(cells) > len(header):
                    raise BadRow("more cells than the header has")
                event = self._event(cells)
            except StopIteration:
                return
            except csv.Error:
                self.place += 1
                self.rows += 1
                yield self._problem("a quotation mark is opened and not closed, or a cell is far too long"), cells
            except ValidationError as error:
                yield self._problem(_sentence(error)), cells
            except BadRow as error:
                yield self._problem(str(error)), cells
            else:
                if event is not None:
                    yield event

    def _problem(self, sentence: str) -> RowProblem:
        return RowProblem(row=self.place, problem=sentence[:MAX_SENTENCE])

    def _event(self, cells: list[str]) -> AudienceEvent | None:
        """Return a row's event; None for one that did not happen, or that the file has told already."""
        told = {name: text for name, at in self._at.items() if at < len(cells) and (text := cells[at].strip())}
        if "\ufffd" in "".join(cells):
            raise BadRow("it has letters that are not UTF-8: save the file as “CSV UTF-8”")
        options = self.options
        if "at" not in told:
            raise BadRow("at: the time is missing")
        count = number_of(told["count"], self._mark) if "count" in told else Decimal(1)
        if count == 0:
            self.empty += 1
            return None
        if count != count.to_integral_value():
            raise BadRow("count: must be a whole number")
        revenue = _micros(number_of(told["revenue"], self._mark)) if "revenue" in told else None
        values = {
            "stage": told["stage"].casefold() if "stage" in told else options.stage,
            "at": instant_of(told["at"], self._zone),
            "episode_id": told.get("episode_id", options.episode_id),
            "channel": told["channel"].casefold() if "channel" in told else options.channel,
            "variant": told.get("variant"),
            "link": told.get("link"),
            "visitor": told.get("visitor"),
            "count": int(count),
            "revenue": revenue,
            "currency": None if revenue is None else told.get("currency", options.currency),
        }
        if values["stage"] is None:
            raise BadRow("stage: missing: view, click, lead, checkout, paid or refund")
        event_id = told.get("event_id") or self._made_id(values)
        if event_id in self._known:
            self.repeated += 1
            return None
        event = AudienceEvent.model_validate({"event_id": event_id, "source": EventSource.CSV, **values})
        if event.episode_id is not None and not self.is_episode(event.episode_id):
            raise BadRow("episode_id: there is no such episode")
        self._known.add(event_id)
        return event

    def _made_id(self, values: Mapping[str, object]) -> str:
        """Return an id by what a row says, the same in any file, and another for each equal row of one file."""
        text = "\x1f".join(map(str, values.values()))
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self._same[digest] += 1
        return f"csv:{digest.hex()}:{self._same[digest]}"


def _columns(header: list[str], options: ImportOptions) -> dict[Column, int]:
    """Return where each column is. Raises Invalid for one that is named and not there, or needed and not there."""
    here = {_plain(name): at for at, name in reversed(list(enumerate(header)))}
    found: dict[Column, int] = {}
    for column in get_args(Column):
        named = options.columns.get(column)
        if named is not None and _plain(named) not in here:
            raise Invalid(f"There is no column “{named}” in the file; it has {_told(header)}.")
        names = (column, *_ALSO_CALLED.get(column, ())) if named is None else (named,)
        place = next((here[_plain(name)] for name in names if _plain(name) in here), None)
        if place is not None:
            found[column] = place
    if "at" not in found:
        raise Invalid(f"No column tells when it happened; the file has {_told(header)}. Name it: columns.at.")
    if "stage" not in found and options.stage is None:
        raise Invalid(f"Nothing tells what happened; the file has {_told(header)}. Name columns.stage, or give stage.")
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _told(header: list[str]) -> str:
    names = [name.strip()[:40] for name in header if name.strip()][:12]
    return ", ".join(f"“{name}”" for name in names) or "no header"


def _micros(amount: Decimal) -> int:
    return int((amount * 1_000_000).to_integral_value(rounding=ROUND_HALF_EVEN))


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    said = str(first["msg"]).removeprefix("Value error, ")
    return f"{place}: {said}" if place else said
