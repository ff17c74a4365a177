"""Sets under the sky."""

from media.storyboard.colour import Rgb, hsv, lit, mix
from media.storyboard.furniture import (
    DARK, LEAF, PALE, STEEL, WOOD, chair, facade, palm, plant, sofa, string_lights, table, tree,
)  # fmt: skip
from media.storyboard.scenery import Scenery

_FAR = 400.0


def ground(s: Scenery, colour: Rgb, near: float = -20.0, far: float = _FAR) -> None:
    """An endless floor."""
    steps = [near, 2, 8, 25, 80, far]
    for a, b in zip(steps, steps[1:], strict=False):
        if b > near:
            s.quad([(-600, 0, a), (600, 0, a), (600, 0, b), (-600, 0, b)], colour, 1.0, 600)


def skyline(
    s: Scenery, z: float, low: float, high: float, count: int = 26, base: float = 0.0, share: float = 0.35
) -> None:
    """A row of far buildings, their windows lit at night."""
    span = z * 3.2
    night = s.light.exposure < 0.85
    for i in range(count):
        x = -span / 2 + span * (i + s.chance.random()) / count
        w, h = span / count * (0.7 + 0.9 * s.chance.random()), low + (high - low) * s.chance.random() ** 2
        depth = z * (1.0 + 0.4 * s.chance.random())
        s.box(x, depth, (w, h, w), mix((96, 96, 112), s.light.sky_low, 0.35 * s.chance.random()), base)
        if night:
            for _ in range(int(w * h / (z * 0.09) * share) + 2):
                size = z * 0.009
                px, py = x + (s.chance.random() - 0.5) * w * 0.85, base + h * (0.08 + 0.86 * s.chance.random())
                s.shine(px, py, depth - 0.1, size, size * 1.4, mix(s.light.lamp, (255, 240, 220), s.chance.random()))


def street(s: Scenery) -> None:
    """House fronts down both sides, pavement, street lamps."""
    ground(s, (112, 108, 106))
    s.quad([(-3.2, 0.01, -15), (3.2, 0.01, -15), (3.2, 0.01, 90), (-3.2, 0.01, 90)], (78, 78, 82), 1.0, 300)
    for i in range(12):
        s.quad(
            [(-0.08, 0.02, i * 4 - 6), (0.08, 0.02, i * 4 - 6), (0.08, 0.02, i * 4 - 4), (-0.08, 0.02, i * 4 - 4)],
            (190, 184, 160),
            1.0,
            200,
        )
    for side in (-1, 1):
        z = 1.5
        while z < 60:
            h = 6 + 9 * s.chance.random()
            w = 6 + 4 * s.chance.random()
            tone = mix(hsv(s.chance.random(), 0.22, 0.66), s.light.wall, 0.4)
            facade(s, side * (5.6 + w / 2), z, w, h, tone, 0.5)
            x = side * 5.6
            for i in range(int(h / 2.9)):
                py = 1.0 + i * 2.9
                if py + 1.5 < h:
                    night = s.light.exposure < 0.85 and s.chance.random() < 0.4
                    tone_in = s.light.lamp if night else mix(s.light.sky_top, DARK, 0.5)
                    for pz in (z + 1.2, z + 3.8):
                        s.quad(
                            [(x, py, pz), (x, py, pz + 1.0), (x, py + 1.5, pz + 1.0), (x, py + 1.5, pz)], tone_in, 1.0
                        )
            z += 6.2
        for z in (4.0, 12.0, 22.0, 36.0):
            s.panel(side * 3.9, 0, z, 0.09, 4.4, DARK)
            s.lamp(side * 3.6, 4.4, z, 5.0, 0.14)
    tree(s, 4.4, 9.0, 4.2)
    s.box(-2.6, 7.0, (1.75, 0.75, 4.0), mix(s.light.accent, DARK, 0.3), 0.3)
    s.box(-2.6, 8.0, (1.5, 0.55, 2.0), mix(DARK, s.light.sky_low, 0.3), 1.05)
    skyline(s, 110, 18, 60, 20)


