"""Bettering a text: what is criticised and by what standard, the revision, and whether a blind judge prefers it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from studio.domain.base import Id, Name, Paragraph, Phrase, Prompt, Text, Value, Written
from studio.domain.episode import ProviderName
from studio.domain.hooks import Winner
from studio.domain.quoting import quoted_in
from studio.domain.script import ClipDescription, Line, Scene, Script, named_in

MAX_ROUNDS = 3
MAX_CRITICISMS = 6
MAX_TITLE = 160
MAX_PARAGRAPH = 4_000

_LONGER = 1.2
_SPARE_WORDS = 8
"""How much longer than it was a scene may get, as a share and in words: the shots were laid out for its length."""


class Target(StrEnum):
    """What can be revised. `text` is the owner's own words, from wherever."""

    TITLE = "title"
    SYNOPSIS = "synopsis"
    DIALOGUE = "dialogue"
    CLIP = "clip"
    TEXT = "text"


NUMBERED = frozenset({Target.DIALOGUE, Target.CLIP})
"""Targets there are several of: the dialogue of a scene, the description of a clip."""


class Standard(Value):
    """One thing a text is criticised by, with what it looks like when it is weak and when it is strong."""

    key: str
    title: str
    weak: Phrase
    strong: Phrase


# What is asked of a writer


class Criticism(Written):
    """What is wrong with some words of a text: by which standard, the words as they stand, why, and what to do."""

    criterion: Phrase = Field(min_length=1)
    quote: Phrase = Field(min_length=1)
    fault: Phrase = Field(min_length=1)
    remedy: Phrase = Field(min_length=1)


class Critique(Written):
    """A text's criticisms, the gravest first; none where nothing is worth a change."""

    criticisms: list[Criticism] = Field(max_length=MAX_CRITICISMS)


class RevisedText(Written):
    """The whole text anew."""

    text: Prompt


class RevisedLine(Written):
    """What is said in a scene's line anew. Who says it stays."""

    line: int = Field(ge=1)
    speaker: Name
    text: Text


class RevisedDialogue(Written):
    """All lines of a scene anew, also those that stay as they are."""

    lines: list[RevisedLine] = Field(min_length=1)


class Preference(Written):
    """Which of two texts is the better one. The reason comes first, so that the winner follows from it."""

    reason: Phrase = Field(min_length=1)
    winner: Winner


# What is asked


class ReflectionRequest(Value):
    """What to better: a part of an episode's script, or `text` of the owner's with a `brief` that says what it is for.

    number: which scene for `dialogue`, which clip for `clip`. apply: put the winner into the episode, where it may be
    edited and is still the version that was read. provider: the episode's, or the studio's, where left out.
    """

    episode_id: Id | None = None
    what: Target | None = None
    number: int | None = Field(default=None, ge=1, le=100)
    text: Prompt | None = None
    brief: Paragraph = ""
    rounds: int = Field(default=2, ge=1, le=MAX_ROUNDS)
    apply: bool = False
    provider: ProviderName | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if self.episode_id is None:
            if self.text is None or not self.brief or self.what not in (None, Target.TEXT) or self.number is not None:
                raise ValueError("give an episode_id and what to revise of it, or a text and a brief that says its use")
            if self.apply:
                raise ValueError("only what is of an episode can be applied; a text of your own comes back as text")
        elif self.text is not None or self.brief or self.what in (None, Target.TEXT):
            raise ValueError("of an episode, say in `what` whether title, synopsis, dialogue or clip; give no text")
        elif (self.number is not None) is not (self.what in NUMBERED):
            raise ValueError("a dialogue has its scene's number, a clip its own; a title and a synopsis have none")
        return self


# A text, whatever it is of


def rendered(lines: Sequence[Line | RevisedLine]) -> str:
    """Return dialogue as it is read: a line for each, with who says it."""
    return "\n".join(f"{line.speaker}: {line.text}" for line in lines)


def text_of(target: Target, script: Script, number: int | None) -> str:
    """Return a script's title or synopsis, or what is said in a scene or seen in a clip. Raises KeyError."""
    if target is Target.DIALOGUE and number is not None:
        return rendered(script.scene(number).lines)
    if target is Target.CLIP and number is not None:
        return script.clip(number).description
    return {Target.TITLE: script.title, Target.SYNOPSIS: script.synopsis}[target]


def with_lines(script: Script, number: int, revised: RevisedDialogue) -> Script:
    """Return the script with a scene's lines saying something else. Raises KeyError for a scene it has not."""
    script.scene(number)
    said = {line.line: line.text for line in revised.lines}
    scenes = [
        scene.model_copy(
            update={
                "lines": [
                    line.model_copy(update={"text": said.get(place, line.text)})
                    for place, line in enumerate(scene.lines, 1)
                ]
            }
        )
        if scene.number == number
        else scene
        for scene in script.scenes
    ]
    return script.model_copy(update={"scenes": scenes})


