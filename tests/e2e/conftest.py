"""A deployed stack: one emulator per session, on a free port, with its own data, stopped by its own process."""

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import stack
from local.emulator.process import Emulator, start_emulator
from local.stack import Outputs
from tests.fakes.gemini import FakeGemini
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.networks import Networks

TERMINAL = {"completed", "partial", "failed", "cancelled"}
CONFIRMATION_CODE = "123456"  # what the emulator "mails"
PROMPT = "Create a dramatic episode where the main character discovers a shocking family secret"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark this tier, and put it last: what fails fast should fail first."""
    mine = {item for item in items if item.nodeid.startswith("tests/e2e/")}
    for item in mine:
        item.add_marker(pytest.mark.e2e)
    items.sort(key=mine.__contains__)


@dataclass
class Deployed:
    """The stack, and the fake that stands where Gemini would."""

    emulator: Emulator
    outputs: Outputs
    gemini: FakeGemini
    networks: Networks
    data_dir: Path

    def store_key(self) -> None:
        """Store the keys that the fakes take. The emulator keeps no secret's value over a restart."""
        secrets_manager = self.outputs.client("secretsmanager")
        registered = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "api_key": "key-for-tests"}
        apps = dict.fromkeys(("youtube", "tiktok", "instagram", "x", "reddit"), registered)
        for secret, value in (("GeminiKeySecret", {"api_key": self.gemini.key}), ("ChannelAppsSecret", apps)):
            secrets_manager.put_secret_value(SecretId=self.outputs[secret], SecretString=json.dumps(value))

    def sweep(self) -> None:
        """Have the sweep look at everything at once, as after a restart."""
        self.outputs.client("lambda").invoke(
            FunctionName=f"{self.outputs.stack}-sweep", Payload=json.dumps({"rest_seconds": 0})
        )

    def person(self, name: str) -> "Person":
        """Sign somebody up, confirm their address and sign them in."""
        email = f"{name}-{secrets.token_hex(4)}@example.com"
        password = secrets.token_urlsafe(18)
        cognito = self.outputs.client("cognito-idp")
        client_id = self.outputs["UserPoolClientId"]
        cognito.sign_up(ClientId=client_id, Username=email, Password=password)
        cognito.confirm_sign_up(ClientId=client_id, Username=email, ConfirmationCode=CONFIRMATION_CODE)
        person = Person(self, email, password)
        person.sign_in()
        return person


@dataclass
class Person:
    """Somebody with an account, and their way into the API."""

    deployed: Deployed
    email: str
    password: str
    token: str = ""
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60, trust_env=False))

    def sign_in(self) -> None:
        """Get a fresh ID token."""
        answer = self.deployed.outputs.client("cognito-idp").initiate_auth(
            ClientId=self.deployed.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.email, "PASSWORD": self.password},
        )
        self.token = answer["AuthenticationResult"]["IdToken"]

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Call the API. `headers` names use underscores; a `str` body goes as it is."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Authorization", self.token)
        content = None if body is None else body if isinstance(body, str) else json.dumps(body)
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        url = self.deployed.outputs.api_url + path
        return self.http.request(method, url, content=content, headers=sent)

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call the API and return the body of what must be a success."""
        answer = self.call(method, path, body, **headers)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def wait(self, episode_id: str, done: Callable[[Any], bool], seconds: float = 90) -> Any:
        """Read an episode until `done` says so."""
        deadline = time.monotonic() + seconds
        while True:
            episode = self.ok("GET", f"/episodes/{episode_id}")
            if done(episode):
                return episode
            assert time.monotonic() < deadline, f"still {episode['status']} after {seconds} s: {episode}"
            time.sleep(0.2)

    def finished(self, episode_id: str, seconds: float = 90) -> Any:
        """Wait until an episode is over and its rendered clips are measured."""
        return self.wait(
            episode_id,
            lambda e: (
                e["status"] in TERMINAL and all(clip["measured"] for clip in e["clips"] if clip["status"] == "rendered")
            ),
            seconds,
        )


@pytest.fixture(scope="session")
def gemini() -> Iterator[FakeGemini]:
    """A fake Gemini that outlives every test of the session."""
    with FakeGemini() as fake:
        yield fake


@pytest.fixture(scope="session")
def networks() -> Iterator[Networks]:
    """YouTube, TikTok, Instagram, X, Reddit, Stripe and the others, on loopback."""
    with Networks() as fake:
        yield fake


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, gemini: FakeGemini, networks: Networks) -> Iterator[Deployed]:
    """The whole stack, with IAM enforced."""
    data_dir = tmp_path_factory.mktemp("studio")
    # The session's own environment is moto's; the emulator and SAM set theirs themselves.
    for name in [name for name in os.environ if name.startswith("POWERTOOLS_")]:
        os.environ.pop(name)
    with start_emulator(data_dir, port=0) as emulator:
        parameters = {"GeminiBaseUrl": gemini.url, "ImageRate": "0", "TextRate": "0", "ChannelsGateway": networks.url}
        parameters |= {"MailFrom": "news@studio.example", "MailIdentity": "studio.example"}
        outputs = stack.deploy(emulator.endpoint, parameters, data_dir=data_dir)
        stack_here = Deployed(emulator, outputs, gemini, networks, data_dir)
        stack_here.store_key()
        yield stack_here
        if stack_here.emulator is not emulator:  # a test killed the first one
            stack_here.emulator.stop()


@pytest.fixture(scope="session")
def amina(deployed: Deployed) -> Person:
    """The first owner."""
    return deployed.person("amina")


@pytest.fixture(scope="session")
def bilan(deployed: Deployed) -> Person:
    """The second owner, who must not reach the first one's things."""
    return deployed.person("bilan")


@pytest.fixture(scope="session")
def house(amina: Person) -> Any:
    """Amina's project with the ready-made cast."""
    project = amina.ok("POST", "/projects", {"title": "Walahi House", "mood": "tense"})
    amina.ok("POST", f"/projects/{project['project_id']}/characters/ready-made", {"cast": "say-walahi"})
    return project


@pytest.fixture(scope="session")
def episode(amina: Person, house: Any) -> Any:
    """A finished episode of Amina's, made by the fake Gemini."""
    order = {"prompt": PROMPT, "project_id": house["project_id"], "provider": "gemini"}
    started = amina.call("POST", "/functions/generate-episode-from-prompt", order)
    assert started.status_code == 202, started.text
    assert started.headers["Location"] == f"/episodes/{started.json()['episode_id']}"
    return amina.finished(started.json()["episode_id"])
