"""The sky, and the air between things."""

import math

from PIL import Image, ImageDraw, ImageFilter

from media.storyboard.brush import glow
from media.storyboard.camera import Camera
from media.storyboard.colour import Rgb, lit, mix
from media.storyboard.light import Light
from media.storyboard.reading import Hour
from media.storyboard.seeding import rng


def gradient(size: tuple[int, int], top: Rgb, low: Rgb, bend: float = 1.0) -> Image.Image:
    """Return a picture that runs from `top` down to `low`."""
    column = Image.new("RGB", (1, 128))
    column.putdata([mix(top, low, (i / 127) ** bend) for i in range(128)])
    return column.resize(size, Image.Resampling.BICUBIC)


def paint_sky(camera: Camera, light: Light, hour: Hour, heading: str) -> Image.Image:
    """Return a frame filled with sky down to the horizon, with clouds, a low sun, or a moon and stars."""
    size = (camera.width, camera.height)
    frame = Image.new("RGB", size, lit(light.sky_low, 0.9))
    bottom = min(max(round(camera.horizon), 2), camera.height * 2)
    frame.paste(gradient((size[0], bottom), light.sky_top, light.sky_low, 1.25), (0, 0))
    chance = rng("sky", heading.lower())
    if hour is Hour.NIGHT:
        pen = ImageDraw.Draw(frame)
        for _ in range(90):
            x, y = chance.random() * size[0], chance.random() ** 1.5 * bottom
            pen.point((x, y), fill=mix(light.sky_top, (230, 232, 244), 0.2 + 0.6 * chance.random()))
        glow(frame, size[0] * (0.5 + 0.32 * light.side), bottom * 0.3, 130, (196, 206, 232), 0.7)
    else:
        clouds = Image.new("L", (size[0] // 4, size[1] // 4), 0)
        pen = ImageDraw.Draw(clouds)
        for _ in range(9):
            cx, cy = chance.random() * clouds.width, chance.random() * bottom / 4 * 0.85
            for _ in range(7):
                w, h = 16 + 52 * chance.random(), 1.5 + 7 * chance.random()
                x, y = cx + (chance.random() - 0.5) * 80, cy + (chance.random() - 0.5) * 12
                pen.ellipse([x - w, y - h, x + w, y + h], fill=round(60 + 120 * chance.random()))
        soft = clouds.filter(ImageFilter.GaussianBlur(3.5)).resize(size, Image.Resampling.BICUBIC)
        frame.paste(mix(light.sky_low, light.key, 0.6), (0, 0), soft.point([round(i * 0.55) for i in range(256)]))
    if hour in {Hour.GOLDEN, Hour.DAWN, Hour.DUSK}:
        x = size[0] * (0.5 - 0.30 * light.side)
        y = camera.horizon - size[1] * 0.06
        glow(frame, x, y, size[0] * 0.55, light.sky_low, 0.85)
        glow(frame, x, y, size[0] * 0.16, (255, 226, 170), 0.9)
        if hour is not Hour.DUSK:
            glow(frame, x, y, size[0] * 0.04, (255, 250, 232), 1.0)
    return frame


def lay_haze(frame: Image.Image, camera: Camera, light: Light, share: float) -> None:
    """Lay air over what is behind the people, thickest at eye level, in place."""
    rows = Image.new("L", (1, 96))
    level = camera.horizon / camera.height
    rows.putdata(
        [
            round(255 * min(share * (0.22 + 0.78 * math.exp(-((((i / 95) - level) / 0.26) ** 2))), 0.8))
            for i in range(96)
        ]
    )
    frame.paste(light.haze, (0, 0), rows.resize(frame.size, Image.Resampling.BICUBIC))


def lay_beams(frame: Image.Image, panes: list[list[tuple[float, float]]], light: Light) -> None:
    """Let daylight fall into a room through its windows, in place."""
    if light.outside < 0.5 or not panes:
        return
    small = (frame.width // 6, frame.height // 6)
    beam = Image.new("L", small, 0)
    pen = ImageDraw.Draw(beam)
    drop = frame.height * 0.75
    for pane in panes[:4]:
        (x0, y0), (x1, _), (_, y2) = pane[0], pane[1], pane[2]
        if x1 < -frame.width * 0.3 or x0 > frame.width * 1.3:
            continue
        lean = -light.side * drop * 0.55
        pen.polygon(
            [
                (x0 / 6, y2 / 6),
                (x1 / 6, y2 / 6),
                ((x1 + lean) / 6, (y0 + drop) / 6),
                ((x0 + lean) / 6, (y0 + drop) / 6),
            ],
            fill=58,
        )
    mask = beam.filter(ImageFilter.GaussianBlur(7)).resize(frame.size, Image.Resampling.BILINEAR)
    frame.paste(mix(light.sky_low, (255, 244, 220), 0.5), (0, 0), mask)
