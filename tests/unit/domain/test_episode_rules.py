"""Which status may follow which, and what an episode has come to."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.episode import (
    ACTIVE,
    FOLLOWS,
    TERMINAL,
    Clip,
    ClipStatus,
    Measurement,
    Status,
    check_follows,
    outcome,
)
from studio.domain.errors import Conflict
from tests.unit.made import AT, an_episode

S = Status
HAPPY = (S.DRAFT, S.QUEUED, S.WRITING, S.WRITTEN, S.RENDERING, S.COMPLETED)
statuses = st.sampled_from(Status)


def clip(number: int, status: ClipStatus, reason: str = "") -> Clip:
    return Clip(episode_id=an_episode().episode_id, number=number, status=status, reason=reason, updated_at=AT)


@given(statuses, statuses)
def test_only_listed_moves_are_allowed(now: Status, then: Status) -> None:
    if then in FOLLOWS[now]:
        check_follows(now, then)
    else:
        with pytest.raises(Conflict, match=f"is {now}; it cannot become {then}"):
            check_follows(now, then)


@given(statuses)
def test_what_is_finished_is_taken_up_again_through_the_queue_alone(status: Status) -> None:
    if status in TERMINAL:
        assert FOLLOWS[status] == {S.QUEUED}


@given(statuses)
def test_whatever_is_not_finished_can_fail_and_be_cancelled(status: Status) -> None:
    if status not in TERMINAL:
        assert {S.FAILED, S.CANCELLED} <= FOLLOWS[status]


@given(statuses)
def test_nothing_follows_itself_and_nothing_becomes_a_draft_again(status: Status) -> None:
    assert status not in FOLLOWS[status]
    assert S.DRAFT not in FOLLOWS[status]


@given(statuses)
def test_from_everywhere_there_is_a_way_to_every_end(status: Status) -> None:
    reached, ahead = {status}, [status]
    while ahead:
        ahead = [then for then in FOLLOWS[ahead.pop()] - reached if not reached.add(then)] + ahead
    assert reached >= TERMINAL


def test_the_usual_way_is_open() -> None:
    for now, then in pairwise(HAPPY):
        check_follows(now, then)


def test_what_is_active_is_not_finished() -> None:
    assert not ACTIVE & TERMINAL
    assert set(FOLLOWS) == set(Status)


@given(st.lists(st.sampled_from(ClipStatus), min_size=1, max_size=6))
def test_an_episode_comes_to_what_its_clips_came_to(given: list[ClipStatus]) -> None:
    status, reason = outcome([clip(number, status) for number, status in enumerate(given, 1)])
    rendered = given.count(ClipStatus.RENDERED)
    assert status is (S.COMPLETED if rendered == len(given) else S.PARTIAL if rendered else S.FAILED)
    assert bool(reason) is (rendered < len(given))
    for number, one in enumerate(given, 1):
        assert (f"Clip {number}:" in reason) is (one is not ClipStatus.RENDERED)


def test_the_reason_is_the_clips_own() -> None:
    clips = [clip(1, ClipStatus.RENDERED), clip(2, ClipStatus.FAILED, "Refused."), clip(3, ClipStatus.PENDING)]
    assert outcome(clips) == (S.PARTIAL, "Clip 2: Refused. Clip 3: not rendered.")


def test_an_episode_without_clips_is_not_completed() -> None:
    status, reason = outcome([])
    assert status is S.FAILED
    assert reason


def test_a_measurement_counts_only_for_the_file_that_was_stored_last() -> None:
    measured = Measurement(etag="e", sha256="new", bytes=1, media_type="image/png", width=1, height=1, measured_at=AT)
    bare = clip(1, ClipStatus.RENDERED)
    assert not bare.is_measured
    assert not bare.model_copy(update={"sha256": "old", "measured": measured}).is_measured
    assert bare.model_copy(update={"sha256": "new", "measured": measured}).is_measured
