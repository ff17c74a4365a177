"""The camera over a still: where it looks in every frame of a shot.

A move is a window that travels over a plate a little larger than the film. The window begins and ends between pixels,
so that a slow move does not step, and it eases in and out.
"""

from dataclasses import dataclass

from PIL import Image

from film.planes import Planes, planes
from film.stills import Box, Size, fitting, opened
from studio.domain.shot import Move

_PACE = 0.016
"""By how much of the frame a camera moves in a second: slow enough for a face, fast enough to be felt."""
_LEAST, _MOST = 0.03, 0.14
"""The shortest and the longest way of a move, as a share of the frame."""
_SIDEWAYS = 1.3
"""A pan needs more way than a push to be felt."""
_BREATH = 0.35
"""What is left of the way where the camera stands: nothing real stands quite still."""
_FACES = 0.35
"""Where between top and bottom a close view lies: a little towards faces."""


@dataclass(frozen=True)
class View:
    """Where the camera looks. `x` and `y` say where between the plate's edges the window lies: 0 is at the left or top
    edge, 1 at the other. `scale` is its size by the film's: 1 is the closest view, pixel by pixel.
    """

    x: float
    y: float
    scale: float = 1.0

    def towards(self, other: "View", share: float) -> "View":
        """Return a view on the way. Zooming is even to the eye when the size changes by equal factors."""
        return View(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
            self.scale * (other.scale / self.scale) ** share,
        )


@dataclass(frozen=True)
class Course:
    """A whole move. `wider` and `taller` are how many times the film's sides its plate has."""

    wider: float
    taller: float
    begin: View
    end: View

    def view(self, share: float) -> View:
        """Return where the camera looks when `share` of the shot (0 to 1) is over."""
        return self.begin.towards(self.end, eased(share))


def eased(share: float) -> float:
    """Return the share of the way at a share of the time: 3t² − 2t³, which starts and stops without a jerk."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def course(move: Move, seconds: float) -> Course:
    """Return how the camera moves in a shot of `seconds`: a longer shot goes further, and not faster."""
    way = min(max(_PACE * seconds, _LEAST), _MOST)
    if move is Move.STATIC:
        way *= _BREATH
    far, close = View(0.5, 0.5, 1 + way), View(0.5, _FACES)
    along = 1 + way * _SIDEWAYS
    match move:
        case Move.PULL_OUT:
            return Course(1 + way, 1 + way, close, far)
        case Move.PAN_LEFT:
            return Course(along, 1, View(1, 0), View(0, 0))
        case Move.PAN_RIGHT:
            return Course(along, 1, View(0, 0), View(1, 0))
        case Move.TILT_UP:
            return Course(1, along, View(0, 1), View(0, 0))
        case Move.TILT_DOWN:
            return Course(1, along, View(0, 0), View(0, 1))
        case Move.DRIFT:
            return Course(1 + way, 1 + way, View(0, 1), View(1, _FACES, 1 + way / 2))
        case Move.STATIC | Move.PUSH_IN:
            return Course(1 + way, 1 + way, far, close)


class Plate:
    """A still made ready for its move. `size` is the film's; the plate is larger by the room that the move needs."""

    def __init__(self, still: bytes, move: Move, seconds: float, size: Size) -> None:
        """Open the still. Raises BrokenStill."""
        self._size, self._course = size, course(move, seconds)
        larger = (_even(size[0] * self._course.wider), _even(size[1] * self._course.taller))
        picture = planes(opened(still))
        self._planes = picture.seen_through(fitting(picture.size, larger), larger, Image.Resampling.LANCZOS)

    def at(self, share: float) -> Planes:
        """Return the frame of the film when `share` of the shot (0 to 1) is over."""
        return self._planes.seen_through(self.box(share), self._size)

    def box(self, share: float) -> Box:
        """Return the part of the plate that is seen, in its pixels."""
        return framed(self._course.view(share), self._size, self._planes.size)


def framed(view: View, size: Size, plate: Size) -> Box:
    """Return a view's window on a plate, in its pixels; `size` is the film's."""
    width, height = min(size[0] * view.scale, plate[0]), min(size[1] * view.scale, plate[1])
    left, top = view.x * (plate[0] - width), view.y * (plate[1] - height)
    return left, top, left + width, top + height


def _even(side: float) -> int:
    return round(side / 2) * 2
