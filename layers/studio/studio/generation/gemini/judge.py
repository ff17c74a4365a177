"""Gemini judges a picture: a text call with pictures in it."""

from collections.abc import Sequence
from typing import Annotated, Any, cast

from google import genai
from google.genai import types
from pydantic import BaseModel, Field, create_model

from studio.domain.base import Written
from studio.domain.errors import Invalid
from studio.domain.realism import Criterion, Mark, Reason
from studio.generation.gemini.client import ask
from studio.generation.gemini.painter import MAX_REFERENCES
from studio.generation.gemini.picture import bare
from studio.generation.gemini.schema import answer_schema
from studio.generation.gemini.writer import DATA_ONLY, message, parsed
from studio.generation.ports import Judgement, JudgeRequest, Receipt, WriteRequest

SETTING = "JUDGE_MODEL"
"""What to set when the model is the problem."""

type Score = Annotated[int, Field(ge=1, le=5)]


class _Scored(Written):
    # The reason first: a model that has written down what it sees scores what it has written.
    reason: Reason
    score: Score


class _Perhaps(Written):
    reason: Reason
    score: Score | None


class GeminiJudge:
    """A Judge that makes one request per call."""

    def __init__(self, client: genai.Client, model: str) -> None:
        self._client = client
        self._model = model

    @property
    def model(self) -> str:
        """The model's id."""
        return self._model

    def judge(self, request: JudgeRequest) -> tuple[Judgement, Receipt]:
        """Return a mark for each criterion.

        Raises Invalid for more than 14 references; BadAnswer, in words that make good feedback, for an answer that is
        cut off, not JSON, or lacks a criterion or a score from 1 to 5; and what a writer raises.
        """
        schema = _answer_of(request.criteria)
        answer = ask(
            self._client,
            use="text",
            model=self._model,
            contents=types.Content(role="user", parts=_parts(request)),
            config=types.GenerateContentConfig(
                system_instruction=f"{request.instructions.strip()}\n\n{DATA_ONLY}",
                response_mime_type="application/json",
                response_json_schema=answer_schema(schema),
                max_output_tokens=request.max_output_tokens,
            ),
            setting=SETTING,
        )
        said, paid = parsed(answer, self._model, schema)
        given = [(criterion.key, getattr(said, criterion.key)) for criterion in request.criteria]
        marks = tuple(Mark(criterion=key, reason=mark.reason, score=mark.score) for key, mark in given)
        return Judgement(marks=marks), paid


def _answer_of(criteria: Sequence[Criterion]) -> type[BaseModel]:
    """Return the shape of an answer: a field for each criterion, so that none is left out and none twice."""
    fields: dict[str, Any] = {
        criterion.key: (_Perhaps if criterion.needs else _Scored, Field(...)) for criterion in criteria
    }
    return cast("type[BaseModel]", create_model("Marks", __base__=Written, **fields))


def _parts(request: JudgeRequest) -> list[types.Part]:
    """Return what the picture should show, the references by name, and last the picture, with nothing but its pixels.

    A file may carry who or what made it; the judge is not to know.
    """
    if len(request.references) > MAX_REFERENCES:
        raise Invalid(
            f"A picture is compared with at most {MAX_REFERENCES} references; there are {len(request.references)}.",
            {"references": f"at most {MAX_REFERENCES}"},
        )
    told = WriteRequest(
        instructions=request.instructions, material=request.material, feedback=request.feedback, take=request.take
    )
    parts = [types.Part.from_text(text=message(told))]
    for reference in request.references:
        # On one line: a name comes from a user and must not grow into a paragraph of instructions.
        parts.append(types.Part.from_text(text=f"This is {' '.join(reference.name.split())}, to compare with:"))
        parts.append(types.Part.from_bytes(data=reference.data, mime_type=reference.media_type))
    parts.append(types.Part.from_text(text="This is the picture to judge:"))
    parts.append(types.Part.from_bytes(data=bare(request.picture), mime_type=request.media_type))
    return parts
