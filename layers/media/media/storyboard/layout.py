"""Who stands where: the blocking of a shot."""

from dataclasses import dataclass, replace

from media.storyboard.camera import HEADS_TALL, Camera, camera_for
from media.storyboard.looks import Look, look_of
from media.storyboard.reading import Brief, Staging, read
from media.storyboard.seeding import rng
from studio.domain.shot import Angle, Aspect, Figure, Shot, ShotSize

MOST_PEOPLE = 6
_SEATED = 0.765
"""Height of a seated person, as a share of standing."""
_CLOSE = {ShotSize.CLOSE_UP, ShotSize.EXTREME_CLOSE_UP}


@dataclass(frozen=True)
class Placement:
    """A person in the frame. `x`, `z` are metres (see `camera`); `head` is pixels per head height.

    `turn` is where they face: -1.0 left of the frame, +1.0 right, 0.0 the camera. `left`, `top` are the head's
    centre column and top row in pixels.
    """

    name: str
    look: Look
    x: float
    z: float
    left: float
    top: float
    head: float
    turn: float
    arms: str
    seated: bool = False
    back: bool = False

    @property
    def head_box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the head in pixels."""
        half = self.head * 0.37
        return (
            round(self.left - half),
            round(self.top),
            round(self.left + half),
            round(self.top + self.head),
        )


@dataclass(frozen=True)
class Blocking:
    """A shot's camera and people, far to near."""

    brief: Brief
    camera: Camera
    people: tuple[Placement, ...]
    column: float
    """Where the person the shot is about is, as a share of the frame's width; 0.5 when nobody is there."""
    seed: str


def _cast(shot: Shot) -> list[Figure]:
    """Return the people, those the description names first in front."""
    text = shot.description.lower()

    def mentioned(figure: Figure) -> int:
        at = text.find(figure.name.lower().split()[0])
        return at if at >= 0 else len(text) + 1

    return sorted(shot.people, key=mentioned)[:MOST_PEOPLE]


def _spots(count: int, shot: Shot, aspect: Aspect, staging: Staging, wander: float) -> list[tuple[float, float]]:
    """Return per person the column as a share of the frame's width, and metres behind the first."""
    narrow = aspect is Aspect.TALL
    side = 1 if wander > 0.5 else -1
    if shot.angle is Angle.OVER_SHOULDER and shot.size is not ShotSize.ESTABLISHING:
        behind = [(0.5 + side * (0.3 - 0.12 * i), 1.3 + 0.5 * i) for i in range(max(0, count - 2))]
        return [(0.5 + side * (0.12 if narrow else 0.14), 0.0), (0.5 - side * (0.43 if narrow else 0.33), 0.0), *behind]
    if shot.size in _CLOSE:
        first = 0.5 - side * ((0.03 if narrow else 0.09) if shot.size is ShotSize.CLOSE_UP else 0.04)
        return [(first, 0.0)] + [
            (0.5 + side * (0.27 if narrow else 0.24) + side * 0.13 * i, 1.2 + 0.5 * i) for i in range(count - 1)
        ]
    if count == 1:
        shift = 0.04 if staging is Staging.TO_CAMERA else 0.13
        return [(0.5 - side * (shift * (0.5 if narrow else 1.0)), 0.0)]
    if count == 2:
        gap = {Staging.EMBRACE: 0.0, Staging.FACING_OFF: 0.2}.get(staging, 0.17)
        return [(0.5 - side * gap, 0.0), (0.5 + side * gap, 0.0 if staging is not Staging.TALKING else 0.15)]
    # The first two carry the scene and stand forward; the rest fan out behind and beside them.
    spread = 0.76 if not narrow else 0.7
    columns = [0.5 + spread * ((i + 0.5) / count - 0.5) for i in range(count)]
    middle_out = sorted(range(count), key=lambda i: (abs(i - (count - 1) / 2), i * side))
    return [
        (columns[i], (0.0 if rank < 2 else 0.45 + 0.35 * (rank % 2)) if count <= 4 else (0.0, 0.9)[i % 2])
        for rank, i in enumerate(middle_out)
    ]


def _turns(count: int, columns: list[float], staging: Staging, wander: float) -> list[float]:
    if count == 0:
        return []
    if staging is Staging.TO_CAMERA:
        return [0.22 if column < 0.5 else -0.22 for column in columns]
    if count == 1:
        sign = 1 if columns[0] < 0.5 else -1
        return [sign * (0.34 + 0.3 * wander)]
    strength = {Staging.FACING_OFF: 0.78, Staging.EMBRACE: 0.6}.get(staging, 0.5)
    centre = (columns[0] + columns[1]) / 2
    return [(strength if column < centre else -strength) * (1.0 if i < 2 else 0.8) for i, column in enumerate(columns)]


