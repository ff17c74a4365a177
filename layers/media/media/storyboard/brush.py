"""Painting: smooth outlines, rounded lit volumes, soft shadows and strokes on a sheet with its own transparency."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from media.storyboard.colour import Rgb

Point = tuple[float, float]
Outline = Sequence[Point]

_WHOLE = 2
"""Supersampling of outlines: drawn at twice the size, then halved."""


def smooth(points: Outline, closed: bool = True, steps: int = 6) -> list[Point]:
    """Return a Catmull-Rom curve through `points`, `steps` points per span."""
    n = len(points)
    if n < 3:
        return list(points)
    curve: list[Point] = []
    for i in range(n if closed else n - 1):
        p0 = points[i - 1] if closed or i > 0 else points[0]
        p1, p2 = points[i], points[(i + 1) % n]
        p3 = points[(i + 2) % n] if closed or i + 2 < n else points[-1]
        for step in range(steps):
            t = step / steps
            a, b = t * t, t * t * t
            curve.append(
                (
                    0.5
                    * (
                        2 * p1[0]
                        + (p2[0] - p0[0]) * t
                        + (2 * p0[0] - 5 * p1[0] + 4 * p2[0] - p3[0]) * a
                        + (3 * p1[0] - p0[0] - 3 * p2[0] + p3[0]) * b
                    ),
                    0.5
                    * (
                        2 * p1[1]
                        + (p2[1] - p0[1]) * t
                        + (2 * p0[1] - 5 * p1[1] + 4 * p2[1] - p3[1]) * a
                        + (3 * p1[1] - p0[1] - 3 * p2[1] + p3[1]) * b
                    ),
                )
            )
    if not closed:
        curve.append(points[-1])
    return curve


def limb(spine: Sequence[tuple[float, float, float]], steps: int = 4) -> list[Point]:
    """Return the outline of a tube that bends along `spine`, a list of x, y and half the width there."""
    if len(spine) > 2:
        # Curved before it gets its width, so that elbows and knees bend instead of breaking.
        course = smooth([(x, y) for x, y, _ in spine], closed=False, steps=steps)
        widths = smooth([(float(i), w) for i, (_, _, w) in enumerate(spine)], closed=False, steps=steps)
        spine = [(x, y, w) for (x, y), (_, w) in zip(course, widths, strict=True)]
    left, right = _sides(spine)
    (ax, ay, aw), (bx, by, _) = spine[0], spine[1]
    length = math.hypot(bx - ax, by - ay) or 1.0
    # The first joint is rounded, the way a shoulder or a hip is; the last stays open for a cuff.
    cap = (ax - (bx - ax) / length * aw * 0.7, ay - (by - ay) / length * aw * 0.7)
    start = smooth([right[0], cap, left[0]], closed=False, steps=4) if aw > 1.5 else []
    return [*start, *left, *right[::-1]]


def _sides(spine: Sequence[tuple[float, float, float]]) -> tuple[list[Point], list[Point]]:
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y, w) in enumerate(spine):
        ax, ay, _ = spine[max(i - 1, 0)]
        bx, by, _ = spine[min(i + 1, len(spine) - 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length, (bx - ax) / length
        for side, way in ((left, 1.0), (right, -1.0)):
            px, py = x + way * nx * w, y + way * ny * w
            # Inside a sharp bend the edge would run backwards and leave a hole where it crosses itself.
            if not side or (px - side[-1][0]) * (bx - ax) + (py - side[-1][1]) * (by - ay) > 0:
                side.append((px, py))
    return left, right


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0, count: int = 20) -> list[Point]:
    """Return an ellipse around (x, y), rotated by `turn` radians."""
    c, s = math.cos(turn), math.sin(turn)
    ring = [(rx * math.cos(a), ry * math.sin(a)) for a in (2 * math.pi * i / count for i in range(count))]
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in ring]


def _bounds(points: Outline, pad: float, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return the box of `points` with `pad` pixels around it, in a sheet of `size`; None when it is nowhere near."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    # A margin outside the sheet keeps blurs and shifts from finding an edge where a body merely leaves the frame.
    margin = pad * 1.3 + 2
    left, top = math.floor(max(min(xs) - pad, -margin)), math.floor(max(min(ys) - pad, -margin))
    right = math.ceil(min(max(xs) + pad, size[0] + margin))
    bottom = math.ceil(min(max(ys) + pad, size[1] + margin))
    return (left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None


def stencil(points: Outline, box: tuple[int, int, int, int]) -> Image.Image:
    """Return the antialiased coverage (L) of the polygon `points` inside `box`."""
    left, top, right, bottom = box
    mask = Image.new("L", ((right - left) * _WHOLE, (bottom - top) * _WHOLE), 0)
    ImageDraw.Draw(mask).polygon([((x - left) * _WHOLE, (y - top) * _WHOLE) for x, y in points], fill=255)
    return mask.reduce(_WHOLE)


def _curve(low: float, high: float, rising: bool) -> list[int]:
    """Return a smooth step over 0..255 from 0 to 255 between `low` and `high`; falling unless `rising`."""
    table = []
    for i in range(256):
        t = min(max((i - low) / (high - low), 0.0), 1.0)
        t = t * t * (3 - 2 * t)
        table.append(round(255 * (t if rising else 1 - t)))
    return table


_SHADOW = _curve(78, 136, rising=False)
_LIT = _curve(150, 214, rising=True)


class Sheet:
    """A transparent sheet the size of part of the frame. Outlines are in the sheet's own pixels."""

    def __init__(self, size: tuple[int, int], towards_light: Point) -> None:
        """Open a clear sheet of `size`; `towards_light` is a direction in the picture, y down."""
        self.size = size
        self.rgb = Image.new("RGB", size, (30, 28, 32))
        self.alpha = Image.new("L", size, 0)
        self._latest: tuple[Image.Image, tuple[int, int, int, int]] | None = None
        length = math.hypot(*towards_light) or 1.0
        self.light = (towards_light[0] / length, towards_light[1] / length)

    def volume(self, points: Outline, tones: tuple[Rgb, Rgb, Rgb], roundness: float = 0.3, shade: float = 1.0) -> None:
        """Paint an outline as a rounded body. `tones` are its shadow, own and lit colour.

        `roundness` is how far the shading reaches in, as a share of the smaller side; `shade` weighs the shadow.
        """
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        small = min(max(xs) - min(xs), max(ys) - min(ys))
        reach = max(small * roundness, 1.0)
        box = _bounds(points, reach * 1.6 + 2, self.size)
        if not box:
            return
        mask = stencil(points, box)
        self._latest = (mask, box)
        dark, own, light = tones
        if small < 5:
            self._lay(Image.new("RGB", mask.size, own), mask, box)
            return
        # The mask, blurred, is a height map; its slope along the light tells lit sides from dark ones.
        step = max(1, int(reach / 7))
        low = mask.reduce(step) if step > 1 else mask
        low = low.filter(ImageFilter.GaussianBlur(reach / step * 0.62))
        dx, dy = (round(self.light[0] * reach * 0.62 / step), round(self.light[1] * reach * 0.62 / step))
        if dx == dy == 0:
            dx = 1 if self.light[0] > 0 else -1
        slope = ImageChops.subtract(ImageChops.offset(low, dx, dy), ImageChops.offset(low, -dx, -dy), 1.7, 128)
        if step > 1:
            slope = slope.resize(mask.size, Image.Resampling.BILINEAR)
        body = Image.new("RGB", mask.size, own)
        shadow = slope.point(_SHADOW)
        if shade < 1.0:
            shadow = shadow.point([round(i * shade) for i in range(256)])
        body.paste(dark, (0, 0), shadow)
        body.paste(light, (0, 0), slope.point(_LIT))
        self._lay(body, mask, box)

    def flat(self, points: Outline, colour: Rgb, strength: float = 1.0) -> None:
        """Paint an outline in one colour, `strength` 0 to 1 opaque."""
        box = _bounds(points, 2, self.size)
        if box:
            mask = stencil(points, box)
            if strength < 1.0:
                mask = mask.point([round(i * strength) for i in range(256)])
            self._lay(Image.new("RGB", mask.size, colour), mask, box)

    def tint(self, points: Outline, colour: Rgb, strength: float, blur: float = 0.0, inside: bool = False) -> None:
        """Glaze an outline over what is already painted, with edges `blur` pixels soft; the sheet's shape stays.

        With `inside` the glaze also stays within the latest volume.
        """
        box = _bounds(points, blur * 2.5 + 2, self.size)
        if not box:
            return
        mask = stencil(points, box)
        if blur > 0.6:
            step = max(1, int(blur / 4))
            low = mask.reduce(step) if step > 1 else mask
            low = low.filter(ImageFilter.GaussianBlur(blur / step))
            mask = low.resize(mask.size, Image.Resampling.BILINEAR) if step > 1 else low
        mask = ImageChops.multiply(mask, self.alpha.crop(box))
        if inside and self._latest:
            kept = Image.new("L", mask.size, 0)
            kept.paste(self._latest[0], (self._latest[1][0] - box[0], self._latest[1][1] - box[1]))
            mask = ImageChops.multiply(mask, kept)
        if strength < 1.0:
            mask = mask.point([round(i * strength) for i in range(256)])
        self.rgb.paste(colour, box, mask)

    def stroke(
        self, points: Outline, colour: Rgb, width: float, strength: float = 1.0, blur: float = 0.0, inside: bool = False
    ) -> None:
        """Draw a brush stroke along `points`, thinning towards both ends, over what is already painted."""
        if len(points) < 2 or width < 0.25:
            return
        line = smooth(points, closed=False, steps=4) if len(points) > 2 else list(points)
        last = len(line) - 1
        spine = [(x, y, 0.5 * width * (0.25 + 0.75 * math.sin(math.pi * i / last))) for i, (x, y) in enumerate(line)]
        left, right = _sides(spine)
        self.tint([*left, *right[::-1]], colour, strength, blur, inside)

    def _lay(self, body: Image.Image, mask: Image.Image, box: tuple[int, int, int, int]) -> None:
        self.rgb.paste(body, box, mask)
        self.alpha.paste(255, box, mask)

    def rim(self, towards: Point, width: float, colour: Rgb, strength: float) -> None:
        """Light the edge that looks `towards` a lamp behind, `width` pixels wide."""
        length = math.hypot(*towards) or 1.0
        dx, dy = round(-towards[0] / length * width), round(-towards[1] / length * width)
        if dx == dy == 0:
            return
        shifted = Image.new("L", self.size, 0)
        shifted.paste(self.alpha, (dx, dy))
        edge = ImageChops.subtract(self.alpha, shifted).filter(ImageFilter.GaussianBlur(max(0.6, width * 0.28)))
        edge = ImageChops.multiply(edge, self.alpha).point([min(255, round(i * strength)) for i in range(256)])
        glow = ImageChops.screen(self.rgb, Image.new("RGB", self.size, colour))
        self.rgb.paste(glow, (0, 0), edge)

    def fall_off(self, colour: Rgb, start: float, end: float, strength: float) -> None:
        """Darken towards `colour` from row `start` down to row `end`."""
        rows = Image.new("L", (1, self.size[1]), 0)
        span = max(end - start, 1.0)
        rows.putdata([round(255 * strength * min(max((y - start) / span, 0.0), 1.0)) for y in range(self.size[1])])
        self.rgb.paste(colour, (0, 0), rows.resize(self.size))


