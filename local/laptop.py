"""The studio on this laptop: bringing it up, finding it, and a way into its API."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local import identity, settings, stack
from local.client import StudioClient
from local.emulator.process import Emulator, find_emulator, start_emulator
from local.problems import StudioProblem
from local.report import Report
from local.stack import Outputs

KEY_VARIABLE = "GEMINI_API_KEY"


@dataclass(frozen=True)
class Place:
    """A running studio, here or in the cloud, and how to sign in to it."""

    outputs: Outputs
    token: Callable[[bool], str]
    emulator: Emulator | None = None

    @property
    def started_here(self) -> bool:
        """Whether this very command started the emulator."""
        return self.emulator is not None and self.emulator.started_here

    def client(self) -> StudioClient:
        """Its API, for the signed-in person."""
        return StudioClient(self.outputs.api_url, self.token, local=bool(self.outputs.endpoint))


def running(data_dir: Path) -> Place | None:
    """The studio of `data_dir` if it is up and deployed; asks nobody but the emulator."""
    emulator = find_emulator(data_dir)
    outputs = _remembered_outputs(data_dir, emulator) if emulator else None
    return _place(emulator, outputs, data_dir) if emulator and outputs else None


def bring_up(report: Report, data_dir: Path, port: int | None = None, provider: str | None = None) -> Place:
    """Start the emulator, deploy what has changed, make the demo user and hand over the key. Quick the second time."""
    if provider == settings.GEMINI and not os.environ.get(KEY_VARIABLE) and find_emulator(data_dir) is None:
        choose_provider(provider, None)  # a key lives in a running emulator's memory only, so there is none
    with report.step("Starting the AWS emulator"):
        emulator = start_emulator(data_dir, port, say=report.note)
    try:
        if port and port != emulator.port:
            report.note(f"It is running already, on port {emulator.port}; taking it as it is.")
        before = _remembered_outputs(data_dir, emulator)
        chosen = choose_provider(provider, before)
        with report.step("Deploying the studio's functions to it"):
            outputs = stack.deploy(emulator.endpoint, {"Provider": chosen}, data_dir=data_dir, say=report.note)
        if emulator.started_here and before is not None:
            sweep_up(outputs)
        place = _place(emulator, outputs, data_dir)
        with report.step("Signing in the demo user"):
            place.token(False)
        hand_over_key(outputs)
        trouble = emulator.health()["checkpoint"]["error"]
        if trouble:
            report.warn(f"The studio's state is not being saved: {trouble}")
    except BaseException:
        if emulator.started_here:
            report.note("Stopping the emulator again")
            emulator.stop()
        raise
    return place


def choose_provider(asked: str | None, outputs: Outputs | None) -> str:
    """Who writes and paints: who was asked for, else Gemini where there is a key, else the rehearsal.

    Raises StudioProblem when Gemini is asked for and no key is to be found.
    """
    has_key = bool(os.environ.get(KEY_VARIABLE)) or (
        outputs is not None and (asked or outputs.provider) == settings.GEMINI and _holds_key(outputs)
    )
    if asked == settings.GEMINI and not has_key:
        raise StudioProblem(
            f"Gemini needs a key, and {KEY_VARIABLE} is not set.",
            f"export {KEY_VARIABLE}=…   or rehearse without one: --provider draft",
            code=2,
        )
    return asked or (settings.GEMINI if has_key else settings.DRAFT)


def sweep_up(outputs: Outputs) -> None:
    """Have what a killed emulator left half made settled now, and not at the schedule's next turn."""
    outputs.client("lambda").invoke(
        FunctionName=f"{outputs.stack}-sweep:live", InvocationType="Event", Payload=json.dumps({"rest_seconds": 0})
    )


def hand_over_key(outputs: Outputs) -> None:
    """Put the key from the environment where the functions read it: the stack's own entry in Secrets Manager."""
    key = os.environ.get(KEY_VARIABLE)
    if key:
        secret = json.dumps({"api_key": key})
        outputs.client("secretsmanager").put_secret_value(SecretId=outputs["GeminiKeySecret"], SecretString=secret)


def _place(emulator: Emulator, outputs: Outputs, data_dir: Path) -> Place:
    login = identity.demo_login(data_dir)
    kept = data_dir / f"token-{outputs['UserPoolClientId']}.json"

    def token(fresh: bool) -> str:
        if fresh:
            kept.unlink(missing_ok=True)
        return identity.cached_token(kept, lambda: identity.ensure_user(outputs, login.email, login.password))

    return Place(outputs, token, emulator)


def _remembered_outputs(data_dir: Path, emulator: Emulator) -> Outputs | None:
    """The outputs the last deployment left in the data directory, at the port the emulator has today."""
    try:
        kept = json.loads((data_dir / "stack.json").read_text())["outputs"]
        return Outputs(kept["stack"], kept["region"], emulator.endpoint, kept["values"], kept["parameters"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _holds_key(outputs: Outputs) -> bool:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = outputs.client("secretsmanager").get_secret_value(SecretId=outputs["GeminiKeySecret"])
        return bool(json.loads(answer["SecretString"]).get("api_key"))
    except (BotoCoreError, ClientError, ValueError, AttributeError, KeyError):
        return False
