"""Learning: proposals from what worked, put up for approval; approved ones made a version of their show; and back."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo

from studio.domain.approval import ApprovalStatus, ContentHash, ContentKind
from studio.domain.base import Heading, Id, Value
from studio.domain.connection import LABELS
from studio.domain.episode import DEFAULT_CLIPS
from studio.domain.errors import NotApproved
from studio.domain.hooks import HookKind, Retention
from studio.domain.learning import (
    AspectChange,
    ClipsChange,
    Guidance,
    GuidanceChange,
    HookPriorChange,
    Learned,
    LessonChange,
    Proposal,
    ProposalEvidence,
    PublishChange,
    PublishHours,
    applied,
    rolled_back,
)
from studio.domain.outcome import DID, Dimension, Outcome
from studio.domain.project import Project
from studio.domain.shot import Aspect
from studio.entry.context import Studio
from studio.outcomes import OutcomeFinding, SeenPost, evidence_of, findings, grouped

BOT = "feedback-loop-bot"

_OF_A_SHOW = (Dimension.HOOK, Dimension.LENGTH, Dimension.ASPECT, Dimension.HOUR)

type Phrasing = Callable[[ProposalEvidence], str]
"""Puts what was found into a sentence for the script's writer."""


class ProposalWaiting(Value):
    """A proposal with what it is approved by, and how that stands. `rollback_to`: the version that undoes it."""

    content_hash: ContentHash
    approval: ApprovalStatus
    proposal: Proposal
    rollback_to: int


class ShowLearning(Value):
    """What one show's posts teach. `unchanged` says what is done already; `version`, what is in use now."""

    project_id: Id
    title: Heading
    version: int
    posts: int
    findings: tuple[OutcomeFinding, ...]
    proposals: tuple[ProposalWaiting, ...]
    unchanged: tuple[str, ...]


def learn_from(
    studio: Studio, project: Project, posts: Sequence[SeenPost], outcome: Outcome, zone: tzinfo, phrased: Phrasing
) -> ShowLearning:
    """Compare what a show's posts differ in, put up for approval what that speaks for, and return both.

    Of each dimension one network is gone by, the one with most posts among those where something is sure.
    """
    now = studio.learned(project.project_id).now()
    found = findings(posts, outcome, _OF_A_SHOW, zone)
    waiting: list[ProposalWaiting] = []
    known: list[str] = []
    done: set[Dimension] = set()
    for finding in found:
        evidence = None if finding.dimension in done else evidence_of(finding, posts, zone)
        if evidence is None:
            continue
        done.add(finding.dimension)
        changes = _changes(evidence, now, project, posts, zone, phrased)
        if not changes:
            known.append(f"{finding.sentence} The show works like that already.")
        waiting += [_put_up(studio, now, change, evidence) for change in changes]
    return ShowLearning(
        project_id=project.project_id,
        title=project.brief.title,
        version=now.version,
        posts=len(posts),
        findings=tuple(found),
        proposals=tuple(waiting),
        unchanged=tuple(known),
    )


def apply_proposal(studio: Studio, project_id: str, hashed: str) -> Learned:
    """Make an approved proposal the show's next version, and return it; a second time it changes nothing.

    Raises NotFound, NotApproved, and Conflict where what it changes is another by now.
    """
    studio.projects.get(project_id)
    at = studio.clock()
    approval = studio.approvals.approved(hashed, ContentKind.PROPOSAL, at)
    if approval.bot != BOT:
        raise NotApproved("What was approved under this hash is something else. Have feedback-loop-bot propose first.")
    proposal = Proposal.model_validate(approval.content)
    if proposal.project_id != project_id:
        raise NotApproved("What was approved under this hash is for another show. Apply it there.")
    versions = studio.learned(project_id)
    now = versions.now()
    in_use = now.base_of(proposal.change.part)
    if in_use and versions.get(in_use).content_hash == hashed:
        return versions.get(in_use)
    then = applied(now, proposal, hashed, approval.decided_at, at)
    studio.approvals.use(approval, at)
    return versions.append(then)


def roll_back(studio: Studio, project_id: str, to_version: int) -> Learned:
    """Make what a show knew in an earlier version its next one, and return it. Raises NotFound, Conflict."""
    studio.projects.get(project_id)
    versions = studio.learned(project_id)
    return versions.append(rolled_back(versions.now(), versions.get(to_version), studio.clock()))


