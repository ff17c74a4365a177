"""What is served, and what stands around it: cake, plate, cup, glass, candles, flowers."""

import math

from media.storyboard.brush import Sheet, limb, oval, smooth
from media.storyboard.furniture import PALE
from media.storyboard.pose import Palette


def paint_cake(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    """Paint a cake of two tiers with lit candles. `x`, `y` is where it stands, `u` its size in pixels."""
    s.volume(oval(x, y - u * 0.03, u * 0.85, u * 0.16), p.tones((226, 222, 214)), 0.3)
    for w, low, h, tone in ((0.66, 0.06, 0.42, (236, 206, 196)), (0.44, 0.44, 0.32, (244, 226, 212))):
        s.volume(
            [
                (x - u * w, y - u * low),
                (x - u * w, y - u * (low + h)),
                (x + u * w, y - u * (low + h)),
                (x + u * w, y - u * low),
            ],
            p.tones(tone),
            0.25,
        )
        s.flat(oval(x, y - u * (low + h), u * w, u * 0.11), p.tones(tone)[2])
    for i in range(5):
        cx = x + u * (i - 2) * 0.15
        s.flat(
            [
                (cx - u * 0.02, y - u * 0.78),
                (cx - u * 0.02, y - u * 1.0),
                (cx + u * 0.02, y - u * 1.0),
                (cx + u * 0.02, y - u * 0.78),
            ],
            p.tones((200, 80, 92))[1],
        )
        s.flat(oval(cx, y - u * 1.05, u * 0.03, u * 0.06), (255, 216, 130))


def paint_flowers(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    """Paint flowers in a vase. `x`, `y` is where it stands, `u` its size in pixels."""
    s.volume(
        smooth(
            [
                (x - u * 0.2, y),
                (x - u * 0.26, y - u * 0.4),
                (x - u * 0.14, y - u * 0.6),
                (x + u * 0.14, y - u * 0.6),
                (x + u * 0.26, y - u * 0.4),
                (x + u * 0.2, y),
            ]
        ),
        p.tones((120, 150, 166)),
        0.35,
    )
    for i in range(14):
        a = i * 2.4
        fx, fy = (
            x + math.cos(a) * u * 0.36 * math.sqrt(i / 14),
            y - u * 0.88 + math.sin(a) * u * 0.28 * math.sqrt(i / 14),
        )
        s.volume(oval(fx, fy, u * 0.14, u * 0.13), p.tones(((206, 70, 84), (232, 200, 190), (86, 116, 70))[i % 3]), 0.4)


def paint_cup(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    """Paint a steaming cup on its saucer. `x`, `y` is where it stands, `u` its size in pixels."""
    s.stroke(oval(x + u * 0.36, y - u * 0.3, u * 0.16, u * 0.16), p.tones(PALE)[0], u * 0.06, 0.0)
    s.volume(oval(x, y, u * 0.52, u * 0.1), p.tones(PALE), 0.3)
    s.volume(
        smooth(
            [
                (x - u * 0.2, y),
                (x - u * 0.36, y - u * 0.25),
                (x - u * 0.36, y - u * 0.55),
                (x + u * 0.36, y - u * 0.55),
                (x + u * 0.36, y - u * 0.25),
                (x + u * 0.2, y),
            ]
        ),
        p.tones(PALE),
        0.35,
    )
    s.flat(oval(x, y - u * 0.55, u * 0.35, u * 0.08), p.tones((96, 58, 36))[1])
    for dx in (-0.1, 0.1):
        s.flat(
            limb(
                [
                    (x + u * dx, y - u * 0.65, u * 0.02),
                    (x + u * (dx + 0.08), y - u * 0.85, u * 0.035),
                    (x + u * dx, y - u * 1.1, u * 0.01),
                ]
            ),
            (232, 230, 226),
            0.25,
        )


def paint_glass(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    """Paint a stemmed glass of something red. `x`, `y` is where it stands, `u` its size in pixels."""
    s.flat(oval(x, y, u * 0.24, u * 0.05), (190, 200, 206), 0.6)
    s.flat(
        [(x - u * 0.02, y), (x - u * 0.02, y - u * 0.42), (x + u * 0.02, y - u * 0.42), (x + u * 0.02, y)],
        (200, 208, 214),
        0.7,
    )
    s.flat(
        smooth(
            [
                (x, y - u * 0.4),
                (x - u * 0.24, y - u * 0.6),
                (x - u * 0.2, y - u * 1.0),
                (x + u * 0.2, y - u * 1.0),
                (x + u * 0.24, y - u * 0.6),
            ]
        ),
        (206, 216, 222),
        0.4,
    )
    s.flat(
        smooth(
            [
                (x, y - u * 0.42),
                (x - u * 0.22, y - u * 0.6),
                (x - u * 0.21, y - u * 0.74),
                (x + u * 0.21, y - u * 0.74),
                (x + u * 0.22, y - u * 0.6),
            ]
        ),
        (136, 40, 48),
        0.8,
    )


def paint_plate(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    """Paint a heaped plate. `x`, `y` is where it stands, `u` its size in pixels."""
    s.volume(oval(x, y - u * 0.1, u * 0.78, u * 0.2), p.tones((226, 224, 218)), 0.25)
    for i in range(9):
        tone = ((196, 140, 66), (150, 84, 44), (108, 130, 62))[i % 3]
        s.volume(
            oval(x + u * (i % 5 - 2) * 0.17, y - u * (0.16 + 0.07 * (i // 5)), u * 0.15, u * 0.09), p.tones(tone), 0.4
        )


def paint_candle(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    """Paint three candles. `x`, `y` is where it stands, `u` its size in pixels."""
    for dx, h in ((-0.3, 0.55), (0.0, 0.9), (0.3, 0.68)):
        s.volume(
            [
                (x + u * (dx - 0.11), y),
                (x + u * (dx - 0.11), y - u * h),
                (x + u * (dx + 0.11), y - u * h),
                (x + u * (dx + 0.11), y),
            ],
            p.tones((236, 222, 196)),
            0.3,
        )
        s.flat(
            smooth(
                [
                    (x + u * dx, y - u * (h + 0.34)),
                    (x + u * (dx + 0.07), y - u * (h + 0.12)),
                    (x + u * dx, y - u * (h + 0.02)),
                    (x + u * (dx - 0.07), y - u * (h + 0.12)),
                ]
            ),
            (255, 214, 128),
        )
