"""What API Gateway itself answers, as the template has it, and the API at an address of its own.

Runs inside the emulator's own environment: standard library only. SAM writes the template's GatewayResponses into the
API's OpenAPI document, and MiniStack reads everything there but them: without this, who is refused before a function is
called would be told so in other words than in the cloud.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

RESPONSES = "x-amazon-apigateway-gateway-responses"

STAGE = "/v1/"
"""The path that leads to the API, as behind a domain of its own."""

Import = Callable[..., str]
Put = Callable[[str, str, Mapping[str, Any]], tuple[int, Any, Any]]


def at_home(scope: dict[str, Any], apis: Iterable[str]) -> dict[str, Any]:
    """Return a request for `/v1/…` as one for the only API there is, and any other as it is. apis: their ids."""
    path: str = scope["path"]
    only = list(apis)
    if not path.startswith(STAGE) or len(only) != 1:
        return scope
    prefix = f"/_aws/execute-api/{only[0]}"
    raw = scope.get("raw_path") or path.encode()
    return scope | {"path": prefix + path, "raw_path": prefix.encode() + raw}


def importing_responses(import_api: Import, put: Put) -> Import:
    """MiniStack's import of an OpenAPI document, taught to take its gateway responses too.

    The import raises ValueError for a response that cannot be set, as CloudFormation's own resource for one does.
    """

    def imported(spec: Mapping[str, Any], *arguments: Any) -> str:
        api_id = import_api(spec, *arguments)
        for kind, response in (spec.get(RESPONSES) or {}).items():
            status, _, body = put(api_id, kind, response)
            if status >= 400:
                raise ValueError(f"The gateway response {kind} cannot be set: {body!r}")
        return api_id

    return imported
