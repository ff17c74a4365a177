"""Sets with a roof that are open to others."""

from media.storyboard.colour import lit, mix
from media.storyboard.furniture import (
    DARK,
    LEAF,
    PALE,
    STEEL,
    WOOD,
    chair,
    pendant,
    plant,
    room,
    shelf,
    string_lights,
    table,
    tiles,
    window,
)
from media.storyboard.scenery import Scenery


def office(s: Scenery) -> None:
    """A wall of windows over the city, desks, screens, blinds."""
    room(s, mix(s.light.wall, STEEL, 0.5), (108, 104, 104), wide=7.4, deep=3.6, planks=False)
    for i in range(4):
        window(s, -2.7 + i * 1.8, 3.58, 1.55, 1.75, 0.75)
        for row in range(5):
            s.panel(-2.7 + i * 1.8, 2.46 - row * 0.07, 3.5, 1.5, 0.03, PALE, 0.7)
    for x in (-2.2, 2.1):
        table(s, x, 2.0, 1.6, 0.8, colour=mix(WOOD, PALE, 0.3))
        s.box(x, 2.4, (0.6, 0.36, 0.04), DARK, 0.92)
        s.shine(x, 0.95, 2.38, 0.54, 0.30, mix((120, 170, 210), s.light.accent, 0.3))
        s.lamp(x, 1.1, 2.3, 0.9, 0.0, (140, 190, 230), 0.8)
        chair(s, x + 0.5, 1.5, DARK)
    for x in (-1.6, 0.0, 1.6):
        s.quad(
            [(x - 0.5, 2.79, 0.8), (x + 0.5, 2.79, 0.8), (x + 0.5, 2.79, 1.1), (x - 0.5, 2.79, 1.1)],
            (250, 246, 236),
            1.3,
        )
    plant(s, 0.0, 3.0, 1.5, STEEL)
    shelf(s, 3.3, 3.2, 0.7, 1.8, 4)


def restaurant(s: Scenery) -> None:
    """Set tables, pendants, a bar with bottles."""
    room(s, mix(s.light.wall, (90, 58, 52), 0.45), (96, 70, 54), wide=7.6, deep=4.2)
    shelf(s, 1.1, 4.1, 3.4, 1.1, 3, "bottles", 1.15, lit(WOOD, 0.7))
    s.box(1.1, 3.2, (3.7, 1.05, 0.5), lit(WOOD, 0.72))
    s.box(1.1, 3.12, (3.8, 0.06, 0.62), (70, 52, 44), 1.05)
    window(s, -2.5, 4.18, 1.9, 1.9, 0.6, mix(s.light.accent, DARK, 0.3))
    for x in (-2.4, -0.6, 2.6):
        table(s, x, 1.9, 0.8, 0.7, colour=(200, 190, 176))
        chair(s, x - 0.65, 2.0, lit(WOOD, 0.6))
        chair(s, x + 0.65, 2.0, lit(WOOD, 0.6))
        s.lamp(x, 0.86, 2.2, 0.9, 0.025, (255, 180, 100))
        pendant(s, x, 2.2, 1.8)
    for x in (0.1, 1.1, 2.1):
        pendant(s, x, 3.3, 1.9, colour=(150, 110, 60))


def hospital(s: Scenery) -> None:
    """A ward: curtain rail, bed, monitor, pale tiles."""
    wall = mix(s.light.wall, (206, 220, 216), 0.65)
    room(s, wall, (176, 184, 182), deep=3.2, planks=False)
    tiles(s, (176, 184, 182), 6.4, 3.2)
    s.panel(0, 0, 3.18, 6.3, 1.0, mix(wall, (92, 150, 150), 0.35), 0.9)
    window(s, 1.5, 3.18, 1.5, 1.3, 1.2)
    for fold in range(10):
        s.panel(
            -2.9 + fold * 0.16,
            0.25,
            2.2,
            0.17,
            2.05,
            mix((140, 184, 180), s.light.accent, 0.2),
            0.72 + 0.2 * (fold % 2),
        )
    s.box(0.3, 2.1, (1.0, 0.2, 0.9), (226, 230, 228), 0.55)
    s.box(0.3, 2.95, (1.05, 1.1, 0.06), STEEL)
    s.box(0.3, 2.7, (0.7, 0.16, 0.3), (240, 240, 236), 0.78)
    s.box(-0.75, 2.7, (0.5, 0.4, 0.08), DARK, 1.25)
    s.shine(-0.75, 1.29, 2.68, 0.44, 0.32, (60, 120, 110))
    s.panel(-0.75, 0, 2.72, 0.04, 1.25, STEEL)
    s.lamp(-0.75, 1.4, 2.6, 1.0, 0.0, (110, 220, 190), 0.7)
    s.panel(1.1, 0, 2.6, 0.03, 1.9, STEEL)
    s.ball(1.1, 1.75, 2.58, 0.09, 0.15, (206, 222, 226))
    for x in (-1.3, 1.3):
        s.quad(
            [(x - 0.6, 2.79, 1.0), (x + 0.6, 2.79, 1.0), (x + 0.6, 2.79, 1.5), (x - 0.6, 2.79, 1.5)],
            (250, 252, 250),
            1.3,
        )


