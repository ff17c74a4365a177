"""What stands out among posts, and when there is too little to say."""

from datetime import timedelta

import pytest

from studio.domain.connection import NetworkName
from studio.domain.measurement import Track, followed
from studio.insight.insufficient import Insufficient
from studio.insight.performance import Against, anomalies, beside_others, grouped, growth
from studio.insight.robust import RobustZ, Velocity
from tests.unit.made import AT
from tests.unit.measured import a_post, a_snapshot


def tracked(*views: int | None, held: float | None = None, **post: object) -> Track:
    """Return the course of a post that was measured daily."""
    made, track = a_post(**post), None
    for day, count in enumerate(views, 1):
        snapshot = a_snapshot(made, AT + timedelta(days=day), views=count, held=held)
        track = followed(track, made, snapshot, AT, None)
    assert track is not None
    return track


def found_in(track: Track, *others: Track) -> list[Against]:
    return [found.against for found in anomalies(track, growth(track), beside_others(track, others))]


def test_a_jump_beside_its_own_past_stands_out_and_says_by_how_much() -> None:
    track = tracked(*range(240, 240 * 11, 240), 240 * 10 + 24_000)
    assert found_in(track) == [Against.ITSELF]
    [found] = anomalies(track, growth(track), beside_others(track, []))
    assert found.sentence == "It gains 1,000.0 views an hour; 10.0 is usual for it."
    assert found.n == 9


def test_steady_growth_is_no_news_and_neither_is_none_at_all() -> None:
    assert found_in(tracked(*range(240, 2_640, 240))) == []
    assert found_in(tracked(*[0] * 12)) == []


def test_views_that_are_taken_back_stand_out_as_well() -> None:
    track = tracked(*range(2_400, 26_400, 2_400), 100)
    assert found_in(track) == [Against.ITSELF]


def test_two_days_are_too_few_to_call_anything_unusual() -> None:
    speed = growth(tracked(10, 10_000))
    assert isinstance(speed, Velocity)
    assert speed.against_before == Insufficient(need=7, have=0, of="earlier values")
    assert growth(tracked(10)) == Insufficient(need=2, have=1, of="counts over time")


def test_a_post_is_compared_with_others_at_its_own_age() -> None:
    # The others have thousands by now, and had hundreds when they were as old as this one is.
    others = [tracked(100 + n, 200 + n, 9_000) for n in range(8)]
    usual, hit, flop = tracked(103, 204), tracked(5_000, 20_000), tracked(1, 2)
    assert found_in(usual, *others) == []
    assert found_in(hit, *others) == found_in(flop, *others) == [Against.OTHERS]
    [said] = anomalies(hit, growth(hit), beside_others(hit, others))
    assert said.sentence == "It has 20,000 views; 8 other posts there had about 203 at its age."


def test_fewer_than_seven_others_are_not_enough_and_itself_is_none_of_them() -> None:
    track = tracked(5_000)
    others = [tracked(100 + n) for n in range(6)]
    assert beside_others(track, [track, *others]) == Insufficient(need=7, have=6, of="posts of that age")


def test_another_network_s_views_are_another_thing() -> None:
    others = [tracked(100, network=NetworkName.TIKTOK) for _ in range(9)]
    assert isinstance(beside_others(tracked(100), others), Insufficient)


def test_posts_nobody_watched_are_compared_without_a_logarithm_of_nothing() -> None:
    others = [tracked(0) for _ in range(9)]
    told = beside_others(tracked(0), others)
    assert isinstance(told, RobustZ)
    assert told.z == 0
    assert found_in(tracked(3), *others) == [], "three views are chance"


def test_what_nobody_counted_is_told_as_such() -> None:
    track = tracked(None, None)
    assert beside_others(track, [tracked(9)] * 9) == Insufficient(need=1, have=0, of="counts of views")
    assert growth(track) == Insufficient(need=2, have=0, of="counts over time")


def test_a_group_counts_what_is_known_and_says_how_sure_it_is() -> None:
    group = grouped("question", [tracked(100, held=0.8), tracked(300, held=0.4), tracked(None), tracked(50)])
    assert (group.posts, group.views, group.measured, group.stayed, group.watched) == (4, 450, 2, 200, 400)
    assert group.held is not None
    assert group.held.estimate == pytest.approx(0.5)
    assert group.held.low < 0.5 < group.held.high
    nothing = grouped("countdown", [tracked(None)])
    assert (nothing.views, nothing.held, nothing.watched) == (None, None, 0)
