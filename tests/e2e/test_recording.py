"""The full pipeline from the command line: reviewed, recorded, and made again without Gemini."""

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from local import identity, recording, stores
from local.files import EXPORTS
from studio.domain.canon import EpisodeCanon
from tests.e2e.conftest import Deployed, Person
from tests.e2e.test_command import studio


@pytest.fixture(autouse=True)
def fresh_gemini(deployed: Deployed) -> Iterator[None]:
    """No outcome left over from another test, and the key stored again."""
    deployed.gemini.reset()
    yield
    deployed.gemini.reset()
    deployed.store_key()


def told(deployed: Deployed, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Run `studio produce --json` and return its exit code, the one object on stdout, and stderr."""
    done = studio(deployed, "produce", *arguments, "--json")
    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file under a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def one_of(folder: Path) -> Path:
    """Return the one folder that is in a folder."""
    [one] = folder.iterdir()
    return one


def forget_key(deployed: Deployed) -> None:
    """Leave the studio without a key, and the fake without a memory."""
    deployed.gemini.reset()
    key = {"SecretId": deployed.outputs["GeminiKeySecret"], "SecretString": json.dumps({"api_key": ""})}
    deployed.outputs.client("secretsmanager").put_secret_value(**key)


@pytest.fixture(scope="module")
def demo(deployed: Deployed) -> Person:
    """Whoever uses the command."""
    login = identity.demo_login(deployed.data_dir)
    token = identity.ensure_user(deployed.outputs, login.email, login.password)
    return Person(deployed, login.email, login.password, token)


@pytest.fixture(scope="module")
def show(deployed: Deployed, demo: Person) -> str:
    """A show of the demo user's that has all that an episode may come from: a community, a face, a past."""
    brief = {"title": "The House on Tape", "community": "Somalis in Minneapolis", "locale": "en-US"}
    project_id: str = demo.ok("POST", "/projects", brief)["project_id"]
    cast = f"/projects/{project_id}/characters"
    sheets = [{"name": "Hodan Warsame", "hides": "a letter"}, {"name": "Bile Warsame", "wants": "the house"}]
    people = demo.ok("POST", f"{cast}/import", {"characters": sheets})["items"]
    announced = demo.ok("POST", "/attachments", {"name": "Faces", "media_type": "image/png"})
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    form = announced["upload"]
    sent = httpx.post(form["url"], data=form["fields"], files={"file": picture.getvalue()}, trust_env=False)
    assert sent.is_success, sent.text
    for person in people:
        face = {"attachment_id": announced["attachment"]["attachment_id"]}
        demo.ok("PUT", f"{cast}/{person['character_id']}/reference", face)
    past = EpisodeCanon(episode_id="0" * 26, title="Before", synopsis="A letter came.", closed_at=datetime.now(UTC))
    stores.opened(deployed.outputs, identity.subject(demo.token)).canon(project_id).put(past)
    return project_id


def test_a_recorded_episode_is_made_again_byte_for_byte_without_a_key(
    deployed: Deployed, show: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    prompt = "Hodan Warsame and Bile Warsame find a tape in the drawer"
    order = (prompt, "--project", show, "--full", "--clips", "1", "--aspect", "1:1", "--provider", "gemini")
    code, first, said = told(deployed, *order, "--out", str(tmp_path / "one"), "--record", str(kept))
    assert (code, first["status"]) == (0, "completed"), said
    assert first["cost_usd"] > 0
    assert first["quote_usd"] > 0
    assert "missing" not in first, first["missing"]
    recorded = recording.load(kept)
    asked = deployed.gemini.calls
    assert len(recorded.calls) == len(asked) > 5
    assert (len(recorded.canon), len({person.reference for person in recorded.cast})) == (1, 1)
    assert "A letter came." in asked[0].prompt
    assert [call.references for call in asked if call.kind == "image"] == [
        len(json.loads((one_of(tmp_path / "one") / "clips/1.json").read_text())["people"])
    ]
    assert set(recorded.files) == set(sums(one_of(tmp_path / "one"))) >= {*EXPORTS, "clips/1.png", "episode.json"}

    forget_key(deployed)
    code, again, said = told(deployed, "--replay", str(kept), "--out", str(tmp_path / "two"))
    assert (code, again["different"], again["replayed"]) == (0, [], True), said
    assert again["identical"] == sorted(recorded.files)
    assert (again["cost_usd"], deployed.gemini.calls) == (0, [])
    assert sums(one_of(tmp_path / "two")) == sums(one_of(tmp_path / "one")) == recorded.files

    # A call less, and a key or not: nothing is bought, and it says what is wrong.
    deployed.store_key()
    lost = json.loads((kept / "order.json").read_text())
    lost["calls"] = lost["calls"][1:]
    (kept / "order.json").write_text(json.dumps(lost))
    code, broken, said = told(deployed, "--replay", str(kept), "--out", str(tmp_path / "three"))
    assert code == 1
    assert "The recording does not hold a call" in broken["error"], said
    assert deployed.gemini.calls == []


def test_refusals_a_gate_an_edit_and_a_retake_are_made_again_byte_for_byte_without_a_key(
    deployed: Deployed, demo: Person, show: str, tmp_path: Path
) -> None:
    kept, gemini = tmp_path / "kept", deployed.gemini
    # The script is refused, then no JSON, then written; it waits for its reader, and there is nothing to record yet.
    gemini.queue("text", "safety", "invalid-json")
    order = (
        "Bile Warsame hides a letter from Hodan Warsame",
        "--project",
        show,
        "--provider",
        "gemini",
        "--clips",
        "2",
    )
    gates = ("--full", "--review", "script", "--record", str(kept), "--out", str(tmp_path / "none"))
    code, told_first, said = told(deployed, *order, *gates)
    assert (code, told_first["status"]) == (0, "in_review"), said
    assert "Nothing was recorded" in said
    episode_id = told_first["episode_id"]
    here = f"/episodes/{episode_id}"
    # It is approved under another title. One clip's picture is refused, and the other nobody can judge.
    gemini.queue("image", "image-safety")
    gemini.queue("judge", *["invalid-json"] * 3)
    [gate] = demo.ok("GET", f"{here}/reviews")["items"]
    edit = {"version": demo.ok("GET", here)["version"], "title": "The Letter Comes Out"}
    answer = {"review_id": gate["review_id"], "decision": "approve", "edit": edit}
    demo.ok("POST", f"{here}/reviews/script", answer)
    first = demo.finished(episode_id)
    assert first["status"] == "partial", first["reason"]
    [shot] = [clip["number"] for clip in first["clips"] if clip["status"] == "rendered"]
    # The one that came is painted again, a part on paper is put otherwise, and all is made from there.
    demo.ok("POST", "/functions/generate-video", {"episode_id": episode_id, "clips": [shot], "another_take": True})
    assert demo.finished(episode_id)["clips"][shot - 1]["take"] == 2
    look = demo.ok("GET", f"{here}/stages/expert_director")
    document = next(part["document"] for part in look["parts"] if part["key"] == "look")
    document["palette"] = "bone white and rust"
    demo.ok("PUT", f"{here}/stages/expert_director/look", {"version": look["version"], "document": document})
    gemini.queue("image", "image-safety")
    again = ("--resume", episode_id, "--full", "--start-at", "direction")
    code, last, said = told(deployed, *again, "--record", str(kept), "--out", str(tmp_path / "one"))
    assert (code, last["status"]) == (3, "partial"), said
    assert "A replay cannot repeat" not in said
    recorded = recording.load(kept)
    assert len(recorded.acts) == 4
    assert {no.error for no in recorded.refusals} == {"Blocked", "BadAnswer"}
    assert len(recorded.refusals) >= 6
    told_of_it = json.loads((one_of(tmp_path / "one") / "episode.json").read_text())
    assert (told_of_it["title"], told_of_it["take"]) == ("The Letter Comes Out", 3)

    forget_key(deployed)
    code, replayed, said = told(deployed, "--replay", str(kept), "--out", str(tmp_path / "two"))
    assert (code, replayed["status"], replayed["different"]) == (3, "partial", []), said
    assert (replayed["cost_usd"], gemini.calls) == (0, [])
    assert (replayed["error"], len(recorded.files)) == (last["error"], len(replayed["identical"]))
    assert sums(one_of(tmp_path / "two")) == sums(one_of(tmp_path / "one")) == recorded.files
