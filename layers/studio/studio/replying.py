"""Answers to comments: put up for approval, and only what was approved sent, once, and not too many in an hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError

from studio.domain.approval import Approval, ContentKind
from studio.domain.claim import Claim, ClaimStatus
from studio.domain.comments import SortedComment, ViewerComment, why_never
from studio.domain.connection import NetworkName
from studio.domain.errors import NotApproved, Retryable, StudioError, Unavailable
from studio.domain.replies import (
    ReplyContent,
    ReplySent,
    ReplyWaiting,
    Sending,
    edit_problems,
    is_signed,
    signed,
    summary_of,
    url_of,
)
from studio.entry import Studio
from studio.store import keys
from studio.store.claims import Held

if TYPE_CHECKING:
    from studio.channels.youtube import Comment, YouTubeComments

PER_RUN = 10
"""Answers that one call sends; what is left waits for the next."""

_PAGES = 5
_CLOCKS_APART = timedelta(minutes=1)


@dataclass(frozen=True)
class Answer:
    """What is said to a comment, without the signature, and what is wrong with it where a person wrote it."""

    comment: ViewerComment
    text: str
    problems: tuple[str, ...] = ()


def answers_to(
    comments: Sequence[ViewerComment],
    readings: Mapping[int, SortedComment],
    drafted: Mapping[int, str],
    edits: Mapping[int, str],
    show: str,
) -> list[Answer]:
    """Return the answers: a person's words where there are some, else those that were drafted, and in their order.

    drafted, edits: texts by the comments' numbers.
    """
    by_number = {comment.number: comment for comment in comments}
    texts = {**drafted, **edits}
    found = []
    for number, text in texts.items():
        comment, problems = by_number[number], list[str]()
        if number in edits:
            never = why_never(readings[number], comment)
            others = [said for other, said in texts.items() if other != number]
            found_wrong = edit_problems(text, comment.text, show, others)
            problems = [never] if never else [wrong[:1].upper() + wrong[1:] for wrong in found_wrong]
        found.append(Answer(comment, text, tuple(problems)))
    return found


def put_up(answer: Answer, show: str, sendable: Mapping[str, str], studio: Studio, episode_id: str) -> ReplyWaiting:
    """Put an answer up for approval, unless something is wrong with it or there is no account that could send it.

    sendable: accounts that can answer, by video.
    """
    comment, text = answer.comment, signed(answer.text, show)
    account_id = sendable.get(comment.video_id)
    waiting = ReplyWaiting(
        number=comment.number,
        video_id=comment.video_id,
        thread_id=comment.thread_id,
        comment=comment.excerpt,
        text=text,
        problems=answer.problems,
    )
    if account_id is None or answer.problems:
        return waiting
    content = ReplyContent(
        network=NetworkName.YOUTUBE,
        account_id=account_id,
        video_id=comment.video_id,
        thread_id=comment.thread_id,
        show=show,
        text=text,
        comment=comment.excerpt,
    )
    approval = studio.approvals.ask(
        ContentKind.REPLY,
        content,
        bot="engagement-bot",
        summary=summary_of(content),
        at=studio.clock(),
        episode_id=episode_id,
    )
    return waiting.model_copy(update={"content_hash": approval.content_hash, "approval": approval.status})


@dataclass
class ReplySender:
    """Sends an owner's approved answers."""

    studio: Studio
    refusals: list[StudioError] = field(default_factory=list)

    def send(self, hashes: Sequence[str]) -> list[ReplySent]:
        """Send these, in their order, and say what became of each.

        Raises the first refusal where nothing is out and every one was refused, such as NotApproved.
        """
        outcomes: list[ReplySent] = []
        stopped: ReplySent | None = None
        for hashed in dict.fromkeys(hashes):
            if stopped is None and sum(one.status is Sending.SENT for one in outcomes) >= PER_RUN:
                why = f"{PER_RUN} answers go out at a time. Call again for the others."
                stopped = ReplySent(content_hash=hashed, status=Sending.WAITING, why=why, until=self.studio.clock())
            if stopped is not None:
                outcomes.append(stopped.model_copy(update={"content_hash": hashed}))
                continue
            outcomes.append(self._outcome(hashed))
            if outcomes[-1].status is Sending.WAITING:
                stopped = outcomes[-1]
        if outcomes and all(one.status is Sending.REFUSED for one in outcomes):
            raise self.refusals[0]
        return outcomes

    def _outcome(self, hashed: str) -> ReplySent:
        at = self.studio.clock()
        try:
            return self._sent(hashed, at)
        except Held as error:
            return ReplySent(content_hash=hashed, status=Sending.UNKNOWN, why=str(error), until=error.until)
        except Retryable as error:
            until = at + timedelta(seconds=error.retry_after or 60.0)
            return ReplySent(content_hash=hashed, status=Sending.WAITING, why=str(error), until=until)
        except StudioError as error:
            self.refusals.append(error)
            return ReplySent(content_hash=hashed, status=Sending.REFUSED, why=str(error)[:300])

    def _sent(self, hashed: str, at: datetime) -> ReplySent:
        approval = self.studio.approvals.approved(hashed, ContentKind.REPLY, at)
        content = _content_of(approval)
        claim = self.studio.replies.claim(hashed, at, keys.thread(content.network, content.thread_id))
        if claim.status is ClaimStatus.SENT:
            return _told(claim, Sending.ALREADY_SENT)
        client = self._client(content, claim)
        if claim.status is ClaimStatus.UNKNOWN:
            found = self._looked_for(client, content, claim)
            if found is not None:
                return self._noted(claim, content, found, Sending.ALREADY_SENT)
        return self._send(client, approval, content, claim, at)

    def _client(self, content: ReplyContent, claim: Claim) -> "YouTubeComments":
        from studio.channels.youtube import YouTubeComments

        accounts = self.studio.accounts
        try:
            _, access = accounts.access(NetworkName.YOUTUBE, content.account_id)
        except StudioError:
            self._let_go(claim)
            raise
        return YouTubeComments(accounts.host("google"), access, clock=self.studio.clock)

    def _send(
        self, client: "YouTubeComments", approval: Approval, content: ReplyContent, claim: Claim, at: datetime
    ) -> ReplySent:
        try:
            self.studio.replies.take_turn(at)
            self.studio.approvals.use(approval, at)
            made = client.reply(content.thread_id, content.text)
        except Unavailable as error:
            if error.sent:
                return self._lost(client, content, claim)
            self.studio.replies.release(claim)
            raise
        except StudioError:
            self.studio.replies.release(claim)
            raise
        return self._noted(claim, content, made, Sending.SENT)

    def _lost(self, client: "YouTubeComments", content: ReplyContent, claim: Claim) -> ReplySent:
        """Look at once for an answer whose own answer was lost; what cannot be found is looked for again later."""
        try:
            found = self._ours(client, content, claim)
        except StudioError:
            found = None
        if found is not None:
            return self._noted(claim, content, found, Sending.SENT)
        until = self.studio.replies.unknown(claim, self.studio.clock())
        why = "YouTube did not say whether it arrived. Call again later: it is looked for before it is sent again."
        return ReplySent(content_hash=claim.content_hash, status=Sending.UNKNOWN, why=why, until=until)

    def _looked_for(self, client: "YouTubeComments", content: ReplyContent, claim: Claim) -> "Comment | None":
        try:
            return self._ours(client, content, claim)
        except StudioError:
            # Still unknown, and nobody else should have to wait for this attempt's lease.
            self.studio.replies.unknown(claim, self.studio.clock())
            raise

    def _ours(self, client: "YouTubeComments", content: ReplyContent, claim: Claim) -> "Comment | None":
        cursor: str | None = None
        since = claim.started_at - _CLOCKS_APART
        for _ in range(_PAGES):
            page = client.replies(content.thread_id, cursor)
            for reply in page.replies:
                # By its words, or by its moment: the network may show words otherwise than they were sent.
                same = _plain(reply.text) == _plain(content.text)
                if reply.channel_id == content.account_id and (same or reply.published_at >= since):
                    return reply
            cursor = page.cursor
            if cursor is None:
                return None
        return None

    def _noted(self, claim: Claim, content: ReplyContent, made: "Comment", status: Sending) -> ReplySent:
        url = url_of(content.video_id, made.comment_id)
        return _told(self.studio.replies.sent(claim, made.comment_id, url), status)

    def _let_go(self, claim: Claim) -> None:
        if claim.status is ClaimStatus.UNKNOWN:
            self.studio.replies.unknown(claim, self.studio.clock())
        else:
            self.studio.replies.release(claim)


def _content_of(approval: Approval) -> ReplyContent:
    """Return what was approved. Raises NotApproved where that is no answer of a show to a comment on YouTube."""
    try:
        content = ReplyContent.model_validate(approval.content)
    except ValidationError:
        content = None
    if content is None or content.network is not NetworkName.YOUTUBE or not is_signed(content):
        raise NotApproved("What was approved is no signed answer to a comment. Draft it with engagement-bot.")
    return content


def _told(claim: Claim, status: Sending) -> ReplySent:
    return ReplySent(content_hash=claim.content_hash, status=status, reply_id=claim.external_id, url=claim.url)


def _plain(text: str) -> str:
    return " ".join(text.split())
