"""When and where an episode is set: its calendar, and what its locale calls things."""

from collections.abc import Iterator
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from almanac.calendar import observances_near
from almanac.lands import ENGLISH, known_locale, lands_of, region_of
from studio.domain.culture import CulturalReference, Observance, Setting

_MOST = 16


def setting_of(community: str, tag: str, air_date: date) -> Setting:
    """Return the calendar and the locale's facts around a day. The same arguments give the same answer.

    community: in words whose lives the show has. tag: its locale, as a BCP 47 tag. An unknown language is written as
    English; an unknown community has no land.
    """
    locale = known_locale(tag) or ENGLISH
    region = region_of(tag)
    origins = lands_of(community, tag)
    lands = tuple(dict.fromkeys([*([region] if region else []), *origins]))
    near: list[Observance] = [day for land in lands for day in observances_near(air_date, land, locale)]
    nearest = sorted(near, key=lambda day: abs(day.day - air_date))[:_MOST]
    return Setting(
        locale=tag,
        lands=tuple(_name(land, locale) for land in lands),
        air_date=air_date,
        observances=tuple(sorted(nearest, key=lambda day: (day.day, day.land, day.name))),
        facts=tuple(_facts(locale, region, origins, air_date)),
    )


def _facts(locale: Locale, region: str | None, origins: tuple[str, ...], air_date: date) -> Iterator[CulturalReference]:
    """Yield what the locale data says and nobody needs to look up to use, the most particular first; at least three."""
    for land in origins:
        named = _own_name(land)
        if named and named[0] not in {_name(land, locale), _name(land, ENGLISH)}:
            yield _fact(f"“{named[0]}”: {_name(land, ENGLISH)} in {named[1]}", "So the country is called at home.")
    language = ENGLISH.languages.get(locale.language) or locale.language
    if locale.language != "en" and (itself := locale.languages.get(locale.language)):
        yield _fact(f"“{itself}”: {language} in its own words", "The show is told in it.")
    today = f"{format_date(air_date, 'long', locale=locale)}, a date written in {language}"
    yield _fact(today, "A date on a letter or a phone reads so.")
    for code in get_territory_currencies(region, air_date, air_date)[:1] if region else []:
        money = locale.currencies.get(code) or code
        yield _fact(f"{money} ({code}), the money of the place", "Prices are said in it.")
    weekday = format_date(air_date, "EEEE", locale=locale)
    yield _fact(f"{weekday}, the day of the week on which it airs", "People say which day it is.")
    month = format_date(air_date, "LLLL", locale=locale)
    yield _fact(f"{month}, the month in which it airs", "Weather, light and clothes go with it.")


def _own_name(land: str) -> tuple[str, str] | None:
    """Return what a country is called in the first of its languages that CLDR has, and which language that is."""
    for code in get_official_languages(land, de_facto=True):
        locale = known_locale(code)
        if locale is not None and (own := locale.territories.get(land)):
            return own, ENGLISH.languages.get(code) or code
    return None


def _name(land: str, locale: Locale) -> str:
    return locale.territories.get(land) or ENGLISH.territories.get(land) or land


def _fact(what: str, why: str) -> CulturalReference:
    return CulturalReference(what=what, why=why)
