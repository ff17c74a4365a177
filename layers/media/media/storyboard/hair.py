"""Hair and what is worn over it: a mass behind the head, and one in front that frames the face."""

from itertools import pairwise
from random import Random

from media.storyboard.brush import Sheet, limb, oval, smooth
from media.storyboard.colour import lit, mix
from media.storyboard.headwear import paint_headwear, paint_hijab
from media.storyboard.looks import Look
from media.storyboard.pose import Palette, Pose, Tones

_LONG = {"long": 1.72, "waves": 1.6, "ringlets": 1.35, "bob": 0.98}


def paint_hair_behind(sheet: Sheet, pose: Pose, look: Look, palette: Palette, chance: Random) -> None:
    """Paint what hangs behind neck and shoulders."""
    tones = palette.tones(look.hair)
    aside = pose.aside
    if look.cover in {"hijab", "niqab", "ghutra"}:
        cloth = palette.tones(look.cover_colour)
        drape = [
            (-0.46 - 0.05 * aside, 0.3),
            (-0.50, 0.8),
            (-0.62, 1.35),
            (-0.72, 1.9),
            (-0.3, 2.1),
            (0.3, 2.1),
            (0.62, 1.9),
            (0.52, 1.35),
            (0.40, 0.8),
            (0.36, 0.3),
            (0.0, -0.02),
        ]
        sheet.volume(smooth(pose.all(drape)), cloth, 0.2)
        return
    if look.style in _LONG:
        end = _LONG[look.style]
        sway = 0.04 if look.style == "waves" else 0.0
        back = [
            (0.0, -0.05),
            (-0.30 - 0.04 * aside, 0.03),
            (-0.45 - 0.05 * aside, 0.3),
            (-0.47 - 0.03 * aside, 0.65),
            (-0.49 - sway, end * 0.62),
            (-0.50 + sway, end * 0.8),
            (-0.44 - sway, end),
            (-0.1, end * 1.02),
            (0.38, end),
            (0.44 - 0.06 * aside, end * 0.75),
            (0.42 - 0.06 * aside, 0.6),
            (0.39, 0.3),
            (0.30, 0.03),
        ]
        sheet.volume(smooth(pose.all(back)), tones, 0.22)
        _strands(sheet, pose, tones, [(-0.36 + 0.09 * i, 0.5, -0.40 + 0.1 * i, end * 0.97) for i in range(9)], chance)
    elif look.style == "afro":
        sheet.volume(oval(*pose.at(-0.06 * aside, 0.26), pose.head * 0.58, pose.head * 0.52), tones, 0.28)
        _tufts(sheet, pose, tones, chance, 0.50, 34, 0.085, low=0.62)
    elif look.style == "tail":
        tail = [(-0.34, 0.2, 0.07), (-0.58, 0.35, 0.12), (-0.60, 0.75, 0.12), (-0.52, 1.15, 0.04)]
        sheet.volume(limb([(*pose.at(x * (0.6 + 0.4 * aside), y), w * pose.head) for x, y, w in tail]), tones, 0.3)
    elif look.style == "bun":
        sheet.volume(
            oval(*pose.at(-0.10 - 0.30 * aside, -0.06 + 0.12 * aside), pose.head * 0.19, pose.head * 0.17), tones, 0.35
        )
    elif look.style in {"locs", "braids"}:
        for i in range(8):
            x = -0.42 + 0.105 * i
            lock = [(x * 0.9, 0.25, 0.05), (x * 1.05, 0.8, 0.05), (x * 1.12, 1.25 + 0.08 * (i % 3), 0.03)]
            sheet.volume(limb([(*pose.at(px, py), w * pose.head) for px, py, w in lock]), tones, 0.35)


def paint_hair_before(sheet: Sheet, pose: Pose, look: Look, palette: Palette, chance: Random) -> None:
    """Paint hairline, sides and head-cover over a finished face."""
    if look.cover in {"hijab", "niqab"}:
        paint_hijab(sheet, pose, look, palette)
        return
    tones = palette.tones(look.hair)
    if look.style == "bald":
        crown = oval(*pose.at(0.05 - 0.1 * pose.aside, 0.12), pose.head * 0.1, pose.head * 0.05)
        sheet.tint(crown, palette.skin(look.skin)[2], 0.4, pose.head * 0.04)
    else:
        _cap(sheet, pose, look, tones, chance)
    if look.cover:
        paint_headwear(sheet, pose, look, palette)


