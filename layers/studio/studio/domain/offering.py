"""What affiliate-bot is asked, and what it reports."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from studio.domain.affiliate import OfferLeftOut, OfferMatch
from studio.domain.approval import ApprovalStatus, ContentHash
from studio.domain.audience import AudienceChannel, Tag
from studio.domain.base import Id, Value
from studio.domain.episode import ProviderName
from studio.domain.link import LinkTags
from studio.domain.offer import Thing


class AffiliateRequest(Value):
    """Which episode, and where the links will be. marketplace: Amazon's site; the locale's, where left out.

    publish: makes the links of the draft that was approved under `content_hash`; everything else comes from there.
    """

    episode_id: Id
    marketplace: Annotated[str, StringConstraints(pattern=r"^www\.amazon\.[a-z]{2,3}(\.[a-z]{2})?$")] | None = None
    limit: int = Field(default=5, ge=1, le=20)
    channel: AudienceChannel = AudienceChannel.OTHER
    variant: Tag | None = None
    campaign: Tag | None = None
    mode: Literal["draft", "publish"] = "draft"
    content_hash: ContentHash | None = None
    provider: ProviderName | None = None

    @model_validator(mode="after")
    def _approved_content(self) -> Self:
        if (self.mode == "publish") is (self.content_hash is None):
            raise ValueError("publish takes the content_hash of an approved draft, and a draft takes none")
        return self


class PlannedLink(Value):
    """A link: in a draft as it would be made, once published as it is. `clicks` are people's, as the events tell."""

    offer: str
    target: str
    tags: LinkTags
    address: str | None
    enabled: bool
    clicks: int | None


class AffiliateReport(Value):
    """Offers for what the script names, best first, and a caption to paste, its disclosures before its links.

    unmatched: things that nobody offers yet. content_hash: what to approve, and then to publish; null without offers.
    """

    episode_id: Id
    mode: Literal["draft", "publish"]
    matches: tuple[OfferMatch, ...] = ()
    left_out: tuple[OfferLeftOut, ...] = ()
    unmatched: tuple[Thing, ...] = ()
    links: tuple[PlannedLink, ...]
    disclosures: tuple[str, ...]
    caption: str
    content_hash: ContentHash | None
    approval: ApprovalStatus | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rehearsal: bool = False
