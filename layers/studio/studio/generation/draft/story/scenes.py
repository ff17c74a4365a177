"""The scenes: which beats, in which order, where and at what hour."""

from dataclasses import dataclass

from studio.domain.script import Beat, Scene
from studio.generation.draft.story.banks import Place, Unit, bank, lexicon
from studio.generation.draft.story.dialogue import Said, Voices, fitted, usable
from studio.generation.draft.story.plan import Plan
from studio.generation.draft.story.slots import Slots

_REVEALS = (Beat.TWIST, Beat.BETRAYAL)
_CONFESSIONAL = Place(
    name="confessional room",
    kind="INT",
    prep="in",
    set="a small confessional corner, one chair against a heavy curtain, a single warm lamp",
)
_KINDS = {"INT", "EXT", "ROOM"}
_PASSAGES = {
    "staircase",
    "hallway",
    "bathroom",
    "hospital corridor",
    "bus",
    "food truck",
    "street",
    "car park",
    "market",
    "station platform",
}
"""Where people pass, and nobody sits in a circle."""
_SHAPES = {
    1: ((Beat.COLD_OPEN, Beat.ESCALATION, Beat.TWIST, Beat.CLIFFHANGER),),
    2: (
        (Beat.COLD_OPEN, Beat.ALLIANCE, Beat.ESCALATION, Beat.TWIST, Beat.CLIFFHANGER),
        (Beat.COLD_OPEN, Beat.CONFESSIONAL, Beat.ESCALATION, Beat.TWIST, Beat.CLIFFHANGER),
    ),
    3: (
        (Beat.COLD_OPEN, Beat.ALLIANCE, Beat.ESCALATION, Beat.CONFESSIONAL, Beat.TWIST, Beat.CLIFFHANGER),
        (Beat.COLD_OPEN, Beat.CONFESSIONAL, Beat.ALLIANCE, Beat.ESCALATION, Beat.TWIST, Beat.CLIFFHANGER),
        (Beat.COLD_OPEN, Beat.ALLIANCE, Beat.CONFESSIONAL, Beat.ESCALATION, Beat.TWIST, Beat.CLIFFHANGER),
    ),
}
"""The order of the beats by how many clips there are; TWIST stands for any reveal, CLIFFHANGER for any end."""


@dataclass(frozen=True)
class Staged:
    """A scene with what it was made from, for the camera."""

    scene: Scene
    unit: Unit
    place: Place


def staged(plan: Plan) -> list[Staged]:
    """Return the scenes of this plan, with no more to say than there is time for."""
    voices, used, met = Voices(plan), set[Unit](), set[str]()
    beats = plan.rng.choice(_SHAPES[min(plan.clips, 3)])
    chosen: list[tuple[Unit, Place, Slots, list[Said]]] = []
    for index, beat in enumerate(beats):
        unit, place = _unit(plan, beat, index, used)
        used.add(unit)
        slots = Slots(plan, place)
        lines = voices.lines(unit, slots)
        if (cut := voices.cutaway(unit.beat, slots)) and beat is not Beat.CONFESSIONAL:
            lines.append(cut)
        chosen.append((unit, place, slots, lines))
    spoken = fitted([lines for *_, lines in chosen], plan.words)
    return [
        Staged(
            Scene(
                number=number,
                heading=_heading(place, plan, number),
                beat=unit.beat,
                action=slots.told(unit.action, met),
                lines=[said.line for said in lines],
            ),
            unit,
            place,
        )
        for number, ((unit, place, slots, _), lines) in enumerate(zip(chosen, spoken, strict=True), 1)
    ]


def _unit(plan: Plan, beat: Beat, index: int, used: set[Unit]) -> tuple[Unit, Place]:
    """Return what happens at this beat, and where."""
    wanted: tuple[Beat, ...] = (beat,)
    if beat is Beat.TWIST:
        wanted = _REVEALS
    if beat is Beat.CLIFFHANGER:
        wanted = (Beat.RESOLUTION,) if plan.reading.resolved else (Beat.CLIFFHANGER,)
    place = _place(plan, beat, index)
    slots = Slots(plan, place)
    own = [u for u in plan.bank.units if u.beat in wanted and u not in used and usable(u, plan, slots)]
    shared = [u for u in bank("common").units if u.beat in wanted and u not in used and usable(u, plan, slots)]
    # A family's own bank says more about the prompt, so it comes more often; what fits the place comes before the rest.
    here = [u for u in own if _fits(u, place)] * 5 + [u for u in shared if _fits(u, place)]
    # A second confession, in the words of a character sheet, is the best end there is.
    here += [u for u in here if any("_own}" in text for text in u.say if not text.startswith("~"))]
    anchored = place is plan.places[0] and plan.reading.places
    unit = plan.rng.choice((here if anchored else here + own * 3) or own or shared)
    if not _fits(unit, place):
        at_hand = [p for p in plan.places if _fits(unit, p)]
        place = (
            at_hand[index % len(at_hand)]
            if at_hand
            else lexicon().place(unit.at[0] if unit.at[0] not in _KINDS else "living room")
        )
    return unit, place


def _fits(unit: Unit, place: Place) -> bool:
    if not unit.at or place.name in unit.at or (place.kind == "INT" and "INT" in unit.at):
        return True
    kind = "ROOM" if place.kind == "INT" else place.kind
    return kind in unit.at and place.name not in _PASSAGES


def _place(plan: Plan, beat: Beat, index: int) -> Place:
    if beat is Beat.CONFESSIONAL:
        return _CONFESSIONAL
    if index == 0 or beat is Beat.TWIST:
        return plan.places[0]
    return plan.places[index % len(plan.places)]


def _heading(place: Place, plan: Plan, number: int) -> str:
    city = plan.reading.city
    where = f"{place.name}, {city}" if city and number == 1 else place.name
    return f"{place.kind}. {where.upper()} - {plan.hours[number - 1]}"
