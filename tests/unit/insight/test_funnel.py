"""Funnels: what goes on, where most are lost, and when that cannot be told."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.insight.funnel import Drop, Funnel, FunnelStage, funnel
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval, wilson

NAMES = ("view", "click", "lead", "checkout", "paid")


def stages(*counts: int) -> list[FunnelStage]:
    return [FunnelStage(name=name, count=count) for name, count in zip(NAMES, counts, strict=False)]


def drop(found: Funnel) -> Drop:
    assert isinstance(found.largest_drop, Drop)
    return found.largest_drop


def test_each_conversion_is_of_those_who_came_so_far() -> None:
    found = funnel(stages(1000, 200, 100, 90))
    assert [step.conversion for step in found.steps] == [wilson(200, 1000), wilson(100, 200), wilson(90, 100)]
    assert (found.steps[0].start, found.steps[0].end, found.steps[0].lost) == ("view", "click", 800)
    assert found.overall == wilson(90, 1000)
    assert found.notes == ()


def test_the_largest_drop_is_named_where_it_can_be_told() -> None:
    found = drop(funnel(stages(1000, 900, 90, 80)))
    assert (found.step.start, found.sure) == ("click", True)
    assert found.sentence == (
        "Most are lost from “click” to “lead”: 90 of 900 went on (8.2% to 12.1%), "
        "a smaller share than at any other step."
    )
    assert found.ahead is not None
    assert found.ahead.estimate == pytest.approx(80 / 90 - 0.1)


def test_a_drop_that_may_be_luck_is_not_named() -> None:
    found = drop(funnel(stages(100, 50, 20, 18)))
    assert not found.sure
    assert found.sentence == (
        "Where most are lost is too close to call; from “click” to “lead”: 20 of 50 went on (27.6% to 53.8%), and "
        "from “view” to “click”: 50 of 100 went on (40.4% to 59.6%)."
    )


def test_equal_steps_are_rarely_told_apart() -> None:
    chance = random.Random(4)
    sure = 0
    for _ in range(400):
        counts = [400]
        for _ in range(3):
            counts.append(chance.binomialvariate(counts[-1], 0.6))
        sure += drop(funnel(stages(*counts))).sure
    assert sure / 400 < 0.05


def test_more_than_before_is_taken_for_all_and_noted() -> None:
    found = funnel(stages(50, 80, 60, 10))
    assert [(step.entered, step.passed) for step in found.steps] == [(50, 50), (50, 50), (50, 10)]
    assert len(found.notes) == 2
    assert found.notes[0].startswith("“click” counts 80, more than the 50 before it")


def test_without_views_nothing_is_said_of_conversion() -> None:
    found = funnel(stages(0, 0, 0))
    nobody = Insufficient(need=1, have=0, of="counted at “view”")
    assert found.overall == found.largest_drop == found.steps[0].conversion == nobody
    assert found.steps[1].conversion == Insufficient(need=1, have=0, of="counted at “click”")
    assert funnel(stages(0, 3)).notes != ()


def test_where_nobody_came_further_there_is_nothing_to_compare() -> None:
    found = drop(funnel(stages(40, 0, 0)))
    assert (found.step.start, found.sure, found.ahead) == ("view", False, None)
    assert (
        found.sentence
        == "Nothing can be compared with the step from “view” to “click”: 0 of 40 went on (0.0% to 8.8%)."
    )


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=5))
def test_nobody_is_made_or_lost_between_steps(counts: list[int]) -> None:
    found = funnel(stages(*counts))
    assert found.steps[0].entered == counts[0]
    for before, after in zip(found.steps, found.steps[1:], strict=False):
        assert before.passed == after.entered
    assert all(0 <= step.passed <= step.entered for step in found.steps)
    if isinstance(found.largest_drop, Drop):
        worst = found.largest_drop.step.conversion
        assert isinstance(worst, Interval)
        for step in found.steps:
            assert not isinstance(step.conversion, Interval) or step.conversion.estimate >= worst.estimate
    assert Funnel.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("wrong", [stages(5), [FunnelStage(name="a", count=1), FunnelStage(name="a", count=1)], []])
def test_what_is_no_funnel_is_refused(wrong: list[FunnelStage]) -> None:
    with pytest.raises(ValueError, match="two stages"):
        funnel(wrong)
