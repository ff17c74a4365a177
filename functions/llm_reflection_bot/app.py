"""llm-reflection-bot: a text criticised by a rubric and revised, until a blind judge finds nothing better."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, JsonValue, model_validator

from studio.domain.base import Id, Paragraph, Prompt, Value
from studio.domain.episode import ProviderName
from studio.domain.errors import Conflict
from studio.domain.reflection import (
    MAX_ROUNDS,
    NUMBERED,
    Criticism,
    Critique,
    Preference,
    RevisionRound,
    ShownPair,
    Standard,
    Target,
    TextVersion,
    decided,
)
from studio.editing import EpisodeEdit
from studio.entry import Studio, bot
from studio.generation.ports import WriteRequest
from studio.reflecting import Subject, own_words, part_of
from studio.writing import write_checked

_COMMON, _CRITICISE, _REVISE, _JUDGE = re.split(
    r"^## .+$", Path(__file__).with_name("prompt.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)
MAX_OUTPUT_TOKENS = 8_192

REHEARSED = (
    "This is a rehearsal: the criticisms and revisions are those of plain rules of editing, and the judge drew lots. "
    "Nothing is put into an episode on that."
)
LOT = "Drawn by lot."
NOTHING_TO_SAY = "The critic found nothing worth a change."
NO_OTHER = "The revision says the same, so there was nothing to compare."


class ReflectionRequest(Value):
    """What to better: a part of an episode's script, or `text` of the owner's with a `brief` that says what it is for.

    number: which scene for `dialogue`, which clip for `clip`. apply: put the winner into the episode, where it may be
    edited and is still the version that was read. provider: the episode's, or the studio's, where left out.
    """

    episode_id: Id | None = None
    what: Target | None = None
    number: int | None = Field(default=None, ge=1, le=100)
    text: Prompt | None = None
    brief: Paragraph = ""
    rounds: int = Field(default=2, ge=1, le=MAX_ROUNDS)
    apply: bool = False
    provider: ProviderName | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if self.episode_id is None:
            if self.text is None or not self.brief or self.what not in (None, Target.TEXT) or self.number is not None:
                raise ValueError("give an episode_id and what to revise of it, or a text and a brief that says its use")
            if self.apply:
                raise ValueError("only what is of an episode can be applied; a text of your own comes back as text")
        elif self.text is not None or self.brief or self.what in (None, Target.TEXT):
            raise ValueError("of an episode, say in `what` whether title, synopsis, dialogue or clip; give no text")
        elif (self.number is not None) is not (self.what in NUMBERED):
            raise ValueError("a dialogue has its scene's number, a clip its own; a title and a synopsis have none")
        return self


class ReflectionReport(Value):
    """Every version with its critique, how each round was decided, and the text that was kept.

    take_over: what to send as `PATCH /episodes/{id}` to put the winner there; null where nothing would change, where it
    was applied, and for a text of the owner's own.
    """

    what: Target
    number: int | None
    text: str
    kept: int
    changed: bool
    stopped: str
    versions: tuple[TextVersion, ...]
    rounds: tuple[RevisionRound, ...]
    rubric: tuple[Standard, ...]
    take_over: EpisodeEdit | None
    applied: bool
    rehearsal: bool
    notes: tuple[str, ...] = ()


def reflect(request: ReflectionRequest, studio: Studio) -> ReflectionReport:
    """Criticise a text by a written rubric, revise it, and have a blind judge say in both orders which is better.

    So up to `rounds` times, until nothing better comes. Where the judge sees no difference, or follows the order, what
    was there stays. Nothing stored changes unless `apply` is asked for; every version is in the report.
    """
    if request.episode_id is None or request.what is None:
        subject = own_words(request.text or "", request.brief)
    else:
        subject = part_of(studio, request.episode_id, request.what, request.number)
    if request.apply and subject.episode is not None and not subject.episode.editable:
        raise Conflict(f"The episode is {subject.episode.status}, so nothing can be applied. Wait, or cancel it first.")
    own = subject.episode.provider if subject.episode else studio.settings.provider
    work = _Work(subject, request.provider or own, studio)
    stopped = work.go(request.rounds)
    winner = work.texts[work.best]
    change = winner.as_edit() if winner.text != subject.text else None
    applies = request.apply and change is not None and not work.rehearsal
    refused = winner.put_in(studio) if applies else ""
    applied = applies and not refused
    return ReflectionReport(
        what=winner.target,
        number=winner.number,
        text=winner.text,
        kept=work.best,
        changed=winner.text != subject.text,
        stopped=stopped,
        versions=work.versions(),
        rounds=tuple(work.rounds),
        rubric=winner.rubric,
        take_over=None if applied else change,
        applied=applied,
        rehearsal=work.rehearsal,
        notes=tuple(note for note in (REHEARSED if work.rehearsal else "", refused) if note),
    )


class _Work:
    """A reflection under way: the versions so far, and which of them is the best."""

    def __init__(self, subject: Subject, provider: ProviderName, studio: Studio) -> None:
        self.rehearsal = provider == "draft"
        self.writer = studio.writer(provider, "llm_reflection", subject.episode)
        self.texts = {1: subject}
        self.critiques: dict[int, tuple[Criticism, ...]] = {}
        self.rounds: list[RevisionRound] = []
        self.best = 1

    def go(self, rounds: int) -> str:
        """Criticise and revise, and return why it stopped."""
        for _ in range(rounds):
            draft = self.texts[self.best]
            self.critiques[self.best] = criticisms = self._criticised(draft)
            if not criticisms:
                return NOTHING_TO_SAY
            revision = self._revised(draft, criticisms)
            if revision.text == draft.text:
                return NO_OTHER
            new = len(self.texts) + 1
            self.texts[new] = revision
            self.rounds.append(decided(self.best, new, self._shown(self.best, new), self._shown(new, self.best)))
            if self.rounds[-1].kept != new:
                return f"Nothing better came. {self.rounds[-1].why}"
            self.best = new
        return f"Every round was done ({rounds}), and the last revision was the better one."

    def versions(self) -> tuple[TextVersion, ...]:
        """Return every version there was, with what was said of it."""
        return tuple(
            TextVersion(number=number, text=one.text, critique=self.critiques.get(number))
            for number, one in self.texts.items()
        )

    def _criticised(self, draft: Subject) -> tuple[Criticism, ...]:
        plain: list[JsonValue] = [fault.criticism().model_dump(mode="json") for fault in draft.found]
        material = draft.told | {"draft": draft.text, "criticisms": plain}
        return tuple(self._ask(_CRITICISE, material, Critique, draft.critique_problems).criticisms)

    def _revised(self, draft: Subject, criticisms: tuple[Criticism, ...]) -> Subject:
        said: list[JsonValue] = [one.model_dump(mode="json") for one in criticisms]
        material = draft.told | {"draft": draft.text, "criticisms": said} | draft.begun()
        return draft.with_revision(self._ask(_REVISE, material, draft.answer, draft.problems))

    def _shown(self, first: int, second: int) -> ShownPair:
        """Return what a judge says who sees two versions in this order, and not which is which."""
        material = self.texts[1].told | {"first": self.texts[first].text, "second": self.texts[second].text}
        said = self._ask(_JUDGE, material, Preference, lambda _: [])
        reason = LOT if self.rehearsal else said.reason
        return ShownPair(first=first, second=second, winner=said.winner, reason=reason)

    def _ask[T: BaseModel](
        self, task: str, material: dict[str, JsonValue], schema: type[T], problems: Callable[[T], list[str]]
    ) -> T:
        request = WriteRequest(instructions=_COMMON + task, material=material, max_output_tokens=MAX_OUTPUT_TOKENS)
        return write_checked(self.writer, request, schema, problems)


handler = bot(reflect)
