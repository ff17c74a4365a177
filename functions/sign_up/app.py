"""sign-up: who sent a form gets a mail to confirm it, unless they want none or have had enough of them."""

from studio.craft.asking import asking
from studio.domain.audience import AudienceChannel, Tag
from studio.domain.base import Id, Value
from studio.domain.contact import known_as
from studio.domain.errors import Conflict, NotFound, ProviderFailed, ProviderMissing, StudioError, Throttled
from studio.domain.lead import ConsentText, Digest, Lead, LeadStatus, PublishedForm, SignUp
from studio.entry import Studio, on_event
from studio.entry.observe import logger
from studio.entry.public import Pace, limit
from studio.mail import Mail
from studio.store.leads import PENDING_FOR

DAY = 24 * 3600
ONE_PERSON = Pace(4 / DAY, 4)
"""Mails a day to one address, whoever's forms it is typed into: more than that is somebody else's malice."""


class SignUpJob(Value):
    """A form that was sent. sealed: the address. link: the code of the short link that led there, if it is one."""

    owner: str
    episode_id: Id
    sealed: str
    form_version: int
    consent: ConsentText
    came_from: Digest
    link: str = ""


class SignedUp(Value):
    """What became of it, for the log alone."""

    outcome: str


def sign_up(event: SignUpJob) -> SignedUp:
    """Keep a pending lead and mail them. Asked again for what is done already, nothing happens."""
    studio = Studio.opened_for(event.owner)
    try:
        outcome = _signed_up(studio, event)
    except (Conflict, NotFound) as error:
        # The form is gone, or the key that sealed the address: no later attempt goes better.
        logger.warning("not signed up", extra={"error": type(error).__name__})
        outcome = "dropped"
    logger.info("signed up", extra={"outcome": outcome})
    return SignedUp(outcome=outcome)


def _signed_up(studio: Studio, event: SignUpJob) -> str:
    address = studio.seal.open(event.sealed)
    contact, form, at = studio.contact(address), studio.lead_forms.get(event.episode_id), studio.clock()
    if studio.leads.suppressed(contact):
        return "suppressed"
    channel, variant, link = _led_by(studio, event.link)
    told = event.model_dump(exclude={"owner", "link"})
    asked = SignUp(
        **told,
        contact=contact,
        visitor=studio.visitor(address),
        channel=channel,
        variant=variant,
        link=link,
    )
    lead = studio.leads.ask(asked, at)
    if lead.status is not LeadStatus.PENDING:
        return "known"
    if not studio.leads.claim_mail(lead, at):
        return "mailed just now"
    try:
        limit("form:mail", known_as(address), ONE_PERSON, forget_after=DAY)
    except Throttled:
        studio.leads.unclaim_mail(lead)
        return "mailed often enough"
    try:
        _send(studio, form, lead, address)
    except (ProviderFailed, ProviderMissing) as error:
        # They stay pending, so that they can ask again; the owner is told what to mend.
        studio.leads.unclaim_mail(lead)
        studio.lead_forms.note_mail(event.episode_id, str(error))
        return "not mailed"
    except StudioError:
        studio.leads.unclaim_mail(lead)
        raise
    studio.lead_forms.note_mail(event.episode_id, "")
    return "mailed"


def _send(studio: Studio, form: PublishedForm, lead: Lead, address: str) -> None:
    words = asking(form.form.language)[1].mail
    code = studio.directory.open("confirmation", studio.owner, lead.lead_id, studio.clock() + PENDING_FOR)
    leave = f"{studio.address}/unsubscribe/{lead.unsubscribe}"
    told = form.form.model_dump(include={"from_name", "headline", "offer"})
    mail = Mail(
        to=address,
        from_name=form.form.from_name,
        subject=words.subject.format(**told),
        text=words.text.format(**told, confirm=f"{studio.address}/confirm/{code}", leave=leave),
        way_out=leave,
    )
    try:
        studio.mailer.send(mail)
    except StudioError:
        studio.directory.close("confirmation", code)
        raise


def _led_by(studio: Studio, code: str) -> tuple[AudienceChannel, Tag | None, str | None]:
    """Return the tags of the owner's short link that led to a form; somebody else's code says nothing."""
    try:
        entry = studio.directory.find("link", code, studio.clock())
        link = studio.links.get(entry.id) if entry.owner == studio.owner else None
    except NotFound:
        link = None
    return (link.channel, link.variant, link.code) if link else (AudienceChannel.SITE, None, None)


handler = on_event(sign_up)
