"""The two pydantic bases everything in the domain is made of, and the text types they share."""

import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"

Id = Annotated[str, StringConstraints(pattern=ULID)]
"""A ULID: 26 characters of Crockford base 32, sortable by creation time."""

Instant = AwareDatetime

Version = Annotated[int, Field(ge=1, le=1_000_000_000)]
"""Which state of a thing an edit is of: 1 for a new one."""


_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Unicode's categories Cc and Cs, but for newline and tab."""


class Value(BaseModel):
    """An immutable value; unknown fields are an error."""

    # Built when first used: a function starts faster, and most use few of the models they import.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Written(BaseModel):
    """What a model is asked to write. Unknown fields are an error, so that a broken answer is seen as one."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def build_models() -> None:
    """Build every model that is known by now.

    Pydantic builds them when first used, and not safely among threads: two that use one for the first time at once may
    see half of it, or another schema than everybody else's, and by its schema a call is remembered.
    """
    waiting: list[type[BaseModel]] = [Value, Written]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        model.model_rebuild()


@lru_cache(maxsize=64)
def schema_of(model: type[BaseModel]) -> dict[str, JsonValue]:
    """Return the JSON schema of what a model is asked to write, to read and not to change.

    Working it out takes longer than everything else about a call that is remembered.
    """
    return model.model_json_schema()


def new_id(at: datetime) -> str:
    """Return a fresh ULID whose time part is `at`."""
    import ulid  # here, because it takes as long to import as half of pydantic, and reading needs no new ids

    return str(ulid.ULID.from_datetime(at))


def clean(text: str) -> str:
    """Return `text` in NFC without control characters (newline and tab stay) and without outer white space.

    Format characters that scripts need (zero-width joiner, direction marks) stay: emoji and right-to-left text
    are not damaged. Lone surrogates, which no UTF-8 encoder accepts, go.
    """
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def _cleaned(text: str) -> str:
    return clean(text)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", clean(text))


def _not_blank(text: str) -> str:
    if not text:
        raise ValueError("must contain something other than white space")
    return text


def _bounded(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"must be at most {limit:,} characters; this is {len(text):,}")
        return text

    return AfterValidator(check)


Name = Annotated[str, AfterValidator(_one_line), AfterValidator(_not_blank), _bounded(80)]
"""One line, 1 to 80 characters."""

Title = Annotated[str, AfterValidator(_one_line), AfterValidator(_not_blank), _bounded(160)]
"""One line, 1 to 160 characters."""

Phrase = Annotated[str, AfterValidator(_one_line), _bounded(300)]
"""One line, up to 300 characters, may be empty."""

Paragraph = Annotated[str, AfterValidator(_cleaned), _bounded(4000)]
"""Up to 4,000 characters, may be empty."""

Heading = Annotated[Phrase, AfterValidator(_not_blank), Field(min_length=1)]
"""One line, 1 to 300 characters."""

Text = Annotated[Paragraph, AfterValidator(_not_blank), Field(min_length=1)]
"""1 to 4,000 characters. `min_length` is for the schema that a writer is shown."""

Prompt = Annotated[str, AfterValidator(_cleaned), AfterValidator(_not_blank), _bounded(8000)]
"""What the creator asks for: 1 to 8,000 characters."""
