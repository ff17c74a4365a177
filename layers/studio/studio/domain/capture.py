"""What lead-capture-bot is asked, what a writer gives it, and what it reports."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from studio.domain.approval import ContentHash
from studio.domain.base import Heading, Id, Name, Phrase, Value, Written
from studio.domain.episode import ProviderName
from studio.domain.lead import ConsentText
from studio.domain.link import Target

MOST_HEADLINE = 80
MOST_OFFER = 240

_ADDRESS = re.compile(r"https?:|www\.|\S@\S|\b\w+\.(com|net|org|io|de|tv)\b", re.IGNORECASE)


class FormWords(Written):
    """What a form says above its field: a headline, and what one signs up for."""

    headline: Heading
    offer: Heading


class CaptureRequest(Value):
    """Which episode's form, and what it should say; what is left out is proposed.

    publish: hosts the draft that was approved under `content_hash`; everything else comes from there.
    """

    episode_id: Id
    headline: Annotated[Heading, StringConstraints(max_length=MOST_HEADLINE)] | None = None
    offer: Annotated[Phrase, StringConstraints(min_length=1, max_length=MOST_OFFER)] | None = None
    consent: ConsentText | None = None
    from_name: Name | None = None
    privacy_url: Target | None = None
    mode: Literal["draft", "publish"] = "draft"
    content_hash: ContentHash | None = None
    provider: ProviderName | None = None

    @model_validator(mode="after")
    def _approved_content(self) -> Self:
        if (self.mode == "publish") is (self.content_hash is None):
            raise ValueError("publish takes the content_hash of an approved draft, and a draft takes none")
        return self


def words_problems(words: FormWords, given: str, promises: Sequence[str]) -> list[str]:
    """Return what is wrong with a form's words, each as a sentence a writer can act on; empty when nothing is.

    given: what the owner and the episode say. promises: words that nobody may promise with unless they are in it.
    """
    found = []
    for name, text, most in (("headline", words.headline, MOST_HEADLINE), ("offer", words.offer, MOST_OFFER)):
        if len(text) > most:
            found.append(f"The {name} has {len(text)} characters; it may have {most}.")
        if _ADDRESS.search(text):
            found.append(f"The {name} has an address in it. Leave it out.")
        for promise in promises:
            pattern = rf"(?<!\w){re.escape(promise)}(?!\w)"
            if re.search(pattern, text, re.IGNORECASE) and not re.search(pattern, given, re.IGNORECASE):
                found.append(f"The {name} promises “{promise}”, which nobody offered. Say only what one signs up for.")
        for number in re.findall(r"\d+", text):
            if number not in given:
                found.append(f"The {name} says {number}, which is nowhere in the material. Leave it out.")
    return found
