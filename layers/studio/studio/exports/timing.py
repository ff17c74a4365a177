"""When each line is said and when each clip is seen, reckoned from the words alone.

These are placeholders until real speech has been measured: lines follow one another at the pace of `WORDS_PER_SECOND`,
and the scenes' action takes no time of its own. Whatever shows times (subtitles, shot list, timelines) shows these.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from studio.domain.script import WORDS_PER_SECOND, ClipDescription, Scene, Script
from studio.exports.wording import UNSPACED

LINE_SECONDS = 1.0
"""The shortest a line can be and still be read as a subtitle."""

BREATH_SECONDS = 0.3
SCENE_PAUSE_SECONDS = 1.0
CLIP_SECONDS = 2.0
"""The shortest a clip can be and still be seen."""

_SIGNS_PER_WORD = 2  # roughly, where words have no spaces between them
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True)
class Cue:
    """A line on the timeline. `line` is its number in its scene, from 1; `start` and `end` are seconds."""

    scene: int
    line: int
    speaker: str
    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Spot:
    """A clip on the timeline; `start` and `end` are seconds."""

    clip: ClipDescription
    start: float
    end: float


@dataclass(frozen=True)
class SceneSpan:
    """A scene on the timeline; `start` and `end` are seconds."""

    scene: Scene
    start: float
    end: float


@dataclass(frozen=True)
class Timing:
    """A script on the timeline: its scenes and lines in order, its clips in the order in which they are seen.

    Nothing overlaps. `end` is in seconds; the timeline starts at 0.
    """

    scenes: tuple[SceneSpan, ...]
    cues: tuple[Cue, ...]
    spots: tuple[Spot, ...]
    end: float

    def spot(self, number: int) -> Spot:
        """Return where the clip with this number is. Raises KeyError."""
        for spot in self.spots:
            if spot.clip.number == number:
                return spot
        raise KeyError(number)


def speech_seconds(text: str) -> float:
    """Return how long `text` takes to say, in seconds."""
    unspaced = len(_UNSPACED.findall(text))
    words = len(_UNSPACED.sub(" ", text).split())
    return max(LINE_SECONDS, (words + unspaced / _SIGNS_PER_WORD) / WORDS_PER_SECOND)


def timed(script: Script) -> Timing:
    """Lay a script out in time.

    A clip covers the lines it names, and one that names none its whole scene; clips that cover the same lines share
    them in equal parts. A clip lasts CLIP_SECONDS at least: a scene with more clips than words is as long as its clips
    need. A clip of a scene that does not exist comes last.
    """
    scenes: list[SceneSpan] = []
    cues: list[Cue] = []
    spots: list[Spot] = []
    at = 0.0
    for scene in script.scenes:
        if scenes:
            at += SCENE_PAUSE_SECONDS
        spoken = list(_spoken(scene, at))
        clips = [clip for clip in script.clips if clip.scene == scene.number]
        end = max(spoken[-1].end, at + CLIP_SECONDS * len(clips))
        scenes.append(SceneSpan(scene, at, end))
        cues += spoken
        spots += _spots(clips, spoken, at, end)
        at = end
    numbers = {scene.number for scene in script.scenes}
    for clip in script.clips:
        if clip.scene not in numbers:
            spots.append(Spot(clip, at, at + CLIP_SECONDS))
            at += CLIP_SECONDS
    return Timing(tuple(scenes), tuple(cues), tuple(spots), at)


def _spoken(scene: Scene, at: float) -> Iterator[Cue]:
    for number, line in enumerate(scene.lines, 1):
        end = at + speech_seconds(line.text)
        yield Cue(scene.number, number, line.speaker, at, end, line.text)
        at = end + BREATH_SECONDS


def _spots(clips: Sequence[ClipDescription], spoken: Sequence[Cue], start: float, end: float) -> list[Spot]:
    """Place a scene's clips between its start and its end, which are far enough apart for all of them."""
    covering: dict[frozenset[int], list[ClipDescription]] = {}
    for clip in clips:
        lines = frozenset(number for number in clip.lines if 1 <= number <= len(spoken))
        covering.setdefault(lines, []).append(clip)
    wished: list[Spot] = []
    for lines, sharing in covering.items():
        first = spoken[min(lines) - 1].start if lines else start
        last = spoken[max(lines) - 1].end if lines else end
        part = (last - first) / len(sharing)
        wished += [Spot(clip, first + part * n, first + part * (n + 1)) for n, clip in enumerate(sharing)]
    wished.sort(key=lambda spot: (spot.start, spot.clip.number))
    starts: list[float] = []
    for place, spot in enumerate(wished):
        # Not before the one in front has had its time, nor so late that those behind have not.
        earliest = starts[-1] + CLIP_SECONDS if starts else start
        starts.append(min(max(spot.start, earliest), end - CLIP_SECONDS * (len(wished) - place)))
    return [
        Spot(spot.clip, begins, min(max(spot.end, begins + CLIP_SECONDS), following))
        for spot, (begins, following) in zip(wished, pairwise([*starts, end]), strict=True)
    ]
