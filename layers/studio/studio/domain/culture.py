"""Rooting a script in a place and a community: what was put in, why it fits, and what was left out on purpose.

Nothing here has looked anything up. So a source is a hint for whoever does, and what nobody may say of people is
flagged where it stands and refused where it would be added.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from math import ceil

from pydantic import Field

from studio.domain.base import Phrase, Text, Value, Written
from studio.domain.revision import LineRewording, Rewording, SceneRevision
from studio.domain.script import Beat, Scene, Script, named_in

TO_BE_CHECKED = "to be checked"
THE_CALENDAR = "the calendar"
FEWEST, MOST = 3, 8

_GROWTH, _EXTRA_WORDS = 1.5, 4
_SHARE = 3
_LONGEST_CLICHE = 5

REDUCTIVE = {
    "exotic": "It makes people a sight for others.",
    "oriental": "It is a word for things, and outdated for people.",
    "primitive": "It ranks people by how far they are from the speaker.",
    "savage": "It denies people their manners and their mind.",
    "uncivilized": "It ranks people by how far they are from the speaker.",
    "tribal": "It makes a people with a name into a nameless one.",
    "third world": "It ranks countries, and says nothing of this one.",
    "illegal alien": "Nobody is illegal; say what papers somebody lacks, if it matters.",
    "spicy latina": "It reduces women to a temperament.",
    "dragon lady": "It reduces women to a menace.",
    "gypsy": "Many Roma hear it as a slur.",
    "eskimo": "Inuit and Yupik have names of their own.",
}
"""Words that reduce people whoever they are; what reduces a certain community is the plan's to say."""


class CulturalReference(Written):
    """Something of a place or a community. `source` says where it can be looked up, or "to be checked"."""

    what: Phrase = Field(min_length=1)
    why: Phrase = Field(min_length=1)
    source: Phrase = TO_BE_CHECKED


class Avoided(Written):
    """A cliché about these people, in the words in which it would stand in a line, and why it reduces them."""

    words: Phrase = Field(min_length=1)
    why: Phrase = Field(min_length=1)


class PlanAnswer(Written):
    """What a writer is asked for: what an episode may refer to, and what it must not say."""

    references: list[CulturalReference] = Field(min_length=FEWEST, max_length=MOST)
    avoid: list[Avoided] = Field(default_factory=list, max_length=12)


class Observance(Value):
    """A day that is kept in a land. `written` is the day as the locale writes it, `name_there` what the land calls it.

    `estimated`: the calendar cannot know the day for certain, as with those that wait for the moon to be seen.
    """

    day: date
    written: str
    name: str
    name_there: str = ""
    land: str
    estimated: bool = False


class Setting(Value):
    """What calendars and locale data say about when and where. `lands` are names, the locale's own region first.

    `lands` is empty where neither locale nor community names one that is known. `facts` are there for any locale.
    """

    locale: str
    lands: tuple[str, ...] = ()
    air_date: date
    observances: tuple[Observance, ...] = ()
    facts: tuple[CulturalReference, ...] = ()


class CulturePlan(Value):
    """What the scenes are rooted from, with the calendar that it was chosen by."""

    references: tuple[CulturalReference, ...]
    avoid: tuple[Avoided, ...] = ()
    setting: Setting


class Stereotype(Written):
    """Words that would reduce people to a cliché: flagged, never added."""

    words: Phrase = Field(min_length=1)
    why: Phrase = Field(min_length=1)
    line: int = Field(ge=0, description="The line they stand in, from 1; 0 for the scene's action.")


class LineRewrite(Written):
    """Another text for one line, and by number the reference that it carries, from 1."""

    line: int = Field(ge=0, description="The line, from 1; 0 for the scene's action.")
    text: Text
    reference: int = Field(ge=1)


class SceneAnswer(Written):
    """What a writer is asked for in one scene."""

    rewrites: list[LineRewrite] = Field(default_factory=list)
    stereotypes: list[Stereotype] = Field(default_factory=list)


class CitedReference(Value):
    """The reference that a line carries; line 0 is the scene's action."""

    line: int
    what: str
    why: str
    source: str


class SceneCulture(Value):
    """What the cultural pass made of one scene. `revision` is its diff, line by line."""

    revision: SceneRevision
    references: tuple[CitedReference, ...] = ()
    stereotypes: tuple[Stereotype, ...] = ()


