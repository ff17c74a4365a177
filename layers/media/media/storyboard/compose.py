"""Puts a board together."""

import math
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from media.storyboard.colour import lit, mix
from media.storyboard.grade import finish
from media.storyboard.layout import Blocking, layout
from media.storyboard.light import Light, light_of
from media.storyboard.people import paint_person
from media.storyboard.props import fall, lay_table, stand_in_set
from media.storyboard.scenery import Scenery
from media.storyboard.seeding import rng
from media.storyboard.sets import furnish
from media.storyboard.sky import lay_beams, lay_haze, paint_sky
from media.storyboard.slate import put_slate, slate_box
from studio.domain.shot import Angle, Aspect, Shot, ShotSize

COMMENT = "DRAFT – a rehearsal frame, no camera and no image model involved"


@dataclass(frozen=True)
class Board:
    """What to draw. `references` are names only: a drawing cannot be made from them, but it says which there were."""

    shot: Shot
    aspect: Aspect = Aspect.WIDE
    take: int = 1
    prompt: str = ""
    photorealistic: bool = False
    references: tuple[str, ...] = ()


def paint_board(board: Board) -> bytes:
    """Return `board` as a PNG at `board.aspect.pixels`, with text chunks that say it is a rehearsal."""
    shot = board.shot
    blocking = layout(shot, board.aspect, board.take, board.prompt)
    brief, camera = blocking.brief, blocking.camera
    light = light_of(brief, shot.mood, shot.genre, shot.heading)
    scenery = _set(blocking, light, shot.heading)
    frame = paint_sky(camera, light, brief.hour, shot.heading)
    frame = scenery.paint_behind(frame)
    if brief.interior:
        lay_beams(frame, scenery.panes, light)
    lay_haze(frame, camera, light, light.haze_share * 0.38)
    for person in blocking.people:
        paint_person(frame, person, camera, light, brief, shot.heading)
    frame = scenery.paint_before(frame)
    if shot.size is not ShotSize.EXTREME_CLOSE_UP and shot.angle is not Angle.OVER_SHOULDER:
        lay_table(frame, brief, camera, light, blocking.column)
    elif shot.angle is Angle.OVER_SHOULDER:
        # The shoulder has one lower corner; the table takes the other, under the person it belongs to.
        lay_table(frame, brief, camera, light, 1.0 - blocking.column)
    frame = fall(frame, brief, light, blocking.seed)
    if camera.roll:
        frame = _rolled(frame, camera.roll)
    frame = finish(frame, light, rng("finish", blocking.seed), board.photorealistic)
    put_slate(frame, shot.scene, shot.number, board.take, right=slate_right(blocking))
    return _encoded(frame, board)


def slate_right(blocking: Blocking) -> bool:
    """Return whether the slate goes to the right: it does when a head is in its way on the left only."""
    size = (blocking.camera.width, blocking.camera.height)

    def covered(box: tuple[int, int, int, int]) -> bool:
        heads = [person.head_box for person in blocking.people]
        return any(h[0] < box[2] and h[2] > box[0] and h[1] < box[3] and h[3] > box[1] for h in heads)

    return covered(slate_box(size)) and not covered(slate_box(size, right=True))


def _set(blocking: Blocking, light: Light, heading: str) -> Scenery:
    brief = blocking.brief
    # The set is the scene's; where the camera stands in it is the shot's.
    chance = rng("set", heading.lower())
    shift = (rng("stand", blocking.seed).random() - 0.5) * (1.5 if brief.interior else 2.4)
    scenery = Scenery(blocking.camera, light, chance, brief.interior, shift)
    furnish(scenery, brief)
    stand_in_set(scenery, brief, blocking.column)
    _seats(scenery, blocking)
    return scenery


def _seats(scenery: Scenery, blocking: Blocking) -> None:
    """Give everyone who sits something to sit on."""
    for person in blocking.people:
        if person.seated and not person.back and blocking.brief.place != "car":
            z = max(person.z - blocking.camera.distance, 0.0) + 0.3
            tone = mix(scenery.light.accent, (70, 60, 60), 0.5)
            scenery.box(person.x - scenery.shift, z, (0.62, 0.52, 0.08), tone, 0.44)
            scenery.box(person.x - scenery.shift, z, (0.60, 0.46, 0.1), lit(tone, 0.7), 0.0)


def _rolled(frame: Image.Image, degrees: float) -> Image.Image:
    """Return `frame` turned, enlarged just enough that no corner is empty."""
    width, height = frame.size
    angle = math.radians(abs(degrees))
    reach = max(math.cos(angle) + math.sin(angle) * height / width, math.cos(angle) + math.sin(angle) * width / height)
    dx, dy = width * (1 - 1 / reach) / 2, height * (1 - 1 / reach) / 2
    turned = frame.rotate(degrees, Image.Resampling.BICUBIC)
    return turned.resize(frame.size, Image.Resampling.BICUBIC, (dx, dy, width - dx, height - dy))


def _encoded(frame: Image.Image, board: Board) -> bytes:
    notes = PngInfo()
    notes.add_itxt("Comment", COMMENT)
    notes.add_text("Software", "Episode Studio draft")
    notes.add_text("scene", str(board.shot.scene))
    notes.add_text("shot", str(board.shot.number))
    notes.add_text("take", str(board.take))
    if board.references:
        notes.add_itxt("references", ", ".join(board.references))
    out = BytesIO()
    frame.save(out, "PNG", pnginfo=notes, compress_level=4)
    return out.getvalue()