def paint_back_of_head(sheet: Sheet, pose: Pose, look: Look, palette: Palette, chance: Random) -> None:
    """Paint a head seen from behind."""
    covered = look.cover in {"hijab", "niqab", "ghutra"}
    tones = palette.tones(look.cover_colour if covered else look.hair if look.style != "bald" else look.skin)
    end = 1.32 if covered else _LONG.get(look.style, 0.76)
    wide = 0.56 if look.style == "afro" else 0.43 if end > 0.8 else 0.38
    hem = 1.25 if covered else 0.96 if end > 0.8 else 0.62
    half = [(0.26, 0.02), (wide, 0.28), (wide, 0.6), (wide * hem, end)]
    back = [(0.0, -0.05), *half, (0.0, end + 0.06), *[(-x, y) for x, y in reversed(half)]]
    sheet.volume(smooth(pose.all(back)), tones, 0.3)
    if look.style in {"curls", "afro"} and not covered:
        _tufts(sheet, pose, tones, chance, wide, 30, 0.08, low=0.7)
    elif not covered and look.style != "bald":
        lines = [(0.05 + 0.035 * i, 0.0, -wide + 2 * wide * i / 13, end * 0.95) for i in range(14)]
        _strands(sheet, pose, tones, lines, chance)
    if not covered and end < 0.8:
        ear = oval(*pose.at(0.37, 0.53), pose.head * 0.04, pose.head * 0.09)
        sheet.volume(ear, palette.skin(look.skin), 0.4)
    if look.cover in {"cap", "turban", "hat"}:
        paint_headwear(sheet, pose, look, palette)


def _cap(sheet: Sheet, pose: Pose, look: Look, tones: Tones, chance: Random) -> None:
    a, style = pose.aside, look.style
    puff = {"crop": 0.0, "side": 0.03, "curls": 0.05, "afro": 0.08, "locs": 0.03}.get(style, 0.025)
    recede = 0.035 if look.age > 52 and not look.feminine else 0.0
    ear_end = 0.47 if style != "crop" else 0.43
    far_end = (0.345, 0.42 * (1 - a) + 0.33 * a)
    inner = [
        far_end,
        (0.305 + 0.01 * a, 0.25),
        (0.19 + 0.07 * a, 0.185 - recede),
        (0.02 + 0.14 * a, 0.165 - recede),
        (-0.16 + 0.13 * a, 0.18 - recede),
        (-0.275 + 0.10 * a, 0.26 - recede),
        (-0.30 + 0.10 * a, 0.37),
        (-0.318 + 0.11 * a, ear_end),
    ]
    outer = [
        (-0.36 + 0.08 * a, ear_end + 0.02),
        (-0.372 - 0.02 * a, 0.58),
        (-0.40 - 0.04 * a, 0.50),
        (-0.392 - 0.085 * a - puff, 0.28),
        (-0.34 - 0.06 * a - puff, 0.09),
        (-0.20 - 0.02 * a, -0.03 - puff),
        (0.0, -0.058 - puff * 1.2),
        (0.20, -0.028 - puff),
        (0.335 + puff * 0.6, 0.085),
        (0.372 + puff * 0.6, 0.24),
    ]
    if style in _LONG:
        _curtains(sheet, pose, look, tones, chance)
    sheet.volume(smooth(pose.all(inner + outer)), tones, 0.3)
    if style in {"curls", "afro", "ringlets"}:
        _tufts(sheet, pose, tones, chance, 0.39 + puff, 84, 0.047, low=0.36)
        return
    if pose.head < 60:
        return
    part = -0.06 + 0.1 * a
    sweep = [(part + 0.05 * (i - 4) * 0.3, -0.02, -0.36 + 0.085 * i, 0.30 if 1 < i < 8 else 0.36) for i in range(10)]
    if style in {"side", "crop"}:
        sweep = [(-0.30 + 0.06 * i, 0.02 + 0.012 * abs(i - 5), -0.20 + 0.055 * i, 0.17 - recede) for i in range(10)]
    if style in {"bun", "tail"}:
        sweep = [(0.30 - 0.05 * i, 0.24 - 0.008 * i, -0.34 - 0.05 * a, 0.05 + 0.035 * i) for i in range(9)]
    _strands(sheet, pose, tones, sweep, chance)