def market(s: Scenery) -> None:
    """Stalls with awnings and heaped goods down both sides, lamps under the cloth."""
    ground(s, (158, 130, 104))
    for side in (-1, 1):
        for i in range(6):
            z = 0.9 + i * 3.0
            x = side * (2.25 + 0.12 * (i % 2))
            cloth = mix(
                s.chance.choice([(186, 62, 52), (214, 160, 62), (54, 122, 118), (92, 74, 128), (206, 118, 62)]),
                s.light.accent,
                0.2,
            )
            s.box(x, z, (1.9, 0.85, 1.5), lit(WOOD, 0.8))
            for row in range(3):
                fruit = s.chance.choice([(208, 110, 42), (186, 46, 44), (120, 146, 60), (222, 186, 80), (110, 62, 104)])
                for n in range(9):
                    s.ball(
                        x - 0.85 + 0.21 * n + 0.04 * s.chance.random(),
                        0.90 + row * 0.09,
                        z - 0.02 + row * 0.3,
                        0.12,
                        0.11,
                        fruit,
                        0.7 + 0.4 * s.chance.random(),
                    )
            for dx in (-0.95, 0.95):
                s.panel(x + dx, 0, z, 0.06, 2.35, lit(WOOD, 0.6))
            for stripe in range(8):
                sx = x - 1.1 + stripe * 0.275
                tone = cloth if stripe % 2 else PALE
                s.quad(
                    [(sx, 2.15, z - 0.5), (sx + 0.275, 2.15, z - 0.5), (sx + 0.275, 2.6, z + 1.5), (sx, 2.6, z + 1.5)],
                    tone,
                    1.0,
                    -0.4,
                )
                s.card(
                    sx + 0.1375,
                    1.93,
                    z - 0.5,
                    [(-0.1375, 0.22), (0.1375, 0.22), (0.1375, 0.06), (0, 0), (-0.1375, 0.06)],
                    tone,
                    0.85,
                )
            s.lamp(x - side * 0.7, 1.95, z + 0.2, 1.8, 0.06, strength=1.0)
            facade(s, side * 6.6, z + 0.5, 4.2, 5 + 4 * s.chance.random(), mix((190, 160, 128), s.light.wall, 0.4), 0.3)
    for z in (3.0, 7.0):
        s.quad(
            [(-2.2, 3.4, z), (2.2, 3.5, z), (2.0, 3.2, z + 1.8), (-2.0, 3.3, z + 1.8)],
            mix((206, 186, 150), s.light.accent, 0.25),
            0.9,
        )
    string_lights(s, 5.0, 3.4, 5.4, 11, 0.4)
    for i in range(9):
        _passer_by(s, (s.chance.random() - 0.5) * 2.2, 6.0 + i * 1.9)
    skyline(s, 70, 8, 20, 18)


def _passer_by(s: Scenery, x: float, z: float) -> None:
    """A far figure, no more than a shape."""
    tone = mix(hsv(s.chance.random(), 0.35, 0.4), DARK, 0.3)
    h = 1.6 + 0.2 * s.chance.random()
    s.card(
        x,
        0,
        z,
        [
            (-0.14, 0),
            (0.14, 0),
            (0.19, h * 0.5),
            (0.23, h * 0.8),
            (0.09, h * 0.86),
            (-0.09, h * 0.86),
            (-0.23, h * 0.8),
            (-0.19, h * 0.5),
        ],
        tone,
        0.8,
    )
    s.ball(x, h * 0.93, z, 0.09, 0.12, mix(tone, (110, 78, 58), 0.6), 0.8)


def rooftop(s: Scenery) -> None:
    """A terrace with a parapet, plants and lights over the city."""
    ground(s, (150, 128, 110), far=3.2)
    s.quad(
        [(-600, -22, 4), (600, -22, 4), (600, -22, 900), (-600, -22, 900)],
        mix((92, 88, 96), s.light.sky_low, 0.3),
        0.9,
        800,
    )
    for i in range(15):
        x = -4.5 + i * 0.66
        s.quad(
            [(x, 0.005, -6), (x + 0.025, 0.005, -6), (x + 0.025, 0.005, 3.1), (x, 0.005, 3.1)], (116, 96, 82), 1.0, 3
        )
    s.box(0, 3.1, (40, 0.78, 0.25), mix((176, 152, 130), s.light.wall, 0.3))
    s.box(0, 3.05, (40, 0.07, 0.35), (196, 176, 156), 0.78)
    for x in (-3.6, 2.6, 4.3):
        plant(s, x, 2.6, 1.3 + 0.4 * s.chance.random())
    sofa(s, -1.9, 2.0, 1.6, mix((214, 202, 182), s.light.accent, 0.2))
    table(s, 2.0, 2.0, 0.8, 0.5, 0.45)
    s.lamp(2.0, 0.6, 2.2, 1.2, 0.05)
    for x in (-4.2, 4.6):
        s.panel(x, 0, 2.9, 0.07, 3.2, DARK)
    string_lights(s, 2.8, 3.2, 8.6, 17, 0.45)
    skyline(s, 60, 8, 30, 24, -22)
    skyline(s, 130, 30, 92, 26, -22)
    skyline(s, 260, 60, 150, 30, -22)