def wedding(s: Scenery) -> None:
    """A hall with drapes, a flowered arch, round tables and hanging lights."""
    room(s, mix(s.light.wall, (206, 180, 160), 0.5), (150, 116, 92), wide=9.0, deep=5.0, high=4.4, planks=False)
    tiles(s, (150, 116, 92), 9.0, 5.0, 0.9)
    drape = mix((226, 206, 190), s.light.accent, 0.22)
    for i in range(30):
        s.panel(-4.4 + i * 0.3, 0, 4.95, 0.3, 4.2, drape, 0.7 + 0.24 * (i % 2))
    for i in range(46):
        t = i / 45
        x = (t - 0.5) * 3.2
        y = 2.75 - 5.0 * (t - 0.5) ** 4 * 8 if 0.04 < t < 0.96 else 2.7 * s.chance.random()
        for _ in range(2):
            jx, jy = (s.chance.random() - 0.5) * 0.3, (s.chance.random() - 0.5) * 0.3
            tone = s.chance.choice([(226, 150, 160), (240, 220, 210), LEAF, mix(s.light.accent, PALE, 0.3)])
            s.ball(x + jx, max(y + jy, 0.1), 4.0 - 0.01 * i, 0.13, 0.12, tone, 0.8 + 0.3 * s.chance.random())
    for side in (-1, 1):
        for i in range(26):
            tone = s.chance.choice([(226, 150, 160), (240, 220, 210), LEAF])
            s.ball(
                side * 1.55 + (s.chance.random() - 0.5) * 0.32,
                i * 0.1,
                3.9,
                0.13,
                0.12,
                tone,
                0.75 + 0.3 * s.chance.random(),
            )
    for x, z in ((-3.2, 2.3), (3.2, 2.3), (-2.7, 3.6), (2.8, 3.6)):
        s.box(x, z, (1.5, 0.74, 0.9), (230, 222, 212))
        s.ball(x, 1.12, z + 0.3, 0.26, 0.24, (226, 150, 160))
        s.panel(x, 0.74, z + 0.3, 0.06, 0.25, (220, 214, 190))
        s.lamp(x - 0.3, 0.9, z + 0.2, 0.8, 0.025)
        s.lamp(x + 0.3, 0.9, z + 0.2, 0.8, 0.025)
    string_lights(s, 4.4, 4.0, 8.6, 15, 0.7)
    string_lights(s, 2.4, 4.2, 8.0, 11, 0.5)


def airport(s: Scenery) -> None:
    """A concourse: tall glass, seats, a departures board."""
    room(s, mix(s.light.wall, STEEL, 0.6), (170, 172, 174), wide=12, deep=6.0, high=5.0, planks=False)
    tiles(s, (170, 172, 174), 12, 6.0, 1.2)
    for i in range(7):
        s.pane(-5.1 + i * 1.7, 0.5, 5.95, 1.62, 4.0)
    s.card(
        1.6, 0.9, 5.9, [(-2.2, 0.3), (1.6, 0.35), (2.3, 1.1), (1.9, 0.3), (2.0, 0.1), (-1.8, 0)], (210, 214, 218), 1.0
    )
    s.box(-1.3, 3.4, (2.6, 1.0, 0.12), DARK, 2.6)
    for row in range(5):
        s.shine(-1.3 + (s.chance.random() - 0.5) * 0.3, 2.72 + row * 0.17, 3.36, 1.7, 0.07, (232, 190, 90))
    for x in (-3.2, -2.5, 2.2, 2.9, 3.6):
        chair(s, x, 2.4, mix(DARK, s.light.accent, 0.35))
    for x in (-4.5, 0.2, 4.6):
        s.box(x, 4.6, (0.4, 5.0, 0.4), STEEL)


