"""What each part of each stage is made from, and which parts are not made from that any more.

A part is known by the hash of its material. So an edit of one line reaches the parts that were made from that line and
no others: the look knows the places and not the lines, the outline what happens and not what is said.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date

from pydantic import JsonValue

from studio.domain.culture import CulturePlan
from studio.domain.digest import digest_of
from studio.domain.direction import SceneDirection
from studio.domain.episode import Episode, StageRecord, scene_key
from studio.domain.hooks import Retention
from studio.domain.paper import Paper
from studio.domain.pipeline import STAGES, Step
from studio.domain.project import Brief, CharacterSheet
from studio.domain.reflection import Target
from studio.domain.script import MAX_SPOKEN_SECONDS_PER_CLIP, Scene, Script
from studio.domain.storyboard import Outline, laid_out

type Material = dict[str, JsonValue]
type Sheets = Sequence[CharacterSheet]


def hash_of(material: Material) -> str:
    """Return what a part made from this material is known by."""
    return digest_of(material)


def script(episode: Episode, sheets: Sheets) -> Material:
    """Return what a script is written from. The canon is shown too, and is not in it: a later one changes nothing."""
    return {
        "prompt": episode.prompt,
        "project": episode.brief.model_dump(mode="json"),
        "cast": [sheet.model_dump(mode="json") for sheet in sheets],
        "clips": episode.clips_wanted,
        "spoken_seconds": MAX_SPOKEN_SECONDS_PER_CLIP * episode.clips_wanted,
        "locale": episode.brief.locale,
        # Only where there is one, so that what was written without is still known by the same hash.
        **({"trend": episode.trend.model_dump(mode="json")} if episode.trend else {}),
        **({"guidance": list(episode.taught.guidance)} if episode.taught and episode.taught.guidance else {}),
    }


def is_rooted(brief: Brief) -> bool:
    """Tell whether there is anything to root: without a community, and in English, there is not."""
    return bool(brief.community) or brief.locale.partition("-")[0] != "en"


def air_day(episode: Episode) -> date:
    """Return the day whose calendar an episode is written by; it never moves by itself."""
    return episode.air_date or episode.created_at.date()


def culture_plan(episode: Episode, written: Script) -> Material:
    """Return what the references of an episode are chosen from."""
    return {
        "synopsis": written.synopsis,
        "places": _places(written),
        "community": episode.brief.community,
        "locale": episode.brief.locale,
        "air_date": air_day(episode).isoformat(),
    }


def culture_scene(episode: Episode, scene: Scene, plan: CulturePlan) -> Material:
    """Return what one scene is rooted from. The calendar is not in it: what of it fits is among the references."""
    return {
        "scene": scene.model_dump(mode="json"),
        "community": episode.brief.community,
        "locale": episode.brief.locale,
        "references": [
            {"number": number} | reference.model_dump(mode="json")
            for number, reference in enumerate(plan.references, 1)
        ],
        "avoid": [cliche.model_dump(mode="json") for cliche in plan.avoid],
    }


def look(episode: Episode, told: Script) -> Material:
    """Return what an episode's look is made from."""
    brief = episode.brief.model_dump(mode="json", include={"genre", "mood", "theme", "photorealistic"})
    return {"project": brief, "synopsis": told.synopsis, "places": _places(told)}


def direction(scene: Scene, look_of: JsonValue, sheets: Sheets) -> Material:
    """Return what one scene is directed from."""
    return {"scene": scene.model_dump(mode="json"), "people": _people(scene, sheets), "look": look_of}


def outline(episode: Episode, told: Script, sheets: Sheets) -> Material:
    """Return what an episode's outline is made from."""
    return {
        "prompt": episode.prompt,
        "synopsis": told.synopsis,
        "open_question": told.open_question,
        "scenes": [scene.model_dump(mode="json", exclude={"lines"}) for scene in told.scenes],
        "people": [
            {"name": name, "wants": wants, "hides": hides}
            for name, wants, hides in [
                *((sheet.name, sheet.wants, sheet.hides) for sheet in sheets),
                *((guest.name, "", "") for guest in told.guests),
            ]
        ],
    }


def board(
    scene: Scene, told: Script, seen: Outline | None, directed: SceneDirection | None, sheets: Sheets
) -> Material:
    """Return what one scene of the storyboard is made from."""
    beat = next((beat for beat in seen.beats if beat.scene == scene.number), None) if seen else None
    return {
        "scene": scene.model_dump(mode="json"),
        "people": _people(scene, sheets),
        "beat": beat.model_dump(mode="json") if beat else None,
        "secrets": [secret.model_dump(mode="json") for secret in seen.secrets] if seen else [],
        "direction": directed.model_dump(mode="json") if directed else None,
        "laid_out": [slot.model_dump(mode="json") for slot in laid_out(told)[scene.number]],
        "clips": [clip.model_dump(mode="json") for clip in told.clips if clip.scene == scene.number],
    }


