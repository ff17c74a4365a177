"""script-generator-bot, stage 1: prompt, show and cast become a script in scenes, and a description of each clip."""

from pathlib import Path

from pydantic import JsonValue

from studio.domain import materials
from studio.domain.canon import EpisodeCanon, open_threads
from studio.domain.pipeline import Step
from studio.domain.script import Script, problems
from studio.entry import Studio, bot
from studio.generation.ports import MAX_OUTPUT_TOKENS
from studio.stages import StageReport, StageRequest, StageWork, stage_work

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")

_REMEMBERED = 5
"""How many of the latest episodes are told in full; what they left open is told of all."""


class ScriptReport(StageReport):
    """What was written. `clips` are the clips' numbers; `kept` names the script where an earlier one still fits."""

    title: str
    synopsis: str
    clips: tuple[int, ...]


def write_script(request: StageRequest, studio: Studio) -> ScriptReport:
    """Write an episode's title, synopsis, script and clip descriptions.

    A script that was written from the same prompt, show and cast, or edited by hand since, is kept.
    """
    with stage_work(Step.SCRIPT, request.episode_id, studio) as work:
        material = materials.script(work.episode, work.sheets)
        script = work.part("script", Script, material, lambda: _write(work, material))
        report = work.finish()
    return ScriptReport(
        **report.model_dump(),
        title=script.title,
        synopsis=script.synopsis,
        clips=tuple(clip.number for clip in script.clips),
    )


def _write(work: StageWork, material: materials.Material) -> Script:
    episode = work.episode
    names = [sheet.name for sheet in work.sheets]
    canon = work.studio.canon(episode.project_id).before(episode.episode_id) if episode.project_id else []
    return work.ask(
        PROMPT,
        material | ({"canon": _told(canon)} if canon else {}),
        Script,
        lambda written: problems(written, cast=names, prompt=episode.prompt, clips=episode.clips_wanted),
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )


def _told(canon: list[EpisodeCanon]) -> JsonValue:
    """Return what earlier episodes established, oldest first, with where each thing was said."""
    unsaid = {"episode_id", "closed_at", "threads"}
    return {
        "episodes": [entry.model_dump(mode="json", exclude=unsaid) for entry in canon[-_REMEMBERED:]],
        "open_questions": list(open_threads(canon)),
    }


handler = bot(write_script)
