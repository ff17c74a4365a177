"""An episode whose stages have really worked on it, by the draft provider."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.cultural_injection_bot.app import root_script
from functions.expert_director.app import direct
from functions.hook_optimization_bot.app import choose_hook
from functions.scene_orchestration.app import orchestrate
from functions.script_generator_bot.app import write_script
from studio.casts import ready_made
from studio.domain.episode import Episode, Pipeline, Status
from studio.domain.pipeline import STAGES, Step
from studio.domain.project import Brief
from studio.entry import Studio
from studio.generation.draft.writer import DraftWriter
from studio.generation.ports import WriteRequest
from studio.stages import StageReport, StageRequest
from tests.unit.made import AT, moved, stored
from tests.unit.memory import Attributes, MemoryAws

_WORKS: dict[Step, Any] = dict(zip(STAGES, (write_script, root_script, direct, orchestrate, choose_hook), strict=True))


def run(studio: Studio, episode: Episode, *steps: Step) -> dict[Step, StageReport]:
    """Run these stages, or all of them, as a person calls them, and return their reports."""
    request = StageRequest(episode_id=episode.episode_id)
    return {step: _WORKS[step](request, studio) for step in steps or STAGES}


def a_show(studio: Studio, **brief: Any) -> str:
    """Make a project with the ready-made cast and return its id."""
    project = studio.projects.create(Brief.model_validate({"title": "Say Walahi"} | brief), AT)
    studio.cast(project.project_id).add(list(ready_made()["say-walahi"].characters), AT)
    return project.project_id


@dataclass(frozen=True)
class _Made:
    """What making an episode left: its owner's items by sort key, and files by bucket and name."""

    owner: str
    episode_id: str
    items: dict[str, Attributes]
    files: dict[tuple[str, str], Any]


_made: defaultdict[object, list[_Made]] = defaultdict(list)


def on_paper(studio: Studio, *steps: Step, **changes: Any) -> Episode:
    """Return a failed episode of a show, with these stages on paper, or all of them.

    What an owner who has nothing yet would get is made once, and handed to each of them: never twice while the table
    knows it, so that no two owners have an episode of the same id.
    """
    table, objects = studio.client("dynamodb"), studio.client("s3").objects
    pk = f"OWNER#{studio.owner}"
    if studio.writers or table.items.get(pk) or any(name.startswith(f"{studio.owner}/") for _, name in objects):
        return _on_paper(studio, *steps, **changes)
    alike = _made[studio.clock(), studio.settings, steps, repr(sorted(changes.items()))]
    there = {sk for partition in table.items.values() for sk in partition}
    made = next((made for made in alike if f"EPISODE#{made.episode_id}" not in there), None)
    if made is None:
        episode = _on_paper(studio, *steps, **changes)
        files = {
            (bucket, name): file for (bucket, name), file in objects.items() if name.startswith(f"{studio.owner}/")
        }
        alike.append(_Made(studio.owner, episode.episode_id, dict(table.items[pk]), files))
        return episode
    own = {f"OWNER#{made.owner}": pk, made.owner: studio.owner}

    def handed(item: Attributes) -> Attributes:
        return {name: {"S": own[value["S"]]} if value.get("S") in own else value for name, value in item.items()}

    table.items[pk] = {sk: handed(item) for sk, item in made.items.items()}
    for (bucket, name), file in made.files.items():
        objects[bucket, f"{studio.owner}/{name.partition('/')[2]}"] = file
    return studio.episodes.get(made.episode_id)


def _on_paper(studio: Studio, *steps: Step, **changes: Any) -> Episode:
    project_id = changes.pop("project_id", None) or a_show(studio)
    given = {
        "project_id": project_id,
        "brief": studio.projects.get(project_id).brief,
        "pipeline": Pipeline.FULL,
        "prompt": "Hodan hides a letter from Zahra before the wedding dinner. Somebody has read it.",
    }
    episode = moved(studio, stored(studio, script=False, **given | changes), Status.FAILED)
    run(studio, episode, *steps)
    return studio.episodes.get(episode.episode_id)


class Bending:
    """The rehearsal's writer, whose answers are bent: `bend(scene, attempt, answer)` returns another, or None.

    `scene` is 0 for what is about the whole episode; attempts count from 1 for each scene.
    """

    model = "draft-composer-1"

    def __init__(self, bend: Callable[[int, int, Any], Any] = lambda *_: None) -> None:
        self.bend = bend
        self.calls: list[tuple[int, WriteRequest]] = []

    def write(self, request: WriteRequest, schema: Any) -> Any:
        scene: Any = request.material.get("scene")
        number = scene["number"] if isinstance(scene, dict) else 0
        self.calls.append((number, request))
        answer, receipt = DraftWriter().write(request, schema)
        attempt = len(self.of(number))
        return self.bend(number, attempt, answer) or answer, receipt

    def of(self, number: int) -> list[WriteRequest]:
        """Return what was asked about a scene."""
        return [request for scene, request in list(self.calls) if scene == number]


def as_it_is(cloud: MemoryAws) -> Callable[[], None]:
    """Return what puts the table and the buckets back to what is in them now, for tests that begin alike."""
    table, objects = cloud.services["dynamodb"], cloud.services["s3"].objects
    items, files = {pk: dict(part) for pk, part in table.items.items()}, dict(objects)

    def back() -> None:
        # Neither changes an item or a file in place, so copies of what holds them will do.
        table.items = {pk: dict(part) for pk, part in items.items()}
        objects.clear()
        objects.update(files)

    return back
