"""The almanac: which days are near, whose they are, and what they are called."""

from datetime import date, timedelta

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from almanac import setting_of
from almanac.calendar import observances_near
from almanac.lands import ENGLISH, _phrases, lands_of, region_of
from studio.domain import project
from studio.domain.culture import FEWEST, MOST, PlanAnswer, plain_references, plan_problems

SOMALIS = "Somalis in Minneapolis"


def test_a_diaspora_has_the_calendar_of_where_it_lives_and_of_where_it_comes_from() -> None:
    setting = setting_of(SOMALIS, "en-US", date(2026, 3, 10))
    assert setting.lands == ("United States", "Somalia")
    said = {(day.name, day.land, day.day.isoformat()) for day in setting.observances}
    assert said == {
        ("Saint Patrick's Day", "United States", "2026-03-17"),
        ("Eid al-Fitr", "Somalia", "2026-03-20"),
    }


def test_a_day_that_waits_for_the_moon_is_said_to_be_estimated_and_one_that_is_counted_is_not() -> None:
    days = {day.name: day for day in setting_of(SOMALIS, "en-US", date(2026, 3, 10)).observances}
    eid = days["Eid al-Fitr"]
    assert (eid.estimated, eid.name_there, eid.written) == (True, "Ciidul Fitri", "March 20")
    assert not days["Saint Patrick's Day"].estimated
    told = plain_references(setting_of(SOMALIS, "en-US", date(2026, 3, 10)))
    assert any("about March 20" in reference.what and "estimated" in reference.why for reference in told)
    # A moon that has been seen is no estimate any more.
    [seen] = [d for d in observances_near(date(2024, 4, 10), "SA", ENGLISH) if d.name.startswith("Eid al-Fitr")][:1]
    assert not seen.estimated


def test_three_weeks_count_on_both_sides_of_the_day_and_of_the_year() -> None:
    german = Locale("de", "DE")
    found = observances_near(date(2026, 12, 28), "DE", german)
    assert [(d.day.isoformat(), d.written, d.name) for d in found] == [
        ("2026-12-25", "25. Dezember", "Erster Weihnachtstag"),
        ("2026-12-26", "26. Dezember", "Zweiter Weihnachtstag"),
        ("2027-01-01", "1. Januar", "Neujahr"),
    ]
    new_year = date(2027, 1, 1)
    for days, there in ((21, True), (22, False)):
        for day in (new_year - timedelta(days), new_year + timedelta(days)):
            assert any(d.day == new_year for d in observances_near(day, "DE", german)) is there


def test_a_day_is_named_in_the_shows_language_where_the_calendar_has_it_and_else_in_english() -> None:
    names = {tag: setting_of("", tag, date(2027, 1, 1)).observances for tag in ("so-SO", "en-SO", "fi-SO")}
    found = {tag: next(d for d in days if d.day == date(2027, 1, 1)) for tag, days in names.items()}
    assert (found["so-SO"].name, found["so-SO"].name_there) == ("Maalinta Sannadka Cusub", "")
    assert (found["en-SO"].name, found["en-SO"].name_there) == ("New Year's Day", "Maalinta Sannadka Cusub")
    assert found["fi-SO"].name == "New Year's Day"
    assert found["fi-SO"].written == "1. tammikuuta"


def test_the_machine_s_own_language_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = setting_of(SOMALIS, "en-US", date(2026, 3, 10))
    monkeypatch.setenv("LANGUAGE", "so")
    monkeypatch.setenv("LANG", "ar_EG.UTF-8")
    assert setting_of(SOMALIS, "en-US", date(2026, 3, 10)) == before


@pytest.mark.parametrize(
    ("community", "tag"), [("Martians", "en"), ("Martians", "xx"), ("", "es-419"), ("", "qq-ZZ"), ("", "en-AC")]
)
def test_what_is_not_known_has_no_calendar_and_is_not_guessed(community: str, tag: str) -> None:
    setting = setting_of(community, tag, date(2026, 12, 24))
    assert setting.observances == ()
    assert len(setting.facts) >= FEWEST


@pytest.mark.parametrize(
    ("community", "lands"),
    [
        (SOMALIS, ("SO",)),
        ("Somali Canadians from Kenya", ("SO", "CA", "KE")),
        ("young people in Côte d'Ivoire", ("CI",)),
        ("West Indians in London", ()),
        ("New Mexicans in New Mexico", ()),
        ("Papua New Guinea's Highlanders", ("PG",)),
        ("South Sudanese families", ("SS",)),
        ("families in New Jersey and Georgia", ()),
        ("Bosnia and Herzegovina", ("BA",)),
        ("Minneapolis", ()),
        ("ソマリ人", ()),
        ("", ()),
    ],
)
def test_a_community_s_lands_are_those_that_its_name_says(community: str, lands: tuple[str, ...]) -> None:
    assert lands_of(community, "en-US") == lands


def test_lands_may_be_named_in_the_show_s_own_language() -> None:
    assert lands_of("Menschen aus der Türkei", "de-DE") == ("TR",)
    assert lands_of("عائلة من الصومال", "ar") == ("SO",)


def test_every_land_in_the_list_is_one() -> None:
    assert {land for lands in _phrases("en").values() for land in lands} <= set(ENGLISH.territories)
    assert region_of("es-419") is None
    assert region_of("zh-Hant-TW") == "TW"


locales = st.sampled_from(["en", "en-US", "so-SO", "ar", "zh-Hant-TW", "yue-HK", "es-419", "sr-Latn", "tlh", "xx-YY"])
communities = st.one_of(st.text(max_size=40), st.sampled_from([SOMALIS, "Tamils in Toronto", "Koreans", "Kenya"]))


@settings(max_examples=8)
@given(communities, locales, st.dates())
def test_whatever_is_asked_there_are_references_that_keep_the_rules(community: str, tag: str, day: date) -> None:
    TypeAdapter(project.Locale).validate_python(tag)
    setting = setting_of(community, tag, day)
    assert setting == setting_of(community, tag, day)
    assert all(abs(observance.day - day) <= timedelta(21) for observance in setting.observances)
    offered = plain_references(setting)
    assert FEWEST <= len(offered) <= MOST
    assert plan_problems(PlanAnswer(references=offered), setting, ["Hodan Warsame"]) == []
    assert {reference.source for reference in offered} == {"to be checked"}
