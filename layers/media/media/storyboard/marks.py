"""What sets one face apart from another: beard, age, glasses."""

from media.storyboard.brush import Sheet, oval, smooth
from media.storyboard.colour import Rgb, mix
from media.storyboard.looks import Look
from media.storyboard.pose import Palette, Pose


def paint_beard(sheet: Sheet, pose: Pose, look: Look, palette: Palette) -> None:
    """Paint a beard, stubble or a moustache."""
    on, head = pose.on_face, pose.head
    strength = {"stubble": 0.30, "moustache": 0.85, "full": 0.90}[look.beard]
    dark, own, _ = palette.tones(look.hair)
    colour = mix(dark, own, 0.5)
    if look.beard != "moustache":
        cut = 0.05 * pose.aside
        jaw = [
            pose.at(-0.335 + 0.12 * pose.aside, 0.52),
            on(-0.235, 0.66, 0.2),
            on(-0.14, 0.72, 0.27),
            on(-0.13, 0.80, 0.27),
            on(-0.06, 0.845, 0.29),
            on(0.06, 0.845, 0.29),
            on(0.13, 0.80, 0.27),
            on(0.14, 0.72, 0.27),
            on(0.235, 0.66, 0.2),
            pose.at(0.345 - cut, 0.52),
            pose.at(0.345 - cut, 0.66),
            pose.at(0.30, 0.84),
            pose.at(0.25, 0.96),
            pose.at(0.16, 1.045),
            pose.at(0.06, 1.05),
            pose.at(-0.12 + 0.1 * pose.aside, 1.02),
            pose.at(-0.24 + 0.06 * pose.aside, 0.86),
            pose.at(-0.33 + 0.09 * pose.aside, 0.70),
        ]
        sheet.tint(smooth(jaw), colour, strength, head * (0.012 if look.beard == "full" else 0.03))
    lip = [
        on(-0.135, 0.80, 0.26),
        on(-0.10, 0.735, 0.29),
        on(-0.02, 0.715, 0.33),
        on(0.02, 0.715, 0.33),
        on(0.10, 0.735, 0.29),
        on(0.135, 0.80, 0.26),
        on(0.06, 0.762, 0.30),
        on(0, 0.752, 0.31),
        on(-0.06, 0.762, 0.30),
    ]
    sheet.tint(smooth(lip), colour, strength, head * 0.009)


def paint_years(sheet: Sheet, pose: Pose, dark: Rgb, age: int) -> None:
    """Paint the lines that age draws."""
    on, head, much = pose.on_face, pose.head, min(0.3 + (age - 48) * 0.014, 0.7)
    for side in (1, -1):
        sheet.stroke(
            [on(side * 0.095, 0.66, 0.3), on(side * 0.14, 0.73, 0.26), on(side * 0.15, 0.80, 0.23)],
            dark,
            head * 0.014,
            much,
            head * 0.004,
        )
        sheet.stroke(
            [on(side * 0.10, 0.545, 0.27), on(side * 0.16, 0.562, 0.25), on(side * 0.21, 0.55, 0.21)],
            dark,
            head * 0.012,
            much,
            head * 0.004,
        )
        sheet.stroke([on(side * 0.245, 0.46, 0.19), on(side * 0.285, 0.445, 0.16)], dark, head * 0.008, much)
    for y in (0.25, 0.30):
        sheet.stroke(
            [on(-0.13, y + 0.01, 0.26), on(0, y, 0.29), on(0.13, y + 0.01, 0.26)],
            dark,
            head * 0.009,
            much * 0.7,
            head * 0.003,
        )


def paint_glasses(sheet: Sheet, pose: Pose) -> None:
    """Paint spectacles."""
    on, head = pose.on_face, pose.head
    frame: Rgb = (28, 26, 28)
    for side in (1, -1):
        x, y = on(0.163 * side, 0.482, 0.28)
        ring = oval(x, y, head * 0.098 * (1 - 0.18 * pose.aside * (side > 0)), head * 0.075, count=24)
        sheet.tint(ring, (210, 226, 236), 0.12)
        for i in range(0, 24, 3):
            sheet.stroke([ring[(i + k) % 24] for k in range(5)], frame, head * 0.017, 0.95)
        sheet.stroke(
            [(x - head * 0.05, y - head * 0.04), (x - head * 0.01, y - head * 0.055)],
            (240, 244, 246),
            head * 0.014,
            0.5,
        )
    sheet.stroke([on(-0.07, 0.468, 0.31), on(0, 0.458, 0.33), on(0.07, 0.468, 0.31)], frame, head * 0.02, 0.95)
    sheet.stroke([on(-0.255, 0.47, 0.2), pose.at(-0.36 + 0.09 * pose.aside, 0.47)], frame, head * 0.018, 0.9)
