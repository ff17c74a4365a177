"""The generic extractive writer: fills any pydantic model from the material it is given.

It works from the model's JSON schema, so it knows no model by name. What a JSON schema cannot say (a validator's own
rule) it learns as a caller would: from the validation errors, which say where the answer is wrong. There it tries
something shorter, plainer or else, a few times.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, JsonValue, ValidationError

from studio.domain.base import schema_of
from studio.domain.errors import BadAnswer
from studio.generation.draft.fields import Context, Filler
from studio.generation.draft.sources import Sources

_ROUNDS = 14


def extract[T: BaseModel](material: Mapping[str, JsonValue], schema: type[T]) -> T:
    """Return an instance of `schema` made from `material`; the same material gives the same instance.

    Raises BadAnswer when the schema's own validators refuse everything that was tried.
    """
    sources = Sources(material)
    described = schema_of(schema)
    retries: dict[tuple[str | int, ...], int] = {}
    last = ""
    for attempt in range(_ROUNDS):
        answer = Filler(sources, described, retries).fill(described, Context(name=schema.__name__))
        try:
            return schema.model_validate(answer)
        except ValidationError as error:
            last = str(error)
            _learn(error, answer, retries, attempt)
    raise BadAnswer(f"The draft writer found nothing in the material that fits {schema.__name__}: {last[:300]}")


def _learn(error: ValidationError, answer: Any, retries: dict[tuple[str | int, ...], int], attempt: int) -> None:
    """Note which parts of `answer` to write otherwise."""
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        path = _known_path(found["loc"], answer)
        retries[path] = retries.get(path, 0) + 1
        # A rule about several fields names only their parent: then everything below is worth another try.
        if not path or attempt > _ROUNDS // 2:
            retries[()] = retries.get((), 0) + 1


def _known_path(loc: tuple[str | int, ...], answer: Any) -> tuple[str | int, ...]:
    """Return the part of an error's location that leads through `answer`; pydantic adds the names of union members."""
    path: list[str | int] = []
    here: Any = answer
    for step in loc:
        leads = step in here if isinstance(here, dict) else isinstance(here, list) and step in range(len(here))
        if leads:
            here = here[step]
            path.append(step)
    return tuple(path)
