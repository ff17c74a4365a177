"""The clips as an edit decision list in the CMX 3600 format, which every editing program still reads.

ASCII, non-drop-frame, 24 frames a second; reel names of at most eight characters.
"""

from collections.abc import Mapping

from studio.domain.screenplay import BEATS
from studio.domain.script import Script
from studio.exports.frames import START, frame, timecode
from studio.exports.timing import timed
from studio.exports.wording import ascii_line

_TITLE_LENGTH = 70
_COMMENT_LENGTH = 120


def to_edl(script: Script, *, files: Mapping[int, str]) -> str:
    """Return the edit decision list: one event per clip in the order in which they are seen.

    files: as in `studio.exports.otio.to_otio`; a clip without one goes by its number.
    """
    rows = [f"TITLE: {ascii_line(script.title)[:_TITLE_LENGTH].strip() or 'EPISODE'}", "FCM: NON-DROP FRAME"]
    scenes = {scene.number: scene for scene in script.scenes}
    for event, spot in enumerate(timed(script).spots, 1):
        start, end = frame(spot.start), frame(spot.end)
        times = " ".join(timecode(at) for at in (0, end - start, START + start, START + end))
        clip = spot.clip
        rows += ["", f"{event:03}  {f'CLIP{clip.number:03}'[:8]:<8} V     C        {times}"]
        rows.append(f"* FROM CLIP NAME: {files.get(clip.number, f'Clip {clip.number}').rpartition('/')[2]}")
        if clip.scene in scenes:
            scene = scenes[clip.scene]
            rows.append(f"* SCENE {scene.number}: {ascii_line(scene.heading)} ({BEATS[scene.beat]})"[:_COMMENT_LENGTH])
    return "\n".join(rows) + "\n"
