"""cultural-injection-bot, stage 2: a script rooted in its place and community, each change cited and shown."""

from pathlib import Path

from pydantic import JsonValue

from studio.domain import materials
from studio.domain.base import Value
from studio.domain.cautions import NOTHING_TO_ROOT, cautions
from studio.domain.culture import (
    Change,
    CulturalReference,
    CulturePlan,
    LineRewrite,
    Observance,
    PlanAnswer,
    SceneAnswer,
    SceneCulture,
    Stereotype,
    changes,
    flagged,
    held_lines,
    plain_references,
    plain_rewrites,
    plan_problems,
    rooted,
    scene_problems,
)
from studio.domain.episode import scene_key
from studio.domain.errors import Conflict
from studio.domain.paper import NO_SCRIPT
from studio.domain.pipeline import Step
from studio.domain.script import Scene, Script
from studio.entry import Studio, bot
from studio.stages import StageReport, StageRequest, StageWork, side_by_side, stage_work

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
MAX_OUTPUT_TOKENS = 6_144


class SceneDiff(Value):
    """What one scene became, line by line, and what is flagged in it."""

    scene: int
    changes: tuple[Change, ...]
    stereotypes: tuple[Stereotype, ...]


class CultureReport(StageReport):
    """The references chosen, the calendar they were chosen by, and each scene's diff."""

    references: tuple[CulturalReference, ...] = ()
    calendar: tuple[Observance, ...] = ()
    scenes: tuple[SceneDiff, ...] = ()


def root_script(request: StageRequest, studio: Studio) -> CultureReport:
    """Root an episode's script in its place, community and calendar.

    A few lines carry references, each with what it is, why it fits and where to check it; stereotypes are flagged and
    never added. What is rooted already, and whose scene has not changed, is kept. Without a community, and in English,
    nothing is done.
    """
    with stage_work(Step.CULTURE, request.episode_id, studio) as work:
        written = work.paper.written
        if written is None:
            raise Conflict(NO_SCRIPT)
        if not materials.is_rooted(work.episode.brief):
            work.notes = (NOTHING_TO_ROOT,)
            return CultureReport(**work.finish().model_dump())
        scenes = {scene.number: scene for scene in written.scenes}
        plan = _plan(work, written)
        names = work.names()
        held = work.paper.held
        plain = plain_rewrites(written, plan, names, held)
        done = side_by_side(scenes, lambda number: _scene(work, scenes[number], plan, names, plain.get(number)))
        work.notes = tuple(cautions(work.episode, written, work.paper.held, plan, done))
        report = work.finish()
    return CultureReport(
        **report.model_dump(),
        references=plan.references,
        calendar=plan.setting.observances,
        scenes=tuple(
            SceneDiff(
                scene=number,
                changes=changes(made, scenes[number], held_lines(scenes[number], held)),
                stereotypes=made.stereotypes,
            )
            for number, made in done.items()
        ),
    )


def _plan(work: StageWork, written: Script) -> CulturePlan:
    material = materials.culture_plan(work.episode, written)
    return work.part("plan", CulturePlan, material, lambda: _planned(work, material))


def _planned(work: StageWork, material: materials.Material) -> CulturePlan:
    from almanac import setting_of  # here, because it takes half a second, and a plan that is kept needs no calendar

    brief = work.episode.brief
    setting = setting_of(brief.community, brief.locale, materials.air_day(work.episode))
    aids: dict[str, JsonValue] = {
        "lands": list(setting.lands),
        "calendar": [day.model_dump(mode="json") for day in setting.observances],
        "references": [reference.model_dump(mode="json") for reference in plain_references(setting)],
        "avoid": [],
    }
    answer = work.ask(
        PROMPT,
        material | aids,
        PlanAnswer,
        lambda given: plan_problems(given, setting, work.names()),
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return CulturePlan(references=tuple(answer.references), avoid=tuple(answer.avoid), setting=setting)


def _scene(
    work: StageWork, scene: Scene, plan: CulturePlan, names: list[str], plain: LineRewrite | None
) -> SceneCulture:
    material = materials.culture_scene(work.episode, scene, plan)
    held = held_lines(scene, work.paper.held)
    aids: dict[str, JsonValue] = {
        "held": [*held],
        "rewrites": [plain.model_dump(mode="json")] if plain else [],
        "stereotypes": [flag.model_dump(mode="json") for flag in flagged(scene, plan)],
    }

    def ask() -> SceneCulture:
        answer = work.ask(
            PROMPT,
            material | aids,
            SceneAnswer,
            lambda given: scene_problems(given, scene, plan, names, held),
            max_output_tokens=MAX_OUTPUT_TOKENS,
        )
        return rooted(answer, scene, plan)

    return work.part(scene_key(scene.number), SceneCulture, material, ask)


handler = bot(root_script)
