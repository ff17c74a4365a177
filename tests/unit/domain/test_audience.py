"""Events: what one may say, what it comes to, and how a spreadsheet's rows become some."""

import random
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.domain.audience import AudienceEvent, AudienceStage, EventReported, summary_of
from studio.domain.currency import micros_of_minor
from studio.domain.errors import Invalid
from studio.domain.event_rows import (
    MAX_ROWS,
    BadRow,
    EventRows,
    ImportOptions,
    RowProblem,
    delimiter_of,
    instant_of,
    number_of,
    zone_of,
)

EPISODE = "01JD0000000000000000000000"
AT = "2026-11-25T12:00:00+00:00"


def reported(**changes: Any) -> EventReported:
    return EventReported.model_validate({"stage": "view", "at": AT} | changes)


def an_event(**changes: Any) -> AudienceEvent:
    return AudienceEvent.model_validate({"event_id": "e", "source": "http", "stage": "view", "at": AT} | changes)


def read(text: str, **options: Any) -> tuple[list[AudienceEvent], list[RowProblem], EventRows]:
    lines = text.splitlines(keepends=True)
    rows = EventRows(ImportOptions.model_validate(options), delimiter_of(lines[0]), lambda found: found == EPISODE)
    good: list[AudienceEvent] = []
    bad: list[RowProblem] = []
    for found in rows.read(lines):
        if isinstance(found, AudienceEvent):
            good.append(found)
        else:
            bad.append(found[0])
    return good, bad, rows


# -- one event


@given(st.datetimes(datetime(2006, 1, 1), datetime(2098, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_an_event_is_at_the_same_instant_whatever_the_offset_it_was_told_with(at: datetime, minutes: int) -> None:
    local = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    kept = reported(at=local.isoformat())
    assert kept.at == local
    assert kept.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"at": "2026-11-25T12:00:00"}, "timezone"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "between 2005 and 2100"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "between 2005 and 2100"),
        ({"count": 0}, "greater than or equal to 1"),
        ({"count": -3}, "greater than or equal to 1"),
        ({"visitor": "amina@example.com"}, "mail address"),
        ({"visitor": "x" * 65}, "pattern"),
        ({"visitor": 'a"b'}, "pattern"),
        ({"revenue": 5}, "needs a currency"),
        ({"revenue": -5, "currency": "EUR"}, "only a refund"),
        ({"stage": "refund", "revenue": 5, "currency": "EUR"}, "must be negative"),
        ({"stage": "refund"}, "needs its revenue"),
        ({"revenue": 5, "currency": "DOG"}, "ISO 4217"),
        ({"revenue": 10**16, "currency": "EUR"}, "less than"),
        ({"event_id": "a b"}, "pattern"),
        ({"source": "stripe"}, "Extra inputs"),
    ],
)
def test_an_event_that_cannot_be_is_refused_in_words(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        reported(**changes)


def test_money_of_every_number_of_decimals_is_millionths() -> None:
    assert micros_of_minor(1234, "EUR") == 12_340_000
    assert micros_of_minor(500, "JPY") == 500_000_000
    assert micros_of_minor(5120, "KWD") == 5_120_000
    # These have no decimals, and Stripe tells them with two.
    assert micros_of_minor(500, "ISK") == micros_of_minor(500, "UGX") == 5_000_000


# -- a summary


def test_nothing_comes_to_zero_at_every_stage_and_to_no_revenue() -> None:
    summary = summary_of([], date(2026, 11, 1), date(2026, 11, 2))
    assert summary.stages == dict.fromkeys(AudienceStage, 0)
    assert (summary.events, summary.channels, summary.revenue, summary.paid_unknown) == (0, (), (), 0)


def test_a_summary_counts_per_stage_channel_and_currency_and_says_what_it_does_not_know() -> None:
    events = [
        an_event(channel="youtube", count=40),
        an_event(channel="tiktok", count=2),
        an_event(stage="paid", revenue=10_000_000, currency="EUR", channel="site"),
        an_event(stage="refund", revenue=-12_000_000, currency="EUR", channel="site"),
        an_event(stage="paid", revenue=0, currency="USD", channel="site"),
        an_event(stage="paid", channel="site"),
    ]
    summary = summary_of(events, date(2026, 11, 1), date(2026, 11, 2))
    assert (summary.stages["view"], summary.stages["paid"], summary.stages["refund"]) == (42, 3, 1)
    assert [found.channel for found in summary.channels] == ["youtube", "tiktok", "site"]
    euros, dollars = summary.revenue
    assert (euros.gross, euros.refunded, euros.net) == (10_000_000, -12_000_000, -2_000_000)
    assert (dollars.currency, dollars.net) == ("USD", 0)
    assert summary.paid_unknown == 1


# -- cells


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("12", ".", "12"),
        ("12.5", ",", "12.5"),
        ("12,5", ".", "12.5"),
        ("1.234,56", ".", "1234.56"),
        ("1,234.56", ",", "1234.56"),
        ("1 234,56", ".", "1234.56"),
        ("1\u202f234", ".", "1234"),
        ("1'234.50", ",", "1234.5"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("1.234.567", ".", "1234567"),
        ("-12,50", ",", "-12.5"),
    ],
)
def test_a_number_is_read_with_a_decimal_point_or_comma(text: str, mark: Any, number: str) -> None:
    assert number_of(text, mark) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "12€x", "1.2.3,4,5", "12,34,5", "NaN", "Infinity", "1e5000000", "--1", "1,23.4.5"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadRow, match="cannot be read"):
        number_of(text, ".")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-25T12:00:00Z", "2026-11-25T12:00"),
        ("2026-11-25T12:00:00+05:30", "2026-11-25T06:30"),
        ("2026-11-25 12:00", "2026-11-25T11:00"),
        ("25.11.2026 9:30", "2026-11-25T08:30"),
        ("2026-07-25 12:00", "2026-07-25T10:00"),
        # The hour that comes twice: the first of them.
        ("2026-10-25 02:30", "2026-10-25T00:30"),
        # A day alone stays on its day.
        ("2026-11-25", "2026-11-25T11:00"),
        ("25.11.2026", "2026-11-25T11:00"),
    ],
)
def test_a_time_is_told_in_utc_by_the_zones_own_rules(text: str, told: str) -> None:
    assert instant_of(text, zone_of("Europe/Berlin")).isoformat()[:16] == told


