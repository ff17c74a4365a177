"""Spoken lines as they come, in any common encoding, laid out in time."""

import io
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import av

from film.loudness import Chain
from film.shape import SAMPLE_RATE

FLOAT = 4
"""Bytes of a sample."""
_EVEN = "highpass=f=70,acompressor=threshold=0.1:ratio=2.5:attack=8:release=160:makeup=1.4"
"""What every voice goes through: rumble out, loud words a little closer to quiet ones."""
_LONGEST = 600
"""Seconds; a line that lasts longer is none."""


class BrokenSpeech(Exception):
    """Speech that cannot be heard. `number` is the line's, from 1; 0 where it belongs to none."""

    def __init__(self, number: int = 0) -> None:
        where = f"The speech of line {number}" if number else "The speech"
        super().__init__(f"{where} cannot be played. Let it be spoken again, or cut the film without it.")
        self.number = number


@dataclass(frozen=True)
class Speech:
    """Something said: `audio` is an encoded file (WAV, MP3, AAC, Opus, FLAC), `start` is in seconds of the film."""

    start: float
    audio: bytes


def seconds_of(audio: bytes) -> float:
    """Return how long encoded speech lasts. Raises BrokenSpeech."""
    return sum(frame.samples for frame in _decoded(audio)) / SAMPLE_RATE


def laid_out(speech: Sequence[Speech], samples: int, voice: IO[bytes]) -> list[tuple[int, int]]:
    """Write all lines into `voice`, one channel of floats at 48 kHz, and return where each starts and ends.

    Where two speak at once, both are heard. What lies past the film's end is not. Raises BrokenSpeech.
    """
    voice.truncate(samples * FLOAT)
    spoken = []
    for number, line in enumerate(speech, 1):
        try:
            said = _evened(line.audio)
        except BrokenSpeech as error:
            raise BrokenSpeech(number) from error
        start = max(round(line.start * SAMPLE_RATE), 0)
        said = said[: max(samples - start, 0)]
        voice.seek(start * FLOAT)
        there = array("f", voice.read(len(said) * FLOAT))
        if any(there):
            said = array("f", (one + other for one, other in zip(said, there, strict=True)))
        voice.seek(start * FLOAT)
        voice.write(said.tobytes())
        spoken.append((start, start + len(said)))
    return spoken


def _evened(audio: bytes) -> array[float]:
    chain, said = Chain(_EVEN), array("f")
    frames = _decoded(audio)
    for frame in (*frames, None):
        for out in chain.through(frame):
            said.frombytes(bytes(out.planes[0])[: out.samples * FLOAT])
    return said


def _decoded(audio: bytes) -> list[av.AudioFrame]:
    """Return speech as frames: planar floats, 48 kHz, the same left and right."""
    frames: list[av.AudioFrame] = []
    try:
        with av.open(io.BytesIO(audio), "r") as file:
            if not file.streams.audio:
                raise BrokenSpeech
            # By way of one channel, so that speech in stereo ends in the middle.
            narrow = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
            wide = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
            samples = 0
            for frame in (*file.decode(file.streams.audio[0]), None):
                for one in (*narrow.resample(frame), *([None] if frame is None else [])):
                    frames += [out for out in wide.resample(one) if out]
                samples += frame.samples if frame else 0
                if frame and samples > _LONGEST * frame.sample_rate:
                    raise BrokenSpeech
    except (av.FFmpegError, ValueError) as error:
        raise BrokenSpeech from error
    if not any(frame.samples for frame in frames):
        raise BrokenSpeech
    return frames
