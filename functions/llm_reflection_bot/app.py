"""llm-reflection-bot: a text criticised by a rubric and revised, until a blind judge finds nothing better."""

import re
from pathlib import Path

from studio.domain.base import Value
from studio.domain.episode import ProviderName
from studio.domain.errors import Conflict
from studio.domain.plain_critique import LOT, REHEARSED
from studio.domain.reflection import (
    Criticism,
    Critique,
    Preference,
    ReflectionRequest,
    RevisionRound,
    ShownPair,
    Standard,
    Target,
    TextVersion,
    decided,
)
from studio.editing import EpisodeEdit
from studio.entry import Studio, bot
from studio.reflecting import Subject, own_words, part_of
from studio.writing import Desk

_COMMON, _CRITICISE, _REVISE, _JUDGE = re.split(
    r"^## .+$", Path(__file__).with_name("prompt.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)
MAX_OUTPUT_TOKENS = 8_192

NOTHING_TO_SAY = "The critic found nothing worth a change."
NO_OTHER = "The revision says the same, so there was nothing to compare."


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
        writer = studio.writer(provider, "llm_reflection", subject.episode)
        self.desk = Desk(writer, _COMMON, self.rehearsal, MAX_OUTPUT_TOKENS)
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
        answer = self.desk.ask(_CRITICISE, draft.to_criticise(), Critique, draft.critique_problems)
        return tuple(answer.criticisms)

    def _revised(self, draft: Subject, criticisms: tuple[Criticism, ...]) -> Subject:
        return draft.with_revision(self.desk.ask(_REVISE, draft.to_revise(criticisms), draft.answer, draft.problems))

    def _shown(self, first: int, second: int) -> ShownPair:
        """Return what a judge says who sees two versions in this order, and not which is which."""
        material = self.texts[1].told | {"first": self.texts[first].text, "second": self.texts[second].text}
        said = self.desk.ask(_JUDGE, material, Preference, lambda _: [])
        reason = LOT if self.rehearsal else said.reason
        return ShownPair(first=first, second=second, winner=said.winner, reason=reason)


handler = bot(reflect)
