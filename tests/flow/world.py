"""A world for the state machines: the ASL and functions that template.yaml names, in an in-memory AWS.

What AWS does between the parts is done here: Step Functions invokes the real handlers, an object stored in the bucket
of clips becomes an event, an execution's bad end becomes another. Time is the world's own: waiting moves the clock on
and takes no time. Workers can be killed at any call they make.
"""

import hashlib
import importlib
import io
import json
import re
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import boto3
import pytest
import yaml
from aws_lambda_powertools.utilities import parameters
from moto import mock_aws
from moto.backends import get_backend
from PIL import Image
from pydantic import BaseModel

from studio import stages
from studio.domain.digest import digest_of
from studio.domain.realism import Mark
from studio.domain.receipt import Receipt, Usage
from studio.domain.script import Beat, ClipDescription, Line, Scene, Script
from studio.entry import Settings, Studio, context
from studio.generation.draft.writer import DraftWriter
from studio.generation.ports import Judgement, JudgeRequest, PaintRequest, Picture, WriteRequest
from studio.store.quota import Quota
from tests.conftest import ACCOUNT, ENVIRONMENT, REGION, ROOT, Answer, Clock, Context, call, http_event
from tests.unit.memory import MemoryAws, MemoryBuckets

TEXT_MODEL = "gemini-3.8-flash"
IMAGE_MODEL = "gemini-nano-banana-2.1"
STACK = "studio"
PROMPT = "Two sisters share a bakery, and one of them hides a debt until the lights go out."
_PATIENCE = 20.0
"""The longest that anything here may take, in real seconds, before the test is told that it hangs."""


# The template, as far as the machines need it.


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, kept as `{"Ref": …}` and the like."""


def _tagged(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)
    return {suffix: value}


_Loader.add_multi_constructor("!", _tagged)


@cache
def _template() -> dict[str, Any]:
    template: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), _Loader)
    return template


def resources() -> dict[str, Any]:
    """Return the template's resources."""
    return cast("dict[str, Any]", _template()["Resources"])


def _name(resource: str) -> str:
    """Return the name a function or machine gets in the stack."""
    properties = resources()[resource]["Properties"]
    return str((properties.get("FunctionName") or properties["Name"])["Sub"]).replace("${AWS::StackName}", STACK)


@cache
def _folders() -> dict[str, str]:
    """Return the folder under functions/ of each function, by its name in the stack."""
    found = {name: block for name, block in resources().items() if block["Type"] == "AWS::Serverless::Function"}
    return {_name(name): block["Properties"]["CodeUri"].split("/")[-1] for name, block in found.items()}


def _resolved(value: dict[str, str]) -> str:
    """Return what a substitution's `!Ref` stands for, the partition, a function's alias or a machine; or its `!Sub`."""
    if "Sub" in value:
        told = {"Partition": "aws", "Region": REGION, "AccountId": ACCOUNT, "StackName": STACK}
        return re.sub(r"\$\{AWS::(\w+)\}", lambda found: told[found[1]], value["Sub"])
    referred = value["Ref"]
    if referred == "AWS::Partition":
        return "aws"
    if referred in _template()["Parameters"]:
        return str(_template()["Parameters"][referred]["Default"])
    name, _, attribute = referred.partition(".")
    if resources()[name]["Type"] == "AWS::Serverless::StateMachine":
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{_name(name)}"
    assert attribute == "Alias", f"{referred} is not a function's alias"
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{_name(name)}:live"


def definition(machine: str) -> str:
    """Return a machine's ASL with every `${…}` filled as the template does. KeyError for one it forgot."""
    properties = resources()[machine]["Properties"]
    text = (ROOT / properties["DefinitionUri"]).read_text(encoding="utf-8")
    values = {name: _resolved(value) for name, value in properties["DefinitionSubstitutions"].items()}
    filled = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], text)
    unused = [name for name in values if f"${{{name}}}" not in text]
    assert not unused, f"{machine} is given {unused} and does not use it"
    return filled


def _pattern(function: str, event: str) -> dict[str, Any]:
    """Return the EventBridge pattern that wakes a function."""
    return cast("dict[str, Any]", resources()[function]["Properties"]["Events"][event]["Properties"]["Pattern"])


def machine_arn(machine: str) -> str:
    """Return a machine's ARN by its name in the template."""
    return _resolved({"Ref": machine})


# Workers, and how they die.


class Killed(BaseException):
    """The worker is gone. No handler catches this, and a real one would not get the chance."""


@dataclass
class Worker:
    """One invocation of a function. `calls` lists what it called so far: `put_object clips/1.png`."""

    function: str
    event: dict[str, Any]
    calls: list[str] = field(default_factory=list)
    dies: "Death | None" = None
    dead: bool = False


