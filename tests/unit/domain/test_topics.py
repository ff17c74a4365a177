"""Topics: the same one in several places is told once, whatever its case, script form and order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.craft import topic_words
from studio.domain.topics import Evidence, Sighting, Source, is_sensitive, key_of, merged, region_of, told_by

WORDS = topic_words()
G, Y, R = Source.GOOGLE_TRENDS, Source.YOUTUBE, Source.REDDIT


def sighting(source: Source, title: str, where: str = "US", place: int = 1, *headlines: str) -> Sighting:
    links = tuple(Evidence(source=source, title=h, url=f"https://news.example/{n}") for n, h in enumerate(headlines))
    return Sighting(source=source, where=where, title=title, place=place, among=10, links=links)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Beyoncé", "BEYONCE\u0301"),
        ("ＧＴＡ ６", "gta 6!"),
        ("Taylor Swift", "Swift, Taylor"),
        ("İstanbul", "istanbul"),
        ("حفلة", "حـفـلة"),
        ("The Sourdough Finale", "sourdough finale (Official Video)"),
        ("Don’t look", "dont look"),
        ("家\u200d族", "家族"),
    ],
)
def test_a_topic_is_known_by_its_words_alone(one: str, other: str) -> None:
    assert key_of(told_by(one, WORDS)) == key_of(told_by(other, WORDS)) != ""


@pytest.mark.parametrize(("one", "other"), [("कम", "काम"), ("ส้ม", "สม"), ("GTA 5", "GTA 6"), ("C++", "D++")])
def test_what_differs_in_a_vowel_or_a_digit_is_another_topic(one: str, other: str) -> None:
    assert key_of(told_by(one, WORDS)) != key_of(told_by(other, WORDS))


def test_a_title_of_stop_words_keeps_them_and_one_without_letters_is_none() -> None:
    assert key_of(told_by("The Who", WORDS)) == "the who"
    assert key_of(told_by("!!! 🎉", WORDS)) == ""
    assert merged([sighting(G, "🎉")], WORDS) == []


def test_one_topic_in_three_sources_is_told_once_under_what_people_search_for() -> None:
    seen = [
        sighting(Y, "SOURDOUGH FINALE | Who rose and who fell | Official Trailer"),
        sighting(R, "Sourdough finale", "r/television"),
        sighting(G, "sourdough finale"),
        sighting(G, "something else"),
    ]
    topics = merged(seen, WORDS)
    assert [(t.title, len(t.sightings)) for t in topics] == [("something else", 1), ("sourdough finale", 3)]
    assert [s.source for s in topics[1].sightings] == [G, Y, R]


def test_a_hashtag_is_its_words() -> None:
    assert len(merged([sighting(G, "sourdough finale"), sighting(R, "#SourdoughFinale", "r/all")], WORDS)) == 1


def test_one_list_tells_its_own_topics_apart() -> None:
    assert len(merged([sighting(G, "new york"), sighting(G, "new york marathon", "US", 2)], WORDS)) == 2


def test_one_common_word_makes_no_topic() -> None:
    seen = [sighting(G, "bake"), sighting(Y, "Bake a cake with the champions of last year")]
    assert len(merged(seen, WORDS)) == 2


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_sources_answer_changes_nothing(chance: random.Random) -> None:
    seen = [
        sighting(source, title, where, place)
        for source, where in ((G, "US"), (G, "DE"), (Y, "US"), (R, "r/popular"))
        for place, title in enumerate(("sourdough finale", "Finale: sourdough rises", "厨房里的秘密", "cake war"), 1)
    ]
    shuffled = list(seen)
    chance.shuffle(shuffled)
    assert merged(shuffled, WORDS) == merged(seen, WORDS)


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_titles_make_topics_each_of_them_in_one(titles: list[str]) -> None:
    seen = [sighting(G, title, "US", place) for place, title in enumerate(titles, 1)]
    told = [s for topic in merged(seen, WORDS) for s in topic.sightings]
    assert sorted(s.place for s in told) == [s.place for s in seen if key_of(told_by(s.title, WORDS))]


@pytest.mark.parametrize(
    "title",
    [
        "Actor passes away at 82",
        "Mass SHOOTING downtown",
        "Terremoto en Lima",
        "fallece actriz",
        "وفاة الفنان",
        "Погибшие в аварии",
        "著名演员去世",
        "俳優が死去",
        "geeriyooday fanaanka",
        "Decès d’un acteur",
    ],
)
def test_news_of_death_and_violence_is_known(title: str) -> None:
    assert is_sensitive(merged([sighting(G, title)], WORDS)[0], WORDS)


@pytest.mark.parametrize(
    "title", ["sourdough finale", "deadline day", "Diesel", "ripe bananas", "skill issue", "Tod's"]
)
def test_a_word_within_a_word_alarms_nobody(title: str) -> None:
    assert not is_sensitive(merged([sighting(G, title)], WORDS)[0], WORDS)


def test_a_name_is_grave_where_its_headlines_are() -> None:
    topic = merged([sighting(G, "Jane Doe", "US", 1, "Jane Doe dies in car crash")], WORDS)[0]
    assert is_sensitive(topic, WORDS)


@pytest.mark.parametrize(
    ("locale", "region"),
    [
        ("en", "US"),
        ("en-GB", "GB"),
        ("so-SO", "SO"),
        ("so", "SO"),
        ("zh-Hant-TW", "TW"),
        ("es-419", "ES"),
        ("tlh", None),
    ],
)
def test_a_show_s_country_is_its_locale_s(locale: str, region: str | None) -> None:
    assert region_of(locale, WORDS.regions) == region
