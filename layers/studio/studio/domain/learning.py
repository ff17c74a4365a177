"""What a show learns: a change that its numbers speak for, as a proposal with evidence; and, once approved, a version.

Versions are kept for ever, and going back is another version. An episode carries the one it was ordered with.
"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from studio.domain.approval import ContentHash
from studio.domain.base import Heading, Id, Instant, Value, Written
from studio.domain.connection import LABELS, NetworkName
from studio.domain.episode import MAX_CLIPS, TaughtBy
from studio.domain.errors import Conflict
from studio.domain.hooks import HookKind, Retention
from studio.domain.outcome import DID, Dimension, Outcome
from studio.domain.shot import Aspect

Share = Annotated[float, Field(ge=0, le=1)]

MOST_NAMED = 40
"""So many of the posts that a proposal rests on are named in it; all count."""

_AN = {HookKind.ACCUSATION: "an accusation"}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class LearnedPart(StrEnum):
    """What of a show's making can be learned, each by itself."""

    GUIDANCE = "guidance"
    HOOK_PRIOR = "hook_prior"
    CLIPS = "clips"
    ASPECT = "aspect"
    PUBLISH = "publish"


# What is known


class Guidance(Value):
    """A sentence for the script's writer. `group` is what it speaks for, so that the same is not learned twice."""

    about: Dimension
    group: str
    text: Heading


class PublishHours(Value):
    """When posts did best on a network, by the clocks of a time zone (IANA)."""

    network: NetworkName
    hours: str
    time_zone: str


class Lessons(Value):
    """All that a show has learned. An order that leaves them open takes `clips` and `aspect`; None is as before."""

    guidance: tuple[Guidance, ...] = ()
    hook_prior: tuple[Retention, ...] = ()
    clips: Annotated[int, Field(ge=1, le=MAX_CLIPS)] | None = None
    aspect: Aspect | None = None
    publish: tuple[PublishHours, ...] = ()


# What could be changed, and why


class EvidenceGroup(Value):
    """Posts that have something in common: their share with its credible interval of 90 %.

    Posts are what the interval rests on, not viewers: those of one post saw the same day and the same title.
    """

    name: str
    share: Share
    low: Share
    high: Share
    posts: int
    viewers: int
    successes: int


class ProposalEvidence(Value):
    """What a proposal rests on. `chance` is that `better` is really better than the others together; `sure`, what it
    takes. `post_ids` names the newest of the posts.
    """

    dimension: Dimension
    outcome: Outcome
    network: NetworkName
    better: EvidenceGroup
    others: EvidenceGroup
    groups: tuple[EvidenceGroup, ...]
    chance: Share
    sure: Share
    first_published: Instant
    last_measured: Instant
    post_ids: tuple[Id, ...]


class GuidanceChange(Value):
    """Other sentences for the script's writer."""

    part: Literal[LearnedPart.GUIDANCE] = LearnedPart.GUIDANCE
    before: tuple[Guidance, ...]
    after: tuple[Guidance, ...]


class HookPriorChange(Value):
    """Other odds that kinds of hooks begin with when an episode's hooks are ranked."""

    part: Literal[LearnedPart.HOOK_PRIOR] = LearnedPart.HOOK_PRIOR
    before: tuple[Retention, ...]
    after: tuple[Retention, ...]


class ClipsChange(Value):
    """Another number of clips, for orders that leave it open."""

    part: Literal[LearnedPart.CLIPS] = LearnedPart.CLIPS
    before: int | None = None
    after: int


class AspectChange(Value):
    """Another aspect, for orders that leave it open."""

    part: Literal[LearnedPart.ASPECT] = LearnedPart.ASPECT
    before: Aspect | None = None
    after: Aspect


class PublishChange(Value):
    """Other hours to publish at."""

    part: Literal[LearnedPart.PUBLISH] = LearnedPart.PUBLISH
    before: tuple[PublishHours, ...]
    after: tuple[PublishHours, ...]


type LessonChange = Annotated[
    GuidanceChange | HookPriorChange | ClipsChange | AspectChange | PublishChange, Field(discriminator="part")
]


class Proposal(Value):
    """One change to how a show's next episodes are made. `base_version`: in which version what it changes came to be.

    It holds while that is still so. Taken back, the show is as it was in the version before.
    """

    project_id: Id
    summary: Heading
    change: LessonChange
    base_version: int = Field(ge=0)
    evidence: ProposalEvidence


