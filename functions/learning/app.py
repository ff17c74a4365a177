"""/projects/{id}/learning: what a show has learned, version by version; approved proposals applied, and taken back."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from studio.domain.approval import ContentHash
from studio.domain.base import Value
from studio.domain.learning import Learned
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId
from studio.learning import apply_proposal, roll_back

app = resolver()


class LearningView(Value):
    """The version in use, and all there were, newest first, each with the proposal it came from and its evidence."""

    current: Learned
    items: list[Learned]
    cursor: str | None


class ProposalApplied(Value):
    """Which approved proposal to work by from now on."""

    content_hash: ContentHash


class RolledBack(Value):
    """Which version's lessons to work by again; 0 is none."""

    to_version: int = Field(ge=0, le=10**7)


@app.get("/projects/<project_id>/learning", tags=["learning"])
def read_learning(project_id: PathId, studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> LearningView:
    """Read what a show has learned. Its next episodes are made with the current version; earlier ones keep theirs."""
    studio.projects.get(project_id)
    versions = studio.learned(project_id)
    items, following = versions.page(limit, cursor)
    return LearningView(current=versions.now(), items=items, cursor=following)


@app.post("/projects/<project_id>/learning/apply", tags=["learning"])
def apply_learning(project_id: PathId, asked: Annotated[ProposalApplied, Body()], studio: Caller) -> Learned:
    """Apply a proposal of feedback-loop-bot that you approved; it becomes the next version. Twice changes nothing more.

    409 where it is not approved, or what it would change is another by now.
    """
    return apply_proposal(studio, project_id, asked.content_hash)


@app.post("/projects/<project_id>/learning/rollback", tags=["learning"])
def roll_back_learning(project_id: PathId, asked: Annotated[RolledBack, Body()], studio: Caller) -> Learned:
    """Go back to what a show knew in an earlier version. That is a version too: nothing is forgotten."""
    return roll_back(studio, project_id, asked.to_version)


handler = api(app)
