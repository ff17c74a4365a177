"""Small things, drawn large: what lies or stands on a table."""

from collections.abc import Callable

from media.storyboard.brush import Sheet, limb, oval, smooth
from media.storyboard.colour import lit
from media.storyboard.furniture import DARK, STEEL, WOOD
from media.storyboard.pose import Palette
from media.storyboard.supper import paint_cake, paint_candle, paint_cup, paint_flowers, paint_glass, paint_plate

Draw = Callable[[Sheet, Palette, float, float, float], None]
"""Paints a thing on a sheet: its middle x, the y it stands on, and its size in pixels."""


def _letter(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    fold = [(x - u * 0.75, y), (x - u * 0.45, y - u * 0.42), (x + u * 0.62, y - u * 0.36), (x + u * 0.5, y + u * 0.1)]
    s.volume(fold, p.tones((236, 228, 208)), 0.1)
    for i in range(4):
        t = 0.2 + i * 0.19
        s.stroke(
            [
                (x - u * 0.66 + u * 0.26 * t, y - u * 0.42 * t + u * 0.02),
                (x + u * 0.4 + u * 0.1 * t, y - u * 0.4 * t + u * 0.05),
            ],
            (84, 78, 84),
            u * 0.035,
            0.7,
        )
    s.stroke([fold[1], ((fold[0][0] + fold[3][0]) / 2, y - u * 0.12), fold[2]], (150, 140, 120), u * 0.03, 0.5)


def _photograph(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    s.volume(
        [(x - u * 0.5, y), (x - u * 0.42, y - u * 0.85), (x + u * 0.4, y - u * 0.9), (x + u * 0.46, y - u * 0.03)],
        p.tones(lit(WOOD, 0.7)),
        0.1,
    )
    s.flat(
        [
            (x - u * 0.4, y - u * 0.1),
            (x - u * 0.33, y - u * 0.76),
            (x + u * 0.32, y - u * 0.8),
            (x + u * 0.36, y - u * 0.12),
        ],
        p.tones((206, 190, 160))[1],
    )
    for dx in (-0.14, 0.12):
        s.flat(oval(x + u * dx, y - u * 0.52, u * 0.09, u * 0.11), p.tones((120, 84, 62))[1])
        s.flat(oval(x + u * dx, y - u * 0.24, u * 0.15, u * 0.17), p.tones((84, 80, 96))[1])


def _phone(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    body = [(x - u * 0.5, y), (x - u * 0.28, y - u * 0.34), (x + u * 0.42, y - u * 0.28), (x + u * 0.28, y + u * 0.1)]
    s.volume(body, p.tones((30, 30, 36)), 0.1)
    s.flat([(a + (x - a) * 0.1, b + (y - u * 0.12 - b) * 0.1) for a, b in body], (166, 206, 236))
    s.tint(oval(x, y - u * 0.1, u * 0.16, u * 0.05), (250, 250, 252), 0.7, u * 0.02)


def _ring(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    s.volume(
        [(x - u * 0.42, y), (x - u * 0.34, y - u * 0.4), (x + u * 0.36, y - u * 0.4), (x + u * 0.42, y)],
        p.tones((104, 28, 40)),
        0.2,
    )
    s.volume(
        [
            (x - u * 0.36, y - u * 0.4),
            (x - u * 0.44, y - u * 0.78),
            (x + u * 0.3, y - u * 0.84),
            (x + u * 0.36, y - u * 0.4),
        ],
        p.tones((78, 20, 32)),
        0.2,
    )
    s.stroke(oval(x, y - u * 0.48, u * 0.13, u * 0.11)[:11], (226, 186, 92), u * 0.07, 1.0)
    s.flat(
        [(x - u * 0.07, y - u * 0.6), (x, y - u * 0.7), (x + u * 0.07, y - u * 0.6), (x, y - u * 0.52)], (236, 246, 255)
    )


def _box(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    dark, own, bright = p.tones((160, 70, 66))
    s.flat(
        [(x - u * 0.6, y), (x - u * 0.6, y - u * 0.62), (x + u * 0.2, y - u * 0.58), (x + u * 0.2, y + u * 0.08)], own
    )
    s.flat(
        [
            (x + u * 0.2, y + u * 0.08),
            (x + u * 0.2, y - u * 0.58),
            (x + u * 0.62, y - u * 0.68),
            (x + u * 0.62, y - u * 0.06),
        ],
        dark,
    )
    s.flat(
        [
            (x - u * 0.6, y - u * 0.62),
            (x - u * 0.16, y - u * 0.74),
            (x + u * 0.62, y - u * 0.68),
            (x + u * 0.2, y - u * 0.58),
        ],
        bright,
    )
    ribbon = p.tones((226, 190, 110))[1]
    s.flat(
        [
            (x - u * 0.26, y + u * 0.04),
            (x - u * 0.26, y - u * 0.6),
            (x - u * 0.14, y - u * 0.6),
            (x - u * 0.14, y + u * 0.05),
        ],
        ribbon,
    )
    for side in (-1, 1):
        s.flat(oval(x + side * u * 0.14, y - u * 0.76, u * 0.15, u * 0.08, -0.4 * side), ribbon)


def _knife(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    s.volume(
        [
            (x - u * 0.8, y - u * 0.06),
            (x - u * 0.3, y - u * 0.2),
            (x + u * 0.22, y - u * 0.16),
            (x + u * 0.2, y),
            (x - u * 0.3, y + u * 0.02),
        ],
        p.tones((206, 212, 218)),
        0.3,
    )
    s.volume(
        limb([(x + u * 0.2, y - u * 0.09, u * 0.08), (x + u * 0.75, y - u * 0.04, u * 0.09)]),
        p.tones((60, 42, 34)),
        0.4,
    )


def _laptop(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    s.volume(
        [(x - u * 0.8, y), (x - u * 0.62, y - u * 0.2), (x + u * 0.62, y - u * 0.2), (x + u * 0.8, y)],
        p.tones(STEEL),
        0.1,
    )
    s.volume(
        [
            (x - u * 0.62, y - u * 0.2),
            (x - u * 0.68, y - u * 1.02),
            (x + u * 0.68, y - u * 1.02),
            (x + u * 0.62, y - u * 0.2),
        ],
        p.tones(DARK),
        0.06,
    )
    s.flat(
        [
            (x - u * 0.56, y - u * 0.27),
            (x - u * 0.61, y - u * 0.95),
            (x + u * 0.61, y - u * 0.95),
            (x + u * 0.56, y - u * 0.27),
        ],
        (136, 186, 216),
    )


def _key(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    brass = p.tones((196, 154, 70))
    s.volume(oval(x - u * 0.3, y - u * 0.1, u * 0.18, u * 0.11), brass, 0.4)
    s.flat(oval(x - u * 0.3, y - u * 0.1, u * 0.08, u * 0.05), (40, 34, 32))
    s.volume(limb([(x - u * 0.12, y - u * 0.1, u * 0.035), (x + u * 0.5, y - u * 0.02, u * 0.035)]), brass, 0.4)
    for dx in (0.3, 0.44):
        s.flat(
            [
                (x + u * dx, y - u * 0.04),
                (x + u * dx, y + u * 0.08),
                (x + u * (dx + 0.07), y + u * 0.08),
                (x + u * (dx + 0.07), y - u * 0.02),
            ],
            brass[1],
        )


def _microphone(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    s.volume(oval(x, y, u * 0.34, u * 0.07), p.tones(DARK), 0.3)
    s.volume(limb([(x, y, u * 0.035), (x, y - u * 0.9, u * 0.035)]), p.tones(DARK), 0.4)
    s.volume(
        limb([(x + u * 0.05, y - u * 0.82, u * 0.07), (x - u * 0.3, y - u * 1.12, u * 0.1)]), p.tones((70, 70, 76)), 0.4
    )
    s.volume(oval(x - u * 0.36, y - u * 1.17, u * 0.17, u * 0.17), p.tones(STEEL), 0.4)


def _handbag(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    s.volume(
        smooth([(x - u * 0.6, y), (x - u * 0.5, y - u * 0.6), (x + u * 0.5, y - u * 0.6), (x + u * 0.6, y)]),
        p.tones((120, 62, 46)),
        0.25,
    )
    arch = [
        (x - u * 0.3, y - u * 0.5),
        (x - u * 0.2, y - u * 1.0),
        (x + u * 0.2, y - u * 1.0),
        (x + u * 0.3, y - u * 0.5),
    ]
    s.volume(limb([(a, b, u * 0.04) for a, b in smooth(arch, closed=False)]), p.tones((92, 46, 36)), 0.3)


ON_TABLE: dict[str, Draw] = {
    "letter": _letter,
    "photograph": _photograph,
    "phone": _phone,
    "ring": _ring,
    "box": _box,
    "candle": paint_candle,
    "knife": _knife,
    "cake": paint_cake,
    "flowers": paint_flowers,
    "cup": paint_cup,
    "glass": paint_glass,
    "plate": paint_plate,
    "laptop": _laptop,
    "key": _key,
    "microphone": _microphone,
    "bag": _handbag,
}
