"""Things the description names: laid out in front, stood in the set, or falling from the sky."""

from PIL import Image, ImageDraw, ImageFilter

from media.storyboard.brush import glow, oval
from media.storyboard.camera import Camera
from media.storyboard.colour import Rgb, lit, mix
from media.storyboard.furniture import DARK, STEEL, WOOD, door, window
from media.storyboard.light import Light
from media.storyboard.pose import Palette, sheet_for
from media.storyboard.reading import Brief
from media.storyboard.scenery import Scenery
from media.storyboard.seeding import rng
from media.storyboard.tabletop import ON_TABLE

_GLOWING = {"candle": (255, 196, 116), "cake": (255, 200, 130), "phone": (150, 200, 240), "laptop": (150, 196, 230)}


def stand_in_set(scenery: Scenery, brief: Brief, column: float) -> None:
    """Add what is too large for a table: a door, a window, a suitcase at somebody's feet, a fire."""
    side = -1.0 if column > 0.5 else 1.0
    x = side * 1.15 - scenery.shift
    if "door" in brief.props and brief.interior and brief.place not in {"hallway", "car"}:
        door(scenery, x, 2.3, mix(WOOD, scenery.light.accent, 0.3))
    if "window" in brief.props and brief.place in {"confessional", "gym", "shop", "studio", "wedding"}:
        window(scenery, x, 2.2, 1.2, 1.4, 0.9)
    if "mirror" in brief.props:
        scenery.ball(x, 1.45, 2.25, 0.46, 0.68, (176, 140, 76), 1.0)
        scenery.ball(x, 1.45, 2.24, 0.40, 0.62, mix(scenery.light.wall, (196, 208, 216), 0.6), 1.1)
        scenery.card(x, 1.45, 2.23, [(-0.2, -0.3), (-0.08, -0.4), (0.2, 0.35), (0.08, 0.45)], (226, 232, 236), 1.1)
    if "suitcase" in brief.props:
        tone = mix((122, 64, 46), scenery.light.accent, 0.25)
        at = (
            (column - 0.5) * scenery.camera.width / scenery.camera.scale(scenery.camera.distance)
            + side * 0.52
            - scenery.shift
        )
        scenery.box(at, -0.1, (0.40, 0.62, 0.22), tone, 0.04)
        scenery.box(at, -0.12, (0.42, 0.03, 0.02), lit(tone, 0.6), 0.36)
        scenery.panel(at - 0.09, 0.68, -0.02, 0.025, 0.24, STEEL)
        scenery.panel(at + 0.09, 0.68, -0.02, 0.025, 0.24, STEEL)
        scenery.panel(at, 0.9, -0.02, 0.24, 0.035, DARK)
    if "fire" in brief.props:
        _fire(scenery, x)


def _fire(s: Scenery, x: float) -> None:
    for i in range(5):
        s.card(x - 0.3 + 0.15 * i, 0, 1.35, [(-0.2, 0), (0.2, 0.04), (0.18, 0.12), (-0.22, 0.1)], (62, 44, 36), 0.8)
    for _ in range(16):
        h, px = 0.25 + 0.6 * s.chance.random(), x + (s.chance.random() - 0.5) * 0.55
        tone: Rgb = mix((255, 210, 110), (226, 84, 34), s.chance.random())
        base = [
            (px - 0.09, 0.1, 1.3),
            (px + 0.09, 0.1, 1.3),
            (px + 0.03, 0.1 + h * 0.6, 1.3),
            (px + (s.chance.random() - 0.5) * 0.2, 0.1 + h, 1.3),
        ]
        s.quad(base, tone, 1.5)
    s.lamp(x, 0.45, 1.3, 3.4, 0.01, (255, 164, 82), 1.5)


