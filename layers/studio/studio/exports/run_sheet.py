"""A run-sheet as Markdown: to print, or to keep open beside the camera."""

import re

from studio.domain.run_sheet import RunSheet, TimedSegment


def markdown(sheet: RunSheet) -> str:
    """Return a run-sheet as Markdown. Whatever users wrote stands in it as text and not as markup."""
    lines = [f"# {_text(sheet.title)}", "", _text(sheet.description), ""]
    if sheet.starts_at is None:
        lines.append(f"{sheet.minutes} minutes; the hour is not set yet.")
    else:
        lines.append(f"{sheet.starts_at:%A, %d %B %Y, %H:%M} (UTC{sheet.starts_at:%z}), {sheet.minutes} minutes.")
    lines += ["", "| Start | Min | Segment | Host | What happens | Cue |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {_start(one)} | {one.minutes} | {one.number}. {_text(one.name)} | {_text(one.host)} | {_text(one.happens)} "
        f"| {_text(one.cue)} |"
        for one in sheet.segments
    ]
    lines += ["", "## Polls", ""]
    for poll in sheet.polls:
        lines.append(f"- Segment {poll.segment}: {_text(poll.question)}")
        lines += [f"  - {_text(option)}" for option in poll.options]
    lines += ["", "## Questions for the chat", ""]
    lines += [f"- Segment {one.segment}: {_text(one.question)}" for one in sheet.questions]
    lines += ["", "## Moments of the episode", ""]
    lines += [f"- Segment {one.segment}: scene {one.scene}, clip {one.clip}. {_text(one.why)}" for one in sheet.moments]
    lines += ["", "## Moderation", "", *(f"- {_text(note)}" for note in sheet.moderation), ""]
    return "\n".join(lines)


def _start(segment: TimedSegment) -> str:
    offset = f"+{segment.start_minute // 60}:{segment.start_minute % 60:02}"
    return offset if segment.at is None else f"{segment.at:%H:%M} ({offset})"


def _text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))
