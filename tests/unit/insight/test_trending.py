"""How hot a topic is: place, speed, age."""

from datetime import datetime, timedelta, timezone

from studio.craft import topic_words
from studio.domain.topics import Sighting, Source, Topic, TopicSnapshot, key_of, told_by
from studio.insight.insufficient import Insufficient
from studio.insight.robust import RobustZ, Velocity
from studio.insight.trending import HALF_LIFE_HOURS, ranked, standing
from tests.unit.made import AT

WORDS = topic_words()
G, Y = Source.GOOGLE_TRENDS, Source.YOUTUBE


def seen(title: str, count: int | None = 100, place: int = 1, **more: object) -> Sighting:
    return Sighting.model_validate(
        {"source": Y, "where": "US", "title": title, "place": place, "among": 10, "count": count} | more
    )


def topic(title: str, *sightings: Sighting) -> Topic:
    return Topic(key=key_of(told_by(title, WORDS)), title=title, sightings=sightings or (seen(title),))


def snapshot(title: str, at: datetime, count: int | None, first: datetime | None = None) -> TopicSnapshot:
    sighting = seen(title, count)
    key = key_of(told_by(title, WORDS))
    return TopicSnapshot(key=key, title=title, where="US", at=at, first_seen=first or at, sightings=(sighting,))


def steady(title: str, hours: int, step: int = 10) -> list[TopicSnapshot]:
    start = AT - timedelta(hours=hours)
    return [snapshot(title, AT - timedelta(hours=n), step * (hours - n), start) for n in range(hours, 0, -1)]


def test_a_topic_that_was_never_seen_says_how_much_is_missing() -> None:
    [found] = ranked([topic("cake war")], [], WORDS, AT)
    assert found.velocity == Insufficient(need=2, have=1, of="counts over time")
    assert (found.first_seen, found.spike) == (AT, False)


def test_counts_that_nobody_tells_are_not_zero() -> None:
    [found] = ranked([topic("cake war", seen("cake war", None))], [], WORDS, AT)
    assert (found.velocity, found.velocity_of) == (Insufficient(need=2, have=0, of="counts over time"), "")


def test_a_spike_is_found_and_lifts_the_topic_over_a_steady_one() -> None:
    history = [*steady("cake war", 12), *steady("bread peace", 12)]
    topics = [topic("cake war", seen("cake war", 5_000)), topic("bread peace", seen("bread peace", 120))]
    found = ranked(topics, history, WORDS, AT)
    assert [entry.topic.title for entry in found] == ["cake war", "bread peace"]
    assert (found[0].spike, found[1].spike, found[0].velocity_of) == (True, False, "youtube in US")
    assert isinstance(found[0].velocity, Velocity)
    assert found[0].velocity.usual_per_hour == 10
    assert found[0].first_seen == AT - timedelta(hours=12)


def test_too_few_counts_give_a_speed_and_no_judgement_of_it() -> None:
    found = ranked([topic("cake war", seen("cake war", 5_000))], steady("cake war", 3), WORDS, AT)[0]
    assert isinstance(found.velocity, Velocity)
    assert isinstance(found.velocity.against_before, Insufficient)
    assert found.velocity.against_before.need == 7
    assert not found.spike


def test_a_topic_is_half_as_hot_a_day_later() -> None:
    def began(hours: float) -> Topic:
        return topic("cake war", seen("cake war", started_at=AT - timedelta(hours=hours)))

    fresh, old = (ranked([began(hours)], [], WORDS, AT)[0] for hours in (0.0, HALF_LIFE_HOURS))
    assert old.score == round(fresh.score / 2, 4)
    ahead = ranked([began(-5)], [], WORDS, AT)[0]
    assert (ahead.age_hours, ahead.score) == (0, fresh.score)


def test_the_clocks_that_are_set_back_lengthen_no_hour() -> None:
    # 1 November 2026: 01:30 twice in New York, an hour apart.
    summer, winter = timezone(timedelta(hours=-4)), timezone(timedelta(hours=-5))
    first = datetime(2026, 11, 1, 1, 30, tzinfo=summer)
    second = datetime(2026, 11, 1, 1, 30, tzinfo=winter)
    found = ranked([topic("cake war", seen("cake war", 160))], [snapshot("cake war", first, 100)], WORDS, second)[0]
    assert isinstance(found.velocity, Velocity)
    assert found.velocity.per_hour == 60


def test_two_looks_within_minutes_are_not_compared() -> None:
    history = [snapshot("cake war", AT - timedelta(minutes=3), 100)]
    found = ranked([topic("cake war", seen("cake war", 50_000))], history, WORDS, AT)[0]
    assert isinstance(found.velocity, Insufficient)


def test_more_lists_and_higher_places_stand_higher_and_never_over_one() -> None:
    top, low, other = seen("a"), seen("a", place=10), seen("a", source=G)
    low_alone, alone, twice, both = (standing(them, AT, AT) for them in ([low], [top], [top, top], [top, other]))
    assert low_alone < alone == twice < both < 1


def test_an_old_film_about_today_s_topic_makes_the_topic_no_older() -> None:
    today = seen("cake war", source=G, started_at=AT - timedelta(hours=1))
    old = seen("cake war", started_at=AT - timedelta(days=30))
    assert standing([today, old], AT, AT) >= standing([today], AT, AT)


def test_a_z_is_that_of_a_source_s_own_counts() -> None:
    both = topic("cake war", seen("cake war", 120), seen("cake war", 90_000, source=G))
    found = ranked([both], steady("cake war", 12), WORDS, AT)[0]
    assert found.velocity_of == "youtube in US", "of Google's nothing earlier is known"
    assert isinstance(found.velocity, Velocity)
    assert isinstance(found.velocity.against_before, RobustZ)
