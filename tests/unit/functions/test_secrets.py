"""The Gemini key stays where it is."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters
from moto import mock_aws

from functions.render_clip import app as render
from functions.script_generator_bot import app as script
from studio.domain.episode import Episode, Status
from studio.entry import Studio, context
from studio.entry.observe import logger
from studio.generation.gemini import painter, writer
from tests.conftest import ENVIRONMENT, Context, call, http_event
from tests.unit.made import items_of, moved, stored

KEY = "AIza-this-is-a-secret-0123456789"
S = Status


@pytest.fixture(scope="module")
def secrets() -> Iterator[Any]:
    """Secrets Manager's client."""
    with mock_aws():
        yield boto3.client("secretsmanager")


@pytest.fixture
def studio(aws: Any, secrets: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setenv("IMAGE_RATE", "0")
    monkeypatch.setenv("TEXT_RATE", "0")
    parameters.clear_caches()
    context._gemini_client.cache_clear()
    yield Studio.opened_for("amina")
    parameters.clear_caches()
    context._gemini_client.cache_clear()


@pytest.fixture
def logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record) + str(record.__dict__))

    listener = Listener()
    root, level = logging.getLogger(), logging.getLogger().level
    for each in (root, logger._logger):
        each.addHandler(listener)
    logger.setLevel("DEBUG")
    # No further: at DEBUG botocore itself logs every answer that it reads, secrets and all.
    root.setLevel("INFO")
    yield lines
    for each in (root, logger._logger):
        each.removeHandler(listener)
    logger.setLevel("WARNING")
    root.setLevel(level)


@pytest.fixture
def keep(secrets: Any) -> Iterator[Callable[[str], Any]]:
    """Store a secret as the operator would."""
    yield lambda secret: secrets.create_secret(Name=ENVIRONMENT["GEMINI_SECRET"], SecretString=secret)
    secrets.delete_secret(SecretId=ENVIRONMENT["GEMINI_SECRET"], ForceDeleteWithoutRecovery=True)


def fail(*args: Any, **more: Any) -> Any:
    """Stand in for Google's client: whoever breaks holds the key in a local variable."""
    client = next(arg for arg in (*args, *more.values()) if hasattr(arg, "_api_client"))
    held = client._api_client.api_key
    assert held == KEY
    raise ZeroDivisionError("the client broke")


def gemini_episode(studio: Studio, *path: Status) -> Episode:
    return moved(studio, stored(studio, provider="gemini"), *path)


def test_a_key_is_in_no_log_line_no_answer_and_nothing_stored(
    studio: Studio,
    keep: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
    logged: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    keep(json.dumps({"api_key": KEY}))
    for module in (writer, painter):
        monkeypatch.setattr(module, "ask", fail)
    over = gemini_episode(studio, S.FAILED)
    asked = http_event("POST", "/functions/script-generator-bot", {"episode_id": over.episode_id})
    answer = call(script.handler, asked)
    assert answer.status == 500
    rendering = gemini_episode(studio, S.RENDERING)
    machine = {"owner": "amina", "take": 1, "episode_id": rendering.episode_id, "clip": 1}
    with pytest.raises(ZeroDivisionError) as broken:
        render.handler(machine, Context())
    shown = capfd.readouterr()
    kept = str(items_of(studio))
    for place in (*logged, shown.out, shown.err, str(answer), str(broken.value), kept):
        assert KEY not in place
    assert any("the client broke" in line for line in logged)


@pytest.mark.parametrize(
    "secret", [KEY, '"' + KEY + '"', "{}", '{"api_key": ""}', '{"key": "' + KEY + '"}', "[1]", "null"]
)
def test_a_secret_that_holds_no_key_is_a_provider_not_set_up(
    studio: Studio, keep: Callable[[str], Any], logged: list[str], capfd: pytest.CaptureFixture[str], secret: str
) -> None:
    keep(secret)
    episode = gemini_episode(studio, S.FAILED)
    answer = call(
        script.handler, http_event("POST", "/functions/script-generator-bot", {"episode_id": episode.episode_id})
    )
    assert (answer.status, answer.body["type"]) == (503, "urn:episode-studio:provider_unavailable")
    assert "No Gemini key is stored" in answer.body["detail"]
    shown = capfd.readouterr()
    assert KEY not in str(answer) + "".join(logged) + shown.out + shown.err


def test_without_a_secret_a_stage_says_what_to_do_and_is_not_retried(studio: Studio) -> None:
    episode = gemini_episode(studio, S.RENDERING)
    machine = {"owner": "amina", "take": 1, "episode_id": episode.episode_id, "clip": 1}
    answer = render.handler(machine, Context())
    assert answer["outcome"] == "provider_unavailable"
    assert "No Gemini key is stored" in answer["reason"]
    assert studio.episodes.clip(episode.episode_id, 1).reason == answer["reason"]
