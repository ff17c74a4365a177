"""Speech and music become one track: each line at its time, the bed lower while somebody speaks, all at −14 LUFS."""

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import add, mul
from pathlib import Path
from typing import IO

import av

from film import bed as beds
from film.bed import Mood
from film.loudness import SILENCE, Chain, Loudness, Meter, gain_for, mastered, measured
from film.shape import SAMPLE_RATE
from film.speech import FLOAT, Speech, laid_out

BLOCK = SAMPLE_RATE // 10
"""Samples that are worked on at once."""

_VOICE = -18.0
"""LUFS of speech before all is raised."""
_BED = -31.0
"""LUFS of the bed in the pauses: 13 LU under the voices."""
_DUCK = 10 ** (-8 / 20)
"""By how much lower the bed is under speech: 8 dB."""
_DOWN, _UP = 0.25, 0.7
"""Seconds in which the bed goes down, before a line begins, and comes back after it."""
_EDGE = 1.5
"""Seconds in which the bed comes and goes at the film's ends."""
_ROOM = "lowpass=f=5200,aecho=0.9:0.85:47|113|211:0.28|0.2|0.13"
"""What the bed sounds in: soft, and not dry."""


@dataclass(frozen=True)
class Bed:
    """Music that lies under a film."""

    mood: Mood = Mood.CALM
    seed: int = 0


class Track:
    """The finished sound of a film. Use it in a `with`: what is mixed lies in a file without a name until the end."""

    def __init__(self, speech: Sequence[Speech], bed: Bed | None, samples: int, folder: Path) -> None:
        """Mix. `samples` is the film's length at 48 kHz; `folder` needs room for 35 MB a minute.

        Raises BrokenSpeech, and OSError where the disk is full.
        """
        self._samples = samples
        self._mix = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed with the track
        try:
            with tempfile.TemporaryFile(dir=folder) as voice:
                spoken = laid_out(speech, samples, voice)
                self._gain = gain_for(self._mixed(voice, spoken, bed), self._raw)
        except BaseException:
            self._mix.close()
            raise

    def __enter__(self) -> "Track":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget what was mixed."""
        self._mix.close()

    def frames(self) -> Iterator[av.AudioFrame]:
        """Yield the sound: planar floats, 48 kHz stereo, to the sample as long as the film."""
        left = self._samples
        for frame in mastered(self._gain, self._raw()):
            used = min(frame.samples, left)
            if used:
                yield frame if used == frame.samples else _frame([_floats(plane, used) for plane in frame.planes])
            left -= used
        while left:
            used = min(BLOCK, left)
            yield _frame([array("f", bytes(FLOAT * used))] * 2)
            left -= used

    def _mixed(self, voice: IO[bytes], spoken: list[tuple[int, int]], bed: Bed | None) -> Loudness:
        """Write voice and bed into the mix, block by block, and return how loud it is."""
        level = measured(_frame([said, said]) for said in _blocks(voice, 1))
        loud = 0.0 if level.silent else 10 ** ((_VOICE - level.integrated) / 20)
        music = _music(bed, self._samples, spoken) if bed else None
        meter = Meter()
        for said in _blocks(voice, 1):
            voiced = array("f", map(mul, said, repeat(loud)))
            sides = [array("f", map(add, voiced, side)) for side in next(music)] if music else [voiced, voiced]
            self._mix.write(sides[0].tobytes() + sides[1].tobytes())
            meter.take(_frame(sides))
        return meter.read()

    def _raw(self) -> Iterator[av.AudioFrame]:
        for both in _blocks(self._mix, 2):
            middle = len(both) // 2
            yield _frame([both[:middle], both[middle:]])


def _music(bed: Bed, samples: int, spoken: Sequence[tuple[int, int]]) -> Iterator[list[array[float]]]:
    """Yield the bed, left and right, in blocks as long as the film's."""
    sides = beds.loop(bed.mood, bed.seed)
    level = max(measured(_played(sides, 1)).integrated, SILENCE + 1)
    loud = 10 ** ((_BED - level) / 20)
    waiting = [array("f"), array("f")]
    endless = _played(sides, None)
    for at in range(0, samples, BLOCK):
        count = min(BLOCK, samples - at)
        while len(waiting[0]) < count:
            frame = next(endless)
            for side, plane in zip(waiting, frame.planes, strict=True):
                side.extend(_floats(plane, frame.samples))
        begin, end = (loud * level_of_bed(place, samples, spoken) for place in (at, at + count))
        step = (end - begin) / count
        ramp = array("f", [begin + step * number for number in range(count)]) if step else repeat(begin)
        yield [array("f", map(mul, side[:count], ramp)) for side in waiting]
        for side in waiting:
            del side[:count]


def level_of_bed(at: int, samples: int, spoken: Sequence[tuple[int, int]]) -> float:
    """Return how loud the bed is at a sample of the film, 0 to 1: lower under speech, coming and going at the ends."""
    seconds = at / SAMPLE_RATE
    edge = min(seconds / _EDGE, (samples - at) / SAMPLE_RATE / _EDGE, 1.0)
    nearest = 1.0  # 0 under speech, 1 far from it
    for start, stop in spoken:
        before, after = (start - at) / SAMPLE_RATE / _DOWN, (at - stop) / SAMPLE_RATE / _UP
        nearest = min(nearest, max(before, after, 0.0))
    return float(max(edge, 0.0) * _DUCK ** (1 - nearest))


def _played(sides: Sequence[array[float]], times: int | None) -> Iterator[av.AudioFrame]:
    """Yield a loop at 48 kHz, in its room, so many times or for ever."""
    chain = Chain(f"aresample={SAMPLE_RATE},{_ROOM}", beds.RATE)
    size = beds.RATE // 10
    for _ in repeat(None) if times is None else repeat(None, times):
        for at in range(0, len(sides[0]), size):
            yield from chain.through(_frame([side[at : at + size] for side in sides]))


def _blocks(file: IO[bytes], channels: int) -> Iterator[array[float]]:
    """Yield a file of floats from its beginning, BLOCK samples of every channel at a time."""
    file.seek(0)
    while data := file.read(BLOCK * FLOAT * channels):
        yield array("f", data)


def _frame(sides: Sequence[array[float]]) -> av.AudioFrame:
    frame = av.AudioFrame("fltp", "stereo", len(sides[0]))
    for plane, side in zip(frame.planes, sides, strict=True):
        plane.update(side.tobytes().ljust(plane.buffer_size, b"\0"))
    return frame


def _floats(plane: av.audio.plane.AudioPlane, count: int) -> array[float]:
    return array("f", bytes(plane)[: count * FLOAT])
