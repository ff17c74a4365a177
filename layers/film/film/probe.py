"""What a finished film is, found by playing it, and what is wrong with it. A film that fails is not handed out."""

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageChops, ImageStat
from pydantic import Field

from film.encode import AI_GENERATED, DRAFT
from film.loudness import PEAK, TARGET, TOLERANCE, Meter
from film.shape import SAMPLE_RATE, Format
from studio.domain.base import Value

_SMALL = (64, 64)
"""To what a frame is reduced before it is looked at."""
_DARK = 24
"""The brightest level, of 255, of a frame that counts as black: 16 is black in limited range."""
_SAME = 0.02
"""Levels by which a frame that counts as frozen differs from the one before at most, on average."""
MOST_BLACK = 1.5
MOST_FROZEN = 2.0
"""Seconds in a row."""
MOST_WAY = 2.5
"""Seconds from one keyframe to the next; networks cut films into parts there."""
_INDEX_FIRST = (b"moov", b"mdat")


class Wanted(Value):
    """What a film should be. `heard` is whether there is anything to be heard; `words` whether it has subtitles."""

    format: Format
    seconds: float = Field(gt=0)
    heard: bool = True
    words: bool = False
    draft: bool = False


class Probe(Value):
    """What a film is. Loudness in LUFS, peak in dBTP, lengths in seconds; a stream that is not there has no name."""

    video: str = ""
    profile: str = ""
    pixels: str = ""
    colour: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    even: bool = False
    """Whether all frames are equally long."""
    frames: int = 0
    seconds: float = 0.0
    audio: str = ""
    sample_rate: int = 0
    channels: int = 0
    audio_seconds: float = 0.0
    subtitles: str = ""
    language: str = ""
    chapters: tuple[str, ...] = ()
    index_first: bool = False
    loudness: float = 0.0
    peak: float = 0.0
    black: float = 0.0
    """The longest stretch without light."""
    frozen: float = 0.0
    """The longest stretch in which nothing moves."""
    keyframes: float = 0.0
    """The longest way from one keyframe to the next."""
    title: str = ""
    comment: str = ""


class Unplayable(Exception):
    """A file that is no film, or breaks off."""

    def __init__(self) -> None:
        super().__init__("The film cannot be played to its end. Cut it again.")


def probe(path: Path) -> Probe:
    """Return what a film is. Every frame is decoded. Raises Unplayable, and OSError where there is no file."""
    with path.open("rb") as file:
        order = _order(file.read)
    try:
        with av.open(str(path)) as film:
            return _played(film, order)
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise Unplayable from error


def problems(found: Probe, wanted: Wanted) -> list[str]:
    """Return what is wrong with a film, one sentence each; nothing where it may be handed out."""
    form = wanted.format
    frame = 1 / form.rate
    size, sides = (found.width, found.height), form.size
    picture = found.video == "h264" and found.profile == "High"
    sound = found.audio == "aac" and (found.sample_rate, found.channels) == (SAMPLE_RATE, 2)
    loud = not wanted.heard or abs(found.loudness - TARGET) <= TOLERANCE
    checks = [
        (picture, f"The picture is {found.video} {found.profile}, not H.264 High."),
        (found.pixels == "yuv420p" and found.colour == "bt709", "The colours are not 4:2:0 in BT.709."),
        (size == sides, f"It is {size[0]} × {size[1]}, not {sides[0]} × {sides[1]}."),
        (found.even and abs(found.fps - form.rate) < 1e-6, f"It has no steady {form.rate} frames in a second."),
        (abs(found.seconds - wanted.seconds) <= frame, f"It lasts {found.seconds:.2f} s, not {wanted.seconds:.2f} s."),
        (found.index_first, "Its index does not come first."),
        (found.keyframes <= MOST_WAY, f"Keyframes are {found.keyframes:.1f} s apart."),
        (sound, "The sound is not AAC 48 kHz stereo."),
        (abs(found.audio_seconds - found.seconds) <= frame, "Sound and picture are not equally long."),
        (loud, f"It is at {found.loudness:.1f} LUFS, not {TARGET:.0f}."),
        (found.peak <= PEAK, f"Its true peak is {found.peak:.1f} dBTP, above {PEAK:.0f}."),
        (found.black <= MOST_BLACK, f"It is black for {found.black:.1f} s."),
        (found.frozen <= MOST_FROZEN, f"Nothing moves for {found.frozen:.1f} s."),
        (not wanted.words or found.subtitles == "mov_text", "It has no track of subtitles."),
        (AI_GENERATED in found.comment, "It does not say that it is AI-generated."),
        (not wanted.draft or DRAFT in found.comment, "It does not say that it is a rehearsal."),
    ]
    return [problem for fine, problem in checks if not fine]


