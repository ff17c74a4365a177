"""The deployed stack, on the emulator or in an account: deploying it and asking where its parts are."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local import build, locks, settings
from local.problems import StudioProblem

ARTIFACTS_BUCKET = "episode-studio-deployments"
_STARTS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
_ABSENT = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")


@dataclass(frozen=True)
class Outputs:
    """Where the parts of one deployed stack are. `endpoint` is the emulator's URL, or empty for AWS itself."""

    stack: str
    region: str
    endpoint: str
    values: Mapping[str, str]
    parameters: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """One CloudFormation output. Raises StudioProblem when the stack has none of that name."""
        try:
            return self.values[name]
        except KeyError:
            raise StudioProblem(
                f"The stack {self.stack} has no output called {name}.", "Is it an Episode Studio? ./studio deploy"
            ) from None

    @property
    def api_url(self) -> str:
        """The API's base URL, without a trailing slash. The emulator has it at an address of its own."""
        if self.endpoint:
            return f"{self.endpoint}/{self['ApiStage']}"
        return self["ApiUrl"].rstrip("/")

    @property
    def provider(self) -> str:
        """Who writes and paints by default: draft or gemini."""
        return self.parameters.get("Provider", settings.DRAFT)

    def client(self, service: str) -> Any:
        """A boto3 client for where this stack lives."""
        return aws_client(service, self.endpoint, self.region)


def aws_client(service: str, endpoint: str = "", region: str = "") -> Any:
    """A boto3 client for the emulator at `endpoint`, or with the user's own credentials when that is empty."""
    if not endpoint:
        account: Any = boto3.Session(region_name=region or None)
        return account.client(service)
    # A session without the user's files: a broken profile must not stop work that needs no account.
    session: Any = boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  the emulator's root user
        region_name=region or settings.REGION,
    )
    patient = Config(connect_timeout=5, read_timeout=60, retries={"max_attempts": 3}, proxies={})
    return session.client(service, endpoint_url=endpoint, config=patient)


def describe(stack: str = settings.STACK, endpoint: str = "", region: str = "") -> Outputs | None:
    """The outputs and parameters of a stack that is ready to use, or None when there is none."""
    found = _status(stack, endpoint, region)
    if found is None or not found["StackStatus"].endswith("_COMPLETE") or found["StackStatus"] in _ABSENT:
        return None
    if found["StackStatus"] in {"ROLLBACK_COMPLETE"}:
        return None
    session_region = region or (settings.REGION if endpoint else boto3.Session().region_name or "")
    return Outputs(
        stack,
        session_region,
        endpoint,
        {entry["OutputKey"]: entry["OutputValue"] for entry in found.get("Outputs", [])},
        {entry["ParameterKey"]: entry.get("ParameterValue", "") for entry in found.get("Parameters", [])},
    )


def deploy(
    endpoint: str,
    parameters: Mapping[str, str] | None = None,
    *,
    data_dir: Path,
    root: Path = settings.ROOT,
    output: Path | None = None,
    log: Path | None = None,
    say: build.Say = lambda line: None,
) -> Outputs:
    """Build and deploy the template under `root` to the emulator at `endpoint`; nothing when it is there already.

    `parameters` override the template's, on top of Stage, Architecture, Provider and PublicUrl. What was deployed is
    remembered in `data_dir`, so that the next call with the same sources and parameters only asks the emulator for its
    outputs.
    """
    chosen = {"Stage": "local", "Architecture": settings.architecture(), "Provider": settings.DRAFT}
    # The emulator answers for the API there, as a domain of its own would.
    chosen |= {"PublicUrl": f"{endpoint}/v1"}
    chosen |= dict(parameters or {})
    memory = data_dir / "stack.json"
    digest = build.fingerprint(root, chosen)
    log = log or settings.LOGS / "deploy.log"
    with locks.holding(data_dir / "deploy.lock", lambda: say("Another ./studio is deploying; waiting.")):
        if _remembered(memory) == digest:
            outputs = describe(settings.STACK, endpoint)
            if outputs is not None:
                return outputs
        memory.unlink(missing_ok=True)
        if not (root / "template.yaml").exists():
            raise StudioProblem(f"There is no template.yaml in {root}.", "Is this the whole checkout?")
        output = output or settings.STUDIO_HOME / "sam"
        # Another data directory deploys from the same build; it must not be replaced while it is read.
        with locks.holding(output / "deploy.lock", lambda: say("Another ./studio is building; waiting.")):
            say("Building the functions and layers")
            built = build.build(root, output, log)
            say("Deploying the stack")
            _clear_the_way(endpoint)
            _deploy_built(build.released(built, digest), endpoint, chosen, root, log)
        outputs = describe(settings.STACK, endpoint)
        if outputs is None:
            raise StudioProblem("The deployment ended without a stack.", f"The whole log: {log}")
        memory.write_text(json.dumps({"sources": digest, "outputs": asdict(outputs)}, default=dict))
    return outputs