class Change(Value):
    """One line of the diff, with what it carries; line 0 is the scene's action, which nobody speaks."""

    line: int
    speaker: str
    before: str
    after: str
    what: str
    why: str
    source: str


# The plan


def plan_problems(answer: PlanAnswer, setting: Setting, names: Iterable[str]) -> list[str]:
    """Return what is wrong with a plan, each as a sentence a writer can act on."""
    found: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for number, reference in enumerate(answer.references, 1):
        found += _source_problems(number, reference, setting)
        words = tuple(_words(reference.what))
        if not words or words in seen:
            found.append(f"Reference {number} says nothing that another one does not; name something else.")
        seen.add(words)
        found += [
            f"Reference {number} has “{cliche}” in it, which reduces people. Name something particular instead."
            for cliche in _held(REDUCTIVE, f"{reference.what} {reference.why}")
        ]
    named = list(names)
    for avoided in answer.avoid:
        words = tuple(_words(avoided.words))
        if not 1 <= len(words) <= _LONGEST_CLICHE:
            found.append(
                f"“{avoided.words}” cannot be looked for in a line; give it as at most {_LONGEST_CLICHE} words."
            )
        found += [
            f"“{avoided.words}” is to be avoided and stands in reference {number}; keep one of the two."
            for number, reference in enumerate(answer.references, 1)
            if _held([avoided.words], reference.what)
        ]
        found += [
            f"“{avoided.words}” is a name; nobody can avoid it." for name in named if _held([avoided.words], name)
        ]
    return found


_ADDRESS = re.compile(
    r"://|\bwww\.|\b[\w-]+\.(?:com|org|net|edu|gov|info|io|html?|[a-z]{2})\b(?!\.)|@\w", re.IGNORECASE
)
_PRINT = re.compile(
    r"\b(?:doi|isbn|issn)\b|\bet al\b|\b10\.\d{4,}/|\bpp?\.\s*\d|\bvol\.|\(\s*\d{4}\w?\s*\)", re.IGNORECASE
)


def _source_problems(number: int, reference: CulturalReference, setting: Setting) -> list[str]:
    if _ADDRESS.search(reference.source):
        return [f"Reference {number} gives an address, which nobody has looked up; say “{TO_BE_CHECKED}”."]
    if _PRINT.search(reference.source):
        return [f"Reference {number} cites a publication, which nobody has looked up; say “{TO_BE_CHECKED}”."]
    names = [name for day in setting.observances for name in (day.name, day.name_there) if name]
    if reference.source.casefold() == THE_CALENDAR and not any(_held([name], reference.what) for name in names):
        return [f"Reference {number} is not in the calendar that was given; say “{TO_BE_CHECKED}”."]
    return []


def plain_references(setting: Setting) -> list[CulturalReference]:
    """Return what can be referred to without knowing more than the libraries do: what is near, then the locale."""
    near = sorted(setting.observances, key=lambda day: (abs(day.day - setting.air_date), day.day, day.land))[:4]
    days = [CulturalReference(what=_said(day), why=_near(day, setting.air_date)) for day in near]
    return [*days, *setting.facts][: max(FEWEST, len(days) + 2)]


def _said(day: Observance) -> Phrase:
    other = f" ({day.name_there})" if day.name_there else ""
    about = "about " if day.estimated else ""
    return f"{day.name}{other}, {about}{day.written} ({day.land})"[:300]


def _near(day: Observance, air_date: date) -> Phrase:
    days = (day.day - air_date).days
    apart = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    when = "on the day it airs" if not days else f"{apart} {'after' if days > 0 else 'before'} it airs"
    return f"It falls {when}, so people may speak of it." + (" The date is estimated." if day.estimated else "")


# A scene


