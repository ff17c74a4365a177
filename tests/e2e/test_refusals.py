"""What a stranger, a careless client and another owner get to see."""

import base64
import json
import re
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.e2e.conftest import PROMPT, Deployed, Person
from tests.unit.functions.test_owners import BODIES

PRODUCE = "/functions/generate-episode-from-prompt"


def refused(answer: Any, status: int) -> Any:
    """Assert that this is a refusal with this status, told as problem+json without any trace."""
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:episode-studio:")
    assert problem["detail"]
    assert "Traceback" not in answer.text
    return problem


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says."""
    body = token.split(".")[1]
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return told


def coded(part: bytes) -> str:
    """Return a part of a token as it is written."""
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def forged(token: str, **claims: Any) -> str:
    """Return a token with other claims and the old signature."""
    head, _, signature = token.split(".")
    return f"{head}.{coded(json.dumps(claims_of(token) | claims).encode())}.{signature}"


def signed(deployed: Deployed, token: str, **claims: Any) -> str:
    """Return a token with other claims, signed with the key that the user pool signs its own with."""
    pool = claims_of(token)["iss"].rsplit("/", 1)[1]
    key: Any = load_pem_private_key(
        (deployed.data_dir / "state" / "cognito-pool-keys" / f"{pool}-id.pem").read_bytes(), password=None
    )
    said = f"{token.split('.')[0]}.{coded(json.dumps(claims_of(token) | claims).encode())}"
    return f"{said}.{coded(key.sign(said.encode(), PKCS1v15(), SHA256()))}"


@pytest.fixture(scope="module")
def foreign_token(deployed: Deployed) -> Iterator[str]:
    """A good token, of another user pool."""
    cognito = deployed.outputs.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="elsewhere")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="elsewhere", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    login = {"USERNAME": "mallory", "PASSWORD": "Correct-horse-7-battery"}
    cognito.admin_create_user(UserPoolId=pool, Username="mallory", TemporaryPassword=login["PASSWORD"])
    cognito.admin_set_user_password(UserPoolId=pool, Username="mallory", Password=login["PASSWORD"], Permanent=True)
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login)
    yield answer["AuthenticationResult"]["IdToken"]
    cognito.delete_user_pool(UserPoolId=pool)


def test_without_a_good_token_there_is_no_answer(amina: Person, foreign_token: str) -> None:
    for token in ("", "nonsense", forged(amina.token, sub="bilan"), forged(amina.token, exp=1), foreign_token):
        assert amina.call("GET", "/dashboard", Authorization=token).status_code in {401, 403}, token[:20]


def test_a_token_is_good_until_it_expires(deployed: Deployed, amina: Person) -> None:
    now = int(time.time())
    ahead, over = (signed(deployed, amina.token, exp=now + seconds) for seconds in (3600, -1))
    assert claims_of(ahead) | {"exp": 0} == claims_of(over) | {"exp": 0}
    assert amina.ok("GET", "/dashboard", Authorization=ahead) == amina.ok("GET", "/dashboard")
    for method, path in (("GET", "/dashboard"), ("POST", PRODUCE)):
        problem = refused(amina.call(method, path, {"prompt": "x"}, Authorization=over), 401)
        assert problem["type"] == "urn:episode-studio:unauthorized"
        assert problem["request_id"]


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"prompt": ""}, 422, "prompt"),
        ({"prompt": " \n\t "}, 422, "prompt"),
        ({"prompt": "x" * 20_000}, 422, "prompt"),
        ({"prompt": "\x00\x07\x1b"}, 422, "prompt"),
        ({"prompt": 7}, 422, "prompt"),
        ({"prompt": ["x"]}, 422, "prompt"),
        ({"prompt": "x", "owner": "bilan"}, 422, "owner"),
        ({"prompt": "x", "clips": 0}, 422, "clips"),
        ({"prompt": "x", "clips": 7}, 422, "clips"),
        ({"prompt": "x", "aspect": "4:3"}, 422, "aspect"),
        ({"prompt": "x", "project_id": "../../etc"}, 422, "project_id"),
        ({}, 422, None),
        ({"prompt": "x", "episode_id": "0" * 26}, 422, None),
        ("{not json", 400, None),
        ("[" * 100_000, 400, None),
        ("null", 422, None),
        (json.dumps({"prompt": "x" * 3_000_000}), 413, None),
        ({"prompt": "x", "project_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, 404, None),
        ({"episode_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, 404, None),
    ],
)
def test_a_bad_order_is_refused_with_the_field_that_is_wrong(
    amina: Person, body: Any, status: int, path: str | None
) -> None:
    problem = refused(amina.call("POST", PRODUCE, body), status)
    if path is not None:
        assert path in [entry["path"] for entry in problem["errors"]]


@pytest.mark.parametrize(
    "prompt", ["عائلة تكتشف سرًّا في ليلة العيد", "👩‍👩‍👧‍👦💔🔑🏠", "A letter\x00 in\x07 the wall", "‮reversed‬ and 漢字"]
)
def test_any_living_language_makes_an_episode(amina: Person, prompt: str) -> None:
    started = amina.ok("POST", PRODUCE, {"prompt": prompt, "provider": "draft", "clips": 1})
    made = amina.finished(started["episode_id"])
    assert made["status"] == "completed", made["reason"]
    assert "\x00" not in made["prompt"]


def test_a_second_owner_finds_nothing_of_the_first_on_any_route(
    deployed: Deployed, amina: Person, bilan: Person, house: Any, episode: Any
) -> None:
    character = amina.ok("GET", f"/projects/{house['project_id']}/characters")["items"][0]
    attachment = amina.ok("POST", "/attachments", {"name": "Mine", "media_type": "image/png"})["attachment"]
    run = amina.ok("GET", "/runs")["items"][0]
    # Ids of which she has none here are still ids; the unit tier tries them with things that are there.
    ids = defaultdict(lambda: str(episode["episode_id"])) | {
        "project_id": house["project_id"],
        "character_id": character["character_id"],
        "episode_id": episode["episode_id"],
        "attachment_id": attachment["attachment_id"],
        "run_id": run["run_id"],
        "script_format": "md",
        "export_format": "csv",
        "stage_name": "script_generator_bot",
        "part_key": "script",
        "gate": "script",
        "owner": "somebody",
        "content_hash": "0" * 64,
        "network": "x",
        "account_id": "account-1",
    }
    # What each route takes, as the unit tier sends it.
    bodies = {(method, re.sub(r"<(\w+)>", r"{\1}", path)): body for (method, path), body in BODIES.items()}
    api = deployed.outputs.client("apigateway")
    resources = api.get_resources(restApiId=deployed.outputs["ApiId"], limit=500)["items"]
    routes = [
        (method, resource["path"])
        for resource in resources
        if "{" in resource["path"].replace("{network}", "")
        for method in resource.get("resourceMethods", {})
        if method != "OPTIONS"
    ]
    assert len(routes) >= 20
    for method, route in routes:
        answer = bilan.call(method, route.format_map(ids), bodies.get((method, route)))
        assert answer.status_code == 404, (method, route, answer.status_code, answer.text)
    for path in (
        PRODUCE,
        "/functions/episode-producer",
        "/functions/generate-video",
        "/functions/script-generator-bot",
        "/functions/cross-platform-posting-bot",
        "/functions/multi-channel-upload-bot",
    ):
        refused(bilan.call("POST", path, {"episode_id": episode["episode_id"]}), 404)
    refused(bilan.call("POST", PRODUCE, {"prompt": "x", "project_id": house["project_id"]}), 404)
    for path in ("/projects", "/episodes", "/attachments"):
        assert bilan.ok("GET", path)["items"] == []
    # The bots' calls that were refused above are runs of his own.
    assert {own["status"] for own in bilan.ok("GET", "/runs")["items"]} == {"failed"}


def test_the_same_idempotency_key_makes_one_episode_and_another_body_is_refused(amina: Person) -> None:
    key = str(uuid.uuid4())
    order = {"prompt": "Once and only once", "provider": "draft", "clips": 1}
    first = amina.ok("POST", PRODUCE, order, Idempotency_Key=key)
    again = amina.ok("POST", PRODUCE, order, Idempotency_Key=key)
    assert again["episode_id"] == first["episode_id"]
    refused(amina.call("POST", PRODUCE, {**order, "prompt": "Another"}, Idempotency_Key=key), 409)
    amina.finished(first["episode_id"])
    matching = [e for e in amina.ok("GET", "/episodes?limit=100")["items"] if e["prompt"] == order["prompt"]]
    assert len(matching) == 1


def test_while_an_episode_is_made_it_cannot_be_edited_deleted_or_made_twice(deployed: Deployed, amina: Person) -> None:
    # A first call takes a function seconds to start; then the work would be over before the refusals are asked for.
    refused(amina.call("POST", "/functions/generate-video", {"episode_id": "0" * 26}), 404)
    refused(amina.call("PATCH", "/episodes/" + "0" * 26, {"version": 1}), 404)
    deployed.gemini.seconds["image"] = 5.0
    try:
        order = {"prompt": PROMPT + " at sea", "provider": "gemini", "clips": 2}
        episode_id = amina.ok("POST", PRODUCE, order)["episode_id"]
        at_work = amina.wait(episode_id, lambda e: e["status"] == "rendering")
        refused(amina.call("DELETE", f"/episodes/{episode_id}"), 409)
        refused(amina.call("PATCH", f"/episodes/{episode_id}", {"version": at_work["version"], "title": "x"}), 409)
        refused(amina.call("POST", "/functions/generate-video", {"episode_id": episode_id}), 409)
        refused(amina.call("POST", PRODUCE, {"episode_id": episode_id}), 409)
        done = amina.finished(episode_id)
    finally:
        deployed.gemini.seconds["image"] = 0.0
    refused(amina.call("PATCH", f"/episodes/{episode_id}", {"version": 1 + done["version"], "title": "x"}), 409)
    assert amina.call("DELETE", f"/episodes/{episode_id}").status_code == 204
    refused(amina.call("GET", f"/episodes/{episode_id}"), 404)
    objects = deployed.outputs.client("s3").list_objects_v2(Bucket=deployed.outputs["VideosBucket"])
    assert not [entry for entry in objects.get("Contents", []) if episode_id in entry["Key"]]


def test_a_cancelled_episode_stays_cancelled_and_is_taken_up_without_buying_twice(
    deployed: Deployed, amina: Person
) -> None:
    deployed.gemini.reset()
    deployed.gemini.seconds["image"] = 1.5
    try:
        order = {"prompt": PROMPT + " in the rain", "provider": "gemini", "clips": 3}
        episode_id = amina.ok("POST", PRODUCE, order)["episode_id"]
        amina.wait(episode_id, lambda e: e["status"] == "rendering")
        assert amina.call("POST", f"/episodes/{episode_id}/cancel").status_code == 202
        stopped = amina.ok("GET", f"/episodes/{episode_id}")
        assert stopped["status"] == "cancelled"
        refused(amina.call("POST", f"/episodes/{episode_id}/cancel"), 409)
        texts = [call.kind for call in deployed.gemini.calls].count("text")
        amina.ok("POST", PRODUCE, {"episode_id": episode_id})
        done = amina.finished(episode_id)
    finally:
        deployed.gemini.seconds["image"] = 0.0
    assert done["status"] == "completed", done["reason"]
    assert [call.kind for call in deployed.gemini.calls].count("text") == texts == 1


def test_what_is_deleted_answers_204_with_nothing_in_it(amina: Person) -> None:
    project = amina.ok("POST", "/projects", {"title": "Short-lived"})
    gone = amina.call("DELETE", f"/projects/{project['project_id']}")
    assert (gone.status_code, gone.content) == (204, b"")
