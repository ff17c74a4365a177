"""The models: what each is for, what it costs from which day on, and which ids are gone.

The figures are data (`models.json`) with their dates and where they come from; the module knows nothing of vendors'
clients and imports fast.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from pydantic import Field

from studio.domain.base import Value
from studio.domain.errors import ProviderFailed
from studio.domain.money import micros
from studio.domain.spend import Rates
from studio.generation.ports import MAX_OUTPUT_TOKENS, Usage

type Use = Literal["text", "image", "speech", "video"]

SETTINGS: dict[Use, str] = {
    "text": "TEXT_MODEL",
    "image": "IMAGE_MODEL",
    "speech": "SPEECH_MODEL",
    "video": "VIDEO_MODEL",
}
"""The environment setting that chooses the model for each use."""

CHARS_PER_TOKEN = 2
"""A cautious rate for quotes. Gemini's documentation gives about 4 characters of English a token; other scripts take
more tokens for the same text."""

REFERENCE_TOKENS = 1_120
"""What a reference picture is taken to cost on the way in: as many tokens as a 1K picture on the way out."""

_MILLION = Decimal(1_000_000)


class Price(Rates):
    """A model's rates, valid from `price_date` until its next price."""

    price_date: date

    @property
    def rates(self) -> Rates:
        """The unit prices alone."""
        return Rates.model_validate({name: getattr(self, name) for name in Rates.model_fields})

    def cost(self, usage: Usage) -> int:
        """Return what `usage` costs in micro-dollars, exact, rounded up once at the end."""
        text = usage.input_tokens * self.input_million + usage.output_tokens * self.output_million
        if self.image_tokens_million is not None and usage.image_tokens:
            return micros((text + usage.image_tokens * self.image_tokens_million) / _MILLION)
        return micros(text / _MILLION + usage.images * self.image)

    def estimate_text(self, input_chars: int, max_output_tokens: int = MAX_OUTPUT_TOKENS) -> int:
        """Return the most that a text call is likely to cost, in micro-dollars: everything it may write is written."""
        return self.cost(Usage(input_tokens=_tokens(input_chars), output_tokens=max_output_tokens))

    def estimate_image(self, input_chars: int = 0, references: int = 0) -> int:
        """Return what one 1K picture costs in micro-dollars, without thoughts, which are counted only afterwards."""
        return self.cost(Usage(input_tokens=_tokens(input_chars) + references * REFERENCE_TOKENS, images=1))


class Model(Value):
    """A model that may be chosen. `source` says in words where its prices come from."""

    id: str
    use: Use
    source: str
    prices: tuple[Price, ...] = Field(min_length=1)


class RetiredModel(Value):
    """An id that no longer answers, or stops answering, and what to use instead."""

    id: str
    use: Use
    retired_on: date
    successor: str


class Catalogue(Value):
    """All of `models.json`."""

    defaults: dict[str, dict[Use, str]]
    models: tuple[Model, ...]
    retired: tuple[RetiredModel, ...]


@cache
def catalogue() -> Catalogue:
    """Return the catalogue, read once."""
    from importlib.resources import files

    return Catalogue.model_validate_json(files("studio.generation").joinpath("models.json").read_bytes())


def default(use: Use, provider: str = "gemini") -> str:
    """Return the id of the provider's model that does `use` where nothing else is set. Raises KeyError for none."""
    return catalogue().defaults[provider][use]


def successor(model: str, use: Use) -> str:
    """Return the id to use instead of `model`, which no longer answers."""
    for retired in catalogue().retired:
        if retired.id == model:
            return retired.successor
    return default(use)


def price(model: str, on: date) -> Price:
    """Return what `model` costs on a day; before its first known price, that one.

    Raises ProviderFailed when the model is unknown or retired; the sentence names the setting to change.
    """
    for known in catalogue().models:
        if known.id == model:
            steps = sorted(known.prices, key=lambda step: step.price_date)
            return next((step for step in reversed(steps) if step.price_date <= on), steps[0])
    for retired in catalogue().retired:
        if retired.id == model:
            raise ProviderFailed(
                f"The model “{model}” is retired ({_day(retired.retired_on)}); "
                f"set {SETTINGS[retired.use]} to {retired.successor}."
            )
    raise ProviderFailed(
        f"The model “{model}” is not in the catalogue, so its price is unknown; set TEXT_MODEL or IMAGE_MODEL "
        f"to one that is, for example {default('text')} or {default('image')}."
    )


def _tokens(chars: int) -> int:
    return -(-chars // CHARS_PER_TOKEN)


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
