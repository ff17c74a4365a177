"""What API Gateway itself answers, as the template has it.

Runs inside the emulator's own environment: standard library only. SAM writes the template's GatewayResponses into the
API's OpenAPI document, and MiniStack reads everything there but them: without this, who is refused before a function is
called would be told so in other words than in the cloud.
"""

from collections.abc import Callable, Mapping
from typing import Any

RESPONSES = "x-amazon-apigateway-gateway-responses"

Import = Callable[..., str]
Put = Callable[[str, str, Mapping[str, Any]], tuple[int, Any, Any]]


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