def hooks(episode: Episode, told: Script, prior: Sequence[Retention] = ()) -> Material:
    """Return what hooks are written from, the opening and what the episode is about, and what they are ranked by.

    The first picture is shown too, and is not in it: what is said in an opening does not change with the camera.
    prior: what was measured when they were ranked. It is in it only where there was something. What is measured later
    makes no earlier choice stale: staleness looks with the prior that was used.
    """
    measured: Material = {"prior": [known.model_dump(mode="json") for known in prior]} if prior else {}
    return measured | {
        "title": told.title,
        "synopsis": told.synopsis,
        "open_question": told.open_question,
        "scene": told.scenes[0].model_dump(mode="json"),
        "genre": episode.brief.genre,
        "mood": episode.brief.mood,
        "locale": episode.brief.locale,
    }


def revising(target: Target, number: int | None, episode: Episode, script: Script, sheets: Sheets) -> Material:
    """Return what somebody who betters a part of a script must know of the rest, besides the part itself.

    number: the scene or clip, where there are several.
    """
    shared: Material = {
        "genre": episode.brief.genre,
        "mood": episode.brief.mood,
        "locale": episode.brief.locale,
        "open_question": script.open_question,
    }
    if target is Target.DIALOGUE and number is not None:
        scene = script.scene(number)
        told = scene.model_dump(mode="json", include={"heading", "beat", "action"})
        return shared | {"synopsis": script.synopsis, "scene": told, "people": _people(scene, sheets)}
    if target is Target.CLIP and number is not None:
        clip = script.clip(number)
        scene = script.scene(clip.scene)
        framed = clip.model_dump(mode="json", include={"people", "size", "angle", "lens_mm", "move"})
        return shared | {"scene": scene.model_dump(mode="json", exclude={"number"}), "clip": framed}
    scenes: list[JsonValue] = [
        scene.model_dump(mode="json", include={"heading", "beat", "action"}) for scene in script.scenes
    ]
    other: Material = {"synopsis": script.synopsis} if target is Target.TITLE else {"title": script.title}
    return shared | other | {"scenes": scenes}


# What is stale


def stale_parts(episode: Episode, paper: Paper, sheets: Sheets) -> dict[Step, tuple[str, ...]]:
    """Return the parts of each finished stage that were made from something else than what is there now."""
    found = {}
    for step in STAGES:
        record = paper.records.get(step)
        if record is None or record.status != "done":
            continue
        now = {key: hash_of(material) for key, material in _CURRENT[step](episode, paper, sheets).items()}
        parts = {part.key: part.input_hash for part in record.parts}
        # A script written by hand was made from nothing, and nothing can make it stale.
        by_hand = {part.key for part in record.parts if part.edited and not part.input_hash}
        stale = tuple(key for key in {**now, **parts} if now.get(key) != parts.get(key) and key not in by_hand)
        if stale:
            found[step] = stale
    return found


def _script_now(episode: Episode, _: Paper, sheets: Sheets) -> dict[str, Material]:
    return {"script": script(episode, sheets)}


def _culture_now(episode: Episode, paper: Paper, _: Sheets) -> dict[str, Material]:
    if paper.written is None or not is_rooted(episode.brief):
        return {}
    now = {"plan": culture_plan(episode, paper.written)}
    part = paper.records[Step.CULTURE].part("plan")
    if part is None:
        return now
    plan = CulturePlan.model_validate_json(part.document)
    return now | {scene_key(scene.number): culture_scene(episode, scene, plan) for scene in paper.written.scenes}


def _direction_now(episode: Episode, paper: Paper, sheets: Sheets) -> dict[str, Material]:
    if paper.told is None:
        return {}
    chosen = _document(paper.records[Step.DIRECTION], "look")
    return {"look": look(episode, paper.told)} | {
        scene_key(scene.number): direction(scene, chosen, sheets) for scene in paper.told.scenes
    }


def _storyboard_now(episode: Episode, paper: Paper, sheets: Sheets) -> dict[str, Material]:
    if paper.told is None:
        return {}
    told = paper.told
    return {"outline": outline(episode, told, sheets)} | {
        scene_key(scene.number): board(scene, told, paper.outline, paper.directions.get(scene.number), sheets)
        for scene in told.scenes
    }


def _hooks_now(episode: Episode, paper: Paper, _: Sheets) -> dict[str, Material]:
    used = paper.hooks.prior if paper.hooks else ()
    return {} if paper.told is None else {"hooks": hooks(episode, paper.told, used)}


_CURRENT: dict[Step, Callable[[Episode, Paper, Sheets], dict[str, Material]]] = {
    Step.SCRIPT: _script_now,
    Step.CULTURE: _culture_now,
    Step.DIRECTION: _direction_now,
    Step.STORYBOARD: _storyboard_now,
    Step.HOOKS: _hooks_now,
}


def _document(record: StageRecord, key: str) -> JsonValue:
    part = record.part(key)
    return json.loads(part.document) if part else None


def _places(told: Script) -> list[JsonValue]:
    return list(dict.fromkeys(scene.heading for scene in told.scenes))


def _people(scene: Scene, sheets: Sheets) -> list[JsonValue]:
    speaking = {line.speaker.casefold() for line in scene.lines}
    known = {sheet.name.casefold(): sheet for sheet in sheets}
    return [
        known[name].model_dump(mode="json", include={"name", "role", "wants", "hides", "voice"})
        for name in known
        if name in speaking
    ]
