"""Episodes that go well."""

import hashlib
import io
import json

import pytest
from PIL import Image

from studio.domain.shot import Aspect
from tests.flow.world import World

pytestmark = pytest.mark.flow


def test_a_prompt_becomes_three_measured_clips_with_the_real_draft_writer_and_painter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A third of the width and height: painting costs by the pixel, and the painter's own tests paint all of them.
    monkeypatch.setattr(Aspect, "pixels", property(lambda _: (448, 256)))

    episode = world.produce("Amina and Zahra fight over a stolen recipe in a bakery.", provider="draft")

    assert (episode["status"], episode["reason"], episode["take"]) == ("completed", "", 1)
    assert [stage["status"] for stage in episode["stages"]] == ["done"]
    assert [clip["number"] for clip in episode["clips"]] == [1, 2, 3]
    for clip in episode["clips"]:
        data = world.file(episode["episode_id"], clip["name"])
        assert (clip["status"], clip["measured"], clip["draft"]) == ("rendered", True, True)
        assert (clip["width"], clip["height"]) == Image.open(io.BytesIO(data)).size == (448, 256)
        assert (clip["bytes"], clip["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert world.painter.asked == world.writer.asked == []

    assert world.happened() == ["queued", "writing", "written", "rendering", "completed"]
    assert world.counts() == {"completed": 1}
    assert world.api("GET", "/dashboard").body["completion_rate"] == 1.0

    metadata = world.metadata(episode["episode_id"])
    assert (metadata["status"], metadata["title"], metadata["draft"]) == ("completed", episode["title"], True)
    assert [clip["file"] for clip in metadata["clips"]] == ["clips/1.png", "clips/2.png", "clips/3.png"]
    for clip in metadata["clips"]:
        assert clip == json.loads(world.file(episode["episode_id"], f"clips/{clip['number']}.json"))
        assert clip["measured"]["sha256"] == episode["clips"][clip["number"] - 1]["sha256"]
    assert world.files(episode["episode_id"]) == [
        *(f"clips/{number}.{suffix}" for number in (1, 2, 3) for suffix in ("json", "png")),
        "metadata.json",
    ]


@pytest.mark.parametrize(("aspect", "clips", "size"), [("9:16", 1, (9, 16)), ("1:1", 6, (12, 12))])
def test_every_aspect_and_number_of_clips_is_rendered(
    world: World, aspect: str, clips: int, size: tuple[int, int]
) -> None:
    episode = world.produce(aspect=aspect, clips=clips)

    assert episode["status"] == "completed"
    assert [(clip["number"], clip["width"], clip["height"]) for clip in episode["clips"]] == [
        (number, *size) for number in range(1, clips + 1)
    ]
    assert {request.aspect for request in world.painter.asked} == {aspect}
    assert not any("photograph" in request.prompt for request in world.painter.asked)
    assert len({clip["sha256"] for clip in episode["clips"]}) == clips


def test_what_it_cost_is_what_the_ledger_says(world: World) -> None:
    episode = world.produce(clips=2)

    ledger = world.ledger()
    assert [(spend.status, spend.purpose, spend.clip) for spend in ledger if spend.clip is None] == [
        ("settled", "script_generator_bot", None)
    ]
    assert sorted(spend.clip for spend in ledger if spend.purpose == "render_clip") == [1, 2]
    cost = sum(spend.cost for spend in ledger) / 1_000_000
    assert episode["cost_usd"] == world.metadata(episode["episode_id"])["cost_usd"] == pytest.approx(cost)
    spend = world.api("GET", "/dashboard").body["spend"]
    assert spend["spent_usd"] == spend["committed_usd"] == pytest.approx(cost)
    (run,) = world.api("GET", "/runs").body["items"]
    assert (run["bot"], run["status"], run["models"]) == ("script-generator-bot", "succeeded", ["gemini-3.8-flash"])


def test_the_cast_and_the_look_reach_the_painter_with_names_and_references(world: World) -> None:
    project = world.api("POST", "/projects", {"title": "Walahi House", "photorealistic": True}).body["project_id"]
    for name in ("Amina Yusuf", "Zahra Noor"):
        attachment = world.upload(name)
        path = f"/projects/{project}/characters"
        character = world.api("POST", path, {"name": name, "appearance": {"wardrobe": "a red coat"}}).body
        reference = world.api("PUT", f"{path}/{character['character_id']}/reference", {"attachment_id": attachment})
        assert reference.status == 200, reference.body

    episode = world.produce(project_id=project, clips=1)

    assert episode["status"] == "completed"
    (request,) = world.painter.asked
    assert [reference.name for reference in request.references] == ["Amina Yusuf", "Zahra Noor"]
    assert request.photorealistic
    assert "photograph" in request.prompt
    assert "Skin with pores" in request.prompt
    assert "keep each face: Amina Yusuf, Zahra Noor." in request.prompt
    assert "Amina Yusuf (a red coat)" in request.prompt
    assert [sheet["name"] for sheet in world.writer.asked[0].material["cast"]] == ["Amina Yusuf", "Zahra Noor"]