def scene_problems(
    answer: SceneAnswer, scene: Scene, plan: CulturePlan, names: Iterable[str], held: Collection[int] = ()
) -> list[str]:
    """Return what is wrong with a scene's answer, each as a sentence a writer can act on.

    names: the cast and the script's guests. held: the lines that a person wrote.
    """
    found: list[str] = []
    texts = _texts(scene)
    known = list(names)
    numbers = [rewrite.line for rewrite in answer.rewrites]
    found += [
        f"Scene {scene.number} has no line {line}; it has {len(scene.lines)}."
        for line in dict.fromkeys([*numbers, *(flag.line for flag in answer.stereotypes)])
        if line not in texts
    ]
    found += [
        f"{_place(line)} is rewritten more than once." for line in dict.fromkeys(numbers) if numbers.count(line) > 1
    ]
    found += [f"{_place(line)} was written by a person and stays." for line in dict.fromkeys(numbers) if line in held]
    spoken, most = len({line for line in numbers if line}), max(1, ceil(len(scene.lines) / _SHARE))
    if spoken > most:
        found.append(f"{spoken} lines are rewritten; at most {most} of scene {scene.number}'s may be. Keep the best.")
    found += [
        f"“{flag.words}” does not stand in {_place(flag.line, lower=True)}; flag words as they are said there."
        for flag in answer.stereotypes
        if flag.line in texts and not _held([flag.words], texts[flag.line])
    ]
    forbidden = [*REDUCTIVE, *(cliche.words for cliche in plan.avoid), *(flag.words for flag in answer.stereotypes)]
    for rewrite in answer.rewrites:
        if rewrite.line in texts:
            found += _rewrite_problems(rewrite, texts[rewrite.line], len(plan.references), forbidden, known)
    return found


def _rewrite_problems(
    rewrite: LineRewrite, before: str, references: int, forbidden: Sequence[str], names: Sequence[str]
) -> list[str]:
    where, after = _place(rewrite.line), rewrite.text
    found: list[str] = []
    if rewrite.reference > references:
        found.append(f"{where} carries reference {rewrite.reference}; there are {references}.")
    if not _words(after):
        found.append(f"{where} would have no words left; no line is dropped.")
    elif _words(after) == _words(before):
        found.append(f"{where} keeps its words; rewrite it with a reference, or leave it out.")
    limit = int(_GROWTH * _length(before)) + _EXTRA_WORDS
    if _length(after) > limit:
        found.append(f"{where} grows to {_length(after)} words; there is time for {limit}.")
    cue = after.partition(":")[0] if ":" in after else ""
    if rewrite.line and any(cue.strip(" *_()").casefold() in {name.casefold(), _first(name)} for name in names):
        found.append(f"{where} begins with a name and a colon; who speaks stays, so give only what is said.")
    found += [
        f"{where} names {name} and would not any more; names stay."
        for name in names
        if named_in(name, before) and not named_in(name, after)
    ]
    found += [
        f"{where} would say “{cliche}”, which reduces people; find other words, or leave the line out."
        for cliche in _held(dict.fromkeys(forbidden), after)
    ]
    return found


def rooted(answer: SceneAnswer, scene: Scene, plan: CulturePlan) -> SceneCulture:
    """Return an answer that keeps the rules as the scene's diff, with its citations and everything that is flagged."""
    texts = _texts(scene)
    rewrites = sorted(answer.rewrites, key=lambda rewrite: rewrite.line)
    wordings = {r.line: Rewording(before=texts[r.line], after=r.text) for r in rewrites}
    cited = {rewrite.line: plan.references[rewrite.reference - 1] for rewrite in rewrites}
    flags = {(flag.line, *_words(flag.words)): flag for flag in [*flagged(scene, plan), *answer.stereotypes]}
    return SceneCulture(
        revision=SceneRevision(
            scene=scene.number,
            action=wordings.get(0),
            lines=tuple(
                LineRewording(line=n, before=said.before, after=said.after) for n, said in wordings.items() if n
            ),
        ),
        references=tuple(
            CitedReference(line=line, what=it.what, why=it.why, source=it.source) for line, it in cited.items()
        ),
        stereotypes=tuple(sorted(flags.values(), key=lambda flag: flag.line)),
    )


def flagged(scene: Scene, plan: CulturePlan) -> list[Stereotype]:
    """Return the words in a scene that reduce people, as far as they are known without reading for meaning."""
    reasons = REDUCTIVE | {cliche.words: cliche.why for cliche in plan.avoid}
    return [
        Stereotype(words=words, why=reasons[words], line=line)
        for line, text in _texts(scene).items()
        for words in _held(reasons, text)
    ]


