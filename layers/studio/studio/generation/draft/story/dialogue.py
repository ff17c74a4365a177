"""What is said: lines from a unit's templates, in the voices of those who say them, within the time there is."""

import re
from dataclasses import dataclass

from studio.domain.script import Beat, Delivery, Line
from studio.generation.draft.story.banks import Unit, manners
from studio.generation.draft.story.casting import Player
from studio.generation.draft.story.plan import Plan
from studio.generation.draft.story.slots import Slots

_LINE = re.compile(
    r"(?P<optional>~?)(?P<who>[LHAWO])(?P<how>[*^]?)(?: \((?P<direction>[^)]*)\))?: (?P<text>.+)", re.DOTALL
)
_DELIVERY = {"": Delivery.DIALOGUE, "*": Delivery.CONFESSIONAL, "^": Delivery.VOICE_OVER}


@dataclass
class Said:
    """A line that may have to go: `rank` 0 stays as long as anything does."""

    line: Line
    rank: int

    @property
    def words(self) -> int:
        """How many words it takes to say."""
        return len(self.line.text.split())


def usable(unit: Unit, plan: Plan, slots: Slots) -> bool:
    """Tell whether everybody and everything that `unit` cannot do without is there."""
    if (unit.solo and not plan.parts.alone) or (unit.paper and not plan.thing.readable):
        return False
    needed = [m for text in unit.say if (m := _LINE.fullmatch(text)) and not m["optional"]]
    speakers = {m["who"] for m in needed}
    if plan.parts.doubled and _essential(unit) >= {"A", "W"}:
        return False
    here = all(plan.parts.of(who) for who in speakers) and not (plan.parts.alone and "H" in speakers)
    return here and all(slots.fits(text) for text in (unit.action, unit.shot, *(m["text"] for m in needed)))


def _essential(unit: Unit) -> set[str]:
    """Return who of ally and witness this unit cannot do without."""
    seen = unit.action + unit.shot
    speaking = {text[0] for text in unit.say if text[0] != "~"} & {"A", "W"}
    return speaking | ({"A"} if "{ally" in seen else set()) | ({"W"} if "{witness" in seen else set())


class Voices:
    """Turns templates into lines; remembers what has been said, so that nobody repeats a turn of phrase."""

    def __init__(self, plan: Plan) -> None:
        """Begin an episode."""
        self._plan = plan
        self._openings: set[str] = set()
        self._cutaways: set[str] = set()
        self._phrases: dict[str, int] = {}
        self._wanting: set[str] = set()

    def lines(self, unit: Unit, slots: Slots) -> list[Said]:
        """Return the lines of `unit` that can be said."""
        out: list[Said] = []
        # Where the ally stands in for the witness, only one of the two can be in a scene.
        silent = ({"A"} if "W" in _essential(unit) else {"W"}) if self._plan.parts.doubled else set()
        if not any(text.lstrip("~")[0] == "A" for text in unit.say):
            silent = set()
        for template in unit.say:
            match = _LINE.fullmatch(template)
            if match is None:
                raise ValueError(f"not a line: {template}")
            player = self._plan.parts.of(match["who"])
            if (
                player is None
                or match["who"] in silent
                or (match["optional"] and self._repeats(match["text"], player))
                or not slots.fits(match["text"])
                or (self._plan.parts.alone and match["who"] == "H")
            ):
                continue
            # What comes out has to come out, however little time there is.
            essential = not out or "truth}" in template or "_own}" in template
            rank = 2 if match["optional"] else 0 if essential else 1
            opens = not out
            line = self._line(player, match["text"], match["how"], match["direction"] or "", slots, opens=opens)
            out.append(Said(line, rank))
        return out

    def cutaway(self, beat: Beat, slots: Slots) -> Said | None:
        """Return one confessional line that comments on a scene with this beat."""
        choices = [t for t in manners().cutaways.get(beat, ()) if t not in self._cutaways and self._can(t, slots)]
        choices = [t for t in choices if not self._repeats(t, self._plan.parts.of(t[0]))]
        if not choices:
            return None
        chosen = self._plan.rng.choice(choices)
        self._cutaways.add(chosen)
        match = _LINE.fullmatch(chosen)
        player = self._plan.parts.of(chosen[0])
        if match is None or player is None:
            return None
        return Said(self._line(player, match["text"], "*", match["direction"] or "", slots), 3)

    def _repeats(self, template: str, player: Player | None) -> bool:
        """Tell whether this has somebody say what they want a second time."""
        return "_want}" in template and player is not None and player.name in self._wanting

    def _can(self, template: str, slots: Slots) -> bool:
        player = self._plan.parts.of(template[0])
        alone_and_other = self._plan.parts.alone and template[0] == "H"
        return player is not None and not alone_and_other and slots.fits(template.split(": ", 1)[1])

    def _line(
        self, player: Player, template: str, how: str, direction: str, slots: Slots, *, opens: bool = False
    ) -> Line:
        rng = self._plan.rng
        tone = manners().tones[player.tone]
        text = slots.said(template)
        if "_want}" in template:
            self._wanting.add(player.name)
        if not direction and not how and rng.random() < 0.2 and tone.directions:
            direction = rng.choice(tone.directions)
        confessing = "truth}" in template or "_own}" in template
        if how == "" and not confessing and len(text.split()) > 5:
            text = self._coloured(player, text, opens=opens)
        return Line(speaker=player.name, text=text, delivery=_DELIVERY[how], direction=direction)

    def _coloured(self, player: Player, text: str, *, opens: bool) -> str:
        """Return `text` with what this person is known to say, a few times in an episode."""
        rng = self._plan.rng
        phrase = player.catchphrase
        used = self._phrases.get(player.name, 0)
        if phrase and used < 2 and rng.random() < 0.45:
            self._phrases[player.name] = used + 1
            if phrase.casefold().startswith("my ") and text[-1] in ".?!" and text[-2].isalpha():
                return f"{text[:-1]}, {phrase}{text[-1]}"
            if len(phrase.split()) <= 3:
                return f"{phrase[0].upper()}{phrase[1:]}. {text}"
        openings = [o for o in manners().tones[player.tone].openings if o not in self._openings]
        if openings and opens and player.name not in self._openings and rng.random() < 0.5:
            opening = rng.choice(openings)
            self._openings |= {opening, player.name}
            return f"{opening} {text}"
        return text


def fitted(scenes: list[list[Said]], words: int) -> list[list[Said]]:
    """Return the scenes' lines, the least needed left out until at most `words` are said; one stays in each."""
    kept = [list(lines) for lines in scenes]
    while sum(said.words for lines in kept for said in lines) > words:
        droppable = [
            (said.rank, len(lines), said.words, i, j)
            for i, lines in enumerate(kept)
            if len(lines) > 1
            for j, said in enumerate(lines)
        ]
        if not droppable:
            break
        _, _, _, scene, index = max(droppable, key=lambda entry: (entry[0], entry[1], entry[4]))
        del kept[scene][index]
    over = sum(said.words for lines in kept for said in lines) - words
    if over > 0:
        _shorten([said for lines in kept for said in lines], words)
    return kept


def _shorten(lines: list[Said], words: int) -> None:
    """Cut the lines to an equal share each: only for what a character sheet makes longer than the episode."""
    share = max(3, words // len(lines))
    for said in lines:
        parts = said.line.text.split()
        if len(parts) > share:
            said.line = said.line.model_copy(update={"text": " ".join(parts[:share]).rstrip(",;:") + " …"})