# What an answer must keep


def critique_problems(critique: Critique, text: str, rubric: Sequence[Standard]) -> list[str]:
    """Return what is wrong with a critique, each as a sentence a critic can act on; empty when nothing is."""
    keys = [standard.key for standard in rubric]
    found = []
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(critique.criticisms, 1):
        if one.criterion not in keys:
            found.append(f"Criticism {number}: “{one.criterion}” is no criterion; they are {', '.join(keys)}.")
        if not quoted_in(one.quote, text):
            found.append(
                f"Criticism {number} quotes “{one.quote}”, which is not in the text; copy the words as they stand."
            )
        if (one.criterion, one.quote) in seen:
            found.append(f"Criticism {number} says of the same words what another one says.")
        seen.add((one.criterion, one.quote))
    return found


def text_problems(target: Target, text: str, clip: ClipDescription | None = None) -> list[str]:
    """Return what is wrong with a revised text; empty when nothing is. clip: the one that is described."""
    found = []
    most = {Target.TITLE: MAX_TITLE, Target.SYNOPSIS: MAX_PARAGRAPH, Target.CLIP: MAX_PARAGRAPH}.get(target)
    if most is not None and len(text) > most:
        found.append(f"It has {len(text):,} characters; {most:,} are the most.")
    if target is Target.TITLE and "\n" in text:
        found.append("A title is one line.")
    people = clip.people if clip else []
    found += [
        f"The clip shows {name}, so the description must name them."
        for name in people
        if clip is not None and named_in(name, clip.description) and not named_in(name, text)
    ]
    return found


def dialogue_problems(revised: RevisedDialogue, scene: Scene) -> list[str]:
    """Return what is wrong with revised lines; empty when nothing is.

    No line is added and none changes hands, because the storyboard covers the lines as they are numbered.
    """
    if [line.line for line in revised.lines] != list(range(1, len(scene.lines) + 1)):
        return [f"Scene {scene.number} has {len(scene.lines)} lines; give each of them once, numbered from 1."]
    found = [
        f"Line {now.line} is {was.speaker}'s and stays theirs; “{now.speaker}” cannot say it."
        for now, was in zip(revised.lines, scene.lines, strict=True)
        if now.speaker.casefold() != was.speaker.casefold()
    ]
    before = sum(len(line.text.split()) for line in scene.lines)
    after = sum(len(line.text.split()) for line in revised.lines)
    most = max(int(before * _LONGER), before + _SPARE_WORDS)
    if after > most:
        found.append(f"The lines have {after} words; they had {before}, and {most} are the most.")
    return found


# Deciding


class RoundOutcome(StrEnum):
    """What two judgements of the same two texts, one in each order, come to."""

    REVISION = "revision"
    DRAFT = "draft"
    TIE = "tie"
    ORDER = "order"


DECIDED = {
    RoundOutcome.REVISION: "The revision was preferred in both orders, so it is kept.",
    RoundOutcome.DRAFT: "The earlier version was preferred in both orders, so it stays.",
    RoundOutcome.TIE: "Neither was preferred in both orders, so the earlier version stays.",
    RoundOutcome.ORDER: "The judge only followed the order, so it told nothing; the earlier version stays.",
}


def decision(draft_first: Winner, revision_first: Winner) -> RoundOutcome:
    """Return what a judge's two answers come to: when the draft was shown first, and when the revision was.

    Only a revision that is preferred in both orders is better: with one answer for it and a tie, the judge has shown
    that the place mattered, and what stands there already needs no reason to stay.
    """
    if Winner.TIE in (draft_first, revision_first):
        return RoundOutcome.TIE
    if draft_first is revision_first:
        return RoundOutcome.ORDER
    return RoundOutcome.REVISION if revision_first is Winner.FIRST else RoundOutcome.DRAFT


# What is told of it


class TextVersion(Value):
    """A text at one time. TextVersion 1 is what was there; `critique` is null where nobody criticised it any more."""

    number: int
    text: str
    critique: tuple[Criticism, ...] | None = None


class ShownPair(Value):
    """One blind judgement: which version was shown first, which second, and what the judge said."""

    first: int
    second: int
    winner: Winner
    reason: str


class RevisionRound(Value):
    """A revision, and what came of it. `kept` is the version that goes on."""

    draft: int
    revision: int
    verdicts: tuple[ShownPair, ShownPair]
    decision: RoundOutcome
    kept: int
    why: str


def decided(draft: int, revision: int, draft_first: ShownPair, revision_first: ShownPair) -> RevisionRound:
    """Return what came of a revision of a version, by their numbers."""
    made = decision(draft_first.winner, revision_first.winner)
    return RevisionRound(
        draft=draft,
        revision=revision,
        verdicts=(draft_first, revision_first),
        decision=made,
        kept=revision if made is RoundOutcome.REVISION else draft,
        why=DECIDED[made],
    )
