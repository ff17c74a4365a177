"""Puts a whole person on the frame: body, head, edge light and the shadow that keeps them on the ground."""

from PIL import Image, ImageDraw, ImageFilter

from media.storyboard.body import Body
from media.storyboard.brush import oval
from media.storyboard.camera import Camera
from media.storyboard.colour import lit, mix
from media.storyboard.face import head_outline, paint_face
from media.storyboard.hair import paint_back_of_head, paint_hair_before, paint_hair_behind
from media.storyboard.layout import Placement
from media.storyboard.light import Light
from media.storyboard.pose import EXPRESSIONS, Palette, Pose, sheet_for
from media.storyboard.reading import Brief, Staging
from media.storyboard.seeding import rng

_FEATURES_FROM = 92.0
"""Pixels of head from which a face has features; below, shadows say more."""


def paint_person(frame: Image.Image, person: Placement, camera: Camera, light: Light, brief: Brief, seed: str) -> None:
    """Paint `person` onto `frame` (RGB), in place."""
    box = _reach(person, frame.size)
    if not box:
        return
    if not person.back:
        _ground(frame, person, camera, light)
    far = max(0.0, 1.0 - camera.distance / person.z)
    palette = Palette(light, min(light.haze_share * (0.05 + 1.1 * far), 0.6))
    sheet = sheet_for((box[2] - box[0], box[3] - box[1]), light)
    chance = rng("person", seed, person.name)
    pose = Pose(
        x=person.left - box[0],
        y=person.top - box[1],
        head=person.head,
        turn=person.turn,
        pitch=camera.pitch,
        detail=person.head >= _FEATURES_FROM,
    )
    body = Body(sheet, pose, person.look, palette, chance)
    crossed = person.arms in {"crossed", "clasp", "hold"}
    stride = 0.14 if brief.staging is Staging.WALKING else 0.03
    if not person.back:
        paint_hair_behind(sheet, pose, person.look, palette, chance)
    if not crossed:
        body.arm(1, person.arms)
    body.legs(person.seated, stride)
    body.torso(person.back)
    if crossed:
        body.arm(1, person.arms)
    body.arm(-1, person.arms)
    if person.back:
        paint_back_of_head(sheet, pose, person.look, palette, chance)
    else:
        tones = palette.skin(person.look.skin)
        sheet.volume(head_outline(pose, person.look), tones, 0.24)
        paint_face(sheet, pose, person.look, palette, EXPRESSIONS[brief.feeling], brief.crying)
        if person.look.cover not in {"hijab", "niqab"}:
            ear = oval(
                *pose.at(-0.365 + 0.115 * pose.aside, 0.54),
                pose.head * (0.04 + 0.025 * pose.aside),
                pose.head * 0.09,
                0.1,
            )
            sheet.volume(ear, tones, 0.4)
        paint_hair_before(sheet, pose, person.look, palette, chance)
    sheet.fall_off(lit(light.ambient, 0.22), pose.y + pose.head * 1.6, pose.y + pose.head * 7.5, 0.42)
    width = max(1.0, min(person.head * 0.026, 5.0))
    sheet.rim((-light.side, -0.55), width * 1.5, light.rim, 0.72)
    sheet.rim((light.side, -0.9), width * 0.6, mix(light.key, (255, 255, 255), 0.2), 0.4)
    if person.back:
        # What the camera looks past is out of the key: nearly a silhouette.
        sheet.rgb.paste(lit(light.shadow_tint, 0.7), (0, 0), Image.new("L", sheet.size, 120))
    blur = camera.blur(person.z)
    rgb, alpha = sheet.rgb, sheet.alpha
    if blur > 1.2:
        rgb, alpha = (
            rgb.filter(ImageFilter.GaussianBlur(blur * 0.6)),
            alpha.filter(ImageFilter.GaussianBlur(blur * 0.6)),
        )
    frame.paste(rgb, box[:2], alpha)


def _reach(person: Placement, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    head = person.head
    left, right = round(person.left - head * 2.6), round(person.left + head * 2.6)
    top, bottom = round(person.top - head * 0.5), round(person.top + head * 7.6)
    box = (max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1]))
    return box if box[2] - box[0] > 4 and box[3] - box[1] > 4 else None


def _ground(frame: Image.Image, person: Placement, camera: Camera, light: Light) -> None:
    """Paint the shadow a person casts on the floor: dark where the feet touch, longer away from the key."""
    x, y = camera.project((person.x, 0.0, person.z))
    scale = camera.scale(person.z)
    if y - 0.3 * scale > frame.height:
        return
    flat = max(0.10, min(0.5, (y - camera.horizon) / scale / person.z * 1.6))
    wide = 0.42 * scale
    pad = round(scale * 0.9)
    left, top = round(x) - pad, round(y - pad * 0.6)
    mask = Image.new("L", (pad * 2, round(pad * 1.2)), 0)
    pen = ImageDraw.Draw(mask)
    cx, cy = pad, round(pad * 0.6)
    away = -light.side * wide * 0.55
    pen.ellipse([cx - wide + away, cy - wide * flat, cx + wide + away, cy + wide * flat], fill=105)
    pen.ellipse([cx - wide * 0.62, cy - wide * 0.5 * flat, cx + wide * 0.62, cy + wide * 0.5 * flat], fill=215)
    mask = mask.filter(ImageFilter.GaussianBlur(max(1.0, scale * 0.035)))
    frame.paste(lit(light.shadow_tint, 0.35), (left, top), mask)