def _played(film: av.container.InputContainer, index_first: bool) -> Probe:
    if not film.streams.video:
        raise ValueError("no picture")
    video = film.streams.video[0]
    audio = next(iter(film.streams.audio), None)
    texts = next(iter(film.streams.subtitles), None)
    eye, meter = _Eye(float(video.average_rate or 1)), Meter()
    wide = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    heard = 0
    for packet in film.demux([stream for stream in (video, audio) if stream]):
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                eye.see(frame)
            elif isinstance(frame, av.AudioFrame):
                heard += frame.samples
                for out in wide.resample(frame):
                    meter.take(out)
    if eye.frames != video.frames:
        raise ValueError("it breaks off")
    level = meter.read()
    context = video.codec_context
    return Probe(
        video=context.name,
        profile=str(video.profile or ""),
        pixels=context.pix_fmt or "",
        colour="bt709" if (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1) else "",
        width=context.width,
        height=context.height,
        fps=float(video.average_rate or 0),
        even=eye.even,
        frames=eye.frames,
        seconds=float((video.duration or 0) * Fraction(video.time_base.numerator, video.time_base.denominator)),
        audio=audio.codec_context.name if audio else "",
        sample_rate=audio.codec_context.sample_rate if audio else 0,
        channels=audio.codec_context.channels if audio else 0,
        audio_seconds=heard / audio.codec_context.sample_rate if audio else 0.0,
        subtitles=texts.codec_context.name if texts else "",
        language=(texts.language if texts else audio.language if audio else "") or "",
        chapters=tuple(chapter["metadata"].get("title", "") for chapter in film.chapters()),
        index_first=index_first,
        loudness=round(level.integrated, 2),
        peak=round(level.peak, 2),
        black=eye.longest_black,
        frozen=eye.longest_frozen,
        keyframes=eye.longest_way,
        title=film.metadata.get("title", ""),
        comment=film.metadata.get("comment", ""),
    )


class _Eye:
    """Looks at frames in order."""

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self.frames, self.even = 0, True
        self._steps: set[int] = set()
        self._pts: int | None = None
        self._before: Image.Image | None = None
        self._black = self._frozen = self._way = 0
        self._most = {"black": 0, "frozen": 0, "way": 0}

    def see(self, frame: av.VideoFrame) -> None:
        small = _brightness(frame)
        dark = small.getextrema()[1] <= _DARK  # type: ignore[operator]  # one band
        still = self._before is not None and ImageStat.Stat(ImageChops.difference(small, self._before)).mean[0] <= _SAME
        self._black = self._black + 1 if dark else 0
        self._frozen = self._frozen + 1 if still else 0
        self._way = 0 if frame.key_frame else self._way + 1
        for name, now in (("black", self._black), ("frozen", self._frozen), ("way", self._way)):
            self._most[name] = max(self._most[name], now)
        if self._pts is not None and frame.pts is not None:
            self._steps.add(frame.pts - self._pts)
        self._pts, self._before = frame.pts, small
        self.frames += 1
        self.even = len(self._steps) <= 1

    @property
    def longest_black(self) -> float:
        return self._most["black"] / self._fps

    @property
    def longest_frozen(self) -> float:
        return self._most["frozen"] / self._fps

    @property
    def longest_way(self) -> float:
        return (self._most["way"] + 1) / self._fps


def _brightness(frame: av.VideoFrame) -> Image.Image:
    plane = frame.planes[0]
    whole = Image.frombuffer("L", (frame.width, frame.height), bytes(plane), "raw", "L", plane.line_size, 1)
    return whole.resize(_SMALL, Image.Resampling.BOX, reducing_gap=1.0)


def _order(read: Callable[[int], bytes]) -> bool:
    """Tell whether an MP4's index comes before its content; `read` is at its beginning."""
    for _ in range(16):
        head = read(8)
        if len(head) < 8:
            return False
        length, kind = struct.unpack(">L4s", head)
        if kind in _INDEX_FIRST:
            return bool(kind == _INDEX_FIRST[0])
        if length < 8:
            return False
        read(length - 8)
    return False