@dataclass
class Death:
    """A worker's death: of which function, at which of its calls (0 is the first), before or after it took effect.

    on: the name of the call instead of its number.
    """

    function: str
    call: int
    after: bool
    on: str = ""
    at: str = ""

    @property
    def happened(self) -> bool:
        """Whether somebody has died of it."""
        return bool(self.at)


_worker: ContextVar[Worker | None] = ContextVar("worker", default=None)


def _as_worker[T](what: str, do: Callable[[], T]) -> T:
    """Do one call that leaves the process, as the worker at hand, who may die of it."""
    worker = _worker.get()
    if worker is None:
        return do()
    if worker.dead:
        raise Killed
    number = len(worker.calls)
    worker.calls.append(what)
    death = worker.dies
    mine = death is not None and (what.startswith(death.on) if death.on else death.call == number)
    if mine and death is not None and not death.after:
        worker.dead, death.at = True, f"before {what}"
        raise Killed
    try:
        return do()
    finally:
        if mine and death is not None:
            worker.dead, death.at = True, f"after {what}"
            raise Killed


class _Watched:
    """A client whose calls are a worker's."""

    _UNSEEN = {"generate_presigned_url", "generate_presigned_post", "get_paginator"}

    def __init__(self, client: Any, world: "World") -> None:
        self._client = client
        self._world = world

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        if name in self._UNSEEN:
            return real

        def watched(**arguments: Any) -> Any:
            return _as_worker(f"{name} {_subject(arguments)}", lambda: self._called(name, real, arguments))

        return watched

    def _called(self, name: str, real: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        answer = real(**arguments)
        if name == "put_object" and arguments["Bucket"] == ENVIRONMENT["VIDEOS_BUCKET"]:
            self._world.stored(arguments["Key"])
        return answer


def _subject(arguments: dict[str, Any]) -> str:
    if "Key" in arguments and isinstance(arguments["Key"], str):
        return arguments["Key"].partition("/")[2]
    return str((arguments.get("Key") or arguments.get("Item") or {}).get("sk", {}).get("S", "")).partition("#")[0]


# Models that cost nothing and do as they are told.


type Outcome = BaseException | Callable[[], object] | Script | int | None
"""What a fake does next: raises it, calls it and goes on, hands it back or gives it as score, or simply works."""


class FakeWriter:
    """Writes a small script that keeps every rule, and everything else as the rehearsal does.

    `next` holds what it is to do first, one a call; `next_of` the same for what has a schema of that name. With
    `composes`, scripts have three scenes, by two people.
    """

    model = TEXT_MODEL

    def __init__(self, world: "World") -> None:
        self.asked: list[WriteRequest] = []
        self.schemas: list[str] = []
        self.next: deque[Outcome] = deque()
        self.next_of: defaultdict[str, deque[Outcome]] = defaultdict(deque)
        self.composes = False
        self._world = world

    def write[T: BaseModel](self, request: WriteRequest, schema: type[T]) -> tuple[T, Receipt]:
        """Return a script for the clips asked for."""

        def written() -> tuple[T, Receipt]:
            digest = digest_of("write", "gemini", self.model, request.model_dump(mode="json"), _schema(schema))
            self._world.bought(digest)
            self.asked.append(request)
            self.schemas.append(schema.__name__)
            outcome = _next(self.next or self.next_of[schema.__name__])
            answer = outcome if isinstance(outcome, schema) else self._usual(request, schema)
            return cast("T", answer), Receipt(
                provider="gemini", model=self.model, usage=Usage(input_tokens=900, output_tokens=700)
            )

        return _as_worker("the writer writes", written)

    def _usual(self, request: WriteRequest, schema: type[BaseModel]) -> BaseModel:
        if schema is Script:
            return drama_of(request) if self.composes else script_of(request)
        return DraftWriter().write(request, schema)[0]


class FakePainter:
    """Paints a tiny picture of two colours. `next` holds, by clip, what it is to do first, one a call."""

    model = IMAGE_MODEL

    def __init__(self, world: "World") -> None:
        self.asked: list[PaintRequest] = []
        self.next: defaultdict[int, deque[Outcome]] = defaultdict(deque)
        self._clips: dict[str, int] = {}
        self._world = world

    def clip_of(self, sha256: str) -> int:
        """Return the number of the clip that a picture was painted for."""
        return self._clips[sha256]

    @property
    def painted(self) -> list[int]:
        """The numbers of the clips it was asked for, in order."""
        return sorted(request.shot.number for request in self.asked)

    def paint(self, request: PaintRequest) -> tuple[Picture, Receipt]:
        """Return a picture in the aspect asked for, the same for the same request."""

        def painted() -> tuple[Picture, Receipt]:
            asked = request.model_dump(mode="json", exclude={"references": {"__all__": {"data"}}})
            digest = digest_of("paint", "gemini", self.model, asked)
            self._world.bought(digest)
            self.asked.append(request)
            _next(self.next[request.shot.number])
            size = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (12, 12)}[request.aspect]
            data = png(size, digest)
            self._clips[hashlib.sha256(data).hexdigest()] = request.shot.number
            picture = Picture(data=data, media_type="image/png", width=size[0], height=size[1])
            return picture, Receipt(provider="gemini", model=self.model, usage=Usage(images=1, image_tokens=1120))

        return _as_worker("the painter paints", painted)


