"""scene-orchestration, stage 4: the format, the beats and who knows what, and every scene as shots."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import JsonValue

from studio.craft import formats, handbook, likely_format
from studio.domain import materials
from studio.domain.canon import canon_of, contradictions
from studio.domain.episode import scene_key
from studio.domain.errors import BadAnswer
from studio.domain.pipeline import Step
from studio.domain.script import Beat, Scene
from studio.domain.storyboard import (
    BoardAnswer,
    Outline,
    SceneBoard,
    board_problems,
    boarded,
    continuity_problems,
    coverage_problems,
    laid_out,
    outline_problems,
    suggested_tension,
)
from studio.entry import Studio, bot
from studio.stages import StageReport, StageRequest, StageWork, side_by_side, stage_work
from studio.writing import MAX_REPAIRS

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
MAX_OUTPUT_TOKENS = 8_192
_REVEALS = {Beat.TWIST, Beat.BETRAYAL}


def orchestrate(request: StageRequest, studio: Studio) -> StageReport:
    """Match an episode to a format, lay its beats, keep who knows what, and turn every scene into shots.

    No beat and no line is lost, no shot repeats another, and each clip traces to its scene and lines. What does not
    fit what the show has said before is noted. What is boarded already, and whose scene has not changed, is kept.
    """
    with stage_work(Step.STORYBOARD, request.episode_id, studio) as work:
        outline = _outline(work)
        scenes = {scene.number: scene for scene in work.told.scenes}
        boards = side_by_side(scenes, lambda number: _board(work, scenes[number], outline))
        _mend(work, outline, boards)
        return work.finish()


def _outline(work: StageWork) -> Outline:
    told = work.told
    material = materials.outline(work.episode, told, work.sheets)
    likely = formats()[likely_format(work.episode.prompt, told)]
    tension, usual = suggested_tension(told.scenes), handbook().beats
    known = {name.casefold() for scene in told.scenes for name in (line.speaker for line in scene.lines)}
    holders = [sheet for sheet in work.sheets if sheet.hides and sheet.name.casefold() in known]
    aids: dict[str, JsonValue] = {
        "formats": [entry.model_dump(mode="json", exclude={"words"}) for entry in formats().values()],
        "beats": [
            {
                "scene": scene.number,
                "beat": scene.beat.value,
                "tension": tension[scene.number],
                "purpose": usual[scene.beat]["intention"][0],
            }
            for scene in told.scenes
        ],
        "secrets": [
            {"key": f"S{number}", "what": sheet.hides, "holder": sheet.name}
            for number, sheet in enumerate(holders[:3], 1)
        ],
        "choices": {"format": [likely.key], "arc": [likely.arc]},
    }
    return work.part(
        "outline",
        Outline,
        material,
        lambda: work.ask(
            PROMPT,
            material | aids,
            Outline,
            lambda answer: outline_problems(answer, told, formats(), work.names()),
            max_output_tokens=MAX_OUTPUT_TOKENS,
        ),
    )


def _board(work: StageWork, scene: Scene, outline: Outline) -> SceneBoard:
    return work.part(
        scene_key(scene.number), SceneBoard, _material(work, scene, outline), lambda: _drawn(work, scene, outline)
    )


def _drawn(work: StageWork, scene: Scene, outline: Outline, feedback: Iterable[str] = (), again: int = 0) -> SceneBoard:
    laid = laid_out(work.told)[scene.number]
    answer = work.ask(
        PROMPT,
        _material(work, scene, outline) | _aids(work, scene, outline),
        BoardAnswer,
        lambda written: board_problems(written, scene, laid, work.names()),
        max_output_tokens=MAX_OUTPUT_TOKENS,
        feedback=feedback,
        again=again,
    )
    return boarded(answer, laid)


def _material(work: StageWork, scene: Scene, outline: Outline) -> materials.Material:
    return materials.board(scene, work.told, outline, work.paper.directions.get(scene.number), work.sheets)


def _aids(work: StageWork, scene: Scene, outline: Outline) -> dict[str, JsonValue]:
    """Return what a plain reading of the scene suggests, for the writer to better."""
    directed = work.paper.directions.get(scene.number)
    camera = (directed.cameras if directed else handbook().set_ups(scene.beat, 1))[0]
    speakers: list[JsonValue] = list(dict.fromkeys(line.speaker for line in scene.lines))
    described = {clip.number: clip for clip in work.told.clips}
    shots: list[JsonValue] = []
    for slot in laid_out(work.told)[scene.number]:
        seen: dict[str, JsonValue] = {"shot": slot.shot}
        if slot.clip is not None:
            seen |= described[slot.clip].model_dump(mode="json", exclude={"number", "scene", "lines"})
        else:
            seen |= camera.model_dump(mode="json", exclude={"label"})
            seen |= {"description": _picture(work, scene), "people": speakers}
        shots.append(seen)
    last = scene.number == work.told.scenes[-1].number
    question = work.told.open_question if last else ""
    return {
        "shots": shots,
        "learns": _suggested(work, scene, outline),
        "bonds": [],
        "facts": [],
        "threads": [{"question": question, "state": "opened", "line": len(scene.lines)}] if question else [],
    }


def _picture(work: StageWork, scene: Scene) -> str:
    """Return what is seen of a scene without a clip: its action, and where another shows that too, who talks first."""
    told = work.told
    shown = [clip.description for clip in told.clips] + [s.action for s in told.scenes if s.number != scene.number]
    first = scene.lines[0]
    return f"{scene.action} {first.speaker}: “{first.text}”" if scene.action in shown else scene.action


def _suggested(work: StageWork, scene: Scene, outline: Outline) -> list[JsonValue]:
    """Return who learns the first secret, where its holder speaks in the episode's first reveal."""
    reveal = next((s.number for s in work.told.scenes if s.beat in _REVEALS), None)
    if scene.number != reveal or not outline.secrets:
        return []
    secret = outline.secrets[0]
    lines = [number for number, line in enumerate(scene.lines, 1) if line.speaker == secret.holder]
    listeners = dict.fromkeys(line.speaker for line in scene.lines if line.speaker != secret.holder)
    if not lines:
        return []
    return [
        {"person": person, "secret": secret.key, "source": secret.holder, "line": lines[-1]} for person in listeners
    ]


