"""The studio's HTTP API, as the command line sees it."""

import time
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any, Self

import httpx

from local.problems import StudioProblem

Json = dict[str, Any]

POLITE_RETRIES = 4
FIRST_PAUSE = 0.3
_PASSING = {502, 503, 504}

QUICK_WAY, FULL_WAY = "/functions/generate-episode-from-prompt", "/functions/episode-producer"


class ApiProblem(StudioProblem):
    """The API said no: `status`, its problem+json `type`, and the paths of the fields it did not like."""

    def __init__(self, answer: httpx.Response) -> None:
        page: Json = {}
        with suppress(ValueError):
            found = answer.json()
            page = found if isinstance(found, dict) else {}
        self.status = answer.status_code
        self.kind = str(page.get("type", ""))
        errors = page.get("errors")
        fields = errors if isinstance(errors, list) else []
        sentence = page.get("detail") or page.get("title") or page.get("message") or answer.reason_phrase
        listed = "; ".join(
            f"{field.get('path')}: {field.get('message')}" for field in fields if isinstance(field, dict)
        )
        request = f" (request {page['request_id']})" if page.get("request_id") else ""
        super().__init__(
            f"{sentence}{f' [{listed}]' if listed else ''}{request}",
            _advice(self.status, answer),
            code=2 if self.status in {400, 413, 422} else 1,
        )


