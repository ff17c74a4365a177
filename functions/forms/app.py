"""/forms/{code}: a form that asks for an address. Whatever is sent, the answer tells nothing of who is known here.

All that depends on the address is done by sign-up, which nobody waits for: the answer takes as long for every address.
"""

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import Response
from botocore.exceptions import ClientError
from pydantic import TypeAdapter, ValidationError

from studio.craft.asking import AskingWords, asking
from studio.domain.base import Value
from studio.domain.contact import MailAddress
from studio.domain.errors import Invalid, NotFound, StudioError, Unavailable
from studio.domain.lead import PublishedForm
from studio.domain.link import is_a_person
from studio.entry import Studio, resolver
from studio.entry.observe import logger
from studio.entry.pages import Html, fill, page
from studio.entry.public import FORM, JSON, Code, Pace, RawBody, behind, came_from, limit, public_api

app = resolver()

ONE_FORM = Pace(20, 300)
"""A video that many people come from at once."""

ONE_ADDRESS = Pace(2, 40)
ONE_ADDRESS_SENDING = Pace(1 / 30, 10)
"""An office fills a form in; a program that tries addresses out gets ten, and then one in half a minute."""

FASTEST, SLOWEST = 2, 24 * 3600
"""Seconds from when a form was shown to when it is sent: nobody reads, types and ticks in less."""

_PAGE = (
    '<p>{offer}</p>{note}<form method="post"><label for="email">{address}</label>'
    '<input type="email" id="email" name="email" required maxlength="254" autocomplete="email">'
    '<div class="apart" aria-hidden="true"><label for="website">{leave_empty}</label>'
    '<input type="text" id="website" name="website" tabindex="-1" autocomplete="off"></div>'
    '<input type="hidden" name="started" value="{started}">'
    '<label><input type="checkbox" name="consent" value="yes" required> {consent}</label>'
    "<button>{send}</button></form><p><small>{double} {from_name}{privacy}</small></p>"
)


class FormShown(Value):
    """A form for programs: what it says, and what to send back as `started` with `email` and `consent`.

    Like a person, they send it two seconds later at the earliest.
    """

    headline: str
    offer: str
    consent: str
    from_name: str
    privacy_url: str | None
    language: str
    started: str


class Sent(Value):
    """Something was sent. What becomes of it is told by mail alone."""

    accepted: Literal[True] = True
    message: str


@app.get("/forms/<code>", tags=["public"])
def show_form(code: Code) -> Response[Any]:
    """Show a form: a page, or what it says where `Accept` asks for JSON."""
    studio, form = _found(code)
    _count(studio, form)
    return _shown(studio, code, form)


@app.post("/forms/<code>", tags=["public"])
def send_form(code: Code, body: RawBody) -> Response[Any]:
    """Send a form: `email`, `consent`, `started`, by browser or as JSON. The answer is the same for everybody."""
    studio, form = _found(code)
    if not studio.settings.mail_from:
        return _shown(studio, code, form)
    event = app.current_event.raw_event
    limit("form:sending", came_from(event), ONE_ADDRESS_SENDING)
    sent, words = _sent(body), asking(form.form.language)[1]
    age = _age(studio, code, sent.get("started", ""))
    if sent.get("website") or age is None or age < FASTEST:
        # A program: it learns nothing from being found out.
        logger.info("trapped")
        return _thanks(form, words)
    try:
        address = TypeAdapter(MailAddress).validate_python(sent.get("email", ""))
    except ValidationError:
        return _shown(studio, code, form, ("email", words.page.wrong_address))
    if sent.get("consent", "") not in ("yes", "true", "on", "1"):
        return _shown(studio, code, form, ("consent", words.page.no_consent))
    if age > SLOWEST or not sent["started"].startswith(f"{form.version}."):
        return _shown(studio, code, form, ("started", words.page.too_old))
    job = {
        "owner": studio.owner,
        "episode_id": form.form.episode_id,
        # As it lies in Lambda's queue, and may lie among the dead letters, nobody can read it.
        "sealed": studio.seal.seal(address),
        "form_version": form.version,
        "consent": form.form.consent,
        "came_from": studio.keyed_digest(f"consent/{studio.owner}", came_from(event)),
        "link": (app.current_event.query_string_parameters or {}).get("c", "")[:64],
    }
    try:
        studio.client("lambda").invoke(
            FunctionName=os.environ["SIGN_UP_FUNCTION"], InvocationType="Event", Payload=json.dumps(job)
        )
    except ClientError as error:
        raise Unavailable("It could not be sent. Try again in a moment.") from error
    return _thanks(form, words)


