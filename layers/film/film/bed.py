"""A quiet bed of music, made here: a progression of chords on soft pads, a bass, and a few plucked notes, by mood.

One loop of 10 to 17 seconds is reckoned, note by note; what still sounds at its end sounds on at its beginning, so
that it repeats without a seam. The same mood and seed give the same loop. Nobody else has rights in it.
"""

import math
import random
import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import repeat
from operator import add, mul

RATE = 16_000
"""Samples in a second: nothing in a bed that lies under speech is higher than 5 kHz."""

type Samples = array[float]


class Mood(StrEnum):
    """What the music feels like."""

    CALM = "calm"
    WARM = "warm"
    TENSE = "tense"
    SAD = "sad"
    PLAYFUL = "playful"
    TRIUMPHANT = "triumphant"
    MYSTERIOUS = "mysterious"
    ANGRY = "angry"


_WORDS: dict[Mood, str] = {
    Mood.TENSE: "tens|suspen|nervous|uneasy|anxious|danger|confront|fear|threat|dread",
    Mood.ANGRY: "ang(?:er|ry)|rage|furious|fight|hostile|bitter",
    Mood.SAD: "sad|griev|grief|lonely|loss|melanchol|regret|tear|heartbr|mourn",
    Mood.PLAYFUL: "play|fun|comic|comed|light-?hearted|silly|cheek|mischie|quirk",
    Mood.TRIUMPHANT: "triumph|victor|proud|heroic|winning|glor|celebrat|jubil",
    Mood.MYSTERIOUS: "myster|secret|eerie|strange|curious|uncanny|suspicio",
    Mood.WARM: "warm|tender|love|romant|hope|intimate|gentle|happy|joy|cosy|cozy|reconcil",
}


@dataclass(frozen=True)
class _Style:
    """How a mood is played. Chords in MIDI notes; `bar` seconds for each; `steps` plucked notes in a bar."""

    chords: tuple[tuple[int, ...], ...]
    bar: float
    steps: int
    partials: tuple[float, ...]
    attack: float


_IN_TUNE = 0.0003
"""By which share a tone may be off, half a cent: nobody hears it."""
_HEADROOM = 0.1
"""How loud one tone is, so that many together stay within ±1."""

_SOFT, _ROUND, _EDGED = (1.0, 0.35, 0.12, 0.05), (1.0, 0.18, 0.06), (1.0, 0.6, 0.42, 0.25, 0.16)
_STYLES: dict[Mood, _Style] = {
    Mood.CALM: _Style(((48, 55, 62, 64), (45, 52, 60, 64), (41, 53, 57, 60), (43, 50, 59, 62)), 3.6, 4, _SOFT, 0.9),
    Mood.WARM: _Style(((50, 57, 61, 66), (47, 54, 62, 66), (43, 55, 59, 62), (45, 52, 61, 64)), 3.2, 4, _SOFT, 0.7),
    Mood.TENSE: _Style(((38, 50, 53, 57), (38, 51, 55, 58), (36, 48, 55, 60), (37, 49, 55, 58)), 3.0, 8, _EDGED, 0.25),
    Mood.SAD: _Style(((45, 57, 60, 64), (41, 53, 60, 65), (43, 50, 58, 62), (40, 52, 59, 64)), 4.2, 2, _ROUND, 1.1),
    Mood.PLAYFUL: _Style(((48, 55, 60, 64), (45, 52, 57, 60), (50, 57, 62, 65), (43, 50, 59, 65)), 2.5, 8, _ROUND, 0.2),
    Mood.TRIUMPHANT: _Style(
        ((48, 55, 60, 67), (43, 55, 62, 67), (45, 57, 60, 64), (41, 53, 60, 69)), 2.8, 6, _EDGED, 0.35
    ),
    Mood.MYSTERIOUS: _Style(
        ((40, 52, 55, 59), (40, 54, 57, 60), (36, 52, 55, 60), (39, 51, 54, 58)), 4.0, 3, _ROUND, 1.0
    ),
    Mood.ANGRY: _Style(((36, 48, 51, 55), (34, 46, 53, 58), (36, 48, 51, 56), (37, 49, 52, 56)), 2.6, 8, _EDGED, 0.1),
}


