"""What networks count: unknown is not zero, hours are hours, and a curve says who was still there."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from studio.domain.hooks import Hook, HookChoice, HookKind, RankedHook
from studio.domain.measurement import (
    MOST_POINTS,
    CurvePoint,
    Snapshot,
    Track,
    followed,
    held_at,
    hours_between,
    kind_of_hook,
    retention_by_hook,
)
from studio.domain.post import Post
from studio.domain.revision import SceneRevision
from tests.unit.made import AT
from tests.unit.measured import a_post, a_snapshot

CURVE = tuple(CurvePoint(elapsed=n / 10, watching=1.2 - n / 10) for n in range(1, 11))
CALIFORNIA = ZoneInfo("America/Los_Angeles")


def course(post: Post, *views: int | None, start: datetime = AT) -> Track:
    track = None
    for day, count in enumerate(views, 1):
        snapshot = a_snapshot(post, start + timedelta(days=day), views=count)
        track = followed(track, post, snapshot, start, None)
    assert track is not None
    return track


@pytest.mark.parametrize(
    ("length", "seconds", "share"),
    [
        (30.0, 3, 1.0),
        (10.0, 3, 0.9),
        (10.0, 4.5, 0.75),
        (300.0, 3, 1.0),
        (3.0, 3, None),
        (None, 3, None),
        (0.0, 3, None),
    ],
)
def test_who_is_still_there_is_read_from_the_curve(length: float | None, seconds: float, share: float | None) -> None:
    found = held_at(CURVE, length, seconds)
    assert found == (None if share is None else pytest.approx(share))


def test_without_a_curve_nobody_knows_who_is_still_there() -> None:
    assert held_at((), 30.0) is None


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-01", 24)])
def test_a_day_on_which_clocks_change_has_the_hours_it_has(day: str, hours: int) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=CALIFORNIA)
    assert hours_between(start, start + timedelta(days=1)) == hours


def test_hours_are_of_the_moment_whatever_zone_either_is_told_in() -> None:
    post = a_post(datetime(2026, 10, 31, 12, tzinfo=CALIFORNIA))
    assert post.published_at is not None
    told = datetime(2026, 11, 1, 12, tzinfo=CALIFORNIA)
    track = followed(None, post, a_snapshot(post, told, views=5), post.published_at, None)
    assert track.course[0].hours == track.age_hours == 25


def test_a_snapshot_without_views_leaves_no_point_and_zero_views_do() -> None:
    track = course(a_post(), None, 0, None, 7)
    assert [(point.hours, point.views) for point in track.course] == [(48, 0), (96, 7)]
    assert track.latest.views == 7


def test_views_between_two_looks_are_in_proportion_and_never_guessed_beyond_them() -> None:
    track = course(a_post(), 10, 30)
    assert (track.views_at(24), track.views_at(36), track.views_at(48)) == (10, 20, 30)
    assert track.views_at(12) is None
    assert track.views_at(60) is None
    assert course(a_post(), 10).views_at(24) == 10


def test_a_long_course_keeps_its_beginning_and_its_end() -> None:
    track = course(a_post(), *range(MOST_POINTS + 50))
    assert len(track.course) == MOST_POINTS
    assert (track.course[0].views, track.course[-1].views) == (0, MOST_POINTS + 49)


def test_an_older_snapshot_that_comes_late_changes_nothing() -> None:
    post = a_post()
    track = course(post, 10, 20)
    late = followed(track, post, a_snapshot(post, AT + timedelta(days=1), views=9), AT, None)
    assert (late.course, late.latest) == (track.course, track.latest)


def choice() -> HookChoice:
    def made(kind: HookKind, said: str) -> RankedHook:
        hook = Hook(kind=kind, seen="A door.", speaker="Hodan", said=said, title=f"Title of {said}")
        return RankedHook(hook=hook, strength=0, standard_error=1, wins=0, comparisons=0)

    ranking = (made(HookKind.QUESTION, "Who?"), made(HookKind.CONFESSION, "I did."))
    return HookChoice(ranking=ranking, revision=SceneRevision(scene=1))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("", HookKind.QUESTION),
        ("I did.", HookKind.CONFESSION),
        ("Title of I did.", HookKind.CONFESSION),
        ("Countdown", HookKind.COUNTDOWN),
        ("Something of somebody's own", None),
    ],
)
def test_the_kind_of_a_post_s_hook_is_what_it_says_or_what_the_episode_opens_with(
    said: str, kind: HookKind | None
) -> None:
    assert kind_of_hook(a_post(hook=said), choice()) is kind


def test_without_a_ranking_only_a_kind_is_a_kind() -> None:
    assert kind_of_hook(a_post(hook="question"), None) is HookKind.QUESTION
    assert kind_of_hook(a_post(), None) is None


def test_retention_is_the_mean_over_posts_and_of_unmeasured_kinds_there_is_none() -> None:
    def opened(kind: HookKind | None, held: float | None) -> Track:
        post = a_post()
        return followed(None, post, a_snapshot(post, views=9, held=held), AT, kind)

    tracks = [opened(HookKind.QUESTION, 0.5), opened(HookKind.QUESTION, 0.7), opened(HookKind.COUNTDOWN, None)]
    found = retention_by_hook([*tracks, opened(None, 0.9)])
    assert list(found) == [HookKind.QUESTION]
    assert (found[HookKind.QUESTION].mean, found[HookKind.QUESTION].n) == (0.6, 2)


def test_a_snapshot_is_no_place_for_a_negative_count() -> None:
    with pytest.raises(ValueError, match="greater than or equal"):
        Snapshot.model_validate(a_snapshot(a_post()).model_dump() | {"views": -1})