class FakeJudge:
    """Finds no fault. `next` holds, by clip, what it is to do first, one a call: a score is for every criterion."""

    model = TEXT_MODEL

    def __init__(self, world: "World") -> None:
        self.asked: list[JudgeRequest] = []
        self.next: defaultdict[int, deque[Outcome]] = defaultdict(deque)
        self._world = world

    def judge(self, request: JudgeRequest) -> tuple[Judgement, Receipt]:
        """Return a mark for each criterion."""

        def judged() -> tuple[Judgement, Receipt]:
            asked = request.model_dump(mode="json", exclude={"picture": True, "references": {"__all__": {"data"}}})
            self._world.bought(digest_of("judge", "gemini", self.model, asked))
            self.asked.append(request)
            given = _next(self.next[self._world.painter.clip_of(request.sha256)])
            score = given if isinstance(given, int) else 5
            marks = [Mark(criterion=one.key, reason="As one sees.", score=score) for one in request.criteria]
            return Judgement(marks=tuple(marks)), Receipt(
                provider="gemini", model=self.model, usage=Usage(input_tokens=1600, output_tokens=400)
            )

        return _as_worker("the judge judges", judged)


_schema = cache(lambda schema: schema.model_json_schema())


def _next(outcomes: deque[Outcome]) -> object:
    outcome = outcomes.popleft() if outcomes else None
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome() if callable(outcome) else outcome


def png(size: tuple[int, int], seed: str) -> bytes:
    """Return a PNG of two colours, one of which `seed` chooses."""
    colour = hashlib.sha256(seed.encode()).digest()[:3]
    file = io.BytesIO()
    picture = Image.new("RGB", size, tuple(colour))
    picture.putpixel((0, 0), tuple(255 - shade for shade in colour))
    picture.save(file, "PNG")
    return file.getvalue()


def script_of(request: WriteRequest) -> Script:
    """Return a script that keeps every rule, with the clips asked for."""
    cast_names = [str(sheet["name"]) for sheet in cast("Any", request.material["cast"])]
    guests = [] if cast_names else [{"name": "Amina", "description": "a baker"}]
    names = cast_names or ["Amina"]
    return Script.model_validate(
        {
            "title": "The Letter",
            "synopsis": "A letter arrives, and nobody wants to have written it.",
            "guests": guests,
            "scenes": [
                Scene(
                    number=1,
                    heading="INT. KITCHEN - NIGHT",
                    beat=Beat.BETRAYAL,
                    action="Amina finds a letter under the flour.",
                    lines=[Line(speaker=names[0], text="Who wrote this?")],
                )
            ],
            "clips": [
                ClipDescription(number=number, scene=1, description=f"The letter, held {number} times.", people=names)
                for number in range(1, int(cast("int", request.material["clips"])) + 1)
            ],
        }
    )


def drama_of(request: WriteRequest) -> Script:
    """Return a script of three scenes by two people, with the clips asked for, spread over the scenes."""
    cast_names = [str(sheet["name"]) for sheet in cast("Any", request.material["cast"])][:2]
    one, other = cast_names if len(cast_names) == 2 else ("Amina", "Zahra")
    guests = [] if len(cast_names) == 2 else [{"name": "Amina", "description": "a baker"}, {"name": "Zahra"}]
    scenes = [
        ("INT. BAKERY - DAWN", Beat.COLD_OPEN, "Amina finds a letter under the flour.", "Who wrote this?", "Not me."),
        ("INT. OFFICE - DAY", Beat.ESCALATION, "The ledger does not add up.", "Where is the money?", "Ask the bank."),
        ("EXT. YARD - NIGHT", Beat.CLIFFHANGER, "A van stops at the gate.", "Who is that?", "You will see."),
    ]
    clips = int(cast("int", request.material["clips"]))
    return Script(
        title="Flour",
        synopsis="Two sisters share a bakery, and one of them hides a debt.",
        guests=cast("Any", guests),
        scenes=[
            Scene(
                number=number,
                heading=heading,
                beat=beat,
                action=action,
                lines=[Line(speaker=one, text=first), Line(speaker=other, text=second)],
            )
            for number, (heading, beat, action, first, second) in enumerate(scenes, 1)
        ],
        clips=[
            ClipDescription(
                number=number,
                scene=(number - 1) % 3 + 1,
                description=f"What is seen in clip {number}: hands, flour and a letter, in light from one side.",
                people=[one, other],
            )
            for number in range(1, clips + 1)
        ],
        open_question="Who is in the van?",
    )


