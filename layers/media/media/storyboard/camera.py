"""The camera: metres in, pixels out.

World axes: x to the right, y up from the floor, z away from the camera, in metres. The picture plane stays upright
(a view camera with shift), so upright things stay upright; a dutch angle rolls the finished frame.
"""

from dataclasses import dataclass

from studio.domain.shot import Angle, Aspect, ShotSize

HEADS_TALL = 7.3
"""A grown person's height in heads."""
_LONG_SIDE_MM = 36.0
_NEAR = 0.25

Point3 = tuple[float, float, float]
Point2 = tuple[float, float]

# Head height, and where the top of the head sits, as shares of the frame's height.
_FRAMING: dict[Aspect, dict[ShotSize, tuple[float, float]]] = {
    Aspect.WIDE: {
        ShotSize.ESTABLISHING: (0.055, 0.46),
        ShotSize.WIDE: (0.096, 0.19),
        ShotSize.MEDIUM: (0.235, 0.14),
        ShotSize.CLOSE_UP: (0.50, 0.115),
        ShotSize.EXTREME_CLOSE_UP: (0.84, -0.03),
    },
    Aspect.SQUARE: {
        ShotSize.ESTABLISHING: (0.05, 0.48),
        ShotSize.WIDE: (0.09, 0.22),
        ShotSize.MEDIUM: (0.205, 0.19),
        ShotSize.CLOSE_UP: (0.44, 0.16),
        ShotSize.EXTREME_CLOSE_UP: (0.74, 0.05),
    },
    Aspect.TALL: {
        ShotSize.ESTABLISHING: (0.042, 0.52),
        ShotSize.WIDE: (0.078, 0.29),
        ShotSize.MEDIUM: (0.16, 0.24),
        ShotSize.CLOSE_UP: (0.33, 0.21),
        ShotSize.EXTREME_CLOSE_UP: (0.53, 0.13),
    },
}


@dataclass(frozen=True)
class Camera:
    """A pinhole at (0, eye, 0) looking along z. `focal` is in pixels; `horizon` is the eye level's row."""

    width: int
    height: int
    focal: float
    eye: float
    horizon: float
    distance: float
    """Metres from the camera to the people it is focused on."""
    pitch: float
    """-1.0 for a camera that looks up at faces, +1.0 for one that looks down."""
    roll: float
    """Degrees the finished frame is turned by."""
    aperture: float
    """Metres of glass: how quickly things out of focus blur."""

    def scale(self, z: float) -> float:
        """Return pixels per metre at depth `z`."""
        return self.focal / max(z, _NEAR)

    def project(self, point: Point3) -> Point2:
        """Return where `point` falls in the frame."""
        x, y, z = point
        scale = self.scale(z)
        return self.width / 2 + x * scale, self.horizon + (self.eye - y) * scale

    def outline(self, points: list[Point3]) -> list[Point2]:
        """Return a polygon's outline in the frame, cut off where it comes too close to the camera; maybe empty."""
        kept: list[Point3] = []
        for a, b in zip(points, points[1:] + points[:1], strict=True):
            if a[2] >= _NEAR:
                kept.append(a)
            if (a[2] >= _NEAR) != (b[2] >= _NEAR):
                t = (_NEAR - a[2]) / (b[2] - a[2])
                kept.append((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, _NEAR))
        return [self.project(point) for point in kept]

    def blur(self, z: float) -> float:
        """Return the radius in pixels a point at depth `z` is blurred to, by the thin-lens circle of confusion."""
        return min(self.focal * self.aperture * abs(1 / self.distance - 1 / max(z, _NEAR)), self.height * 0.016)


def camera_for(
    aspect: Aspect, size: ShotSize, angle: Angle, lens_mm: int, head_top: float, tight: float = 1.0
) -> Camera:
    """Return the camera that frames a person whose head's top is `head_top` metres up.

    The lens decides perspective and blur, the shot size how large the person is; so the distance follows from both.
    `tight` scales the person, where several must fit.
    """
    width, height = aspect.pixels
    head_share, top_share = _FRAMING[aspect][size]
    lens = min(max(lens_mm, 14), 135)
    focal = lens / _LONG_SIDE_MM * max(width, height)
    metre = head_share * height * tight * HEADS_TALL / 1.72
    distance = focal / metre
    seen = height / metre
    natural = min(1.5, head_top - 0.12)
    eye = {
        Angle.LOW: max(0.22, natural - 0.42 * seen),
        Angle.HIGH: natural + 0.5 * seen,
        Angle.DUTCH: natural - 0.08 * seen,
    }.get(angle, natural)
    if size is ShotSize.ESTABLISHING and angle is Angle.EYE_LEVEL:
        eye += 0.5
    top = top_share * height * (1.0 if tight >= 1.0 else 1.0 + (1.0 - tight) * 0.8)
    return Camera(
        width=width,
        height=height,
        focal=focal,
        eye=eye,
        horizon=top + (head_top - eye) * metre,
        distance=distance,
        pitch={Angle.LOW: -0.8, Angle.HIGH: 0.9}.get(angle, 0.0),
        roll=-6.5 if angle is Angle.DUTCH else 0.0,
        aperture=0.016 if size in {ShotSize.CLOSE_UP, ShotSize.EXTREME_CLOSE_UP} else 0.009,
    )
