"""From sign-up to bytes on disk, over HTTP, with every role enforced."""

import hashlib
import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.e2e.conftest import PROMPT, Deployed, Person


def test_an_episode_goes_from_sign_up_to_downloaded_clips_that_match_their_checksums(
    amina: Person, episode: Any
) -> None:
    assert (episode["status"], episode["reason"]) == ("completed", "")
    assert [clip["number"] for clip in episode["clips"]] == [1, 2, 3]
    assert episode["title"]
    assert episode["cost_usd"] > 0
    files = {file["name"]: file for file in amina.ok("GET", f"/episodes/{episode['episode_id']}/files")["items"]}
    for clip in episode["clips"]:
        downloaded = httpx.get(files[clip["name"]]["url"], trust_env=False)
        assert downloaded.status_code == 200
        assert hashlib.sha256(downloaded.content).hexdigest() == clip["sha256"] == files[clip["name"]]["sha256"]
        assert len(downloaded.content) == clip["bytes"]
        assert Image.open(io.BytesIO(downloaded.content)).size == (clip["width"], clip["height"])
        assert f"clips-{clip['number']}" in downloaded.headers["Content-Disposition"]
        facts = httpx.get(files[f"clips/{clip['number']}.json"]["url"], trust_env=False).json()
        assert facts["measured"]["sha256"] == clip["sha256"]
    metadata = httpx.get(files["metadata.json"]["url"], trust_env=False).json()
    assert [clip["measured"]["sha256"] for clip in metadata["clips"]] == [clip["sha256"] for clip in episode["clips"]]
    assert metadata["prompt"] == PROMPT


def test_the_script_is_there_to_read_and_for_screenwriting_programs(amina: Person, episode: Any) -> None:
    path = f"/episodes/{episode['episode_id']}/script"
    markdown, fountain = amina.call("GET", f"{path}/md"), amina.call("GET", f"{path}/fountain")
    assert markdown.headers["Content-Type"].startswith("text/markdown")
    assert markdown.text.startswith(f"# {episode['title']}")
    assert fountain.text.startswith("Title:")


def test_the_dashboard_counts_it_and_its_cost(amina: Person, episode: Any) -> None:
    dashboard = amina.ok("GET", "/dashboard")
    assert dashboard["episodes"]["by_status"]["completed"] >= 1
    assert dashboard["spend"]["spent_usd"] >= episode["cost_usd"] > 0
    assert dashboard["spend"]["committed_usd"] == pytest.approx(dashboard["spend"]["spent_usd"])


@pytest.mark.parametrize(("aspect", "size"), [("9:16", (768, 1344)), ("1:1", (1024, 1024))])
def test_a_rehearsal_costs_nothing_and_says_that_it_is_one(amina: Person, aspect: str, size: Any) -> None:
    order = {"prompt": "Zahra finds a ring at the wedding", "provider": "draft", "aspect": aspect, "clips": 1}
    started = amina.ok("POST", "/functions/generate-episode-from-prompt", order)
    made = amina.finished(started["episode_id"])
    [clip] = made["clips"]
    assert (made["status"], made["cost_usd"], clip["draft"]) == ("completed", 0, True)
    assert (clip["width"], clip["height"]) == size
    files = amina.ok("GET", f"/episodes/{made['episode_id']}/files")["items"]
    [link] = [file["url"] for file in files if file["name"] == "clips/1.png"]
    picture = Image.open(io.BytesIO(httpx.get(link, trust_env=False).content))
    assert "DRAFT" in picture.text["Comment"]  # type: ignore[attr-defined]


def test_a_bot_can_be_called_by_itself_now_or_later(amina: Person, episode: Any) -> None:
    now = amina.ok("POST", "/functions/script-generator-bot", {"episode_id": episode["episode_id"]})
    assert (now["title"], now["kept"]) == (episode["title"], ["script"])
    later = amina.call(
        "POST", "/functions/script-generator-bot", {"episode_id": episode["episode_id"]}, Prefer="respond-async"
    )
    assert later.status_code == 202
    for _ in range(100):
        run = amina.ok("GET", later.headers["Location"])
        if run["status"] in {"succeeded", "failed"}:
            break
    assert (run["status"], run["output"]["title"]) == ("succeeded", episode["title"])


def test_editing_one_clip_buys_that_clip_and_nothing_else(deployed: Deployed, amina: Person, episode: Any) -> None:
    before = amina.ok("GET", f"/episodes/{episode['episode_id']}")
    edit = {"version": before["version"], "clips": [{"number": 2, "description": "Hodan alone on the roof at dawn."}]}
    amina.ok("PATCH", f"/episodes/{episode['episode_id']}", edit)
    deployed.gemini.reset()
    amina.ok("POST", "/functions/generate-video", {"episode_id": episode["episode_id"]})
    after = amina.finished(episode["episode_id"])
    assert after["status"] == "completed"
    assert [call.kind for call in deployed.gemini.calls] == ["image", "judge"]
    changed = [a["number"] for a, b in zip(after["clips"], before["clips"], strict=True) if a["sha256"] != b["sha256"]]
    assert changed == [2]


def test_a_reference_picture_travels_with_its_name(deployed: Deployed, amina: Person, house: Any) -> None:
    announced = amina.ok("POST", "/attachments", {"name": "Hodan's face", "media_type": "image/png"})
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    form = announced["upload"]
    sent = httpx.post(form["url"], data=form["fields"], files={"file": picture.getvalue()}, trust_env=False)
    assert sent.is_success, sent.text
    cast = f"/projects/{house['project_id']}/characters"
    person = amina.ok("GET", cast)["items"][0]
    chosen = {"attachment_id": announced["attachment"]["attachment_id"]}
    amina.ok("PUT", f"{cast}/{person['character_id']}/reference", chosen)
    deployed.gemini.reset()
    name = person["sheet"]["name"]
    order = {"prompt": f"{name} waits alone", "project_id": house["project_id"], "provider": "gemini", "clips": 1}
    made = amina.finished(amina.ok("POST", "/functions/generate-episode-from-prompt", order)["episode_id"])
    assert made["status"] == "completed", made["reason"]
    [image] = [call for call in deployed.gemini.calls if call.kind == "image"]
    people = made["script"]["clips"][0]["people"]
    assert image.references == (1 if name in people else 0)
    amina.ok("PUT", f"{cast}/{person['character_id']}/reference", {"attachment_id": None})


def test_a_wrong_key_is_one_clear_sentence_and_no_second_try(deployed: Deployed, amina: Person) -> None:
    deployed.gemini.reset()
    deployed.gemini.queue("text", "bad-key", "bad-key", "bad-key")
    order = {"prompt": "Nobody home", "provider": "gemini", "clips": 1}
    made = amina.finished(amina.ok("POST", "/functions/generate-episode-from-prompt", order)["episode_id"])
    assert made["status"] == "failed"
    assert "key was refused" in made["reason"]
    assert len(deployed.gemini.calls) == 1
    assert deployed.gemini.key not in json.dumps(made)
    deployed.gemini.reset()