def held_lines(scene: Scene, held: Collection[str]) -> list[int]:
    """Return the lines of a scene that a person wrote, 0 for its action. held: the script's texts, by name."""
    here = f"scene-{scene.number}"
    names = {0: f"{here}/action"} | {line: f"{here}/line-{line}" for line in range(1, len(scene.lines) + 1)}
    return [line for line, name in names.items() if name in held]


def plain_rewrites(
    script: Script, plan: CulturePlan, names: Iterable[str], held: Collection[str] = ()
) -> dict[int, LineRewrite]:
    """Return the least that a reference can do, by scene: a coming day, circled on a calendar in one room.

    Only in English, and where it keeps the rules; empty elsewhere. An estimated day is nothing to circle.
    """
    setting, known = plan.setting, list(names)
    if setting.locale.partition("-")[0] != "en":
        return {}
    coming = [day for day in setting.observances if day.day >= setting.air_date and not day.estimated]
    # The opening belongs to the story, and nobody looks at a wall while somebody confesses.
    rooms = [
        scene
        for scene in script.scenes[1:]
        if scene.heading.upper().startswith("INT")
        and scene.beat is not Beat.CONFESSIONAL
        and not _held(["calendar"], scene.action)
    ]
    for day in sorted(coming, key=lambda day: day.day):
        carried = next((n for n, it in enumerate(plan.references, 1) if _held([day.name], it.what)), 0)
        circled = f"The wall calendar has {day.written} circled: {day.name_there or day.name}."
        for scene in rooms if carried else []:
            action = scene.action.rstrip()
            end = "" if action.endswith((".", "!", "?", "…")) else "."
            rewrite = LineRewrite(line=0, text=f"{action}{end} {circled}", reference=carried)
            if not scene_problems(SceneAnswer(rewrites=[rewrite]), scene, plan, known, held_lines(scene, held)):
                return {scene.number: rewrite}
    return {}


def changes(culture: SceneCulture, scene: Scene, held: Collection[int] = ()) -> tuple[Change, ...]:
    """Return the diff of a scene, line by line, with the reference that each line carries; none of what is held."""
    speakers = {0: ""} | {number: line.speaker for number, line in enumerate(scene.lines, 1)}
    carried = {reference.line: reference for reference in culture.references}
    action = culture.revision.action
    wordings: dict[int, Rewording] = {0: action} if action else {}
    wordings |= {wording.line: wording for wording in culture.revision.lines}
    return tuple(
        Change(
            line=line,
            speaker=speakers.get(line, ""),
            before=wording.before,
            after=wording.after,
            what=carried[line].what if line in carried else "",
            why=carried[line].why if line in carried else "",
            source=carried[line].source if line in carried else "",
        )
        for line, wording in wordings.items()
        if line not in held
    )


def _texts(scene: Scene) -> dict[int, str]:
    return {0: scene.action} | {number: line.text for number, line in enumerate(scene.lines, 1)}


def _place(line: int, *, lower: bool = False) -> str:
    place = f"Line {line}" if line else "The action"
    return place[0].lower() + place[1:] if lower else place


def _first(name: str) -> str:
    return name.split()[0].casefold()


# Words

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that put no spaces between words; two of them are counted as one word."""


def _length(text: str) -> int:
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2


def _words(text: str) -> list[str]:
    """Return a text's words, however they are capitalised and whatever stands between them."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    kept = "".join(c if c == "'" or unicodedata.category(c)[0] in "LMN" else " " for c in folded)
    return [word for word in (part.strip("'") for part in kept.split()) if word]


def _held(phrases: Iterable[str], text: str) -> list[str]:
    """Return those of `phrases` that stand in `text` as whole words, in the singular or the plural."""
    said = _words(text)
    held = []
    for phrase in phrases:
        wanted = _words(phrase)
        size = len(wanted)
        if size and any(
            said[at : at + size - 1] == wanted[:-1] and _same(said[at + size - 1], wanted[-1])
            for at in range(len(said) - size + 1)
        ):
            held.append(phrase)
    return held


def _same(said: str, wanted: str) -> bool:
    return said == wanted or said in {f"{wanted}s", f"{wanted}es"} or wanted in {f"{said}s", f"{said}es"}
