"""Eyes, nose and mouth of a face close enough to have them."""

from media.storyboard.brush import Sheet, oval, smooth
from media.storyboard.colour import Rgb, lit, mix
from media.storyboard.looks import Look
from media.storyboard.pose import Expression, Palette, Pose, away_from_key


def paint_nose(sheet: Sheet, pose: Pose, palette: Palette, dark: Rgb, deep: Rgb, bright: Rgb) -> None:
    """Paint the nose: its flank away from the key, underside, wings and the light along the bridge."""
    on, head, away = pose.on_face, pose.head, away_from_key(pose, palette)
    flank = [
        on(0.05 * away, 0.41, 0.28),
        on(0.022 * away, 0.48, 0.32),
        on(0.028 * away, 0.58, 0.38),
        on(0.035 * away, 0.635, 0.41),
        on(0.085 * away, 0.672, 0.33),
        on(0.088 * away, 0.635, 0.31),
        on(0.065 * away, 0.54, 0.28),
        on(0.075 * away, 0.46, 0.26),
    ]
    sheet.tint(smooth(flank), dark, 0.62, head * 0.010)
    under = [
        on(-0.078, 0.662, 0.33),
        on(-0.03, 0.664, 0.39),
        on(0, 0.672, 0.40),
        on(0.03, 0.664, 0.39),
        on(0.078, 0.662, 0.33),
        on(0.04, 0.70, 0.32),
        on(-0.04, 0.70, 0.32),
    ]
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


def paint_eye(
    sheet: Sheet, pose: Pose, look: Look, palette: Palette, acting: Expression, side: int, dark: Rgb, deep: Rgb
) -> None:
    """Paint one eye and its brow; `side` +1 is the far one of a turned head."""
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
    shaded = side == round(away_from_key(pose, palette))
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
    brow = [
        on(0.062 * side, 0.408 + acting.brow_inner, 0.285),
        on(0.12 * side, 0.388 + acting.brow_inner * 0.5, 0.285),
        on(0.195 * side, 0.378 + acting.brow_outer * 0.6, 0.25),
        on(0.27 * side, 0.408 + acting.brow_outer, 0.18),
    ]
    sheet.stroke(brow, hair, head * (0.030 if look.feminine else 0.042), 0.88, head * 0.004)


def _shifted(points: list[tuple[float, float]], box: tuple[int, int, int, int]) -> list[tuple[float, float]]:
    return [(x - box[0], y - box[1]) for x, y in points]


def _box(points: list[tuple[float, float]], size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    left, top = max(int(min(xs)) - 1, 0), max(int(min(ys)) - 1, 0)
    right, bottom = min(int(max(xs)) + 2, size[0]), min(int(max(ys)) + 2, size[1])
    return (left, top, right, bottom) if right > left and bottom > top else None


def paint_mouth(
    sheet: Sheet, pose: Pose, look: Look, acting: Expression, palette: Palette, own: Rgb, dark: Rgb, deep: Rgb
) -> None:
    """Paint the mouth, and what a smile or a word does around it."""
    on, head = pose.on_face, pose.head
    wide = 0.112 + max(acting.corners, 0) * 0.5
    y, up, gap = 0.782, -acting.corners, acting.parted
    left, right = on(-wide, y + up, 0.25), on(wide, y + up, 0.25)
    rose = mix(own, (150, 50, 54), 0.42 if look.feminine else 0.2)
    upper = lit(mix(rose, dark, 0.4), 0.86)
    line = [left, on(-0.05, y - 0.004, 0.29), on(0, y + 0.003, 0.31), on(0.05, y - 0.004, 0.29), right]
    bow = [
        on(-0.052, y - 0.03, 0.29),
        on(-0.016, y - 0.038, 0.31),
        on(0, y - 0.032, 0.315),
        on(0.016, y - 0.038, 0.31),
        on(0.052, y - 0.03, 0.29),
    ]
    sheet.tint(smooth([left, *bow, right, *line[1:4][::-1]]), upper, 0.8, head * 0.005)
    full = 0.042 if look.feminine else 0.034
    lower = [
        left,
        on(-0.05, y + 0.004 + gap, 0.29),
        on(0, y + 0.008 + gap, 0.31),
        on(0.05, y + 0.004 + gap, 0.29),
        right,
        on(0.055, y + full + gap, 0.28),
        on(0, y + full + 0.010 + gap, 0.30),
        on(-0.055, y + full + gap, 0.28),
    ]
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
