"""Which steps a take goes through, whatever part of the way was asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.episode import Gate, Pipeline
from studio.domain.errors import Invalid
from studio.domain.pipeline import STAGES, Step, stages_of, steps_of

S = Step
GATES = [(), (Gate.SCRIPT,), (Gate.STORYBOARD,), (Gate.SCRIPT, Gate.STORYBOARD), (Gate.STORYBOARD, Gate.SCRIPT)]
pipelines = st.sampled_from(Pipeline)
reviews = st.sampled_from(GATES)
places = st.none() | st.sampled_from(Step)


def test_the_full_way_is_five_stages_and_the_shoot() -> None:
    assert steps_of(Pipeline.FULL) == (*STAGES, S.SHOOT)
    assert stages_of(Pipeline.FULL) == STAGES


def test_the_quick_way_is_the_script_and_the_shoot() -> None:
    assert steps_of(Pipeline.QUICK) == (S.SCRIPT, S.SHOOT)
    assert stages_of(Pipeline.QUICK) == (S.SCRIPT,)


def test_a_gate_comes_after_what_it_is_for_and_before_what_follows() -> None:
    assert steps_of(Pipeline.FULL, (Gate.STORYBOARD, Gate.SCRIPT)) == tuple(Step)
    assert steps_of(Pipeline.QUICK, (Gate.SCRIPT,)) == (S.SCRIPT, S.REVIEW_SCRIPT, S.SHOOT)


@given(pipelines, reviews)
def test_a_gate_is_a_step_where_it_was_asked_for_and_nowhere_else(pipeline: Pipeline, review: tuple[Gate, ...]) -> None:
    gates = {step.removeprefix("review_") for step in steps_of(pipeline, review) if step.startswith("review_")}
    assert gates == set(review)


@given(pipelines, reviews, places, places)
def test_a_part_of_the_way_is_a_run_of_the_whole_way_or_refused(
    pipeline: Pipeline, review: tuple[Gate, ...], start_at: Step | None, stop_after: Step | None
) -> None:
    whole = steps_of(pipeline, review)
    there = all(step is None or step in whole for step in (start_at, stop_after))
    if not there or (start_at and stop_after and whole.index(start_at) > whole.index(stop_after)):
        with pytest.raises(Invalid) as refused:
            steps_of(pipeline, review, start_at=start_at, stop_after=stop_after)
        assert set(refused.value.fields) <= {"start_at", "stop_after"}
        assert str(refused.value).endswith(".")
        return
    steps = steps_of(pipeline, review, start_at=start_at, stop_after=stop_after)
    assert steps[0] is (start_at or whole[0])
    assert steps[-1] is (stop_after or whole[-1])
    first = whole.index(steps[0])
    assert steps == whole[first : first + len(steps)]


def test_a_step_that_the_pipeline_does_not_have_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(Invalid, match="quick pipeline has no step expert_director; it goes script_generator_bot, gen"):
        steps_of(Pipeline.QUICK, start_at=S.DIRECTION)
    with pytest.raises(Invalid, match="no step review_script"):
        steps_of(Pipeline.FULL, (Gate.STORYBOARD,), stop_after=S.REVIEW_SCRIPT)


def test_stopping_before_the_start_is_refused() -> None:
    with pytest.raises(Invalid, match="expert_director comes before scene_orchestration, so there would be nothing"):
        steps_of(Pipeline.FULL, start_at=S.STORYBOARD, stop_after=S.DIRECTION)
