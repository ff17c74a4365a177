"""Reading the stack: the template as written, as SAM expands it, the machines' ASL, and the functions' modules."""

import functools
import importlib
import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

from studio.entry.bot import Bot
from tests.conftest import ROOT

type Document = dict[str, Any]

FUNCTION = "AWS::Serverless::Function"
MACHINE = "AWS::Serverless::StateMachine"


class NoManagedPolicies:
    """Stands where SAM would ask AWS for the ARNs of managed policies that a template names; ours names none."""

    def load(self) -> dict[str, str]:
        return {}


@functools.cache
def template() -> Document:
    """template.yaml, its `!Sub`s and `!Ref`s in the long form. A copy: `deepcopy` it before changing anything."""
    return json.loads(json.dumps(yaml_parse((ROOT / "template.yaml").read_text())))


def expand(written: Document) -> Document:
    """What CloudFormation gets: SAM's resources made into plain ones, with each machine's ASL inside it."""
    source = deepcopy(written)
    asl = {}
    for name, resource in source["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == FUNCTION:
            properties["CodeUri"] = "s3://code/function"
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = "s3://code/layer"
        elif resource["Type"] == MACHINE:
            text = (ROOT / properties["DefinitionUri"]).read_text().replace("${Partition}", "aws")
            asl[name] = json.loads(text)
            properties["DefinitionUri"] = "s3://code/machine"
    expanded: Document = transform(source, {}, NoManagedPolicies())
    for name, definition in asl.items():
        properties = expanded["Resources"][name]["Properties"]
        del properties["DefinitionS3Location"]
        properties["Definition"] = definition
    return expanded


@dataclass(frozen=True)
class Block:
    """A function's block in the template."""

    logical_id: str
    properties: Document
    settings: Document
    """The properties with the template's Globals below them."""

    @property
    def folder(self) -> Path:
        return ROOT / self.properties["CodeUri"]

    @property
    def public_name(self) -> str:
        return self.folder.name.replace("_", "-")

    @property
    def events(self) -> dict[str, Document]:
        found: dict[str, Document] = self.properties.get("Events", {})
        return found

    @property
    def api_events(self) -> list[Document]:
        return [event["Properties"] for event in self.events.values() if event["Type"] == "Api"]

    @property
    def module(self) -> ModuleType:
        return importlib.import_module(f"functions.{self.folder.name}.app")

    @property
    def is_bot(self) -> bool:
        return isinstance(self.module.handler, Bot)

    @property
    def resolver(self) -> APIGatewayRestResolver | None:
        """The routes that the code answers, None where it answers none."""
        if self.is_bot:
            return self.module.handler.app
        return getattr(self.module, "app", None)

    @property
    def statements(self) -> list[Document]:
        """The block's own policy statements; what it takes by name (`!Ref WritesTable`) is not in it."""
        return [
            statement for policy in self.properties.get("Policies", []) for statement in policy.get("Statement", [])
        ]


@functools.cache
def blocks() -> dict[str, Block]:
    """Every function's block by its folder's name."""
    shared = template()["Globals"]["Function"]
    found = {}
    for logical_id, resource in template()["Resources"].items():
        if resource["Type"] == FUNCTION:
            block = Block(logical_id, resource["Properties"], shared | resource["Properties"])
            found[block.folder.name] = block
    return found


def folders() -> list[Path]:
    """Every function's folder."""
    return sorted(path for path in (ROOT / "functions").iterdir() if path.is_dir() and path.name != "__pycache__")


@dataclass(frozen=True)
class Machine:
    """A state machine: its block's properties and its ASL."""

    logical_id: str
    properties: Document
    text: str

    @property
    def definition(self) -> Document:
        document: Document = json.loads(self.text)
        return document

    @property
    def statements(self) -> list[Document]:
        return [statement for policy in self.properties["Policies"] for statement in policy["Statement"]]


@functools.cache
def machines() -> dict[str, Machine]:
    """Every state machine by its ASL file's name."""
    found = {}
    for logical_id, resource in template()["Resources"].items():
        if resource["Type"] == MACHINE:
            path = ROOT / resource["Properties"]["DefinitionUri"]
            found[path.name] = Machine(logical_id, resource["Properties"], path.read_text())
    return found


def scopes(definition: Document) -> Iterator[Document]:
    """Every group of states that may lead to each other: the machine's own, and those inside a Map or a Parallel."""
    yield definition
    for state in definition["States"].values():
        inner = [state["ItemProcessor"]] if "ItemProcessor" in state else state.get("Branches", [])
        for scope in inner:
            yield from scopes(scope)


def states(definition: Document) -> Iterator[tuple[str, Document]]:
    """Every state with its name, in whatever scope."""
    for scope in scopes(definition):
        yield from scope["States"].items()


def exits(state: Document) -> list[str]:
    """The states that one may lead to."""
    found = [state[key] for key in ("Next", "Default") if key in state]
    return found + [rule["Next"] for rule in (*state.get("Choices", ()), *state.get("Catch", ()))]


def rendered(value: Any) -> str:
    """A value with its intrinsic functions as text: `!GetAtt Table.Arn` becomes `${Table.Arn}`."""
    match value:
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [*path]}:
            return f"${{{'.'.join(path)}}}"
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::Sub": [str(text), dict(words)]}:
            for name, word in words.items():
                text = text.replace(f"${{{name}}}", rendered(word))
            return text
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(rendered(part) for part in parts)
        case Mapping():
            return json.dumps(value, sort_keys=True)
        case _:
            return str(value)


def listed(value: Any) -> list[Any]:
    """A value that may stand alone or in a list, as a list."""
    return value if isinstance(value, list) else [value]


def named_in(text: str) -> set[str]:
    """The `${Names}` of a text."""
    return set(re.findall(r"\$\{([\w.:]+)\}", text))
