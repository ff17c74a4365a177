"""Faces: planes, features and acting, at storyboard level."""

from media.storyboard.brush import Sheet, oval, smooth
from media.storyboard.colour import Rgb, lit, mix
from media.storyboard.looks import Look
from media.storyboard.pose import Expression, Palette, Pose

# The half of a head's outline away from the viewer and the half near them: facing the camera, then three-quarter.
_FAR = (
    ((0.17, 0.015), (0.19, 0.015)), ((0.30, 0.10), (0.31, 0.115)), ((0.352, 0.25), (0.35, 0.25)),
    ((0.348, 0.38), (0.322, 0.385)), ((0.345, 0.50), (0.342, 0.50)), ((0.322, 0.64), (0.322, 0.62)),
    ((0.262, 0.80), (0.282, 0.77)), ((0.18, 0.925), (0.248, 0.90)), ((0.085, 0.99), (0.185, 0.985)),
)  # fmt: skip
_NEAR = (
    ((-0.17, 0.015), (-0.20, 0.015)), ((-0.30, 0.10), (-0.36, 0.10)), ((-0.352, 0.25), (-0.44, 0.25)),
    ((-0.348, 0.38), (-0.45, 0.40)), ((-0.345, 0.50), (-0.40, 0.53)), ((-0.322, 0.64), (-0.255, 0.665)),
    ((-0.262, 0.80), (-0.19, 0.80)), ((-0.18, 0.925), (-0.075, 0.925)), ((-0.085, 0.99), (0.055, 0.995)),
)  # fmt: skip


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
        _beard(sheet, pose, look, palette)
    _nose(sheet, pose, palette, dark, deep, bright)
    _mouth(sheet, pose, look, acting, palette, own, dark, deep)
    for side in (1, -1):
        _eye(sheet, pose, look, palette, acting, side, dark, deep)
    if look.age >= 48:
        _years(sheet, pose, dark, look.age)
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
        _glasses(sheet, pose)


def _away(pose: Pose, palette: Palette) -> float:
    """Return the side of the face (in the head's own, unmirrored x) that the key does not reach."""
    facing = 1.0 if pose.turn >= 0 else -1.0
    return -palette.light.side * facing


def _planes(sheet: Sheet, pose: Pose, palette: Palette, dark: Rgb, bright: Rgb) -> None:
    head, away, depth = pose.head, _away(pose, palette), 0.30 + 0.42 * palette.light.contrast
    on = pose.on_face
    # The side of the face that turns away from the key, with the nose's shadow joining the cheek's.
    edge = 0.6 * away
    cheek = [
        on(0.20 * away, 0.16, 0.24), on(0.215 * away, 0.36, 0.22), on(0.19 * away, 0.46, 0.26), on(0.23 * away, 0.56, 0.2),
        on(0.155 * away, 0.68, 0.24), on(0.15 * away, 0.80, 0.24), on(0.08 * away, 0.93, 0.26), on(0.05 * away, 1.08, 0.2),
        pose.at(edge, 1.08), pose.at(edge, 0.1),
    ]  # fmt: skip
    sheet.tint(smooth(cheek), dark, depth, head * 0.028)
    for side in (1, -1):
        socket = [
            on(0.065 * side, 0.415, 0.28), on(0.16 * side, 0.40, 0.27), on(0.255 * side, 0.425, 0.2),
            on(0.25 * side, 0.475, 0.2), on(0.16 * side, 0.525, 0.25), on(0.085 * side, 0.50, 0.27),
        ]  # fmt: skip
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
        _beard(sheet, pose, look, palette)
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


