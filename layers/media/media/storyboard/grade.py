"""The finish: bloom, split tones, brush texture, vignette, grain."""

import math
from random import Random

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from media.storyboard.brush import radial
from media.storyboard.colour import Rgb
from media.storyboard.light import Light


def finish(frame: Image.Image, light: Light, chance: Random, photorealistic: bool) -> Image.Image:
    """Return `frame` graded. A photorealistic board is graded quieter, with finer grain; it stays a drawing."""
    frame = _exposed(frame, light)
    frame = _bloom(frame, 0.20 if photorealistic else 0.30)
    frame = _brushed(frame, chance, 4 if photorealistic else 7)
    frame = frame.point(_curves(light, 0.55 if photorealistic else 0.9))
    frame = ImageEnhance.Color(frame).enhance(0.84 if photorealistic else 1.06)
    return _grain(_vignette(frame, light), chance, 3.0 if photorealistic else 5.0, fine=photorealistic)


def _exposed(frame: Image.Image, light: Light) -> Image.Image:
    """Open or close the lens until the lights of the picture sit where the hour wants them."""
    counts = frame.reduce(8).convert("L").histogram()
    mean = sum(level * count for level, count in enumerate(counts)) / sum(counts)
    want = 160 * light.exposure - 30
    gain = min(max(want / max(mean, 1.0), 0.75), 1.5)
    # Highlights roll off instead of clipping: below a knee the gain is plain, above it what is left is shared out.
    table = []
    for i in range(256):
        value = i / 255 * gain
        knee = 0.62
        table.append(
            round(255 * (value if value <= knee else knee + (1 - knee) * (1 - math.exp(-(value - knee) / (1 - knee)))))
        )
    return frame.point(table * 3)


def _bloom(frame: Image.Image, strength: float) -> Image.Image:
    small = frame.reduce(4).point([max(0, round((i - 150) * 2.1)) for i in range(256)] * 3)
    light = small.filter(ImageFilter.GaussianBlur(frame.width / 4 * 0.014)).resize(
        frame.size, Image.Resampling.BILINEAR
    )
    return ImageChops.screen(frame, light.point([round(i * strength) for i in range(256)] * 3))


def _brushed(frame: Image.Image, chance: Random, depth: int) -> Image.Image:
    """Lay broad, slightly slanted strokes of lighter and darker paint over everything."""
    # Turned about its middle, a square as wide as the frame's diagonal still covers it.
    side = math.ceil(math.hypot(frame.width, frame.height)) + 8
    wide, high = side // 40, side // 13
    strokes = Image.frombytes("L", (wide, high), chance.randbytes(wide * high))
    strokes = strokes.filter(ImageFilter.GaussianBlur(0.7)).resize((side // 2, side // 2), Image.Resampling.BICUBIC)
    strokes = strokes.rotate(24, Image.Resampling.BILINEAR)
    left, top = (strokes.width - frame.width // 2) // 2, (strokes.height - frame.height // 2) // 2
    strokes = strokes.crop((left, top, left + frame.width // 2, top + frame.height // 2)).resize(frame.size)
    layer = strokes.point([round(128 + (i - 128) / 128 * depth * 2) for i in range(256)])
    return ImageChops.soft_light(frame, Image.merge("RGB", (layer, layer, layer)))


def _curves(light: Light, strength: float) -> list[int]:
    """Return a table per channel: an S for contrast, shadows towards one tint, lights towards another."""
    table: list[int] = []
    for channel in range(3):
        for i in range(256):
            t = i / 255
            s = t * t * (3 - 2 * t)
            value = t + (s - t) * 0.34 * (0.6 + light.contrast)
            value += (light.shadow_tint[channel] / 255 - 0.10) * (1 - t) ** 2 * 0.34 * strength
            value *= 1.0 + (light.light_tint[channel] / 255 - 0.93) * t * 0.6 * strength
            table.append(min(max(round(value * 255), 0), 255))
    return table


def _vignette(frame: Image.Image, light: Light) -> Image.Image:
    edge = ImageChops.invert(radial((128, 128))).point(
        [round(255 * max(0.0, i / 255 - 0.28) ** 1.6 * 0.9) for i in range(256)]
    )
    reach = 1.42
    wide, high = round(frame.width * reach), round(frame.height * reach)
    mask = edge.resize((wide, high), Image.Resampling.BILINEAR)
    left, top = (wide - frame.width) // 2, (high - frame.height) // 2
    colour: Rgb = (light.shadow_tint[0] // 4, light.shadow_tint[1] // 4, light.shadow_tint[2] // 4)
    frame.paste(colour, (0, 0), mask.crop((left, top, left + frame.width, top + frame.height)))
    return frame


def _grain(frame: Image.Image, chance: Random, depth: float, fine: bool) -> Image.Image:
    """Add film grain: one seeded tile, the sum of two throws per pixel so that strong grains are rare, repeated."""
    side = 256
    first, second = (Image.frombytes("L", (side, side), chance.randbytes(side * side)) for _ in range(2))
    tile = ImageChops.add(first, second, 2.0)
    if not fine:
        tile = tile.filter(ImageFilter.GaussianBlur(0.45))
    scale = depth / 50
    tile = tile.point([min(max(round(128 + (i - 127.5) * scale), 0), 255) for i in range(256)])
    field = Image.new("L", frame.size)
    for row in range(math.ceil(frame.height / side)):
        for column in range(math.ceil(frame.width / side)):
            field.paste(
                tile if (row + column) % 2 else tile.transpose(Image.Transpose.ROTATE_180), (column * side, row * side)
            )
    grain = Image.merge("RGB", (field, field, field))
    return ImageChops.add(frame, grain, 1.0, -128)