def garden(s: Scenery) -> None:
    """Lawn, hedge, trees, a path and a table."""
    ground(s, mix((98, 124, 66), s.light.accent, 0.08))
    s.quad([(-0.7, 0.01, -10), (0.7, 0.01, -10), (1.9, 0.01, 14), (0.9, 0.01, 14)], (176, 158, 130), 1.0, 30)
    for i in range(70):
        x, z = (s.chance.random() - 0.5) * 16, 0.8 + 9 * s.chance.random()
        s.card(
            x,
            0,
            z,
            [(-0.06, 0), (0.06, 0), (0.0, 0.16 + 0.1 * s.chance.random())],
            mix(LEAF, (150, 170, 80), s.chance.random()),
            0.9,
        )
    for i in range(34):
        s.ball(
            -12 + i * 0.72,
            0.7 + 0.3 * s.chance.random(),
            9.5,
            0.7,
            0.8,
            mix(LEAF, (52, 78, 52), s.chance.random()),
            0.7 + 0.3 * s.chance.random(),
        )
        if i % 2:
            s.ball(
                -11 + i * 0.7,
                0.5 + 0.8 * s.chance.random(),
                9.0,
                0.13,
                0.12,
                mix((214, 96, 110), s.light.accent, 0.4 * s.chance.random()),
                1.0,
            )
    for x, z, h in ((-4.5, 6.0, 4.6), (4.2, 7.0, 5.4), (-8.0, 12.0, 6.5), (8.5, 13.0, 7.0), (1.0, 17.0, 6.0)):
        tree(s, x, z, h)
    facade(s, -9.0, 16.0, 9.0, 6.5, mix((206, 186, 156), s.light.wall, 0.4), 0.5)
    table(s, 2.3, 2.6, 1.3, 0.7, 0.74, PALE)
    chair(s, 1.5, 2.9, PALE)
    chair(s, 3.1, 2.9, PALE)
    string_lights(s, 4.0, 3.1, 7.5, 12, 0.5)


def beach(s: Scenery) -> None:
    """Sand, surf, the sea to the horizon, palms."""
    ground(s, (214, 188, 148), far=12.0)
    sea = mix(s.light.sky_top, (40, 104, 116), 0.45)
    for i, (a, b) in enumerate(((12.0, 16.0), (16.0, 26.0), (26.0, 60.0), (60.0, 200.0), (200.0, 3000.0))):
        s.quad(
            [(-4000, 0, a), (4000, 0, a), (4000, 0, b), (-4000, 0, b)], mix(sea, s.light.sky_low, 0.12 * i), 1.0, 4000
        )
    for z in (11.6, 12.4, 14.0, 17.5, 23.0):
        left = -40.0
        while left < 40:
            w = 3 + 7 * s.chance.random()
            s.quad(
                [
                    (left, 0.01, z),
                    (left + w, 0.01, z),
                    (left + w * 0.9, 0.01, z + z * 0.03),
                    (left + w * 0.1, 0.01, z + z * 0.025),
                ],
                (240, 238, 232),
                1.0,
            )
            left += w * (1.0 + s.chance.random())
    for x, z, h in ((-4.2, 4.0, 5.2), (-6.5, 7.5, 6.2), (6.4, 6.0, 5.6)):
        palm(s, x, z, h)
    s.card(
        5.0,
        0,
        9.5,
        [(-1.4, 0.25), (-1.0, 0), (1.0, 0), (1.5, 0.35), (1.2, 0.3), (-1.1, 0.28)],
        mix(s.light.accent, WOOD, 0.4),
    )
    for i in range(16):
        s.ball((s.chance.random() - 0.5) * 9, 0.02, 0.8 + 5 * s.chance.random(), 0.07, 0.03, (180, 156, 122))


