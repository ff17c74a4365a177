"""/go/{code}: a short link. It leads where its owner said when it was made, and nowhere else."""

from aws_lambda_powertools.event_handler import Response
from botocore.exceptions import ClientError

from studio.domain.audience import AudienceEvent, AudienceStage, EventSource
from studio.domain.base import new_id
from studio.domain.errors import NotFound, StudioError
from studio.domain.link import Link, is_a_person
from studio.entry import Studio, resolver
from studio.entry.observe import logger
from studio.entry.public import Code, Pace, behind, public_api

app = resolver()

ONE_LINK = Pace(50, 500)
"""A post that many people see at once."""

ONE_ADDRESS = Pace(5, 100)
"""A mobile network has thousands of people behind one address."""


@app.get("/go/<code>", tags=["public"], status_code=302)
def follow_link(code: Code) -> Response[None]:
    """Follow a short link. A person's click is counted; a program's, or a look ahead, is not."""
    studio, link = _found(code)
    if is_a_person(app.current_event.headers):
        _count(studio, link)
    return _to(link)


@app.head("/go/<code>", tags=["public"], status_code=302)
def look_at_link(code: Code) -> Response[None]:
    """Look where a short link leads. Nothing is counted."""
    return _to(_found(code)[1])


def _found(code: str) -> tuple[Studio, Link]:
    studio, link_id = behind("link", code, ONE_LINK)
    link = studio.links.get(link_id)
    if not link.enabled:
        raise NotFound("This link is off.")
    return studio, link


def _to(link: Link) -> Response[None]:
    return Response(302, headers={"Location": link.target})


def _count(studio: Studio, link: Link) -> None:
    at = studio.clock()
    click = AudienceEvent(
        event_id=f"go:{new_id(at)}",
        stage=AudienceStage.CLICK,
        at=at,
        episode_id=link.episode_id,
        channel=link.channel,
        variant=link.variant,
        link=link.code,
        source=EventSource.GO,
    )
    try:
        studio.links.count(link.link_id)
        studio.events.add([click])
    except (ClientError, StudioError):
        # A click that is not counted is a lesser evil than a person who does not get there.
        logger.exception("not counted", extra={"link_id": link.link_id})


handler = public_api(app, door="go", pace=ONE_ADDRESS)
