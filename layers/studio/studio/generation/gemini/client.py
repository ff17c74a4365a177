"""One call to Gemini: one HTTP request, one timeout, and every outcome in the studio's own words."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx2
from google import genai
from google.genai import errors, types
from pydantic import ValidationError

from studio.domain.errors import ProviderFailed, ProviderMissing, StudioError, Unavailable
from studio.generation.catalogue import Use
from studio.generation.gemini.outcomes import KEY_REFUSED, NO_KEY, blocked, refused
from studio.generation.ports import Receipt, Usage

TIMEOUT_SECONDS = 120.0
"""A 1K picture takes 10 to 40 seconds, a long script with thoughts up to 90."""


def open_client(api_key: str, base_url: str | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> genai.Client:
    """Return a client for the Gemini API that sends each request once and waits at most `timeout_seconds` for bytes.

    base_url: a gateway or a stand-in; otherwise GOOGLE_GEMINI_BASE_URL, otherwise Google. Keep the client: it closes
    its connections when it is collected. Raises ProviderMissing without a key, ProviderFailed for one that cannot be.
    """
    key = api_key.strip()
    if not key:
        raise ProviderMissing(NO_KEY)
    if not (key.isascii() and key.isprintable()):
        # It cannot be sent as a header, and the transport's error would quote it.
        raise ProviderFailed(KEY_REFUSED)
    return genai.Client(
        # Said explicitly, or GOOGLE_GENAI_USE_VERTEXAI would change where the key goes.
        vertexai=False,
        api_key=key,
        http_options=types.HttpOptions(
            base_url=base_url,
            timeout=max(1, round(timeout_seconds * 1000)),
            retry_options=types.HttpRetryOptions(attempts=1),
            # The client would follow redirects by default and hand the key's header to wherever they lead.
            client_args={"follow_redirects": False},
        ),
    )


def ask(
    client: genai.Client,
    *,
    use: Use,
    model: str,
    contents: types.Content,
    config: types.GenerateContentConfig,
    setting: str = "",
) -> types.GenerateContentResponse:
    """Return the model's answer to one request.

    use: what the model is for. setting: the one to name when the model is the problem, where it is not its use's.
    Raises Throttled, Unavailable, ProviderFailed and Blocked.
    """
    outcome: StudioError
    try:
        answer = client.models.generate_content(
            model=model,
            contents=contents,
            config=config.model_copy(
                update={
                    # By default a long answer is continued, and a function called, in further requests of the same
                    # call: paid, not counted, and not stopped by the timeout.
                    "automatic_continuation": False,
                    "automatic_function_calling": types.AutomaticFunctionCallingConfig(disable=True),
                }
            ),
        )
    except errors.APIError as error:
        outcome = refused(error, use, model, setting)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError):
        outcome = Unavailable("Gemini could not be reached.")
    except httpx2.TimeoutException:
        outcome = Unavailable("Gemini took too long to answer.", sent=True)
    except httpx2.RequestError:
        outcome = Unavailable("The connection to Gemini broke off.", sent=True)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, ValidationError):
        # The client parses the model's own JSON too, and a model that runs away nests brackets without end.
        outcome = Unavailable("Gemini answered with something that is not an answer.", sent=True)
    else:
        no = blocked(answer)
        if no is None:
            return answer
        # Refused after reading: the tokens read are charged.
        no.receipt = receipt(answer, model)
        outcome = no
    # Raised out here so that nothing of the client's error, which may quote the key, travels along as its context.
    raise outcome


@contextmanager
def charged(paid: Receipt) -> Iterator[None]:
    """Give every error raised inside the receipt of the answer it is about: an answer that is no use is charged too."""
    try:
        yield
    except StudioError as error:
        error.receipt = paid
        raise


def spoken(answer: types.GenerateContentResponse) -> Sequence[types.Part]:
    """Return the parts of the first candidate that are answer and not thought; empty when there are none."""
    candidate = answer.candidates[0] if answer.candidates else None
    content = candidate.content if candidate else None
    return [part for part in (content.parts if content and content.parts else []) if not part.thought]


def finish(answer: types.GenerateContentResponse) -> str:
    """Return why the model stopped, empty when it did not say."""
    reason = answer.candidates[0].finish_reason if answer.candidates else None
    return reason.value if reason else ""


def receipt(answer: types.GenerateContentResponse, model: str, *, images: int = 0) -> Receipt:
    """Return what the provider says it used. images: how many pictures were taken from the answer."""
    counted = answer.usage_metadata or types.GenerateContentResponseUsageMetadata()
    candidates = counted.candidates_token_count or 0
    of_images = sum(
        detail.token_count or 0
        for detail in counted.candidates_tokens_details or []
        if detail.modality is types.MediaModality.IMAGE
    )
    if images and not counted.candidates_tokens_details:
        # Asked for pictures only and told no details: what came out are picture tokens.
        of_images = candidates
    return Receipt(
        provider="gemini",
        model=model,
        model_version=answer.model_version or "",
        response_id=answer.response_id or "",
        usage=Usage(
            input_tokens=counted.prompt_token_count or 0,
            output_tokens=max(0, candidates - of_images) + (counted.thoughts_token_count or 0),
            image_tokens=of_images,
            images=images,
        ),
    )
