"""How loud sound is, by ITU-R BS.1770 and EBU R 128, and made as loud as networks play it.

Measured by FFmpeg's ebur128. Platforms turn what is louder than about −14 LUFS down and leave the rest as it is.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.filter.context import FilterContext

from film.shape import SAMPLE_RATE

TARGET = -14.0
"""LUFS, integrated."""
TOLERANCE = 0.5
"""LU that a film may be off."""
PEAK = -1.0
"""dBTP that a film may reach."""
SILENCE = -70.0
"""LUFS of what is not heard at all: the gate of BS.1770."""

_CEILING = -1.9
"""dBTP that is let through to the AAC encoder, which adds up to 0.7 dB."""
_NEAR = 0.15
_MOST_PASSES = 5
_MOST_GAIN = 40.0


@dataclass(frozen=True)
class Loudness:
    """`integrated` in LUFS, `peak` in dBTP."""

    integrated: float
    peak: float

    @property
    def silent(self) -> bool:
        """Tell whether there is nothing to be heard."""
        return self.integrated <= SILENCE + 0.1


class Meter:
    """Takes sound in, says how loud it was."""

    def __init__(self) -> None:
        self._chain = Chain("ebur128=metadata=1:peak=true")
        self._seen: dict[str, str] = {}

    def take(self, frame: av.AudioFrame) -> None:
        """Listen to the next samples: 48 kHz stereo, planar floats."""
        for out in self._chain.through(frame):
            self._seen = out.metadata

    def read(self) -> Loudness:
        """Return how loud everything was; the last tenth of a second may be missing from it."""
        for out in self._chain.through(None):
            self._seen = out.metadata or self._seen
        peak = float(self._seen.get("lavfi.r128.true_peak", "0") or 0)
        integrated = float(self._seen.get("lavfi.r128.I", str(SILENCE)))
        if not math.isfinite(integrated):
            integrated = SILENCE
        return Loudness(max(integrated, SILENCE), 20 * math.log10(max(peak, 1e-7)))


class Chain:
    """Filters one after another, for 48 kHz stereo in planar floats, written as FFmpeg has them: "a=x:y,b"."""

    def __init__(self, filters: str, rate: int = SAMPLE_RATE) -> None:
        self._graph = av.filter.Graph()
        self._rate, self._at = rate, 0
        nodes: list[FilterContext] = [
            self._graph.add_abuffer(sample_rate=rate, format="fltp", layout="stereo", time_base=Fraction(1, rate))
        ]
        # Filters work in formats of their own; what comes out is always the same.
        for filter_ in f"{filters},aformat=sample_fmts=fltp:channel_layouts=stereo".split(","):
            name, _, options = filter_.partition("=")
            nodes.append(self._graph.add(name, options or None))
        nodes.append(self._graph.add("abuffersink"))
        self._graph.link_nodes(*nodes).configure()

    def through(self, frame: av.AudioFrame | None) -> Iterator[av.AudioFrame]:
        """Yield what comes out when a frame goes in; None ends it."""
        if frame is not None:
            frame.sample_rate, frame.pts, frame.time_base = self._rate, self._at, Fraction(1, self._rate)
            self._at += frame.samples
        self._graph.push(frame)
        while True:
            try:
                out = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            assert isinstance(out, av.AudioFrame)  # noqa: S101  the sink is one of sound
            yield out


def measured(frames: Iterable[av.AudioFrame]) -> Loudness:
    """Return how loud sound is: 48 kHz stereo, planar floats."""
    meter = Meter()
    for frame in frames:
        meter.take(frame)
    return meter.read()


def mastered(gain: float, frames: Iterable[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    """Yield sound that is `gain` dB louder, its peaks held under the ceiling, also those between samples."""
    limit = 10 ** (_CEILING / 20)
    chain = Chain(
        f"volume={gain:.3f}dB:precision=float,aresample=192000,"
        f"alimiter=limit={limit:.4f}:attack=4:release=80:level=false:latency=true,"
        f"aresample={SAMPLE_RATE}"
    )
    for frame in frames:
        yield from chain.through(frame)
    yield from chain.through(None)


def gain_for(mix: Loudness, again: Callable[[], Iterable[av.AudioFrame]]) -> float:
    """Return by how many dB a mix has to be raised to be at TARGET once its peaks are held; 0.0 for silence.

    again: gives the mix's frames once more. Holding peaks costs loudness, so it is tried and corrected.
    """
    if mix.silent:
        return 0.0
    gain = TARGET - mix.integrated
    if mix.peak + gain <= _CEILING:
        return gain
    for _ in range(_MOST_PASSES):
        off = TARGET - measured(mastered(gain, again())).integrated
        if abs(off) <= _NEAR:
            break
        gain = min(gain + off, _MOST_GAIN)
    return gain
