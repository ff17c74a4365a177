"""Reading what an audience wrote: from which videos, with whose right, how much of it; and what each of it is."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import JsonValue

from studio.domain.comments import (
    CommentRead,
    Priority,
    SortAnswer,
    SortedComment,
    ViewerComment,
    held_to_signs,
    plain_sorting,
    shown,
    sorting_problems,
    why_never,
    why_not,
)
from studio.domain.connection import NetworkName
from studio.domain.engagement import VideoRead
from studio.domain.episode import Episode, ProviderName
from studio.domain.errors import (
    NotConnected,
    NotFound,
    ProviderFailed,
    ProviderMissing,
    Retryable,
    StudioError,
)
from studio.domain.moderation import seen_text
from studio.domain.replies import (
    DraftedReply,
    ReplyAnswer,
    plain_replies,
    reply_problems,
    topics_of,
)
from studio.entry import Studio
from studio.generation.ports import WriteRequest
from studio.purchases import BoughtWriter
from studio.store import keys
from studio.writing import write_checked

if TYPE_CHECKING:
    from studio.channels.youtube import Thread, YouTubeComments

MOST_PAGES = 20
MOST_LOOKED_AT = 25
"""Threads whose replies are read in full, because there are more than come along: each costs a call."""

SORTED_AT_ONCE = 20
ANSWERED_AT_ONCE = 10
MAX_OUTPUT_TOKENS = 8_192


@dataclass
class CommentReader:
    """Reads the comments of an owner's videos, up to `limit` in all. `sendable`: accounts that can answer, by video."""

    studio: Studio
    limit: int
    comments: list[ViewerComment] = field(default_factory=list)
    sendable: dict[str, str] = field(default_factory=dict)

    def read(self, video_id: str, account_id: str, cursor: str | None = None) -> VideoRead:
        """Read the newest comments of a video, or those after a cursor, and say how that went.

        Raises Conflict where several accounts are connected and none is named.
        """
        told: dict[str, str] = {"video_id": video_id, "account_id": account_id}
        before = len(self.comments)
        try:
            client, account_id, note = self._opened(video_id, account_id)
            told["account_id"] = account_id
            closed, cursor = self._paged(client, video_id, account_id, cursor)
        except (NotConnected, ProviderMissing) as error:
            return VideoRead(**told, state="not_connected", note=str(error))
        except _NotYours as error:
            return VideoRead(**told, state="not_yours", note=str(error))
        except NotFound:
            return VideoRead(**told, state="not_found", note="YouTube has no such video, or not for this account.")
        except Retryable as error:
            read = len(self.comments) - before
            return VideoRead(**told, state="later", comments=read, note=f"{error} Try again later.")
        except ProviderFailed as error:
            return VideoRead(**told, state="refused", note=str(error))
        if closed:
            return VideoRead(**told, state="closed", note="Comments are switched off for this video.")
        return VideoRead(**told, state="read", comments=len(self.comments) - before, cursor=cursor, note=note)

    def _opened(self, video_id: str, account_id: str) -> "tuple[YouTubeComments, str, str]":
        from studio.channels.youtube import YouTube, YouTubeComments

        accounts, clock = self.studio.accounts, self.studio.clock
        host = accounts.host("google")
        try:
            connection, access = accounts.access(NetworkName.YOUTUBE, account_id)
        except (NotConnected, ProviderMissing) as error:
            key = accounts.api_key(NetworkName.YOUTUBE)
            if not key:
                raise
            return YouTubeComments(host, key=key, clock=clock), "", f"{error} Until then nothing can be sent."
        try:
            YouTube(host, access, clock=clock).processing(video_id)
        except (NotFound, ProviderFailed) as error:
            # A show answers under its own videos; under those of others it would be advertising.
            raise _NotYours(f"{connection.name} has no such video, and answers only under its own.") from error
        self.sendable[video_id] = connection.account_id
        note = connection.problem if connection.missing else ""
        return YouTubeComments(host, access, clock=clock), connection.account_id, note

    def _paged(
        self, client: "YouTubeComments", video_id: str, account_id: str, cursor: str | None
    ) -> tuple[bool, str | None]:
        looked_at = 0
        for _ in range(MOST_PAGES):
            page = client.threads(video_id, cursor, min(100, self.limit - len(self.comments)))
            if page.closed:
                return True, None
            for thread in page.threads:
                if account_id and thread.comment.channel_id == account_id:
                    continue
                unseen = thread.replies_total > len(thread.replies) and looked_at < MOST_LOOKED_AT
                looked_at += unseen
                self._keep(thread, video_id, self._answered(client, thread, account_id, unseen=unseen))
            cursor = page.cursor
            if cursor is None or len(self.comments) >= self.limit:
                break
        return False, cursor

    def _answered(self, client: "YouTubeComments", thread: "Thread", account_id: str, *, unseen: bool) -> bool:
        if self.studio.replies.taken(keys.thread(NetworkName.YOUTUBE, thread.thread_id)):
            return True
        if not account_id:
            return False
        try:
            replies = client.replies(thread.thread_id).replies if unseen else thread.replies
        except NotFound:
            # Taken down while it was read: there is nothing to answer any more.
            return True
        return any(reply.channel_id == account_id for reply in replies)

    def _keep(self, thread: "Thread", video_id: str, answered: bool) -> None:
        text = seen_text(thread.comment.text)
        if text:
            self.comments.append(
                ViewerComment(
                    number=len(self.comments) + 1,
                    text=text,
                    video_id=video_id,
                    thread_id=thread.thread_id,
                    likes=thread.comment.likes,
                    can_reply=thread.can_reply,
                    answered=answered,
                )
            )


