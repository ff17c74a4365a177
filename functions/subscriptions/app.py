"""/confirm and /unsubscribe: the two links of a mail. What a mail scanner opens changes nothing; the buttons do."""

from aws_lambda_powertools.event_handler import Response

from studio.craft.asking import PageWords, asking
from studio.domain.audience import AudienceEvent, AudienceStage, EventSource
from studio.domain.base import new_id
from studio.domain.errors import NotFound
from studio.domain.lead import ConsentRecord, Lead, LeadForm, LeadStatus
from studio.entry import Studio, resolver
from studio.entry.pages import Html, fill, page
from studio.entry.public import FORM, JSON, Code, Pace, behind, came_from, public_api

app = resolver()

ONE_CODE = Pace(1, 20)
MULTIPART = "multipart/form-data"
"""RFC 8058 lets a mail program send its one click either way."""

_ASK = '<p>{text}</p>{more}<form method="post"><button>{button}</button></form>'


@app.get("/confirm/<token>", tags=["public"])
def ask_to_confirm(token: Code) -> Response[str]:
    """Show the button that confirms."""
    _, lead, form = _pending(token)
    language, words = _words(form)
    consent = fill("<blockquote>{text}</blockquote>", text=lead.consent)
    text = words.confirm_text.format(from_name=form.from_name)
    body = fill(_ASK, text=text, more=consent, button=words.confirm)
    return page(words.confirm_title, body, language=language, sends_forms=True)


@app.post("/confirm/<token>", tags=["public"])
def confirm(token: Code) -> Response[str]:
    """Confirm an address: once, and with a record of what was agreed to."""
    studio, lead, form = _pending(token)
    at = studio.clock()
    where = studio.keyed_digest(f"consent/{studio.owner}", came_from(app.current_event.raw_event))
    consent = ConsentRecord(
        consent_id=new_id(at),
        contact=lead.contact,
        lead_id=lead.lead_id,
        episode_id=lead.episode_id,
        form_version=lead.form_version,
        text=lead.consent,
        text_hash=form.model_copy(update={"consent": lead.consent}).consent_hash,
        at=at,
        came_from=where,
    )
    # Before the lead, and by an id of its own: whoever has to press again is counted once all the same.
    studio.events.add([_event(lead, consent)])
    studio.leads.confirm(lead, consent)
    studio.directory.close("confirmation", token)
    language, words = _words(form)
    text = words.confirmed.format(from_name=form.from_name)
    return page(words.confirmed_title, fill("<p>{text}</p>", text=text), language=language)


@app.get("/unsubscribe/<token>", tags=["public"])
def ask_to_leave(token: Code) -> Response[str]:
    """Show the button that ends all mail."""
    studio, contact = behind("subscription", token, ONE_CODE)
    language, words = _words(_any_form(studio, contact))
    body = fill(_ASK, text=words.leave_text, more=Html(""), button=words.leave)
    return page(words.leave_title, body, language=language, sends_forms=True)


@app.post("/unsubscribe/<token>", tags=["public"])
def leave(token: Code) -> Response[str]:
    """End all mail from this owner, at once and for good; also for a mail program's one click (RFC 8058)."""
    studio, contact = behind("subscription", token, ONE_CODE)
    language, words = _words(_any_form(studio, contact))
    studio.leads.unsubscribe(contact, studio.clock())
    return page(words.left_title, fill("<p>{text}</p>", text=words.left), language=language)


def _pending(token: str) -> tuple[Studio, Lead, LeadForm]:
    """Return who a token is for, while it can be used. Raises NotFound."""
    studio, lead_id = behind("confirmation", token, ONE_CODE)
    lead = studio.leads.get(lead_id)
    if lead.status is not LeadStatus.PENDING or studio.leads.suppressed(lead.contact):
        raise NotFound("There is nothing here.")
    return studio, lead, studio.lead_forms.get(lead.episode_id).form


def _event(lead: Lead, consent: ConsentRecord) -> AudienceEvent:
    return AudienceEvent(
        event_id=f"form:{lead.lead_id}",
        stage=AudienceStage.LEAD,
        at=consent.at,
        episode_id=lead.episode_id,
        channel=lead.channel,
        variant=lead.variant,
        link=lead.link,
        visitor=lead.visitor,
        source=EventSource.FORM,
    )


def _any_form(studio: Studio, contact: str) -> LeadForm | None:
    """Return a form that somebody filled in, for its language; None where they are not known any more."""
    leads = studio.leads.of(contact)
    found = studio.lead_forms.find(leads[-1].episode_id) if leads else None
    return found.form if found else None


def _words(form: LeadForm | None) -> tuple[str, PageWords]:
    language, words = asking(form.language if form else "")
    return language, words.page


handler = public_api(app, door="subscription", takes=(JSON, FORM, MULTIPART), max_body=8 * 1024)
