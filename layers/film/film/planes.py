"""A picture as a film keeps it: brightness in full, colour at half the size (YUV 4:2:0, BT.709, limited range).

Stills are brought into this once. Moving, fading and lettering then work on what the encoder takes, on half as many
numbers as RGB has, and no frame is converted again.
"""

from dataclasses import dataclass
from functools import cache

import av
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image

from film.stills import Box, Size

BLACK = (16, 128, 128)
"""Y, U and V of black in limited range."""


@dataclass(frozen=True)
class Planes:
    """Three pictures of mode L. `u` and `v` have half the sides of `y`, rounded up."""

    y: Image.Image
    u: Image.Image
    v: Image.Image

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.y.size

    def seen_through(self, box: Box, size: Size, sharp: Image.Resampling = Image.Resampling.BICUBIC) -> "Planes":
        """Return what lies in `box`, enlarged or reduced to `size` (even sides). Sides of the box in pixels of `y`.

        The box may begin and end between pixels. Colour is interpolated more cheaply; eyes do not see it sharp. A
        sample of colour sits on the left one of its two columns and between its two rows, as H.264 has it unless told
        otherwise: that is where the quarter of a pixel comes from.
        """
        left, top, right, bottom = box
        shift = 0.25 * (1 - (right - left) / size[0])
        half = (size[0] // 2, size[1] // 2)
        inner = (
            max(left / 2 + shift, 0.0),
            top / 2,
            min(right / 2 + shift, float(self.u.width)),
            min(bottom / 2, float(self.u.height)),
        )
        return Planes(
            _resampled(self.y, box, size, sharp),
            _resampled(self.u, inner, half, Image.Resampling.BILINEAR),
            _resampled(self.v, inner, half, Image.Resampling.BILINEAR),
        )

    def mixed(self, other: "Planes", share: float) -> "Planes":
        """Return a mixture with `share` (0 to 1) of another picture of the same size."""
        return Planes(
            Image.blend(self.y, other.y, share),
            Image.blend(self.u, other.u, share),
            Image.blend(self.v, other.v, share),
        )

    def frame(self) -> av.VideoFrame:
        """Return the picture as a frame for the encoder."""
        frame = av.VideoFrame(*self.size, "yuv420p")
        for plane, picture in zip(frame.planes, (self.y, self.u, self.v), strict=True):
            plane.update(_padded(picture, plane.line_size, plane.buffer_size))
        frame.colorspace = Colorspace.ITU709
        frame.color_range = ColorRange.MPEG
        frame.color_primaries = ColorPrimaries.BT709
        frame.color_trc = ColorTrc.BT709
        return frame


def planes(picture: Image.Image) -> Planes:
    """Return a picture (RGB) as a film keeps it."""
    taken: av.VideoFrame = av.VideoFrame.from_image(picture.convert("RGB"))  # type: ignore[no-untyped-call]
    frame = taken.reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation="BICUBIC",
    )
    return of_frame(frame)


def of_frame(frame: av.VideoFrame) -> Planes:
    """Return a frame (yuv420p, BT.709, limited range) as a film keeps it."""
    width, height = frame.width, frame.height
    half = ((width + 1) // 2, (height + 1) // 2)
    y, u, v = (
        Image.frombytes("L", size, bytes(plane), "raw", "L", plane.line_size)
        for plane, size in zip(frame.planes, ((width, height), half, half), strict=True)
    )
    return Planes(y, u, v)


@cache
def black(size: Size) -> Planes:
    """Return a black picture."""
    half = (size[0] // 2, size[1] // 2)
    y, u, v = (Image.new("L", sides, level) for sides, level in zip((size, half, half), BLACK, strict=True))
    return Planes(y, u, v)


def _resampled(plane: Image.Image, box: Box, size: Size, filter_: Image.Resampling) -> Image.Image:
    """Resize, as Pillow does, but leave out the direction in which nothing is to be done."""
    left, top, right, bottom = box
    if (top, bottom) == (round(top), round(top) + size[1]):
        plane = plane.crop((0, round(top), plane.width, round(top) + size[1]))
        top, bottom = 0.0, float(size[1])
    if (left, right) == (round(left), round(left) + size[0]):
        plane = plane.crop((round(left), 0, round(left) + size[0], plane.height))
        left, right = 0.0, float(size[0])
    if (left, right) != (0.0, size[0]):
        plane = plane.resize((size[0], plane.height), filter_, box=(left, 0.0, right, plane.height))
    if (top, bottom) != (0.0, size[1]):
        plane = _lengthened(plane, top, bottom, size[1], filter_)
    return plane


def _lengthened(plane: Image.Image, top: float, bottom: float, tall: int, filter_: Image.Resampling) -> Image.Image:
    """Resize from top to bottom alone. Columns know nothing of each other, so four may pass for the four bands of one:
    the same numbers, and Pillow is a third faster with them."""
    wide = plane.width
    if wide % 4:
        return plane.resize((wide, tall), filter_, box=(0.0, top, wide, bottom))
    four = Image.frombytes("CMYK", (wide // 4, plane.height), plane.tobytes())
    return Image.frombytes(
        "L", (wide, tall), four.resize((wide // 4, tall), filter_, (0.0, top, wide // 4, bottom)).tobytes()
    )


def _padded(picture: Image.Image, line: int, whole: int) -> bytes:
    """Return the picture's bytes in lines of `line` bytes, `whole` in all: encoders want lines of round lengths."""
    if line != picture.width:
        wider = Image.new("L", (line, picture.height))
        wider.paste(picture, (0, 0))
        picture = wider
    return picture.tobytes().ljust(whole, b"\0")