def test_a_time_that_clocks_leave_out_is_refused_and_not_moved() -> None:
    with pytest.raises(BadRow, match=r"2026-03-29 02:30 does not exist in Europe/Berlin"):
        instant_of("2026-03-29 02:30", zone_of("Europe/Berlin"))
    assert instant_of("2026-03-29 02:30", UTC).hour == 2


@given(st.datetimes(datetime(2006, 1, 1), datetime(2037, 1, 1)), st.sampled_from(["Europe/Berlin", "America/New_York"]))
def test_a_local_time_is_either_kept_to_the_minute_or_refused(at: datetime, name: str) -> None:
    zone = zone_of(name)
    try:
        told = instant_of(at.isoformat(), zone)
    except BadRow:
        return
    assert told.astimezone(zone).replace(tzinfo=None, fold=0) == at


@pytest.mark.parametrize("text", ["11/25/2026", "yesterday", "", "2026-13-01", "2026-11-25T25:00"])
def test_a_time_that_could_mean_two_days_or_none_is_refused(text: str) -> None:
    with pytest.raises(BadRow, match="write the time as"):
        instant_of(text, UTC)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd", "", "Europe"])
def test_a_time_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="IANA"):
        ImportOptions(time_zone=name)


# -- files


def test_good_rows_land_and_bad_ones_are_told_by_their_row_and_a_sentence() -> None:
    good, bad, rows = read(
        "at,stage,channel,episode,views,revenue,currency,visitor\n"
        f"{AT},view,YouTube,{EPISODE},40,,,\n"
        f"{AT},bought,youtube,,1,,,\n"
        f"{AT},paid,site,,1,9.99,EUR,v1\n"
        f"{AT},refund,site,,1,9.99,EUR,v1\n"
        "\n"
        f"{AT},view,youtube,,0,,,\n"
        f"{AT},view,youtube,01JD0000000000000000000001,1,,,\n"
        f"{AT},view,youtube,,1.5,,,\n"
        f",view,youtube,,1,,,\n"
        f"{AT},view,youtube,,1,,,amina@example.com\n"
        f"{AT},paid,site,,1,5,,\n"
        f"{AT},view,site,,1,,,v,more\n"
    )
    assert [(event.stage, event.count, event.revenue) for event in good] == [
        ("view", 40, None),
        ("paid", 1, 9_990_000),
    ]
    assert [(one.row, one.problem.partition(":")[0]) for one in bad] == [
        (3, "stage"),
        (5, "a refund's revenue must be negative"),
        (8, "episode_id"),
        (9, "count"),
        (10, "at"),
        (11, "visitor"),
        (12, "revenue needs a currency"),
        (13, "more cells than the header has"),
    ]
    assert (rows.rows, rows.empty) == (11, 1)


