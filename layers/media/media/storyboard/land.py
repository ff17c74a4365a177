"""Sets under the sky, outside town."""

from itertools import pairwise

from media.storyboard.colour import Rgb, hsv, mix
from media.storyboard.furniture import (
    LEAF,
    PALE,
    STEEL,
    WOOD,
    chair,
    facade,
    palm,
    string_lights,
    table,
    tree,
)
from media.storyboard.scenery import Scenery

_FAR = 400.0


def ground(s: Scenery, colour: Rgb, near: float = -20.0, far: float = _FAR) -> None:
    """An endless floor."""
    steps = [near, 2, 8, 25, 80, far]
    for a, b in pairwise(steps):
        if b > near:
            s.quad([(-600, 0, a), (600, 0, a), (600, 0, b), (-600, 0, b)], colour, 1.0, 600)


def garden(s: Scenery) -> None:
    """Lawn, hedge, trees, a path and a table."""
    ground(s, mix((98, 124, 66), s.light.accent, 0.08))
    s.quad([(-0.7, 0.01, -10), (0.7, 0.01, -10), (1.9, 0.01, 14), (0.9, 0.01, 14)], (176, 158, 130), 1.0, 30)
    for _ in range(70):
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
    for _ in range(16):
        s.ball((s.chance.random() - 0.5) * 9, 0.02, 0.8 + 5 * s.chance.random(), 0.07, 0.03, (180, 156, 122))


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
