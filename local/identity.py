"""Signing in with Cognito: the demo user of the laptop, or a person's own account of a deployed stack."""

import json
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.problems import StudioProblem
from local.stack import Outputs

DEMO_EMAIL = "demo@example.com"

Ask = Callable[[str, bool], str]
"""Ask the person a question; the second argument hides the answer while it is typed."""


@dataclass(frozen=True)
class Login:
    """An e-mail address and its password."""

    email: str
    password: str


def demo_login(data_dir: Path) -> Login:
    """The laptop's own user; its password is made up once and kept beside the data, for this user's eyes only."""
    path = data_dir / "demo-user.json"
    with suppress(OSError, ValueError, KeyError):
        kept = json.loads(path.read_text())
        return Login(kept["email"], kept["password"])
    # A generated word of every class a password policy may ask for.
    login = Login(DEMO_EMAIL, f"Rehearsal-{secrets.token_urlsafe(18)}-7!")
    write_private(path, json.dumps({"email": login.email, "password": login.password}))
    return login


def ensure_user(outputs: Outputs, email: str, password: str) -> str:
    """Make the user when there is none, with this password, and return an ID token. For stacks one administers."""
    try:
        return sign_in(outputs, Login(email, password))
    except StudioProblem:
        pass  # unknown, or known with another password: both are mended below
    cognito = outputs.client("cognito-idp")
    pool = outputs["UserPoolId"]
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=email,
            UserAttributes=attributes,
            MessageAction="SUPPRESS",
            # The pool would make one up, and MiniStack's is shorter than the pool's own policy asks for.
            TemporaryPassword=password,
        )
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "UsernameExistsException":
            raise
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
    return sign_in(outputs, Login(email, password))


def sign_in(outputs: Outputs, login: Login, ask: Ask | None = None) -> str:
    """An ID token for `login`. A new password or a one-time code is asked for through `ask`, if there is somebody."""
    cognito = outputs.client("cognito-idp")
    client_id = outputs["UserPoolClientId"]
    try:
        answer = cognito.initiate_auth(
            ClientId=client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": login.email, "PASSWORD": login.password},
        )
        while "AuthenticationResult" not in answer:
            answer = _meet(cognito, client_id, login, answer, ask)
    except ClientError as problem:
        error = problem.response["Error"]
        raise StudioProblem(
            f"{login.email} could not sign in: {error.get('Message', error['Code'])}",
            "Check STUDIO_EMAIL and STUDIO_PASSWORD, or leave them out to be asked.",
        ) from problem
    token: str = answer["AuthenticationResult"]["IdToken"]
    return token


def _meet(cognito: Any, client_id: str, login: Login, answer: dict[str, Any], ask: Ask | None) -> dict[str, Any]:
    """Meet one challenge of the sign-in."""
    name = answer["ChallengeName"]
    questions = {
        "NEW_PASSWORD_REQUIRED": ("NEW_PASSWORD", "Choose a new password", True),
        "SOFTWARE_TOKEN_MFA": ("SOFTWARE_TOKEN_MFA_CODE", "Code from your authenticator app", False),
        "SMS_MFA": ("SMS_MFA_CODE", "Code from the text message", False),
        "EMAIL_OTP": ("EMAIL_OTP_CODE", "Code from the e-mail", False),
    }
    if name not in questions or ask is None:
        raise StudioProblem(f"This account asks for {name}.", "Sign in once in the browser, then try again.")
    key, question, hidden = questions[name]
    response: dict[str, Any] = cognito.respond_to_auth_challenge(
        ClientId=client_id,
        ChallengeName=name,
        Session=answer["Session"],
        ChallengeResponses={"USERNAME": login.email, key: ask(question, hidden)},
    )
    return response


def cached_token(path: Path, sign_in_now: Callable[[], str]) -> str:
    """The token kept at `path` while it has ten minutes left, or a new one, kept for next time with mode 0600."""
    with suppress(OSError, ValueError, KeyError):
        kept = json.loads(path.read_text())
        if kept["expires_at"] - time.time() > 600:
            return str(kept["token"])
    token = sign_in_now()
    with suppress(OSError):  # one that cannot be kept is as good
        write_private(path, json.dumps({"token": token, "expires_at": expiry(token)}))
    return token


def expiry(token: str) -> float:
    """When a JWT runs out, in seconds since the epoch; now, when it does not say."""
    try:
        return float(_claims(token)["exp"])
    except (IndexError, ValueError, KeyError, TypeError):
        return time.time()


def subject(token: str) -> str:
    """Whose a JWT is: the owner of what is made with it."""
    return str(_claims(token)["sub"])


def _claims(token: str) -> dict[str, Any]:
    import base64

    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def write_private(path: Path, text: str) -> None:
    """Write a file only this user can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
