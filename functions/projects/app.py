"""/projects: the shows of an owner."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from studio.domain.base import Phrase, Title, Value, Version
from studio.domain.canon import EpisodeCanon, open_threads
from studio.domain.project import Brief, Locale, Project
from studio.domain.shot import Aspect
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId, created

app = resolver()


class ProjectPage(Value):
    """Some projects, newest first; `cursor` leads to the next page, null on the last."""

    items: list[Project]
    cursor: str | None


class CanonView(Value):
    """What a show remembers, oldest episode first, and the questions that are still open."""

    items: list[EpisodeCanon]
    open_questions: list[str]


class ProjectEdit(Value):
    """What to change; what is left out stays. `version` is the one you read."""

    version: Version
    title: Title | None = None
    genre: Phrase | None = None
    mood: Phrase | None = None
    theme: Phrase | None = None
    locale: Locale | None = None
    community: Phrase | None = None
    photorealistic: bool | None = None
    aspect: Aspect | None = None


@app.get("/projects", tags=["projects"])
def list_projects(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> ProjectPage:
    """List your projects."""
    items, following = studio.projects.page(limit, cursor)
    return ProjectPage(items=items, cursor=following)


@app.post("/projects", tags=["projects"], status_code=201)
def create_project(brief: Annotated[Brief, Body()], studio: Caller) -> Response[Project]:
    """Create a project."""
    project = studio.projects.create(brief, studio.clock())
    return created(project, f"/projects/{project.project_id}")


@app.get("/projects/<project_id>", tags=["projects"])
def read_project(project_id: PathId, studio: Caller) -> Project:
    """Read one project."""
    return studio.projects.get(project_id)


@app.get("/projects/<project_id>/canon", tags=["projects"])
def read_canon(project_id: PathId, studio: Caller) -> CanonView:
    """Read what a show has established, finished episode by finished episode, with where it was said."""
    studio.projects.get(project_id)
    items = studio.canon(project_id).all()
    return CanonView(items=items, open_questions=open_threads(items))


@app.patch("/projects/<project_id>", tags=["projects"])
def edit_project(project_id: PathId, edit: Annotated[ProjectEdit, Body()], studio: Caller) -> Project:
    """Change a project. 409 when it was changed since you read it. Episodes keep the brief they were made from."""
    now = studio.projects.get(project_id)
    changes = edit.model_dump(exclude={"version"}, exclude_none=True)
    brief = Brief.model_validate(now.brief.model_dump() | changes)
    return studio.projects.edit(project_id, brief, edit.version, studio.clock())


@app.delete("/projects/<project_id>", tags=["projects"], status_code=204)
def delete_project(project_id: PathId, studio: Caller) -> Response[None]:
    """Delete a project, its cast and what it learned. Its episodes stay."""
    studio.projects.delete(project_id)
    return Response(204)


handler = api(app)
