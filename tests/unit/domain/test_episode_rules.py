"""Which status may follow which, and what an episode has come to."""

from datetime import timedelta
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
    Part,
    StageRecord,
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


# -- who holds an episode


@given(statuses, st.booleans())
def test_an_episode_is_under_way_while_an_execution_holds_it(status: Status, held: bool) -> None:
    episode = an_episode(status=status, execution="arn" if held else "")
    resting = status is S.WRITTEN and not held
    assert episode.under_way is ((status in ACTIVE or status is S.IN_REVIEW) and not resting)


@given(statuses, st.booleans())
def test_people_edit_what_nobody_works_on_and_what_waits_for_them(status: Status, held: bool) -> None:
    episode = an_episode(status=status, execution="arn" if held else "")
    assert episode.editable is (not episode.under_way or status is S.IN_REVIEW)
    if status in TERMINAL:
        assert episode.editable


def test_an_episode_that_rests_as_written_is_taken_up_shot_or_edited() -> None:
    assert FOLLOWS[S.WRITTEN] >= {S.QUEUED, S.IN_REVIEW, S.WRITING, S.RENDERING}
    assert FOLLOWS[S.IN_REVIEW] >= {S.QUEUED, S.WRITTEN, S.WRITING, S.RENDERING}


# -- what a stage keeps


def a_record(*keys: str) -> StageRecord:
    record = StageRecord(episode_id=an_episode().episode_id, name="expert_director", status="done", started_at=AT)
    for key in keys:
        record = record.with_part(Part(key=key, document=f'"{key}"'))
    return record


@given(st.permutations(["look", "scene-1", "scene-2", "scene-10"]))
def test_parts_are_in_order_however_they_came(keys: list[str]) -> None:
    assert [part.key for part in a_record(*keys).parts] == ["look", "scene-1", "scene-2", "scene-10"]


def test_a_part_takes_the_place_of_the_one_with_its_key() -> None:
    record = a_record("look", "scene-1")
    then = record.with_part(Part(key="look", document="7", edited=True))
    assert [(part.key, part.document) for part in then.parts] == [("look", "7"), ("scene-1", '"scene-1"')]
    assert (then.edited, record.edited) == (True, False)
    assert then.part("scene-9") is None


def test_a_script_that_was_kept_before_there_were_parts_is_read_as_one() -> None:
    stored = a_record().model_dump(mode="json", exclude={"parts"})
    old = StageRecord.model_validate(stored | {"document": "{}", "input_hash": "h", "edited": True})
    assert old.parts == (Part(key="script", document="{}", input_hash="h", edited=True),)
    empty = StageRecord.model_validate(stored | {"document": "", "input_hash": "h", "edited": False})
    assert empty.parts == ()


def test_a_stage_takes_as_long_as_it_took() -> None:
    assert a_record().seconds is None
    assert a_record().model_copy(update={"finished_at": AT + timedelta(seconds=7)}).seconds == 7
