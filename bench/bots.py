"""What a bot adds to its own work: validation, the BotRun, logging, the answer.

Each bot that works without an account is called warm, over HTTP's event and as a machine's, in process against the
emulator that runs, as in Lambda without the network before it. Its function is timed from inside, so that what is left
is ours: once with the two writes of a BotRun, and once without what any call to AWS took ("beyond its calls").

    ./studio up; ./.venv/bin/python -m bench.bots [--runs 30]
"""

import argparse
import importlib
import json
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.report import report
from local import laptop, settings

OWNER = "bench-bots"
TARGET_MS = 25.0

REQUESTS: dict[str, dict[str, Any]] = {
    "sales_funnel_bot": {"days": 7},
    "roi_analysis_bot": {"days": 7},
    "ab_testing_bot": {
        "action": "plan",
        "design": {"name": "Which hook", "variants": [{"name": "a"}, {"name": "b"}], "share": 0.1, "effect": 0.04},
    },
    "llm_reflection_bot": {
        "what": "text",
        "text": "Two sisters share a bakery. One of them hides a debt.",
        "brief": "A teaser of two sentences.",
        "rounds": 1,
        "provider": "draft",
    },
    "orchestrator_bot": {"goal": "Why is nobody buying?", "mode": "plan", "provider": "draft"},
}
"""Bots that need no episode and no account, each with a request that keeps it short."""


class Watch:
    """Seconds inside the bot's own function, and inside calls to AWS that it did not make."""

    def __init__(self) -> None:
        self.work = self.calls = 0.0
        self.inside = False

    def reset(self) -> None:
        self.work = self.calls = 0.0


@contextmanager
def watched(handler: Any, watch: Watch) -> Iterator[None]:
    """Time a bot's function, and every call to AWS around it."""
    base: Any = importlib.import_module("botocore.client").BaseClient
    work, call = handler._work, base._make_api_call

    def timed_work(request: Any, studio: Any) -> Any:
        began, watch.inside = time.perf_counter(), True
        try:
            return work(request, studio)
        finally:
            watch.work += time.perf_counter() - began
            watch.inside = False

    def timed_call(client: Any, *arguments: Any, **more: Any) -> Any:
        began = time.perf_counter()
        try:
            return call(client, *arguments, **more)
        finally:
            if not watch.inside:
                watch.calls += time.perf_counter() - began

    handler._work = timed_work
    base._make_api_call = timed_call
    try:
        yield
    finally:
        handler._work = work
        base._make_api_call = call


class LambdaContext:
    """What Lambda tells a function of itself."""

    function_name, function_version, memory_limit_in_mb, aws_request_id = "bench", "1", 1024, "request"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return plenty."""
        return 60_000


def over_http(name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return API Gateway's event of a request."""
    path = f"/functions/{name.replace('_', '-')}"
    context = {"requestId": "r", "stage": "v1", "path": path, "authorizer": {"claims": {"sub": OWNER}}}
    sent = {"Content-Type": "application/json"}
    return {
        "httpMethod": "POST", "path": path, "resource": path, "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()}, "queryStringParameters": None,
        "multiValueQueryStringParameters": None, "pathParameters": None, "requestContext": context,
        "body": json.dumps(request), "isBase64Encoded": False,
    }  # fmt: skip


def measured(name: str, request: dict[str, Any], runs: int) -> list[tuple[str, str, float, float, float]]:
    """Return for both ways in: the work's milliseconds, what is added to it, and that beyond calls to AWS; medians."""
    handler = importlib.import_module(f"functions.{name}.app").handler
    rows = []
    for way, event in (("HTTP", over_http(name, request)), ("machine", {"owner": OWNER, **request})):
        watch = Watch()
        with watched(handler, watch):
            told = [_once(handler, event, watch) for _ in range(runs + 3)][3:]
        work, added, beyond = (statistics.median(figures) * 1000 for figures in zip(*told, strict=True))
        rows.append((name.replace("_", "-"), way, work, added, beyond))
    return rows


def _once(handler: Any, event: dict[str, Any], watch: Watch) -> tuple[float, float, float]:
    watch.reset()
    began = time.perf_counter()
    answer = handler(json.loads(json.dumps(event)), LambdaContext())
    seconds = time.perf_counter() - began
    if answer.get("statusCode", 200) != 200 or answer.get("outcome", "done") != "done":
        raise SystemExit(f"The bot refused: {answer.get('body') or answer}")
    return watch.work, seconds - watch.work, seconds - watch.work - watch.calls


def main() -> None:
    """Measure and report."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=30)
    arguments.add_argument("--data", type=Path, default=settings.DATA_DIR)
    given = arguments.parse_args()
    place = laptop.running(given.data)
    if place is None:
        raise SystemExit("The studio is not running: ./studio up")
    outputs = place.outputs
    functions = outputs.client("lambda")
    told = functions.get_function_configuration(FunctionName=f"{outputs.stack}-orchestrator-bot")
    os.environ |= told["Environment"]["Variables"] | settings.emulator_environment(outputs.endpoint)
    os.environ |= {"POWERTOOLS_METRICS_DISABLED": "1", "POWERTOOLS_LOG_LEVEL": "INFO"}
    os.environ.pop("POWERTOOLS_SERVICE_NAME", None)
    rows = [row for name, request in REQUESTS.items() for row in measured(name, request, given.runs)]
    worst = max(row[4] for row in rows)
    report(
        "bots",
        f"What a bot adds to its own work, ms (target: {TARGET_MS:.0f} beyond its calls)",
        ("Bot", "Way in", "Its work", "Added, with the BotRun's writes", "Added beyond calls"),
        rows,
        worst_ms=worst,
        target_ms=TARGET_MS,
        runs=given.runs,
    )


if __name__ == "__main__":
    main()
