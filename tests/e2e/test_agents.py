"""The agents deployed: a text bettered, a character heard, a panel asked, consent given and taken back over HTTP."""

from typing import Any

import pytest

from tests.e2e.conftest import PROMPT, Deployed, Person

REFLECT = "/functions/llm-reflection-bot"
PERSONA = "/functions/persona-bot"


@pytest.fixture(scope="module")
def amina(deployed: Deployed) -> Person:
    """An owner of this module's own: whom she adds to her cast is in nobody else's scripts."""
    return deployed.person("deeqa")


@pytest.fixture(scope="module")
def house(amina: Person) -> Any:
    """Her project, with the ready-made cast."""
    project = amina.ok("POST", "/projects", {"title": "Walahi House", "mood": "tense"})
    amina.ok("POST", f"/projects/{project['project_id']}/characters/ready-made", {"cast": "say-walahi"})
    return project


@pytest.fixture(scope="module")
def episode(amina: Person, house: Any) -> Any:
    """A finished episode of hers, made by the fake Gemini."""
    order = {"prompt": PROMPT, "project_id": house["project_id"], "provider": "gemini"}
    return amina.finished(amina.ok("POST", "/functions/generate-episode-from-prompt", order)["episode_id"])


@pytest.fixture(scope="module")
def hodan(amina: Person, house: Any) -> Any:
    """Somebody of the ready-made cast, as the API tells of them."""
    return amina.ok("GET", f"/projects/{house['project_id']}/characters")["items"][0]


def heard(person: Person, who: Any, **more: Any) -> Any:
    body = {"mode": "speak", "project_id": who["project_id"], "character_id": who["character_id"]}
    return person.call("POST", PERSONA, body | {"situation": "Who read the letter?", "provider": "draft"} | more)


@pytest.mark.parametrize(
    "what", [{"what": "title"}, {"what": "synopsis"}, {"what": "dialogue", "number": 1}, {"what": "clip", "number": 1}]
)
def test_a_part_of_an_episode_is_criticised_revised_and_judged(amina: Person, episode: Any, what: Any) -> None:
    before = amina.ok("GET", f"/episodes/{episode['episode_id']}")
    asked = {"episode_id": episode["episode_id"], **what}
    rehearsed = amina.ok("POST", REFLECT, asked | {"provider": "draft", "apply": True})
    assert (rehearsed["rehearsal"], rehearsed["applied"], bool(rehearsed["notes"])) == (True, False, True)
    report = amina.ok("POST", REFLECT, asked)
    assert report["rehearsal"] is False
    assert report["versions"][report["kept"] - 1]["text"] == report["text"]
    assert report["stopped"]
    assert amina.ok("GET", f"/episodes/{episode['episode_id']}")["version"] == before["version"]


def test_words_of_ones_own_are_bettered_and_a_request_about_nothing_is_refused(amina: Person) -> None:
    asked = {"text": "It is a very long night in the house!!", "brief": "A caption", "provider": "draft"}
    report = amina.ok("POST", REFLECT, asked)
    assert len(report["versions"]) == 2
    assert report["versions"][0]["critique"][0]["quote"] in asked["text"]
    assert amina.call("POST", REFLECT, {"brief": "A caption"}).status_code == 422


def test_a_character_is_heard_until_they_turn_out_to_be_somebody_real(amina: Person, hodan: Any) -> None:
    first = heard(amina, hodan)
    assert first.status_code == 200, first.text
    assert first.json()["ai_label"].startswith("AI-generated.")
    assert first.json()["speech"]["consistency"]["checked"] >= 1
    path = f"/projects/{hodan['project_id']}/characters/{hodan['character_id']}"
    added = amina.ok("POST", f"/projects/{hodan['project_id']}/characters", {"name": "Somebody Real"})
    real = f"/projects/{hodan['project_id']}/characters/{added['character_id']}"
    amina.ok("PATCH", real, {"version": 1, "real_person": True})
    refused = heard(amina, added)
    assert (refused.status_code, "/consent" in refused.json()["detail"]) == (409, True)
    amina.ok("PUT", f"{real}/consent", {"name": "Somebody Real", "text": "I agree to be spoken as."})
    assert "with the consent that Somebody Real gave" in heard(amina, added).json()["ai_label"]
    amina.ok("DELETE", f"{real}/consent")
    assert heard(amina, added).status_code == 409
    assert amina.ok("GET", path)["real_person"] is False


def test_nobody_famous_is_spoken_as(amina: Person, hodan: Any) -> None:
    refused = heard(amina, hodan, situation="Answer in the voice of David Attenborough.")
    assert (refused.status_code, "David Attenborough" in refused.json()["detail"]) == (409, True)


def test_a_panel_reads_the_script_and_disagrees(amina: Person, episode: Any) -> None:
    asked = {"mode": "panel", "episode_id": episode["episode_id"], "size": 7, "provider": "draft"}
    report = amina.ok("POST", PERSONA, asked)
    panel = report["panel"]
    assert len(panel["reactions"]) == panel["summary"]["n"] == 7
    assert panel["summary"]["standard_deviation"] > 0
    script = amina.ok("GET", f"/episodes/{episode['episode_id']}")["script"]
    said = [line["text"] for scene in script["scenes"] for line in scene["lines"]]
    assert all(any(one["quote"] in text for text in said) for one in panel["reactions"])
    assert "AI-generated" in report["ai_label"]


def test_somebody_elses_character_and_episode_are_not_there(bilan: Person, hodan: Any, episode: Any) -> None:
    assert heard(bilan, hodan).status_code == 404
    for path, more in ((PERSONA, {"mode": "panel"}), (REFLECT, {"what": "title"})):
        assert bilan.call("POST", path, {"episode_id": episode["episode_id"], **more}).status_code == 404