class TickingClock(Clock):
    """A clock that moves on by a millisecond whenever it is read, so that no two things happen at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.at += timedelta(milliseconds=1)
            return self.at

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self.at += timedelta(seconds=seconds)


# The world.


class World:
    """Everything one test needs, for one owner. The fakes are the `gemini` provider; `draft` is the real one."""

    def __init__(self) -> None:
        self.owner = "amina"
        self.clock = TickingClock()
        self.writer = FakeWriter(self)
        self.painter = FakePainter(self)
        self.judge = FakeJudge(self)
        self.settings: dict[str, Any] = {"provider": "gemini", "image_rate": 0.0, "text_rate": 0.0}
        self.workers: list[Worker] = []
        self.deaths: list[Death] = []
        self.crashes: defaultdict[str, deque[BaseException]] = defaultdict(deque)
        self.held: dict[str, threading.Event] = {}
        self.bought_twice: list[str] = []
        self.machine_waits: list[float] = []
        self.function_sleeps: list[float] = []
        self.one_at_a_time = False
        self.event_timing = "after"
        self.events: list[dict[str, Any]] = []
        self.endings: list[dict[str, Any]] = []
        self.stopped: set[str] = set()
        self.dead_letters: list[tuple[str, dict[str, Any]]] = []
        self._running = 0
        self._over = 0
        self._known = threading.local()
        self._working = 0
        self._changed = threading.Condition()
        self._turn = threading.RLock()
        self._lock = threading.Lock()

    # -- what callers do

    def api(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Send an HTTP request to the function whose route it is."""
        return call(_handler(_route(method, path)), http_event(method, path, body, owner=self.owner, **more))

    def generate(self, prompt: str = "Amina finds a letter.", **more: Any) -> str:
        """Ask for an episode from a prompt and return its id."""
        answer = self.api("POST", "/functions/generate-episode-from-prompt", {"prompt": prompt, **more})
        assert answer.status == 202, answer.body
        return str(answer.body["episode_id"])

    def as_worker(self, folder: str, body: dict[str, Any]) -> Worker:
        """Post to a function as a worker that may die of it, and return the worker."""
        path = f"/functions/{folder.replace('_', '-')}"
        self.invoke(folder, http_event("POST", path, body, owner=self.owner))
        return self.calls_of(folder)[-1]

    def queued(self) -> str:
        """Return an episode whose caller died between queueing it and starting its execution."""
        self.deaths.append(Death("generate_episode_from_prompt", call=-1, after=False, on="start_execution"))
        self.as_worker("generate_episode_from_prompt", {"prompt": "Lost.", "clips": 1})
        assert self.deaths[-1].at.startswith("before start_execution"), self.deaths[-1]
        (summary,) = self.api("GET", "/episodes").body["items"]
        assert summary["status"] == "queued"
        return str(summary["episode_id"])

    def produce(self, prompt: str = "Amina finds a letter.", **more: Any) -> dict[str, Any]:
        """Ask for an episode, wait until nothing happens any more, and return it as the API shows it."""
        episode_id = self.generate(prompt, **more)
        self.settle()
        return self.episode(episode_id)

    def order_full(self, prompt: str = PROMPT, **more: Any) -> str:
        """Ask the producer for an episode through all stages and return its id."""
        asked = more if "episode_id" in more else {"prompt": prompt, **more}
        answer = self.api("POST", "/functions/episode-producer", asked)
        assert answer.status == 202, answer.body
        return str(answer.body["episode_id"])

    def produce_full(self, prompt: str = PROMPT, **more: Any) -> dict[str, Any]:
        """Ask for an episode through all stages, wait until nothing happens any more, and return it."""
        episode_id = self.order_full(prompt, **more)
        self.settle()
        return self.episode(episode_id)

    def until_review(self, episode_id: str) -> dict[str, Any]:
        """Wait until an episode waits at a gate, and return the gate."""
        for _ in range(round(_PATIENCE / 0.02)):
            gates = self.api("GET", f"/episodes/{episode_id}/reviews").body["items"]
            waiting = [gate for gate in gates if gate["open"]]
            if waiting:
                return cast("dict[str, Any]", waiting[0])
            time.sleep(0.02)
        raise AssertionError("no gate was opened")

    def times_out(self, state: str, seconds: float, patch: pytest.MonkeyPatch) -> None:
        """Let a state's task be over after so many real seconds."""
        from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds

        usual = TimeoutSeconds._eval_seconds

        def shorter(timeout: Any, env: Any) -> float:
            here = env.states.context_object.context_object_data["State"]["Name"]
            return seconds if here == state else usual(timeout, env)

        patch.setattr(TimeoutSeconds, "_eval_seconds", shorter)

    def reviews_time_out(self, patch: pytest.MonkeyPatch) -> None:
        """Let every gate's time be over as soon as it is opened."""
        from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_callback

        service = state_task_service_callback.StateTaskServiceCallback
        patch.setattr(service, "_wait_for_task_token_timeout", lambda *_: None)

    def answer(self, episode_id: str, decision: str, gate: dict[str, Any] | None = None, **more: Any) -> Answer:
        """Answer the gate that an episode waits at, or the one given."""
        waiting = gate or self.until_review(episode_id)
        body = {"review_id": waiting["review_id"], "decision": decision, **more}
        return self.api("POST", f"/episodes/{episode_id}/reviews/{waiting['gate']}", body)

    def again(self, episode_id: str) -> dict[str, Any]:
        """Take an episode up again, wait, and return it."""
        answer = self.api("POST", "/functions/generate-episode-from-prompt", {"episode_id": episode_id})
        assert answer.status == 202, answer.body
        self.settle()
        return self.episode(episode_id)

    def shoot(self, episode_id: str, *clips: int, another_take: bool = False) -> dict[str, Any]:
        """Shoot clips again, wait, and return the episode."""
        body = {"episode_id": episode_id, "clips": clips, "another_take": another_take}
        answer = self.api("POST", "/functions/generate-video", body)
        assert answer.status == 202, answer.body
        self.settle()
        return self.episode(episode_id)

    def upload(self, name: str) -> str:
        """Upload a picture as a browser would, and return the attachment's id."""
        answer = self.api("POST", "/attachments", {"name": f"{name}.png", "media_type": "image/png"})
        attachment_id = str(answer.body["attachment"]["attachment_id"])
        key = f"{self.owner}/attachments/{attachment_id}"
        context.client("s3").put_object(
            Bucket=ENVIRONMENT["ATTACHMENTS_BUCKET"], Key=key, Body=png((64, 64), name), ContentType="image/png"
        )
        return attachment_id

    def episode(self, episode_id: str) -> dict[str, Any]:
        """Return the episode as the API shows it."""
        answer = self.api("GET", f"/episodes/{episode_id}")
        assert answer.status == 200, answer.body
        return cast("dict[str, Any]", answer.body)

    def file(self, episode_id: str, name: str) -> bytes:
        """Return a file of the episode. KeyError when it is not there."""
        return _objects()[ENVIRONMENT["VIDEOS_BUCKET"], f"{self.owner}/{episode_id}/{name}"].body

    def files(self, episode_id: str) -> list[str]:
        """Return the names of the episode's files, as the API lists them."""
        return [item["name"] for item in self.api("GET", f"/episodes/{episode_id}/files").body["items"]]

    def all_files(self) -> list[str]:
        """Return every key in the bucket of clips."""
        return [key for bucket, key in _objects() if bucket == ENVIRONMENT["VIDEOS_BUCKET"]]

    def remembered(self, digest: str) -> bytes:
        """Return what a call to a model brought. KeyError when it is not remembered."""
        return _objects()[ENVIRONMENT["ATTACHMENTS_BUCKET"], f"{self.owner}/memo/{digest}"].body

    def facts(self, episode_id: str, number: int) -> dict[str, Any]:
        """Return what the `.json` beside a clip says."""
        return cast("dict[str, Any]", json.loads(self.file(episode_id, f"clips/{number}.json")))

    def metadata(self, episode_id: str) -> dict[str, Any]:
        """Return what `metadata.json` says."""
        return cast("dict[str, Any]", json.loads(self.file(episode_id, "metadata.json")))

    def happened(self) -> list[str]:
        """Return what the dashboard says has happened, oldest first."""
        recent = self.api("GET", "/dashboard").body["recent"]
        return [entry["what"] for entry in reversed(recent)]

    def counts(self) -> dict[str, int]:
        """Return the dashboard's totals that are not zero."""
        by_status = self.api("GET", "/dashboard").body["episodes"]["by_status"]
        return {status: count for status, count in by_status.items() if count}

    def ledger(self) -> list[Any]:
        """Return this month's ledger, oldest first."""
        studio = self.studio()
        return studio.ledger.page(studio.clock().strftime("%Y-%m"), 100, None)[0][::-1]

    def studio(self, owner: str = "", take: int | None = None) -> Studio:
        """Open a studio of this world."""
        return Studio(
            owner or self.owner,
            replace(Settings.from_environment(), **self.settings),
            take,
            clock=self.clock,
            client=lambda service: _Watched(context.client(service), self),
            writers={"gemini": self.writer},
            painters={"gemini": self.painter},
            judges={"gemini": self.judge},
        )

    # -- what AWS does

    def until_over(self) -> None:
        """Wait until every execution is over."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._running == 0, _PATIENCE), "an execution hangs"

    def finish(self) -> None:
        """Wait until every execution is over, and whoever outlived the one that waited for them."""
        self.until_over()
        with self._changed:
            assert self._changed.wait_for(lambda: self._working == 0, _PATIENCE), "a worker hangs"

    def settle(self) -> None:
        """Wait until every execution is over and every event delivered."""
        self.finish()
        self.deliver()

    def deliver(self, *, times: int = 1, backwards: bool = False) -> None:
        """Deliver the events that wait, each `times` times."""
        while self.events or self.endings:
            stored, self.events = self.events * times, []
            for event in reversed(stored) if backwards else stored:
                self._deliver("clip_metadata", event)
            endings, self.endings = self.endings * times, []
            for event in endings:
                self._deliver("sweep", event)

    def sweep(self) -> dict[str, Any]:
        """Let the scheduled sweep come round."""
        error, report = self.invoke("sweep", {})
        assert error is None, report
        return cast("dict[str, Any]", report)

    def stop_executions(self, episode_id: str) -> None:
        """Stop an episode's executions as one would in the console."""
        for machine in ("EpisodeProducerMachine", "GenerateVideoMachine"):
            arn = machine_arn(machine).replace(":stateMachine:", ":execution:")
            context.client("stepfunctions").stop_execution(executionArn=f"{arn}:{episode_id}-1")

    def calls_of(self, folder: str) -> list[Worker]:
        """Return the invocations of a function so far."""
        return [worker for worker in self.workers if worker.function == folder]

    def invoke(self, folder: str, event: dict[str, Any]) -> tuple[str | None, Any]:
        """Run a function's handler as Lambda does: its answer, or how it ended and why."""
        worker = Worker(folder, event)
        for death in self.deaths:
            if death.function == folder and not death.happened:
                worker.dies = death
                break
        self.workers.append(worker)
        token = _worker.set(worker)
        with self._changed:
            self._working += 1
        try:
            if folder in self.held:
                assert self.held[folder].wait(_PATIENCE), f"nobody let {folder} go on"
            with self._turn if self.one_at_a_time else _free():
                if self.crashes[folder]:
                    raise self.crashes[folder].popleft()
                return None, json.loads(json.dumps(_handler(folder)(event, Context(function_name=folder))))
        except BaseException as error:  # noqa: BLE001
            if worker.dead:
                return "Unhandled", {"errorType": "Runtime.ExitError", "errorMessage": "Error: Runtime exited"}
            return "Unhandled", {"errorType": type(error).__name__, "errorMessage": str(error)}
        finally:
            _worker.reset(token)
            with self._changed:
                self._working -= 1
                self._changed.notify_all()
            if self.event_timing == "after" and folder == "render_clip":
                self._deliver_stored()

    def stored(self, key: str) -> None:
        """Turn an object's arrival into the event that EventBridge makes of it, where the template asks for it."""
        pattern = _pattern("ClipMetadata", "ClipStored")["detail"]["object"]["key"]
        if not any(fnmatchcase(key, rule["wildcard"]) for rule in pattern):
            return
        event = {
            "version": "0",
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {
                "version": "0",
                "bucket": {"name": ENVIRONMENT["VIDEOS_BUCKET"]},
                "object": {"key": key, "size": 1, "etag": "0", "sequencer": "0"},
                "reason": "PutObject",
            },
        }
        if self.event_timing == "at once":
            self._deliver("clip_metadata", event)
        else:
            with self._lock:
                self.events.append(event)

    def bought(self, digest: str) -> None:
        """Take note of a call to a model, and whether its result was remembered already."""
        if (ENVIRONMENT["ATTACHMENTS_BUCKET"], f"{self.owner}/memo/{digest}") in _objects():
            self.bought_twice.append(digest)

    def _deliver_stored(self) -> None:
        with self._lock:
            events, self.events = self.events, []
        for event in events:
            self._deliver("clip_metadata", event)

    def _deliver(self, folder: str, event: dict[str, Any]) -> None:
        # Lambda tries an asynchronous event three times.
        token = _worker.set(None)
        try:
            for _ in range(3):
                error, why = self.invoke(folder, event)
                if error is None:
                    return
            self.dead_letters.append((folder, why))
        finally:
            _worker.reset(token)

    def invoked(self, function: str, payload: bytes | str, headers: dict[str, str]) -> bytes:
        """Answer an invocation that came through the Lambda API."""
        name = function.split(":")[6] if function.startswith("arn:") else function
        error, answer = self.invoke(_folders()[name], json.loads(payload))
        if error is not None:
            headers["x-amz-function-error"] = error
        return json.dumps(answer).encode()

    def execution_started(self) -> None:
        """Count an execution that begins."""
        with self._changed:
            self._running += 1

    def execution_over(self, execution: Any) -> None:
        """Count an execution that is over, and turn a bad end into the event that EventBridge makes of it."""
        if execution.status in _pattern("Sweep", "ExecutionOver")["detail"]["status"]:
            self.endings.append(ending(execution.name, execution.status, execution.execution_input, execution))
        with self._changed:
            self._running -= 1
            self._over += 1
            self._changed.notify_all()

    def wait_for_change(self, _: float = 0) -> None:
        """Wait until an execution is over that was not when this thread came here before, or a moment."""
        with self._changed:
            known = getattr(self._known, "over", 0)
            self._changed.wait_for(lambda: self._over > known, 0.2)
            self._known.over = self._over

    def machine_waits_for(self, seconds: float) -> None:
        """Let the time pass that a machine waits."""
        self.machine_waits.append(seconds)
        self.clock.forward(seconds)

    def function_sleeps_for(self, seconds: float) -> None:
        """Let the time pass that a function sleeps."""
        self.function_sleeps.append(seconds)
        self.clock.forward(seconds)