def _curtains(sheet: Sheet, pose: Pose, look: Look, tones: Tones, chance: Random) -> None:
    """Hair that falls on both sides of the face, in front of the ears."""
    a, end = pose.aside, _LONG[look.style]
    stop = min(end, 1.5)
    wave = 0.04 if look.style in {"waves", "ringlets"} else 0.0
    near = [
        (-0.05 + 0.1 * a, 0.06),
        (-0.22 + 0.10 * a, 0.22),
        (-0.29 + 0.09 * a, 0.45),
        (-0.285 + 0.07 * a + wave, 0.72),
        (-0.25 - wave, stop * 0.82),
        (-0.27 + wave, stop),
        (-0.42, stop * 1.02),
        (-0.50 - wave, stop * 0.8),
        (-0.48 - 0.03 * a + wave, 0.66),
        (-0.45 - 0.06 * a, 0.3),
        (-0.30 - 0.05 * a, 0.02),
    ]
    far = [
        (0.02 + 0.1 * a, 0.06),
        (0.24 + 0.05 * a, 0.20),
        (0.318, 0.42),
        (0.315 + 0.02 * a, 0.7),
        (0.31 + wave, stop * 0.85),
        (0.34 - wave, stop * 0.97),
        (0.42 - 0.02 * a, stop * 0.9),
        (0.43 - 0.04 * a + wave, 0.66),
        (0.41 - 0.03 * a, 0.3),
        (0.30, 0.02),
    ]
    if look.style == "ringlets":
        _bumps(sheet, pose, tones, far[4:], chance)
        _bumps(sheet, pose, tones, near[4:], chance)
    sheet.volume(smooth(pose.all(far)), tones, 0.35)
    if look.style == "ringlets":
        _coils(sheet, pose, tones, 0.30, 0.42, stop, chance)
    elif pose.head > 60:
        _strands(sheet, pose, tones, [(0.26 + 0.02 * i, 0.10, 0.325 + 0.02 * i, stop * 0.9) for i in range(5)], chance)
    sheet.volume(smooth(pose.all(near)), tones, 0.35)
    if look.style == "ringlets":
        _coils(sheet, pose, tones, -0.50, -0.26, stop, chance)
    elif pose.head > 60:
        fall = [(-0.14 - 0.04 * i, 0.10, -0.27 - 0.032 * i, stop * 0.97) for i in range(7)]
        _strands(sheet, pose, tones, fall, chance)


def _bumps(sheet: Sheet, pose: Pose, tones: Tones, edge: list[tuple[float, float]], chance: Random) -> None:
    """Curls that break the outline of long hair."""
    for (ax, ay), (bx, by) in pairwise(edge):
        for k in range(4):
            t = (k + chance.random()) / 4
            r = pose.head * (0.045 + 0.03 * chance.random())
            sheet.volume(oval(*pose.at(ax + (bx - ax) * t, ay + (by - ay) * t), r, r * 1.1, count=12), tones, 0.5, 0.7)


def _coils(sheet: Sheet, pose: Pose, tones: Tones, left: float, right: float, end: float, chance: Random) -> None:
    """Loose coils within the latest volume: S-shaped strokes of shadow and light."""
    if pose.head < 60:
        return
    for i in range(30):
        x, y = left + (right - left) * chance.random(), 0.12 + (end - 0.2) * chance.random()
        size = 0.05 + 0.03 * chance.random()
        coil = [
            (x, y),
            (x + size, y + size * 0.7),
            (x, y + size * 1.7),
            (x - size * 0.8, y + size * 2.4),
            (x, y + size * 3.3),
        ]
        colour = lit(tones[0], 0.66) if i % 2 else mix(tones[1], tones[2], 0.8)
        sheet.stroke(pose.all(coil), colour, pose.head * 0.024, 0.5, pose.head * 0.004, inside=True)


def _strands(
    sheet: Sheet, pose: Pose, tones: Tones, lines: list[tuple[float, float, float, float]], chance: Random
) -> None:
    """Streaks of shadow and light along the hair; each line is x, y to x, y in heads, bowed outwards."""
    dark, own, bright = tones
    for i, (ax, ay, bx, by) in enumerate(lines):
        bow = (ax + bx) / 2 + (bx - ax) * 0.28 + (chance.random() - 0.5) * 0.04
        points = [pose.at(ax, ay), pose.at(bow, ay + (by - ay) * 0.45), pose.at(bx, by)]
        colour = (mix(own, bright, 0.75), lit(dark, 0.72), lit(dark, 0.6))[i % 3]
        sheet.stroke(
            points, colour, pose.head * (0.022 + 0.016 * chance.random()), 0.34, pose.head * 0.005, inside=True
        )


def _tufts(
    sheet: Sheet, pose: Pose, tones: Tones, chance: Random, reach: float, count: int, size: float, low: float
) -> None:
    """Curls around the rim and over the crown of the head."""
    if pose.head < 40:
        count //= 3
        size *= 1.5
    for _ in range(count):
        along = chance.random() * 2 - 1
        x = along * reach - 0.05 * pose.aside
        top = -0.10 + 0.40 * along * along
        y = top + (low - top) * chance.random() * (0.5 if abs(along) < 0.7 else 1.0)
        if abs(x - 0.14 * pose.aside) < 0.27 and y > 0.13:
            y = 0.10 * chance.random()
        r = size * (0.75 + 0.5 * chance.random()) * pose.head
        px, py = pose.at(x, y)
        sheet.volume(
            oval(px, py, r, r * 0.92, count=12),
            (mix(tones[0], tones[1], 0.4), tones[1], mix(tones[1], tones[2], 0.5)),
            0.5,
            0.7,
        )
        if pose.head > 90:
            curl = [
                (px - r * 0.6, py),
                (px - r * 0.1, py - r * 0.6),
                (px + r * 0.6, py - r * 0.1),
                (px + r * 0.2, py + r * 0.4),
            ]
            sheet.stroke(curl, lit(tones[0], 0.7), r * 0.3, 0.5, r * 0.06)
