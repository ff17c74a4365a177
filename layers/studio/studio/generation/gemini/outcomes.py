"""What Gemini's refusals mean, each as one sentence that says what to change."""

import re
from collections.abc import Iterator

from google.genai import errors, types

from studio.domain.errors import Blocked, ProviderFailed, StudioError, Throttled, Unavailable
from studio.generation.catalogue import SETTINGS, Use, successor

NO_KEY = "No Gemini key is stored."
KEY_REFUSED = "The Gemini key was refused. Store a valid one in the secret that holds it."

_CHANGE = {
    "SAFETY": "take out or soften what is violent, sexual, hateful or dangerous",
    "PROHIBITED_CONTENT": "take out what the provider prohibits",
    "BLOCKLIST": "use other words, one of them is on the provider's blocklist",
    "SPII": "take out personal data such as addresses, phone numbers and document numbers",
    "RECITATION": "ask for something further from works that exist",
    "IMAGE_SAFETY": "describe the picture without violence, nudity or danger",
    "IMAGE_PROHIBITED_CONTENT": "describe the picture without what the provider prohibits, such as real public people",
    "IMAGE_RECITATION": "describe a picture further from works that exist",
    "MODEL_ARMOR": "take out what the project's own content rules refuse",
    "JAILBREAK": "take out what reads as an attempt to get around the provider's rules",
    "ESCALATION": "take out what the provider's rules refuse",
}
"""Reasons of `finish_reason` and `block_reason` that a retry cannot change."""


def refused(error: errors.APIError, use: Use, model: str, setting: str = "") -> StudioError:
    """Return what an error answer means. Its words are quoted only where they help, and never with a key in them."""
    code = error.code
    if code == 429:
        daily = any("perday" in quota.casefold() for quota in _quotas(error))
        what = "The Gemini quota for the day is used up" if daily else "Gemini's rate limit is reached"
        wait = _retry_after(error)
        when = "try again later" if wait is None else f"try again in {wait:.0f} s"
        return Throttled(f"{what}; {when}.", retry_after=wait)
    if code == 408 or code >= 500:
        # Errors are not charged (Gemini's billing page), but who says that time ran out may have done the work.
        late = code in {408, 504}
        return Unavailable(f"Gemini is not available at the moment ({code}).", _retry_after(error), sent=late)
    if code in {401, 403} or any(reason.startswith("API_KEY") for reason in _reasons(error)) or _names_key(error):
        return ProviderFailed(KEY_REFUSED)
    if code == 404:
        instead = successor(model, use)
        other = instead if instead != model else "one that it has"
        return ProviderFailed(f"Gemini does not have the model “{model}”; set {setting or SETTINGS[use]} to {other}.")
    return ProviderFailed(f"Gemini does not take the request ({code}): {_quotable(error.message)}")


def blocked(answer: types.GenerateContentResponse) -> Blocked | ProviderFailed | None:
    """Return what stopped the prompt or the answer for good, or None."""
    feedback = answer.prompt_feedback
    if feedback and feedback.block_reason:
        change = _CHANGE.get(feedback.block_reason.value, "word it differently")
        return Blocked(f"Gemini refused the prompt ({feedback.block_reason.value}): {change}.")
    for candidate in answer.candidates or []:
        reason = candidate.finish_reason.value if candidate.finish_reason else ""
        if reason in _CHANGE:
            return Blocked(f"Gemini's rules stopped the answer ({reason}): {_CHANGE[reason]}.")
        if reason == "PUP_LIMITED_DISABLED":
            return ProviderFailed("The Gemini account is limited for breaking the provider's rules; use another key.")
    return None


def _details(error: errors.APIError) -> Iterator[dict[str, object]]:
    # Whatever a gateway puts there: anything but the documented shape counts as nothing.
    body = error.details.get("error") if isinstance(error.details, dict) else None
    found = body.get("details") if isinstance(body, dict) else None
    return (detail for detail in (found if isinstance(found, list) else []) if isinstance(detail, dict))


def _reasons(error: errors.APIError) -> list[str]:
    return [str(detail.get("reason", "")) for detail in _details(error)]


def _names_key(error: errors.APIError) -> bool:
    # Some gateways, and older servers, give the sentence without ErrorInfo.
    return error.code == 400 and "api key" in str(error.message).casefold()


def _quotas(error: errors.APIError) -> Iterator[str]:
    for detail in _details(error):
        violations = detail.get("violations")
        for violation in violations if isinstance(violations, list) else []:
            if isinstance(violation, dict):
                yield str(violation.get("quotaId", ""))


def _retry_after(error: errors.APIError) -> float | None:
    """Return the seconds to wait: RetryInfo's ("13s"), else the Retry-After header's, else None."""
    said = [str(detail["retryDelay"]) for detail in _details(error) if "retryDelay" in detail]
    headers = getattr(error.response, "headers", None)
    if headers is not None and (header := headers.get("retry-after")):
        said.append(f"{header}s")
    for delay in said:
        if match := re.fullmatch(r"(\d+(?:\.\d+)?)s", delay.strip()):
            return float(match[1])
    return None


def _quotable(message: object) -> str:
    """Return a server's sentence on one line, cut at 300 characters, with anything as long as a key taken out."""
    words = re.sub(r"\s+", " ", str(message or "no reason given")).strip()
    return re.sub(r"[\w.\-]{30,}", "…", words)[:300].rstrip(".") + "."