def mosque(s: Scenery) -> None:
    """A courtyard: arcade, dome, minarets, a fountain on patterned stone."""
    stone = mix((222, 202, 168), s.light.wall, 0.2)
    ground(s, (196, 176, 146))
    for i in range(13):
        x = -9 + i * 1.5
        s.quad([(x, 0.01, -6), (x + 0.05, 0.01, -6), (x + 0.05, 0.01, 13.9), (x, 0.01, 13.9)], (150, 128, 102), 1.0, 90)
    for i in range(12):
        z = 14 - i * 1.5
        s.quad([(-14, 0.01, z - 0.06), (14, 0.01, z - 0.06), (14, 0.01, z), (-14, 0.01, z)], (150, 128, 102), 1.0, 90)
    s.box(0, 14, (26, 5.2, 4), stone)
    s.panel(0, 5.1, 13.9, 26.4, 0.35, lit(stone, 1.06))
    arch = [
        (-0.9, 0),
        (0.9, 0),
        (0.9, 2.6),
        (0.72, 3.3),
        (0.36, 3.85),
        (0, 4.1),
        (-0.36, 3.85),
        (-0.72, 3.3),
        (-0.9, 2.6),
    ]
    for i in range(11):
        x = -12 + i * 2.4
        s.card(x, 0, 13.85, [(px * 1.12, py * 1.03) for px, py in arch], lit(stone, 1.05), 1.0)
        s.card(x, 0, 13.8, arch, mix(stone, DARK, 0.72))
        s.lamp(x, 3.0, 13.7, 1.6, 0.09, strength=0.8)
    dome = [
        (-3.2, 0),
        (3.2, 0),
        (3.4, 1.2),
        (3.0, 2.5),
        (1.9, 3.6),
        (0.5, 4.3),
        (0.0, 5.1),
        (-0.5, 4.3),
        (-1.9, 3.6),
        (-3.0, 2.5),
        (-3.4, 1.2),
    ]
    s.card(1.0, 5.9, 16.5, dome, mix((70, 130, 132), s.light.accent, 0.2), 1.0)
    s.card(
        2.2,
        6.0,
        16.4,
        [(0.2, 0), (1.9, 0), (2.1, 1.2), (1.7, 2.4), (0.9, 3.2), (0.4, 2.4)],
        mix((40, 88, 98), s.light.accent, 0.2),
        0.72,
    )
    s.panel(1.0, 5.0, 16.4, 7.0, 1.0, lit(stone, 0.95))
    for x in (-9.0, 10.5):
        s.box(x, 15, (1.3, 13, 1.3), stone)
        s.box(x, 14.8, (1.9, 0.5, 1.9), lit(stone, 0.9), 9.8)
        s.card(x, 13, 15, [(-0.7, 0), (0.7, 0), (0.4, 1.1), (0, 2.2), (-0.4, 1.1)], (70, 120, 122))
    s.box(-2.2, 5.5, (2.4, 0.55, 1.6), lit(stone, 0.94))
    s.ball(-2.2, 0.62, 5.9, 0.95, 0.09, mix(s.light.sky_low, (80, 150, 160), 0.5), 1.1)
    palm(s, 6.2, 8.0, 5.5)
    palm(s, -7.0, 9.0, 6.2)


def generic(s: Scenery) -> None:
    """Open ground nobody named: land, and what the set's own chance puts on it."""
    land = s.chance.choice([(150, 134, 106), (120, 126, 86), (138, 132, 128), (176, 150, 112)])
    ground(s, land)
    for i in range(14):
        x, w, h = -260 + i * 40 + 20 * s.chance.random(), 70 + 60 * s.chance.random(), 14 + 34 * s.chance.random()
        s.card(
            x,
            0,
            180 + i,
            [(-w / 2, 0), (w / 2, 0), (w * 0.2, h * 0.7), (0, h), (-w * 0.25, h * 0.6)],
            mix(land, s.light.sky_top, 0.4),
            0.8,
        )
    kind = s.chance.choice(["trees", "houses", "palms", "mixed"])
    for i in range(9):
        x, z = (-1 if i % 2 else 1) * (2.6 + 5 * s.chance.random()), 4 + 2.6 * i
        if kind == "palms" or (kind == "mixed" and i % 3 == 0):
            palm(s, x, z, 4.5 + 2 * s.chance.random())
        elif kind == "houses" or (kind == "mixed" and i % 3 == 1):
            facade(
                s,
                x * 1.6,
                z + 3,
                4.5,
                3.2 + 3 * s.chance.random(),
                mix(hsv(s.chance.random(), 0.25, 0.66), s.light.wall, 0.4),
                0.5,
            )
        else:
            tree(s, x, z, 3.6 + 2.4 * s.chance.random())
    s.panel(-3.6, 0, 4.4, 0.1, 4.2, STEEL)
    s.lamp(-3.6, 4.2, 4.4, 4.5, 0.13)


EXTERIORS = {
    "street": street, "market": market, "rooftop": rooftop, "garden": garden, "beach": beach, "mosque": mosque,
}  # fmt: skip