def _put_up(studio: Studio, now: Learned, change: LessonChange, evidence: ProposalEvidence) -> ProposalWaiting:
    proposal = Proposal(
        project_id=now.project_id,
        summary=_summary(change, evidence),
        change=change,
        base_version=now.base_of(change.part),
        evidence=evidence,
    )
    approval = studio.approvals.ask(
        ContentKind.PROPOSAL, proposal, bot=BOT, summary=proposal.summary, at=studio.clock()
    )
    return ProposalWaiting(
        content_hash=approval.content_hash, approval=approval.status, proposal=proposal, rollback_to=now.version
    )


def _changes(
    evidence: ProposalEvidence,
    now: Learned,
    project: Project,
    posts: Sequence[SeenPost],
    zone: tzinfo,
    phrased: Phrasing,
) -> list[LessonChange]:
    lessons, better = now.lessons, evidence.better.name
    if evidence.dimension is Dimension.HOOK:
        return _hook_changes(evidence, now, phrased)
    if evidence.dimension is Dimension.ASPECT:
        aspect = Aspect(better)
        used = lessons.aspect or project.brief.aspect
        return [] if aspect is used else [AspectChange(before=lessons.aspect, after=aspect)]
    if evidence.dimension is Dimension.LENGTH:
        own = [post for post in posts if post.track.network is evidence.network]
        clips = _clips_of(grouped(own, Dimension.LENGTH, zone), better)
        if clips is None or clips == (lessons.clips or DEFAULT_CLIPS):
            return []
        return [ClipsChange(before=lessons.clips, after=clips)]
    if evidence.dimension is Dimension.HOUR:
        hours = PublishHours(network=evidence.network, hours=better, time_zone=str(zone))
        others = tuple(known for known in lessons.publish if known.network is not evidence.network)
        return [] if hours in lessons.publish else [PublishChange(before=lessons.publish, after=(*others, hours))]
    return []


def _hook_changes(evidence: ProposalEvidence, now: Learned, phrased: Phrasing) -> list[LessonChange]:
    lessons, better = now.lessons, evidence.better.name
    changes: list[LessonChange] = []
    there = next((known for known in lessons.guidance if known.about is Dimension.HOOK), None)
    # The same kind again, with newer numbers, is nothing new to a writer.
    if there is None or there.group != better:
        new = Guidance(about=Dimension.HOOK, group=better, text=phrased(evidence))
        others = tuple(known for known in lessons.guidance if known.about is not Dimension.HOOK)
        changes.append(GuidanceChange(before=lessons.guidance, after=(*others, new)))
    favourite = max(lessons.hook_prior, key=lambda known: known.mean, default=None)
    # What hooks are ranked by is what they hold; other outcomes are no prior for that.
    if evidence.outcome is Outcome.HELD and (favourite is None or favourite.kind != better):
        prior = tuple(
            Retention(kind=HookKind(group.name), mean=group.share, n=group.posts)
            for group in sorted(evidence.groups, key=lambda group: group.name)
        )
        changes.append(HookPriorChange(before=lessons.hook_prior, after=prior))
    return changes


def _clips_of(groups: dict[str, list[SeenPost]], better: str) -> int | None:
    """Return how many clips the better length is made of; None where the others are made of as many."""
    others = [post for name, own in groups.items() if name != better for post in own]
    clips, elsewhere = _usual_clips(groups[better]), _usual_clips(others)
    return None if clips == elsewhere else clips


def _usual_clips(posts: Iterable[SeenPost]) -> int | None:
    counts = Counter(post.episode.clips_wanted for post in posts)
    return max(counts, key=lambda clips: (counts[clips], -clips), default=None)


def _summary(change: LessonChange, evidence: ProposalEvidence) -> str:
    better, others = evidence.better, evidence.others
    found = (
        f"on {LABELS[evidence.network]} {better.share:.0%} {DID[evidence.outcome]} ({better.posts} posts), "
        f"against {others.share:.0%} of others ({others.posts} posts)"
    )
    if isinstance(change, GuidanceChange):
        return f"Tell the script's writer to open with {better.name} hooks: {found}."
    if isinstance(change, HookPriorChange):
        return f"Let {better.name} hooks begin ahead when hooks are ranked: {found}."
    if isinstance(change, ClipsChange):
        return f"Make episodes of {change.after} clips, {better.name} long: {found}."
    if isinstance(change, AspectChange):
        return f"Make episodes in {change.after}: {found}."
    return f"Publish from {better.name} ({change.after[-1].time_zone}): {found}."
