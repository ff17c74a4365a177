"""Answers to comments: what is asked of a writer, what an answer of a show must keep, and what exactly would go out."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import Field, JsonValue

from studio.domain.approval import ApprovalStatus, ContentHash
from studio.domain.base import Instant, Paragraph, Phrase, Title, Value, Written
from studio.domain.comments import Intent, SortedComment, ViewerComment
from studio.domain.connection import AccountId, NetworkName
from studio.domain.errors import Invalid
from studio.domain.languages import differ, language_of
from studio.domain.moderation import Sign, inflating, names_somebody, overlap, promise_in, signs, words_of

MAX_REPLY = 280
"""Characters, without the signature: what is read under a video without unfolding it."""

_ALIKE = 0.7
_HARD = frozenset({Sign.SPAM, Sign.THREAT, Sign.INSULT, Sign.ORDERS})
_AS_A_PERSON = ("i am a real person", "i'm a real person", "i am human", "i'm human", "not a bot", "not an ai")


class DraftedReply(Written):
    """An answer to one comment. `number` is the comment's."""

    number: int = Field(ge=1)
    text: Phrase = Field(min_length=1)


class ReplyAnswer(Written):
    """What is asked of a writer: at most one answer to each comment; left out is what a person had better answer."""

    replies: list[DraftedReply]


class ReplyContent(Value):
    """All that would go out, which is what its owner approves: these words, there, signed by the show.

    `comment` is what they answer, without personal data.
    """

    network: NetworkName
    account_id: AccountId
    video_id: str = Field(min_length=1, max_length=64)
    thread_id: str = Field(min_length=1, max_length=128)
    show: Title
    text: Paragraph = Field(min_length=1)
    comment: str = Field(max_length=300)


class ReplyWaiting(Value):
    """A drafted answer, or an edited one.

    `content_hash` is what to approve; None where there is no account that could send it, and where `problems` says
    what is wrong with edited words.
    """

    number: int
    video_id: str
    thread_id: str
    comment: str
    text: str
    content_hash: ContentHash | None = None
    approval: ApprovalStatus | None = None
    problems: tuple[str, ...] = ()


class Sending(StrEnum):
    """What became of an answer that should go out.

    `waiting`: it may go out later, as it is. `unknown`: the network gave no answer; it is looked for before it is sent
    again. `refused`: it did not go out, and why says what to do.
    """

    SENT = "sent"
    ALREADY_SENT = "already_sent"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class ReplySent(Value):
    """What became of one answer. `url` is where it is seen; `until` from when on it may be tried again."""

    content_hash: ContentHash
    status: Sending
    why: Phrase = ""
    reply_id: str = ""
    url: str = ""
    until: Instant | None = None


def signed(text: str, show: str) -> str:
    """Return an answer with the show's name under it, so that everybody sees who speaks."""
    return f"{text.strip()} — {show}"


def is_signed(content: ReplyContent) -> bool:
    """Tell whether the show's name stands under an answer."""
    return content.text.endswith(signed("", content.show).strip())


def url_of(video_id: str, comment_id: str) -> str:
    """Return where a comment or an answer is seen."""
    return f"https://www.youtube.com/watch?v={video_id}&lc={comment_id}"


def reply_problems(
    answer: ReplyAnswer, asked: Mapping[int, ViewerComment], show: str, earlier: Sequence[str] = ()
) -> list[str]:
    """Return what is wrong with the answers, each as a sentence a writer can act on; empty when nothing is.

    asked: the comments, by their numbers. earlier: what was drafted before, which is not said again.
    """
    found = []
    said: list[str] = list(earlier)
    numbers = [reply.number for reply in answer.replies]
    found += [f"There is no comment {number}; leave it out." for number in sorted(set(numbers) - set(asked))]
    found += [
        f"Comment {n} has {numbers.count(n)} answers; give one." for n in sorted(set(numbers)) if numbers.count(n) > 1
    ]
    for reply in answer.replies:
        comment = asked.get(reply.number)
        if comment is not None:
            found += [f"Answer {reply.number}: {wrong}" for wrong in _wrong(reply.text, comment.text, show, said)]
            said.append(reply.text)
    return found


def edits_by_number(edits: Mapping[str, str], comments: Sequence[ViewerComment], show: str) -> dict[int, str]:
    """Return a person's words by the number of the comment they answer, without the signature.

    edits: by a comment's thread, or, of a pasted one, by its number. Raises Invalid for a comment that was not read.
    """
    numbers = {comment.thread_id or str(comment.number): comment.number for comment in comments}
    for key in edits.keys() - numbers.keys():
        field = f"edits.{key}"
        if key.isdecimal() and any(comment.thread_id for comment in comments):
            why = "Name the comment by its thread_id: numbers change as comments come in."
            raise Invalid(why, {field: "must be a thread_id"})
        raise Invalid(
            f"No comment {key} was read. Leave it out, or read further with limit or cursor.", {field: "unknown"}
        )
    return {numbers[key]: _unsigned(text, show) for key, text in edits.items()}


