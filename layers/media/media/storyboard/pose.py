"""The frame of reference a body is drawn in, and how light falls on its colours."""

import math
from dataclasses import dataclass

from media.storyboard.brush import Outline, Point, Sheet
from media.storyboard.colour import Rgb, lightness, lit, mix
from media.storyboard.light import Light
from media.storyboard.reading import Feeling

Tones = tuple[Rgb, Rgb, Rgb]
"""A colour in shadow, as it is, and in the key light."""


@dataclass(frozen=True)
class Expression:
    """A face's acting. Brow and mouth moves are in shares of a head; `lids` is how open the eyes are, 1.0 at rest."""

    brow_inner: float = 0.0
    brow_outer: float = 0.0
    lids: float = 1.0
    corners: float = 0.0
    parted: float = 0.0
    chin: float = 0.0


EXPRESSIONS: dict[Feeling, Expression] = {
    Feeling.CALM: Expression(corners=0.003),
    Feeling.JOY: Expression(brow_inner=-0.008, brow_outer=-0.004, lids=0.82, corners=0.03, parted=0.022),
    Feeling.ROMANCE: Expression(brow_inner=-0.006, lids=0.84, corners=0.016),
    Feeling.TENSION: Expression(brow_inner=0.016, brow_outer=-0.006, lids=0.95, corners=-0.008),
    Feeling.ANGER: Expression(brow_inner=0.03, brow_outer=-0.016, lids=0.98, corners=-0.014, parted=0.018),
    Feeling.SORROW: Expression(brow_inner=-0.024, brow_outer=0.014, lids=0.76, corners=-0.016, chin=0.02),
    Feeling.FEAR: Expression(brow_inner=-0.022, brow_outer=-0.004, lids=1.22, corners=-0.006, parted=0.02),
    Feeling.MYSTERY: Expression(brow_inner=0.008, brow_outer=-0.006, lids=0.84, corners=0.004),
    Feeling.RESOLVE: Expression(brow_inner=0.012, brow_outer=-0.008, lids=0.92, corners=0.004, chin=-0.015),
}


@dataclass(frozen=True)
class Pose:
    """Where a head is on a sheet and how it is turned. Lengths handed to it are in heads, from the crown down.

    `turn` is -1.0 to 1.0, towards the right of the frame when positive. `pitch` is positive when seen from above.
    """

    x: float
    y: float
    head: float
    turn: float
    pitch: float
    detail: bool
    """Whether a face is large enough on screen for features, not just their shadows."""

    @property
    def aside(self) -> float:
        """How far the head is turned away, 0 (to camera) to 1 (three-quarter)."""
        return min(abs(self.turn) / 0.8, 1.0)

    def at(self, x: float, y: float) -> Point:
        """Return the pixel of a point of a head that faces right; a head that faces left is its mirror image."""
        return self.x + (x if self.turn >= 0 else -x) * self.head, self.y + y * self.head

    def all(self, points: Outline) -> list[Point]:
        """Return `at` of every point."""
        return [self.at(x, y) for x, y in points]

    def on_face(self, x: float, y: float, depth: float) -> Point:
        """Return the pixel of a face point: `x` from the middle line, `depth` before the head's axis, in heads."""
        angle = math.radians(38) * self.aside
        return self.at(x * math.cos(angle) + depth * math.sin(angle), y + self.pitch * (0.035 + 0.05 * (depth - 0.25)))


@dataclass(frozen=True)
class Palette:
    """Light as it falls on people. `distance` 0 to 1 is how much of the haze lies in front of them."""

    light: Light
    distance: float

    def tones(self, colour: Rgb) -> Tones:
        """Return `colour` in shadow, as it is and in the key light."""
        light = self.light
        own = mix(lit(colour, mix(light.ambient, light.key, 0.62)), lit(colour, 0.84), 0.25)
        dark = mix(lit(lit(colour, light.fill), 1.0 - 0.55 * light.contrast), lit(colour, 0.30), 0.35)
        dark = mix(dark, light.shadow_tint, 0.18)
        bright = mix(lit(colour, mix(light.key, (255, 255, 255), 0.2)), light.key, 0.08)
        weak = 1.0 - (1.0 - light.exposure) * 0.42
        return self._far(lit(dark, weak)), self._far(lit(own, weak * 0.94)), self._far(lit(bright, weak * 1.08))

    def skin(self, colour: Rgb) -> Tones:
        """Return `tones` for skin: light that scatters in it keeps its shadows from closing, and faces must read."""
        dark, own, bright = self.tones(colour)
        # Dark skin needs more of that than light skin, which would go flat.
        lift = 0.42 - 0.30 * min(lightness(colour) / 200, 1.0)
        return mix(dark, own, lift), mix(own, lit(colour, 0.95), 0.2), mix(bright, self.light.key, 0.08)

    def _far(self, colour: Rgb) -> Rgb:
        return mix(colour, self.light.haze, self.distance)


def away_from_key(pose: Pose, palette: Palette) -> float:
    """Return the side of the face, in the head's own unmirrored x, that the key does not reach: -1.0 or +1.0."""
    return -palette.light.side * (1.0 if pose.turn >= 0 else -1.0)


def sheet_for(size: tuple[int, int], light: Light) -> Sheet:
    """Return a sheet lit by the scene's key, which comes from one side and above."""
    return Sheet(size, (light.side * 0.86, -0.5))