def _found(code: str) -> tuple[Studio, PublishedForm]:
    studio, episode_id = behind("form", code, ONE_FORM)
    form = studio.lead_forms.get(episode_id)
    if not form.open:
        raise NotFound("This form is closed.")
    return studio, form


def _shown(studio: Studio, code: str, form: PublishedForm, wrong: tuple[str, str] | None = None) -> Response[Any]:
    told, words = form.form, asking(form.form.language)[1].page
    as_page = _reads_pages(app.current_event.headers)
    if not studio.settings.mail_from:
        if not as_page:
            raise Unavailable(words.closed)
        return page(words.closed_title, fill("<p>{text}</p>", text=words.closed), status=503, language=told.language)
    started = _started(studio, code, form)
    if not as_page:
        if wrong:
            raise Invalid(wrong[1], {wrong[0]: wrong[1]})
        shown = told.model_dump(include={"headline", "offer", "consent", "from_name", "privacy_url", "language"})
        return Response(200, content_type=JSON, body=FormShown(**shown, started=started))
    link = fill(' · <a href="{url}" rel="noreferrer">{text}</a>', url=told.privacy_url or "", text=words.privacy)
    body = fill(
        _PAGE,
        offer=told.offer,
        note=fill('<p role="alert"><strong>{text}</strong></p>', text=wrong[1]) if wrong else Html(""),
        consent=told.consent,
        from_name=told.from_name,
        started=started,
        privacy=link if told.privacy_url else Html(""),
        **words.model_dump(include={"address", "leave_empty", "send", "double"}),
    )
    return page(told.headline, body, status=422 if wrong else 200, language=told.language, sends_forms=True)


def _thanks(form: PublishedForm, words: AskingWords) -> Response[Any]:
    if not _reads_pages(app.current_event.headers):
        return Response(200, content_type=JSON, body=Sent(message=words.page.thanks))
    body = fill("<p>{text}</p>", text=words.page.thanks)
    return page(words.page.thanks_title, body, language=form.form.language)


def _reads_pages(headers: Mapping[str, str]) -> bool:
    told = {name.lower(): value for name, value in headers.items()}
    return "application/json" not in told.get("accept", "") or "text/html" in told.get("accept", "")


def _sent(body: bytes) -> dict[str, str]:
    """Return what was sent as text by name. Raises Invalid for what is neither a form nor a JSON object."""
    kind = (app.current_event.headers.get("Content-Type") or JSON).partition(";")[0].strip().lower()
    text = body.decode("utf-8", "replace")
    if kind == FORM:
        return {name: values[-1] for name, values in parse_qs(text, max_num_fields=20).items()}
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Invalid("Send a JSON object with email, consent and started.")
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in told.items()}


def _started(studio: Studio, code: str, form: PublishedForm) -> str:
    """Return when a form was shown, and which version of it, signed."""
    said = f"{form.version}.{int(studio.clock().timestamp())}"
    return f"{said}.{studio.keyed_digest(f'form/{code}', said)[:32]}"


def _age(studio: Studio, code: str, started: str) -> float | None:
    """Return how many seconds ago a form was shown; None where that is not proven."""

    said, _, proof = started.rpartition(".")
    expected = studio.keyed_digest(f"form/{code}", said)[:32]
    if not hmac.compare_digest(proof.encode("utf-8", "replace"), expected.encode()):
        return None
    return studio.clock().timestamp() - int(said.partition(".")[2])


def _count(studio: Studio, form: PublishedForm) -> None:
    if not is_a_person(app.current_event.headers):
        return
    try:
        studio.lead_forms.count(form.form.episode_id, "shown")
    except (ClientError, StudioError):
        # That it was not counted keeps nobody from the form.
        logger.exception("not counted")


handler = public_api(app, door="form", takes=(JSON, FORM), max_body=8 * 1024, pace=ONE_ADDRESS)
