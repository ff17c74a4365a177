"""Bodies: build, clothes and gesture from the neck down. Lengths are in heads, a grown person standing 7.3 of them."""

import math
from random import Random

from media.storyboard.brush import Point, Sheet, limb, oval, smooth
from media.storyboard.colour import lit
from media.storyboard.garments import dress
from media.storyboard.looks import Look
from media.storyboard.pose import Palette, Pose, Tones

_SLEEVELESS = {"gown"}
_LONG_TOPS = {"suit", "hoodie", "jacket", "uniform", "sweater", "coat", "tee", "scrubs", "shirt"}
_SHORT_SLEEVES = {"tee", "scrubs", "dress"}

# Elbow and wrist of the near arm, then of the far one, from the shoulder's own side outwards; y down from the crown.
ARMS: dict[str, tuple[tuple[Point, Point], tuple[Point, Point]]] = {
    "down": (((1.12, 2.85), (1.08, 3.85)), ((1.12, 2.85), (1.08, 3.85))),
    "hips": (((1.62, 2.65), (0.92, 3.25)), ((1.12, 2.85), (1.08, 3.85))),
    "open": (((1.30, 2.75), (1.62, 3.15)), ((1.28, 2.75), (1.60, 3.1))),
    "gesture": (((1.18, 2.85), (1.30, 2.1)), ((1.12, 2.85), (1.08, 3.85))),
    "point": (((1.12, 2.85), (1.08, 3.85)), ((1.30, 2.45), (2.05, 2.05))),
    "hold": (((1.12, 2.78), (0.30, 2.55)), ((1.12, 2.78), (0.36, 2.62))),
    "clasp": (((1.14, 2.85), (0.16, 3.35)), ((1.14, 2.85), (0.16, 3.35))),
    "crossed": (((1.08, 2.72), (-0.42, 2.42)), ((1.08, 2.74), (-0.38, 2.62))),
    "embrace": (((1.10, 2.7), (1.10, 2.2)), ((1.25, 2.4), (1.75, 2.0))),
}


