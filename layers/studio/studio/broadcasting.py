"""Announcing a live event, once, as it was approved; and listening to its chat for a bounded time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError

from studio.domain.approval import Approval, ContentKind
from studio.domain.chat import ChatReport, Said, chat_report
from studio.domain.claim import Claim, ClaimStatus
from studio.domain.connection import NetworkName
from studio.domain.errors import Invalid, NotApproved, NotConnected, ProviderMissing, StudioError, Unavailable
from studio.domain.live_event import BroadcastContent, BroadcastMade, BroadcastWaiting, LiveRequest, described
from studio.domain.run_sheet import RunSheet
from studio.entry import Studio

if TYPE_CHECKING:
    from studio.channels.youtube import Broadcast, ChatMessage, YouTubeLive

MOST_PAGES = 40
_NOBODY = "unknown"
NO_HOUR = "Say starts_at to have it put up for approval."
NO_AUDIENCE_SAID = "Say made_for_kids, true or false, to have it put up for approval: YouTube has to be told."


def opened(studio: Studio, account_id: str) -> "YouTubeLive":
    """Return the live events of a connected channel. Raises NotConnected, Conflict where one has to be named."""
    from studio.channels.youtube import YouTubeLive

    _, access = studio.accounts.access(NetworkName.YOUTUBE, account_id)
    return YouTubeLive(studio.accounts.host("google"), access, clock=studio.clock)


def put_up(request: LiveRequest, sheet: RunSheet, studio: Studio) -> tuple[BroadcastWaiting | None, tuple[str, ...]]:
    """Put the event up for approval, or say what is missing for it."""
    missing = [NO_HOUR] if request.starts_at is None else []
    missing += [NO_AUDIENCE_SAID] if request.made_for_kids is None else []
    connection = None
    try:
        connection, _ = studio.accounts.access(NetworkName.YOUTUBE, request.account_id)
    except (NotConnected, ProviderMissing) as error:
        missing.append(str(error))
    if connection is not None and connection.missing:
        missing.append(connection.problem)
    if missing or connection is None or request.starts_at is None or request.made_for_kids is None:
        return None, tuple(missing)
    content = BroadcastContent(
        network=NetworkName.YOUTUBE,
        account_id=connection.account_id,
        episode_id=request.episode_id or "",
        title=sheet.title,
        description=described(sheet.description),
        starts_at=request.starts_at,
        minutes=request.minutes,
        made_for_kids=request.made_for_kids,
        privacy=request.privacy,
    )
    approval = studio.approvals.ask(
        ContentKind.BROADCAST,
        content,
        bot="live-boost-bot",
        summary=f"Live on YouTube as {connection.name}, {request.starts_at:%Y-%m-%d %H:%M %z}: {sheet.title}",
        at=studio.clock(),
        episode_id=content.episode_id,
    )
    waiting = BroadcastWaiting(content_hash=approval.content_hash, approval=approval.status, content=content)
    return waiting, ()


def approved_event(studio: Studio, hashed: str) -> tuple[Approval, BroadcastContent]:
    """Return the event that was approved under a hash. Raises NotApproved."""
    approval = studio.approvals.approved(hashed, ContentKind.BROADCAST, studio.clock())
    try:
        return approval, BroadcastContent.model_validate(approval.content)
    except ValidationError as error:
        raise NotApproved("What was approved is no live event. Draft it with live-boost-bot.") from error


def announce(studio: Studio, approval: Approval, content: BroadcastContent) -> BroadcastMade:
    """Create an approved event at YouTube, or say that it is there. One approved content makes one event, ever.

    Raises Conflict while another call is at it, Invalid for an hour that is past, and what the client raises.
    """
    at = studio.clock()
    hashed = approval.content_hash
    known = studio.broadcasts.find(hashed)
    if known is not None and known.status is ClaimStatus.SENT:
        return _made(known, already=True)
    if known is None and content.starts_at <= at:
        raise Invalid("The hour of this event is past. Draft it anew with another.", {"content_hash": "is past"})
    live = opened(studio, content.account_id)
    claim = studio.broadcasts.claim(hashed, at)
    if claim.status is ClaimStatus.SENT:
        return _made(claim, already=True)
    if claim.status is ClaimStatus.UNKNOWN:
        try:
            found = live.find(content.title, content.starts_at)
        except StudioError:
            studio.broadcasts.unknown(claim, studio.clock())
            raise
        if found is not None:
            return _made(_noted(studio, claim, found), already=True)
    try:
        studio.approvals.use(approval, at)
        made = live.announce(
            content.title,
            content.description,
            content.starts_at,
            made_for_kids=content.made_for_kids,
            privacy=content.privacy,
        )
    except Unavailable as error:
        if error.sent:
            return _lost(studio, live, claim, content)
        studio.broadcasts.release(claim)
        raise
    except StudioError:
        studio.broadcasts.release(claim)
        raise
    return _made(_noted(studio, claim, made), already=False)


def _lost(studio: Studio, live: "YouTubeLive", claim: Claim, content: BroadcastContent) -> BroadcastMade:
    """Look at once for an event whose answer was lost; what cannot be found is looked for again later."""
    try:
        found = live.find(content.title, content.starts_at)
    except StudioError:
        found = None
    if found is not None:
        return _made(_noted(studio, claim, found), already=False)
    return BroadcastMade(status="unknown", until=studio.broadcasts.unknown(claim, studio.clock()))


def _noted(studio: Studio, claim: Claim, made: "Broadcast") -> Claim:
    return studio.broadcasts.sent(claim, made.broadcast_id, made.url, made.chat_id or "")


def _made(claim: Claim, *, already: bool) -> BroadcastMade:
    return BroadcastMade(
        status="already_announced" if already else "announced",
        broadcast_id=claim.external_id,
        url=claim.url,
        chat_id=claim.chat_id,
    )


def listen(
    live: "YouTubeLive",
    chat_id: str,
    cursor: str | None,
    seconds: float,
    *,
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
) -> ChatReport:
    """Read a chat, on from a cursor, for at most so many seconds, and return what it came to. Raises NotFound.

    At least one page is read. The network says how long to wait before the next one.
    """
    until = clock() + timedelta(seconds=seconds)
    said: list[Said] = []
    ended = False
    for _ in range(MOST_PAGES):
        page = live.messages(chat_id, cursor)
        said += [_said(message) for message in page.messages if message.kind == "textMessageEvent"]
        cursor, ended = page.cursor or cursor, page.ended
        if ended or clock() + timedelta(milliseconds=page.wait_ms) > until:
            break
        wait(page.wait_ms / 1000)
    return chat_report(said, cursor, ended=ended)


def _said(message: "ChatMessage") -> Said:
    return Said(
        message_id=message.message_id,
        author=message.channel_id or message.author or _NOBODY,
        text=message.text,
        at=message.published_at,
        staff=message.owner or message.moderator,
    )
