"""The clips on a timeline, as OpenTimelineIO JSON (https://opentimelineio.readthedocs.io) for editing programs.

Written by hand: the format is plain JSON, and the library is a compiled one that would weigh on every cold start.
"""

import json
from collections.abc import Mapping
from typing import Any

from studio.domain.screenplay import BEATS
from studio.domain.script import Beat, Script
from studio.exports.frames import RATE, START, frame
from studio.exports.timing import SceneSpan, Spot, timed
from studio.exports.wording import one_line

NAMESPACE = "episode_studio"

type _Object = dict[str, Any]

_COLOURS = {
    Beat.COLD_OPEN: "CYAN",
    Beat.CONFESSIONAL: "PURPLE",
    Beat.ALLIANCE: "GREEN",
    Beat.BETRAYAL: "RED",
    Beat.ESCALATION: "ORANGE",
    Beat.TWIST: "MAGENTA",
    Beat.CLIFFHANGER: "YELLOW",
    Beat.RESOLUTION: "BLUE",
}


def to_otio(script: Script, *, provider: str, prompt: str, files: Mapping[int, str]) -> str:
    """Return the timeline as OTIO JSON.

    files: where each clip's file is, seen from the timeline ("clips/1.png"), by the clip's number. A clip without one
    stands in its place with its media missing.
    """
    timing = timed(script)
    children: list[_Object] = []
    at = 0
    for spot in timing.spots:
        start, end = frame(spot.start), frame(spot.end)
        if start > at:
            children.append(_gap(start - at))
        children.append(_clip(spot, end - start, files.get(spot.clip.number)))
        at = end
    if frame(timing.end) > at:
        children.append(_gap(frame(timing.end) - at))
    track = _item("Track.1", "V1") | {
        "children": children,
        "kind": "Video",
        "markers": [_marker(span) for span in timing.scenes],
    }
    about = {"synopsis": script.synopsis, "prompt": prompt, "provider": provider, "draft": provider == "draft"}
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": one_line(script.title),
        "global_start_time": _time(START),
        "metadata": {NAMESPACE: about | {"open_question": script.open_question}},
        "tracks": _item("Stack.1", "tracks") | {"children": [track]},
    }
    return json.dumps(timeline, ensure_ascii=False, indent=2) + "\n"


def _item(schema: str, name: str) -> _Object:
    shared: _Object = {"metadata": {}, "source_range": None, "effects": [], "markers": [], "enabled": True}
    return {"OTIO_SCHEMA": schema, "name": name} | shared


def _clip(spot: Spot, frames: int, file: str | None) -> _Object:
    told = spot.clip.model_dump(mode="json")
    return _item("Clip.2", f"Clip {spot.clip.number}") | {
        "metadata": {NAMESPACE: told},
        "source_range": _range(0, frames),
        "media_references": {"DEFAULT_MEDIA": _media(file)},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _media(file: str | None) -> _Object:
    shared: _Object = {"metadata": {}, "available_image_bounds": None}
    if file is None:
        return {"OTIO_SCHEMA": "MissingReference.1", "name": "", "available_range": None} | shared
    name = file.rpartition("/")[2]
    reference = {"OTIO_SCHEMA": "ExternalReference.1", "name": name, "target_url": file}
    # How long the file is, only the file knows.
    return reference | {"available_range": None} | shared


def _gap(frames: int) -> _Object:
    return _item("Gap.1", "") | {"source_range": _range(0, frames)}


def _marker(span: SceneSpan) -> _Object:
    scene = span.scene
    start = frame(span.start)
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": f"{scene.number}. {one_line(scene.heading)}",
        "color": _COLOURS[scene.beat],
        "comment": BEATS[scene.beat],
        "marked_range": _range(start, frame(span.end) - start),
        "metadata": {NAMESPACE: {"scene": scene.number, "beat": scene.beat.value, "action": scene.action}},
    }


def _range(start: int, frames: int) -> _Object:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start), "duration": _time(frames)}


def _time(frames: int) -> _Object:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(RATE), "value": float(frames)}