def mood_of(words: str) -> Mood:
    """Return the mood that words about a film name, CALM where they name none."""
    found = {mood: len(re.findall(rf"\b(?:{pattern})", words.casefold())) for mood, pattern in _WORDS.items()}
    best = max(found, key=lambda mood: found[mood])
    return best if found[best] else Mood.CALM


def loop(mood: Mood, seed: int = 0) -> tuple[Samples, Samples]:
    """Return one loop, left and right: floats within ±1 at RATE samples in a second. `seed` chooses the melody."""
    style = _STYLES[mood]
    bar = round(style.bar * RATE)
    sides = [array("f", bytes(4 * bar * len(style.chords))) for _ in range(2)]
    draw = random.Random(f"{mood}:{seed}")
    for number, chord in enumerate(style.chords):
        at = number * bar
        long = _swell(bar + RATE // 2, round(style.attack * RATE))
        root = _tone(chord[0], 0.0, _ROUND, 1.6, len(long))
        for side, cents in zip(sides, (-4.0, 4.0), strict=True):
            # Left and right a little out of tune with each other: that is what makes a pad wide.
            tones: Iterable[float] = root
            for note in chord[1:]:
                tones = map(add, tones, _tone(note, cents, style.partials, 1.0, len(long)))
            _lay(side, at, array("f", map(mul, tones, long)))
        _pluck(sides, at, chord, style, draw)
    return sides[0], sides[1]


def _pluck(sides: Sequence[Samples], at: int, chord: Sequence[int], style: _Style, draw: random.Random) -> None:
    step = round(style.bar * RATE / style.steps)
    short = _decay(round(min(1.2, 0.35 + 1.6 / style.steps) * RATE))
    for number in range(style.steps):
        if number and draw.random() < 0.3:
            continue  # music breathes
        note = draw.choice(chord[1:]) + 12
        tone = _tone(note, 0.0, _ROUND, 1.0, len(short))
        place = draw.uniform(0.25, 0.75)
        for side, share in zip(sides, (1 - place, place), strict=True):
            loud = 1.6 * math.sqrt(share)
            _lay(side, at + number * step, array("f", map(mul, map(mul, tone, short), repeat(loud))))


def _lay(side: Samples, at: int, note: Samples) -> None:
    """Add notes to a loop; what goes past the end is added at the beginning."""
    begun = 0
    while begun < len(note):
        start = (at + begun) % len(side)
        stop = min(start + len(note) - begun, len(side))
        part = note[begun : begun + stop - start]
        side[start:stop] = array("f", map(add, side[start:stop], part))
        begun += stop - start


@cache
def _tone(note: int, cents: float, partials: tuple[float, ...], loud: float, length: int) -> Samples:
    """Return a steady tone: a few whole waves that fit a whole number of samples, repeated."""
    pitch = 440.0 * 2 ** ((note - 69) / 12 + cents / 1200)
    period = RATE / pitch
    waves = next(count for count in range(1, 200) if abs(round(count * period) / (count * period) - 1) < _IN_TUNE)
    table = round(waves * period)
    turn, scale = 2 * math.pi * waves / table, _HEADROOM * loud / sum(partials)
    one = array(
        "f",
        (
            scale * sum(share * math.sin(turn * (number + 1) * at) for number, share in enumerate(partials))
            for at in range(table)
        ),
    )
    return (one * (length // table + 1))[:length]


@cache
def _swell(length: int, attack: int) -> Samples:
    """Return the shape of a note that comes slowly and goes within half a second."""
    release = RATE // 2
    rise = [0.5 - 0.5 * math.cos(math.pi * at / attack) for at in range(attack)]
    fall = [0.5 + 0.5 * math.cos(math.pi * at / release) for at in range(release)]
    return array("f", [*rise, *([1.0] * (length - attack - release)), *fall])


@cache
def _decay(length: int) -> Samples:
    """Return the shape of a plucked note."""
    attack = RATE // 200
    ring = math.exp(-6.0 / length)
    level, values = 1.0, []
    for at in range(length):
        values.append(level * min(at / attack, 1.0, (length - at) / attack))
        level *= ring
    return array("f", values)
