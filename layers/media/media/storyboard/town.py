"""Sets under the sky, in town."""

from media.storyboard.colour import hsv, lit, mix
from media.storyboard.furniture import (
    DARK,
    PALE,
    WOOD,
    facade,
    palm,
    plant,
    sofa,
    string_lights,
    table,
    tree,
)
from media.storyboard.land import ground
from media.storyboard.scenery import Scenery


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
    skyline(s, 60, 8, 26, 24, -22)
    skyline(s, 130, 26, 58, 26, -22)
    skyline(s, 260, 40, 96, 30, -22)


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
