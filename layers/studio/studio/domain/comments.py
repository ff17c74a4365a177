"""Comments: what an audience wrote under a video, and what kind of thing each of them is."""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum, StrEnum

from pydantic import Field, JsonValue

from studio.domain.base import Phrase, Value, Written
from studio.domain.languages import language_of
from studio.domain.moderation import LINK, Sign, redacted, signs, words_of

EXCERPT = 280
MOST_TO_SORT = 800
"""Characters of a comment that a writer is shown; nobody needs more to know what it is."""


class Intent(StrEnum):
    """What somebody who comments is after."""

    QUESTION = "question"
    PRAISE = "praise"
    CRITICISM = "criticism"
    THEORY = "theory"
    SPAM = "spam"
    REQUEST = "request"
    OTHER = "other"


class Sentiment(StrEnum):
    """How they feel about the show."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    MIXED = "mixed"
    NEGATIVE = "negative"


class Toxicity(StrEnum):
    """How hard it is on people: not, rude, or attacking somebody. A dislike of the show is none of it."""

    NONE = "none"
    RUDE = "rude"
    ATTACK = "attack"


class Priority(StrEnum):
    """How much it matters that the show answers."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ViewerComment(Value):
    """A comment as it was read. `number` is its place in this reading; who wrote it is not kept.

    `thread_id` and `video_id` are the network's, empty for a pasted one. `answered`: the show has answered it.
    """

    number: int = Field(ge=1)
    text: str
    video_id: str = ""
    thread_id: str = ""
    likes: int = 0
    can_reply: bool = True
    answered: bool = False

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What plain rules see in it."""
        return signs(self.text)

    @property
    def excerpt(self) -> str:
        """Its beginning, on one line, without anybody's address or number."""
        line = " ".join(redacted(self.text).split())
        return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1].rstrip()}…"

    @property
    def kept_back(self) -> bool:
        """Whether it is addressed to a machine: then no writer is shown it, and a person decides."""
        return Sign.ORDERS in self.signs


class SortedComment(Written):
    """What a comment is. `number` is the comment's."""

    number: int = Field(ge=1)
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    intent: Intent
    sentiment: Sentiment
    toxicity: Toxicity
    priority: Priority


class SortAnswer(Written):
    """What is asked of a writer: every comment once."""

    comments: list[SortedComment] = Field(min_length=1)


def shown(comment: ViewerComment) -> dict[str, JsonValue]:
    """Return what a writer is shown of a comment: its words without personal data, and how many liked it."""
    return {"number": comment.number, "text": redacted(comment.text)[:MOST_TO_SORT], "likes": comment.likes}


def sorting_problems(answer: SortAnswer, asked: Sequence[ViewerComment]) -> list[str]:
    """Return what is wrong with an answer, each as a sentence a writer can act on; empty when nothing is."""
    wanted = [comment.number for comment in asked]
    given = [one.number for one in answer.comments]
    found = [f"There is no comment {number}; leave it out." for number in sorted(set(given) - set(wanted))]
    found += [f"Comment {number} is missing." for number in wanted if number not in given]
    found += [f"Comment {number} is there {given.count(number)} times." for number in wanted if given.count(number) > 1]
    return found


def held_to_signs(sorted_comment: SortedComment, comment: ViewerComment) -> SortedComment:
    """Return a reading that is at least as bad as what plain rules see: no comment talks itself out of them."""
    seen = comment.signs
    changes: dict[str, object] = {}
    if Sign.SPAM in seen or _only_a_link(comment.text, seen):
        changes["intent"] = Intent.SPAM
    toxicity = max(_hardness(sorted_comment.toxicity), _floor(seen))
    changes["toxicity"] = list(Toxicity)[toxicity]
    unworthy = toxicity or changes.get("intent", sorted_comment.intent) is Intent.SPAM or Sign.ORDERS in seen
    if unworthy:
        changes["priority"] = Priority.LOW
    return sorted_comment.model_copy(update=changes)


def worth_answering(sorted_comment: SortedComment) -> bool:
    """Tell whether the show has something to answer: questions, and whatever else matters much."""
    if sorted_comment.toxicity is not Toxicity.NONE or sorted_comment.intent is Intent.SPAM:
        return False
    return sorted_comment.intent is Intent.QUESTION or sorted_comment.priority is Priority.HIGH


def why_not(sorted_comment: SortedComment, comment: ViewerComment) -> str:
    """Return why a comment gets no draft, as a sentence; "" where it gets one."""
    idle = "" if worth_answering(sorted_comment) else "Nothing in it asks for an answer."
    return why_never(sorted_comment, comment) or idle


