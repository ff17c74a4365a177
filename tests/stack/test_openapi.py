"""docs/api/openapi.json: what the routes say now, and a document that generators and people can use."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local import openapi
from tests.stack.reading import blocks

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document()


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_the_file_says_what_the_routes_say(document: dict[str, Any]) -> None:
    written = json.loads(openapi.TARGET.read_text(encoding="utf-8"))
    assert written == document, "the API changed: .venv/bin/python -m local.openapi"
    assert openapi.TARGET.read_text(encoding="utf-8") == json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _faults(text: str) -> list[str]:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    return [str(error) for error in OpenAPIV31SpecValidator(json.loads(text)).iter_errors()]


def test_it_is_openapi_3_1(
    document: dict[str, Any], found_in: Callable[[str, str, Callable[[str], list[str]]], list[str]]
) -> None:
    assert document["openapi"].startswith("3.1.")
    assert found_in("openapi-spec-validator", json.dumps(document), _faults) == []


def test_it_has_the_routes_of_the_template(document: dict[str, Any]) -> None:
    routes = {(event["Method"].lower(), event["Path"]) for block in blocks().values() for event in block.api_events}
    assert {(method, path) for method, path, _ in _operations(document)} == routes


def test_every_operation_is_told_in_words(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for method, path, operation in _operations(document):
        place = f"{method} {path}"
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"]), place
        assert re.fullmatch(r"[A-Z][^\n]{5,120}[^.]", operation["summary"]), place
        assert operation["description"].startswith(operation["summary"]), place
        assert operation["description"].endswith("."), place
        assert set(operation["tags"]) <= tags, place


def test_no_two_operations_share_a_name(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(names) == len(set(names))


def test_every_operation_says_how_it_answers_and_how_it_refuses(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        answers = operation["responses"]
        place = f"{method} {path}"
        is_public = operation.get("security") == []
        assert is_public == ("public" in operation["tags"]), place
        assert any(status[0] in "23" for status in answers), place
        assert "429" in answers, place
        assert ("401" in answers) != is_public, place
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= answers.keys(), place
        if "{" in path:
            assert "404" in answers, place
        for status, answer in answers.items():
            assert status[0] in "23" or answer == {"$ref": f"#/components/responses/Problem{status}"}, place


def test_every_post_takes_an_idempotency_key_and_every_bot_a_preference(document: dict[str, Any]) -> None:
    names = {block.public_name for block in blocks().values() if block.is_bot}
    for method, path, operation in _operations(document):
        taken = {parameter.get("$ref", "").rpartition("/")[2] for parameter in operation.get("parameters", [])}
        assert ("IdempotencyKey" in taken) == (method == "post" and operation.get("security") != []), path
        is_bot = path.removeprefix("/functions/") in names
        assert ("Prefer" in taken) == is_bot, path
        if is_bot:
            assert {"200", "202"} <= operation["responses"].keys()


def test_the_studios_own_kinds_of_errors_are_all_in_it(document: dict[str, Any]) -> None:
    from studio.entry.problems import _KINDS

    assert {status for status, _, _ in _KINDS.values()} <= set(openapi.PROBLEMS)
    used = {status for _, _, operation in _operations(document) for status in operation["responses"]}
    assert {str(status) for status in openapi.PROBLEMS} <= used


def test_different_things_of_one_name_are_not_merged_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Route:
        def __init__(self, kind: str) -> None:
            self.kind = kind

        def get_openapi_schema(self) -> "Route":
            return self

        def model_dump(self, **_: Any) -> dict[str, Any]:
            return {"paths": {}, "components": {"schemas": {"Thing": {"type": self.kind}}}}

    monkeypatch.setattr(openapi, "_resolvers", lambda: iter([Route("string"), Route("integer")]))
    with pytest.raises(ValueError, match="Thing"):
        openapi.document()