def _arms(staging: Staging, index: int, brief: Brief, pick: float, close: bool) -> str:
    if staging is Staging.EMBRACE and index < 2:
        return "embrace"
    if staging is Staging.FACING_OFF and index < 2 and not close:
        choices = ("gesture", "point", "open") if index == 0 else ("crossed", "hips", "open")
        return choices[int(pick * 3)]
    if close:
        return "down"
    if index == 0 and {"letter", "photograph", "phone", "box", "cup"} & set(brief.props):
        return "hold"
    if brief.seated:
        return "clasp"
    return ("down", "crossed", "clasp", "down", "hips", "gesture")[int(pick * 6)]


def layout(shot: Shot, aspect: Aspect, take: int = 1, prompt: str = "") -> Blocking:
    """Return the camera and where everyone is. Pure: the same arguments give the same blocking."""
    brief = read(shot)
    cast = _cast(shot)
    seed = f"{shot.scene}/{shot.number}/{take}/{shot.heading}/{shot.description}/{shot.move}/{prompt}"
    chance = rng("layout", seed)
    wander = chance.random()
    looks = [look_of(figure) for figure in cast]
    seated = brief.seated and shot.size is not ShotSize.ESTABLISHING
    first = looks[0].height if looks else 1.7
    head_top = first * (_SEATED if seated else 1.0)
    size = shot.size
    tight = 1.0 - 0.05 * chance.random()
    count = len(cast)
    if shot.angle is Angle.DUTCH:
        tight *= 0.9
    if size not in _CLOSE and shot.angle is not Angle.OVER_SHOULDER and count >= 2:
        width, _ = aspect.pixels
        share = _slot_share(brief.staging)
        room = width * 0.9 / (count * share)
        probe = camera_for(aspect, size, shot.angle, shot.lens_mm, head_top)
        head = probe.scale(probe.distance) * first / HEADS_TALL
        tight *= min(1.0, max(room / head, 0.34))
    camera = camera_for(aspect, size, shot.angle, shot.lens_mm, head_top, tight)
    spots = _spots(count, shot, aspect, brief.staging, wander)
    columns = [column for column, _ in spots]
    turns = _turns(count, columns, brief.staging, wander)
    people: list[Placement] = []
    for index, (figure, look) in enumerate(zip(cast, looks, strict=True)):
        column, behind = spots[index]
        z = camera.distance + behind * (1.0 if size in _CLOSE else camera.distance / 3.2)
        x = (column - 0.5) * camera.width / camera.scale(z)
        if brief.staging is Staging.EMBRACE and count >= 2 and index < 2:
            x += (-1 if columns[0] >= columns[1] else 1) * (0.17 if index else -0.17)
        x += (chance.random() - 0.5) * 0.05
        person = Placement(
            name=figure.name,
            look=look,
            x=x,
            z=z,
            left=0.0,
            top=0.0,
            head=0.0,
            turn=turns[index] * (0.92 + 0.16 * chance.random()),
            arms=_arms(brief.staging, index, brief, chance.random(), size in _CLOSE),
            seated=seated,
        )
        if shot.angle is Angle.OVER_SHOULDER and index == 1 and size is not ShotSize.ESTABLISHING:
            person = _shoulder(person, column, camera)
        people.append(_seen(person, camera))
    if shot.angle is Angle.OVER_SHOULDER and count == 1 and size is not ShotSize.ESTABLISHING:
        # Somebody has to own the shoulder; nobody was named, so a stranger chosen by the shot does.
        stranger = look_of(Figure(name=f"shoulder {shot.scene}", wardrobe="charcoal jacket", hair="short black hair"))
        column = spots[1][0]
        people.append(
            _seen(_shoulder(replace(people[0], name="", look=stranger, turn=0.0, arms="down"), column, camera), camera)
        )
    people.sort(key=lambda person: -person.z)
    return Blocking(brief=brief, camera=camera, people=tuple(people), column=columns[0] if columns else 0.5, seed=seed)


def _slot_share(staging: Staging) -> float:
    """Return how many heads wide one person's place is."""
    return {Staging.EMBRACE: 1.6, Staging.FACING_OFF: 2.6}.get(staging, 2.35)


def _shoulder(person: Placement, column: float, camera: Camera) -> Placement:
    """Return `person` as the dark shape the camera looks past: nearer, from behind, at the frame's edge."""
    z = camera.distance * 0.6
    return replace(
        person,
        z=z,
        x=(column - 0.5) * camera.width * 1.08 / camera.scale(z),
        turn=0.5 if column < 0.5 else -0.5,
        back=True,
        arms="down",
    )


def _seen(person: Placement, camera: Camera) -> Placement:
    """Return `person` with where the head falls in the frame."""
    height = person.look.height * (_SEATED if person.seated else 1.0)
    left, top = camera.project((person.x, height, person.z))
    head = camera.scale(person.z) * person.look.height / HEADS_TALL
    if person.look.age < 15:
        head *= 1.0 + (15 - person.look.age) * 0.025
    if person.back:
        # Whoever is in front stoops into the frame rather than losing the head to its upper edge.
        top = max(top, camera.height * 0.05)
    return replace(person, left=left, top=top, head=head)
