"""Faces: planes, features and acting, at storyboard level."""

from media.storyboard.brush import Sheet, oval, smooth
from media.storyboard.colour import Rgb, lit, mix
from media.storyboard.features import paint_eye, paint_mouth, paint_nose
from media.storyboard.looks import Look
from media.storyboard.marks import paint_beard, paint_glasses, paint_years
from media.storyboard.pose import Expression, Palette, Pose, away_from_key

# The half of a head's outline away from the viewer and the half near them: facing the camera, then three-quarter.
_FAR = (
    ((0.17, 0.015), (0.19, 0.015)),
    ((0.30, 0.10), (0.31, 0.115)),
    ((0.352, 0.25), (0.35, 0.25)),
    ((0.348, 0.38), (0.322, 0.385)),
    ((0.345, 0.50), (0.342, 0.50)),
    ((0.322, 0.64), (0.322, 0.62)),
    ((0.262, 0.80), (0.282, 0.77)),
    ((0.18, 0.925), (0.248, 0.90)),
    ((0.085, 0.99), (0.185, 0.985)),
)
_NEAR = (
    ((-0.17, 0.015), (-0.20, 0.015)),
    ((-0.30, 0.10), (-0.36, 0.10)),
    ((-0.352, 0.25), (-0.44, 0.25)),
    ((-0.348, 0.38), (-0.45, 0.40)),
    ((-0.345, 0.50), (-0.40, 0.53)),
    ((-0.322, 0.64), (-0.255, 0.665)),
    ((-0.262, 0.80), (-0.19, 0.80)),
    ((-0.18, 0.925), (-0.075, 0.925)),
    ((-0.085, 0.99), (0.055, 0.995)),
)


def _between(pair: tuple[tuple[float, float], tuple[float, float]], aside: float) -> tuple[float, float]:
    (ax, ay), (bx, by) = pair
    return ax + (bx - ax) * aside, ay + (by - ay) * aside


def head_outline(pose: Pose, look: Look) -> list[tuple[float, float]]:
    """Return the skull and face as one outline, in the sheet's pixels."""
    jaw = 0.93 if look.feminine else 1.03
    jaw *= 0.6 + 0.4 * look.breadth
    far = [_between(pair, pose.aside) for pair in _FAR]
    near = [_between(pair, pose.aside) for pair in _NEAR]
    middle = 0.15 * pose.aside

    def narrowed(x: float, y: float) -> tuple[float, float]:
        return (middle + (x - middle) * jaw, y) if y > 0.6 else (x, y)

    ring = [(0.0, 0.0), *(narrowed(x, y) for x, y in far), *(narrowed(x, y) for x, y in reversed(near))]
    return smooth(pose.all(ring))


def paint_face(sheet: Sheet, pose: Pose, look: Look, palette: Palette, acting: Expression, crying: bool) -> None:
    """Paint planes and features onto a head that is already there."""
    dark, own, bright = palette.skin(look.skin)
    deep = lit(dark, 0.62)
    _planes(sheet, pose, palette, dark, bright)
    if not pose.detail:
        _hints(sheet, pose, look, dark, deep, palette)
        return
    if look.beard:
        paint_beard(sheet, pose, look, palette)
    paint_nose(sheet, pose, palette, dark, deep, bright)
    paint_mouth(sheet, pose, look, acting, palette, own, dark, deep)
    for side in (1, -1):
        paint_eye(sheet, pose, look, palette, acting, side, dark, deep)
    if look.age >= 48:
        paint_years(sheet, pose, dark, look.age)
    if crying:
        for side in (1, -1):
            x, y = 0.13 * side, 0.52
            track = [
                pose.on_face(x, y, 0.27),
                pose.on_face(x * 1.1, y + 0.1, 0.28),
                pose.on_face(x * 1.05, y + 0.2, 0.26),
            ]
            sheet.stroke(track, mix(bright, (255, 255, 255), 0.5), pose.head * 0.009, 0.42, pose.head * 0.002)
    if look.glasses:
        paint_glasses(sheet, pose)


