"""Speech, the bed and how loud they are together."""

import time
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from film.bed import RATE, Mood, loop, mood_of
from film.loudness import PEAK, TARGET, measured
from film.sound import Bed, Track, level_of_bed
from film.speech import BrokenSpeech, Speech, seconds_of
from tests.unit.film.rushes import speech, still

SECOND = 48_000


def _made(folder: Path, lines: list[Speech], bed: Bed | None, seconds: int) -> list:
    with Track(lines, bed, seconds * SECOND, folder) as track:
        return list(track.frames())


def _left(frames: list) -> array:
    samples = array("f")
    for frame in frames:
        samples.frombytes(bytes(frame.planes[0])[: 4 * frame.samples])
    return samples


def _power(samples: array, start: float, stop: float) -> float:
    part = samples[round(start * SECOND) : round(stop * SECOND)]
    return sum(value * value for value in part[::7]) / len(part[::7])


@pytest.mark.parametrize("loud", [0.02, 0.9])
def test_speech_and_bed_are_as_loud_as_networks_play_them(tmp_path: Path, loud: float) -> None:
    frames = _made(tmp_path, [Speech(0.5, speech(1.5, loud)), Speech(2.5, speech(1, loud))], Bed(Mood.TENSE), 4)
    level = measured(frames)
    assert level.integrated == pytest.approx(TARGET, abs=0.5)
    assert level.peak <= PEAK
    assert sum(frame.samples for frame in frames) == 4 * SECOND


def test_a_bed_alone_is_as_loud_too_and_silence_stays_silent(tmp_path: Path) -> None:
    assert measured(_made(tmp_path, [], Bed(Mood.SAD), 5)).integrated == pytest.approx(TARGET, abs=0.5)
    silent = _made(tmp_path, [], None, 1)
    assert measured(silent).silent
    assert sum(frame.samples for frame in silent) == SECOND


def test_speech_begins_when_it_should(tmp_path: Path) -> None:
    samples = _left(_made(tmp_path, [Speech(2, speech(1))], None, 4))
    first = next(at for at, value in enumerate(samples) if abs(value) > 0.02)
    assert first / SECOND == pytest.approx(2.0, abs=0.03)
    assert _power(samples, 3.2, 4) < 1e-6


def test_the_bed_is_lower_under_speech_and_comes_back(tmp_path: Path) -> None:
    spoken = [(3 * SECOND, 5 * SECOND)]
    levels = [level_of_bed(round(at * SECOND), 10 * SECOND, spoken) for at in (0, 2, 2.9, 3, 4, 5, 5.3, 6, 10)]
    assert levels[0] == levels[-1] == 0
    assert levels[1] == levels[7] == 1
    assert 0.3 < levels[3] == levels[4] == levels[5] < 0.5
    assert levels[4] < levels[2] < 1
    assert levels[4] < levels[6] < 1


def test_two_who_speak_at_once_are_both_heard(tmp_path: Path) -> None:
    one = _left(_made(tmp_path, [Speech(0, speech(2))], None, 3))
    two = _left(_made(tmp_path, [Speech(0, speech(2)), Speech(0.5, speech(2))], None, 3))
    assert _power(one, 2.1, 2.5) < 1e-6 < _power(two, 2.1, 2.5)


def test_speech_past_the_end_of_the_film_is_cut(tmp_path: Path) -> None:
    frames = _made(tmp_path, [Speech(0.5, speech(2)), Speech(7, speech(1))], None, 1)
    assert sum(frame.samples for frame in frames) == SECOND


def test_how_long_a_line_lasts_comes_from_its_audio() -> None:
    assert seconds_of(speech(1.5)) == pytest.approx(1.5, abs=0.01)


@pytest.mark.parametrize("audio", [b"", b"RIFF", speech(0.0), still()], ids=["nothing", "torn", "empty", "a picture"])
def test_speech_that_cannot_be_heard_is_named(tmp_path: Path, audio: bytes) -> None:
    with pytest.raises(BrokenSpeech):
        seconds_of(audio)
    with pytest.raises(BrokenSpeech, match="line 2") as told:
        _made(tmp_path, [Speech(0, speech(1)), Speech(1, audio)], None, 3)
    assert told.value.number == 2


@pytest.mark.parametrize("mood", list(Mood))
def test_every_mood_has_a_loop_of_its_own_that_neither_clips_nor_clicks(mood: Mood) -> None:
    began = time.process_time()
    left, right = loop(mood)
    assert time.process_time() - began < 2
    assert 8 <= len(left) / RATE <= 17
    assert left != right
    for side in (left, right):
        assert 0.1 < max(map(abs, side)) < 1
        steps = [abs(two - one) for one, two in pairwise(side[:4000])]
        assert abs(side[0] - side[-1]) <= max(steps) * 2


def test_a_bed_is_the_same_every_time_and_another_with_another_seed() -> None:
    assert loop(Mood.PLAYFUL, 3) == loop(Mood.PLAYFUL, 3)
    assert loop(Mood.PLAYFUL, 3) != loop(Mood.PLAYFUL, 4)


def test_a_mood_is_read_from_words() -> None:
    assert mood_of("Tense, suspicious silence before the confrontation") is Mood.TENSE
    assert mood_of("warm and tender") is Mood.WARM
    assert mood_of("grief-stricken") is Mood.SAD
    assert mood_of("") is Mood.CALM