class _NotYours(StudioError):
    """The video is another channel's."""


@dataclass(frozen=True)
class CommentDesk:
    """Has comments sorted and answered by a writer.

    show: who signs. about: what the writer is told of the show and the episode. told_of: the episode's weighty words.
    """

    writer: BoughtWriter
    rehearsal: bool
    show: str
    about: dict[str, JsonValue]
    told_of: frozenset[str]

    def sort(self, instructions: str, comments: Sequence[ViewerComment]) -> dict[int, SortedComment]:
        """Return what each comment is, by its number. What speaks to a machine is read by plain rules alone."""
        plain = {comment.number: plain_sorting(comment, self.told_of) for comment in comments}
        readings = {comment.number: plain[comment.number] for comment in comments if comment.kept_back}
        for batch in _batches([comment for comment in comments if not comment.kept_back], SORTED_AT_ONCE):
            readings |= self._sorted(instructions, batch, plain if self.rehearsal else {})
        return readings

    def answer(self, instructions: str, asked: Sequence[tuple[ViewerComment, SortedComment]]) -> list[DraftedReply]:
        """Return an answer to each comment that the writer found one for."""
        drafted: list[DraftedReply] = []
        for batch in _batches(asked, ANSWERED_AT_ONCE):
            drafted += self._answered(instructions, batch, [reply.text for reply in drafted])
        return drafted

    def _sorted(
        self, instructions: str, batch: Sequence[ViewerComment], plain: Mapping[int, SortedComment]
    ) -> dict[int, SortedComment]:
        # A model reads for itself; a rehearsal can only follow a plain reading.
        hints = {number: reading.model_dump(mode="json") for number, reading in plain.items()}
        told: list[JsonValue] = [shown(one) | hints.get(one.number, {}) for one in batch]
        answer = self._ask(instructions, {"comments": told}, SortAnswer, lambda given: sorting_problems(given, batch))
        known = {comment.number: comment for comment in batch}
        return {one.number: held_to_signs(one, known[one.number]) for one in answer.comments}

    def _answered(
        self, instructions: str, batch: Sequence[tuple[ViewerComment, SortedComment]], earlier: Sequence[str]
    ) -> list[DraftedReply]:
        known = {comment.number: comment for comment, _ in batch}
        material: dict[str, JsonValue] = {
            "comments": [shown(comment) | {"intent": reading.intent.value} for comment, reading in batch],
            "said_already": list(earlier),
        }
        if self.rehearsal:
            material["replies"] = plain_replies(batch, self.told_of, earlier)
        answer = self._ask(
            instructions, material, ReplyAnswer, lambda given: reply_problems(given, known, self.show, earlier)
        )
        return answer.replies

    def _ask[T: SortAnswer | ReplyAnswer](
        self, instructions: str, material: dict[str, JsonValue], schema: type[T], problems: Callable[[T], list[str]]
    ) -> T:
        request = WriteRequest(
            instructions=instructions, material=self.about | material, max_output_tokens=MAX_OUTPUT_TOKENS
        )
        return write_checked(self.writer, request, schema, problems)


def desk_of(show: str, provider: ProviderName, episode: Episode | None, studio: Studio) -> CommentDesk:
    """Return a desk with a provider's writer, who is told of the show and, where there is one, of the episode."""
    about: dict[str, JsonValue] = {"show": {"title": show}}
    told_of: frozenset[str] = frozenset()
    if episode is not None:
        brief = episode.brief.model_dump(mode="json", include={"title", "genre", "mood", "theme", "locale"})
        script = studio.episodes.paper(episode.episode_id).script
        open_question = script.open_question if script else ""
        about = {
            "show": brief,
            "episode": {"title": episode.title, "synopsis": episode.synopsis, "open_question": open_question},
        }
        people = [character.sheet.name for character in studio.cast_of(episode)]
        people += [guest.name for guest in script.guests] if script else []
        told_of = topics_of(episode.title, episode.synopsis, open_question, *people)
    writer = studio.writer(provider, "engagement", episode)
    return CommentDesk(writer, provider == "draft", show, about, told_of)


def worth_asking(
    comments: list[ViewerComment], readings: dict[int, SortedComment]
) -> list[tuple[ViewerComment, SortedComment]]:
    """Return the comments that deserve an answer, those that matter most first."""
    worth = [(one, readings[one.number]) for one in comments if not why_not(readings[one.number], one)]
    return sorted(worth, key=lambda pair: (list(Priority).index(pair[1].priority), -pair[0].likes, pair[0].number))


def comment_read(comment: ViewerComment, reading: SortedComment, answered: Collection[int]) -> CommentRead:
    """Return a comment as it is told. answered: numbers of those that there is an answer to."""
    draft = comment.number in answered and not why_never(reading, comment)
    left = "" if draft else why_not(reading, comment) or "No answer is drafted; a person had better write it."
    return CommentRead(
        **comment.model_dump(include={"number", "video_id", "thread_id", "likes"}),
        **reading.model_dump(exclude={"number"}),
        excerpt=comment.excerpt,
        signs=comment.signs,
        draft=draft,
        why_not=left,
    )


def _batches[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
