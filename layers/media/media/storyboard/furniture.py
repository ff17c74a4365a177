"""Things sets are furnished with. Positions in metres as in `Scenery`."""

import math

from media.storyboard.colour import Rgb, hsv, lit, mix
from media.storyboard.scenery import Scenery

WOOD: Rgb = (140, 98, 64)
PALE: Rgb = (222, 214, 200)
STEEL: Rgb = (150, 156, 162)
DARK: Rgb = (58, 54, 58)
LEAF: Rgb = (66, 98, 60)


def room(
    s: Scenery, wall: Rgb, floor: Rgb, wide: float = 6.4, deep: float = 3.2, high: float = 2.8, planks: bool = True
) -> None:
    """Floor, back and side walls, ceiling, skirting."""
    half, back, front = wide / 2, deep, -12.0
    s.quad([(-half, 0, front), (half, 0, front), (half, 0, back), (-half, 0, back)], floor, 0.95, 5)
    s.quad(
        [(-half, high, front), (half, high, front), (half, high, back), (-half, high, back)],
        mix(wall, PALE, 0.5),
        0.62,
        5,
    )
    for side in (-1, 1):
        facing = 0.62 if side == s.light.side else 0.84
        s.quad(
            [(side * half, 0, front), (side * half, 0, back), (side * half, high, back), (side * half, high, front)],
            wall,
            facing,
            5,
        )
    s.quad([(-half, 0, back), (half, 0, back), (half, high, back), (-half, high, back)], wall, 0.9, 4)
    s.panel(0, 0, back - 0.01, wide, 0.11, mix(wall, PALE, 0.35), 0.9)
    s.panel(0, high - 0.09, back - 0.01, wide, 0.09, mix(wall, PALE, 0.3), 0.8)
    if planks:
        x = -half
        while x < half:
            s.quad(
                [(x, 0.001, front), (x + 0.02, 0.001, front), (x + 0.02, 0.001, back), (x, 0.001, back)],
                lit(floor, 0.76),
                0.95,
                4.9,
            )
            x += 0.42


def tiles(s: Scenery, floor: Rgb, wide: float, deep: float, step: float = 0.6) -> None:
    """Lines of a tiled floor, both ways."""
    half = wide / 2
    for i in range(int(wide / step) + 1):
        x = -half + i * step
        s.quad(
            [(x, 0.002, -6), (x + 0.022, 0.002, -6), (x + 0.022, 0.002, deep), (x, 0.002, deep)],
            lit(floor, 0.74),
            0.95,
            4.8,
        )
    for i in range(int((deep + 2.4) / step)):
        z = deep - i * step
        s.quad(
            [(-half, 0.002, z - 0.03), (half, 0.002, z - 0.03), (half, 0.002, z), (-half, 0.002, z)],
            lit(floor, 0.74),
            0.95,
            4.8,
        )


def window(
    s: Scenery, x: float, z: float, w: float = 1.3, h: float = 1.5, y: float = 0.9, curtain: Rgb | None = None
) -> None:
    """A framed window, with curtains where a colour is given."""
    s.panel(x, y - 0.08, z - 0.02, w + 0.18, h + 0.16, PALE)
    s.pane(x, y, z - 0.04, w, h)
    s.panel(x, y, z - 0.06, 0.05, h, PALE, 0.7)
    s.panel(x, y + h * 0.55, z - 0.06, w, 0.05, PALE, 0.7)
    if curtain:
        for side in (-1, 1):
            for fold in range(4):
                px = x + side * (w / 2 + 0.24 - fold * 0.11)
                s.panel(
                    px,
                    0.1 if y < 1 else y - 0.2,
                    z - 0.12,
                    0.12,
                    y + h + 0.14 - (0.1 if y < 1 else y - 0.2),
                    curtain,
                    0.92 - 0.14 * (fold % 2),
                )


def door(s: Scenery, x: float, z: float, colour: Rgb = WOOD, h: float = 2.1) -> None:
    """A panelled door in its frame."""
    s.panel(x, 0, z - 0.02, 1.08, h + 0.1, mix(colour, PALE, 0.5))
    s.panel(x, 0, z - 0.04, 0.9, h, colour)
    for row in (0.25, 1.15):
        s.panel(x, row, z - 0.05, 0.62, 0.72, colour, 0.7)
    s.ball(x + 0.36, 1.0, z - 0.06, 0.035, 0.035, (206, 176, 104), 1.1)


