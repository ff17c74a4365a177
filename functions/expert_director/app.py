"""expert-director, stage 3: one look for the episode, and how each scene is played, shot and lit."""

from pathlib import Path

from pydantic import JsonValue

from studio.craft import handbook
from studio.domain import materials
from studio.domain.direction import Look, SceneDirection, problems
from studio.domain.episode import scene_key
from studio.domain.pipeline import Step
from studio.domain.script import Scene
from studio.entry import Studio, bot
from studio.stages import StageReport, StageRequest, StageWork, side_by_side, stage_work

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
MAX_OUTPUT_TOKENS = 6_144


def direct(request: StageRequest, studio: Studio) -> StageReport:
    """Direct an episode: a look that every clip inherits, and for each scene intention, blocking, performance, camera
    coverage, lighting and colour. What is directed already, and whose scene has not changed, is kept.
    """
    with stage_work(Step.DIRECTION, request.episode_id, studio) as work:
        scenes = {scene.number: scene for scene in work.told.scenes}
        look = _look(work)
        side_by_side(scenes, lambda number: _scene(work, scenes[number], look))
        return work.finish()


def _look(work: StageWork) -> Look:
    material = materials.look(work.episode, work.told)
    choices: JsonValue = {field: list(said) for field, said in handbook().look.items()}
    return work.part(
        "look",
        Look,
        material,
        lambda: work.ask(
            PROMPT, material | {"choices": choices}, Look, lambda _: [], max_output_tokens=MAX_OUTPUT_TOKENS
        ),
    )


def _scene(work: StageWork, scene: Scene, look: Look) -> SceneDirection:
    material = materials.direction(scene, look.model_dump(mode="json"), work.sheets)
    speakers = list(dict.fromkeys(line.speaker for line in scene.lines))
    usual = handbook()
    aids: dict[str, JsonValue] = {
        "performance": [{"person": name} for name in speakers],
        "cameras": [
            camera.model_dump(mode="json") for camera in usual.set_ups(scene.beat, max(2, min(3, len(speakers))))
        ],
        "choices": {field: list(said) for field, said in usual.beats[scene.beat].items()},
    }
    return work.part(
        scene_key(scene.number),
        SceneDirection,
        material,
        lambda: work.ask(
            PROMPT,
            material | aids,
            SceneDirection,
            lambda answer: problems(answer, scene),
            max_output_tokens=MAX_OUTPUT_TOKENS,
        ),
    )


handler = bot(direct)