def _nose(sheet: Sheet, pose: Pose, palette: Palette, dark: Rgb, deep: Rgb, bright: Rgb) -> None:
    on, head, away = pose.on_face, pose.head, _away(pose, palette)
    flank = [
        on(0.05 * away, 0.41, 0.28), on(0.022 * away, 0.48, 0.32), on(0.028 * away, 0.58, 0.38), on(0.035 * away, 0.635, 0.41),
        on(0.085 * away, 0.672, 0.33), on(0.088 * away, 0.635, 0.31), on(0.065 * away, 0.54, 0.28), on(0.075 * away, 0.46, 0.26),
    ]  # fmt: skip
    sheet.tint(smooth(flank), dark, 0.62, head * 0.010)
    under = [on(-0.078, 0.662, 0.33), on(-0.03, 0.664, 0.39), on(0, 0.672, 0.40), on(0.03, 0.664, 0.39), on(0.078, 0.662, 0.33),
             on(0.04, 0.70, 0.32), on(-0.04, 0.70, 0.32)]  # fmt: skip
    sheet.tint(smooth(under), dark, 0.7, head * 0.010)
    for side in (1, -1):
        sheet.tint(
            oval(*on(0.036 * side, 0.671, 0.37), head * 0.017, head * 0.009, 0.3 * side), deep, 0.8, head * 0.004
        )
        wing = [on(0.075 * side, 0.615, 0.32), on(0.09 * side, 0.645, 0.32), on(0.078 * side, 0.675, 0.32)]
        sheet.stroke(wing, dark, head * 0.012, 0.65, head * 0.004)
    sheet.stroke(
        [on(-0.012 * away, 0.47, 0.31), on(-0.012 * away, 0.56, 0.36), on(-0.01 * away, 0.62, 0.41)],
        bright,
        head * 0.026,
        0.5,
        head * 0.008,
    )
    sheet.tint(oval(*on(-0.012 * away, 0.632, 0.42), head * 0.018, head * 0.015), bright, 0.6, head * 0.007)


def _eye(
    sheet: Sheet, pose: Pose, look: Look, palette: Palette, acting: Expression, side: int, dark: Rgb, deep: Rgb
) -> None:
    on, head = pose.on_face, pose.head
    up, down = 0.030 * acting.lids, 0.018
    inner, outer = on(0.088 * side, 0.484, 0.275), on(0.232 * side, 0.472, 0.205)
    lid = [
        inner,
        on(0.122 * side, 0.476 - up * 0.75, 0.28),
        on(0.165 * side, 0.473 - up, 0.27),
        on(0.205 * side, 0.470 - up * 0.62, 0.24),
        outer,
    ]
    low = [
        on(0.205 * side, 0.474 + down * 0.85, 0.235),
        on(0.16 * side, 0.477 + down, 0.265),
        on(0.118 * side, 0.482 + down * 0.6, 0.275),
    ]
    almond = smooth([*lid, *low])
    shaded = side == round(_away(pose, palette))
    white = mix(lit((226, 220, 212), 0.62 if shaded else 0.86), dark, 0.24)
    sheet.tint(almond, white, 0.92, head * 0.003)
    gaze = 0.016 * pose.aside
    cx, cy = on(0.16 * side + gaze, 0.472 - 0.004, 0.275)
    iris: Rgb = mix((62, 40, 28), look.hair, 0.3) if sum(look.skin) < 560 else (70, 84, 84)
    ball = oval(cx, cy, head * 0.034 * (1 - 0.2 * pose.aside), head * 0.036)
    box = _box(almond, sheet.size)
    if box:
        # Only what the lids leave open of the iris may show, so it is painted on a sheet of its own first.
        opening = Sheet((box[2] - box[0], box[3] - box[1]), sheet.light)
        opening.flat(_shifted(almond, box), white)
        opening.tint(_shifted(ball, box), lit(iris, 0.8), 1.0, head * 0.003)
        opening.tint(_shifted(oval(cx, cy, head * 0.017, head * 0.018), box), (12, 10, 12), 1.0, head * 0.002)
        under_lid = smooth([*lid, *[(x, y + head * 0.016) for x, y in reversed(lid)]])
        opening.tint(_shifted(under_lid, box), (24, 18, 18), 0.55, head * 0.005)
        sheet.rgb.paste(opening.rgb, box, opening.alpha)
    spark = (cx + palette.light.side * head * 0.012, cy - head * 0.013)
    sheet.tint(oval(*spark, head * 0.0075, head * 0.0075), (250, 248, 240), 0.9)
    sheet.stroke(lid, lit(deep, 0.32), head * (0.022 if look.feminine else 0.017), 0.95)
    if look.feminine:
        flick = on(0.252 * side, 0.458, 0.195)
        sheet.stroke([lid[3], outer, flick], lit(deep, 0.32), head * 0.016, 0.9)
    sheet.stroke([outer, *low, inner], deep, head * 0.008, 0.5)
    crease = [
        on(0.10 * side, 0.448 - up * 0.3, 0.28),
        on(0.165 * side, 0.432 - up * 0.4, 0.27),
        on(0.235 * side, 0.448, 0.2),
    ]
    sheet.stroke(crease, deep, head * 0.010, 0.55, head * 0.003)
    sheet.stroke(
        [on(0.11 * side, 0.527, 0.27), on(0.17 * side, 0.535, 0.255), on(0.22 * side, 0.52, 0.21)],
        dark,
        head * 0.012,
        0.5,
        head * 0.005,
    )
    hair = mix(palette.tones(look.hair if look.cover != "hijab" else (40, 30, 28))[0], (24, 18, 18), 0.4)
    brow = [on(0.062 * side, 0.408 + acting.brow_inner, 0.285), on(0.12 * side, 0.388 + acting.brow_inner * 0.5, 0.285),
            on(0.195 * side, 0.378 + acting.brow_outer * 0.6, 0.25), on(0.27 * side, 0.408 + acting.brow_outer, 0.18)]  # fmt: skip
    sheet.stroke(brow, hair, head * (0.030 if look.feminine else 0.042), 0.88, head * 0.004)