class StudioClient:
    """Calls on behalf of one signed-in person. `token(fresh)` gives an ID token; with `fresh` never a kept one."""

    def __init__(self, api_url: str, token: Callable[[bool], str], *, local: bool = False) -> None:
        self.local = local
        self._token = token
        self._bearer = ""
        self._http = httpx.Client(
            base_url=api_url,
            timeout=httpx.Timeout(35.0, connect=10.0),  # API Gateway itself gives up at 29 s
            trust_env=not local,  # a proxy has no business between this laptop and itself
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **parameters: str | int) -> Json:
        """One JSON object."""
        page: Json = self._call("GET", path, params=parameters or None).json()
        return page

    def document(self, path: str, accept: str = "*/*") -> bytes:
        """A document's bytes as they came."""
        return self._call("GET", path, headers={"Accept": accept}).content

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str | None = None) -> Json:
        """Create or start something; `key` makes it safe to send twice (one is made up when it is absent)."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer = self._call("POST", path, json=dict(body or {}), headers=headers)
        page: Json = answer.json() if answer.content else {}
        return page

    def ask(self, method: str, path: str, body: Mapping[str, Any]) -> Json:
        """Send what somebody once sent, once: work that came to nothing must not be begun again."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        page: Json = self._call(method, path, passing=(), json=dict(body), headers=headers).json()
        return page

    def put(self, path: str, body: Mapping[str, Any]) -> Json:
        """Replace something."""
        page: Json = self._call("PUT", path, json=dict(body)).json()
        return page

    def delete(self, path: str) -> None:
        """Delete something."""
        self._call("DELETE", path)

    # What the commands do, by name.

    def episode(self, episode_id: str) -> Json:
        """An episode with its stages and clips."""
        return self.get(f"/episodes/{episode_id}")

    def files(self, episode_id: str) -> list[Json]:
        """The episode's files, each with a link that works for some minutes."""
        items: list[Json] = self.get(f"/episodes/{episode_id}/files")["items"]
        return items

    def start(self, order: Mapping[str, Any], key: str, *, full: bool = False) -> Json:
        """Begin an episode, or with `{"episode_id": …}` go on with one; `full` through all stages on paper."""
        return self.post(FULL_WAY if full else QUICK_WAY, order, key=key)

    def cancel(self, episode_id: str) -> None:
        """Stop an episode; one that is over already stays as it is."""
        try:
            self.post(f"/episodes/{episode_id}/cancel")
        except ApiProblem as problem:
            if problem.status != httpx.codes.CONFLICT:
                raise

    def stage(self, episode_id: str, name: str) -> Json | None:
        """What a stage made of an episode, part by part; None before it has worked on it."""
        try:
            return self.get(f"/episodes/{episode_id}/stages/{name}")
        except ApiProblem as problem:
            if problem.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def run_bot(self, name: str, request: Mapping[str, Any], pause: float = 0.3) -> Json:
        """Run a bot to its end and return its run. Raises StudioProblem for one that nobody works on any more."""
        deadline = time.monotonic() + _LONGEST_RUN
        begun = self._call(
            "POST",
            f"/functions/{name}",
            json=dict(request),
            headers={"Idempotency-Key": str(uuid.uuid4()), "Prefer": "respond-async"},
        ).json()
        while True:
            run = self.get(f"/runs/{begun['run_id']}")
            if run["status"] in {"succeeded", "failed"}:
                return run
            if time.monotonic() > deadline:
                raise StudioProblem(f"The run {run['run_id']} has not ended.", f"./studio logs {name}")
            time.sleep(pause)

    def open_review(self, episode_id: str, gate: str | None = None) -> Json | None:
        """The gate that waits for an answer, of this name where one is given; None when none does."""
        reviews: list[Json] = self.get(f"/episodes/{episode_id}/reviews")["items"]
        return next((review for review in reviews if review["open"] and gate in {None, review["gate"]}), None)

    def answer(self, episode_id: str, review: Json, decision: str, **more: Any) -> Json:
        """Answer a gate: approve, with an `edit` or without, or reject, with a `reason`."""
        told = {"review_id": review["review_id"], "decision": decision, **more}
        return self.post(f"/episodes/{episode_id}/reviews/{review['gate']}", told)

    def ready_made_project(self) -> Json:
        """The owner's project "Say Walahi", made with its ready-made cast when there is none yet."""
        title = "Say Walahi"
        cursor = ""
        found: Json | None = None
        while found is None:
            page = self.get("/projects", limit=50, **({"cursor": cursor} if cursor else {}))
            found = next((item for item in page["items"] if item.get("brief", {}).get("title") == title), None)
            cursor = page.get("cursor") or ""
            if not cursor:
                break
        if found is None:
            found = self.post("/projects", SAY_WALAHI | {"title": title})
        self.post(f"/projects/{found['project_id']}/characters/ready-made", {"cast": "say-walahi"})
        return found

    def _call(self, method: str, path: str, *, passing: Collection[int] = _PASSING, **request: Any) -> httpx.Response:
        headers = dict(request.pop("headers", {}))
        self._bearer = self._bearer or self._token(False)
        for attempt in range(POLITE_RETRIES + 1):
            last = attempt == POLITE_RETRIES
            try:
                answer = self._http.request(
                    method, path, headers=headers | {"Authorization": f"Bearer {self._bearer}"}, **request
                )
            except httpx.TransportError as problem:
                # A POST carries its Idempotency-Key, so sending it again is as safe as a GET.
                if last:
                    raise StudioProblem(
                        f"The studio's API does not answer ({type(problem).__name__}).", "./studio status"
                    ) from problem
            else:
                if answer.status_code == httpx.codes.UNAUTHORIZED and attempt == 0:
                    self._bearer = self._token(True)
                    continue
                if answer.status_code not in passing or last:
                    if answer.is_success:
                        return answer
                    raise ApiProblem(answer)
            time.sleep(FIRST_PAUSE * 2**attempt)
        raise AssertionError("unreachable")


_LONGEST_RUN = 920.0
"""A function runs for 15 minutes at most, in seconds, and a little to be started in."""

SAY_WALAHI: Json = {
    "genre": "reality drama",
    "mood": "warm, tense, funny",
    "theme": "one family, one tall house, and the truth coming out",
    "locale": "en-US",
    "community": "Somalis in Minneapolis",
    "aspect": "16:9",
}


def _advice(status: int, answer: httpx.Response) -> str:
    if status == httpx.codes.UNAUTHORIZED:
        return "Sign in again: ./studio token"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return f"Try again in {answer.headers.get('Retry-After', 'a few')} seconds."
    if status == httpx.codes.PAYMENT_REQUIRED:
        return "Raise the budget, or wait for the next month. ./studio status shows what was spent."
    if status == httpx.codes.NOT_FOUND and "/episodes/" in answer.request.url.path:
        return "./studio status lists your episodes."
    if status in {httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE}:
        return "Try again in a moment, or rehearse with --provider draft. ./studio logs shows more."
    return ""
