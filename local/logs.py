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


def groups(outputs: Outputs, function: str | None) -> list[str]:
    """The log groups of the stack's functions, or of one of them."""
    client = outputs.client("logs")
    prefix = f"/aws/lambda/{outputs.stack}-{(function or '').replace('-', '_') if function else ''}"
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/aws/lambda/{outputs.stack}-")
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    if function is None:
        return names
    wanted = prefix.casefold()
    return [name for name in names if name.replace("-", "_").casefold().startswith(wanted.replace("-", "_"))]


def events(outputs: Outputs, names: list[str], since: float) -> list[dict[str, Any]]:
    """What the groups hold since then, oldest first. `group` is added to each event."""
    client = outputs.client("logs")
    found: list[dict[str, Any]] = []
    for name in names:
        try:
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=int(since * 1000))
            found += [event | {"group": name} for page in pages for event in page["events"]]
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
    return sorted(found, key=lambda event: (event["timestamp"], event.get("ingestionTime", 0)))


def follow(outputs: Outputs, function: str | None, since: float) -> Iterator[dict[str, Any]]:
    """Events for ever, as they come. Late ones are seen too: each poll looks back ten seconds."""
    seen: dict[str, float] = {}
    while True:
        for event in events(outputs, groups(outputs, function), since):
            key = event.get("eventId") or f"{event['group']}{event['timestamp']}{event['message']}"
            if key not in seen:
                seen[key] = event["timestamp"] / 1000
                yield event
        since = max(since, time.time() - 10)
        seen = {key: at for key, at in seen.items() if at >= since - 10}
        time.sleep(POLL_SECONDS)


def line(event: dict[str, Any], stack: str) -> Text | None:
    """One event for a person; None for what the platform says about itself."""
    message = event["message"].strip()
    if not message or message.startswith(_PLATFORM):
        return None
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
    function = event["group"].removeprefix(f"/aws/lambda/{stack}-")
    level, said = _read(message)
    text = Text()
    text.append(f"{at} ", "dim")
    text.append(f"{function} ", "cyan")
    text.append(said, COLOURS.get(level, ""))
    return text


def _read(message: str) -> tuple[str, str]:
    """The level and the readable part of a line, JSON or not."""
    try:
        page = json.loads(message)
    except ValueError:
        page = None
    if not isinstance(page, dict):
        bad = "Traceback" in message or "[ERROR]" in message
        return ("ERROR" if bad else "INFO"), message
    if "_aws" in page:  # a metric in CloudWatch's embedded format
        return "DEBUG", "metric " + " ".join(f"{k}={v}" for k, v in page.items() if k != "_aws")
    level = str(page.get("level", "INFO")).upper()
    said = page.get("message", "")
    parts = [said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)]
    parts += [f"{key}={value}" for key, value in page.items() if key not in _USUAL]
    if page.get("exception"):
        parts.append("\n" + str(page["exception"]))
    return level, f"{level:<8}" + " ".join(parts)