def radial(size: tuple[int, int]) -> Image.Image:
    """Return a soft round spot (L), 255 in the middle, 0 at the rim, `size` pixels."""
    spot = Image.radial_gradient("L").point([max(0, 255 - round(i * 1.42)) for i in range(256)])
    return spot.point([round(255 * (i / 255) ** 1.6) for i in range(256)]).resize(size, Image.Resampling.BILINEAR)


def glow(frame: Image.Image, x: float, y: float, radius: float, colour: Rgb, strength: float) -> None:
    """Add a round glow to `frame` (RGB), in place, as light adds."""
    r = round(min(radius, 1600))
    box = (max(round(x) - r, 0), max(round(y) - r, 0), min(round(x) + r, frame.width), min(round(y) + r, frame.height))
    if r < 1 or box[2] <= box[0] or box[3] <= box[1]:
        return
    left, top = round(x) - r, round(y) - r
    small = radial((max(12, r // 4), max(12, r // 4)))
    share = small.width / (2 * r)
    part = small.resize(
        (box[2] - box[0], box[3] - box[1]),
        Image.Resampling.BILINEAR,
        ((box[0] - left) * share, (box[1] - top) * share, (box[2] - left) * share, (box[3] - top) * share),
    ).point([round(i * strength) for i in range(256)])
    under = frame.crop(box)
    frame.paste(ImageChops.screen(under, Image.new("RGB", under.size, colour)), box, part)
