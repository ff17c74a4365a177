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


@pytest.fixture(scope="module")
def show(deployed: Deployed) -> str:
    """A show of the demo user's that has all that an episode may come from: a community, a face, a past."""
    login = identity.demo_login(deployed.data_dir)
    token = identity.ensure_user(deployed.outputs, login.email, login.password)
    demo = Person(deployed, login.email, login.password, token)
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
    stores.opened(deployed.outputs, identity.subject(token)).canon(project_id).put(past)
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

    deployed.gemini.reset()
    key = {"SecretId": deployed.outputs["GeminiKeySecret"], "SecretString": json.dumps({"api_key": ""})}
    deployed.outputs.client("secretsmanager").put_secret_value(**key)
    code, again, said = told(deployed, "--replay", str(kept), "--out", str(tmp_path / "two"))
    assert (code, again["different"], again["replayed"]) == (0, [], True), said
    assert again["identical"] == sorted(recorded.files)
    assert (again["cost_usd"], deployed.gemini.calls) == (0, [])
    same = {name for name, sha256 in sums(one_of(tmp_path / "two")).items() if sha256 == recorded.files[name].sha256}
    assert set(recorded.files) - same <= {"episode.json", "metadata.json", "clips/1.json", "script.pdf"}

    # A call less, and a key or not: nothing is bought, and it says what is wrong.
    deployed.store_key()
    lost = json.loads((kept / "order.json").read_text())
    lost["calls"] = lost["calls"][1:]
    (kept / "order.json").write_text(json.dumps(lost))
    code, broken, said = told(deployed, "--replay", str(kept), "--out", str(tmp_path / "three"))
    assert code == 1
    assert "The recording does not hold a call" in broken["error"], said
    assert deployed.gemini.calls == []
