"""A live event: what live-boost-bot is asked, a run-sheet with its hours, a plain one, and what would be announced."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Literal

from pydantic import Field, model_validator

from studio.domain.approval import ApprovalStatus, ContentHash
from studio.domain.base import Id, Instant, Paragraph, Phrase, Value
from studio.domain.connection import AccountId, NetworkName
from studio.domain.episode import ProviderName
from studio.domain.run_sheet import (
    LONGEST,
    MAX_OPTION,
    SHORTEST,
    AudienceQuestion,
    ClipMoment,
    Poll,
    RunSheet,
    RunSheetAnswer,
    Segment,
    TimedSegment,
)
from studio.domain.script import Script

type Privacy = Literal["private", "unlisted", "public"]

MADE_WITH_AI = "The pictures and voices of this show are made with AI."
CHAT_SECONDS = 60


class LiveRequest(Value):
    """What is wanted. Plan: an episode's event, as a draft or, with an approved `content_hash`, announced on YouTube.

    `wishes` are the creator's own for the event. `made_for_kids` has no default: the law asks its maker. Chat: what is
    said in the chat of `chat_id`, or of the event `broadcast_id`, read for at most `seconds`, on from `cursor`.
    """

    action: Literal["plan", "chat"] = "plan"
    episode_id: Id | None = None
    starts_at: Instant | None = None
    minutes: int = Field(default=60, ge=SHORTEST, le=LONGEST)
    wishes: Paragraph = ""
    made_for_kids: bool | None = None
    privacy: Privacy = "private"
    mode: Literal["draft", "publish"] = "draft"
    content_hash: ContentHash | None = None
    account_id: AccountId | Literal[""] = ""
    provider: ProviderName | None = None
    broadcast_id: str = Field(default="", max_length=64, pattern=r"^[A-Za-z0-9_-]*$")
    chat_id: str = Field(default="", max_length=300)
    cursor: str | None = Field(default=None, max_length=1000)
    seconds: int = Field(default=15, ge=0, le=CHAT_SECONDS)

    @model_validator(mode="after")
    def _says_what(self) -> "LiveRequest":
        if self.action == "chat" and not (self.broadcast_id or self.chat_id):
            raise ValueError("name the broadcast_id or the chat_id whose chat is read")
        if self.action == "plan" and not (self.episode_id or self.content_hash):
            raise ValueError("name the episode_id that the event is about")
        if self.mode == "publish" and (self.action == "chat" or not self.content_hash):
            raise ValueError("publish takes the content_hash of a draft that was approved")
        return self


class BroadcastContent(Value):
    """All that would be announced, which is what its owner approves."""

    network: NetworkName
    account_id: AccountId
    episode_id: Id
    title: Phrase = Field(min_length=1, max_length=100)
    description: Paragraph
    starts_at: Instant
    minutes: int = Field(ge=SHORTEST, le=LONGEST)
    made_for_kids: bool
    privacy: Privacy


class BroadcastWaiting(Value):
    """A draft of an announcement: what to approve, and how that stands."""

    content_hash: ContentHash
    approval: ApprovalStatus
    content: BroadcastContent


class BroadcastMade(Value):
    """An event that is announced. `unknown`: YouTube did not say; it is looked for at the next call, after `until`."""

    status: Literal["announced", "already_announced", "unknown"]
    broadcast_id: str = ""
    url: str = ""
    chat_id: str = ""
    until: Instant | None = None


def timed(answer: RunSheetAnswer, minutes: int, starts_at: datetime | None) -> RunSheet:
    """Return a checked run-sheet with every segment's start, in the zone that `starts_at` is given in."""
    segments, start = [], 0
    for number, segment in enumerate(answer.segments, 1):
        at = None if starts_at is None else starts_at + timedelta(minutes=start)
        told = segment.model_dump()
        segments.append(TimedSegment(number=number, start_minute=start, at=at, **told))
        start += segment.minutes
    return RunSheet(
        title=answer.title,
        description=answer.description,
        minutes=minutes,
        starts_at=starts_at,
        segments=tuple(segments),
        polls=tuple(answer.polls),
        questions=tuple(answer.questions),
        moments=tuple(answer.moments),
        moderation=tuple(answer.moderation),
    )


