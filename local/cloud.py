"""A studio deployed in an AWS account: reaching it, and deploying it."""

import getpass
import os
import subprocess
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local import build, identity, settings, stack
from local.identity import Login
from local.laptop import Place
from local.problems import StudioProblem
from local.report import Report


def place(name: str) -> Place:
    """The stack `name` in the account and region of AWS_PROFILE, and a sign-in with the person's own password."""
    outputs = stack.describe(name)
    if outputs is None:
        raise StudioProblem(
            f"There is no stack called {name} in this account and region.",
            "Check --stack, AWS_PROFILE and AWS_REGION; ./studio deploy makes one.",
        )
    kept = settings.STUDIO_HOME / "tokens" / f"{outputs['UserPoolClientId']}.json"

    def token(fresh: bool) -> str:
        if fresh:
            kept.unlink(missing_ok=True)
        return identity.cached_token(kept, lambda: identity.sign_in(outputs, _login(), _ask))

    return Place(outputs, token)


def deploy(report: Report, environment: str, arguments: list[str]) -> None:
    """`sam build`, compile, `sam deploy` with the samconfig of `environment`. Asks before it changes anything."""
    account, region = _account()
    report.note(f"Account {account}, region {region}, samconfig environment {environment}")
    report.note("Once it stands, give it a Gemini key (GeminiKeySecret is among the outputs):")
    report.note(
        '  aws secretsmanager put-secret-value --secret-id <GeminiKeySecret> --secret-string \'{"api_key": "…"}\''
    )
    chosen = ["--config-file", str(settings.ROOT / "samconfig.toml"), "--config-env", environment]
    output = settings.STUDIO_HOME / f"sam-{environment}"
    with report.step("Building the functions and layers"):
        built = build.build(settings.ROOT, output, settings.LOGS / "cloud.log", arguments=chosen)
    # Never the same twice: what parameters it is deployed with, `sam` knows and we do not.
    release = f"{build.fingerprint(settings.ROOT)[:16]}-{int(time.time())}"
    command = [build.sam(), "deploy", "--template-file", str(build.released(built, release)), *chosen, *arguments]
    done = subprocess.run(command, cwd=settings.ROOT, env=os.environ | {"SAM_CLI_TELEMETRY": "0"}, check=False)
    if done.returncode != 0:
        raise StudioProblem("`sam deploy` did not finish.", "Its own words are above.", code=done.returncode)


def _account() -> tuple[str, str]:
    session = boto3.Session()
    if not session.region_name:
        raise StudioProblem(
            "No AWS region is set.", "export AWS_REGION=eu-central-1 (or yours), or set it in a profile."
        )
    try:
        return session.client("sts").get_caller_identity()["Account"], session.region_name
    except (BotoCoreError, ClientError) as problem:
        raise StudioProblem(
            f"AWS does not know who you are: {problem}",
            "Sign in first: `aws sso login`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        ) from problem


def _login() -> Login:
    email = os.environ.get("STUDIO_EMAIL") or _ask("E-mail", False)
    return Login(email, os.environ.get("STUDIO_PASSWORD") or _ask(f"Password of {email}", True))


def _ask(question: str, hidden: bool) -> str:
    if not sys.stdin.isatty():
        raise StudioProblem(
            f"Nobody is here to answer “{question}”.", "Set STUDIO_EMAIL and STUDIO_PASSWORD, or run it in a terminal."
        )
    if hidden:
        return getpass.getpass(f"{question}: ")
    print(f"{question}: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
