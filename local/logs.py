"""Reading the functions' logs: sorted, one line each, coloured by how bad it is."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from rich.text import Text

from local.stack import Outputs

COLOURS = {"ERROR": "red", "CRITICAL": "bold red", "WARNING": "yellow", "WARN": "yellow", "INFO": "", "DEBUG": "dim"}
POLL_SECONDS = 1.0
LOOK_BACK_SECONDS = 3600

# Fields every line has; the rest is what the writer wanted to say.
_USUAL = {
    "level", "message", "timestamp", "time", "location", "service", "function_name", "function_memory_size",
    "function_arn", "function_request_id", "cold_start", "xray_trace_id", "sampling_rate", "exception", "stack_trace",
    "exception_name", "correlation_id",
}  # fmt: skip
_PLATFORM = ("START ", "END ", "REPORT ", "INIT_START", "XRAY ")


def groups(outputs: Outputs) -> list[str]:
    """The log groups the stack's functions write to: the one it names, or one for each function."""
    named = outputs.values.get("LogGroupName")
    if named:
        return [named]
    prefix = f"/aws/lambda/{outputs.stack}-"
    pages = outputs.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def events(outputs: Outputs, function: str | None, since: float) -> list[dict[str, Any]]:
    """What the functions wrote since then, oldest first, each with its `function`; only one's where one is named."""
    client = outputs.client("logs")
    found: list[dict[str, Any]] = []
    for name in groups(outputs):
        try:
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=int(since * 1000))
            found += [event | {"group": name} for page in pages for event in page["events"]]
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
    _name_functions(found, outputs.stack)
    wanted = (function or "").replace("_", "-").casefold()
    chosen = [event for event in found if not wanted or event["function"].casefold() == wanted]
    return sorted(chosen, key=lambda event: (event["timestamp"], event.get("ingestionTime", 0)))


def follow(outputs: Outputs, function: str | None, since: float) -> Iterator[dict[str, Any]]:
    """Events for ever, as they come. Late ones are seen too: each poll looks back ten seconds."""
    seen: dict[str, float] = {}
    while True:
        for event in events(outputs, function, since):
            key = f"{event['logStreamName']}{event['timestamp']}{event['message']}"
            if key not in seen:
                seen[key] = event["timestamp"] / 1000
                yield event
        since = max(since, time.time() - 10)
        seen = {key: at for key, at in seen.items() if at >= since - 10}
        time.sleep(POLL_SECONDS)


def _name_functions(found: list[dict[str, Any]], stack: str) -> None:
    """Add `function` to each event. A stream belongs to one function, and its JSON lines say to which."""
    streams: dict[tuple[str, str], str] = {}
    for event in found:
        page = _json(event["message"])
        name = page.get("service") or page.get("function_name")
        if name:
            streams[event["group"], event["logStreamName"]] = str(name)
    for event in found:
        alone = event["group"].removeprefix(f"/aws/lambda/{stack}-")
        name = streams.get((event["group"], event["logStreamName"]), "" if alone.startswith("/") else alone)
        event["function"] = name.removeprefix(f"{stack}-").replace("_", "-")


def line(event: dict[str, Any]) -> Text | None:
    """One event for a person; None for metrics, and for what the platform says about itself."""
    message = event["message"].rstrip()
    if not message.strip() or message.startswith(_PLATFORM) or "_aws" in _json(message):
        return None
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
    level, said = _read(message)
    text = Text()
    text.append(f"{at} ", "dim")
    text.append(f"{event['function']} ", "cyan")
    text.append(said, COLOURS.get(level, ""))
    return text


def _read(message: str) -> tuple[str, str]:
    """The level and the readable part of a line, JSON or not."""
    page = _json(message)
    if not page:
        bad = "Traceback" in message or "[ERROR]" in message
        return ("ERROR" if bad else "INFO"), message
    level = str(page.get("level", "INFO")).upper()
    said = page.get("message", "")
    parts = [said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)]
    parts += [f"{key}={value}" for key, value in page.items() if key not in _USUAL]
    if page.get("exception"):
        parts.append("\n" + str(page["exception"]))
    return level, f"{level:<8}" + " ".join(parts)


def _json(message: str) -> dict[str, Any]:
    """The object a line holds; empty for a line that holds none."""
    if not message.startswith("{"):
        return {}
    try:
        page = json.loads(message)
    except ValueError:
        return {}
    return page if isinstance(page, dict) else {}
