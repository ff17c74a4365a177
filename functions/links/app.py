"""/links: short links with tags, and how often people followed them."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from studio.domain.base import Value
from studio.domain.link import Link, LinkTags, Target
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId, created

app = resolver()


class LinkRequest(LinkTags):
    """A public https address, and what clicks on its link are told with."""

    target: Target


class LinkChange(Value):
    """Whether a link leads anywhere."""

    enabled: bool


class LinkPage(Value):
    """Some links, newest first."""

    items: list[Link]
    cursor: str | None


@app.get("/links", tags=["links"])
def list_links(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> LinkPage:
    """List your links with their clicks."""
    items, following = studio.links.page(limit, cursor)
    return LinkPage(items=items, cursor=following)


@app.post("/links", tags=["links"], status_code=201)
def create_link(request: Annotated[LinkRequest, Body()], studio: Caller) -> Response[Link]:
    """Make a short link: `/go/{code}` leads to the target, and only there."""
    if request.episode_id is not None:
        studio.episodes.get(request.episode_id)
    tags = LinkTags.model_validate(request.model_dump(exclude={"target"}))
    link = studio.links.create(request.target, tags, studio.clock())
    return created(link, f"/links/{link.link_id}")


@app.get("/links/<link_id>", tags=["links"])
def read_link(link_id: PathId, studio: Caller) -> Link:
    """Read a link with its clicks."""
    return studio.links.get(link_id)


@app.patch("/links/<link_id>", tags=["links"])
def change_link(link_id: PathId, request: Annotated[LinkChange, Body()], studio: Caller) -> Link:
    """Let a link lead nowhere for a while, or somewhere again. Where it leads is for good: make another."""
    return studio.links.enable(link_id, enabled=request.enabled)


@app.delete("/links/<link_id>", tags=["links"], status_code=204)
def delete_link(link_id: PathId, studio: Caller) -> Response[None]:
    """Delete a link. Its clicks stay among your events."""
    studio.links.delete(link_id)
    return Response(204)


handler = api(app)
