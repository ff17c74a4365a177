"""Sets where people live, drive and confess."""

from media.storyboard.colour import Rgb, lit, mix
from media.storyboard.furniture import (
    DARK,
    PALE,
    STEEL,
    WOOD,
    door,
    floor_lamp,
    pendant,
    picture,
    plant,
    room,
    shelf,
    sofa,
    tiles,
    window,
)
from media.storyboard.scenery import Scenery


def kitchen(s: Scenery) -> None:
    """Cabinets and a counter along the back, a window over the sink, an island in front."""
    wall, unit = mix(s.light.wall, PALE, 0.35), mix(s.light.accent, PALE, 0.45)
    room(s, wall, (150, 122, 96), deep=3.0, planks=False)
    tiles(s, (150, 122, 96), 6.4, 3.0)
    for i in range(11):
        for row in range(3):
            s.panel(
                -3.0 + i * 0.6,
                0.95 + row * 0.2,
                2.99,
                0.58,
                0.185,
                mix(PALE, s.light.wall, 0.15 * ((i + row) % 3)),
                0.95,
            )
    s.box(0, 2.4, (6.2, 0.88, 0.6), unit)
    s.box(0, 2.34, (6.3, 0.05, 0.66), (188, 180, 168), 0.88)
    for i in range(9):
        s.panel(-2.7 + i * 0.68, 0.1, 2.38, 0.6, 0.7, lit(unit, 0.93))
        s.panel(-2.7 + i * 0.68, 0.68, 2.37, 0.2, 0.025, STEEL, 1.1)
    for x in (-2.4, -1.55, 1.35, 2.2):
        s.box(x, 2.62, (0.8, 0.75, 0.36), unit, 1.55)
        s.panel(x, 1.6, 2.6, 0.68, 0.65, lit(unit, 0.92))
    window(s, -0.15, 2.98, 1.35, 1.05, 1.15)
    s.box(2.75, 2.25, (0.85, 1.95, 0.7), STEEL)
    s.panel(2.45, 0.9, 2.23, 0.03, 0.6, DARK)
    s.box(0.95, 2.45, (0.26, 0.2, 0.2), (176, 66, 48), 0.93)
    for x in (-2.1, -1.8, 1.5, 1.75):
        s.box(x, 2.5, (0.12, 0.16 + 0.1 * s.chance.random(), 0.12), mix(s.light.accent, WOOD, s.chance.random()), 0.93)
    pendant(s, -0.9, 0.75, 2.0)
    pendant(s, 0.9, 0.75, 2.0)
    s.lamp(1.8, 1.5, 2.5, 1.6, 0.0, strength=0.8)
    s.lamp(-1.9, 1.5, 2.5, 1.6, 0.0, strength=0.8)


def living(s: Scenery) -> None:
    """Sofa, shelves, pictures and lamps."""
    wall = s.light.wall
    room(s, wall, (134, 98, 70), deep=3.4)
    s.quad(
        [(-1.9, 0.01, -0.8), (1.9, 0.01, -0.8), (1.9, 0.01, 2.4), (-1.9, 0.01, 2.4)],
        mix(s.light.accent, PALE, 0.3),
        1.0,
        3,
    )
    window(s, -2.0, 3.38, 1.5, 1.7, 0.7, mix(s.light.accent, PALE, 0.5))
    shelf(s, 2.3, 3.3, 1.5, 2.2, 5)
    sofa(s, 0.25, 2.2, 2.3, mix(s.light.wall, (92, 84, 92), 0.6))
    for x, y, w, h in ((-0.55, 1.55, 0.6, 0.75), (0.2, 1.45, 0.5, 0.5), (0.85, 1.6, 0.45, 0.62)):
        picture(s, x, y, 3.39, w, h)
    floor_lamp(s, -1.15, 2.75)
    floor_lamp(s, 1.62, 2.8, 1.4)
    plant(s, -2.85, 2.5, 1.5)
    plant(s, 3.0, 2.3, 1.1)


def bedroom(s: Scenery) -> None:
    """A bed with a headboard, night lamps, a window with curtains."""
    room(s, s.light.wall, (128, 96, 76), deep=3.2)
    cloth = mix(s.light.accent, PALE, 0.45)
    s.box(0.4, 2.95, (2.1, 1.25, 0.14), lit(WOOD, 0.75))
    s.box(0.4, 1.2, (1.9, 0.5, 1.8), PALE)
    s.box(0.4, 1.15, (1.98, 0.12, 1.25), cloth, 0.45)
    for x in (-0.05, 0.85):
        s.box(x, 2.55, (0.7, 0.18, 0.35), (232, 226, 216), 0.55)
    for x in (-0.98, 1.8):
        s.box(x, 2.75, (0.45, 0.55, 0.4), WOOD)
        s.shine(x, 0.72, 2.85, 0.26, 0.24, lit(s.light.lamp, 0.9))
        s.lamp(x, 0.85, 2.85, 2.0, 0.07, strength=0.9)
    window(s, -2.2, 3.18, 1.3, 1.8, 0.5, mix(cloth, PALE, 0.3))
    picture(s, 0.4, 1.65, 3.19, 1.1, 0.65)
    s.box(2.75, 2.5, (0.9, 2.2, 0.6), WOOD)
    plant(s, -1.45, 2.9, 1.0)


