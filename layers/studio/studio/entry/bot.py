"""A bot: one function, called over HTTP by people and by machines, every call recorded."""

import inspect
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from botocore.exceptions import ClientError
from pydantic import BaseModel, ValidationError

from studio.domain.base import Value, new_id
from studio.domain.digest import digest_of
from studio.domain.errors import StudioError, Unavailable
from studio.domain.run import BotRun
from studio.entry.context import Studio
from studio.entry.events import addressed, argument_type, outcome_of
from studio.entry.http import owner_of, resolver, respond
from studio.entry.observe import logger, metrics, observed
from studio.entry.problems import kind_of

ALIAS = "live"
"""The template's AutoPublishAlias."""


class RunAccepted(Value):
    """A run that goes on after the answer: read it at `/runs/{run_id}`."""

    run_id: str
    status: str = "queued"


class Bot:
    """A Lambda handler around one bot's function.

    Over HTTP: `POST /functions/<name>`, 200 with the report, or 202 and `/runs/{id}` with `Prefer: respond-async`.
    By a machine: `{"owner": …, "take": …}` and the request's fields; answers like a stage. With `run_id`, an earlier
    request that asked for an asynchronous answer is carried out.
    """

    def __init__(self, work: Callable[[Any, Studio], BaseModel]) -> None:
        self.name = public_name(work)
        self._work = work
        self._request_type = argument_type(work, "request")
        self.app = self._routes(get_type_hints(work)["return"])
        self._handle = observed(self._dispatch)

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        """Handle one Lambda event."""
        return self._handle(event, context)

    def _dispatch(self, event: dict[str, Any], context: Any) -> Any:
        if "httpMethod" in event:
            return respond(self.app, event, context)
        owner, take, rest = addressed(event)
        run_id = rest.pop("run_id", None)
        studio = Studio.opened_for(owner, take)
        try:
            request = self._request_type.model_validate(rest)
        except ValidationError as error:
            if run_id is None:
                raise
            # Whoever opened the run learns it there: no call of the same will go better.
            return _refused(studio.runs.get(run_id), studio, error)
        run = self._new_run(request, studio) if run_id is None else studio.runs.get(run_id)
        if run.status in {"succeeded", "failed"}:
            # Lambda delivers an asynchronous event at least once.
            return {"outcome": "done", **json.loads(run.output or "{}")}
        return outcome_of(lambda: self._recorded(request, studio, run))

    def _routes(self, report_type: type[BaseModel]) -> APIGatewayRestResolver:
        app = resolver()

        def call(request: Any) -> Any:
            event = app.current_event
            studio = Studio.opened_for(owner_of(event.raw_event))
            run = self._new_run(request, studio)
            if "respond-async" in (event.headers.get("Prefer") or "").casefold():
                return self._accept(request, studio, run)
            return self._recorded(request, studio, run)

        # The types are the bot's own, so the route's signature is made here and not written down.
        call.__annotations__ = {"request": Annotated[self._request_type, Body()], "return": report_type | RunAccepted}
        app.post(
            f"/functions/{self.name}",
            summary=_first_line(self._work),
            description=inspect.getdoc(self._work) or "",
            operation_id=self.name.replace("-", "_"),
            tags=["bots"],
        )(call)
        return app

    def _accept(self, request: BaseModel, studio: Studio, run: BotRun) -> Response[Any]:
        studio.runs.save(run)
        event = {"owner": studio.owner, "run_id": run.run_id, **request.model_dump(mode="json")}
        # Through the alias: what it runs is published.
        itself = f"{os.environ['AWS_LAMBDA_FUNCTION_NAME']}:{ALIAS}"
        try:
            studio.client("lambda").invoke(FunctionName=itself, InvocationType="Event", Payload=json.dumps(event))
        except ClientError as error:
            sentence = "It could not be started. Try again in a moment."
            studio.runs.finish(_finished(run, studio, "failed", error=sentence, error_type=kind_of(Unavailable(""))[1]))
            raise Unavailable(sentence) from error
        return Response(
            202,
            content_type="application/json",
            body=RunAccepted(run_id=run.run_id),
            headers={"Location": f"/runs/{run.run_id}", "Preference-Applied": "respond-async"},
        )

    def _new_run(self, request: BaseModel, studio: Studio) -> BotRun:
        at = studio.clock()
        asked = request.model_dump(mode="json")
        return BotRun(
            run_id=new_id(at),
            bot=self.name,
            status="queued",
            episode_id=str(asked.get("episode_id") or ""),
            input_hash=digest_of(asked),
            created_at=at,
        )

    def _recorded(self, request: BaseModel, studio: Studio, run: BotRun) -> BaseModel:
        """Do the work and record how it went, also when it went wrong."""
        studio.runs.save(run.model_copy(update={"status": "running"}))
        try:
            report = self._work(request, studio)
        except StudioError as error:
            studio.runs.finish(_finished(run, studio, "failed", error=str(error), error_type=kind_of(error)[1]))
            metrics.add_metric("BotFailed", unit="Count", value=1)
            raise
        except BaseException:
            studio.runs.finish(_finished(run, studio, "failed", error="It broke on our side.", error_type="internal"))
            metrics.add_metric("BotFailed", unit="Count", value=1)
            raise
        studio.runs.finish(_finished(run, studio, "succeeded", output=report.model_dump_json()))
        logger.info("bot succeeded", extra={"bot": self.name, "run_id": run.run_id})
        return report


def bot(work: Callable[[Any, Studio], BaseModel]) -> Bot:
    """Return the Lambda handler of a bot; `work(request, studio) -> report` stays a plain function."""
    return Bot(work)


def public_name(work: Callable[..., Any]) -> str:
    """Return a function's public name: its folder's, or in Lambda, where the folder is the task root, the service's."""
    folder = Path(inspect.getfile(work)).parent
    if str(folder) == os.environ.get("LAMBDA_TASK_ROOT") or "POWERTOOLS_SERVICE_NAME" in os.environ:
        return os.environ["POWERTOOLS_SERVICE_NAME"]
    return folder.name.replace("_", "-")


def _finished(run: BotRun, studio: Studio, status: str, **changes: Any) -> BotRun:
    at = studio.clock()
    bought = studio.till.purchases
    return run.model_copy(
        update={
            "status": status,
            "models": tuple(sorted({purchase.receipt.model for purchase in bought})),
            "input_tokens": sum(purchase.receipt.usage.input_tokens for purchase in bought),
            "output_tokens": sum(purchase.receipt.usage.output_tokens for purchase in bought),
            "images": sum(purchase.receipt.usage.images for purchase in bought),
            "cost": sum(purchase.cost for purchase in bought),
            "seconds": (at - run.created_at).total_seconds(),
            "finished_at": at,
            **changes,
        }
    )


def _refused(run: BotRun, studio: Studio, error: ValidationError) -> dict[str, Any]:
    """Record that a bot was called with what it does not take, and return that as a state machine's value."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    faults = [
        f"{'.'.join(map(str, one['loc'])) or 'the request'}: {one['msg'].removeprefix('Value error, ')}"
        for one in found
    ]
    reason = f"The request is not valid: {'; '.join(faults[:3])}."
    studio.runs.save(_finished(run, studio, "failed", error=reason, error_type="validation"))
    return {"outcome": "validation", "reason": reason}


def _first_line(work: Callable[..., Any]) -> str:
    return (inspect.getdoc(work) or "").partition("\n")[0]
