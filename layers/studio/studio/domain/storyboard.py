"""The storyboard: the kind of episode, its beats and their tension, who learns what, and the shot list.

What can be counted is counted here and not asked for: which lines a shot covers and which shots become clips is laid
out first (`laid_out`), and the writer fills in what is seen.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from pydantic import Field

from studio.domain.base import Name, Phrase, Text, Value, Written
from studio.domain.script import Beat, ClipDescription, Scene, Script
from studio.domain.shot import Angle, Move, ShotSize

_BREATHERS = {Beat.CONFESSIONAL, Beat.ALLIANCE, Beat.COLD_OPEN, Beat.RESOLUTION}
"""Beats where tension may fall: the opening has its own, and between two rises people need to breathe."""


class Secret(Written):
    """Something that somebody knows and others do not. `key` is short: S1, S2 …"""

    key: str = Field(pattern=r"^S[1-9]$")
    what: Phrase = Field(min_length=1)
    holder: Name


class SceneBeat(Written):
    """What a scene does for the whole. `tension` from 1, at ease, to 10, nothing can be taken back."""

    scene: int = Field(ge=1)
    beat: Beat
    tension: int = Field(ge=1, le=10)
    purpose: Phrase = Field(min_length=1)


class Outline(Written):
    """The episode seen from above. `format` is the key of a reality-TV template."""

    format: str
    arc: Phrase = Field(min_length=1)
    beats: list[SceneBeat] = Field(min_length=1)
    secrets: list[Secret] = Field(default_factory=list, max_length=9)


class Learned(Written):
    """Somebody learns a secret. `source` is who lets it out, empty when a thing does. `line` counts from 1."""

    person: Name
    secret: str
    source: Phrase = ""
    line: int = Field(ge=1)


class Bond(Written):
    """Two people become, or stop being, something to each other."""

    one: Name
    other: Name
    kind: Literal["allied", "opposed", "broken"]
    line: int = Field(ge=1)


class Fact(Written):
    """Something said about somebody that will be true next week as well."""

    person: Name
    about: Literal["age", "job", "home", "mother", "father", "partner", "children", "origin", "health", "money"]
    value: Phrase = Field(min_length=1)
    line: int = Field(ge=1)


class Thread(Written):
    """A question that the audience carries."""

    question: Phrase = Field(min_length=1)
    state: Literal["opened", "answered"]
    line: int = Field(ge=1)


class Seen(Written):
    """What the writer says of one shot that was laid out."""

    shot: int = Field(ge=1)
    description: Text
    people: list[Name] = Field(default_factory=list)
    size: ShotSize
    angle: Angle
    lens_mm: int = Field(ge=8, le=300)
    move: Move


class SceneContinuity(Written):
    """What changes between people in a scene, each with the line it is said in."""

    learns: list[Learned] = Field(default_factory=list, max_length=12)
    bonds: list[Bond] = Field(default_factory=list, max_length=12)
    facts: list[Fact] = Field(default_factory=list, max_length=12)
    threads: list[Thread] = Field(default_factory=list, max_length=6)


class BoardAnswer(SceneContinuity):
    """What is asked of a writer for one scene."""

    shots: list[Seen] = Field(min_length=1)


class Laid(Value):
    """A shot as it is laid out before anybody describes it. `clip` is its clip's number, where it becomes one."""

    shot: int
    lines: tuple[int, ...]
    clip: int | None = None


class BoardShot(Seen):
    """A shot of the list. `lines` are the scene's lines that are said while it runs."""

    lines: list[int]
    clip: int | None = None


class SceneBoard(SceneContinuity):
    """One scene of the storyboard."""

    shots: list[BoardShot] = Field(min_length=1)

    def with_clip(self, number: int, description: ClipDescription) -> "SceneBoard":
        """Return a copy in which the shot of clip `number` is as `description` says."""
        seen = description.model_dump(include={"description", "people", "size", "angle", "lens_mm", "move"})
        shots = [
            BoardShot.model_validate(shot.model_dump() | seen) if shot.clip == number else shot for shot in self.shots
        ]
        return self.model_copy(update={"shots": shots})


# Laying out


def laid_out(script: Script) -> dict[int, tuple[Laid, ...]]:
    """Return the shots of each scene, by its number: every line in one, and the script's clips where it has them.

    A scene without a clip is one shot, which is listed and not rendered; one with several is cut line group by line
    group, and where lines run out, shot once more from elsewhere.
    """
    clips: dict[int, list[int]] = {scene.number: [] for scene in script.scenes}
    for clip in script.clips:
        clips[clip.scene].append(clip.number)
    laid = {}
    for scene in script.scenes:
        numbers: list[int | None] = [*clips[scene.number]] or [None]
        groups = _groups(len(scene.lines), len(numbers))
        laid[scene.number] = tuple(
            Laid(shot=shot, lines=lines, clip=clip)
            for shot, (lines, clip) in enumerate(zip(groups, numbers, strict=True), 1)
        )
    return laid