def _planes(sheet: Sheet, pose: Pose, palette: Palette, dark: Rgb, bright: Rgb) -> None:
    head, away, depth = pose.head, away_from_key(pose, palette), 0.30 + 0.42 * palette.light.contrast
    if away > 0:
        # A head turned from the key shows mostly its dark side, which must still be a face.
        depth *= 1.0 - 0.45 * pose.aside
    on = pose.on_face
    # The side of the face that turns away from the key, with the nose's shadow joining the cheek's.
    edge = 0.6 * away
    cheek = [
        on(0.20 * away, 0.16, 0.24),
        on(0.215 * away, 0.36, 0.22),
        on(0.19 * away, 0.46, 0.26),
        on(0.23 * away, 0.56, 0.2),
        on(0.155 * away, 0.68, 0.24),
        on(0.15 * away, 0.80, 0.24),
        on(0.08 * away, 0.93, 0.26),
        on(0.05 * away, 1.08, 0.2),
        pose.at(edge, 1.08),
        pose.at(edge, 0.1),
    ]
    sheet.tint(smooth(cheek), dark, depth, head * 0.028)
    for side in (1, -1):
        socket = [
            on(0.065 * side, 0.415, 0.28),
            on(0.16 * side, 0.40, 0.27),
            on(0.255 * side, 0.425, 0.2),
            on(0.25 * side, 0.475, 0.2),
            on(0.16 * side, 0.525, 0.25),
            on(0.085 * side, 0.50, 0.27),
        ]
        sheet.tint(smooth(socket), dark, 0.5 if pose.detail else 0.85, head * 0.022)
    # Forehead and the cheek by the key catch the light.
    sheet.tint(oval(*on(-0.10 * away, 0.27, 0.28), head * 0.10, head * 0.06), bright, 0.30, head * 0.035)
    sheet.tint(oval(*on(-0.185 * away, 0.575, 0.24), head * 0.06, head * 0.045), bright, 0.38, head * 0.024)
    hollow = [
        on(-0.27 * away, 0.62, 0.16),
        on(-0.20 * away, 0.66, 0.2),
        on(-0.17 * away, 0.79, 0.22),
        on(-0.25 * away, 0.74, 0.14),
    ]
    sheet.tint(smooth(hollow), dark, 0.22, head * 0.03)


def _hints(sheet: Sheet, pose: Pose, look: Look, dark: Rgb, deep: Rgb, palette: Palette) -> None:
    on, head = pose.on_face, pose.head
    if head < 22:
        return
    if look.beard:
        paint_beard(sheet, pose, look, palette)
    for side in (1, -1):
        brow = [on(0.07 * side, 0.415, 0.28), on(0.16 * side, 0.395, 0.27), on(0.25 * side, 0.42, 0.2)]
        sheet.stroke(brow, lit(deep, 0.6), head * 0.04, 0.8)
        sheet.stroke(
            [on(0.09 * side, 0.475, 0.27), on(0.16 * side, 0.468, 0.27), on(0.235 * side, 0.476, 0.2)],
            lit(deep, 0.4),
            head * 0.036,
            0.85,
        )
    sheet.tint(
        [on(-0.07, 0.665, 0.33), on(0, 0.64, 0.40), on(0.07, 0.665, 0.33), on(0, 0.69, 0.33)], deep, 0.6, head * 0.008
    )
    sheet.stroke(
        [on(-0.1, 0.785, 0.27), on(0, 0.78, 0.30), on(0.1, 0.785, 0.27)],
        mix(deep, (110, 40, 40), 0.25),
        head * 0.03,
        0.8,
    )
    sheet.tint(oval(*on(0, 0.86, 0.28), head * 0.07, head * 0.02), dark, 0.5, head * 0.01)
