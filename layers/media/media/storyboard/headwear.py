"""What is worn on the head: scarves, caps, turbans, hats."""

from media.storyboard.brush import Sheet, oval, smooth
from media.storyboard.colour import lit, mix
from media.storyboard.looks import Look
from media.storyboard.pose import Palette, Pose


def paint_hijab(sheet: Sheet, pose: Pose, look: Look, palette: Palette) -> None:
    """Paint a scarf that frames the face and wraps under the chin; a niqab hides what is below the eyes."""
    cloth = palette.tones(look.cover_colour)
    a = pose.aside
    # One outline with the face left open: around the cloth, then back around the opening.
    outer = [
        (0.0, -0.055),
        (0.22, -0.02),
        (0.36, 0.12),
        (0.395 - 0.015 * a, 0.34),
        (0.385 - 0.015 * a, 0.62),
        (0.36, 0.86),
        (0.42, 1.12),
        (0.56, 1.42),
        (0.2, 1.72),
        (-0.3, 1.72),
        (-0.60, 1.42),
        (-0.46, 1.08),
        (-0.41, 0.86),
        (-0.44 - 0.04 * a, 0.6),
        (-0.43 - 0.06 * a, 0.3),
        (-0.34 - 0.06 * a, 0.08),
        (-0.2, -0.03),
    ]
    c = 0.085 * a
    hole = [
        (c, 0.14),
        (c + 0.18, 0.17),
        (c + 0.275, 0.33),
        (c + 0.285 - 0.02 * a, 0.56),
        (c + 0.245, 0.77),
        (c + 0.13, 0.945),
        (c + 0.01, 0.985),
        (c - 0.14, 0.935),
        (c - 0.255, 0.75),
        (c - 0.305, 0.54),
        (c - 0.295, 0.34),
        (c - 0.19, 0.18),
    ]
    ring, opening = smooth(pose.all(outer)), smooth(pose.all(hole))
    sheet.volume([*ring, ring[0], opening[0], *reversed(opening)], cloth, 0.10)
    dark, own, bright = cloth
    head = pose.head
    for i in range(len(opening)):
        if i % 12 == 0:
            arc = [opening[(i + k) % len(opening)] for k in range(0, 15, 3)]
            sheet.stroke(arc, lit(dark, 0.6), head * 0.022, 0.5, head * 0.006)
    folds = [
        [(-0.36, 0.55), (-0.32, 0.92), (-0.12, 1.10), (0.14, 1.13)],
        [(-0.40, 0.75), (-0.34, 1.08), (-0.05, 1.28), (0.28, 1.26)],
        [(-0.43, 0.95), (-0.36, 1.25), (-0.1, 1.45), (0.35, 1.40)],
        [(0.33, 0.55), (0.30, 0.85), (0.16, 1.05)],
        [(-0.36, 0.15), (-0.40, 0.35), (-0.38, 0.6)],
    ]
    for i, fold in enumerate(folds):
        sheet.stroke(smooth(pose.all(fold), closed=False), lit(dark, 0.7), head * 0.05, 0.45, head * 0.012)
        raised = [(x + 0.01, y - 0.05) for x, y in fold]
        if i < 4:
            sheet.stroke(smooth(pose.all(raised), closed=False), mix(own, bright, 0.7), head * 0.03, 0.4, head * 0.01)
    if look.cover == "niqab":
        veil = [
            (c - 0.30, 0.54),
            (c, 0.515),
            (c + 0.28, 0.54),
            (c + 0.27, 0.85),
            (c + 0.2, 1.25),
            (c - 0.22, 1.25),
            (c - 0.29, 0.85),
        ]
        sheet.volume(smooth(pose.all(veil)), cloth, 0.2)


def paint_headwear(sheet: Sheet, pose: Pose, look: Look, palette: Palette) -> None:
    """Paint a cap, turban, hat or ghutra over the hair."""
    cloth = palette.tones(look.cover_colour)
    a, head = pose.aside, pose.head
    if look.cover == "cap":
        dome = [
            (0.34, 0.19),
            (0.34, 0.05),
            (0.2, -0.075),
            (-0.05, -0.10),
            (-0.3, -0.05),
            (-0.40 - 0.05 * a, 0.09),
            (-0.41 - 0.04 * a, 0.22),
            (0.0, 0.16),
        ]
        sheet.volume(smooth(pose.all(dome)), cloth, 0.3)
        sheet.stroke(
            pose.all([(0.34, 0.16), (0.0, 0.125), (-0.41 - 0.04 * a, 0.19)]), lit(cloth[0], 0.7), head * 0.03, 0.6
        )
    elif look.cover == "turban":
        for i, (y, r) in enumerate(((-0.02, 0.40), (0.06, 0.45), (0.14, 0.44))):
            sheet.volume(oval(*pose.at(-0.03 * a, y), head * r, head * (0.17 - 0.02 * i), -0.12), cloth, 0.4)
    elif look.cover == "hat":
        sheet.volume(
            smooth(pose.all([(0.32, 0.14), (0.27, -0.16), (0.0, -0.20), (-0.3, -0.16), (-0.36, 0.14)])), cloth, 0.3
        )
        sheet.volume(oval(*pose.at(0.02, 0.15), head * 0.60, head * 0.085, 0.03), cloth, 0.4)
    elif look.cover == "ghutra":
        left = [
            (0.0, -0.06),
            (0.26, -0.02),
            (0.38, 0.2),
            (0.40, 0.7),
            (0.46, 1.3),
            (0.34, 1.35),
            (0.335, 0.7),
            (0.29, 0.25),
            (0.1, 0.15),
        ]
        right = [
            (0.15, -0.05),
            (-0.22, -0.05),
            (-0.42 - 0.05 * a, 0.2),
            (-0.47, 0.8),
            (-0.62, 1.45),
            (-0.32, 1.5),
            (-0.30 + 0.06 * a, 0.8),
            (-0.27 + 0.08 * a, 0.3),
            (0.05, 0.15),
        ]
        sheet.volume(smooth(pose.all(left)), cloth, 0.25)
        sheet.volume(smooth(pose.all(right)), cloth, 0.25)
        sheet.stroke(pose.all([(0.37, 0.13), (0.0, 0.06), (-0.42, 0.13)]), (20, 18, 20), head * 0.075, 0.98)
