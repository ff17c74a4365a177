"""What the studio asks of a model, whoever runs it.

An adapter makes exactly one attempt per call and raises the errors of `studio.domain.errors`: Throttled and
Unavailable for what may pass, Blocked, BadAnswer, ProviderFailed and ProviderMissing for what will not. Retrying,
waiting, remembering and paying are done around the ports (`studio.purchases`), once.
"""

from collections.abc import Mapping
from typing import Protocol

from pydantic import BaseModel, Field, JsonValue

from studio.domain.base import Value
from studio.domain.realism import Criterion, Mark
from studio.domain.receipt import Receipt, Usage
from studio.domain.shot import Aspect, Shot

MAX_OUTPUT_TOKENS = 32_768
"""The most a text call may write, thinking included, where a request does not say less."""

MAX_JUDGEMENT_TOKENS = 4_096
"""The most a judge may write, thinking included: eight marks of two sentences are about a thousand."""


class WriteRequest(Value):
    """One thing to be written.

    instructions: the function's prompt.md. material: what to write from, by name; a value is text or JSON. It comes
    from users and reaches a model as delimited data, never as instructions. feedback: what was wrong with earlier
    attempts, in the checker's words. `take` tells attempts apart that are otherwise the same; no model is shown it.
    max_output_tokens: the most the answer may take, thinking included; what is reserved before the call.
    """

    instructions: str
    material: Mapping[str, JsonValue]
    feedback: tuple[str, ...] = ()
    take: int = 1
    max_output_tokens: int = Field(default=MAX_OUTPUT_TOKENS, ge=256, le=MAX_OUTPUT_TOKENS)


class Reference(Value):
    """A picture that shows what somebody looks like; `name` is bound to it in the prompt."""

    name: str
    data: bytes
    media_type: str
    sha256: str


class PaintRequest(Value):
    """One picture to be painted. `prompt` is for models that read; `shot` is the same in fields.

    `take` tells takes apart."""

    prompt: str
    shot: Shot
    aspect: Aspect = Aspect.WIDE
    photorealistic: bool = False
    references: tuple[Reference, ...] = ()
    take: int = 1


class JudgeRequest(Value):
    """One picture to be judged, blind: nothing in here says who painted it, with what, or at which attempt.

    instructions: the rubric. criteria: what is to be marked, each once. material: what the picture should show, by
    name, as data. references show what people look like. feedback: what was wrong with earlier answers. `take` tells
    attempts apart that are otherwise the same; no model is shown it.
    """

    instructions: str
    criteria: tuple[Criterion, ...]
    material: Mapping[str, JsonValue]
    picture: bytes
    media_type: str
    sha256: str
    references: tuple[Reference, ...] = ()
    feedback: tuple[str, ...] = ()
    take: int = 1
    max_output_tokens: int = Field(default=MAX_JUDGEMENT_TOKENS, ge=256, le=MAX_OUTPUT_TOKENS)


class Judgement(Value):
    """What a judge says: one mark for each criterion, in their order.

    `rehearsal` means that nobody looked: then there are no marks, and `note` says so.
    """

    marks: tuple[Mark, ...] = ()
    rehearsal: bool = False
    note: str = ""


class Picture(Value):
    """An encoded picture. `media_type` is image/png or image/jpeg."""

    data: bytes
    media_type: str
    width: int
    height: int


class Writer(Protocol):
    """Writes anything that has a schema."""

    @property
    def model(self) -> str:
        """The model's id, part of what a call is remembered under."""
        ...

    def write[T: BaseModel](self, request: WriteRequest, schema: type[T]) -> tuple[T, Receipt]:
        """Return an instance of `schema`. Raises BadAnswer when the answer does not fit it."""
        ...


class Painter(Protocol):
    """Paints a shot."""

    @property
    def model(self) -> str:
        """The model's id, part of what a call is remembered under."""
        ...

    def paint(self, request: PaintRequest) -> tuple[Picture, Receipt]:
        """Return the picture."""
        ...


class Judge(Protocol):
    """Judges a picture."""

    @property
    def model(self) -> str:
        """The model's id, part of what a call is remembered under."""
        ...

    def judge(self, request: JudgeRequest) -> tuple[Judgement, Receipt]:
        """Return what is to be said about the picture. Raises BadAnswer when the answer does not fit the criteria."""
        ...


__all__ = [
    "Judge",
    "JudgeRequest",
    "Judgement",
    "PaintRequest",
    "Painter",
    "Picture",
    "Receipt",
    "Reference",
    "Usage",
    "WriteRequest",
    "Writer",
]
