"""A clip that moves by itself, as a video model gives it, brought to the film's shape and rate."""

import io
from collections.abc import Iterator

import av
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from film.planes import Planes, of_frame
from film.shape import Format
from film.stills import fitting

_BROKEN = (av.FFmpegError, ValueError, IndexError)
"""What PyAV raises for bytes that are no video."""


class BrokenClip(Exception):
    """A video that cannot be played. `number` is the shot's, from 1; 0 where it belongs to none."""

    def __init__(self, number: int = 0) -> None:
        where = f"The video of shot {number}" if number else "The video"
        super().__init__(f"{where} cannot be played. Cut the shot from its still, or let the clip be moved again.")
        self.number = number


def playable(clip: bytes) -> bool:
    """Tell whether a video begins to play; one that is torn later is found when it is cut."""
    try:
        next(_frames(clip))
    except (StopIteration, *_BROKEN):
        return False
    return True


class Footage:
    """A video, one frame of the film after another. Where it is shorter than its shot, its last frame stays."""

    def __init__(self, clip: bytes, format_: Format) -> None:
        """Open the clip. Raises BrokenClip."""
        self._format, self._number = format_, 0
        self._frames = _frames(clip)
        try:
            self._now = next(self._frames)
        except (StopIteration, *_BROKEN) as error:
            raise BrokenClip from error
        self._first = self._now.time or 0.0
        self._after: av.VideoFrame | None = self._now

    def next(self) -> Planes:
        """Return the film's next frame. Raises BrokenClip."""
        # Half a frame early is still the frame that is nearest.
        due = self._first + (self._number + 0.5) / self._format.rate
        self._number += 1
        try:
            while self._after is not None and (self._after.time or 0.0) <= due:
                self._now = self._after
                self._after = next(self._frames, None)
        except _BROKEN as error:
            raise BrokenClip from error
        picture = of_frame(
            self._now.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
        )
        return picture.seen_through(
            fitting(picture.size, self._format.size), self._format.size, Image.Resampling.BICUBIC
        )


def _frames(clip: bytes) -> Iterator[av.VideoFrame]:
    with av.open(io.BytesIO(clip), "r") as file:
        file.streams.video[0].thread_type = "AUTO"
        yield from file.decode(video=0)