def ending(name: str, status: str, asked: str, execution: Any = None) -> dict[str, Any]:
    """Return EventBridge's event of an execution's end."""
    return {
        "version": "0",
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {
            "executionArn": getattr(execution, "execution_arn", ""),
            "name": name,
            "status": status,
            "input": asked,
        },
    }


@contextmanager
def _free() -> Iterator[None]:
    yield


@cache
def _handler(folder: str) -> Callable[[dict[str, Any], Any], Any]:
    return cast("Callable[[dict[str, Any], Any], Any]", importlib.import_module(f"functions.{folder}.app").handler)


@cache
def _route(method: str, path: str) -> str:
    """Return the folder of the function that the template gives a route to."""
    for block in resources().values():
        for event in block.get("Properties", {}).get("Events", {}).values():
            if event["Type"] == "Api" and event["Properties"]["Method"] == method:
                route = re.sub(r"\{\w+\}", "[^/]+", event["Properties"]["Path"])
                if re.fullmatch(route, path):
                    return str(block["Properties"]["CodeUri"]).split("/")[-1]
    raise AssertionError(f"the template has no route {method} {path}")


def _objects() -> dict[tuple[str, str], Any]:
    buckets: MemoryBuckets = context.client("s3")
    return buckets.objects


# Setting it up and clearing it out.