def picture(s: Scenery, x: float, y: float, z: float, w: float, h: float) -> None:
    """A framed picture with an abstract inside."""
    s.panel(x, y, z - 0.03, w, h, lit(WOOD, 0.6))
    tone = mix(s.light.accent, hsv(s.chance.random(), 0.4, 0.7), 0.5)
    s.panel(x, y + 0.04, z - 0.04, w - 0.08, h - 0.08, mix(tone, PALE, 0.4))
    s.panel(x - w * 0.1, y + h * 0.2, z - 0.05, w * 0.4, h * 0.42, tone)


def table(s: Scenery, x: float, z: float, w: float, d: float, h: float = 0.75, colour: Rgb = WOOD) -> None:
    """A table: top and four legs."""
    for dx in (-w / 2 + 0.06, w / 2 - 0.06):
        for dz in (0.05, d - 0.1):
            s.box(x + dx, z + dz, (0.06, h - 0.05, 0.06), lit(colour, 0.7))
    s.box(x, z, (w, 0.05, d), colour, h - 0.05)


def chair(s: Scenery, x: float, z: float, colour: Rgb) -> None:
    """A chair seen from its front."""
    s.box(x, z + 0.4, (0.44, 0.5, 0.04), colour, 0.45)
    s.box(x, z, (0.46, 0.06, 0.44), mix(colour, PALE, 0.15), 0.42)
    for dx in (-0.19, 0.19):
        s.box(x + dx, z, (0.04, 0.42, 0.04), lit(colour, 0.6))


def sofa(s: Scenery, x: float, z: float, w: float, colour: Rgb) -> None:
    """A sofa with cushions."""
    s.box(x, z + 0.55, (w, 0.85, 0.22), lit(colour, 0.9))
    s.box(x, z, (w, 0.43, 0.75), colour)
    for side in (-1, 1):
        s.box(x + side * (w / 2), z, (0.2, 0.62, 0.78), lit(colour, 0.95))
        tone = mix(s.light.accent, PALE, 0.25)
        s.card(x + side * w * 0.3, 0.45, z + 0.42, [(-0.2, 0), (0.2, 0.02), (0.23, 0.38), (-0.17, 0.4)], tone)


def pendant(s: Scenery, x: float, z: float, y: float = 1.95, high: float = 2.8, colour: Rgb = DARK) -> None:
    """A lamp on a cord."""
    s.panel(x, y, z, 0.015, high - y, DARK)
    s.card(x, y, z, [(-0.17, 0), (0.17, 0), (0.06, 0.19), (-0.06, 0.19)], colour)
    s.lamp(x, y - 0.02, z, 2.6, 0.055)


def floor_lamp(s: Scenery, x: float, z: float, h: float = 1.55) -> None:
    """A standing lamp with a cloth shade."""
    s.panel(x, 0, z, 0.03, h, DARK)
    s.shine(x, h, z, 0.34, 0.30, lit(s.light.lamp, 0.95 if s.light.exposure < 0.85 else 0.8))
    s.lamp(x, h + 0.15, z, 2.6, 0.01, strength=0.85)


def plant(s: Scenery, x: float, z: float, h: float = 1.2, pot: Rgb = (170, 104, 70)) -> None:
    """A potted plant with long leaves."""
    s.card(x, 0, z, [(-0.13, 0), (0.13, 0), (0.19, 0.34), (-0.19, 0.34)], pot)
    for i in range(11):
        lean = -1.1 + 0.22 * i + (s.chance.random() - 0.5) * 0.15
        length = (h - 0.3) * (0.7 + 0.4 * s.chance.random())
        tx, ty = math.sin(lean) * length * 0.8, math.cos(lean * 0.7) * length
        nx, ny = math.cos(lean) * 0.075, -math.sin(lean) * 0.075
        tone = mix(LEAF, (120, 140, 70), 0.4 * s.chance.random())
        s.card(
            x,
            0.3,
            z + 0.01 * (i % 3),
            [(0, 0), (tx * 0.5 + nx, ty * 0.6 + ny), (tx, ty), (tx * 0.5 - nx, ty * 0.6 - ny)],
            tone,
            0.75 + 0.3 * (i % 2),
        )