def _shifted(points: list[tuple[float, float]], box: tuple[int, int, int, int]) -> list[tuple[float, float]]:
    return [(x - box[0], y - box[1]) for x, y in points]


def _box(points: list[tuple[float, float]], size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    left, top = max(int(min(xs)) - 1, 0), max(int(min(ys)) - 1, 0)
    right, bottom = min(int(max(xs)) + 2, size[0]), min(int(max(ys)) + 2, size[1])
    return (left, top, right, bottom) if right > left and bottom > top else None


def _mouth(
    sheet: Sheet, pose: Pose, look: Look, acting: Expression, palette: Palette, own: Rgb, dark: Rgb, deep: Rgb
) -> None:
    on, head = pose.on_face, pose.head
    wide = 0.112 + max(acting.corners, 0) * 0.5
    y, up, gap = 0.782, -acting.corners, acting.parted
    left, right = on(-wide, y + up, 0.25), on(wide, y + up, 0.25)
    rose = mix(own, (150, 50, 54), 0.42 if look.feminine else 0.2)
    upper = lit(mix(rose, dark, 0.4), 0.86)
    line = [left, on(-0.05, y - 0.004, 0.29), on(0, y + 0.003, 0.31), on(0.05, y - 0.004, 0.29), right]
    sheet.tint(smooth([left, on(-0.052, y - 0.03, 0.29), on(-0.016, y - 0.038, 0.31), on(0, y - 0.032, 0.315),
                       on(0.016, y - 0.038, 0.31), on(0.052, y - 0.03, 0.29), right, *line[1:4][::-1]]), upper, 0.8, head * 0.005)  # fmt: skip
    full = 0.042 if look.feminine else 0.034
    lower = [left, on(-0.05, y + 0.004 + gap, 0.29), on(0, y + 0.008 + gap, 0.31), on(0.05, y + 0.004 + gap, 0.29), right,
             on(0.055, y + full + gap, 0.28), on(0, y + full + 0.010 + gap, 0.30), on(-0.055, y + full + gap, 0.28)]  # fmt: skip
    sheet.tint(smooth(lower), rose, 0.75, head * 0.006)
    if gap > 0.004:
        inside = [
            left,
            *line[1:4],
            right,
            on(0.05, y + gap, 0.29),
            on(0, y + gap + 0.006, 0.30),
            on(-0.05, y + gap, 0.29),
        ]
        sheet.tint(smooth(inside), lit(deep, 0.4), 0.95, head * 0.003)
        if acting.corners > 0.01:
            teeth = [
                on(-0.07, y + up * 0.5, 0.27),
                *line[1:4],
                on(0.07, y + up * 0.5, 0.27),
                on(0.04, y + gap * 0.7, 0.29),
                on(-0.04, y + gap * 0.7, 0.29),
            ]
            sheet.tint(smooth(teeth), lit((226, 220, 208), 0.86), 0.85, head * 0.003)
    sheet.stroke(line, lit(deep, 0.5), head * 0.014, 0.9)
    sheet.tint(
        oval(*on(0, y + full + 0.005 + gap, 0.31), head * 0.035, head * 0.008),
        palette.tones(rose)[2],
        0.35,
        head * 0.006,
    )
    sheet.tint(oval(*on(0, y + full + 0.035 + gap, 0.29), head * 0.07, head * 0.014), dark, 0.55, head * 0.012)
    for side in (1, -1):
        sheet.tint(oval(*on(side * (wide + 0.008), y + up, 0.24), head * 0.014, head * 0.012), deep, 0.45, head * 0.007)
        if acting.corners > 0.012:
            fold = [on(side * 0.10, 0.66, 0.29), on(side * 0.145, 0.72, 0.25), on(side * 0.15, 0.79, 0.23)]
            sheet.stroke(fold, dark, head * 0.018, 0.55, head * 0.007)
    sheet.stroke([on(0, 0.70, 0.33), on(0, 0.735, 0.32)], dark, head * 0.02, 0.4, head * 0.006)


def _beard(sheet: Sheet, pose: Pose, look: Look, palette: Palette) -> None:
    on, head = pose.on_face, pose.head
    strength = {"stubble": 0.30, "moustache": 0.85, "full": 0.90}[look.beard]
    dark, own, _ = palette.tones(look.hair)
    colour = mix(dark, own, 0.5)
    if look.beard != "moustache":
        cut = 0.05 * pose.aside
        jaw = [
            pose.at(-0.335 + 0.12 * pose.aside, 0.52), on(-0.235, 0.66, 0.2), on(-0.14, 0.72, 0.27), on(-0.13, 0.80, 0.27),
            on(-0.06, 0.845, 0.29), on(0.06, 0.845, 0.29), on(0.13, 0.80, 0.27), on(0.14, 0.72, 0.27), on(0.235, 0.66, 0.2),
            pose.at(0.345 - cut, 0.52), pose.at(0.345 - cut, 0.66), pose.at(0.30, 0.84), pose.at(0.25, 0.96), pose.at(0.16, 1.045),
            pose.at(0.06, 1.05), pose.at(-0.12 + 0.1 * pose.aside, 1.02), pose.at(-0.24 + 0.06 * pose.aside, 0.86),
            pose.at(-0.33 + 0.09 * pose.aside, 0.70),
        ]  # fmt: skip
        sheet.tint(smooth(jaw), colour, strength, head * (0.012 if look.beard == "full" else 0.03))
    lip = [on(-0.135, 0.80, 0.26), on(-0.10, 0.735, 0.29), on(-0.02, 0.715, 0.33), on(0.02, 0.715, 0.33), on(0.10, 0.735, 0.29),
           on(0.135, 0.80, 0.26), on(0.06, 0.762, 0.30), on(0, 0.752, 0.31), on(-0.06, 0.762, 0.30)]  # fmt: skip
    sheet.tint(smooth(lip), colour, strength, head * 0.009)


def _years(sheet: Sheet, pose: Pose, dark: Rgb, age: int) -> None:
    on, head, much = pose.on_face, pose.head, min(0.3 + (age - 48) * 0.014, 0.7)
    for side in (1, -1):
        sheet.stroke(
            [on(side * 0.095, 0.66, 0.3), on(side * 0.14, 0.73, 0.26), on(side * 0.15, 0.80, 0.23)],
            dark,
            head * 0.014,
            much,
            head * 0.004,
        )
        sheet.stroke(
            [on(side * 0.10, 0.545, 0.27), on(side * 0.16, 0.562, 0.25), on(side * 0.21, 0.55, 0.21)],
            dark,
            head * 0.012,
            much,
            head * 0.004,
        )
        sheet.stroke([on(side * 0.245, 0.46, 0.19), on(side * 0.285, 0.445, 0.16)], dark, head * 0.008, much)
    for y in (0.25, 0.30):
        sheet.stroke(
            [on(-0.13, y + 0.01, 0.26), on(0, y, 0.29), on(0.13, y + 0.01, 0.26)],
            dark,
            head * 0.009,
            much * 0.7,
            head * 0.003,
        )


def _glasses(sheet: Sheet, pose: Pose) -> None:
    on, head = pose.on_face, pose.head
    frame: Rgb = (28, 26, 28)
    for side in (1, -1):
        x, y = on(0.163 * side, 0.482, 0.28)
        ring = oval(x, y, head * 0.098 * (1 - 0.18 * pose.aside * (side > 0)), head * 0.075, count=24)
        sheet.tint(ring, (210, 226, 236), 0.12)
        for i in range(0, 24, 3):
            sheet.stroke([ring[(i + k) % 24] for k in range(5)], frame, head * 0.017, 0.95)
        sheet.stroke(
            [(x - head * 0.05, y - head * 0.04), (x - head * 0.01, y - head * 0.055)],
            (240, 244, 246),
            head * 0.014,
            0.5,
        )
    sheet.stroke([on(-0.07, 0.468, 0.31), on(0, 0.458, 0.33), on(0.07, 0.468, 0.31)], frame, head * 0.02, 0.95)
    sheet.stroke([on(-0.255, 0.47, 0.2), pose.at(-0.36 + 0.09 * pose.aside, 0.47)], frame, head * 0.018, 0.9)