def studio(s: Scenery) -> None:
    """A stage: coloured screens, spotlights, a dark house."""
    base = mix(s.light.accent, (32, 28, 46), 0.6)
    room(s, lit(base, 0.6), (64, 58, 72), wide=10, deep=4.6, high=5.0)
    for i in range(7):
        tone = mix(s.light.accent, s.light.rim, 0.12 * (i % 4))
        s.shine(-3.6 + i * 1.2, 0.6, 4.5, 0.9, 2.6, lit(tone, 0.5 + 0.12 * (i % 3)))
        s.lamp(-3.6 + i * 1.2, 2.0, 4.3, 1.6, 0.0, tone, 0.7)
    s.box(0, 3.4, (5.0, 0.25, 1.1), (78, 72, 88))
    s.panel(0, 3.75, 2.4, 9.0, 0.08, DARK)
    for i in range(8):
        s.lamp(-3.5 + i, 3.65, 2.4, 1.7, 0.085, mix((255, 244, 226), s.light.accent, 0.5 * (i % 2)), 1.1)


def gym(s: Scenery) -> None:
    """Mirrors, a rack of weights, a hanging bag."""
    room(s, mix(s.light.wall, (92, 92, 98), 0.6), (66, 66, 70), wide=7.4, deep=3.6, high=3.4, planks=False)
    tiles(s, (66, 66, 70), 7.4, 3.6, 1.0)
    for i in range(4):
        s.panel(-2.7 + i * 1.5, 0.5, 3.57, 1.42, 1.9, mix(s.light.wall, (160, 176, 186), 0.6), 1.0)
    for row in range(3):
        s.box(0.9, 3.0, (2.6, 0.05, 0.4), DARK, 0.3 + row * 0.38)
        for i in range(7):
            s.ball(-0.2 + i * 0.37, 0.43 + row * 0.38, 2.95, 0.12, 0.12, mix(DARK, s.light.accent, 0.25 * (i % 2)), 0.9)
    s.box(-2.1, 2.0, (0.42, 1.15, 0.42), (120, 44, 40), 0.75)
    s.panel(-2.1, 1.9, 2.2, 0.03, 1.5, STEEL)
    for x in (-1.8, 0.2, 2.2):
        s.quad(
            [(x - 0.6, 3.39, 1.2), (x + 0.6, 3.39, 1.2), (x + 0.6, 3.39, 1.5), (x - 0.6, 3.39, 1.5)],
            (246, 248, 250),
            1.3,
        )
        s.lamp(x, 3.3, 1.6, 2.4, 0.0, (220, 230, 240), 0.8)


def shop(s: Scenery) -> None:
    """Shelves of goods, a counter, a lit sign."""
    room(s, mix(s.light.wall, PALE, 0.4), (158, 140, 118), wide=7.0, deep=3.4, planks=False)
    tiles(s, (158, 140, 118), 7.0, 3.4)
    for x in (-2.5, -0.85, 0.8, 2.45):
        shelf(s, x, 3.3, 1.55, 2.2, 5, s.chance.choice(["jars", "bottles", "goods"]))
    s.box(1.9, 2.0, (1.9, 1.0, 0.6), mix(WOOD, s.light.accent, 0.25))
    s.box(2.2, 2.1, (0.4, 0.25, 0.3), DARK, 1.0)
    s.shine(0, 2.4, 3.2, 2.2, 0.26, mix(s.light.accent, (255, 240, 220), 0.55))
    for x in (-2.0, 0.0, 2.0):
        pendant(s, x, 1.8, 2.1, colour=STEEL)


def school(s: Scenery) -> None:
    """A classroom: board, desks, windows down one side."""
    room(s, mix(s.light.wall, (206, 196, 166), 0.5), (150, 120, 90), wide=7.0, deep=3.6)
    s.panel(0, 0.95, 3.56, 3.5, 1.3, lit(WOOD, 0.8))
    s.panel(0, 1.02, 3.54, 3.36, 1.16, (52, 78, 66))
    for i in range(5):
        s.panel(
            -1.1 + 0.3 * i * s.chance.random(),
            1.95 - i * 0.17,
            3.52,
            1.2 * (0.5 + s.chance.random() * 0.5),
            0.03,
            (206, 212, 204),
        )
    window(s, -2.8, 3.58, 1.0, 1.5)
    shelf(s, 2.8, 3.4, 1.1, 1.7, 4)
    for x in (-2.2, -0.75, 0.75, 2.2):
        table(s, x, 1.95, 0.85, 0.5, 0.72, mix(WOOD, PALE, 0.25))
        chair(s, x, 2.4, lit(s.light.accent, 0.8))
