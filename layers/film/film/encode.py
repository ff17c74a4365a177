"""Pictures and sound become an MP4 that every player and network takes.

H.264 High in 4:2:0 with BT.709 marked, AAC-LC 48 kHz stereo, one rate of frames, a keyframe at least every two seconds,
and the index in front of the content, so that a player can begin before it has everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
from av.audio.stream import AudioStream
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import SubtitleSet
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from film.shape import SAMPLE_RATE, Format

PRESET = "veryfast"
QUALITY = 20
"""x264's constant rate factor: as good as the still to the eye, at 2 to 6 Mbit/s for 1080p of stills that move."""
KEYFRAME_SECONDS = 2
AUDIO_BITS = 192_000
AI_GENERATED = "AI-generated"
DRAFT = "DRAFT"
"""What a comment begins with, where it is so; programs that sort files look for these words."""

_MILLISECONDS = Fraction(1, 1000)


@dataclass(frozen=True)
class Tags:
    """What the file says about itself. `language` is an ISO 639-2 code of three letters, und where unknown."""

    title: str
    comment: str = ""
    draft: bool = False
    language: str = "und"

    def metadata(self) -> dict[str, str]:
        """Return what is written into the file."""
        rehearsal = f"{DRAFT}: a rehearsal, not for publication." if self.draft else ""
        comment = " ".join(part for part in (f"{AI_GENERATED}.", rehearsal, self.comment) if part)
        return {"title": self.title, "comment": comment, "description": comment}


@dataclass(frozen=True)
class Chapter:
    """A part of the film that a player can jump to; it lasts until the next one."""

    start: float
    title: str


@dataclass(frozen=True)
class Words:
    """What is said from `start` to `end`, in seconds."""

    start: float
    end: float
    speaker: str
    text: str


class Reel:
    """An MP4 that is being written. Use it in a `with`; frames and sound may come in any order near each other."""

    def __init__(
        self,
        path: Path,
        format_: Format,
        tags: Tags,
        words: Sequence[Words] = (),
        chapters: Sequence[Chapter] = (),
        end: float = 0.0,
        preset: str = PRESET,
    ) -> None:
        """Open the file. `end` is the film's length in seconds, where there are chapters.

        Raises OSError (av.FFmpegError is one) where it cannot be written.
        """
        self._format = format_
        self._file = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._video = self._picture_stream(preset)
        self._audio = self._sound_stream(tags.language)
        self._words = sorted(words, key=lambda line: line.start)
        self._subtitles = self._subtitle_stream(tags.language) if self._words else None
        self._file.metadata.update(tags.metadata())
        self._file.set_chapters(_marked(chapters, end))
        self._frames = self._samples = self._told = 0

    def __enter__(self) -> "Reel":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._file.close()

    def picture(self, frame: av.VideoFrame) -> None:
        """Add the next frame."""
        self._tell(self._frames / self._format.rate)
        frame.pts, frame.time_base = self._frames, Fraction(1, int(self._format.rate))
        self._frames += 1
        self._file.mux(self._video.encode(frame))

    def sound(self, frame: av.AudioFrame) -> None:
        """Add the next samples: planar floats, 48 kHz stereo, as many as there are."""
        frame.pts, frame.time_base, frame.sample_rate = self._samples, Fraction(1, SAMPLE_RATE), SAMPLE_RATE
        self._samples += frame.samples
        self._file.mux(self._audio.encode(frame))

    @property
    def behind(self) -> bool:
        """Tell whether sound is due: the picture is further."""
        return self._samples < self._frames * self._format.samples

    def _finish(self) -> None:
        self._tell(float("inf"))
        self._file.mux(self._video.encode(None))
        self._file.mux(self._audio.encode(None))

    def _tell(self, now: float) -> None:
        """Write the subtitles that begin until now."""
        while self._subtitles and self._told < len(self._words) and self._words[self._told].start <= now:
            line = self._words[self._told]
            start, end = round(line.start * 1000), round(line.end * 1000)
            words = SubtitleSet.create(_ass(line, self._told), 0, max(end - start, 1), pts=start * 1000)
            packet = self._subtitles.codec_context.encode_subtitle(words)
            packet.stream = self._subtitles
            packet.time_base = _MILLISECONDS
            packet.pts = packet.dts = start
            packet.duration = max(end - start, 1)
            self._file.mux(packet)
            self._told += 1

    def _picture_stream(self, preset: str) -> VideoStream:
        rate = int(self._format.rate)
        stream = self._file.add_stream("libx264", rate=rate)
        stream.width, stream.height = self._format.size
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, rate)
        stream.gop_size = rate * KEYFRAME_SECONDS
        stream.color_range, stream.colorspace = ColorRange.MPEG, Colorspace.ITU709
        stream.color_primaries, stream.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        stream.options = {"preset": preset, "crf": str(QUALITY), "profile": "high"}
        return stream

    def _sound_stream(self, language: str) -> AudioStream:
        stream = self._file.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", bit_rate=AUDIO_BITS)
        stream.metadata["language"] = language
        return stream

    def _subtitle_stream(self, language: str) -> SubtitleStream:
        stream = self._file.add_stream("mov_text")
        stream.codec_context.subtitle_header = _HEADER
        stream.time_base = _MILLISECONDS
        stream.metadata["language"] = language
        return stream


_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Alignment
Style: Default,Arial,16,&Hffffff,0,2

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def _ass(line: Words, number: int) -> bytes:
    """Return words the way the subtitle encoder takes them. Braces and backslashes would be commands."""
    text = line.text.replace("\\", "⧵").replace("{", "❴").replace("}", "❵")
    return f"{number},0,Default,,0,0,0,,{' '.join(text.split())}".encode()


def _marked(chapters: Sequence[Chapter], end: float) -> list[Any]:
    edges = [*(round(chapter.start * 1000) for chapter in chapters), round(end * 1000)]
    return [
        {
            "id": number,
            "start": edges[number],
            "end": edges[number + 1],
            "time_base": _MILLISECONDS,
            "metadata": {"title": chapter.title},
        }
        for number, chapter in enumerate(chapters)
    ]