def edit_problems(text: str, comment: str, show: str, others: Sequence[str]) -> list[str]:
    """Return what is wrong with a person's words: all that would be with a writer's, but for the language.

    others: what is said under other comments.
    """
    words = words_of(text)
    promise, inflated = promise_in(text), inflating(text)
    checks = (
        (len(text) > MAX_REPLY, f"{len(text)} characters; {MAX_REPLY} are the most."),
        (len(words) < 2, "say something."),
        (names_somebody(text), "no links, addresses, numbers or accounts."),
        (bool(promise), f"“{promise}” promises something; the show promises nothing here."),
        (bool(inflated), f"“{inflated}” asks for an audience that is none."),
        (bool(_HARD.intersection(signs(text))), "it is rude, sells something or speaks of instructions."),
        (any(claim in text.casefold().replace("’", "'") for claim in _AS_A_PERSON), "do not claim to be a person."),
        (f"— {show}".casefold() in text.casefold(), "leave the signature out; it is put under it."),
        (overlap(words, words_of(comment)) > _ALIKE, "it only repeats the comment."),
        (any(overlap(words, words_of(other)) > _ALIKE for other in others), "it repeats another answer."),
    )
    return [sentence for applies, sentence in checks if applies]


def _unsigned(text: str, show: str) -> str:
    ending = signed("", show).strip()
    stripped = text.strip()
    return stripped[: -len(ending)].strip() if stripped.casefold().endswith(ending.casefold()) else stripped


def _wrong(text: str, comment: str, show: str, said: Sequence[str]) -> list[str]:
    foreign = f"write in the language of the comment{_named(comment)}."
    return edit_problems(text, comment, show, said) + ([foreign] if differ(text, comment) else [])


def _named(comment: str) -> str:
    code = language_of(comment)
    return f" ({code})" if code else ""


# Plain answers, for a rehearsal

_THANKS: dict[str, dict[Intent, tuple[str, ...]]] = {
    "en": {
        Intent.QUESTION: (
            "Good question about {topic}. Watch that moment once more: what do you see?",
            "So you noticed {topic}! Some of us argue about it too. Whom do you believe?",
            "You ask what we hoped somebody would ask. Your own guess about {topic}?",
        ),
        Intent.THEORY: ("A theory about {topic}, and one to argue about. What in the episode gave you the idea?",),
        Intent.PRAISE: ("Thank you, that means a lot to everybody here. Which moment stayed with you?",),
        Intent.CRITICISM: ("Thank you for saying so openly. What would you have done at that moment?",),
        Intent.REQUEST: ("Thank you for asking about {topic}. What would you want to see of it?",),
        Intent.OTHER: ("Thank you for watching. Whose side are you on?",),
    },
    "de": {Intent.QUESTION: ("Gute Frage zu „{topic}“. Schau dir die Stelle noch einmal an: Was siehst du?",)},
    "es": {Intent.QUESTION: ("Buena pregunta sobre «{topic}». Mira ese momento otra vez: ¿qué ves?",)},
    "fr": {Intent.QUESTION: ("Bonne question sur « {topic} ». Regarde ce moment encore une fois : que vois-tu ?",)},
    "so": {Intent.QUESTION: ("Su'aal fiican. Mar kale daawo meeshaas: maxaad aragtaa?",)},
    "ar": {Intent.QUESTION: ("سؤال جيد. شاهد تلك اللحظة مرة أخرى: ماذا ترى؟",)},
}
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "about after again already always another anybody anything because before being comes doing episode episodes "
        "every everybody everything expected first finds knows looking makes never nobody nothing other really scene "
        "should somebody something still their there these thing things think this those through until video wants "
        "were what whatever when where which while whose will with without would your please could show",
    )
)


def topics_of(*texts: str) -> frozenset[str]:
    """Return the weighty words of what an episode is told by, in lower case."""
    return frozenset(word for word in words_of(" ".join(texts)) if len(word) > 4 and word not in _SMALL)


def plain_replies(
    asked: Sequence[tuple[ViewerComment, SortedComment]], told_of: frozenset[str], earlier: Sequence[str] = ()
) -> list[JsonValue]:
    """Return an answer to each comment in whose language there is a plain one, and none that is said already.

    told_of: the words of the episode, of which a comment's topic is taken where it has one.
    """
    made: list[JsonValue] = []
    said = list(earlier)
    for comment, reading in asked:
        language = language_of(comment.text)
        topic = _topic(comment.text, told_of, language)
        offered = _THANKS.get(language, {}).get(reading.intent, ())
        texts = [plain.format(topic=topic) for plain in offered if topic or "{topic}" not in plain]
        text = next((text for text in texts if not _wrong(text, comment.text, "", said)), None)
        if text is not None:
            said.append(text)
            made.append({"number": comment.number, "text": text})
    return made


def _topic(text: str, told_of: frozenset[str], language: str) -> str:
    """Return what a comment is about: a name that the episode knows, else a word that it knows; "" without one."""
    words = [word.strip(".,;:!?¿¡“”\"'()…？؟").removesuffix("'s").removesuffix("’s") for word in text.split()]
    known = [word for word in words if word.casefold() in told_of]
    chosen = next((word for word in known if word[:1].isupper() and word != words[0]), known[0] if known else "")
    plain = chosen[:1].islower() or chosen == words[0]
    return f"the {chosen.casefold()}" if chosen and plain and language == "en" else chosen


def summary_of(content: ReplyContent) -> str:
    """Return one line about an answer, for where it waits."""
    return f"Reply on YouTube as {content.show}: “{content.text[:120]}” to “{content.comment[:100]}”"