@contextmanager
def aws_with_machines() -> Iterator[None]:
    """Open an in-memory AWS with the machines of the template and a table and buckets shaped like its."""
    # Moto's interpreter takes a while to import: only who runs machines waits for it. Most of that would be EC2's
    # tables, which two names in its task for AWS Batch bring along.
    batch = SimpleNamespace(JobStatus=SimpleNamespace(SUCCEEDED="SUCCEEDED", FAILED="FAILED"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "moto.batch.utils", cast("ModuleType", batch))
        from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sfn
        from moto.stepfunctions.parser.asl.utils import boto_client

        from tests.flow.fast import fast
        from tests.flow.twin import TwinTable

    with pytest.MonkeyPatch.context() as patch:
        fast(patch)
        # It hands a nested execution's parameters and answers on as boto3 spells them; they are PascalCase in ASL.
        nested = state_task_service_sfn.StateTaskServiceSfn
        as_before = nested._normalise_parameters
        patch.setattr(
            nested,
            "_normalise_parameters",
            lambda self, parameters, *names, **more: (
                as_before(self, parameters, *names, **more),
                _respell(parameters, str.lower),
            ),
        )
        patch.setattr(nested, "_normalise_response", lambda _, response, *__, **___: _respell(response, str.upper))
        client_for = cache(lambda region, service: boto_client.boto_client_for(region, service))
        patch.setattr(
            state_task_service_sfn, "boto_client_for", lambda region, service, **_: client_for(region, service)
        )
        context.client.cache_clear()
        parameters.clear_caches()
        with mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}):
            _create_table()
            aws = MemoryAws()
            aws.services = {"dynamodb": TwinTable(), "s3": aws.services["s3"]}
            patch.setattr(context, "boto3", aws)
            machines = boto3.client("stepfunctions", region_name=REGION)
            for machine in ("GenerateVideoMachine", "EpisodeProducerMachine", "BotPlanMachine"):
                machines.create_state_machine(
                    name=_name(machine), definition=definition(machine), roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine"
                )
            yield
        context.client.cache_clear()


