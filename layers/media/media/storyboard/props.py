"""Things the description names: laid out in front, stood in the set, or falling from the sky."""

import math
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from media.storyboard.brush import Sheet, glow, limb, oval, smooth
from media.storyboard.camera import Camera
from media.storyboard.colour import Rgb, lit, mix
from media.storyboard.furniture import DARK, PALE, STEEL, WOOD, door, window
from media.storyboard.light import Light
from media.storyboard.pose import Palette, sheet_for
from media.storyboard.reading import Brief
from media.storyboard.scenery import Scenery
from media.storyboard.seeding import rng

_Draw = Callable[[Sheet, Palette, float, float, float], None]
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


def _candle(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
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


def _cake(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
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


def _flowers(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
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


def _cup(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
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


def _glass(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
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


def _plate(s: Sheet, p: Palette, x: float, y: float, u: float) -> None:
    s.volume(oval(x, y - u * 0.1, u * 0.78, u * 0.2), p.tones((226, 224, 218)), 0.25)
    for i in range(9):
        tone = ((196, 140, 66), (150, 84, 44), (108, 130, 62))[i % 3]
        s.volume(
            oval(x + u * (i % 5 - 2) * 0.17, y - u * (0.16 + 0.07 * (i // 5)), u * 0.15, u * 0.09), p.tones(tone), 0.4
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


ON_TABLE: dict[str, _Draw] = {
    "letter": _letter, "photograph": _photograph, "phone": _phone, "ring": _ring, "box": _box, "candle": _candle,
    "knife": _knife, "cake": _cake, "flowers": _flowers, "cup": _cup, "glass": _glass, "plate": _plate,
    "laptop": _laptop, "key": _key, "microphone": _microphone, "bag": _handbag,
}  # fmt: skip
_GLOWING = {"candle": (255, 196, 116), "cake": (255, 200, 130), "phone": (150, 200, 240), "laptop": (150, 196, 230)}


def stand_in_set(scenery: Scenery, brief: Brief, column: float) -> None:
    """Add what is too large for a table: a door, a window, a suitcase at somebody's feet, a fire."""
    side = -1.0 if column > 0.5 else 1.0
    x = side * 1.15 - scenery.shift
    if "door" in brief.props and brief.interior and brief.place not in {"hallway", "car"}:
        door(scenery, x, 2.3, mix(WOOD, scenery.light.accent, 0.3))
    if "window" in brief.props and brief.place in {"confessional", "gym", "shop", "studio", "wedding"}:
        window(scenery, x, 2.2, 1.2, 1.4, 0.9)
    if "mirror" in brief.props:
        scenery.ball(x, 1.45, 2.25, 0.46, 0.68, (176, 140, 76), 1.0)
        scenery.ball(x, 1.45, 2.24, 0.40, 0.62, mix(scenery.light.wall, (196, 208, 216), 0.6), 1.1)
        scenery.card(x, 1.45, 2.23, [(-0.2, -0.3), (-0.08, -0.4), (0.2, 0.35), (0.08, 0.45)], (226, 232, 236), 1.1)
    if "suitcase" in brief.props:
        tone = mix((122, 64, 46), scenery.light.accent, 0.25)
        at = (
            (column - 0.5) * scenery.camera.width / scenery.camera.scale(scenery.camera.distance)
            + side * 0.52
            - scenery.shift
        )
        scenery.box(at, -0.1, (0.40, 0.62, 0.22), tone, 0.04)
        scenery.box(at, -0.12, (0.42, 0.03, 0.02), lit(tone, 0.6), 0.36)
        scenery.panel(at - 0.09, 0.68, -0.02, 0.025, 0.24, STEEL)
        scenery.panel(at + 0.09, 0.68, -0.02, 0.025, 0.24, STEEL)
        scenery.panel(at, 0.9, -0.02, 0.24, 0.035, DARK)
    if "fire" in brief.props:
        _fire(scenery, x)


def _fire(s: Scenery, x: float) -> None:
    for i in range(5):
        s.card(x - 0.3 + 0.15 * i, 0, 1.35, [(-0.2, 0), (0.2, 0.04), (0.18, 0.12), (-0.22, 0.1)], (62, 44, 36), 0.8)
    for i in range(16):
        h, px = 0.25 + 0.6 * s.chance.random(), x + (s.chance.random() - 0.5) * 0.55
        tone: Rgb = mix((255, 210, 110), (226, 84, 34), s.chance.random())
        base = [
            (px - 0.09, 0.1, 1.3),
            (px + 0.09, 0.1, 1.3),
            (px + 0.03, 0.1 + h * 0.6, 1.3),
            (px + (s.chance.random() - 0.5) * 0.2, 0.1 + h, 1.3),
        ]
        s.quad(base, tone, 1.5)
    s.lamp(x, 0.45, 1.3, 3.4, 0.13, (255, 164, 82), 1.5)


def lay_table(frame: Image.Image, brief: Brief, camera: Camera, light: Light, column: float) -> None:
    """Paint a table corner in the foreground, away from the person at `column`, with the named things on it, in place."""
    named = [prop for prop in brief.props if prop in ON_TABLE][:3]
    if not named:
        return
    width, height = frame.size
    unit = min(width, height) * 0.125
    reach = unit * (1.3 + 1.75 * len(named))
    right = column <= 0.52
    back, front = height - unit * 1.05, height + 4
    inner, lean = (width - reach, -unit * 0.9) if right else (reach, unit * 0.9)
    outer = width + 20 if right else -20
    sheet = sheet_for(frame.size, light)
    palette = Palette(light, 0.0)
    wood = palette.tones(mix(WOOD, light.wall, 0.2))
    top = [(outer, back), (inner, back), (inner + lean, front), (outer, front)]
    sheet.flat(top, wood[1])
    for i in range(5):
        y = back + unit * (0.12 + 0.2 * i)
        sheet.stroke([(outer, y), ((inner + outer) / 2, y + 2), (inner, y)], wood[0], unit * 0.05, 0.4, 1.5)
    sheet.stroke([(outer, back), ((inner + outer) / 2, back), (inner, back)], wood[2], unit * 0.05, 0.8)
    spots: list[tuple[str, float, float]] = []
    for i, prop in enumerate(named):
        x = inner + (1 if right else -1) * unit * (1.0 + 1.7 * i)
        y = back + unit * (0.52 + 0.22 * (i % 2))
        spots.append((prop, x, y))
        sheet.tint(
            oval(x - light.side * unit * 0.25, y + unit * 0.05, unit * 0.75, unit * 0.16),
            lit(light.shadow_tint, 0.4),
            0.6,
            unit * 0.09,
        )
        ON_TABLE[prop](sheet, palette, x, y, unit)
    sheet.rim((-light.side, -0.5), max(2.0, unit * 0.03), light.rim, 0.5)
    blur = min(camera.blur(camera.distance * 0.8), 2.2)
    rgb, alpha = (
        (sheet.rgb, sheet.alpha)
        if blur < 1
        else (
            sheet.rgb.filter(ImageFilter.GaussianBlur(blur * 0.6)),
            sheet.alpha.filter(ImageFilter.GaussianBlur(blur * 0.6)),
        )
    )
    frame.paste(rgb, (0, 0), alpha)
    for prop, x, y in spots:
        if prop in _GLOWING:
            glow(frame, x, y - unit * (1.0 if prop in {"candle", "cake"} else 0.4), unit * 2.2, _GLOWING[prop], 0.42)


def fall(frame: Image.Image, brief: Brief, light: Light, seed: str) -> Image.Image:
    """Return `frame` with rain, snow or smoke in the air, where the description has them."""
    chance = rng("weather", seed)
    width, height = frame.size
    if "rain" in brief.props and not brief.interior:
        veil = Image.new("L", frame.size, 0)
        pen = ImageDraw.Draw(veil)
        for _ in range(520):
            x, y, near = (
                chance.random() * width * 1.1,
                chance.random() * height * 1.1 - height * 0.1,
                chance.random() ** 3,
            )
            length = height * (0.025 + 0.075 * near)
            pen.line(
                [(x, y), (x - length * 0.22, y + length)], fill=round(70 + 120 * near), width=1 + round(1.6 * near)
            )
        frame.paste(mix(light.rim, (214, 224, 236), 0.6), (0, 0), veil.filter(ImageFilter.GaussianBlur(0.7)))
    if "snow" in brief.props and not brief.interior:
        veil = Image.new("L", frame.size, 0)
        pen = ImageDraw.Draw(veil)
        for _ in range(420):
            x, y, r = chance.random() * width, chance.random() * height, 1 + 5 * chance.random() ** 4
            pen.ellipse([x - r, y - r, x + r, y + r], fill=round(120 + 120 * chance.random()))
        frame.paste((240, 244, 250), (0, 0), veil.filter(ImageFilter.GaussianBlur(1.1)))
    if "smoke" in brief.props:
        veil = Image.new("L", (width // 8, height // 8), 0)
        pen = ImageDraw.Draw(veil)
        for _ in range(26):
            x, y, r = (
                chance.random() * veil.width,
                veil.height * (0.45 + 0.6 * chance.random()),
                veil.width * (0.05 + 0.1 * chance.random()),
            )
            pen.ellipse([x - r * 2, y - r * 0.6, x + r * 2, y + r * 0.6], fill=round(40 + 60 * chance.random()))
        soft = veil.filter(ImageFilter.GaussianBlur(7)).resize(frame.size, Image.Resampling.BICUBIC)
        frame.paste(mix(light.haze, (226, 226, 228), 0.4), (0, 0), soft)
    return frame
