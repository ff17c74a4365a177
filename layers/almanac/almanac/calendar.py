"""Which days are kept in a country around a date, and what they are called."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_skeleton
from holidays import HolidayBase, country_holidays

from almanac.lands import ENGLISH
from studio.domain.culture import Observance

WITHIN = timedelta(days=21)

_NOT_LIVED = {"workday", "bank", "half_day", "school", "government", "armed_forces", "restricted_settlement"}
"""Categories of the calendar that say who works and which office is open, not what people keep."""

_LABELS = ("observed_estimated_label", "estimated_label")


def observances_near(day: date, land: str, locale: Locale) -> list[Observance]:
    """Return the days within three weeks of `day` that are kept in a country, in the locale's language where the
    calendar has it; none for a country that it does not know.
    """
    first = date.fromordinal(max(day.toordinal() - WITHIN.days, date.min.toordinal()))
    last = date.fromordinal(min(day.toordinal() + WITHIN.days, date.max.toordinal()))
    years = range(first.year, last.year + 1)
    named = _calendar(land, years, locale)
    if named is None:
        return []
    there = _calendar(land, years, None)
    place = locale.territories.get(land) or ENGLISH.territories.get(land) or land
    found = []
    for when in sorted(when for when in named if first <= when <= last):
        own = dict(enumerate(_days(there, when))) if there is not None else {}
        for at, (name, estimated) in enumerate(_days(named, when)):
            name_there = own.get(at, ("", False))[0]
            found.append(
                Observance(
                    day=when,
                    written=format_skeleton("MMMMd", when, locale=locale),
                    name=name,
                    name_there=name_there if name_there != name else "",
                    land=place,
                    estimated=estimated,
                )
            )
    return found


def _calendar(land: str, years: range, locale: Locale | None) -> HolidayBase | None:
    """Return a country's calendar in the locale's language, or with None in the land's own."""
    try:
        plain = country_holidays(land, years=[])
    except NotImplementedError:
        return None
    language = plain.default_language
    if locale is not None and plain.supported_languages:
        language = _language(plain.supported_languages, locale) or language
    lived = tuple(category for category in plain.supported_categories if category not in _NOT_LIVED)
    # The language is always said: without it, the package reads the environment. Nor are the days shown to which a
    # weekend moves an office's holiday, for nobody celebrates those.
    return country_holidays(land, years=years, language=language, observed=False, categories=lived)


def _language(supported: tuple[str, ...], locale: Locale) -> str | None:
    """Return the locale's language as a calendar calls it, else English, else None."""
    wanted = [f"{locale.language}_{locale.territory}", locale.language, f"{locale.language}_", "en_US", "en_"]
    for name in wanted:
        for language in supported:
            if language == name or (name.endswith("_") and language.startswith(name)):
                return language
    return None


def _days(calendar: HolidayBase, when: date) -> Iterator[tuple[str, bool]]:
    """Yield the names of a day, and whether the calendar estimated it."""
    for name in calendar.get_list(when):
        for label in _LABELS:
            pattern = getattr(calendar, label, None)
            marked = re.fullmatch(re.escape(calendar.tr(pattern)).replace("%s", "(.+)"), name) if pattern else None
            if marked:
                yield marked[1], True
                break
        else:
            yield name, False
