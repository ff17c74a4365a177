"""What people change on paper, and what that makes stale."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, Field

from studio.domain import direction, materials
from studio.domain.base import Instant, Text, Title, Value, Version
from studio.domain.culture import CulturePlan, SceneCulture
from studio.domain.direction import Look, SceneDirection
from studio.domain.episode import TERMINAL, Episode, Part, StageRecord, scene_key
from studio.domain.errors import Conflict, Invalid, NotFound
from studio.domain.hooks import HookChoice
from studio.domain.paper import Paper
from studio.domain.pipeline import Step
from studio.domain.revision import by_hand, merged
from studio.domain.script import Script, problems
from studio.domain.storyboard import Outline, SceneBoard, coverage_problems
from studio.entry import Studio
from studio.rollup import write_metadata


class ClipEdit(Value):
    """Another description for one clip."""

    number: int
    description: Text


class EpisodeEdit(Value):
    """What to change; what is left out stays. `version` is the one you read."""

    version: Version
    title: Title | None = None
    synopsis: Text | None = None
    script: Script | None = None
    clips: tuple[ClipEdit, ...] = Field(default=(), max_length=6)


def edit(studio: Studio, now: Episode, wanted: EpisodeEdit) -> Episode:
    """Store what a person changed of title, synopsis, script and clip descriptions, and return the episode.

    Each change goes where it came from: words to the script, a clip's picture to the storyboard where there is one. So
    nothing becomes stale but what was made from it. Raises Conflict while others work on it, for another version than
    the stored one, and for clips without a script; Invalid for a script that breaks a rule.
    """
    _check(now, wanted.version)
    paper = studio.episodes.paper(now.episode_id)
    then = _edited_script(wanted, paper.script, now, studio)
    at = studio.clock()
    records = [] if then is None else _changed(paper, then, now, at)
    title, synopsis = wanted.title or now.title, wanted.synopsis or now.synopsis
    if then is not None:
        title, synopsis = then.title, then.synopsis
    edited = now.model_copy(update={"title": title, "synopsis": synopsis, "updated_at": at})
    studio.episodes.edit(now, edited, records, then)
    return _after(studio, edited)


def edit_part(studio: Studio, now: Episode, step: Step, key: str, document: object, version: int) -> Episode:
    """Store a part of a stage's artifact as a person wants it. Raises NotFound, Conflict, Invalid."""
    _check(now, version)
    paper = studio.episodes.paper(now.episode_id)
    record, part = _part(paper, step, key)
    made = _SCHEMAS[step](key).model_validate(document)
    at = studio.clock()
    held = paper.held
    if isinstance(made, Script) and paper.written is not None:
        held = paper.held | by_hand(paper.written, made)
    kept = {"held": tuple(sorted(held))} if step is Step.SCRIPT else {}
    changed = part.model_copy(update={"document": made.model_dump_json(), "edited": True, **kept})
    then = Paper([*(r for n, r in paper.records.items() if n != step), record.with_part(changed)])
    wrong = _broken(then, step, key, now)
    if wrong:
        raise Invalid(" ".join(wrong), {"document": " ".join(wrong)})
    return _stored(studio, now, then, record.with_part(changed), at)


def reset_part(studio: Studio, now: Episode, step: Step, key: str, version: int) -> Episode:
    """Give a part up, so that the next run makes it anew. Raises NotFound, Conflict; a script cannot be given up."""
    _check(now, version)
    if step is Step.SCRIPT:
        raise Conflict("A script is not given up without another; call script-generator-bot, or edit it.")
    paper = studio.episodes.paper(now.episode_id)
    record, part = _part(paper, step, key)
    # Its words stay until there are others; only what it was made from is forgotten.
    changed = record.with_part(part.model_copy(update={"edited": False, "input_hash": ""}))
    then = Paper([*(r for n, r in paper.records.items() if n != step), changed])
    return _stored(studio, now, then, changed, studio.clock())


def stale_parts(studio: Studio, episode: Episode, paper: Paper) -> Mapping[Step, tuple[str, ...]]:
    """Return, by stage, the parts that were made from something else than what is there now."""
    sheets = [character.sheet for character in studio.cast_of(episode)]
    return materials.stale_parts(episode, paper, sheets)


def _check(now: Episode, version: int) -> None:
    if not now.editable:
        raise Conflict(f"The episode is {now.status}. Edit it when it is done, or cancel it first.")
    if now.version != version:
        raise Conflict(f"You edited version {version}; the stored one is {now.version}. Read the episode again.")