def why_never(sorted_comment: SortedComment, comment: ViewerComment) -> str:
    """Return why the show does not answer a comment here, in nobody's words; "" where it may."""
    seen = comment.signs
    reasons = (
        (Sign.ORDERS in seen, "It speaks to a machine instead of the show; a person should look at it."),
        (sorted_comment.toxicity is Toxicity.ATTACK, "It attacks somebody. Hide or report it; it is not answered."),
        (sorted_comment.toxicity is Toxicity.RUDE, "It is rude, and is not answered."),
        (sorted_comment.intent is Intent.SPAM, "It looks like spam, and is not answered."),
        (Sign.LINK in seen, "It leads somewhere else; a person should look at it."),
        (Sign.MINOR in seen, "Somebody under 18 says so about themselves here; a person should decide what to do."),
        (Sign.PERSONAL_DATA in seen, "It gives personal data away. Consider hiding it; it is not answered."),
        (comment.answered, "The show has answered it already."),
        (not comment.can_reply, "It can not be replied to."),
    )
    return next((reason for applies, reason in reasons if applies), "")


# A plain reading, for a rehearsal and for what no writer is shown

_ASKS = re.compile(
    r"[?？؟]|^(?:who|what|when|where|why|how|did|does|is|are|was|wer|wie|warum|wann|quién|qué|cómo|pourquoi|comment|"
    r"yaa|maxaa|sidee)\b",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\b(?:please|can you|could you|you should|more of|bitte|por favor|s'il (?:te|vous) pla[iî]t|fadlan)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\b(?:i (?:think|bet|believe|guess)|my theory|maybe|what if|probably|ich glaube|creo que|je pense|"
    r"waxaan u malaynayaa)\b",
    re.IGNORECASE,
)
_LIKES = re.compile(
    r"\b(?:love|loved|great|amazing|best|brilliant|beautiful|so good|perfect|wow|thank|favou?rite|funny|super|toll|"
    r"genial|incroyable|increíble|fiican|waan jeclahay|رائع|جميل)\w*|[❤😍🔥👏🥰😂💯🎉]",
    re.IGNORECASE,
)
_DISLIKES = re.compile(
    r"\b(?:boring|bad|worst|hate|hated|awful|terrible|fake|scripted|slow|disappoint|annoying|ruined|confusing|"
    r"langweilig|schlecht|aburrido|malo|ennuyeux|nul|xun)\w*|[👎😡🙄]",
    re.IGNORECASE,
)
_MANY_LIKES = 10
_FEW_WORDS = 8


class _Hard(IntEnum):
    NONE = 0
    RUDE = 1
    ATTACK = 2


def _hardness(toxicity: Toxicity) -> int:
    return list(Toxicity).index(toxicity)


def _floor(seen: Iterable[Sign]) -> int:
    return _Hard.ATTACK if Sign.THREAT in seen else _Hard.RUDE if Sign.INSULT in seen else _Hard.NONE


def _only_a_link(text: str, seen: Iterable[Sign]) -> bool:
    return Sign.LINK in seen and len(LINK.sub(" ", text).split()) <= _FEW_WORDS


def plain_sorting(comment: ViewerComment, told_of: frozenset[str] = frozenset()) -> SortedComment:
    """Return what a comment is by its words alone. told_of: words of the episode, which make a question matter more."""
    text = comment.text
    likes, dislikes = _LIKES.search(text) is not None, _DISLIKES.search(text) is not None
    intent = next(
        kind
        for applies, kind in (
            (_WANTS.search(text), Intent.REQUEST),
            (_ASKS.search(text), Intent.QUESTION),
            (_SUPPOSES.search(text), Intent.THEORY),
            (dislikes, Intent.CRITICISM),
            (likes, Intent.PRAISE),
            (True, Intent.OTHER),
        )
        if applies
    )
    if likes and dislikes:
        sentiment = Sentiment.MIXED
    else:
        sentiment = Sentiment.POSITIVE if likes else Sentiment.NEGATIVE if dislikes else Sentiment.NEUTRAL
    asks = intent in {Intent.QUESTION, Intent.REQUEST}
    if comment.likes >= _MANY_LIKES or (asks and told_of & words_of(text)):
        priority = Priority.HIGH
    else:
        priority = Priority.MEDIUM if asks or intent in {Intent.CRITICISM, Intent.THEORY} else Priority.LOW
    reading = SortedComment(
        number=comment.number,
        language=language_of(text) or "und",
        intent=intent,
        sentiment=sentiment,
        toxicity=Toxicity.NONE,
        priority=priority,
    )
    return held_to_signs(reading, comment)


class Counted(Value):
    """How many of the `read` comments are what. Who comments is no sample of an audience."""

    read: int
    intents: dict[Intent, int]
    sentiments: dict[Sentiment, int]
    toxic: int


def counted(readings: Sequence[SortedComment]) -> Counted:
    """Count what comments are."""
    return Counted(
        read=len(readings),
        intents={intent: sum(one.intent is intent for one in readings) for intent in Intent},
        sentiments={feeling: sum(one.sentiment is feeling for one in readings) for feeling in Sentiment},
        toxic=sum(one.toxicity is not Toxicity.NONE for one in readings),
    )


class CommentRead(Value):
    """A comment with what it is. `excerpt` has no personal data; where no answer is drafted, `why_not` says why."""

    number: int
    video_id: str
    thread_id: str
    excerpt: str
    likes: int
    language: str
    intent: Intent
    sentiment: Sentiment
    toxicity: Toxicity
    priority: Priority
    signs: tuple[Sign, ...]
    draft: bool
    why_not: Phrase = ""
