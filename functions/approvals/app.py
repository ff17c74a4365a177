"""/approvals: what would reach an audience, and its owner's word on each exact content."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import Field

from studio.domain.approval import Approval, ApprovalStatus, ContentHash, Ruling
from studio.domain.base import Phrase, Value
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit

app = resolver()


class ApprovalPage(Value):
    """Some approvals, newest first."""

    items: list[Approval]
    cursor: str | None


class ApprovalAnswer(Value):
    """Your word on one content. `content_hash` says exactly which; another content needs another answer."""

    content_hash: ContentHash
    decision: Ruling = Field(default="approve", description="`reject` also takes an approval back.")
    note: Phrase = ""


@app.get("/approvals", tags=["approvals"])
def list_approvals(
    studio: Caller,
    status: Annotated[ApprovalStatus | None, Query(description="Only those that stand like this.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ApprovalPage:
    """List what waits for you, and what you said of the rest. A page may be short where `status` leaves some out."""
    items, following = studio.approvals.page(limit, cursor)
    return ApprovalPage(items=[item for item in items if status in (None, item.status)], cursor=following)


@app.get("/approvals/<content_hash>", tags=["approvals"])
def read_approval(content_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], studio: Caller) -> Approval:
    """Read one content, all of it, and how it stands."""
    return studio.approvals.get(content_hash)


@app.post("/approvals", tags=["approvals"])
def answer_approval(answer: Annotated[ApprovalAnswer, Body()], studio: Caller) -> Approval:
    """Approve or reject a content, or take back what you said. 409 once it has gone out, or waited too long."""
    return studio.approvals.decide(answer.content_hash, answer.decision, answer.note, studio.clock())


handler = api(app)
