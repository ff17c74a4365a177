"""script-generator-bot, stage 1: prompt, show and cast become a script in scenes, and a description of each clip."""

from pathlib import Path

from pydantic import JsonValue

from studio.domain.base import Id, Value
from studio.domain.digest import digest_of
from studio.domain.episode import ACTIVE, Episode, StageRecord, Status
from studio.domain.errors import FINAL, BadAnswer, Conflict
from studio.domain.project import Character
from studio.domain.script import MAX_SPOKEN_SECONDS_PER_CLIP, Script, problems
from studio.entry import Studio, bot
from studio.generation.ports import WriteRequest
from studio.store.episodes import SCRIPT_STAGE
from studio.writing import ATTEMPTS, write_checked

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")


class ScriptRequest(Value):
    """Whose script to write."""

    episode_id: Id


class ScriptReport(Value):
    """What was written. `clips` are the clips' numbers; `kept` says that an earlier script still fits."""

    episode_id: Id
    title: str
    synopsis: str
    clips: tuple[int, ...]
    kept: bool


def write_script(request: ScriptRequest, studio: Studio) -> ScriptReport:
    """Write an episode's title, synopsis, script and clip descriptions.

    A script that was written from the same prompt, show and cast, or edited by hand since, is kept.
    """
    episode = studio.episodes.get(request.episode_id)
    if studio.take is None and episode.status in ACTIVE:
        raise Conflict(f"The episode is {episode.status}; its script is being worked on. Wait, or cancel it.")
    cast = studio.cast_of(episode)
    asked = _ask(episode, cast)
    input_hash = digest_of(asked.model_dump(mode="json"))
    record = studio.episodes.stage(episode.episode_id, SCRIPT_STAGE)
    if record is not None and record.status == "done" and (record.edited or record.input_hash == input_hash):
        script = Script.model_validate_json(record.document)
        _progress(episode, Status.WRITTEN, studio)
        return _report(episode, script, kept=True)

    _progress(episode, Status.WRITING, studio)
    # An earlier script stays until there is another: should this attempt fail, the clips still have theirs.
    earlier = record or StageRecord(
        episode_id=episode.episode_id, name=SCRIPT_STAGE, status="running", started_at=studio.clock()
    )
    started = earlier.model_copy(
        update={"status": "running", "reason": "", "started_at": studio.clock(), "finished_at": None}
    )
    studio.episodes.save_stage(started)
    names = [character.sheet.name for character in cast]
    try:
        script = write_checked(
            studio.writer(episode.provider, SCRIPT_STAGE, episode),
            asked.model_copy(update={"take": 1 + ATTEMPTS * started.unusable}),
            Script,
            lambda written: problems(written, cast=names, prompt=episode.prompt, clips=episode.clips_wanted),
        )
    except FINAL as error:
        stopped = {
            "status": "stopped",
            "reason": str(error),
            "unusable": started.unusable + isinstance(error, BadAnswer),
            "finished_at": studio.clock(),
        }
        studio.episodes.save_stage(started.model_copy(update=stopped))
        raise
    done = started.model_copy(
        update={
            "status": "done",
            "edited": False,
            "input_hash": input_hash,
            "document": script.model_dump_json(),
            "finished_at": studio.clock(),
        }
    )
    studio.episodes.save_script(episode, done, script, studio.clock())
    _progress(episode, Status.WRITTEN, studio)
    return _report(episode, script, kept=False)


def _ask(episode: Episode, cast: list[Character]) -> WriteRequest:
    material: dict[str, JsonValue] = {
        "prompt": episode.prompt,
        "project": episode.brief.model_dump(mode="json"),
        "cast": [character.sheet.model_dump(mode="json") for character in cast],
        "clips": episode.clips_wanted,
        "spoken_seconds": MAX_SPOKEN_SECONDS_PER_CLIP * episode.clips_wanted,
        "locale": episode.brief.locale,
    }
    return WriteRequest(instructions=PROMPT, material=material)


def _progress(episode: Episode, to: Status, studio: Studio) -> None:
    """Move the episode on, when its execution is what calls; a person who calls the bot changes the script alone."""
    if studio.take is not None:
        studio.episodes.move(episode.episode_id, to, studio.clock(), expect=studio.take)


def _report(episode: Episode, script: Script, *, kept: bool) -> ScriptReport:
    return ScriptReport(
        episode_id=episode.episode_id,
        title=script.title,
        synopsis=script.synopsis,
        clips=tuple(clip.number for clip in script.clips),
        kept=kept,
    )


handler = bot(write_script)