def _edited_script(wanted: EpisodeEdit, shown: Script | None, episode: Episode, studio: Studio) -> Script | None:
    """Return the script with every edit in it, None while there is none."""
    script = wanted.script or shown
    if script is None:
        if wanted.clips:
            raise Conflict("The script is not written yet, so there are no clips to describe.")
        return None
    numbers = {clip.number for clip in script.clips}
    for clip in wanted.clips:
        if clip.number not in numbers:
            raise Invalid(f"The episode has no clip {clip.number}.", {"clips": f"must be among {sorted(numbers)}"})
        script = script.with_clip(clip.number, clip.description)
    given = {"title": wanted.title, "synopsis": wanted.synopsis}
    script = script.model_copy(update={name: text for name, text in given.items() if text is not None})
    if wanted.script is not None:
        cast = [character.sheet.name for character in studio.cast_of(episode)]
        wrong = problems(script, cast=cast, prompt=episode.prompt, clips=episode.clips_wanted)
        if wrong:
            raise Invalid("This script cannot be shot: " + " ".join(wrong), {"script": " ".join(wrong)})
    return script


def _changed(paper: Paper, then: Script, episode: Episode, at: Instant) -> list[StageRecord]:
    """Return the records that a person's script changes."""
    written, shown = paper.written, paper.script
    base = then if written is None or shown is None else merged(written, shown, then)
    records = []
    board = paper.records.get(Step.STORYBOARD)
    if written is not None and shown is not None and board is not None and shown.clips != written.clips:
        # What the clips show comes from the storyboard, so that is what was edited.
        base = base.model_copy(update={"clips": written.clips})
        for before, after in zip(shown.clips, then.clips, strict=False):
            if before != after and before.scene in paper.boards:
                drawn = paper.boards[before.scene].with_clip(before.number, after)
                key = scene_key(before.scene)
                part = board.part(key)
                if part is not None:
                    board = board.with_part(
                        part.model_copy(update={"document": drawn.model_dump_json(), "edited": True})
                    )
        records = [board]
    record = paper.records.get(Step.SCRIPT) or StageRecord(
        episode_id=episode.episode_id, name=Step.SCRIPT, status="done", started_at=at
    )
    # What was put back to what the writer wrote is a person's as well: the rewording that it undid must not come back.
    held = paper.held | (by_hand(shown, then) if shown else set())
    if base != written or held != paper.held:
        made_from = record.part("script")
        part = Part(
            key="script",
            input_hash=made_from.input_hash if made_from else "",
            document=base.model_dump_json(),
            edited=True,
            held=tuple(sorted(held)),
        )
        done = {"status": "done", "reason": "", "finished_at": at}
        records.append(record.with_part(part).model_copy(update=done))
    return records


def _part(paper: Paper, step: Step, key: str) -> tuple[StageRecord, Part]:
    record = paper.records.get(step)
    part = record.part(key) if record else None
    if record is None or part is None:
        raise NotFound(f"{step} has made no “{key}” for this episode.")
    return record, part


def _stored(studio: Studio, now: Episode, then: Paper, record: StageRecord, at: Instant) -> Episode:
    script = then.script
    told = {"title": script.title, "synopsis": script.synopsis} if script else {}
    edited = now.model_copy(update={**told, "updated_at": at})
    studio.episodes.edit(now, edited, [record], script)
    return _after(studio, edited)


def _after(studio: Studio, edited: Episode) -> Episode:
    if edited.status in TERMINAL:
        write_metadata(studio, edited.episode_id)
    return studio.episodes.get(edited.episode_id)


def _broken(then: Paper, step: Step, key: str, episode: Episode) -> list[str]:
    """Return which rules of its stage a part breaks as a person wants it."""
    told = then.told
    if told is None:
        return []
    if step is Step.SCRIPT:
        return problems(told, cast=(), prompt=episode.prompt, clips=episode.clips_wanted)
    number = int(key.removeprefix("scene-")) if key.startswith("scene-") else 0
    if step is Step.DIRECTION and number in then.directions:
        scene = next((scene for scene in told.scenes if scene.number == number), None)
        return direction.problems(then.directions[number], scene) if scene else []
    if step is Step.STORYBOARD and number:
        return coverage_problems(told, then.boards, episode.clips_wanted).get(number, [])
    return []


def _schema_of(whole: Mapping[str, type[BaseModel]], scene: type[BaseModel]) -> Callable[[str], type[BaseModel]]:
    return lambda key: whole.get(key, scene)


_SCHEMAS: dict[Step, Callable[[str], type[BaseModel]]] = {
    Step.SCRIPT: _schema_of({}, Script),
    Step.CULTURE: _schema_of({"plan": CulturePlan}, SceneCulture),
    Step.DIRECTION: _schema_of({"look": Look}, SceneDirection),
    Step.STORYBOARD: _schema_of({"outline": Outline}, SceneBoard),
    Step.HOOKS: _schema_of({}, HookChoice),
}
"""What a part's document is, by its stage and key."""
