"""The script: what is asked of a writer, and the rules that a good one keeps."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from pydantic import Field

from studio.domain.base import Heading, Name, Phrase, Text, Title, Written
from studio.domain.shot import Angle, Appearance, Figure, Move, ShotSize

WORDS_PER_SECOND = 2.5
"""150 words a minute, the usual rate of conversational English."""

MAX_SPOKEN_SECONDS_PER_CLIP = 40


class Beat(StrEnum):
    """What a scene does for the episode."""

    COLD_OPEN = "cold_open"
    CONFESSIONAL = "confessional"
    ALLIANCE = "alliance"
    BETRAYAL = "betrayal"
    ESCALATION = "escalation"
    TWIST = "twist"
    CLIFFHANGER = "cliffhanger"
    RESOLUTION = "resolution"


class Delivery(StrEnum):
    """How a line reaches the audience."""

    DIALOGUE = "dialogue"
    CONFESSIONAL = "confessional"
    VOICE_OVER = "voice_over"


class Line(Written):
    """One thing said. `direction` is the parenthetical: how it is said."""

    speaker: Name
    text: Text
    delivery: Delivery = Delivery.DIALOGUE
    direction: Phrase = ""


class Scene(Written):
    """One place, one stretch of time. `heading` reads like "INT. KITCHEN - NIGHT"."""

    number: int = Field(ge=1)
    heading: Heading
    beat: Beat
    action: Text
    lines: list[Line] = Field(min_length=1)


class ClipDescription(Written):
    """What the camera sees in one clip, and which scene it comes from.

    `lines` numbers the scene's lines that are said while it runs, from 1; empty where nobody has said which.
    """

    number: int = Field(ge=1)
    scene: int = Field(ge=1)
    lines: list[int] = Field(default_factory=list)
    description: Text
    people: list[Name] = Field(default_factory=list)
    size: ShotSize = ShotSize.MEDIUM
    angle: Angle = Angle.EYE_LEVEL
    lens_mm: int = Field(default=35, ge=8, le=300)
    move: Move = Move.PUSH_IN


class Guest(Written):
    """Somebody the cast does not know: named by the prompt, or, where there is no cast, made up by the writer."""

    name: Name
    description: Phrase = ""
    age: int | None = Field(default=None, ge=1, le=120)
    appearance: Appearance = Appearance()

    def figure(self) -> Figure:
        """Return what a painter needs to know of this person."""
        return Figure(name=self.name, age=self.age, **self.appearance.model_dump())


class Script(Written):
    """An episode on paper.

    `open_question` is what the audience is left asking; empty when everything set up was answered.
    """

    title: Title
    synopsis: Text
    guests: list[Guest] = Field(default_factory=list)
    scenes: list[Scene] = Field(min_length=1)
    clips: list[ClipDescription] = Field(min_length=1)
    open_question: Phrase = ""

    def scene(self, number: int) -> Scene:
        """Return the scene with this number. Raises KeyError."""
        for scene in self.scenes:
            if scene.number == number:
                return scene
        raise KeyError(number)

    def clip(self, number: int) -> ClipDescription:
        """Return the clip with this number. Raises KeyError."""
        for clip in self.clips:
            if clip.number == number:
                return clip
        raise KeyError(number)

    def with_clip(self, number: int, description: str) -> Self:
        """Return a copy in which one clip's description is another. Raises KeyError."""
        self.clip(number)
        clips = [c.model_copy(update={"description": description}) if c.number == number else c for c in self.clips]
        return self.model_copy(update={"clips": clips})


def spoken_seconds(script: Script) -> float:
    """Return how long the lines take to say, in seconds."""
    return sum(len(line.text.split()) for scene in script.scenes for line in scene.lines) / WORDS_PER_SECOND


def named_in(name: str, text: str) -> bool:
    """Tell whether `text` names this person by first or full name, as a whole word."""
    return any(
        re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.IGNORECASE) for part in {name, name.split()[0]} if part
    )


def problems(script: Script, *, cast: Iterable[str], prompt: str, clips: int) -> list[str]:
    """Return what is wrong with `script`, each as a sentence a writer can act on; empty when nothing is.

    cast: names of the project's characters; with none, the writer may make people up. prompt: what the creator asked
    for. clips: how many were asked for.
    """
    found: list[str] = []
    known = {name.casefold() for name in cast}
    guests = {guest.name.casefold() for guest in script.guests}
    found += [
        f"The guest “{guest.name}” is neither in the cast nor named in the prompt; use the cast's people."
        for guest in script.guests
        if known and guest.name.casefold() not in known and not named_in(guest.name, prompt)
    ]
    allowed = known | guests
    strangers = sorted(
        {line.speaker for scene in script.scenes for line in scene.lines if line.speaker.casefold() not in allowed}
        | {name for clip in script.clips for name in clip.people if name.casefold() not in allowed}
    )
    found += [f"“{name}” is not in the cast; only the cast and the guests may appear." for name in strangers]
    numbers = [scene.number for scene in script.scenes]
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"Scenes must be numbered 1, 2, 3 … in order; these are {numbers}.")
    if [clip.number for clip in script.clips] != list(range(1, clips + 1)):
        found.append(f"There must be exactly {clips} clips, numbered from 1; there are {len(script.clips)}.")
    found += [
        f"Clip {clip.number} comes from scene {clip.scene}, which does not exist."
        for clip in script.clips
        if clip.scene not in numbers
    ]
    seen: dict[str, int] = {}
    for clip in script.clips:
        words = " ".join(clip.description.casefold().split())
        if words in seen:
            found.append(f"Clip {clip.number} repeats clip {seen[words]}; each clip shows something of its own.")
        seen.setdefault(words, clip.number)
    limit = MAX_SPOKEN_SECONDS_PER_CLIP * clips
    if spoken_seconds(script) > limit:
        found.append(f"The lines take {spoken_seconds(script):.0f} s to say; they must fit in {limit} s.")
    cliffhanger = script.scenes[-1].beat is Beat.CLIFFHANGER
    if script.open_question and not cliffhanger:
        found.append("A question stays open, so the last scene must be a cliffhanger.")
    if cliffhanger and not script.open_question:
        found.append("The last scene is a cliffhanger, so say in open_question what stays open.")
    return found
