"""moto without what it works out anew for every call, which would take longer than everything else together.

A machine's JSONata is parsed once: moto writes the values that an expression is about into its text, and here they are
taken out again and bound. A function that a machine invokes is called without the way over HTTP.
"""

import io
import json
import re
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonata
import pytest
from moto.core import responses
from moto.core.base_backend import BaseBackend
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import json_path

_OPENED = re.compile(r"(?:\$\w+\()?\(")
_DECLARED = re.compile(r"\$(\w+):=")
_decoder = json.JSONDecoder()
_expression = cache(jsonata.Jsonata)
_turn = threading.Lock()


def fast(patch: pytest.MonkeyPatch) -> None:
    """Make moto fast until `patch` is undone."""
    patch.setattr(AmazonStateLanguageParser, "parse", staticmethod(cache(AmazonStateLanguageParser.parse)))
    patch.setattr(json_path, "parse", cache(json_path.parse))
    patch.setattr(BaseBackend, "urls", property(cache(BaseBackend.urls.fget)))
    patch.setattr(responses, "method_names_from_class", cache(responses.method_names_from_class))
    # A failed step is written out with all it is of.
    patch.setattr(EvalComponent, "_log_failure_event_exception", lambda *_, **__: None)
    patch.setattr(EvalComponent, "_log_exception", lambda *_, **__: None)
    # Its own evaluator needs a Java machine.
    patch.setattr(moto_jsonata, "_eval_jsonata", evaluated)


def evaluated(text: str) -> Any:
    """Return the value of what moto composed: `(`, declarations like `$states:={…};`, an expression and `)`."""
    opened = _OPENED.match(text)
    assert opened is not None, text
    bound: dict[str, Any] = {}
    end = opened.end()
    while declared := _DECLARED.match(text, end):
        try:
            value, after = _decoder.raw_decode(text, declared.end())
        except ValueError:
            # A function, or some other value that is worked out.
            break
        if text[after] != ";":
            break
        bound[declared[1]], end = value, after + 1
    # One at a time, because what is parsed keeps where its evaluation is.
    with _turn:
        return _expression(opened[0] + text[end:]).evaluate(None, bound)


class LambdaNear:
    """Lambda's client, as far as a machine's task uses it. `invoked` gets a function's name, payload and headers."""

    def __init__(self, invoked: Callable[[str, bytes, dict[str, str]], bytes]) -> None:
        self._invoked = invoked

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        """Invoke a function and wait for its answer."""
        headers: dict[str, str] = {}
        answer: dict[str, Any] = {
            "StatusCode": 200,
            "Payload": io.BytesIO(self._invoked(FunctionName, Payload, headers)),
        }
        if "x-amz-function-error" in headers:
            answer["FunctionError"] = headers["x-amz-function-error"]
        return answer
