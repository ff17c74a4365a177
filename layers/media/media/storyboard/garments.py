"""What tells one garment from another: necklines, lapels, collars, pockets, hoods, aprons."""

from typing import TYPE_CHECKING

from media.storyboard.brush import Point, smooth
from media.storyboard.colour import lit, mix

if TYPE_CHECKING:
    from media.storyboard.body import Body

_SCOOPS = {"dress": 0.34, "gown": 0.42, "tee": 0.2, "scrubs": 0.36, "shirt": 0.26}
"""How deep a neckline is cut, in heads."""
_HEMMED = {"sweater", "hoodie", "jacket", "tee"}
_COLLARED = {"shirt", "uniform", "sarong", "robe"}
_LAPELLED = {"suit": 2.75, "coat": 3.2, "jacket": 3.5}
"""Where the front of an open garment closes, in heads below the crown."""


def dress(body: "Body", end: float) -> None:
    """Paint the garment's own marks onto a torso whose cloth ends `end` heads below the crown."""
    garment = body.look.garment
    covered = body.look.cover in {"hijab", "niqab"}
    head, deep = body.pose.head, lit(body.top[0], 0.7)
    if garment in _HEMMED:
        hem: list[Point] = [(-body.hips, end - 0.22), (0.0, end - 0.14), (body.hips, end - 0.22)]
        body.sheet.stroke(body.all(hem), deep, head * 0.035, 0.55)
    if garment == "sweater":
        band: list[Point] = [(-0.22, 1.26), (0.0, 1.44), (0.22, 1.26), (0.28, 1.33), (0.0, 1.56), (-0.28, 1.33)]
        body.sheet.volume(smooth(body.all([(x * 0.92 + 0.04 * body.pose.aside, y) for x, y in band])), body.top, 0.4)
    if garment in _SCOOPS and not covered:
        _neckline(body, _SCOOPS[garment])
    if garment in _LAPELLED:
        _lapels(body, _LAPELLED[garment], end)
    if garment in _COLLARED and not covered:
        for side in (-1, 1):
            collar = [(side * 0.20, 1.2), (side * 0.30, 1.38), (side * 0.17, 1.58), (side * 0.03, 1.42)]
            body.sheet.volume(_leaned(body, collar), body.top, 0.3)
            body.sheet.stroke(_leaned(body, collar[1:]), deep, head * 0.02, 0.6)
    if garment in _COLLARED or garment == "scrubs":
        body.sheet.stroke(_leaned(body, [(0.0, 1.6), (-0.03, 2.6), (-0.05, end)]), deep, head * 0.022, 0.55)
    if garment == "uniform":
        for side in (-1, 1):
            pocket = [(side * 0.2, 1.98), (side * 0.5, 1.98), (side * 0.5, 2.3), (side * 0.2, 2.3)]
            body.sheet.tint(_leaned(body, pocket), deep, 0.35)
    if garment == "hoodie":
        _hood(body)
    if body.look.apron:
        _apron(body)


def _leaned(body: "Body", points: list[Point]) -> list[Point]:
    """Return pixels of points on the chest, whose middle line moves over as the body turns."""
    lean = 0.12 * body.pose.aside
    return body.all([(x + lean, y) for x, y in points])


def _neckline(body: "Body", scoop: float) -> None:
    head = body.pose.head
    vee = body.look.garment in {"scrubs", "shirt"}
    neck = 0.42 if body.look.garment in {"dress", "gown"} else 0.25
    low = neck * (0.5 if vee else 0.8)
    hole = [(-neck, 1.22), (neck, 1.22), (low, 1.38 + scoop * 0.55), (0.0, 1.36 + scoop), (-low, 1.38 + scoop * 0.55)]
    outline = _leaned(body, hole)
    body.sheet.tint(outline if vee else smooth(outline), body.skin[1], 1.0)
    shade: list[Point] = [(-0.3, 1.2), (0.3, 1.2), (0.2, 1.42), (-0.2, 1.42)]
    body.sheet.tint(smooth(_leaned(body, shade)), body.skin[0], 0.6, head * 0.05)
    body.sheet.stroke(outline[2:], lit(body.top[0], 0.7), head * 0.03, 0.6)
    if not vee:
        for side in (-1, 1):
            bone = [(side * 0.06, 1.48), (side * 0.2, 1.45), (side * 0.36, 1.42)]
            body.sheet.stroke(_leaned(body, bone), body.skin[0], head * 0.03, 0.35, head * 0.01)


def _lapels(body: "Body", closed: float, end: float) -> None:
    head, deep = body.pose.head, lit(body.top[0], 0.7)
    under = body.palette.tones(body.look.under)
    half = closed * 0.72 + 0.3
    front = [(-0.26, 1.25), (0.26, 1.25), (0.10, half), (0.0, closed), (-0.10, half)]
    body.sheet.volume(_leaned(body, front), under, 0.25)
    if body.look.tie:
        tie = body.palette.tones(mix(body.look.top, (130, 30, 40), 0.6))
        blade = [(-0.055, 1.34), (0.055, 1.34), (0.09, 2.3), (0.0, 2.55), (-0.09, 2.3)]
        knot = [(-0.07, 1.40), (0.07, 1.40), (0.045, 1.54), (-0.045, 1.54)]
        body.sheet.volume(_leaned(body, blade), tie, 0.4)
        body.sheet.volume(_leaned(body, knot), tie, 0.4)
    else:
        body.sheet.tint(_leaned(body, [(-0.11, 1.2), (0.11, 1.2), (0.0, 1.62)]), body.skin[0], 1.0)
    for side in (-1, 1):
        flap = [(side * 0.22, 1.22), (side * 0.27, 1.34), (side * 0.13, 1.58), (side * 0.04, 1.42)]
        body.sheet.volume(_leaned(body, flap), under, 0.3)
    for side in (-1, 1):
        lapel = [
            (side * 0.24, 1.24),
            (side * 0.40, 1.55),
            (side * 0.46, 1.78),
            (side * 0.30, 1.86),
            (side * 0.02, closed),
        ]
        body.sheet.volume(_leaned(body, lapel), body.top, 0.18)
        body.sheet.stroke(_leaned(body, lapel[2:]), deep, head * 0.025, 0.7)
    body.sheet.stroke(_leaned(body, [(0.0, closed), (0.03, end)]), deep, head * 0.03, 0.7)


def _hood(body: "Body") -> None:
    rim: list[Point] = [(-0.48, 1.24), (-0.2, 1.45), (0.2, 1.45), (0.46, 1.24), (0.44, 1.5), (0.0, 1.78), (-0.44, 1.5)]
    body.sheet.volume(smooth(_leaned(body, rim)), body.top, 0.3)
    for side in (-1, 1):
        cord = [(side * 0.1, 1.66), (side * 0.12, 2.3)]
        body.sheet.stroke(_leaned(body, cord), (222, 218, 208), body.pose.head * 0.025, 0.8)


def _apron(body: "Body") -> None:
    cloth = body.palette.tones((214, 204, 184) if body.look.top[0] < 170 else (92, 60, 48))
    bib: list[Point] = [(-0.38, 1.9), (0.38, 1.9), (0.5, 2.9), (0.62, 4.9), (-0.62, 4.9), (-0.5, 2.9)]
    body.sheet.volume(body.all(bib), cloth, 0.15)
    for side in (-1, 1):
        strap = [(side * 0.36, 1.92), (side * 0.24, 1.3)]
        body.sheet.stroke(body.all(strap), cloth[0], body.pose.head * 0.06, 0.9)
