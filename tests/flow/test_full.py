"""The whole pipeline: five stages on paper, then the clips; what is kept, what is made again, and what it asks for."""

from collections import Counter
from typing import Any

import pytest

from studio.domain.pipeline import STAGES, Step
from tests.flow.world import World

pytestmark = pytest.mark.flow

NAMES = [stage.value for stage in STAGES]


@pytest.fixture
def composing(world: World) -> World:
    """A world whose scripts have several scenes, by several people."""
    world.writer.composes = True
    return world


def stage_of(episode: dict[str, Any], name: str) -> dict[str, Any]:
    return next(stage for stage in episode["stages"] if stage["name"] == name)


def calls(world: World) -> tuple[int, int, int]:
    """Return how often the writer, the painter and the judge have been asked."""
    return len(world.writer.asked), len(world.painter.asked), len(world.judge.asked)


def artifact(world: World, episode: dict[str, Any], stage: str) -> dict[str, Any]:
    answer = world.api("GET", f"/episodes/{episode['episode_id']}/stages/{stage}")
    assert answer.status == 200, answer.body
    return answer.body


def project(world: World, **brief: Any) -> str:
    made = world.api("POST", "/projects", {"title": "Walahi House", **brief})
    return str(made.body["project_id"])


def edited_line(world: World, episode: dict[str, Any], scene: int, text: str) -> dict[str, Any]:
    script = episode["script"]
    script["scenes"][scene - 1]["lines"][0]["text"] = text
    body = {"version": episode["version"], "script": script}
    answer = world.api("PATCH", f"/episodes/{episode['episode_id']}", body)
    assert answer.status == 200, answer.body
    return answer.body


def test_an_episode_goes_through_every_stage_and_each_leaves_its_artifact(composing: World) -> None:
    episode = composing.produce_full()

    assert (episode["status"], episode["reason"]) == ("completed", "")
    assert [(stage["name"], stage["status"]) for stage in episode["stages"]] == [(name, "done") for name in NAMES]
    assert not any(stage["stale"] for stage in episode["stages"])
    assert not any(clip["stale"] for clip in episode["clips"])
    scenes = [f"scene-{scene['number']}" for scene in episode["script"]["scenes"]]
    assert [part["key"] for part in artifact(composing, episode, Step.DIRECTION)["parts"]] == ["look", *scenes]
    assert [part["key"] for part in artifact(composing, episode, Step.STORYBOARD)["parts"]] == ["outline", *scenes]
    assert composing.happened() == ["queued", "writing", "written", "rendering", "completed"]


def test_every_clip_traces_to_its_scene_and_lines(composing: World) -> None:
    episode = composing.produce_full(clips=4)

    for clip in episode["clips"]:
        scene = episode["script"]["scenes"][clip["scene"] - 1]
        assert clip["lines"], "a clip says which lines it carries"
        assert max(clip["lines"]) <= len(scene["lines"])
        assert clip["description"] == episode["script"]["clips"][clip["number"] - 1]["description"]


def test_the_look_and_the_scenes_light_reach_every_picture(composing: World) -> None:
    episode = composing.produce_full()

    look = artifact(composing, episode, Step.DIRECTION)["parts"][0]["document"]
    directed = {part["key"]: part["document"] for part in artifact(composing, episode, Step.DIRECTION)["parts"]}
    for request in composing.painter.asked:
        assert look["palette"] in request.prompt
        assert directed[f"scene-{request.shot.scene}"]["lighting"] in request.prompt


def test_a_finished_episode_taken_up_again_unchanged_asks_no_model(composing: World) -> None:
    episode = composing.produce_full()
    before = calls(composing)

    after = composing.produce_full(episode_id=episode["episode_id"])

    assert (after["status"], after["take"]) == ("completed", 2)
    assert calls(composing) == before
    assert after["script"] == episode["script"]
    assert [clip["sha256"] for clip in after["clips"]] == [clip["sha256"] for clip in episode["clips"]]


def test_an_edited_line_makes_stale_what_was_made_from_it_and_nothing_else(composing: World) -> None:
    episode = composing.produce_full()
    filmed = {clip["scene"] for clip in episode["clips"]}

    edited = edited_line(composing, episode, 3, "That is not what you told me.")

    assert {stage["name"]: stage["stale"] for stage in edited["stages"]} == {
        Step.SCRIPT: [],
        Step.CULTURE: [],
        Step.DIRECTION: ["scene-3"],
        Step.STORYBOARD: ["scene-3"],
        Step.HOOKS: [],
    }
    assert 3 not in filmed or not any(clip["stale"] for clip in edited["clips"]), "its picture is made from the board"


