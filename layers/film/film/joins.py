"""Shots one after another: which frames each has, where one fades into the next, and the pictures in order.

A fade takes no time of its own: it begins before the cut and ends after it, so that speech keeps its place.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise

import av

from film.footage import BrokenClip, Footage, playable
from film.motion import Plate
from film.planes import Planes, black
from film.shape import Format
from film.stills import BrokenStill, whole
from studio.domain.errors import Invalid
from studio.domain.shot import Move

_LEAST_THREADS = 2
_EARLY = 24
"""Frames before a shot at which its still is opened, so that nobody waits for it."""
_AHEAD = 8
"""Frames that wait for the encoder at most: 25 MB at 1080p."""
FADE_SECONDS = 0.5
_SHORTEST = 0.2
"""Seconds that a shot has at least."""


class Join(StrEnum):
    """How a shot begins."""

    CUT = "cut"
    FADE = "fade"


@dataclass(frozen=True)
class Shot:
    """A still, moved for `seconds`. `still` is an encoded PNG, JPEG or WebP; `join` is how the shot begins.

    footage: an encoded video that is shown instead, without its sound. The first shot of a film fades in from black, if
    it fades.
    """

    still: bytes
    seconds: float
    move: Move = Move.PUSH_IN
    join: Join = Join.CUT
    footage: bytes | None = None


@dataclass(frozen=True)
class Slot:
    """A shot's frames: its own are from `start` to before `stop`; with its fades, from `first` to before `last`."""

    start: int
    stop: int
    first: int
    last: int

    def share(self, frame: int) -> float:
        """Return how much of the shot (0 to 1) is over in a frame of the film."""
        return (frame - self.first) / max(self.last - self.first - 1, 1)


@dataclass(frozen=True)
class Timeline:
    """The order of shots, in frames. Raises Invalid where there is nothing to show."""

    shots: tuple[Shot, ...]
    slots: tuple[Slot, ...]
    closing: int
    """Frames at the end in which the picture goes to black."""

    @property
    def frames(self) -> int:
        """Return how many frames the film has."""
        return self.slots[-1].stop


def timeline(shots: Sequence[Shot], format_: Format, *, closing: float = FADE_SECONDS) -> Timeline:
    """Return where each shot lies. `closing` is the seconds of the fade to black at the end.

    Raises Invalid where there is no shot, or one that is too short, and BrokenStill or BrokenClip
    for what cannot be shown.
    """
    if not shots:
        raise Invalid("There is no shot to cut a film from. Render at least one clip, then cut again.")
    for number, shot in enumerate(shots, 1):
        if not shot.seconds >= _SHORTEST:
            raise Invalid(f"Shot {number} lasts {shot.seconds:.2f} s. Give it at least {_SHORTEST} s.")
        if shot.footage is not None:
            if not playable(shot.footage):
                raise BrokenClip(number)
        elif not whole(shot.still):
            raise BrokenStill(number)
    edges = [format_.frame(seconds) for seconds in accumulate((shot.seconds for shot in shots), initial=0.0)]
    lengths = [stop - start for start, stop in pairwise(edges)]
    fade = format_.frame(FADE_SECONDS) // 2
    overlaps = [0]  # half of the frames in which two shots are seen, at each edge
    for shot, before, after in zip(shots[1:], lengths, lengths[1:], strict=False):
        overlaps.append(min(fade, before // 3, after // 3) if shot.join is Join.FADE else 0)
    overlaps.append(0)
    slots = tuple(
        Slot(start, stop, start - overlaps[at], stop + overlaps[at + 1])
        for at, (start, stop) in enumerate(pairwise(edges))
    )
    return Timeline(tuple(shots), slots, min(format_.frame(closing), lengths[-1] // 2))


def pictures(
    line: Timeline, format_: Format, over: Callable[[int, Planes], Planes] | None = None
) -> Iterator[av.VideoFrame]:
    """Yield the film's frames in order, made by a thread for each processor, a few ahead of whoever takes them.

    over: called with each frame's number and picture in a thread, gives it back with what lies over it.
    """
    with ThreadPoolExecutor(max(os.process_cpu_count() or 1, _LEAST_THREADS)) as pool:
        waiting: deque[Future[av.VideoFrame]] = deque()
        sources: dict[int, Future[Plate] | Footage] = {}
        try:
            for frame in range(line.frames):
                for at in _coming(line, frame, sources):
                    shot, slot = line.shots[at], line.slots[at]
                    seconds = (slot.last - slot.first) / format_.rate
                    # Submitted before the frames that wait for it, so it is under way when they do.
                    sources[at] = (
                        Footage(shot.footage, format_)
                        if shot.footage is not None
                        else pool.submit(Plate, shot.still, shot.move, seconds, format_.size)
                    )
                layers = [
                    (_source(sources[at], line.slots[at], frame, at), line.slots[at])
                    for at in sorted(sources)
                    if line.slots[at].first <= frame
                ]
                waiting.append(pool.submit(_frame, line, frame, layers, format_, over))
                while len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _source(source: Future[Plate] | Footage, slot: Slot, frame: int, at: int) -> Callable[[], Planes]:
    """Return what makes a frame of a shot, in any thread. Videos are played here, in order."""
    if isinstance(source, Footage):
        try:
            picture = source.next()
        except BrokenClip as error:
            raise BrokenClip(at + 1) from error
        return lambda: picture
    return lambda: source.result().at(slot.share(frame))


def _coming(line: Timeline, frame: int, sources: dict[int, Future[Plate] | Footage]) -> list[int]:
    """Forget the pictures of shots that are over, and return the shots that come into view soon and have none yet."""
    for at in [at for at in sources if line.slots[at].last <= frame]:
        del sources[at]
    return [at for at, slot in enumerate(line.slots) if slot.first - _EARLY <= frame < slot.last and at not in sources]


def _frame(
    line: Timeline,
    frame: int,
    layers: list[tuple[Callable[[], Planes], Slot]],
    format_: Format,
    over: Callable[[int, Planes], Planes] | None,
) -> av.VideoFrame:
    picture = layers[0][0]()
    for source, slot in layers[1:]:
        both = slot.first, 2 * slot.start - slot.first
        share = (frame - both[0] + 1) / (both[1] - both[0] + 1)
        picture = picture.mixed(source(), share)
    if over:
        picture = over(frame, picture)
    light = _light(line, frame, format_)
    if light < 1:
        picture = black(format_.size).mixed(picture, light)
    return picture.frame()


def _light(line: Timeline, frame: int, format_: Format) -> float:
    """Return how far the picture is from black (0 to 1): it may come up from it, and it ends in it."""
    opening = min(format_.frame(FADE_SECONDS), line.slots[0].stop // 2) if line.shots[0].join is Join.FADE else 0
    up = (frame + 1) / opening if frame < opening else 1.0
    left = line.frames - frame
    down = left / line.closing if left <= line.closing else 1.0
    return min(up, down)
