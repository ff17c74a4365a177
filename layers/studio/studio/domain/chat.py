"""A live chat: which questions are one, how many people ask it, what to moderate, and what to ask next."""

import re
from collections.abc import Sequence

from pydantic import Field

from studio.domain.base import Instant, Value
from studio.domain.moderation import Sign, overlap, redacted, seen_text, signs, words_of

SAME = 0.5
"""So much two questions must share, as Jaccard similarity of their words, to be one."""

MOST_GROUPS = 30
MOST_FLAGS = 100
NEXT = 5
EXCERPT = 200

_ASKS = re.compile(
    r"[?？؟]|^(?:who|what|when|where|why|how|did|does|do|is|are|was|will|can|wer|wie|warum|wann|quién|qué|cómo|pourquoi|qui|"
    r"yaa|maxaa|sidee|goorma)\b",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "the a an is are was were did do does will would can could of to in on for and or so it its that this there i "
        "you we he she they me my your please pls guys hey hi hello omg lol really just have has had been be",
    )
)
_ENDINGS = re.compile(r"(?:ing|ed|es|s)$")
_FLAGGED = {
    Sign.THREAT: "attack",
    Sign.INSULT: "rude",
    Sign.SPAM: "spam",
    Sign.LINK: "link",
    Sign.PERSONAL_DATA: "personal_data",
    Sign.MINOR: "minor",
}


class Said(Value):
    """One message of a chat. `author` tells people apart and goes no further; `staff`: the owner or a moderator."""

    message_id: str
    author: str
    text: str
    at: Instant
    staff: bool = False


class QuestionGroup(Value):
    """One question, in the words that came first. `people` asked it, each counted once, in `messages` messages."""

    question: str
    people: int = Field(ge=1)
    messages: int = Field(ge=1)
    first_at: Instant


class Flag(Value):
    """A message for a moderator to look at, by its id, with what is wrong with it. `text` has no personal data."""

    message_id: str
    kind: str
    text: str


class ChatReport(Value):
    """What a chat came to. `ask_next`: the questions most people have, which nothing speaks against reading out.

    `people` wrote `messages`. `cursor`: where to go on reading; `ended`: nothing more will be said.
    """

    messages: int
    people: int
    questions: tuple[QuestionGroup, ...]
    ask_next: tuple[str, ...]
    flags: tuple[Flag, ...]
    flags_left_out: int
    cursor: str | None
    ended: bool


def chat_report(said: Sequence[Said], cursor: str | None, *, ended: bool) -> ChatReport:
    """Return what a chat came to: its questions grouped, and what to moderate."""
    plain = [one.model_copy(update={"text": seen_text(one.text)}) for one in said]
    flags = [flag for one in plain if not one.staff and (flag := _flag(one)) is not None]
    held = {flag.message_id for flag in flags}
    groups = _grouped([one for one in plain if not one.staff and one.message_id not in held and _ASKS.search(one.text)])
    return ChatReport(
        messages=len(plain),
        people=len({one.author for one in plain}),
        questions=tuple(groups[:MOST_GROUPS]),
        ask_next=tuple(group.question for group in groups[:NEXT]),
        flags=tuple(flags[:MOST_FLAGS]),
        flags_left_out=max(0, len(flags) - MOST_FLAGS),
        cursor=cursor,
        ended=ended,
    )


def _flag(said: Said) -> Flag | None:
    seen = signs(said.text)
    kind = next((kind for sign, kind in _FLAGGED.items() if sign in seen), None)
    return None if kind is None else Flag(message_id=said.message_id, kind=kind, text=_excerpt(said.text))


def _grouped(asked: Sequence[Said]) -> list[QuestionGroup]:
    """Return the questions, those that most people ask first; among equals, the one that waits longest.

    A question belongs to the first group whose first question shares SAME of its weighty words.
    """
    groups: list[tuple[frozenset[str], list[Said]]] = []
    for one in asked:
        words = _weighty(one.text)
        home = next((members for of, members in groups if of == words or overlap(of, words) >= SAME), None)
        if home is None:
            groups.append((words, [one]))
        else:
            home.append(one)
    made = [
        QuestionGroup(
            question=_excerpt(members[0].text),
            people=len({one.author for one in members}),
            messages=len(members),
            first_at=members[0].at,
        )
        for _, members in groups
    ]
    return sorted(made, key=lambda group: (-group.people, group.first_at))


def _weighty(text: str) -> frozenset[str]:
    words = words_of(text)
    kept = frozenset(_ENDINGS.sub("", word) if len(word) > 4 else word for word in words - _EMPTY)
    return kept or words


def _excerpt(text: str) -> str:
    line = " ".join(redacted(text).split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1].rstrip()}…"