def _groups(lines: int, shots: int) -> list[tuple[int, ...]]:
    """Return the numbers 1 to `lines` in `shots` runs of nearly equal length; a shot too many repeats the last."""
    runs = min(lines, shots)
    bounds = [round(lines * run / runs) for run in range(runs + 1)]
    groups = [tuple(range(start + 1, end + 1)) for start, end in pairwise(bounds)]
    return groups + groups[-1:] * (shots - runs)


def boarded(answer: BoardAnswer, laid: Sequence[Laid]) -> SceneBoard:
    """Return the scene's board: what the writer saw, on the shots as they were laid out."""
    seen = {shot.shot: shot for shot in answer.shots}
    shots = [BoardShot(**seen[slot.shot].model_dump(), lines=list(slot.lines), clip=slot.clip) for slot in laid]
    return SceneBoard(shots=shots, **answer.model_dump(include=set(SceneContinuity.model_fields)))


def clips_of(boards: Mapping[int, SceneBoard]) -> list[ClipDescription]:
    """Return the shots that become clips, as a script has them, in the order of their numbers."""
    found = [
        ClipDescription(
            number=shot.clip,
            scene=scene,
            lines=shot.lines,
            **shot.model_dump(include={"description", "people", "size", "angle", "lens_mm", "move"}),
        )
        for scene, board in boards.items()
        for shot in board.shots
        if shot.clip is not None
    ]
    return sorted(found, key=lambda clip: clip.number)


# Rules


def outline_problems(outline: Outline, script: Script, formats: Iterable[str], people: Iterable[str]) -> list[str]:
    """Return what is wrong with an outline, each as a sentence a writer can act on."""
    found: list[str] = []
    known = list(formats)
    if outline.format not in known:
        found.append(f"“{outline.format}” is no format; choose one of {', '.join(known)}.")
    numbers = [scene.number for scene in script.scenes]
    if [beat.scene for beat in outline.beats] != numbers:
        found.append(f"There is one beat for each scene, in order {numbers}; no scene is dropped.")
        return found
    found += _rising(outline.beats)
    names = {name.casefold() for name in people}
    found += [
        f"“{secret.holder}” holds {secret.key} and is not in this episode."
        for secret in outline.secrets
        if secret.holder.casefold() not in names
    ]
    keys = [secret.key for secret in outline.secrets]
    if len(set(keys)) != len(keys):
        found.append("Each secret has a key of its own.")
    return found


def _rising(beats: Sequence[SceneBeat]) -> list[str]:
    """Natural escalation: tension does not fall between two rises, and it peaks in the second half."""
    found = []
    high = 0
    for beat in beats:
        if beat.beat in _BREATHERS:
            continue
        if beat.tension < high:
            found.append(
                f"Scene {beat.scene} ({beat.beat}) falls to tension {beat.tension} after {high}; it must rise."
            )
        high = max(high, beat.tension)
    peak = _early_peak({beat.scene: beat.tension for beat in beats})
    if peak:
        found.append(f"Tension peaks in scene {peak}, in the first half; the peak belongs near the end.")
    return found


def _early_peak(tensions: Mapping[int, int]) -> int | None:
    """Return the scene in which tension peaks, the last of several, if that is in the first half of three or more."""
    peak = max(tensions, key=lambda scene: (tensions[scene], scene))
    return peak if len(tensions) > 2 and peak <= len(tensions) // 2 else None


def suggested_tension(scenes: Sequence[Scene]) -> dict[int, int]:
    """Return a tension for each scene that rises the way `_rising` asks, by its beat and its place."""
    tensions: dict[int, int] = {}
    high = 4
    for place, scene in enumerate(scenes, 1):
        if scene.beat in _BREATHERS:
            tensions[scene.number] = {Beat.COLD_OPEN: 4, Beat.RESOLUTION: 5}.get(scene.beat, 3)
        else:
            high = min(10, max(high + 1, round(10 * place / len(scenes))))
            tensions[scene.number] = high
    if _early_peak(tensions):
        # All that rises comes early; the last scene then holds what was reached.
        tensions[scenes[-1].number] = max(tensions.values())
    return tensions


