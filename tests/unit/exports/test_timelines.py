"""The editing timelines, opened by OpenTimelineIO and its CMX 3600 adapter."""

import json
import re
from itertools import pairwise
from typing import Any

import opentimelineio as otio
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.script import Script
from studio.exports.edl import to_edl
from studio.exports.frames import frame, timecode
from studio.exports.otio import to_otio
from studio.exports.timing import timed
from tests.unit.exports.scripts import hostile_scripts, script, shooting

FILES = {n: f"clips/{n}.png" for n in range(1, 5)}


def timeline(written: Script, files: dict[int, str] = FILES) -> Any:
    text = to_otio(written, provider="draft", prompt="a letter", files=files)
    return otio.adapters.read_from_string(text, "otio_json")


def from_edl(written: Script, files: dict[int, str] = FILES) -> Any:
    return otio.adapters.read_from_string(to_edl(written, files=files), "cmx_3600")


def placed(opened: Any) -> list[tuple[int, int]]:
    """Where each clip starts and ends, in frames from the timeline's start."""
    [track] = opened.video_tracks()
    ranges = [clip.range_in_parent() for clip in track if isinstance(clip, otio.schema.Clip)]
    return [(int(r.start_time.value), int(r.end_time_exclusive().value)) for r in ranges]


def test_the_library_opens_it_with_clips_gaps_and_markers() -> None:
    opened = timeline(script())
    assert (opened.name, opened.global_start_time) == ("The Letter", otio.opentime.RationalTime(86400, 24))
    [track] = opened.tracks
    assert [type(item).__name__ for item in track] == ["Clip", "Clip", "Gap", "Clip", "Gap", "Clip"]
    assert [clip.media_reference.target_url for clip in opened.find_clips()] == list(FILES.values())
    assert [(m.name, m.comment, m.color) for m in track.markers][:1] == [
        ("1. INT. KITCHEN - NIGHT", "Cold open", "CYAN")
    ]
    assert opened.metadata["episode_studio"]["draft"] is True
    assert next(iter(opened.find_clips())).metadata["episode_studio"]["description"] == "The letter falls."
    assert track.duration().to_timecode() == timecode(frame(timed(script()).end))


def test_what_the_library_writes_again_means_the_same() -> None:
    opened = timeline(script())
    assert otio.adapters.read_from_string(opened.to_json_string(), "otio_json").is_equivalent_to(opened)
    told = json.loads(to_otio(script(), provider="draft", prompt="a letter", files=FILES))
    again = json.loads(opened.to_json_string())
    assert again["tracks"]["children"][0]["children"][0]["OTIO_SCHEMA"] == "Clip.2"
    assert told["tracks"]["children"][0]["children"][0].keys() <= again["tracks"]["children"][0]["children"][0].keys()


def test_a_clip_without_a_file_stands_in_its_place_with_its_media_missing() -> None:
    opened = timeline(script(), {1: "clips/1.mp4"})
    media = [clip.media_reference for clip in opened.find_clips()]
    assert [type(reference).__name__ for reference in media] == ["ExternalReference"] + ["MissingReference"] * 3
    assert media[0].target_url == "clips/1.mp4"


def test_the_edit_decision_list_is_read_back_at_the_same_frames() -> None:
    opened = from_edl(script())
    assert opened.name == "The Letter"
    [track] = opened.video_tracks()
    clips = [item for item in track if isinstance(item, otio.schema.Clip)]
    assert [clip.name for clip in clips] == ["1.png", "2.png", "3.png", "4.png"]
    assert [clip.metadata["cmx_3600"]["reel"] for clip in clips] == ["CLIP001", "CLIP002", "CLIP003", "CLIP004"]
    assert list(clips[0].metadata["cmx_3600"]["comments"]) == ["SCENE 1: INT. KITCHEN - NIGHT (Cold open)"]
    assert placed(opened) == placed(timeline(script()))


def test_the_edit_decision_list_begins_at_one_hour_and_drops_no_frames() -> None:
    rows = to_edl(script(), files={}).split("\n")
    assert rows[:4] == [
        "TITLE: The Letter",
        "FCM: NON-DROP FRAME",
        "",
        "001  CLIP001  V     C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00",
    ]
    assert rows[4] == "* FROM CLIP NAME: Clip 1"


def test_other_scripts_become_ascii() -> None:
    text = to_edl(script(title="Łódź — “Żółć”", heading="INT. КУХНЯ - NIGHT"), files=FILES)
    assert text.isascii()
    assert 'TITLE: Lodz - "Zolc"' in text
    assert "INT. ????? - NIGHT" in text


@given(st.integers(0, 10**6))
def test_timecodes_count_every_frame(frames: int) -> None:
    assert otio.opentime.from_timecode(timecode(frames), 24).value == frames


@given(hostile_scripts())
@settings(max_examples=30)
def test_any_text_opens_in_both(written: Script) -> None:
    opened = timeline(written)
    assert next(iter(opened.find_clips())).metadata["episode_studio"]["description"] == written.clips[0].description
    text = to_edl(written, files=FILES)
    assert text.isascii()
    assert all(len(row) <= 120 and row.isprintable() for row in text.split("\n"))
    assert len(re.findall(r"^\d{3}  ", text, re.MULTILINE)) == 4
    assert placed(from_edl(written)) == placed(opened)


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
    st.lists(st.lists(st.integers(1, 4), max_size=3), min_size=1, max_size=6),
)
@settings(max_examples=30)
def test_nothing_overlaps_and_nothing_is_empty(spoken: list[int], lines: list[list[int]]) -> None:
    ranges = placed(timeline(shooting(spoken, lines), {}))
    assert len(ranges) == len(lines)
    assert all(start < end for start, end in ranges)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