def _mend(work: StageWork, outline: Outline, boards: dict[int, SceneBoard]) -> None:
    """Have the scenes that do not fit the others drawn again, at most twice; note what stays.

    A scene that was kept is not drawn again for another's sake. Raises BadAnswer for a new scene whose shots are lost
    or repeat others after that.
    """
    scenes = {scene.number: scene for scene in work.told.scenes}
    for again in range(1, 1 + MAX_REPAIRS):
        wrong = _wrong(work, outline, boards)
        mine = [number for number in wrong if work.was_made(scene_key(number))]
        if not mine:
            break
        for number in mine:
            boards[number] = work.remake(scene_key(number), _drawn(work, scenes[number], outline, wrong[number], again))
    uncovered = coverage_problems(work.told, boards, _kept(work))
    fresh = [sentence for number, found in uncovered.items() if work.was_made(scene_key(number)) for sentence in found]
    if fresh:
        raise BadAnswer(f"The storyboard still lacks something after {MAX_REPAIRS} repairs: {' '.join(fresh)}")
    noted = [sentence for found in _wrong(work, outline, boards).values() for sentence in found]
    episode = work.episode
    if episode.project_id is not None:
        earlier = work.studio.canon(episode.project_id).before(episode.episode_id)
        new = canon_of(episode.episode_id, work.told, outline, boards, work.studio.clock())
        noted += contradictions(earlier, new)
    work.notes = tuple(noted)


def _wrong(work: StageWork, outline: Outline, boards: Mapping[int, SceneBoard]) -> dict[int, list[str]]:
    wrong = coverage_problems(work.told, boards, _kept(work))
    for number, found in continuity_problems(outline, boards).items():
        wrong.setdefault(number, []).extend(found)
    return wrong


def _kept(work: StageWork) -> list[int]:
    return [scene.number for scene in work.told.scenes if not work.was_made(scene_key(scene.number))]


handler = bot(orchestrate)