class Body:
    """One person's body on a sheet, painted in the order cloth and limbs overlap."""

    def __init__(self, sheet: Sheet, pose: Pose, look: Look, palette: Palette, chance: Random) -> None:
        self.sheet, self.pose, self.look, self.palette, self.chance = sheet, pose, look, palette, chance
        self.skin = palette.skin(look.skin)
        self.top = palette.tones(look.top)
        self.bottom = palette.tones(
            look.top if look.garment in {"suit", "robe", "gown", "dress", "scrubs"} else look.bottom
        )
        self.wide = (0.88 if look.feminine else 1.04) * (0.55 + 0.45 * look.breadth)
        self.waist = (0.57 if look.feminine else 0.70) * look.breadth
        self.hips = (0.68 if look.feminine else 0.64) * (0.4 + 0.6 * look.breadth)
        # A body turns with the head, though less, and shows narrower shoulders for it.
        self.narrow = 1.0 - 0.16 * pose.aside
        self.sway = 0.05 * pose.aside

    def at(self, x: float, y: float) -> Point:
        """Return the pixel of (x, y); looked at from below or above, the far end shrinks."""
        taper = 1.0 - self.pose.pitch * 0.030 * (y - 1.5)
        # Joints are given for a canon with a long neck; what is below it moves up, less and less towards the feet.
        y -= 0.21 * max(0.0, 7.3 - y) / 6.0 if y > 1.05 else 0.0
        return self.pose.at(x * self.narrow * taper + self.sway, y)

    def all(self, points: list[Point]) -> list[Point]:
        """Return `at` of every point."""
        return [self.at(x, y) for x, y in points]

    def part(self, spine: list[tuple[float, float, float]], tones: Tones, roundness: float = 0.45) -> None:
        """Paint a limb; each joint is x, y and half the width."""
        self.sheet.volume(limb([(*self.at(x, y), w * self.pose.head) for x, y, w in spine]), tones, roundness)

    def legs(self, seated: bool, stride: float) -> None:
        """Paint legs and shoes, or the skirt over them."""
        shoe = self.palette.tones((40, 34, 34) if self.look.garment != "tee" else (196, 192, 186))
        girth = 0.5 + 0.5 * self.look.breadth
        if seated:
            long = self.look.garment in {"robe", "gown", "sarong", "dress"}
            for side in (-1, 1):
                self.sheet.volume(
                    oval(*self.at(side * 0.40, 5.78), self.pose.head * 0.18, self.pose.head * 0.12), shoe, 0.4
                )
                if not long:
                    self.part(
                        [(side * 0.40, 3.95, 0.25), (side * 0.40, 4.7, 0.19), (side * 0.39, 5.68, 0.14)], self.bottom
                    )
            if long:
                lap: list[Point] = [(-0.66, 3.35), (0.66, 3.35), (0.74, 4.0), (0.66, 5.6), (-0.66, 5.6), (-0.74, 4.0)]
                self.sheet.volume(smooth(self.all(lap)), self.bottom, 0.28)
                return
            for side in (-1, 1):
                # Thighs come towards the camera: short, wide, and lit from above at the knee.
                thigh = [(side * 0.32, 3.4, 0.34), (side * 0.38, 3.8, 0.31), (side * 0.41, 4.1, 0.27)]
                self.part([(x, y, w * girth) for x, y, w in thigh], self.bottom, 0.5)
                self.sheet.volume(
                    oval(*self.at(side * 0.41, 4.12), self.pose.head * 0.25, self.pose.head * 0.2), self.bottom, 0.4
                )
            return
        skirt_end = {"robe": 7.08, "gown": 7.2, "sarong": 6.85, "dress": 5.35, "coat": 5.5}.get(self.look.garment, 0.0)
        for side in (-1, 1):
            knee = side * 0.26 + stride * side * 0.5
            foot = side * 0.28 + stride * side * 1.1
            bare = self.look.garment in {"dress"}
            tones = self.skin if bare else self.bottom
            if self.look.garment == "coat":
                tones = self.palette.tones(self.look.bottom)
            toe = oval(*self.at(foot + 0.07, 7.16), self.pose.head * 0.25, self.pose.head * 0.11)
            self.sheet.volume(toe, shoe, 0.4)
            legs = [
                (side * 0.30, 3.6, 0.34),
                (side * 0.29, 4.5, 0.27),
                (knee, 5.3, 0.20),
                (knee * 0.5 + foot * 0.5, 6.0, 0.185),
                (foot, 7.08, 0.13),
            ]
            self.part([(x, y, w * girth * (0.8 if bare else 1.0)) for x, y, w in legs], tones)
        if skirt_end:
            flare = {"gown": 1.05, "robe": 0.80, "dress": 0.78, "coat": 0.80}.get(self.look.garment, 0.66)
            hip = self.hips
            knee_at = 5.0 if skirt_end > 5.5 else 4.6
            half = [(self.waist, 2.9), (hip * 1.08, 3.7), (flare * 0.92, knee_at), (flare, skirt_end)]
            skirt = [*half, (0.0, skirt_end + 0.09), *[(-x, y) for x, y in reversed(half)]]
            cloth = self.palette.tones(self.look.bottom) if self.look.garment == "sarong" else self.top
            self.sheet.volume(smooth(self.all(skirt)), cloth, 0.3)
            for i in range(5):
                x = -0.5 + 0.25 * i + 0.08 * (self.chance.random() - 0.5)
                self.fold([(x * 0.6, 3.4), (x * 0.9, 4.4), (x * flare * 1.6, skirt_end - 0.1)], cloth, 0.08)

    def torso(self, back: bool) -> None:
        """Paint neck and upper body; seen from the `back` it has a seam instead of the garment's own marks."""
        look, sheet, head = self.look, self.sheet, self.pose.head
        w, waist, hip = self.wide, self.waist, self.hips
        neck, aside = 0.19 if look.feminine else 0.235, self.pose.aside
        self.part(
            [(-0.09 * aside, 0.72, neck * 1.05), (-0.06 * aside, 1.05, neck), (0.0, 1.5, neck * 1.25)], self.skin, 0.4
        )
        jaw = [
            self.pose.at(-0.22, 0.86),
            self.pose.at(0.26, 0.86),
            self.pose.at(0.22, 1.12),
            self.pose.at(0.02, 1.2),
            self.pose.at(-0.2, 1.1),
        ]
        sheet.tint(smooth(jaw), lit(self.skin[0], 0.7), 0.75, head * 0.05)
        loose = {"robe": 0.10, "hoodie": 0.08, "coat": 0.10, "jacket": 0.05, "sweater": 0.08}.get(look.garment, 0.0)
        slope = 1.47 if not look.feminine else 1.52
        end = 3.95 if look.garment in _LONG_TOPS else 3.5
        half = [
            (neck + 0.05, 1.28),
            (w * 0.58, slope - 0.10),
            (w * 0.90, slope + 0.04),
            (w * 0.99, slope + 0.36),
            (w * 0.86 + loose, 2.2),
            (waist + loose, 2.9),
            (hip * 1.06 + loose, 3.45),
            (hip * 1.08 + loose, end),
        ]
        ring = [(0.0, 1.30), *half, (0.0, end + 0.06), *[(-x, y) for x, y in reversed(half)]]
        sheet.volume(smooth(self.all(ring)), self.top, 0.30)
        self._folds(end)
        if back:
            self.fold([(0.0, 1.5), (0.03, 2.4), (0.0, end)], self.top, 0.05)
        else:
            dress(self, end)

    def fold(self, points: list[Point], tones: Tones, width: float) -> None:
        """Paint a soft crease in cloth, `width` heads wide."""
        head = self.pose.head
        self.sheet.stroke(smooth(self.all(points), closed=False), lit(tones[0], 0.8), head * width, 0.26, head * 0.03)

    def _folds(self, end: float) -> None:
        w, waist = self.wide, self.waist
        jitter = [0.12 * (self.chance.random() - 0.5) for _ in range(6)]
        self.fold([(w * 0.72, 2.0), (w * 0.45, 2.3 + jitter[0]), (w * 0.2, 2.42)], self.top, 0.07)
        self.fold([(-w * 0.72, 2.05), (-w * 0.48, 2.36 + jitter[1]), (-w * 0.22, 2.44)], self.top, 0.07)
        self.fold([(waist * 0.95, 2.75), (waist * 0.4, 2.95 + jitter[2]), (0.05, 2.95)], self.top, 0.07)
        self.fold([(-waist * 0.95, 2.9), (-waist * 0.5, 3.08 + jitter[3]), (-0.1, 3.05)], self.top, 0.07)
        self.fold([(waist * 0.6, 3.1), (waist * 0.3, 3.4 + jitter[4]), (waist * 0.2, end - 0.1)], self.top, 0.06)

    def arm(self, side: int, arms: str) -> None:
        """Paint one arm; `side` +1 is the one away from the viewer of a turned body, -1 the near one."""
        look = self.look
        (near, far) = ARMS[arms]
        elbow, wrist = near if side < 0 else far
        girth = (0.17 if look.feminine else 0.205) * (0.5 + 0.5 * look.breadth)
        shoulder = (side * self.wide * 0.82, 1.66 if not look.feminine else 1.70)
        out = side * (0.45 + 0.55 * self.wide)
        joints = [
            (shoulder[0] * 0.84, shoulder[1] - 0.10, girth * 0.72),
            (shoulder[0], shoulder[1] + 0.20, girth * 1.06),
            (out * elbow[0], elbow[1], girth * 0.92),
            (out * wrist[0], wrist[1], girth * 0.62),
        ]
        sleeve = self.top
        covered = look.cover != ""
        bare = look.garment in _SLEEVELESS | _SHORT_SLEEVES and not covered
        self._hand(joints, arms, side)
        if bare:
            self.part(joints, self.skin)
            if look.garment in _SHORT_SLEEVES:
                (ax, ay, aw), (bx, by, bw) = joints[1], joints[2]
                self.part(
                    [joints[0], (ax, ay, aw * 1.08), (ax + (bx - ax) * 0.55, ay + (by - ay) * 0.55, (aw + bw) * 0.58)],
                    sleeve,
                )
        else:
            loose = 1.25 if look.garment in {"robe", "coat"} else 1.05
            self.part([(x, y, w * (loose if i > 1 else 1.0)) for i, (x, y, w) in enumerate(joints)], sleeve)
            (bx, by, _), (cx, cy, _) = joints[2], joints[3]
            self.fold([(bx - 0.1, by - 0.08), (bx + 0.04, by + 0.02), (bx + 0.12, by - 0.04)], sleeve, 0.06)
            self.fold(
                [((bx + cx) / 2 - 0.08, (by + cy) / 2), ((bx + cx) / 2 + 0.08, (by + cy) / 2 + 0.06)], sleeve, 0.05
            )

    def _hand(self, joints: list[tuple[float, float, float]], arms: str, side: int) -> None:
        (bx, by, _), (cx, cy, _) = joints[2], joints[3]
        length = math.hypot(cx - bx, cy - by) or 1.0
        ux, uy = (cx - bx) / length, (cy - by) / length
        size = 0.92 if self.look.feminine else 1.05
        palm = [
            (cx - ux * 0.08, cy - uy * 0.08, 0.10 * size),
            (cx + ux * 0.18, cy + uy * 0.18, 0.135 * size),
            (cx + ux * 0.34, cy + uy * 0.34, 0.115 * size),
        ]
        self.part(palm, self.skin)
        spread = {"gesture": 0.07, "open": 0.06}.get(arms, 0.02)
        px, py = -uy, ux
        for i in range(4):
            across = (i - 1.5) * 0.060 * size
            out = 0.26 * (1.0 - 0.10 * abs(i - 1.4)) * (0.8 if arms in {"hold", "clasp", "crossed", "hips"} else 1.0)
            if arms == "point" and side > 0:
                out = 0.34 if i == 0 else 0.02
            tip, bend = across + (i - 1.5) * spread, 0.32 + out * 0.5
            finger = [
                (cx + ux * 0.20 + px * across, cy + uy * 0.20 + py * across, 0.043 * size),
                (cx + ux * bend + px * tip * 0.9, cy + uy * bend + py * tip * 0.9, 0.040 * size),
                (cx + ux * (0.32 + out) + px * tip, cy + uy * (0.32 + out) + py * tip, 0.026 * size),
            ]
            self.part(finger, self.skin)
        thumb = [
            (cx + ux * 0.06 - px * 0.09 * side, cy + uy * 0.06 - py * 0.09 * side, 0.042 * size),
            (cx + ux * 0.30 - px * 0.19 * side, cy + uy * 0.30 - py * 0.19 * side, 0.030 * size),
        ]
        self.part(thumb, self.skin)
