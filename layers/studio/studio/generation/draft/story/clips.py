"""The clips: what the camera sees, in words a painter can follow and in the shot's own fields."""

from collections.abc import Hashable, Sequence
from random import Random

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
        (ShotSize.MEDIUM, Angle.LOW, 40, Move.PUSH_IN),
        (ShotSize.MEDIUM, Angle.EYE_LEVEL, 50, Move.DRIFT),
    ),
    Beat.BETRAYAL: (
        (ShotSize.CLOSE_UP, Angle.OVER_SHOULDER, 85, Move.PUSH_IN),
        (ShotSize.CLOSE_UP, Angle.DUTCH, 75, Move.DRIFT),
        (ShotSize.MEDIUM, Angle.OVER_SHOULDER, 50, Move.PUSH_IN),
    ),
    Beat.CLIFFHANGER: (
        (ShotSize.WIDE, Angle.HIGH, 28, Move.PULL_OUT),
        (ShotSize.MEDIUM, Angle.EYE_LEVEL, 40, Move.PULL_OUT),
        (ShotSize.WIDE, Angle.LOW, 24, Move.STATIC),
        (ShotSize.MEDIUM, Angle.DUTCH, 50, Move.PUSH_IN),
    ),
    Beat.RESOLUTION: (
        (ShotSize.WIDE, Angle.EYE_LEVEL, 35, Move.PULL_OUT),
        (ShotSize.MEDIUM, Angle.EYE_LEVEL, 50, Move.TILT_UP),
    ),
}
_WORTH = (
    Beat.TWIST,
    Beat.BETRAYAL,
    Beat.COLD_OPEN,
    Beat.CLIFFHANGER,
    Beat.RESOLUTION,
    Beat.ESCALATION,
    Beat.CONFESSIONAL,
    Beat.ALLIANCE,
)
"""Which scenes to shoot first when there are more scenes than clips."""
_CLOSE = {ShotSize.CLOSE_UP, ShotSize.EXTREME_CLOSE_UP}
_MOST_WORDS = 90
_FEWEST_WORDS = 40


class _Fresh:
    """Chooses by chance, but takes nothing twice in an episode while there is something else."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[Hashable] = set()

    def __call__[T: Hashable](self, choices: Sequence[T]) -> T:
        chosen = self._rng.choice([c for c in choices if c not in self._taken] or choices)
        self._taken.add(chosen)
        return chosen


def clips(plan: Plan, scenes: list[Staged]) -> list[ClipDescription]:
    """Return as many clips as the plan asks for, each from a scene of its own, in the order of the scenes."""
    best = sorted(scenes, key=lambda staged: _WORTH.index(staged.scene.beat))[: plan.clips]
    shot = sorted(best, key=lambda staged: staged.scene.number)
    fresh = _Fresh(plan.rng)
    return [_clip(plan, staged, number, fresh) for number, staged in enumerate(shot, 1)]


def _clip(plan: Plan, staged: Staged, number: int, fresh: _Fresh) -> ClipDescription:
    look = looks()
    size, angle, lens, move = fresh(_CAMERAS[staged.scene.beat])
    slots = Slots(plan, staged.place)
    hour = staged.scene.heading.rsplit(" - ", 1)[-1]
    framing = f"{fresh(look.framing[size])}, {fresh(look.angle[angle])}, {lens} mm: "
    light = fresh(look.light[f"{staged.place.kind} {hour}"])
    place = f"Soft behind, {staged.place.set}." if size in _CLOSE else slots.told(fresh(look.set), set())
    moving = fresh(look.move[move])
    closing = fresh(look.closing)
    template = _seen_from(staged, size, slots, fresh)
    for dressed in (True, False):
        shot = slots.told(template, set(), seen=True, dressed=dressed)
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


def _seen_from(staged: Staged, size: ShotSize, slots: Slots, fresh: _Fresh) -> str:
    """Return the template of what is seen: a close-up of a reveal is all face, whatever the room does."""
    closer = [t for t in looks().close.get(staged.scene.beat, ()) if slots.fits(t)] if size in _CLOSE else []
    return fresh(closer) if closer else staged.unit.shot


def _count(sentences: list[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _seen(player: Player, shot: str) -> bool:
    return player.name.casefold() in shot.casefold() or player.short.casefold() in shot.casefold()