class Learned(Value):
    """A version of what a show has learned; version 0 is nothing.

    `changed_in` says in which version each part came to be as it is. `proposal` is what was approved, with its
    evidence, and `back_to` the version whose lessons these are again; neither of version 0.
    """

    project_id: Id
    version: int = Field(default=0, ge=0)
    lessons: Lessons = Lessons()
    changed_in: dict[LearnedPart, int] = Field(default_factory=dict)
    proposal: Proposal | None = None
    content_hash: ContentHash | None = None
    approved_at: Instant | None = None
    back_to: int | None = None
    at: Instant | None = None

    def base_of(self, part: LearnedPart) -> int:
        """Return the version in which a part came to be as it is now."""
        return self.changed_in.get(part, 0)

    @property
    def taught(self) -> TaughtBy | None:
        """What an episode that is ordered now is made with; None where there is nothing."""
        if not self.lessons.guidance and not self.lessons.hook_prior:
            return None
        return TaughtBy(
            version=self.version,
            guidance=tuple(lesson.text for lesson in self.lessons.guidance),
            hook_prior=self.lessons.hook_prior,
        )


def applied(now: Learned, proposal: Proposal, content_hash: str, approved_at: datetime | None, at: datetime) -> Learned:
    """Return the version after `now` that a proposal makes. Raises Conflict where what it changes is another by now."""
    part = proposal.change.part
    if now.base_of(part) != proposal.base_version or getattr(now.lessons, part) != proposal.change.before:
        raise Conflict(
            f"This was proposed for version {proposal.base_version} of the show's {_NAMES[part]}, and version "
            f"{now.base_of(part)} is in use. Have feedback-loop-bot look again, and approve what it proposes now."
        )
    version = now.version + 1
    return Learned(
        project_id=now.project_id,
        version=version,
        lessons=now.lessons.model_copy(update={part.value: proposal.change.after}),
        changed_in=now.changed_in | {part: version},
        proposal=proposal,
        content_hash=content_hash,
        approved_at=approved_at,
        at=at,
    )


def rolled_back(now: Learned, to: Learned, at: datetime) -> Learned:
    """Return the version after `now` that has the lessons of an earlier one. Raises Conflict where it has them now."""
    changed = [part for part in LearnedPart if getattr(now.lessons, part) != getattr(to.lessons, part)]
    if not changed:
        raise Conflict(f"The show works with what it knew in version {to.version} already.")
    version = now.version + 1
    return Learned(
        project_id=now.project_id,
        version=version,
        lessons=to.lessons,
        changed_in=now.changed_in | dict.fromkeys(changed, version),
        back_to=to.version,
        at=at,
    )


_NAMES = {
    LearnedPart.GUIDANCE: "guidance",
    LearnedPart.HOOK_PRIOR: "preference of hooks",
    LearnedPart.CLIPS: "number of clips",
    LearnedPart.ASPECT: "aspect",
    LearnedPart.PUBLISH: "hours to publish at",
}


# Guidance in words


class GuidanceWords(Written):
    """What is asked of a writer: the guidance in one sentence."""

    text: Heading


def opening(group: str) -> str:
    """Return how a sentence names a kind of hook: “a question”."""
    kind = HookKind(group)
    return _AN.get(kind, f"a {kind}")


def plain_guidance(evidence: ProposalEvidence) -> str:
    """Return what the numbers say of hooks, as an instruction with its reason. Nothing in it is anybody's own words."""
    better, others = evidence.better, evidence.others
    return (
        f"Open with {opening(better.name)}: on {LABELS[evidence.network]}, {_said(better)} of the viewers of "
        f"{better.name} hooks {DID[evidence.outcome]}, against {_said(others)} of those of other hooks."
    )


def guidance_problems(answer: GuidanceWords, plain: str, group: str) -> list[str]:
    """Return what is wrong with another wording of the plain sentence, each as a sentence to act on."""
    found = []
    wanted, told = _NUMBER.findall(plain), _NUMBER.findall(answer.text)
    if told != wanted:
        found.append(f"The numbers must be {', '.join(wanted)}, in this order and no others; they are {told}.")
    if group not in answer.text.casefold():
        found.append(f"It must say “{group}”, which is the kind of hook it speaks for.")
    if re.search(r"https?:|www\.|@|[<>{}]", answer.text):
        found.append("It must be a sentence, without addresses or markup.")
    if len(answer.text) > len(plain) + 60:
        found.append(f"It must be at most {len(plain) + 60} characters; it is {len(answer.text)}.")
    return found


def _said(group: EvidenceGroup) -> str:
    return f"{100 * group.share:.0f} % ({100 * group.low:.0f}–{100 * group.high:.0f} %, {group.posts} posts)"
