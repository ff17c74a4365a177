"""What a model is told about the shape of its answer.

Of JSON Schema, Gemini takes a part (the docstring of `GenerateContentConfig.response_json_schema` in google-genai
3.4.0 lists it): a `$ref` must stand alone, though pydantic writes defaults next to it. Bounds are on the list, yet
users report requests refused with 400 for `maxItems`, `minItems` and `minimum` on gemini-3.8-flash. So structure is
sent as schema and bounds are said in words; the answer is checked against the real schema here in any case.
"""

from typing import cast

from pydantic import BaseModel, JsonValue

type Node = dict[str, JsonValue]

_COPIED = ("type", "enum", "required")
_FORMATS = {"date-time", "date", "time"}
_BOUNDS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "uniqueItems": "no item twice",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "pattern": "matching the regular expression {}",
}


def answer_schema(schema: type[BaseModel]) -> Node:
    """Return the JSON Schema of `schema` in the part that Gemini takes, with bounds as words in descriptions."""
    return _reduced(cast("Node", schema.model_json_schema()))


def _reduced(node: JsonValue) -> Node:
    if not isinstance(node, dict):
        return {}
    kept: Node = {}
    if isinstance(node.get("$defs"), dict):
        kept["$defs"] = _each(node["$defs"])
    if "$ref" in node:
        return kept | {"$ref": node["$ref"]}
    kept |= {key: node[key] for key in _COPIED if key in node}
    if isinstance(node.get("const"), str | int | float) and not isinstance(node["const"], bool):
        kept["enum"] = [node["const"]]
    if node.get("format") in _FORMATS:
        kept["format"] = node["format"]
    if "properties" in node:
        kept["properties"] = _each(node["properties"])
    if "items" in node:
        kept["items"] = _reduced(node["items"])
    if "additionalProperties" in node:
        more = node["additionalProperties"]
        kept["additionalProperties"] = more if isinstance(more, bool) else _reduced(more)
    for given, sent in (("anyOf", "anyOf"), ("oneOf", "anyOf"), ("prefixItems", "prefixItems")):
        options = node.get(given)
        if isinstance(options, list):
            kept[sent] = [_reduced(option) for option in options]
    if words := _in_words(node):
        kept["description"] = words
    return kept


def _each(nodes: JsonValue) -> Node:
    return {name: _reduced(node) for name, node in nodes.items()} if isinstance(nodes, dict) else {}


def _in_words(node: Node) -> str:
    said = [words.format(node[key]) for key, words in _BOUNDS.items() if key in node]
    if "format" in node and node["format"] not in _FORMATS:
        said.append(f"in the format {node['format']}")
    description = str(node.get("description", ""))
    bounds = ", ".join(said).capitalize()
    return f"{description} {bounds}.".strip() if bounds else description