def test_running_again_after_one_edited_line_asks_only_what_depended_on_it(composing: World) -> None:
    episode = composing.produce_full()
    composing.writer.schemas.clear()
    painted = len(composing.painter.asked)
    edited_line(composing, episode, 3, "That is not what you told me.")

    after = composing.produce_full(episode_id=episode["episode_id"])

    assert Counter(composing.writer.schemas) == {"SceneDirection": 1, "BoardAnswer": 1}
    in_scene_3 = [clip["number"] for clip in after["clips"] if clip["scene"] == 3]
    assert {request.shot.number for request in composing.painter.asked[painted:]} <= set(in_scene_3)
    assert after["script"]["scenes"][2]["lines"][0]["text"] == "That is not what you told me."
    assert not any(stage["stale"] for stage in after["stages"])
    assert not any(clip["stale"] for clip in after["clips"])


def test_a_directors_note_changed_by_hand_stays_and_reaches_the_picture(composing: World) -> None:
    episode = composing.produce_full()
    scene = episode["clips"][0]["scene"]
    path = f"/episodes/{episode['episode_id']}/stages/{Step.DIRECTION}"
    parts = {part["key"]: part["document"] for part in composing.api("GET", path).body["parts"]}
    document = parts[f"scene-{scene}"] | {"lighting": "Only the light of the open fridge."}

    answer = composing.api("PUT", f"{path}/scene-{scene}", {"version": episode["version"], "document": document})
    assert answer.status == 200, answer.body
    stale = composing.episode(episode["episode_id"])
    assert stage_of(stale, Step.STORYBOARD)["stale"] == [f"scene-{scene}"]
    assert [clip["number"] for clip in stale["clips"] if clip["stale"]] == [
        clip["number"] for clip in episode["clips"] if clip["scene"] == scene
    ]
    painted = len(composing.painter.asked)

    after = composing.produce_full(episode_id=episode["episode_id"])

    assert "Only the light of the open fridge." in composing.painter.asked[painted].prompt
    assert stage_of(after, Step.DIRECTION)["edited"] is True
    assert {request.shot.scene for request in composing.painter.asked[painted:]} == {scene}


def test_it_stops_after_the_stage_that_was_named_and_goes_on_from_there(composing: World) -> None:
    episode = composing.produce_full(stop_after=Step.DIRECTION)

    assert (episode["status"], episode["under_way"], episode["editable"]) == ("written", False, True)
    assert [stage["name"] for stage in episode["stages"]] == NAMES[:3]
    assert composing.painter.asked == []
    assert set(composing.sweep().values()) == {0}, "it rests, it does not hang"
    asked = len(composing.writer.asked)

    after = composing.produce_full(episode_id=episode["episode_id"], start_at=Step.STORYBOARD)

    assert after["status"] == "completed"
    assert "Script" not in composing.writer.schemas[asked:]
    assert [stage["status"] for stage in after["stages"]] == ["done"] * 5


def test_a_start_in_the_middle_needs_a_script(composing: World) -> None:
    episode_id = composing.queued()
    composing.sweep()
    answer = composing.api(
        "POST", "/functions/episode-producer", {"episode_id": episode_id, "start_at": Step.DIRECTION}
    )
    assert answer.status == 409
    assert "no script yet" in answer.body["detail"]


def test_a_quick_episode_taken_up_by_the_producer_gets_what_it_lacks(composing: World) -> None:
    quick = composing.produce("Two sisters share a bakery.")
    assert [stage["name"] for stage in quick["stages"]] == [Step.SCRIPT]
    scripts = composing.writer.schemas.count("Script")

    after = composing.produce_full(episode_id=quick["episode_id"])

    assert (after["status"], after["pipeline"]) == ("completed", "full")
    assert composing.writer.schemas.count("Script") == scripts
    assert [stage["name"] for stage in after["stages"]] == NAMES


def test_a_show_remembers_what_an_episode_established_and_the_next_script_is_told(composing: World) -> None:
    show = project(composing, community="")
    first = composing.produce_full(project_id=show)

    canon = composing.api("GET", f"/projects/{show}/canon").body["items"]
    assert [entry["title"] for entry in canon] == [first["title"]]
    assert canon[0]["threads"], "a cliffhanger leaves something open"

    composing.produce_full("A letter arrives at the bakery.", project_id=show)
    asked = [
        request
        for request, schema in zip(composing.writer.asked, composing.writer.schemas, strict=True)
        if schema == "Script"
    ]
    assert "canon" not in asked[0].material
    told: Any = asked[1].material["canon"]
    assert [episode["title"] for episode in told["episodes"]] == [first["title"]]
    assert told["open_questions"] == [thread["question"] for thread in canon[0]["threads"]]

    before = calls(composing)
    again = composing.produce_full(episode_id=first["episode_id"])
    assert (again["status"], calls(composing)) == ("completed", before), "a later canon changes nothing before it"