def hallway(s: Scenery) -> None:
    """A corridor running away from the camera, doors on both sides, light at its end."""
    wall = s.light.wall
    room(s, wall, (142, 120, 100), wide=2.9, deep=9.0, planks=False)
    tiles(s, (142, 120, 100), 2.9, 9.0, 0.72)
    for side in (-1, 1):
        for z in (1.4, 3.6, 5.8, 7.8):
            x = side * 1.44
            s.quad([(x, 0, z), (x, 0, z + 0.95), (x, 2.1, z + 0.95), (x, 2.1, z)], lit(WOOD, 0.85), 0.7)
            s.lamp(side * 1.36, 2.05, z - 0.5, 1.3, 0.06, strength=0.75)
    s.pane(0, 0.6, 8.98, 1.3, 1.7)
    s.panel(0, 0.6, 8.96, 0.05, 1.7, PALE)
    for z in (1.0, 4.0, 7.0):
        s.quad([(-0.3, 2.79, z), (0.3, 2.79, z), (0.3, 2.79, z + 1.2), (-0.3, 2.79, z + 1.2)], (240, 232, 210), 1.2)
    plant(s, 1.0, 2.9, 1.3)


def confessional(s: Scenery) -> None:
    """An interview corner: dark drape, a practical, a plant, an edge of colour."""
    base = mix(s.light.accent, (40, 36, 48), 0.45)
    room(s, lit(base, 0.8), (70, 58, 54), wide=5.2, deep=2.4)
    for i in range(18):
        s.panel(-2.55 + i * 0.3, 0, 2.36, 0.3, 2.7, mix(base, s.light.wall, 0.15 * (i % 3)), 0.62 + 0.26 * (i % 2))
    s.shine(-1.25, 1.2, 2.1, 0.05, 1.25, mix(s.light.rim, s.light.accent, 0.5))
    s.lamp(-1.25, 1.8, 2.1, 1.8, 0.0, mix(s.light.accent, s.light.rim, 0.4), 1.3)
    floor_lamp(s, 1.2, 1.9, 1.3)
    plant(s, 1.75, 1.7, 1.7)
    plant(s, -1.9, 1.8, 1.2)
    shelf(s, -0.65, 2.25, 0.9, 0.7, 2, "jars", 1.0)
    s.lamp(-0.65, 1.75, 2.2, 0.8, 0.03)


def car(s: Scenery) -> None:
    """Inside a car: seats, pillars, the street going by in the windows."""
    body = mix((46, 44, 48), s.light.accent, 0.15)
    s.quad([(-6, 0.4, 3), (6, 0.4, 3), (6, 2.4, 3), (-6, 2.4, 3)], lit(body, 0.7), 0.8, 3)
    s.pane(0, 0.98, 1.6, 1.5, 0.48)
    for i in range(9):
        s.lamp(
            -1.6 + 0.4 * i + 0.2 * s.chance.random(),
            1.05 + 0.3 * s.chance.random(),
            3.2,
            0.4,
            0.05,
            s.chance.choice([(255, 180, 90), (255, 90, 70), (240, 240, 255)]),
        )
    for side in (-1, 1):
        s.pane(side * 1.2, 0.95, 0.9, 0.7, 0.52)
        s.card(
            side * 0.86, 0.5, 0.85, [(-0.08, 0), (0.08, 0), (0.02 - side * 0.1, 1.1), (-0.1 - side * 0.1, 1.1)], body
        )
        s.card(side * 0.42, 0.2, 0.5, [(-0.33, 0), (0.33, 0), (0.29, 0.78), (-0.29, 0.78)], mix(body, WOOD, 0.25), 0.9)
        s.card(side * 0.42, 1.0, 0.5, [(-0.14, 0), (0.14, 0), (0.12, 0.2), (-0.12, 0.2)], mix(body, WOOD, 0.25), 0.95)
    s.quad([(-1.6, 1.5, -2), (1.6, 1.5, -2), (1.6, 1.5, 1.7), (-1.6, 1.5, 1.7)], body, 0.5, 0)


def generic(s: Scenery) -> None:
    """A room nobody named: what stands in it is chosen by the set's own chance."""
    wall: Rgb = s.light.wall
    wide, deep = 5.6 + 2.4 * s.chance.random(), 2.8 + 1.6 * s.chance.random()
    room(s, wall, mix((140, 108, 82), s.light.accent, 0.25 * s.chance.random()), wide, deep, 2.6 + s.chance.random())
    at = -wide / 2 + 0.7
    while at < wide / 2 - 0.5:
        kind = s.chance.choice(["window", "shelf", "pictures", "door", "lamp", "plant", "jars"])
        if kind == "window":
            window(s, at, deep - 0.02, 1.2, 1.5, 0.8, mix(s.light.accent, PALE, 0.4))
        elif kind in {"shelf", "jars"}:
            shelf(s, at, deep - 0.1, 1.1, 1.4 + s.chance.random(), 4, "books" if kind == "shelf" else "jars")
        elif kind == "pictures":
            picture(s, at, 1.35, deep - 0.01, 0.7, 0.85)
            s.lamp(at, 2.4, deep - 0.1, 1.4, 0.0)
        elif kind == "door":
            door(s, at, deep - 0.01, mix(WOOD, s.light.accent, 0.3))
        elif kind == "lamp":
            floor_lamp(s, at, deep - 0.6)
        else:
            plant(s, at, deep - 0.6, 1.0 + 0.8 * s.chance.random())
        at += 1.0 + 0.5 * s.chance.random()
    if s.chance.random() < 0.6:
        sofa(s, (s.chance.random() - 0.5) * 2, deep - 1.2, 1.9, mix(wall, DARK, 0.4))
    pendant(s, (s.chance.random() - 0.5) * 1.5, 1.2, 2.1)
