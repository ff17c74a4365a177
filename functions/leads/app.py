"""/leads: who gave you an address and may be written to; everything about one person, to show them or to erase."""

import csv
import io
from datetime import UTC, datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from studio.domain.audience import EARLIEST, AudienceChannel, AudienceEvent
from studio.domain.base import Id, Value
from studio.domain.contact import MailAddress
from studio.domain.lead import ConsentRecord, Lead, LeadStatus, PublishedForm
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId

app = resolver()

MOST_ROWS = 5_000
_PAGE = 100


class LeadShown(Value):
    """A lead. unsubscribe_url: with what they leave; put it into every mail to them.

    email: null until they have confirmed, since anybody can type in an address, and once they have left.
    """

    lead_id: Id
    email: str | None
    status: LeadStatus
    episode_id: Id
    channel: AudienceChannel
    variant: str | None
    link: str | None
    form_version: int
    asked_at: datetime
    confirmed_at: datetime | None
    unsubscribed_at: datetime | None
    unsubscribe_url: str


class LeadPage(Value):
    """Some leads, newest first."""

    items: list[LeadShown]
    cursor: str | None


class FormPage(Value):
    """Some forms."""

    items: list[PublishedForm]
    cursor: str | None


class FormChange(Value):
    """Whether a form takes addresses; to visitors a closed one is not there."""

    open: bool


class PersonRequest(Value):
    """Whose address it is about."""

    email: MailAddress


class PersonErased(Value):
    """Done, whether there was anything or not: who asks learns nothing of who is known."""

    erased: Literal[True] = True


class PersonShown(Value):
    """Everything that is kept about one person. suppressed: they want no mail. visitor: what events call them."""

    email: str
    suppressed: bool
    visitor: str
    leads: list[LeadShown]
    consents: list[ConsentRecord]
    events: list[AudienceEvent]


@app.get("/leads", tags=["leads"])
def list_leads(
    studio: Caller,
    status: Annotated[LeadStatus | None, Query(description="Only those that stand like this.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> LeadPage:
    """List your leads. A page may be short where `status` leaves some out."""
    items, following = studio.leads.page(limit, cursor)
    return LeadPage(items=[_shown(one, studio) for one in items if status in (None, one.status)], cursor=following)


@app.get("/leads/export", tags=["leads"])
def export_leads(studio: Caller, cursor: Cursor = None) -> Response[str]:
    """Download who may be written to, as CSV. Where there are more, `Link` has the address of the rest."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, quoting=csv.QUOTE_ALL)
    rows.writerow(
        ["email", "confirmed_at", "episode_id", "channel", "variant", "link", "form_version", "unsubscribe_url"]
    )
    for _ in range(MOST_ROWS // _PAGE):
        items, cursor = studio.leads.page(_PAGE, cursor)
        for lead in items:
            if lead.status is LeadStatus.CONFIRMED:
                told = _shown(lead, studio)
                at = told.confirmed_at.astimezone(UTC).isoformat() if told.confirmed_at else ""
                cells = [told.email, at, told.episode_id, told.channel, told.variant, told.link, told.form_version]
                rows.writerow(_harmless(cell) for cell in (*cells, told.unsubscribe_url))
        if cursor is None:
            break
    headers = {"Content-Disposition": 'attachment; filename="leads.csv"'}
    if cursor is not None:
        headers["Link"] = f'<{studio.address}/leads/export?cursor={cursor}>; rel="next"'
    return Response(200, content_type="text/csv; charset=utf-8", body=out.getvalue(), headers=headers)


@app.post("/leads/person", tags=["leads"])
def show_person(request: Annotated[PersonRequest, Body()], studio: Caller) -> PersonShown:
    """Show everything that is kept about one person, to answer them when they ask."""
    contact, visitor = studio.contact(request.email), studio.visitor(request.email)
    events = studio.events.between(EARLIEST, datetime.max.replace(year=2100, tzinfo=UTC))
    return PersonShown(
        email=request.email,
        suppressed=studio.leads.suppressed(contact),
        visitor=visitor,
        leads=[_shown(lead, studio) for lead in studio.leads.of(contact)],
        consents=studio.leads.consents(contact),
        events=[event for event in events if event.visitor == visitor],
    )


@app.post("/leads/erase", tags=["leads"])
def erase_person(request: Annotated[PersonRequest, Body()], studio: Caller) -> PersonErased:
    """Erase one person: address, consents, events. That they want no mail, if they said so, stays as a digest."""
    studio.events.erase(studio.visitor(request.email))
    studio.leads.erase(studio.contact(request.email))
    return PersonErased()


@app.get("/leads/forms", tags=["leads"])
def list_forms(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> FormPage:
    """List your forms with their counts."""
    items, following = studio.lead_forms.page(limit, cursor)
    return FormPage(items=items, cursor=following)


@app.patch("/leads/forms/<episode_id>", tags=["leads"])
def change_form(episode_id: PathId, request: Annotated[FormChange, Body()], studio: Caller) -> PublishedForm:
    """Close an episode's form, or open it again."""
    return studio.lead_forms.change(episode_id, is_open=request.open)


def _shown(lead: Lead, studio: Studio) -> LeadShown:
    told = lead.model_dump(include=set(LeadShown.model_fields))
    confirmed = lead.status is LeadStatus.CONFIRMED
    return LeadShown(
        **told,
        email=studio.seal.open(lead.sealed) if confirmed else None,
        unsubscribe_url=f"{studio.address}/unsubscribe/{lead.unsubscribe}",
    )


def _harmless(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"): marked as text where it might."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


# What is told of a person would outlive their erasure by a day, and erasing twice does no harm.
handler = api(app, keeps_answers=False)
