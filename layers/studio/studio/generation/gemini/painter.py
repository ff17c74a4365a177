"""Gemini paints."""

from google import genai
from google.genai import types

from studio.domain.errors import Invalid, ProviderFailed, Unavailable
from studio.generation.gemini.client import ask, charged, finish, receipt, spoken
from studio.generation.gemini.picture import read_header
from studio.generation.ports import PaintRequest, Picture, Receipt

MAX_REFERENCES = 14
"""What Gemini's image models take, from their documentation."""

MAX_PICTURE_BYTES = 20 * 1024 * 1024
"""A 1K picture is 1 to 3 MB; ten times that is a mistake, and would not fit in a function's memory twice."""


class GeminiPainter:
    """A Painter that makes one request per call."""

    def __init__(self, client: genai.Client, model: str) -> None:
        self._client = client
        self._model = model

    @property
    def model(self) -> str:
        """The model's id."""
        return self._model

    def paint(self, request: PaintRequest) -> tuple[Picture, Receipt]:
        """Return a 1K picture in the aspect asked for, give or take what the model does.

        Raises Invalid for more than 14 references; Throttled, and Unavailable when no picture comes, for what may
        pass; Blocked and ProviderFailed, which an oversized picture is too, for what will not.
        """
        answer = ask(
            self._client,
            use="image",
            model=self._model,
            contents=types.Content(role="user", parts=_parts(request)),
            config=types.GenerateContentConfig(
                response_modalities=["IMAGE"],
                image_config=types.ImageConfig(aspect_ratio=request.aspect.value, image_size="1K"),
            ),
        )
        data = next(
            (part.inline_data.data for part in spoken(answer) if part.inline_data and part.inline_data.data), b""
        )
        paid = receipt(answer, self._model, images=1 if data else 0)
        with charged(paid):
            if not data:
                raise Unavailable(f"Gemini answered without a picture ({finish(answer) or 'no reason'}).", sent=True)
            if len(data) > MAX_PICTURE_BYTES:
                raise ProviderFailed(f"Gemini answered with an oversized image of {len(data):,} bytes.")
            return _picture(data), paid


def _parts(request: PaintRequest) -> list[types.Part]:
    """Return the references, each after the name it shows, and then the prompt that uses the names."""
    if len(request.references) > MAX_REFERENCES:
        raise Invalid(
            f"A picture takes at most {MAX_REFERENCES} references; there are {len(request.references)}.",
            {"references": f"at most {MAX_REFERENCES}"},
        )
    parts: list[types.Part] = []
    for reference in request.references:
        # On one line: a name comes from a user and must not grow into a paragraph of instructions.
        parts.append(types.Part.from_text(text=f"This is {' '.join(reference.name.split())}:"))
        parts.append(types.Part.from_bytes(data=reference.data, mime_type=reference.media_type))
    parts.append(types.Part.from_text(text=request.prompt))
    return parts


def _picture(data: bytes) -> Picture:
    try:
        media_type, width, height = read_header(data)
    except ValueError as error:
        # The declared type is not asked: what is stored and shown is what the bytes are.
        raise Unavailable(f"Gemini answered with something that is no picture: {error}.", sent=True) from error
    return Picture(data=data, media_type=media_type, width=width, height=height)