def test_a_spreadsheet_with_semicolons_decimal_commas_and_quoted_line_breaks_is_read() -> None:
    good, bad, _ = read(
        'Datum;Was;Betrag;Version\n25.11.2026 10:00;paid;1.234,50;"A\nB"\n25.11.2026 10:00;paid;1,500;"x"\n',
        columns={"at": "datum", "stage": "WAS", "revenue": "Betrag", "variant": "Version"},
        time_zone="Europe/Berlin",
        currency="eur",
    )
    assert bad == []
    assert [(event.revenue, event.currency, event.variant) for event in good] == [
        (1_234_500_000, "EUR", "A B"),
        (1_500_000, "EUR", "x"),
    ]
    assert good[0].at == datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_rows_that_do_not_say_take_the_imports_own_words() -> None:
    [event], [], _ = read("date,views\n2026-11-25,7\n", stage="view", channel="tiktok", episode_id=EPISODE)
    assert (event.stage, event.channel, event.episode_id, event.count) == ("view", "tiktok", EPISODE, 7)


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("when,what\n1,2\n", {}, "No column tells when it happened; the file has “when”, “what”"),
        ("at,what\n1,2\n", {}, "Nothing tells what happened"),
        ("at,stage\n1,2\n", {"columns": {"count": "Views"}}, "There is no column “Views”"),
        ("\n", {}, "no header"),
    ],
)
def test_a_file_without_the_columns_says_which_and_what_it_has(text: str, options: Any, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read(text, **options)


def test_the_same_row_of_two_files_is_the_same_event_and_equal_rows_of_one_file_are_several() -> None:
    row = f"{AT},click\n"
    first, _, _ = read("at,stage\n" + row * 2)
    second, _, _ = read("stage,at\nclick,2026-11-25T13:00:00+01:00\n")
    assert len({event.event_id for event in first}) == 2
    assert second[0].event_id == first[0].event_id


def test_an_id_that_comes_twice_in_a_file_counts_once() -> None:
    good, bad, rows = read(f"id,at,stage\na,{AT},view\na,{AT},view\nb,{AT},view\n")
    assert ([event.event_id for event in good], bad, rows.repeated) == (["a", "b"], [], 1)


def test_a_quotation_mark_that_is_never_closed_costs_its_rows_and_not_the_file() -> None:
    good, bad, _ = read(f'at,stage,variant\n{AT},view,a\n{AT},view,"' + "x" * 140_000 + f"\n{AT},view,b\n")
    assert [event.variant for event in good][:1] == ["a"]
    assert "quotation mark" in bad[0].problem


def test_letters_that_are_no_utf_8_make_a_bad_row() -> None:
    _, [problem], _ = read(f"at,stage,variant\n{AT},view,\ufffdrger\n")
    assert "CSV UTF-8" in problem.problem


def test_a_file_with_too_many_rows_is_refused_as_a_whole() -> None:
    rows = EventRows(ImportOptions(stage=AudienceStage.VIEW), ",", lambda _: True, rows=MAX_ROWS)
    with pytest.raises(Invalid, match="more than 200,000 rows"):
        list(rows.read(["at\n", "2026-11-25\n"]))


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=6))
def test_whatever_is_in_a_row_it_becomes_an_event_or_a_sentence(cells: list[str]) -> None:
    import csv
    import io

    out = io.StringIO(newline="")
    csv.writer(out).writerows([["at", "stage", "count", "revenue", "currency", "variant"], cells])
    rows = EventRows(ImportOptions(), ",", lambda _: False)
    for found in rows.read(io.StringIO(out.getvalue(), newline="")):
        assert isinstance(found, AudienceEvent) or found[0].problem


def test_two_hundred_thousand_rows_with_three_hundred_bad_ones_are_read_in_seconds() -> None:
    chance = random.Random(7)
    bad = set(chance.sample(range(MAX_ROWS), 300))
    lines = (f"2026-11-{1 + n % 28:02}T12:00:00+01:00,{'vew' if n in bad else 'view'},{n}\n" for n in range(MAX_ROWS))
    rows = EventRows(ImportOptions(), ",", lambda _: True)
    good = wrong = 0
    for found in rows.read(line for part in (["at,stage,id\n"], lines) for line in part):
        if isinstance(found, AudienceEvent):
            good += 1
        else:
            wrong += 1
            assert found[0].row - 2 in bad
    assert (good, wrong, rows.rows) == (MAX_ROWS - 300, 300, MAX_ROWS)
