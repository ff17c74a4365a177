"""What a call to a model consumed."""

from studio.domain.base import Value


class Usage(Value):
    """What a call consumed, as the provider counted it."""

    input_tokens: int = 0
    output_tokens: int = 0
    """Text and thinking tokens out."""
    image_tokens: int = 0
    images: int = 0


class Receipt(Value):
    """Who answered a call, and what it used."""

    provider: str
    model: str
    model_version: str = ""
    response_id: str = ""
    usage: Usage = Usage()