def _deploy_built(built: Path, endpoint: str, parameters: Mapping[str, str], root: Path, log: Path) -> None:
    storage = aws_client("s3", endpoint)
    storage.create_bucket(Bucket=ARTIFACTS_BUCKET)
    command = [
        build.sam(), "deploy", "--template-file", str(built),
        "--config-file", str(build.no_settings(built.parent.parent)),
        "--stack-name", settings.STACK, "--region", settings.REGION, "--s3-bucket", ARTIFACTS_BUCKET,
        "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
        "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
        "--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items()),
    ]  # fmt: skip
    environment = settings.emulator_environment(endpoint) | {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.3"}
    try:
        build.run_logged(command, log, root, environment, "sam deploy")
    except StudioProblem as problem:
        problem.detail = _refusals(endpoint) or problem.detail
        raise


def _refusals(endpoint: str) -> str:
    """The resources that could not be made, with the reasons CloudFormation gives."""
    try:
        events = aws_client("cloudformation", endpoint).describe_stack_events(StackName=settings.STACK)["StackEvents"]
    except (ClientError, BotoCoreError):
        return ""
    # Newest first; an earlier deployment's refusals come after the start of this one.
    lines = []
    for event in events:
        if event["LogicalResourceId"] == settings.STACK and event["ResourceStatus"] in _STARTS:
            break
        if event["ResourceStatus"].endswith("_FAILED"):
            lines.append(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}")
    return "\n".join(reversed(lines))


def _clear_the_way(endpoint: str) -> None:
    """Remove a stack that a killed run left half made: CloudFormation takes no update of it."""
    found = _status(settings.STACK, endpoint, settings.REGION)
    if found is None:
        return
    status = found["StackStatus"]
    half_made = status.endswith(("_IN_PROGRESS", "_FAILED")) or status == "ROLLBACK_COMPLETE"
    if half_made and not status.startswith("UPDATE_ROLLBACK_COMPLETE"):
        formation = aws_client("cloudformation", endpoint)
        formation.delete_stack(StackName=settings.STACK)
        formation.get_waiter("stack_delete_complete").wait(
            StackName=settings.STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )


def _status(stack: str, endpoint: str, region: str) -> dict[str, Any] | None:
    try:
        formation = aws_client("cloudformation", endpoint, region)
        found: dict[str, Any] = formation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as problem:
        if "does not exist" in str(problem):
            return None
        raise StudioProblem(f"AWS refused: {problem.response['Error'].get('Message', problem)}") from problem
    except BotoCoreError as problem:
        raise StudioProblem(
            f"AWS cannot be asked about the stack {stack}: {problem}", "Check AWS_PROFILE, AWS_REGION and your sign-in."
        ) from problem
    return found


def _remembered(memory: Path) -> str:
    try:
        digest = json.loads(memory.read_text())["sources"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return digest if isinstance(digest, str) else ""
