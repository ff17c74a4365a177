"""/events: what the audience did, told event by event or in spreadsheets, and what it comes to."""

import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from botocore.exceptions import ClientError
from pydantic import Field, JsonValue, ValidationError

from studio.domain.audience import AudienceEvent, AudienceSummary, EventReported, EventSource, Visitor, summary_of
from studio.domain.base import Id, Value, new_id
from studio.domain.errors import Invalid, NotFound, Unavailable
from studio.domain.event_rows import EventImport, ImportOptions
from studio.entry import Studio, api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId, created

app = resolver()

MAX_DAYS = 400
_BROKE_OFF = timedelta(minutes=20)
"""Longer than an import and its two retries take."""


class EventsRequest(Value):
    """1 to 500 events.

    Each has `stage` (view, click, lead, checkout, paid, refund) and `at` (a time with its offset), and may have
    `event_id` (the same counts once), `episode_id`, `channel` (youtube, tiktok, instagram, x, reddit, site, mail,
    other), `variant`, `link` (a short link's code), `visitor` (a pseudonym, never an address), `count` (of equal
    events; 1), `revenue` (millionths of the currency; negative for a refund) and `currency` (ISO 4217).
    """

    events: list[dict[str, JsonValue]] = Field(min_length=1, max_length=500)


class EventProblem(Value):
    """What is wrong with one of the events. `index` counts from 0."""

    index: int
    path: str
    message: str


class EventsTaken(Value):
    """What became of them: `taken` are new, `duplicates` were known by their ids, the others have a problem."""

    taken: int
    duplicates: int
    problems: list[EventProblem]


class EventImportRequest(ImportOptions):
    """An uploaded spreadsheet (CSV) of events, and how to read it."""

    attachment_id: Id


class EventImportRead(EventImport):
    """An import. `rejected_csv` downloads every row that was not taken, for a quarter of an hour."""

    rejected_csv: str | None = None


class EventImportPage(Value):
    """Some imports, newest first."""

    items: list[EventImport]
    cursor: str | None


class Erased(Value):
    """How many events of the person there were."""

    erased: int


@app.post("/events", tags=["events"])
def report_events(request: Annotated[EventsRequest, Body()], studio: Caller) -> EventsTaken:
    """Report what your audience did. Good events land, also beside bad ones; an id that is known counts once."""
    known = _episodes_of(studio)
    good: list[AudienceEvent] = []
    problems: list[EventProblem] = []
    for index, told in enumerate(request.events):
        try:
            reported = EventReported.model_validate(told)
        except ValidationError as error:
            problems += (
                EventProblem(index=index, path=".".join(map(str, found["loc"]))[:80], message=_sentence(found["msg"]))
                for found in error.errors(include_url=False, include_input=False, include_context=False)
            )
            continue
        if reported.episode_id is not None and not known(reported.episode_id):
            problems.append(EventProblem(index=index, path="episode_id", message="there is no such episode"))
            continue
        values = dict(reported) | {
            "event_id": reported.event_id or new_id(studio.clock()),
            "source": EventSource.HTTP,
        }
        good.append(AudienceEvent.model_validate(values))
    taken = studio.events.add(good)
    return EventsTaken(taken=taken, duplicates=len(good) - taken, problems=problems)


@app.get("/events/summary", tags=["events"])
def summarize_events(
    studio: Caller,
    first: Annotated[
        date | None, Query(alias="from", description="First day, in UTC; four weeks where left out.")
    ] = None,
    last: Annotated[date | None, Query(alias="to", description="Last day, in UTC; today where left out.")] = None,
) -> AudienceSummary:
    """Count what happened on some days, both included: per stage and channel, and revenue per currency."""
    last = last or studio.clock().astimezone(UTC).date()
    first = first or last - timedelta(days=27)
    if not timedelta(0) <= last - first < timedelta(days=MAX_DAYS):
        wrong = f"must not be after `to`, nor more than {MAX_DAYS} days before it"
        raise Invalid(f"`from` {wrong}.", {"from": wrong})
    start = datetime.combine(first, time(0), UTC)
    end = datetime.combine(last, time(0), UTC) + timedelta(days=1)
    return summary_of(studio.events.between(start, end), first, last)


@app.delete("/events/visitors/<visitor>", tags=["events"])
def erase_visitor(visitor: Annotated[Visitor, Path()], studio: Caller) -> Erased:
    """Erase what one person did, wherever it is kept. 404 where nothing of theirs is."""
    erased = studio.events.erase(visitor)
    if not erased:
        raise NotFound("Nothing of this visitor's is kept.")
    return Erased(erased=erased)


@app.post("/events/imports", tags=["events"], status_code=202)
def import_spreadsheet(request: Annotated[EventImportRequest, Body()], studio: Caller) -> Response[EventImport]:
    """Import an uploaded CSV of up to 200,000 rows. Good rows land, bad ones are listed; the upload is then deleted."""
    attachment = studio.attachments.get(request.attachment_id)
    if attachment.media_type != "text/csv" or attachment.bytes == 0:
        wrong = "was never uploaded" if attachment.bytes == 0 else "is not a spreadsheet: upload it as text/csv"
        raise Invalid(f"“{attachment.name}” {wrong}.", {"attachment_id": wrong})
    if request.episode_id is not None:
        studio.episodes.get(request.episode_id)
    at = studio.clock()
    asked = EventImport(
        import_id=new_id(at),
        attachment_id=request.attachment_id,
        name=attachment.name,
        options=ImportOptions.model_validate(request.model_dump(exclude={"attachment_id"})),
        created_at=at,
    )
    studio.event_imports.save(asked)
    job = {"owner": studio.owner, "import_id": asked.import_id}
    try:
        studio.client("lambda").invoke(
            FunctionName=os.environ["IMPORT_FUNCTION"], InvocationType="Event", Payload=json.dumps(job)
        )
    except ClientError as error:
        sentence = "The import could not be started. Try again in a moment."
        studio.event_imports.save(asked.model_copy(update={"status": "failed", "error": sentence, "finished_at": at}))
        raise Unavailable(sentence) from error
    return created(asked, f"/events/imports/{asked.import_id}", 202)


@app.get("/events/imports", tags=["events"])
def list_event_imports(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> EventImportPage:
    """List your imports."""
    items, following = studio.event_imports.page(limit, cursor)
    return EventImportPage(items=[_as_of_now(item, studio) for item in items], cursor=following)


@app.get("/events/imports/<import_id>", tags=["events"])
def read_event_import(import_id: PathId, studio: Caller) -> EventImportRead:
    """Read how far an import is, and what could not be taken."""
    found = _as_of_now(studio.event_imports.get(import_id), studio)
    link = studio.events.rejected_link(import_id, f"{found.name} rejected.csv") if found.rejected else None
    return EventImportRead.model_validate(dict(found) | {"rejected_csv": link})


def _as_of_now(found: EventImport, studio: Studio) -> EventImport:
    """Return an import, failed where nobody works on it any more."""
    if found.status in {"done", "failed"} or studio.clock() - found.created_at < _BROKE_OFF:
        return found
    return found.model_copy(update={"status": "failed", "error": "The import broke off. Ask for it again."})


def _episodes_of(studio: Studio) -> Callable[[str], bool]:
    @cache
    def known(episode_id: str) -> bool:
        try:
            studio.episodes.get(episode_id)
        except NotFound:
            return False
        return True

    return known


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")


handler = api(app)
