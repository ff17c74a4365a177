"""What is being bettered: where a text is kept, what a revision of it must keep, and how one is taken over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, JsonValue

from studio.craft import rubrics
from studio.domain import materials
from studio.domain.episode import Episode
from studio.domain.errors import Conflict, Invalid
from studio.domain.paper import NO_SCRIPT
from studio.domain.plain_critique import Fault, faults, mended, mended_lines
from studio.domain.reflection import (
    Criticism,
    Critique,
    RevisedDialogue,
    RevisedText,
    Standard,
    Target,
    critique_problems,
    dialogue_problems,
    text_of,
    text_problems,
    with_lines,
)
from studio.domain.script import Scene, Script, problems
from studio.editing import ClipEdit, EpisodeEdit, edit
from studio.entry import Studio


@dataclass(frozen=True)
class Subject:
    """A version of a text, with all that a critic and an editor must know of it.

    episode, script: whose it is; None for the owner's own words. cast: names of the project's characters. context: what
    a writer is told beside the text.
    """

    target: Target
    text: str
    context: Mapping[str, JsonValue]
    number: int | None = None
    episode: Episode | None = None
    script: Script | None = None
    cast: tuple[str, ...] = ()

    @property
    def rubric(self) -> tuple[Standard, ...]:
        """What it is criticised by."""
        return rubrics()[self.target]

    @property
    def told(self) -> dict[str, JsonValue]:
        """What everybody who works on it is shown: its context, and what it is held to."""
        rubric: list[JsonValue] = [standard.model_dump(mode="json") for standard in self.rubric]
        return {"what": self.target.value, **self.context, "rubric": rubric}

    @property
    def answer(self) -> type[RevisedText] | type[RevisedDialogue]:
        """What a revision is asked for as."""
        return RevisedDialogue if self.target is Target.DIALOGUE else RevisedText

    @property
    def found(self) -> list[Fault]:
        """What plain rules find in it."""
        return faults(self.target, self.text, self.script, self.number)

    def to_criticise(self) -> dict[str, JsonValue]:
        """Return what a critic is shown: the text, with the criticisms that plain rules have."""
        plain: list[JsonValue] = [fault.criticism().model_dump(mode="json") for fault in self.found]
        return self.told | {"draft": self.text, "criticisms": plain}

    def to_revise(self, criticisms: Sequence[Criticism]) -> dict[str, JsonValue]:
        """Return what an editor is shown: the text, what was said of it, and a revision by plain rules to better."""
        said: list[JsonValue] = [one.model_dump(mode="json") for one in criticisms]
        return self.told | {"draft": self.text, "criticisms": said} | self._begun()

    def critique_problems(self, critique: Critique) -> list[str]:
        """Return what is wrong with a critique of it."""
        return critique_problems(critique, self.text, self.rubric)

    def problems(self, revision: BaseModel) -> list[str]:
        """Return what is wrong with a revision: its form, and each rule of a script that was kept before."""
        if isinstance(revision, RevisedDialogue):
            found = dialogue_problems(revision, self._scene)
        else:
            clip = self.script.clip(self.number) if self.script and self.number and self._is_clip else None
            found = text_problems(self.target, _text(revision), clip)
        if found or self.script is None:
            return found
        before = self._broken(self.script)
        after = self.with_revision(revision).script
        return [sentence for sentence in self._broken(after) if sentence not in before] if after else []

    def with_revision(self, revision: BaseModel) -> "Subject":
        """Return the subject as the revision has it."""
        if self.script is None or self.number is None:
            text = _text(revision)
            script = self.script and self.script.model_copy(update={self.target.value: text})
            return replace(self, text=text, script=script)
        if isinstance(revision, RevisedDialogue):
            script = with_lines(self.script, self.number, revision)
        else:
            script = self.script.with_clip(self.number, _text(revision))
        return replace(self, text=text_of(self.target, script, self.number), script=script)

    def as_edit(self) -> EpisodeEdit | None:
        """Return the edit that puts this version into its episode, as it was read; None for the owner's own words."""
        if self.episode is None or self.script is None:
            return None
        changes: dict[Target, dict[str, object]] = {
            Target.TITLE: {"title": self.text},
            Target.SYNOPSIS: {"synopsis": self.text},
            Target.DIALOGUE: {"script": self.script},
            Target.CLIP: {"clips": (ClipEdit(number=self.number or 1, description=self.text),)},
        }
        return EpisodeEdit.model_validate({"version": self.episode.version, **changes[self.target]})

    def put_in(self, studio: Studio) -> str:
        """Put this version into its episode, under the rules of any edit; return why not, where it could not be."""
        change = self.as_edit()
        if self.episode is None or change is None:
            return ""
        try:
            edit(studio, self.episode, change)
        except (Conflict, Invalid) as error:
            # What was paid for is not lost over an edit that came too late.
            return f"It was not applied: {error}"
        return ""

    def _begun(self) -> dict[str, JsonValue]:
        if self.target is not Target.DIALOGUE:
            return {"choices": {"text": [mended(self.text, self.found)]}}
        said = [(line.speaker, line.text) for line in self._scene.lines]
        return {"lines": [line.model_dump(mode="json") for line in mended_lines(said, self.found)]}

    @property
    def _is_clip(self) -> bool:
        return self.target is Target.CLIP

    @property
    def _scene(self) -> Scene:
        if self.script is None or self.number is None:
            raise ValueError("Only a script has scenes.")
        return self.script.scene(self.number)

    def _broken(self, script: Script) -> list[str]:
        if self.episode is None:
            return []
        return problems(script, cast=self.cast, prompt=self.episode.prompt, clips=self.episode.clips_wanted)


def own_words(text: str, brief: str) -> Subject:
    """Return a subject of the owner's own words; `brief` says what they are for."""
    return Subject(Target.TEXT, text, {"brief": brief})


def part_of(studio: Studio, episode_id: str, target: Target, number: int | None) -> Subject:
    """Return a part of an episode's script, as it will be shot.

    Raises NotFound, Conflict without a script, and Invalid for a scene or clip that it has not.
    """
    episode = studio.episodes.get(episode_id)
    script = studio.episodes.paper(episode_id).script
    if script is None:
        raise Conflict(NO_SCRIPT)
    try:
        text = text_of(target, script, number)
    except KeyError as error:
        there = (
            [scene.number for scene in script.scenes] if target is Target.DIALOGUE else [c.number for c in script.clips]
        )
        kind = "scene" if target is Target.DIALOGUE else "clip"
        raise Invalid(f"The script has no {kind} {number}.", {"number": f"must be among {there}"}) from error
    sheets = [character.sheet for character in studio.cast_of(episode)]
    context = materials.revising(target, number, episode, script, sheets)
    return Subject(target, text, context, number, episode, script, tuple(sheet.name for sheet in sheets))


def _text(revision: BaseModel) -> str:
    if not isinstance(revision, RevisedText):
        raise TypeError(f"A {type(revision).__name__} has no text.")
    return revision.text
