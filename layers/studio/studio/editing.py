"""What people change on paper, and what that makes stale."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, Field

from studio.craft import formats
from studio.domain import direction, materials
from studio.domain.base import Instant, Text, Title, Value, Version
from studio.domain.culture import CulturePlan, SceneCulture
from studio.domain.direction import Look, SceneDirection
from studio.domain.episode import TERMINAL, Episode, Gate, Part, StageRecord, scene_key
from studio.domain.errors import Conflict, Invalid, NotFound
from studio.domain.hooks import HookChoice
from studio.domain.paper import Paper
from studio.domain.pipeline import Step, stages_of
from studio.domain.revision import by_hand, merged
from studio.domain.script import Script, problems
from studio.domain.storyboard import Outline, SceneBoard, coverage_problems, outline_problems
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
    record, _ = _part(paper, step, key)
    made = _SCHEMAS[step](key).model_validate(document)
    held = {}
    if isinstance(made, Script) and paper.written is not None:
        held = {"held": tuple(sorted(paper.held | by_hand(paper.written, made)))}
    changed = _edited(record, key, made, **held)
    wrong = _broken(studio, now, paper, paper.with_record(changed))
    if wrong:
        raise Invalid(" ".join(wrong), {"document": " ".join(wrong)})
    return _stored(studio, now, paper, changed)


def reset_part(studio: Studio, now: Episode, step: Step, key: str, version: int) -> Episode:
    """Give a part up, so that the next run makes it anew. Raises NotFound, Conflict; a script cannot be given up."""
    _check(now, version)
    if step is Step.SCRIPT:
        raise Conflict("A script is not given up without another; call script-generator-bot, or edit it.")
    paper = studio.episodes.paper(now.episode_id)
    record, part = _part(paper, step, key)
    # Its words stay until there are others; only what it was made from is forgotten.
    changed = record.with_part(part.model_copy(update={"edited": False, "input_hash": ""}))
    return _stored(studio, now, paper, changed)


def stale_parts(studio: Studio, episode: Episode, paper: Paper) -> Mapping[Step, tuple[str, ...]]:
    """Return, by stage, the parts that were made from something else than what is there now."""
    sheets = [character.sheet for character in studio.cast_of(episode)]
    return materials.stale_parts(episode, paper, sheets)


def behind(studio: Studio, episode: Episode, gate: Gate) -> tuple[str, ...]:
    """Return the parts before a gate, as `stage/part`, that another run would make anew; what a person edited stays."""
    paper = studio.episodes.paper(episode.episode_id)
    order = list(Step)
    before = [step for step in stages_of(episode.pipeline) if order.index(step) < order.index(Step(f"review_{gate}"))]
    stale = stale_parts(studio, episode, paper)
    edited = {
        (step, part.key)
        for step in before
        if step in paper.records
        for part in paper.records[step].parts
        if part.edited
    }
    return tuple(f"{step}/{key}" for step in before for key in stale.get(step, ()) if (step, key) not in edited)


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
        wrong = _script_problems(studio, episode, script)
        if wrong:
            raise Invalid("This script cannot be shot: " + " ".join(wrong), {"script": " ".join(wrong)})
    return script


def _changed(paper: Paper, then: Script, episode: Episode, at: Instant) -> list[StageRecord]:
    """Return the records that a person's script changes."""
    written, shown = paper.written, paper.script
    base = then if written is None or shown is None else merged(written, shown, then)
    records = []
    board = paper.records.get(Step.STORYBOARD)
    if written is not None and board is not None:
        # What the clips show comes from the storyboard where it has drawn them, so that is what was edited.
        boards = dict(paper.boards)
        clips = []
        for clip in then.clips:
            drawn = paper.drawn.get(clip.number)
            if drawn is None or drawn.scene != clip.scene:
                clips.append(clip)
                continue
            clips.append(written.clip(clip.number))
            if clip != drawn:
                boards[clip.scene] = boards[clip.scene].with_clip(clip.number, clip)
        base = base.model_copy(update={"clips": clips})
        for number, drawn_scene in boards.items():
            if drawn_scene != paper.boards[number]:
                board = _edited(board, scene_key(number), drawn_scene)
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


def _edited(record: StageRecord, key: str, document: BaseModel, **more: object) -> StageRecord:
    """Return a stage's record in which a part is as a person wants it. Raises KeyError for a part that is not there."""
    part = record.part(key)
    if part is None:
        raise KeyError(key)
    return record.with_part(part.model_copy(update={"document": document.model_dump_json(), "edited": True, **more}))


def _part(paper: Paper, step: Step, key: str) -> tuple[StageRecord, Part]:
    record = paper.records.get(step)
    part = record.part(key) if record else None
    if record is None or part is None:
        raise NotFound(f"{step} has made no “{key}” for this episode.")
    return record, part


def _stored(studio: Studio, now: Episode, paper: Paper, record: StageRecord) -> Episode:
    script = paper.with_record(record).script
    told = {"title": script.title, "synopsis": script.synopsis} if script else {}
    edited = now.model_copy(update={**told, "updated_at": studio.clock()})
    studio.episodes.edit(now, edited, [record], script)
    return _after(studio, edited)


def _after(studio: Studio, edited: Episode) -> Episode:
    if edited.status in TERMINAL:
        write_metadata(studio, edited.episode_id)
    return studio.episodes.get(edited.episode_id)


def _broken(studio: Studio, episode: Episode, before: Paper, then: Paper) -> list[str]:
    """Return which rules what a person changed on paper breaks, that were kept before."""
    told = then.told
    if told is None:
        return []
    found: list[str] = []
    if then.written != before.written:
        found += _script_problems(studio, episode, told)
    if then.outline is not None and then.outline != before.outline:
        people = [*_cast(studio, episode), *(guest.name for guest in told.guests)]
        found += outline_problems(then.outline, told, formats(), people)
    for scene in told.scenes:
        directed = then.directions.get(scene.number)
        if directed is not None and directed != before.directions.get(scene.number):
            found += direction.problems(directed, scene)
    if then.boards != before.boards:
        known = {sentence for sentences in coverage_problems(told, before.boards).values() for sentence in sentences}
        now = [sentence for sentences in coverage_problems(told, then.boards).values() for sentence in sentences]
        found += [sentence for sentence in now if sentence not in known]
    return found


def _script_problems(studio: Studio, episode: Episode, script: Script) -> list[str]:
    return problems(script, cast=_cast(studio, episode), prompt=episode.prompt, clips=episode.clips_wanted)


def _cast(studio: Studio, episode: Episode) -> list[str]:
    return [character.sheet.name for character in studio.cast_of(episode)]


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
