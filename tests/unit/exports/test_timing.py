"""When lines are said and clips are seen."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.script import spoken_seconds
from studio.exports.timing import (
    BREATH_SECONDS,
    CLIP_SECONDS,
    LINE_SECONDS,
    SCENE_PAUSE_SECONDS,
    speech_seconds,
    timed,
)
from tests.unit.exports.scripts import script, shooting

numbers = st.lists(st.lists(st.integers(-1, 6), max_size=4), min_size=1, max_size=6)


def spots(spoken: list[int], lines: list[list[int]]) -> list[tuple[int, float, float]]:
    return [(spot.clip.number, spot.start, spot.end) for spot in timed(shooting(spoken, lines)).spots]


def test_lines_follow_one_another_at_the_pace_of_speech() -> None:
    first, second = timed(shooting([10, 5], [[1]])).cues
    assert (first.start, first.end) == (0, 4)
    assert (second.start, second.end) == (4 + BREATH_SECONDS, 4 + BREATH_SECONDS + 2)
    assert (second.scene, second.line, second.speaker) == (1, 2, "Bile")


def test_a_word_is_long_enough_to_be_read() -> None:
    assert speech_seconds("No.") == LINE_SECONDS
    assert speech_seconds("word " * 25) == 10


def test_what_is_written_without_spaces_takes_time_too() -> None:
    assert speech_seconds("私はその手紙を書いていませんでした。") > 3
    assert speech_seconds("ฉันไม่ได้เขียนจดหมายฉบับนั้น") > 3


def test_scenes_follow_one_another_after_a_pause() -> None:
    timing = timed(script())
    for before, after in pairwise(timing.scenes):
        assert after.start == pytest.approx(before.end + SCENE_PAUSE_SECONDS)
    assert timing.end == timing.scenes[-1].end > spoken_seconds(script())


def test_a_clip_covers_the_lines_it_names() -> None:
    assert spots([10, 10, 10], [[1], [2, 3]]) == [(1, 0, 4), (2, 4 + BREATH_SECONDS, pytest.approx(12.6))]


def test_a_clip_that_names_no_lines_covers_its_scene() -> None:
    assert spots([10, 10], [[]]) == [(1, 0, pytest.approx(8.3))]


def test_clips_of_the_same_lines_share_them_equally() -> None:
    assert spots([20], [[1], [1]]) == [(1, 0, 4), (2, 4, 8)]
    assert spots([20], [[], []]) == [(1, 0, 4), (2, 4, 8)]


def test_a_scene_is_as_long_as_its_clips_need() -> None:
    assert spots([1], [[1], [1], [1]]) == [(1, 0, 2), (2, 2, 4), (3, 4, 6)]


def test_clips_are_seen_in_the_order_of_what_they_cover() -> None:
    assert [number for number, _, _ in spots([10, 10], [[2], [1]])] == [2, 1]


def test_lines_that_do_not_exist_count_for_nothing() -> None:
    assert spots([10], [[7]]) == spots([10], [[]])


def test_a_clip_of_no_scene_comes_last() -> None:
    lost = shooting([10], [[1]])
    lost.clips.append(lost.clips[0].model_copy(update={"number": 2, "scene": 9}))
    assert [(spot.clip.number, spot.start, spot.end) for spot in timed(lost).spots] == [(1, 0, 4), (2, 4, 6)]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), numbers)
def test_clips_never_overlap_are_long_enough_and_stay_in_their_scene(spoken: list[int], lines: list[list[int]]) -> None:
    timing = timed(shooting(spoken, lines))
    [scene] = timing.scenes
    assert sorted(spot.clip.number for spot in timing.spots) == list(range(1, len(lines) + 1))
    assert all(spot.end - spot.start >= CLIP_SECONDS - 1e-9 for spot in timing.spots)
    assert all(before.end <= after.start + 1e-9 for before, after in pairwise(timing.spots))
    assert timing.spots[0].start >= scene.start
    assert timing.spots[-1].end <= scene.end + 1e-9
    assert timing.cues[-1].end <= scene.end
