"""The draft writer: composes scripts and fills every other schema from the material, without a model or a network."""

import hashlib
import json
from typing import cast

from pydantic import BaseModel, ValidationError

from studio.domain.script import Script
from studio.generation.draft.extract import extract
from studio.generation.draft.story import compose
from studio.generation.ports import Receipt, Usage, WriteRequest

MODEL = "draft-composer-1"


class DraftWriter:
    """Implements the Writer port. The same request gives the same answer; its usage is counted in words, not tokens."""

    @property
    def model(self) -> str:
        """The composer's id."""
        return MODEL

    def write[T: BaseModel](self, request: WriteRequest, schema: type[T]) -> tuple[T, Receipt]:
        """Return an instance of `schema`.

        A Script is composed from the material's prompt, cast and project; a script that the material already holds is
        handed back as it is, because the rehearsal revises nothing. Anything else is extracted from the material.
        Raises BadAnswer when no value of the schema could be found.
        """
        answer = cast("T", self._script(request)) if schema is Script else extract(request.material, schema)
        return answer, _receipt(request, answer)

    @staticmethod
    def _script(request: WriteRequest) -> Script:
        written = request.material.get("script")
        if written is not None and not request.feedback:
            try:
                return Script.model_validate(written)
            except ValidationError:
                # An unusable script is no base for a new one.
                return compose(request.material)
        return compose(request.material)


def _receipt(request: WriteRequest, answer: BaseModel) -> Receipt:
    """Return the receipt; a word stands for a token, since nothing here reads tokens."""
    asked = " ".join([request.instructions, json.dumps(dict(request.material), ensure_ascii=False), *request.feedback])
    written = answer.model_dump_json()
    return Receipt(
        provider="draft",
        model=MODEL,
        model_version="1",
        response_id=hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        usage=Usage(input_tokens=len(asked.split()), output_tokens=len(written.split())),
    )
