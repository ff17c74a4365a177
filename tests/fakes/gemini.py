"""A Gemini on loopback: `POST /{version}/models/{model}:generateContent` in the published wire shapes.

In a test:

    with FakeGemini() as fake:
        client = open_client(fake.key, fake.url)
        fake.queue("image", "503", "ok")

On its own: `python -m tests.fakes.gemini --port 8090 --text-seconds 4 --image-seconds 6 --rate 429=0.2`, steered over
HTTP: `GET /_calls` lists the requests so far, `POST /_outcomes {"kind": "image", "outcomes": ["503"]}` queues outcomes.
"""

import argparse
import base64
import contextlib
import hashlib
import io
import json
import random
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

from PIL import Image, ImageDraw

type Json = dict[str, Any]
type Kind = Literal["text", "image", "judge"]

KEY = "AIzaSyFAKE-key_for-tests-only-0123456789"

_PATH = re.compile(r"^/(?P<version>v\w+)/models/(?P<model>[^?]+):generateContent(\?.*)?$")
_BLOCK = re.compile(r"<material name=(\".*?\")>\n(.*?)\n</material>", re.DOTALL)
_PROBLEM = re.compile(r"^- (\".*\")$", re.MULTILINE)
_BUILDING = threading.Lock()
_GOOGLE = "type.googleapis.com/google.rpc."


@dataclass(frozen=True)
class Call:
    """One request as it came in. `words` is the request's parts in order, a picture as its media type in brackets."""

    kind: Kind
    model: str
    outcome: str
    instructions: str
    words: tuple[str, ...]
    references: int
    sha256: str
    at: float
    body: Json = field(repr=False)

    @property
    def prompt(self) -> str:
        """Everything said in the message, without the pictures and without the instructions."""
        return "\n".join(word for word in self.words if not word.startswith("<image/"))

    def listed(self) -> Json:
        """What `GET /_calls` says of it."""
        return {
            "kind": self.kind,
            "model": self.model,
            "outcome": self.outcome,
            "instructions": self.instructions,
            "prompt": self.prompt,
            "references": self.references,
            "sha256": self.sha256,
            "at": self.at,
        }


