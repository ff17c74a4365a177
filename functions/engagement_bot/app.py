"""engagement-bot: what viewers wrote, sorted; answers drafted for approval; and what was approved, sent once."""

import re
from pathlib import Path

from studio.commenting import CommentReader, comment_read, desk_of, worth_asking
from studio.domain.comments import ViewerComment, counted
from studio.domain.connection import NetworkName
from studio.domain.engagement import EngagementReport, EngagementRequest, VideoRead
from studio.domain.moderation import seen_text
from studio.domain.replies import Sending, edits_by_number
from studio.entry import Studio, bot
from studio.replying import ReplySender, answers_to, put_up

_COMMON, _SORT, _ANSWER = re.split(
    r"^## .+$", Path(__file__).with_name("prompt.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)
MOST_DRAFTS = 20
MOST_VIDEOS = 5

REHEARSED = "This is a rehearsal: comments were sorted by single words, and the answers are samples to be rewritten."
NO_VIDEO = "The episode has no post on YouTube yet. Post it, name a video_id, or paste comments."
PASTED = "Nothing is connected to pasted comments: copy an answer to where the comment is."
NO_EDITS = "No comment was read, so your edits were put up nowhere."
NO_ACCOUNT = "Connect the YouTube account of this video to put answers up for approval and send them."


def engage(request: EngagementRequest, studio: Studio) -> EngagementReport:
    """Sort what viewers wrote and draft answers for approval; or send the approved ones, each once.

    Spam, attacks and personal data are never answered; the show's name stands under every answer.
    """
    episode = studio.episodes.get(request.episode_id) if request.episode_id else None
    if request.mode == "publish":
        return _published(request, studio)
    reader = CommentReader(studio, request.limit)
    videos = _read(request, reader, studio)
    show = episode.brief.title if episode else request.show or _channel(reader, studio) or "The show"
    provider = request.provider or (episode.provider if episode else studio.settings.provider)
    notes = [REHEARSED] if provider == "draft" and reader.comments else []
    notes += [NO_VIDEO] if not videos and not request.comments else []
    if not reader.comments:
        notes += ["There are no comments yet."] if any(video.state == "read" for video in videos) else []
        notes += [NO_EDITS] if request.edits else []
        return EngagementReport(mode="draft", videos=videos, missing=_missing(request, videos), notes=tuple(notes))
    edits = edits_by_number(request.edits, reader.comments, show)
    desk = desk_of(show, provider, episode, studio)
    readings = desk.sort(_COMMON + _SORT, reader.comments)
    asked = worth_asking(reader.comments, readings)
    drafted = {reply.number: reply.text for reply in desk.answer(_COMMON + _ANSWER, asked[:MOST_DRAFTS])}
    in_order = {comment.number: drafted[comment.number] for comment, _ in asked if comment.number in drafted}
    answers = answers_to(reader.comments, readings, in_order, edits, show)
    answered = {each.comment.number for each in answers}
    if len(asked) > MOST_DRAFTS:
        notes.append(
            f"{len(asked) - MOST_DRAFTS} more comments deserve an answer; answer these first, then call again."
        )
    return EngagementReport(
        mode="draft",
        videos=videos,
        counts=counted([readings[comment.number] for comment in reader.comments]),
        comments=tuple(comment_read(one, readings[one.number], answered) for one in reader.comments),
        replies=tuple(put_up(each, show, reader.sendable, studio, request.episode_id or "") for each in answers),
        missing=_missing(request, videos),
        notes=tuple(notes),
    )


def _published(request: EngagementRequest, studio: Studio) -> EngagementReport:
    sent = ReplySender(studio).send(request.content_hashes)
    waiting = [one for one in sent if one.status is Sending.WAITING]
    until = next((one.until for one in waiting if one.until), None)
    return EngagementReport(mode="publish", sent=tuple(sent), waiting=len(waiting), until=until)


def _read(request: EngagementRequest, reader: CommentReader, studio: Studio) -> tuple[VideoRead, ...]:
    if request.comments:
        texts = [text for text in map(seen_text, request.comments) if text][: request.limit]
        reader.comments += [ViewerComment(number=number, text=text) for number, text in enumerate(texts, 1)]
        return ()
    if request.video_id:
        return (reader.read(request.video_id, request.account_id, request.cursor),)
    posts = studio.posts.of_episode(request.episode_id or "")
    newest = dict.fromkeys(
        (post.external_id, post.account_id)
        for post in reversed(posts)
        if post.network is NetworkName.YOUTUBE and post.external_id and request.account_id in ("", post.account_id)
    )
    return tuple(
        reader.read(video_id, account_id)
        for video_id, account_id in list(newest)[:MOST_VIDEOS]
        if len(reader.comments) < request.limit
    )


def _missing(request: EngagementRequest, videos: tuple[VideoRead, ...]) -> tuple[str, ...]:
    if request.comments:
        return (PASTED,)
    cannot = [video for video in videos if video.state == "not_connected" or not video.account_id]
    return (NO_ACCOUNT,) if cannot else ()


def _channel(reader: CommentReader, studio: Studio) -> str:
    account_id = next(iter(reader.sendable.values()), "")
    return studio.connections.get(NetworkName.YOUTUBE, account_id).name[:160] if account_id else ""


handler = bot(engage)
