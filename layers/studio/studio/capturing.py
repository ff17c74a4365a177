"""How a form does: its counts and the share that confirmed, with what nobody can know yet said so."""

from studio.domain.approval import ApprovalStatus, ContentHash
from studio.domain.base import Id, Value
from studio.domain.lead import FormCounts, LeadForm
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval, wilson


class CaptureReport(Value):
    """A form as it would be, or is, hosted, and how it does.

    url: where it is hosted; null before. pending: asked and not confirmed, or not yet. confirm_rate: of those who
    asked, with its 95 % interval. content_hash: what to approve, and then to publish.
    """

    episode_id: Id
    mode: str
    form: LeadForm
    consent_hash: str
    version: int | None
    url: str | None
    open: bool
    counts: FormCounts
    pending: int
    confirm_rate: Interval | Insufficient
    content_hash: ContentHash | None
    approval: ApprovalStatus | None
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    rehearsal: bool


def confirm_rate(counts: FormCounts) -> Interval | Insufficient:
    """Return which share of those who asked confirmed."""
    if counts.asked == 0:
        return Insufficient(need=1, have=0, of="people who signed up")
    # Somebody who was asked again after two days was counted twice as asking; never as confirming.
    return wilson(min(counts.confirmed, counts.asked), counts.asked)