def board_problems(answer: BoardAnswer, scene: Scene, laid: Sequence[Laid], people: Iterable[str]) -> list[str]:
    """Return what is wrong with one scene's answer by itself, each as a sentence a writer can act on."""
    found: list[str] = []
    wanted = [slot.shot for slot in laid]
    if [shot.shot for shot in answer.shots] != wanted:
        found.append(f"Scene {scene.number} has the shots {wanted}, each described once, in order.")
    names = {name.casefold() for name in people}
    mentioned = [name for shot in answer.shots for name in shot.people]
    mentioned += [learned.person for learned in answer.learns]
    mentioned += [name for bond in answer.bonds for name in (bond.one, bond.other)]
    mentioned += [fact.person for fact in answer.facts]
    found += [f"“{name}” is not in this episode." for name in dict.fromkeys(mentioned) if name.casefold() not in names]
    last = len(scene.lines)
    entries: list[Learned | Bond | Fact | Thread] = [*answer.learns, *answer.bonds, *answer.facts, *answer.threads]
    if any(entry.line > last for entry in entries):
        found.append(f"Scene {scene.number} has {last} lines; say by number in which of them it happens.")
    return found


def coverage_problems(
    script: Script, boards: Mapping[int, SceneBoard], settled: Collection[int] = ()
) -> dict[int, list[str]]:
    """Return, by scene, where a beat, a line or a clip has no shot, or a shot repeats another. Empty when it holds.

    A shot repeats what an earlier scene shows, or one of the `settled` scenes, whose shots stay as they are.
    """
    laid = laid_out(script)
    found: dict[int, list[str]] = {}
    said: dict[str, str] = {}
    for scene in sorted(script.scenes, key=lambda scene: scene.number not in settled):
        board = boards.get(scene.number)
        if board is None:
            found.setdefault(scene.number, []).append(f"Scene {scene.number} ({scene.beat}) has no shot.")
            continue
        covered = {line for shot in board.shots for line in shot.lines}
        lost = [number for number in range(1, len(scene.lines) + 1) if number not in covered]
        if lost:
            found.setdefault(scene.number, []).append(f"No shot of scene {scene.number} covers line {lost[0]}.")
        for shot in board.shots:
            words = " ".join(shot.description.casefold().split())
            here = f"shot {shot.shot} of scene {scene.number}"
            if words in said:
                found.setdefault(scene.number, []).append(f"The {here} repeats {said[words]}; show something else.")
            said.setdefault(words, here)
        wanted, drawn = (
            sorted(shot.clip for shot in shots if shot.clip) for shots in (laid[scene.number], board.shots)
        )
        if drawn != wanted:
            found.setdefault(scene.number, []).append(
                f"Scene {scene.number} has the clips {drawn or 'none'}; it must have {wanted or 'none'}."
            )
    return found


def continuity_problems(outline: Outline, boards: Mapping[int, SceneBoard]) -> dict[int, list[str]]:
    """Return, by scene, where somebody knows what they cannot know yet, or an alliance is not what it was."""
    found: dict[int, list[str]] = {}
    knows = {secret.key: {secret.holder.casefold()} for secret in outline.secrets}
    bonds: dict[frozenset[str], str] = {}
    for number in sorted(boards):
        board = boards[number]
        changes: list[Learned | Bond] = [*board.learns, *board.bonds]
        happened = sorted(changes, key=lambda entry: entry.line)
        for entry in happened:
            wrong = _learning(entry, knows) if isinstance(entry, Learned) else _bonding(entry, bonds)
            if wrong:
                found.setdefault(number, []).append(f"Scene {number}, line {entry.line}: {wrong}")
    return found


def _learning(learned: Learned, knows: dict[str, set[str]]) -> str:
    if learned.secret not in knows:
        return f"{learned.person} learns {learned.secret}, which is no secret of this episode."
    knowing = knows[learned.secret]
    wrong = ""
    if learned.person.casefold() in knowing:
        wrong = f"{learned.person} learns {learned.secret} and knew it before."
    elif learned.source and learned.source.casefold() not in knowing:
        wrong = f"{learned.source} gives {learned.secret} away and does not know it yet."
    knowing.add(learned.person.casefold())
    return wrong


def _bonding(bond: Bond, bonds: dict[frozenset[str], str]) -> str:
    pair = frozenset({bond.one.casefold(), bond.other.casefold()})
    now = bonds.get(pair, "")
    wrong = ""
    if len(pair) == 1:
        wrong = f"{bond.one} cannot be {bond.kind} with themself."
    elif bond.kind == "broken" and now != "allied":
        wrong = f"{bond.one} and {bond.other} break an alliance that they do not have."
    elif bond.kind == now:
        wrong = f"{bond.one} and {bond.other} are {bond.kind} already."
    elif bond.kind == "opposed" and now == "allied":
        wrong = f"{bond.one} and {bond.other} are allied; say where that breaks before they are opposed."
    bonds[pair] = "" if bond.kind == "broken" else bond.kind
    return wrong
