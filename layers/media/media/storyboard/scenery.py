"""A set in three dimensions: flat-shaded solids seen by the camera, lamps, panes, and the light they throw."""

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from media.storyboard.brush import Point, glow
from media.storyboard.camera import Camera
from media.storyboard.colour import Rgb, lit, mix
from media.storyboard.light import Light

_GRID = 24
"""Pixels of frame per cell of the light map: light varies slowly, so few cells do."""


@dataclass(frozen=True)
class Solid:
    """A polygon in the frame, `depth` metres behind the people."""

    depth: float
    outline: list[Point]
    colour: Rgb


@dataclass(frozen=True)
class Lamp:
    """A source in the picture. `reach` is how far it lights, in metres; `size` the bulb's radius."""

    x: float
    y: float
    z: float
    reach: float
    size: float
    colour: Rgb
    strength: float


class Scenery:
    """Solids of a set.

    x and y are metres in the room, y up from the floor; z is metres behind the people, negative in front of them.
    """

    def __init__(self, camera: Camera, light: Light, chance: Random, interior: bool, shift: float) -> None:
        """Open an empty set, moved `shift` metres sideways so that shots of one set do not repeat its background."""
        self.camera, self.light, self.chance, self.interior, self.shift = camera, light, chance, interior, shift
        self.solids: list[Solid] = []
        self.lamps: list[Lamp] = []
        self.panes: list[list[Point]] = []
        self.glass: list[Point] = []

    def _tone(self, colour: Rgb, facing: float, z: float) -> Rgb:
        light = self.light
        lamp = mix(light.ambient, light.key, 0.3 + 0.3 * (facing > 0.8))
        seen = lit(lit(colour, lamp), facing * (0.35 + 0.65 * light.exposure))
        far = 1.0 - math.exp(-max(z, 0.0) / (9.0 if self.interior else 34.0))
        return mix(seen, light.haze, min(light.haze_share * far * 1.25, 0.8))

    def quad(
        self, points: list[tuple[float, float, float]], colour: Rgb, facing: float = 0.86, bias: float = 0.0
    ) -> None:
        """Add a flat polygon; `bias` in metres draws it as if that much farther."""
        depth = max(z for _, _, z in points)
        placed = [(x + self.shift, y, z + self.camera.distance) for x, y, z in points]
        outline = self.camera.outline(placed)
        if len(outline) >= 3:
            middle = sum(z for _, _, z in points) / len(points)
            self.solids.append(Solid(depth + bias, outline, self._tone(colour, facing, middle)))

    def box(self, x: float, z: float, size: tuple[float, float, float], colour: Rgb, y: float = 0.0) -> None:
        """Add a block standing at `y`, centred on `x`, its front at `z`; `size` is width, height, depth."""
        w, h, d = size
        left, right, top, back = x - w / 2, x + w / 2, y + h, z + d
        if self.camera.eye > top:
            self.quad([(left, top, z), (right, top, z), (right, top, back), (left, top, back)], colour, 1.1, 0.01)
        elif self.camera.eye < y:
            self.quad([(left, y, z), (right, y, z), (right, y, back), (left, y, back)], colour, 0.5, 0.01)
        key = self.light.side
        if left + self.shift > 0:
            self.quad(
                [(left, y, z), (left, y, back), (left, top, back), (left, top, z)],
                colour,
                1.0 if key < 0 else 0.5,
                0.01,
            )
        if right + self.shift < 0:
            self.quad(
                [(right, y, z), (right, y, back), (right, top, back), (right, top, z)],
                colour,
                1.0 if key > 0 else 0.5,
                0.01,
            )
        self.quad([(left, y, z), (right, y, z), (right, top, z), (left, top, z)], colour, 0.82)

    def card(self, x: float, y: float, z: float, outline: list[Point], colour: Rgb, facing: float = 0.86) -> None:
        """Add a flat shape facing the camera; `outline` in metres around (x, y), y up."""
        self.quad([(x + px, y + py, z) for px, py in outline], colour, facing)

    def panel(self, x: float, y: float, z: float, w: float, h: float, colour: Rgb, facing: float = 0.86) -> None:
        """Add an upright rectangle with its lower edge's middle at (x, y)."""
        self.card(x, y, z, [(-w / 2, 0.0), (w / 2, 0.0), (w / 2, h), (-w / 2, h)], colour, facing)

    def ball(self, x: float, y: float, z: float, rx: float, ry: float, colour: Rgb, facing: float = 0.86) -> None:
        """Add an oval card."""
        ring = [(rx * math.cos(a * math.pi / 8), ry * math.sin(a * math.pi / 8)) for a in range(16)]
        self.card(x, y, z, ring, colour, facing)

    def lamp(
        self,
        x: float,
        y: float,
        z: float,
        reach: float = 2.4,
        size: float = 0.07,
        colour: Rgb | None = None,
        strength: float = 1.0,
    ) -> None:
        """Add a lamp; by day it is hardly on."""
        on = strength * (1.0 if self.light.exposure < 0.85 else 0.45)
        self.lamps.append(Lamp(x + self.shift, y, z + self.camera.distance, reach, size, colour or self.light.lamp, on))

    def pane(self, x: float, y: float, z: float, w: float, h: float) -> None:
        """Add a window's glass: sky, brighter or darker than the room by the hour, that throws light by day."""
        light = self.light
        sky = mix(light.sky_low, light.sky_top, 0.35)
        glass = lit(mix(sky, (255, 255, 255), 0.30 if light.outside > 0.9 else 0.0), 0.5 + 0.6 * light.outside)
        self._raw([(x - w / 2, y, z), (x + w / 2, y, z), (x + w / 2, y + h, z), (x - w / 2, y + h, z)], glass)
        for i in range(6):
            low = mix(glass, lit(light.sky_low, 0.55 + 0.55 * light.outside), 0.15 * (i + 1))
            rise = h * (0.62 - 0.1 * i)
            self._raw([(x - w / 2, y, z), (x + w / 2, y, z), (x + w / 2, y + rise, z), (x - w / 2, y + rise, z)], low)
        if light.outside <= 0.6:
            for _ in range(7):
                px, py = x + (self.chance.random() - 0.5) * w * 0.86, y + h * (0.06 + 0.3 * self.chance.random())
                self.lamps.append(Lamp(px + self.shift, py, z + self.camera.distance, 0.12, 0.016, light.lamp, 0.5))
        corners = [(-w / 2, 0.0), (w / 2, 0.0), (w / 2, h), (-w / 2, h)]
        self.panes.append(
            [self.camera.project((x + dx + self.shift, y + dy, z + self.camera.distance)) for dx, dy in corners]
        )
        if light.outside > 0.5:
            self.lamps.append(
                Lamp(
                    x + self.shift,
                    y + h / 2,
                    z + self.camera.distance,
                    3.4,
                    0.0,
                    mix(light.sky_low, light.key, 0.5),
                    0.75,
                )
            )

    def _raw(self, points: list[tuple[float, float, float]], colour: Rgb) -> None:
        outline = self.camera.outline([(x + self.shift, y, z + self.camera.distance) for x, y, z in points])
        if len(outline) >= 3:
            self.solids.append(Solid(max(z for _, _, z in points), outline, colour))

    def shine(self, x: float, y: float, z: float, w: float, h: float, colour: Rgb) -> None:
        """Add a rectangle that shines by itself: a screen, a lit sign, a far window."""
        self._raw([(x - w / 2, y, z), (x + w / 2, y, z), (x + w / 2, y + h, z), (x - w / 2, y + h, z)], colour)

    def paint_behind(self, frame: Image.Image) -> Image.Image:
        """Return `frame` with everything behind the people on it, lit, and blurred by its distance from focus."""
        camera = self.camera
        nearest = 1.9
        far = [shape for shape in self.solids if shape.depth > nearest]
        mid = [shape for shape in self.solids if 0.25 < shape.depth <= nearest]
        blur_far, blur_mid = camera.blur(camera.distance + 3.2), camera.blur(camera.distance + 1.0)
        sharp = blur_far < 2.2
        frame = self._draw(frame, far, sharp)
        frame = _soften(frame, math.sqrt(max(blur_far**2 - blur_mid**2, 0.0)))
        frame = self._draw(frame, mid, sharp)
        frame = _soften(frame, blur_mid)
        frame = ImageChops.multiply(frame, self._light_map(frame.size))
        for lamp in self.lamps:
            if lamp.z > camera.distance + 0.25:
                self._shine(frame, lamp)
        return frame

    def paint_before(self, frame: Image.Image) -> Image.Image:
        """Return `frame` with what stands between the camera and the people."""
        near = [shape for shape in self.solids if shape.depth <= 0.25]
        if not near:
            return frame
        blur = self.camera.blur(self.camera.distance * 0.72)
        if blur < 1.5:
            frame = self._draw(frame, near, sharp=True)
        else:
            colours, cover = frame.copy(), Image.new("L", frame.size, 0)
            pen, stencil = ImageDraw.Draw(colours), ImageDraw.Draw(cover)
            for shape in sorted(near, key=lambda one: -one.depth):
                pen.polygon(shape.outline, fill=shape.colour)
                stencil.polygon(shape.outline, fill=255)
            blur = min(blur, 12.0)
            frame.paste(_soften(colours, blur), (0, 0), cover.filter(ImageFilter.GaussianBlur(blur)))
        for lamp in self.lamps:
            if lamp.z <= self.camera.distance + 0.25:
                self._shine(frame, lamp)
        return frame

    def _draw(self, frame: Image.Image, shapes: list[Solid], sharp: bool) -> Image.Image:
        if not shapes:
            return frame
        times = 2 if sharp else 1
        canvas = frame.resize((frame.width * 2, frame.height * 2), Image.Resampling.NEAREST) if sharp else frame
        pen = ImageDraw.Draw(canvas)
        for shape in sorted(shapes, key=lambda one: -one.depth):
            pen.polygon([(x * times, y * times) for x, y in shape.outline], fill=shape.colour)
        return canvas.reduce(2) if sharp else canvas

    def _light_map(self, size: tuple[int, int]) -> Image.Image:
        """Return what the set is multiplied by: the key side lighter, pools around lamps, corners darker."""
        camera, light = self.camera, self.light
        across, down = size[0] // _GRID + 1, size[1] // _GRID + 1
        base = (0.92 if light.exposure > 0.85 else 0.66) if self.interior else 0.98
        base -= 0.14 * light.contrast
        spots = []
        for lamp in self.lamps:
            px, py = camera.project((lamp.x, lamp.y, lamp.z))
            radius = lamp.reach * camera.scale(lamp.z + 0.6) / _GRID
            if -radius < px / _GRID < across + radius:
                spots.append((px / _GRID, py / _GRID, max(radius, 1.0), lamp.colour, lamp.strength))
        cells: list[Rgb] = []
        for row in range(down):
            for column in range(across):
                toward = column / across - 0.5
                level = base * (1.0 + 0.42 * toward * light.side) * (1.04 - 0.30 * abs(row / down - 0.42))
                r = g = b = level
                for px, py, radius, colour, strength in spots:
                    near = ((column - px) ** 2 + (row - py) ** 2) / (radius * radius)
                    if near < 1.0:
                        share = (1.0 - near) ** 2 * strength * 1.05
                        r, g, b = r + share * colour[0] / 255, g + share * colour[1] / 255, b + share * colour[2] / 255
                cells.append((min(round(r * 255), 255), min(round(g * 255), 255), min(round(b * 255), 255)))
        grid = Image.new("RGB", (across, down))
        grid.putdata(cells)
        return grid.resize(size, Image.Resampling.BICUBIC)

    def _shine(self, frame: Image.Image, lamp: Lamp) -> None:
        if lamp.size <= 0 or lamp.z < 0.4:
            return
        camera = self.camera
        x, y = camera.project((lamp.x, lamp.y, lamp.z))
        scale = camera.scale(lamp.z)
        if not (-scale < x < frame.width + scale and -scale < y < frame.height + scale):
            return
        glow(frame, x, y, scale * lamp.reach * 0.42, lamp.colour, 0.55 * lamp.strength)
        if lamp.size < 0.02:
            return
        radius = max(lamp.size * scale, camera.blur(lamp.z) * 0.8, 1.6)
        disc = round(radius * 2 + 6)
        mask = Image.new("L", (disc * 2, disc * 2), 0)
        ImageDraw.Draw(mask).ellipse(
            [disc - radius * 2, disc - radius * 2, disc + radius * 2, disc + radius * 2],
            fill=round(min(lamp.strength, 1.0) * 225),
        )
        mask = mask.reduce(2).filter(ImageFilter.GaussianBlur(1.0))
        frame.paste(
            mix(lamp.colour, (255, 255, 255), 0.45), (round(x) - mask.width // 2, round(y) - mask.height // 2), mask
        )


def _soften(frame: Image.Image, radius: float) -> Image.Image:
    if radius < 0.7:
        return frame
    if radius > 4:
        small = frame.reduce(3).filter(ImageFilter.GaussianBlur(radius / 3))
        return small.resize(frame.size, Image.Resampling.BILINEAR)
    return frame.filter(ImageFilter.GaussianBlur(radius))