def lay_table(frame: Image.Image, brief: Brief, camera: Camera, light: Light, column: float) -> None:
    """Paint a table corner in front, away from the person at `column`, with the named things on it, in place."""
    named = [prop for prop in brief.props if prop in ON_TABLE][:3]
    if not named:
        return
    width, height = frame.size
    unit = min(width, height) * 0.125
    reach = unit * (1.3 + 1.75 * len(named))
    right = column <= 0.52
    back, front = height - unit * 1.05, height + 4
    inner, lean = (width - reach, -unit * 0.9) if right else (reach, unit * 0.9)
    outer = width + 20 if right else -20
    sheet = sheet_for(frame.size, light)
    palette = Palette(light, 0.0)
    wood = palette.tones(mix(WOOD, light.wall, 0.2))
    top = [(outer, back), (inner, back), (inner + lean, front), (outer, front)]
    sheet.flat(top, wood[1])
    for i in range(5):
        y = back + unit * (0.12 + 0.2 * i)
        sheet.stroke([(outer, y), ((inner + outer) / 2, y + 2), (inner, y)], wood[0], unit * 0.05, 0.4, 1.5)
    sheet.stroke([(outer, back), ((inner + outer) / 2, back), (inner, back)], wood[2], unit * 0.05, 0.8)
    spots: list[tuple[str, float, float]] = []
    for i, prop in enumerate(named):
        x = inner + (1 if right else -1) * unit * (1.0 + 1.7 * i)
        y = back + unit * (0.52 + 0.22 * (i % 2))
        spots.append((prop, x, y))
        sheet.tint(
            oval(x - light.side * unit * 0.25, y + unit * 0.05, unit * 0.75, unit * 0.16),
            lit(light.shadow_tint, 0.4),
            0.6,
            unit * 0.09,
        )
        ON_TABLE[prop](sheet, palette, x, y, unit)
    sheet.rim((-light.side, -0.5), max(2.0, unit * 0.03), light.rim, 0.5)
    blur = min(camera.blur(camera.distance * 0.8), 2.2)
    rgb, alpha = (
        (sheet.rgb, sheet.alpha)
        if blur < 1
        else (
            sheet.rgb.filter(ImageFilter.GaussianBlur(blur * 0.6)),
            sheet.alpha.filter(ImageFilter.GaussianBlur(blur * 0.6)),
        )
    )
    frame.paste(rgb, (0, 0), alpha)
    for prop, x, y in spots:
        if prop in _GLOWING:
            glow(frame, x, y - unit * (1.0 if prop in {"candle", "cake"} else 0.4), unit * 2.2, _GLOWING[prop], 0.42)


def fall(frame: Image.Image, brief: Brief, light: Light, seed: str) -> Image.Image:
    """Return `frame` with rain, snow or smoke in the air, where the description has them."""
    chance = rng("weather", seed)
    width, height = frame.size
    if "rain" in brief.props and not brief.interior:
        veil = Image.new("L", frame.size, 0)
        pen = ImageDraw.Draw(veil)
        for _ in range(520):
            x, y, near = (
                chance.random() * width * 1.1,
                chance.random() * height * 1.1 - height * 0.1,
                chance.random() ** 3,
            )
            length = height * (0.025 + 0.075 * near)
            pen.line(
                [(x, y), (x - length * 0.22, y + length)], fill=round(70 + 120 * near), width=1 + round(1.6 * near)
            )
        frame.paste(mix(light.rim, (214, 224, 236), 0.6), (0, 0), veil.filter(ImageFilter.GaussianBlur(0.7)))
    if "snow" in brief.props and not brief.interior:
        veil = Image.new("L", frame.size, 0)
        pen = ImageDraw.Draw(veil)
        for _ in range(420):
            x, y, r = chance.random() * width, chance.random() * height, 1 + 5 * chance.random() ** 4
            pen.ellipse([x - r, y - r, x + r, y + r], fill=round(120 + 120 * chance.random()))
        frame.paste((240, 244, 250), (0, 0), veil.filter(ImageFilter.GaussianBlur(1.1)))
    if "smoke" in brief.props:
        veil = Image.new("L", (width // 8, height // 8), 0)
        pen = ImageDraw.Draw(veil)
        for _ in range(26):
            x, y, r = (
                chance.random() * veil.width,
                veil.height * (0.45 + 0.6 * chance.random()),
                veil.width * (0.05 + 0.1 * chance.random()),
            )
            pen.ellipse([x - r * 2, y - r * 0.6, x + r * 2, y + r * 0.6], fill=round(40 + 60 * chance.random()))
        soft = veil.filter(ImageFilter.GaussianBlur(7)).resize(frame.size, Image.Resampling.BICUBIC)
        frame.paste(mix(light.haze, (226, 226, 228), 0.4), (0, 0), soft)
    return frame