class Answer(Exception):
    """An answer that is not the usual one: a status, a body, headers."""

    def __init__(self, status: int, body: bytes | Json, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = dict(headers or {})


class FakeGemini:
    """The server, as a context manager.

    key: the only one accepted. text_seconds, image_seconds: how long each kind takes; a judge, who is asked for text
    about pictures, as long as text. stall_seconds: how long the
    outcome "timeout" keeps silent. rates: share of requests that end in an outcome when none is queued, drawn with
    `seed`.
    """

    def __init__(
        self,
        *,
        key: str = KEY,
        host: str = "127.0.0.1",
        port: int = 0,
        text_seconds: float = 0.0,
        image_seconds: float = 0.0,
        stall_seconds: float = 1.0,
        rates: Mapping[str, float] | None = None,
        seed: int = 0,
    ) -> None:
        unknown = set(rates or {}) - set(OUTCOMES)
        if unknown:
            raise ValueError(f"no such outcome: {', '.join(sorted(unknown))}")
        self.key = key
        self._host = host
        self.seconds: dict[Kind, float] = {"text": text_seconds, "image": image_seconds, "judge": text_seconds}
        self.stall_seconds = stall_seconds
        self._rates = dict(rates or {})
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._queued: dict[Kind, deque[str]] = {"text": deque(), "image": deque(), "judge": deque()}
        self._closing = threading.Event()
        self._server = _Server((host, port), _Handler)
        self._server.fake = self

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self._host}:{self._server.server_port}"

    @property
    def calls(self) -> list[Call]:
        """Every request so far, oldest first."""
        with self._lock:
            return list(self._calls)

    def queue(self, kind: Kind, *outcomes: str) -> None:
        """Let the next requests of this kind end so, one each. Raises ValueError for an unknown one."""
        for outcome in outcomes:
            if outcome not in OUTCOMES:
                raise ValueError(f"no such outcome: {outcome}")
        with self._lock:
            self._queued[kind].extend(outcomes)

    def reset(self) -> None:
        """Forget the calls and the outcomes still queued."""
        with self._lock:
            self._calls.clear()
            for queued in self._queued.values():
                queued.clear()

    def serve(self) -> None:
        """Answer until `close`, in this thread."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Stop, without waiting for requests that are kept waiting."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, name="fake-gemini", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, model: str, body: Json, raw: bytes) -> Call:
        """Record a request and decide how it ends."""
        words = tuple(_words(body))
        modalities = _get(_get(body, "generationConfig", {}), "responseModalities", [])
        sees = any(word.startswith("<image/") for word in words)
        kind: Kind = "image" if "IMAGE" in modalities else "judge" if sees else "text"
        with self._lock:
            call = Call(
                kind=kind,
                model=model,
                outcome=self._next(kind),
                instructions="\n".join(_texts(_get(body, "systemInstruction", {}))),
                words=words,
                references=sum(word.startswith("<image/") for word in words),
                sha256=hashlib.sha256(raw).hexdigest(),
                at=time.time(),
                body=body,
            )
            self._calls.append(call)
        return call

    def answer(self, call: Call) -> Json:
        """Return the body for a call that ends well. Raises Answer for one that does not."""
        self._closing.wait(self.stall_seconds if call.outcome == "timeout" else self.seconds[call.kind])
        return OUTCOMES[call.outcome](call)

    def _next(self, kind: Kind) -> str:
        if self._queued[kind]:
            return self._queued[kind].popleft()
        drawn = self._random.random() if self._rates else 1.0
        for outcome, share in self._rates.items():
            if drawn < share:
                return outcome
            drawn -= share
        return "ok"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    fake: FakeGemini


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms behind its headers for the client's acknowledgement
    server: _Server

    def do_GET(self) -> None:
        if self.path == "/_calls":
            self._send(Answer(200, json.dumps([call.listed() for call in self.server.fake.calls]).encode()))
        else:
            self._send(_error(404, "NOT_FOUND", "Not found."))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self._send(Answer(200, self._answer(raw)))
        except Answer as answer:
            self._send(answer)

    def _answer(self, raw: bytes) -> Json:
        fake = self.server.fake
        body = _object(raw)
        if self.path == "/_outcomes":
            try:
                fake.queue(body["kind"], *body["outcomes"])
            except (KeyError, TypeError, ValueError) as error:
                raise _error(400, "INVALID_ARGUMENT", str(error)) from error
            return {}
        path = _PATH.match(self.path)
        if path is None:
            raise _error(404, "NOT_FOUND", "Not found.")
        call = fake.take(path["model"], body, raw)
        key = self.headers.get("x-goog-api-key")
        if key is None:
            raise _error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
        if key != fake.key:
            raise _bad_key()
        if call.outcome == "suspended-key":
            raise _error(
                403,
                "PERMISSION_DENIED",
                f"Permission denied: Consumer 'api_key:{key}' has been suspended.",
                {
                    "@type": f"{_GOOGLE}ErrorInfo",
                    "reason": "CONSUMER_SUSPENDED",
                    "domain": "googleapis.com",
                    "metadata": {"consumer": f"api_key:{key}"},
                },
            )
        if call.outcome == "quotes-key":
            raise _error(400, "FAILED_PRECONDITION", f"The project of {key} has no billing account")
        if call.outcome == "hang-up":
            self.connection.shutdown(socket.SHUT_RDWR)
        return fake.answer(call)

    def _send(self, answer: Answer) -> None:
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.pop("Content-Type", "application/json; charset=UTF-8"))
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)
        except ConnectionError:
            # The client gave up waiting: what the outcome "timeout" is for.
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


# Reading requests: the client mixes camelCase and snake_case, so both are taken everywhere.


def _get(node: Any, name: str, otherwise: Any = None) -> Any:
    snake = re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name)
    return node.get(name, node.get(snake, otherwise)) if isinstance(node, dict) else otherwise


def _object(raw: bytes) -> Json:
    try:
        body = json.loads(raw or b"{}")
    except ValueError as error:
        raise _error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.") from error
    if not isinstance(body, dict):
        raise _error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")
    return body


def _texts(content: Json) -> Iterable[str]:
    return (part["text"] for part in content.get("parts", []) if "text" in part)


def _words(body: Json) -> Iterable[str]:
    contents = body.get("contents", [])
    for content in contents if isinstance(contents, list) else [contents]:
        for part in content.get("parts", []):
            inline = _get(part, "inlineData")
            if inline is not None:
                yield f"<{_get(inline, 'mimeType')}>"
            else:
                yield part.get("text", "")


def _schema(call: Call) -> Json:
    config = _get(call.body, "generationConfig", {})
    return _get(config, "responseJsonSchema") or _get(config, "responseSchema") or {}


# What it answers with.


def _error(status: int, name: str, message: str, *details: Json, headers: Mapping[str, str] | None = None) -> Answer:
    error: Json = {"code": status, "message": message, "status": name}
    if details:
        error["details"] = list(details)
    return Answer(status, {"error": error}, headers)


def _bad_key() -> Answer:
    message = "API key not valid. Please pass a valid API key."
    return _error(
        400,
        "INVALID_ARGUMENT",
        message,
        {
            "@type": f"{_GOOGLE}ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        },
        {"@type": f"{_GOOGLE}LocalizedMessage", "locale": "en-US", "message": message},
    )


def _quota(period: str, delay: str | None) -> Answer:
    details: list[Json] = [
        {
            "@type": f"{_GOOGLE}QuotaFailure",
            "violations": [
                {
                    "quotaMetric": "generativelanguage.googleapis.com/generate_content_paid_tier_requests",
                    "quotaId": f"GenerateRequestsPer{period}PerProjectPerModel",
                    "quotaDimensions": {"location": "global", "model": "any"},
                    "quotaValue": "10",
                }
            ],
        }
    ]
    if delay is not None:
        details.append({"@type": f"{_GOOGLE}RetryInfo", "retryDelay": delay})
    return _error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", *details)


def _answered(call: Call, *parts: Json, finish: str = "STOP", candidates: int = 0, image_tokens: int = 0) -> Json:
    prompt = max(1, len(call.instructions + call.prompt) // 4) + 1120 * call.references
    details = [{"modality": "IMAGE", "tokenCount": image_tokens}] if image_tokens else []
    candidate: Json = {"finishReason": finish, "index": 0}
    if parts:
        candidate["content"] = {"role": "model", "parts": list(parts)}
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": prompt,
            "candidatesTokenCount": candidates + image_tokens,
            "thoughtsTokenCount": 16,
            "totalTokenCount": prompt + candidates + image_tokens + 16,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
            "candidatesTokensDetails": [*details, {"modality": "TEXT", "tokenCount": candidates}],
        },
        "modelVersion": f"{call.model}-001",
        "responseId": call.sha256[:22],
    }


def _text(call: Call, text: str, *before: Json, finish: str = "STOP") -> Json:
    return _answered(call, *before, {"text": text}, finish=finish, candidates=max(1, len(text) // 4))


def _image(call: Call, data: bytes, *before: Json, media_type: str = "image/png") -> Json:
    return _answered(call, *before, _inline(data, media_type), image_tokens=1120)


def _inline(data: bytes, media_type: str) -> Json:
    return {"inlineData": {"mimeType": media_type, "data": base64.urlsafe_b64encode(data).decode()}}


def _written(call: Call) -> str:
    """Return JSON that fits the schema asked for: what the rehearsal writes where it knows it, else the least."""
    schema = _schema(call)
    drafted = _drafted(call, schema)
    if drafted is not None:
        return drafted
    return json.dumps(_filled(schema, schema.get("$defs", {}), call.sha256[:6]), ensure_ascii=False)


def _drafted(call: Call, schema: Json) -> str | None:
    from studio.domain.errors import StudioError
    from studio.generation.draft.writer import DraftWriter
    from studio.generation.ports import WriteRequest

    known = _known(json.dumps(schema, sort_keys=True))
    if known is None:
        return None
    request = WriteRequest(
        instructions=call.instructions,
        material={json.loads(name): json.loads(value) for name, value in _BLOCK.findall(call.prompt)},
        feedback=tuple(json.loads(problem) for problem in _PROBLEM.findall(call.prompt)),
    )
    try:
        return str(DraftWriter().write(request, known)[0].model_dump_json())
    except StudioError:
        # Material too thin to draft from: the least that fits will do.
        return None


@cache
def _known(schema: str) -> Any:
    """Return the model of ours that a writer is shown this schema for, or None."""
    from studio.domain import (
        affiliate,
        capture,
        comments,
        culture,
        direction,
        hooks,
        learning,
        likeness,
        persona,
        planning,
        post_words,
        product_copy,
        reflection,
        replies,
        run_sheet,
        script,
        storyboard,
        trend_fit,
        viewers,
    )
    from studio.domain.base import Written, build_models
    from studio.generation.gemini.schema import answer_schema

    with _BUILDING:
        # Requests come side by side, and a model that two threads build at once may show either of them half a schema.
        build_models()
    asked = [
        found
        for module in (
            affiliate,
            capture,
            script,
            culture,
            direction,
            storyboard,
            hooks,
            reflection,
            persona,
            viewers,
            likeness,
            learning,
            planning,
            trend_fit,
            comments,
            replies,
            run_sheet,
            post_words,
            product_copy,
        )
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Written) and found is not Written
    ]
    return next((found for found in asked if json.dumps(answer_schema(found), sort_keys=True) == schema), None)


def _judged(call: Call, score: int, **others: Any) -> str:
    """Return a mark for everything that is asked about. others: scores of single criteria, `...` for none at all."""
    scores = {key: others.get(key, score) for key in _schema(call).get("properties", {})}
    marks = {key: {"reason": f"{key} {call.sha256[:6]}", "score": one} for key, one in scores.items() if one is not ...}
    return json.dumps(marks)


def _filled(node: Json, definitions: Json, word: str, name: str = "answer") -> Any:
    """Return the least that fits `node`: required fields only, bounds read from the description as a model would."""
    if "$ref" in node:
        return _filled(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions, word, name)
    if node.get("enum"):
        return node["enum"][0]
    if options := _get(node, "anyOf"):
        return _filled(options[0], definitions, word, name)
    floor = re.search(r"at least (\d+)(?! char)", str(node.get("description", "")), re.IGNORECASE)
    least = int(floor[1]) if floor else int(_get(node, "minItems", 0) or node.get("minimum", 0) or 0)
    match str(node.get("type", "object")).lower():
        case "object":
            properties = node.get("properties", {})
            return {
                field_name: _filled(properties[field_name], definitions, word, field_name)
                for field_name in node.get("required", [])
            }
        case "array":
            return [_filled(node.get("items", {}), definitions, word, name) for _ in range(max(1, least))]
        case "integer":
            return max(1, least)
        case "number":
            return float(least)
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return {"date-time": "2026-11-01T12:00:00Z", "date": "2026-11-01", "time": "12:00:00Z"}.get(
                node.get("format", ""), f"{name.replace('_', ' ')} {word}"
            )


_PIXELS = {"16:9": (168, 96), "9:16": (96, 168), "1:1": (128, 128)}
"""An eighth of what a 1K picture has."""


def painted(call: Call, encoding: str = "PNG") -> bytes:
    """Return a picture in the aspect asked for, another one for every other request."""
    ratio = _get(_get(_get(call.body, "generationConfig", {}), "imageConfig", {}), "aspectRatio", "1:1")
    width, height = _PIXELS.get(ratio) or [16 * int(side) for side in ratio.split(":")]
    digest = bytes.fromhex(call.sha256)
    picture = Image.new("RGB", (width, height), tuple(digest[:3]))
    draw = ImageDraw.Draw(picture)
    for at in range(3, 27, 6):
        x, y = digest[at] * width // 256, digest[at + 1] * height // 256
        draw.rectangle((x, y, x + width // 3, y + height // 3), fill=tuple(digest[at + 2 : at + 5]))
    out = io.BytesIO()
    picture.save(out, encoding)
    return out.getvalue()


def _ok(call: Call) -> Json:
    if call.kind == "image":
        return _image(call, painted(call))
    return _text(call, _judged(call, 4) if call.kind == "judge" else _written(call))


def _thought_first(call: Call) -> Json:
    if call.kind == "image":
        thought = _inline(painted(call, "JPEG"), "image/jpeg") | {"thought": True}
        return _image(call, painted(call), {"text": "First a rough one.", "thought": True}, thought)
    return _text(call, _written(call), {"text": "Let me think. {", "thought": True})


def _truncated(call: Call, finish: str) -> Json:
    whole = _written(call)
    return _text(call, whole[: max(1, len(whole) * 2 // 3)], finish=finish)


def _continued(call: Call) -> Json:
    answer = _truncated(call, "CONTINUATION")
    answer["candidates"][0]["continuationToken"] = base64.urlsafe_b64encode(b"more").decode()
    return answer


def _blocked_prompt(call: Call) -> Json:
    return {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"promptTokenCount": 8, "totalTokenCount": 8},
        "modelVersion": call.model,
    }


def _oversized(call: Call) -> Json:
    return _image(call, painted(call) + bytes(20 * 1024 * 1024))


def _refusing(answer: Callable[[Call], Answer]) -> Callable[[Call], Json]:
    def refuse(call: Call) -> Json:
        raise answer(call)

    return refuse


def _status(status: int, name: str, message: str) -> Callable[[Call], Json]:
    return _refusing(lambda _: _error(status, name, message))


def _stopped(finish: str) -> Callable[[Call], Json]:
    return lambda call: _answered(call, finish=finish)


OUTCOMES: dict[str, Callable[[Call], Json]] = {
    "ok": _ok,
    "429": _refusing(lambda _: _quota("Minute", None)),
    "429-retryinfo": _refusing(lambda _: _quota("Minute", "13s")),
    "429-day": _refusing(lambda _: _quota("Day", "3600.5s")),
    "429-header": _refusing(lambda _: _error(429, "RESOURCE_EXHAUSTED", "Slow down.", headers={"Retry-After": "7"})),
    "400": _status(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "408": _status(408, "DEADLINE_EXCEEDED", "The request took too long."),
    "500": _status(500, "INTERNAL", "An internal error has occurred."),
    "502": _refusing(lambda _: Answer(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})),
    "503": _status(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "504": _status(504, "DEADLINE_EXCEEDED", "The request timed out."),
    "timeout": _ok,
    "hang-up": _ok,  # the connection is closed without a word
    "not-json": _refusing(lambda _: Answer(200, b"<html>Welcome to the hotel's wireless network</html>")),
    "not-object": _refusing(lambda _: Answer(200, b'["what"]')),
    "redirect": _refusing(lambda _: Answer(307, b"{}", {"Location": "/v1/models/elsewhere:generateContent"})),
    "bad-key": _refusing(lambda _: _bad_key()),
    "suspended-key": _ok,  # answered where the key is known
    "quotes-key": _ok,  # answered where the key is known
    "unauthenticated": _status(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "retired-model": _refusing(
        lambda call: _error(
            404,
            "NOT_FOUND",
            f"models/{call.model} is not found for API version v1, or is not supported for generateContent.",
        )
    ),
    "blocked-prompt": _blocked_prompt,
    "safety": _stopped("SAFETY"),
    "recitation": _stopped("RECITATION"),
    "image-safety": _stopped("IMAGE_SAFETY"),
    "image-prohibited": _stopped("IMAGE_PROHIBITED_CONTENT"),
    "image-other": _stopped("IMAGE_OTHER"),
    "no-image": _stopped("NO_IMAGE"),
    "empty": lambda _: {},
    "invalid-json": lambda call: _text(call, "Here is the answer you asked for: {"),
    "truncated-json": lambda call: _truncated(call, "MAX_TOKENS"),
    "cut-json": lambda call: _truncated(call, "STOP"),
    "continuation": _continued,
    "wrong-schema": lambda call: _text(call, json.dumps({"unexpected": True})),
    "poor": lambda call: _text(call, _judged(call, 2)),
    "nothing-applies": lambda call: _text(call, _judged(call, 4, hands=None, faces=None, natural_expression=None)),
    "light-does-not-apply": lambda call: _text(call, _judged(call, 4, light=None)),
    "six-of-five": lambda call: _text(call, _judged(call, 6)),
    "between-scores": lambda call: _text(call, _judged(call, 4, light=3.5)),
    "no-light": lambda call: _text(call, _judged(call, 4, light=...)),
    "thought-first": _thought_first,
    "jpeg": lambda call: _image(call, painted(call, "JPEG"), media_type="image/jpeg"),
    "oversized": _oversized,
    "cut-image": lambda call: _image(call, painted(call)[:-40]),
    "not-image": lambda call: _image(call, b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "no-usage": lambda call: {"candidates": _ok(call)["candidates"]},
}


def main() -> None:
    """Serve until interrupted."""
    wanted = argparse.ArgumentParser(description="A Gemini on loopback.")
    wanted.add_argument("--port", type=int, default=8090)
    wanted.add_argument("--host", default="127.0.0.1")
    wanted.add_argument("--key", default=KEY)
    wanted.add_argument("--text-seconds", type=float, default=0.0)
    wanted.add_argument("--image-seconds", type=float, default=0.0)
    wanted.add_argument("--stall-seconds", type=float, default=300.0)
    wanted.add_argument("--seed", type=int, default=0)
    wanted.add_argument("--rate", action="append", default=[], metavar="OUTCOME=SHARE", help="may be repeated")
    given = wanted.parse_args()
    fake = FakeGemini(
        key=given.key,
        host=given.host,
        port=given.port,
        text_seconds=given.text_seconds,
        image_seconds=given.image_seconds,
        stall_seconds=given.stall_seconds,
        rates={outcome: float(share) for outcome, share in (rate.split("=", 1) for rate in given.rate)},
        seed=given.seed,
    )
    print(fake.url, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        fake.serve()


if __name__ == "__main__":
    main()
