"""Where things are on this laptop, and what they are called."""

import os
import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUDIO_HOME = ROOT / ".studio"
DATA_DIR = STUDIO_HOME / "data"
LOGS = STUDIO_HOME / "logs"
EMULATOR_VENV = STUDIO_HOME / "emulator"
EMULATOR_LOCK = ROOT / "local" / "emulator" / "requirements.lock"

STACK = "episode-studio"
REGION = "us-east-1"
DEFAULT_PORT = 4566

DRAFT, GEMINI = "draft", "gemini"

# What the emulator, its functions and `sam` may see of the user's environment. Credentials and keys are not in it: a
# function finds its key where it does in the cloud, in Secrets Manager.
_PASSED_ON = {
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TERM", "SHELL", "XDG_CACHE_HOME", "LD_LIBRARY_PATH",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
}  # fmt: skip
_PASSED_ON_PREFIXES = ("LC_", "PIP_", "UV_", "PYENV_")


def user_cwd() -> Path:
    """The directory the user typed the command in; the launcher moves to the repository's root and passes it on."""
    return Path(os.environ.get("STUDIO_CWD") or Path.cwd())


def architecture() -> str:
    """This machine's architecture in Lambda's words: the emulator runs functions in the host's own interpreter."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def child_environment(**extra: str) -> dict[str, str]:
    """An environment for child processes without the user's credentials, that reaches loopback without a proxy."""
    passed = {
        name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
    }
    excepted = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    direct = ",".join(filter(None, [excepted, "127.0.0.1", "localhost"]))
    return passed | {"NO_PROXY": direct, "no_proxy": direct} | extra


def emulator_environment(endpoint: str) -> dict[str, str]:
    """A child's environment in which every AWS client talks to the emulator and none reads the user's profile."""
    return child_environment(
        AWS_ENDPOINT_URL=endpoint,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106  the emulator's root user, reachable from this machine alone
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