def shelf(
    s: Scenery,
    x: float,
    z: float,
    w: float,
    h: float,
    rows: int,
    things: str = "books",
    y: float = 0.0,
    colour: Rgb = WOOD,
) -> None:
    """Shelves with books, jars, goods or bottles."""
    s.panel(x, y, z, w, h, lit(colour, 0.42))
    for row in range(rows):
        base = y + h * row / rows + 0.04
        at, tall = x - w / 2 + 0.05, h / rows - 0.09
        while at < x + w / 2 - 0.1:
            wide = {"books": 0.05, "jars": 0.13, "bottles": 0.10}.get(things, 0.2) * (0.7 + 0.7 * s.chance.random())
            size = tall * (0.5 + 0.45 * s.chance.random())
            tone = mix(hsv(s.chance.random(), 0.42, 0.62), s.light.accent, 0.3)
            if s.chance.random() < 0.88 and at + wide < x + w / 2 - 0.03:
                s.panel(at + wide / 2, base, z - 0.06, wide * 0.9, size, tone, 0.75 + 0.3 * s.chance.random())
                if things == "bottles":
                    s.panel(at + wide / 2, base + size, z - 0.06, wide * 0.3, size * 0.3, tone, 0.9)
            at += wide
        s.panel(x, base - 0.04, z - 0.1, w, 0.04, colour)
    for side in (-1, 1):
        s.panel(x + side * w / 2, y, z - 0.1, 0.05, h, colour)


def tree(s: Scenery, x: float, z: float, h: float = 4.5, leaf: Rgb = LEAF) -> None:
    """A broad-leaved tree."""
    s.card(x, 0, z, [(-0.16, 0), (0.16, 0), (0.09, h * 0.6), (-0.09, h * 0.6)], (82, 64, 50))
    for i in range(26):
        a, r = s.chance.random() * 6.283, s.chance.random() ** 0.6
        px, py = math.cos(a) * r * h * 0.3, h * 0.72 + math.sin(a) * r * h * 0.24
        size = h * (0.09 + 0.05 * s.chance.random())
        high = (py - h * 0.55) / (h * 0.45) + 0.25 * px * s.light.side / h
        s.ball(
            x + px,
            py,
            z - 0.01 * i,
            size,
            size * 0.85,
            mix(leaf, (150, 150, 84), 0.25 * s.chance.random()),
            0.5 + 0.55 * high,
        )


def palm(s: Scenery, x: float, z: float, h: float = 5.0) -> None:
    """A palm tree."""
    s.card(x, 0, z, [(-0.16, 0), (0.16, 0), (0.32, h * 0.55), (0.2, h), (0.08, h), (0.14, h * 0.55)], (110, 90, 68))
    for i in range(11):
        a = -0.5 + i * 0.42
        dx, dy = math.cos(a) * h * 0.34, math.sin(a) * h * 0.2
        s.card(
            x + 0.14,
            h,
            z,
            [(0, 0), (dx * 0.5, dy + 0.38), (dx, dy - 0.35), (dx * 0.5, dy + 0.12)],
            LEAF,
            0.6 + 0.4 * (i % 2),
        )


def string_lights(s: Scenery, z: float, y: float, wide: float, count: int = 13, sag: float = 0.5) -> None:
    """A swag of bulbs across the set."""
    for i in range(count):
        t = i / (count - 1)
        drop = 4 * sag * t * (1 - t)
        s.lamp((t - 0.5) * wide, y - drop, z, 0.9, 0.035, strength=0.9)
        if i:
            t0 = (i - 1) / (count - 1)
            y0 = y - 4 * sag * t0 * (1 - t0)
            s.quad(
                [
                    ((t0 - 0.5) * wide, y0 + 0.05, z),
                    ((t - 0.5) * wide, y - drop + 0.05, z),
                    ((t - 0.5) * wide, y - drop + 0.065, z),
                    ((t0 - 0.5) * wide, y0 + 0.065, z),
                ],
                DARK,
                0.5,
            )


def facade(s: Scenery, x: float, z: float, w: float, h: float, colour: Rgb, lit_share: float) -> None:
    """A house front with rows of windows, some of them lit at night."""
    s.box(x, z, (w, h, 6.0), colour)
    columns, rows = max(1, int(w / 1.7)), max(1, int(h / 2.9))
    night = s.light.exposure < 0.85
    for row in range(rows):
        for column in range(columns):
            px = x - w / 2 + w * (column + 0.5) / columns
            py = 1.0 + row * 2.9
            if py + 1.5 > h:
                continue
            s.panel(px, py - 0.08, z - 0.03, 1.0, 1.62, mix(colour, PALE, 0.4))
            if night and s.chance.random() < lit_share:
                s.shine(px, py, z - 0.05, 0.82, 1.45, mix(s.light.lamp, (160, 120, 80), 0.5 * s.chance.random()))
            else:
                s.panel(px, py, z - 0.05, 0.82, 1.45, mix(s.light.sky_top, DARK, 0.55), 1.0)
    s.panel(x, h - 0.16, z - 0.06, w + 0.16, 0.2, mix(colour, PALE, 0.3), 1.0)