@contextmanager
def world_in(patch: pytest.MonkeyPatch) -> Iterator[World]:
    """Open an empty world in the AWS at hand."""
    from moto.awslambda_simple.models import LambdaSimpleBackend
    from moto.stepfunctions.parser.api import ExecutionStatus
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_callback
    from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
    from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution

    from tests.flow.fast import LambdaNear

    world = World()
    _clear()
    # One scene after another: moto's stores were not made for threads, and a death is to come where it is expected.
    patch.setattr(stages, "SCENES_AT_ONCE", 1)
    patch.setattr(Studio, "opened_for", classmethod(lambda _, owner, take=None: world.studio(owner, take)))
    for name, value in resources()["Sweep"]["Properties"]["Environment"]["Variables"].items():
        if isinstance(value, dict):
            patch.setenv(name, _resolved(value))
    # Its defaults, not its name: who is imported meanwhile would keep the name of this world.
    defaults = cast("dict[str, Any]", Quota.__init__.__kwdefaults__)
    patch.setitem(defaults, "now", lambda: world.clock().timestamp())
    patch.setitem(defaults, "sleep", world.function_sleeps_for)
    patch.setattr(
        LambdaSimpleBackend,
        "invoke",
        lambda _, function, __, body, ___, headers: world.invoked(function, body, headers),
    )
    patch.setattr(lambda_eval_utils, "boto_client_for", lambda **_: LambdaNear(world.invoked))
    patch.setattr(WaitFunction, "_wait_interval", lambda _, env, wait_seconds: world.machine_waits_for(wait_seconds))
    patch.setattr(retrier_decl, "time", _Time(world.clock.forward))
    patch.setattr(state_task_service_callback, "time", _Time(world.wait_for_change))
    start, over = BaseExecutionWorkerCommunication.__init__, BaseExecutionWorkerCommunication.terminated

    def started(communication: Any, execution: Any) -> None:
        start(communication, execution)
        world.execution_started()

    def terminated(communication: Any) -> None:
        over(communication)
        if communication.execution.execution_arn in world.stopped:
            # Stopped inside a Map, moto's interpreter trips over itself and calls that failed.
            communication.execution.exec_status = ExecutionStatus.ABORTED
        world.execution_over(communication.execution)

    stop = Execution.stop

    def stopped(execution: Execution, *arguments: Any, **more: Any) -> None:
        world.stopped.add(execution.execution_arn)
        stop(execution, *arguments, **more)
        # Whoever waits for a person's answer is not told by moto that there is nothing to wait for any more.
        for waiting in list(execution.exec_worker.env.callback_pool_manager._pool.values()):
            waiting.interrupt_all()

    patch.setattr(Execution, "stop", stopped)
    patch.setattr(BaseExecutionWorkerCommunication, "__init__", started)
    patch.setattr(BaseExecutionWorkerCommunication, "terminated", terminated)
    yield world
    world.settle()


def _respell(answer: dict[str, Any], first: Callable[[str], str]) -> None:
    """Change the case of each key's first letter."""
    for key in list(answer):
        answer[first(key[0]) + key[1:]] = answer.pop(key)


@dataclass
class _Time:
    """Stands in for the module `time` where only `sleep` is used."""

    sleep: Callable[[float], None]


def _create_table() -> None:
    table = resources()["Table"]["Properties"]
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName=ENVIRONMENT["TABLE_NAME"],
        **{
            name: table[name] for name in ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        },
    )


def _clear() -> None:
    context.client("dynamodb").items.clear()
    _objects().clear()
    for machine in get_backend("stepfunctions")[ACCOUNT][REGION].state_machines:
        machine.executions.clear()
