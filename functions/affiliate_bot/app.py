"""affiliate-bot: offers for what a script names, with short links that are counted and say first what they are."""

from collections.abc import Sequence
from pathlib import Path

from studio.craft.selling import selling
from studio.domain.affiliate import AffiliateContent, caption, content_of
from studio.domain.approval import ApprovalStatus, ContentKind
from studio.domain.episode import Episode
from studio.domain.errors import Conflict, NotApproved
from studio.domain.link import Link
from studio.domain.offering import AffiliateReport, AffiliateRequest, PlannedLink
from studio.domain.paper import NO_SCRIPT
from studio.domain.script import Script
from studio.entry import Studio, bot
from studio.offering import ScriptReader, clicks_of, find_offers, market

PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
BOT = "affiliate-bot"

REHEARSED = "A rehearsal finds things by a short list of goods in English; a model finds what a script really names."
ENGLISH = "There are no disclosures in the language “{}” here, so the English ones stand. Check that they will do."
ANYWHERE = "The show's locale names no country, so offers count whatever country they are for."


def match_offers(request: AffiliateRequest, studio: Studio) -> AffiliateReport:
    """Match things that an episode's script names with your offers, link them, and disclose it.

    A draft makes nothing public: it lists the links it would make. Offers near death, illness or faith are left out.
    """
    episode = studio.episodes.get(request.episode_id)
    if request.content_hash is not None:
        return _published(request.content_hash, episode, studio)
    script = studio.episodes.paper(episode.episode_id).script
    if script is None:
        raise Conflict(NO_SCRIPT)
    return _drafted(request, episode, script, studio)


def _drafted(request: AffiliateRequest, episode: Episode, script: Script, studio: Studio) -> AffiliateReport:
    words, own_language = selling().words(episode.brief.locale)
    where = market(episode.brief.locale, request.marketplace, selling())
    provider = request.provider or episode.provider
    reader = ScriptReader(PROMPT, provider, episode, script, words, studio)
    found = find_offers(studio, reader.reading, where, words.unfit(), request.limit, reader.things)
    language = episode.brief.locale.partition("-")[0] if own_language else "en"
    disclosing = words.disclosing(language, request.channel)
    content = content_of(
        found.offers, disclosing, **request.model_dump(include={"episode_id", "channel", "variant", "campaign"})
    )
    waiting = None
    if content.items:
        summary = f"{len(content.items)} affiliate links for “{script.title}”"
        waiting = studio.approvals.ask(
            ContentKind.POST, content, bot=BOT, summary=summary, at=studio.clock(), episode_id=episode.episode_id
        )
    notes = (
        REHEARSED if provider == "draft" else "",
        reader.failed,
        "" if own_language else ENGLISH.format(episode.brief.locale),
        "" if where.region else ANYWHERE,
    )
    return AffiliateReport(
        episode_id=episode.episode_id,
        mode="draft",
        matches=tuple(match.model_copy(update={"text": disclosing.alone(match)}) for match in found.offers),
        left_out=found.left_out,
        unmatched=found.unmatched,
        links=_links(content, [studio.links.made_for(i.target, content.tags(i)) for i in content.items], studio),
        disclosures=content.disclosures,
        caption=content.caption,
        content_hash=waiting.content_hash if waiting else None,
        approval=waiting.status if waiting else None,
        missing=found.missing,
        notes=tuple(note for note in notes if note),
        rehearsal=provider == "draft",
    )


def _published(approved_hash: str, episode: Episode, studio: Studio) -> AffiliateReport:
    """Make the links of an approved draft, and no others. Asked again, it returns the same ones."""
    approval = studio.approvals.approved(approved_hash, ContentKind.POST, studio.clock())
    if approval.bot != BOT or approval.episode_id != episode.episode_id:
        raise NotApproved("What was approved under this hash is something else. Draft the links of this episode first.")
    content = AffiliateContent.model_validate(approval.content)
    studio.approvals.use(approval, studio.clock())
    links = [studio.links.ensure(item.target, content.tags(item), studio.clock()) for item in content.items]
    addresses = {n: f"{studio.address}/go/{link.code}" for n, link in enumerate(links)}
    off = [item.offer for item, link in zip(content.items, links, strict=True) if not link.enabled]
    return AffiliateReport(
        episode_id=episode.episode_id,
        mode="publish",
        links=_links(content, links, studio),
        disclosures=content.disclosures,
        caption=caption(content.disclosures, content.items, addresses),
        content_hash=approved_hash,
        approval=ApprovalStatus.USED,
        notes=(f"You switched off the link for {', '.join(off)}; it stays off.",) if off else (),
    )


def _links(content: AffiliateContent, links: Sequence[Link | None], studio: Studio) -> tuple[PlannedLink, ...]:
    clicks = clicks_of(studio, [link for link in links if link])
    return tuple(
        PlannedLink(
            offer=item.offer,
            target=item.target,
            tags=content.tags(item),
            address=f"{studio.address}/go/{link.code}" if link else None,
            enabled=link is not None and link.enabled,
            clicks=clicks[link.code] if link else None,
        )
        for item, link in zip(content.items, links, strict=True)
    )


handler = bot(match_offers)
