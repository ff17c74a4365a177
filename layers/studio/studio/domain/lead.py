"""Leads: a form that asks for an address, who answered it, what they agreed to, and who wants no more mail."""

import hashlib
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from studio.domain.audience import AudienceChannel, LinkCode, Tag, Visitor
from studio.domain.base import Heading, Id, Instant, Name, Phrase, Text, Value
from studio.domain.link import Target

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A keyed digest: the same address has the same, and nobody learns from it which it was."""

ConsentText = Annotated[Text, StringConstraints(max_length=1000)]


class LeadForm(Value):
    """A form as people read it: all that is approved. consent: what somebody agrees to, word for word.

    headline and offer: what one signs up for. from_name: who writes. privacy_url: the owner's privacy notice.
    """

    episode_id: Id
    language: str
    headline: Heading
    offer: Phrase
    consent: ConsentText
    from_name: Name
    privacy_url: Target | None = None

    @property
    def consent_hash(self) -> str:
        """The SHA-256, in hex, of the text that is agreed to."""
        return hashlib.sha256(self.consent.encode()).hexdigest()


class FormCounts(Value):
    """How often a form was shown to people, who asked, who confirmed, and who of those left again."""

    shown: int = Field(default=0, ge=0)
    asked: int = Field(default=0, ge=0)
    confirmed: int = Field(default=0, ge=0)
    unsubscribed: int = Field(default=0, ge=0)


class PublishedForm(Value):
    """A form that is hosted under `/forms/<code>` while it is `open`. version: grows with every change of the form.

    mail_problem: why its last mail could not be sent; empty once one was.
    """

    form: LeadForm
    code: LinkCode
    version: int = Field(ge=1)
    open: bool = True
    counts: FormCounts = FormCounts()
    mail_problem: Phrase = ""
    published_at: Instant


class LeadStatus(StrEnum):
    """How far somebody came. Only who is `confirmed` may be written to."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"


class SignUp(Value):
    """What is known when a form was sent. contact: the address's digest; sealed: the address, encrypted.

    visitor: what events call them. channel, variant, link: of the short link that led to the form. came_from: a digest
    of the network address.
    """

    contact: Digest
    visitor: Visitor
    sealed: str
    episode_id: Id
    form_version: int
    consent: ConsentText
    came_from: Digest
    channel: AudienceChannel = AudienceChannel.SITE
    variant: Tag | None = None
    link: LinkCode | None = None


class Lead(SignUp):
    """Somebody who gave their address for an episode. `sealed` is empty once they are not to be written to any more.

    unsubscribe: the code with which they leave, and which every mail to them carries.
    """

    lead_id: Id
    status: LeadStatus = LeadStatus.PENDING
    unsubscribe: LinkCode
    asked_at: Instant
    mailed_at: Instant | None = None
    confirmed_at: Instant | None = None
    unsubscribed_at: Instant | None = None


class ConsentRecord(Value):
    """That somebody agreed: to which words, of which version of the form, when, and from where. Never changed."""

    consent_id: Id
    contact: Digest
    lead_id: Id
    episode_id: Id
    form_version: int
    text: ConsentText
    text_hash: Digest
    at: Instant
    came_from: Digest