def described(description: str) -> str:
    """Return what stands under the event: the writer's words, and what the pictures are made with."""
    return f"{description.strip()}\n\n{MADE_WITH_AI}"


# A plain run-sheet, for a rehearsal

_SHARES = (("Welcome", 10), ("The episode again", 30), ("Whose side?", 20), ("Your questions", 30), ("Good night", 10))


def plain_run_sheet(script: Script, hosts: Sequence[str], minutes: int, show: str) -> RunSheetAnswer:
    """Return a run-sheet by plain rules: a welcome, the clips, a poll, questions, a good night. It knows English."""
    lengths = _parted(minutes, [share for _, share in _SHARES])
    first, last = script.scenes[0], script.scenes[-1]
    clips = list(script.clips)
    # The first sentence says how it begins; the others may say how it ends.
    teaser = re.split(r"(?<=[.!?…؟。])\s", script.synopsis)[0]
    question = script.open_question or f"Was {first.lines[0].speaker} right?"
    happens = (
        f"Welcome to {show}. Say what it is about: “{script.title}”. Show clip {clips[0].number}; let the chat arrive.",
        f"Watch the clips once more, one by one, and stop where the room changes. {script.synopsis}",
        "Run the poll, read the result out, and have the one who lost defend it.",
        "Take questions from the chat, those that most people asked first. One person, one turn.",
        f"Say what stays open. {script.open_question}".strip() + " Thank the chat and the moderators, then leave.",
    )
    cues = (
        f"“{first.lines[0].text[:80]}” Let us see that again.",
        "And now you: whose side are you on?",
        "You have voted. Now ask us.",
        "One last question, then we have to go.",
        f"“{last.lines[-1].text[:80]}” Good night.",
    )
    segments = [
        Segment(name=name, minutes=length, host=hosts[place % len(hosts)], happens=happens[place], cue=cues[place])
        for place, ((name, _), length) in enumerate(zip(_SHARES, lengths, strict=True))
    ]
    people = list(dict.fromkeys(line.speaker for scene in script.scenes for line in scene.lines))
    options = [name[:MAX_OPTION] for name in people[:3]]
    options = options if len(options) > 1 else [*options, "Nobody"]
    return RunSheetAnswer(
        title=f"{show} live: {script.title}"[:100],
        description=f"We watch “{script.title}” together and talk about it. {teaser}",
        segments=segments,
        polls=[
            Poll(segment=3, question="Whose side are you on?", options=options),
            Poll(segment=5, question="Would you have told the truth?", options=["Yes", "No", "Only if asked"]),
        ],
        questions=[
            AudienceQuestion(segment=1, question="Where are you watching from, and with whom?"),
            AudienceQuestion(segment=2, question=question),
            AudienceQuestion(segment=4, question=f"What would you ask {people[-1]} if nobody else heard it?"),
        ],
        moments=[
            ClipMoment(segment=1 if place == 0 else 2, scene=clip.scene, clip=clip.number, why=_why(clip.description))
            for place, clip in enumerate(clips)
        ],
        moderation=[
            "Two moderators who are not on camera; agree on a sign for taking something down.",
            "Hold back links, numbers and addresses; remove threats and slurs at once, and do not read them out.",
            "Read no surname, age or place of anybody in the chat out loud.",
            "Slow mode from the first minute of questions; end the chat if people are attacked.",
        ],
    )


def _why(description: str) -> str:
    return "Stop here: " + shorten(description, 160, placeholder=" …")


def _parted(minutes: int, shares: Sequence[int]) -> list[int]:
    """Return whole minutes for shares, at least one each, that add up (largest remainders)."""
    free = minutes - len(shares)
    exact = [free * share / sum(shares) for share in shares]
    whole = [int(part) for part in exact]
    order = sorted(range(len(shares)), key=lambda place: whole[place] - exact[place])
    for place in order[: free - sum(whole)]:
        whole[place] += 1
    return [1 + part for part in whole]
