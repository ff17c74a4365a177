"""The clips: what the camera sees, in words a painter can follow and in the shot's own fields."""

from studio.domain.script import Beat, ClipDescription
from studio.domain.shot import Angle, Move, ShotSize
from studio.generation.draft.story.banks import looks
from studio.generation.draft.story.casting import Player
from studio.generation.draft.story.plan import Plan
from studio.generation.draft.story.scenes import Staged
from studio.generation.draft.story.slots import Slots

_Camera = tuple[ShotSize, Angle, int, Move]
_CAMERAS: dict[Beat, tuple[_Camera, ...]] = {
    Beat.COLD_OPEN: (
        (ShotSize.WIDE, Angle.EYE_LEVEL, 28, Move.PUSH_IN),
        (ShotSize.MEDIUM, Angle.LOW, 35, Move.PUSH_IN),
        (ShotSize.ESTABLISHING, Angle.HIGH, 24, Move.TILT_DOWN),
    ),
    Beat.ALLIANCE: (
        (ShotSize.MEDIUM, Angle.OVER_SHOULDER, 50, Move.DRIFT),
        (ShotSize.MEDIUM, Angle.EYE_LEVEL, 50, Move.PAN_RIGHT),
    ),
    Beat.ESCALATION: (
        (ShotSize.WIDE, Angle.LOW, 24, Move.PAN_LEFT),
        (ShotSize.MEDIUM, Angle.DUTCH, 35, Move.DRIFT),
        (ShotSize.WIDE, Angle.HIGH, 28, Move.PAN_RIGHT),
    ),
    Beat.CONFESSIONAL: (
        (ShotSize.CLOSE_UP, Angle.EYE_LEVEL, 85, Move.STATIC),
        (ShotSize.CLOSE_UP, Angle.EYE_LEVEL, 75, Move.PUSH_IN),
    ),
    Beat.TWIST: (
        (ShotSize.CLOSE_UP, Angle.LOW, 85, Move.PUSH_IN),
        (ShotSize.EXTREME_CLOSE_UP, Angle.EYE_LEVEL, 100, Move.PUSH_IN),
    ),
    Beat.BETRAYAL: (
        (ShotSize.CLOSE_UP, Angle.OVER_SHOULDER, 85, Move.PUSH_IN),
        (ShotSize.CLOSE_UP, Angle.DUTCH, 75, Move.DRIFT),
    ),
    Beat.CLIFFHANGER: (
        (ShotSize.WIDE, Angle.HIGH, 28, Move.PULL_OUT),
        (ShotSize.MEDIUM, Angle.EYE_LEVEL, 40, Move.PULL_OUT),
    ),
    Beat.RESOLUTION: (
        (ShotSize.WIDE, Angle.EYE_LEVEL, 35, Move.PULL_OUT),
        (ShotSize.MEDIUM, Angle.EYE_LEVEL, 50, Move.TILT_UP),
    ),
}
_WORTH = (
    Beat.TWIST, Beat.BETRAYAL, Beat.COLD_OPEN, Beat.CLIFFHANGER, Beat.RESOLUTION, Beat.ESCALATION, Beat.CONFESSIONAL, Beat.ALLIANCE,
)  # fmt: skip
"""Which scenes to shoot first when there are more scenes than clips."""
_MOST_WORDS = 90
_FEWEST_WORDS = 40


def clips(plan: Plan, scenes: list[Staged]) -> list[ClipDescription]:
    """Return as many clips as the plan asks for, each from a scene of its own, in the order of the scenes."""
    best = sorted(scenes, key=lambda staged: _WORTH.index(staged.scene.beat))[: plan.clips]
    shot = sorted(best, key=lambda staged: staged.scene.number)
    return [_clip(plan, staged, number) for number, staged in enumerate(shot, 1)]


def _clip(plan: Plan, staged: Staged, number: int) -> ClipDescription:
    rng, look = plan.rng, looks()
    size, angle, lens, move = rng.choice(_CAMERAS[staged.scene.beat])
    slots = Slots(plan, staged.place)
    hour = staged.scene.heading.rsplit(" - ", 1)[-1]
    framing = f"{rng.choice(look.framing[size])}, {rng.choice(look.angle[angle])}, {lens} mm: "
    light = rng.choice(look.light[f"{staged.place.kind} {hour}"])
    place = (
        f"Around them, {staged.place.set}." if size is not ShotSize.CLOSE_UP else f"Soft behind, {staged.place.set}."
    )
    moving = rng.choice(look.move[move])
    closing = slots.told(rng.choice(look.closing), {p.name for p in plan.parts.everyone})
    for dressed in (True, False):
        shot = slots.told(staged.unit.shot, set(), dressed=dressed)
        sentences = [framing + shot, place, light, moving, closing]
        if _count(sentences) <= _MOST_WORDS:
            break
    if _count(sentences[:4]) >= _FEWEST_WORDS + 15 or _count(sentences) > _MOST_WORDS:
        sentences.pop()
    description = " ".join(sentences)
    if _count(sentences) > _MOST_WORDS:
        description = " ".join([framing + shot, light, moving])
    people = [player.name for player in plan.parts.everyone if _seen(player, shot)]
    return ClipDescription(
        number=number,
        scene=staged.scene.number,
        description=description,
        people=people,
        size=size,
        angle=angle,
        lens_mm=lens,
        move=move,
    )


def _count(sentences: list[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _seen(player: Player, shot: str) -> bool:
    return player.name.casefold() in shot.casefold() or player.short.casefold() in shot.casefold()
