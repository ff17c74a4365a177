"""Wallpapers: which sizes there are, and how large a still must be for one."""

import math
from collections.abc import Collection, Sequence
from typing import Literal

from studio.domain.base import Value


class Screen(Value):
    """A screen to fill, in pixels. enlarged: how much a still may be enlarged for it at most, in each direction."""

    name: Literal["desktop", "phone", "tablet"]
    width: int
    height: int
    enlarged: float

    def scale(self, width: int, height: int) -> float:
        """Return by how much a still of this size is enlarged to fill the screen; below 1 it is made smaller."""
        return max(self.width / width, self.height / height)

    def fits(self, width: int, height: int) -> bool:
        """Whether a still of this size is large enough."""
        return self.scale(width, height) <= self.enlarged

    @property
    def least(self) -> tuple[int, int]:
        """Width and height that a still must have at least."""
        return math.ceil(self.width / self.enlarged), math.ceil(self.height / self.enlarged)


SCREENS = (
    Screen(name="desktop", width=1920, height=1080, enlarged=1.5),
    Screen(name="phone", width=1170, height=2532, enlarged=2.0),
    Screen(name="tablet", width=2048, height=2048, enlarged=2.0),
)
"""Phones and tablets show 460 and 264 pixels to the inch, so that twice enlarged is still finer than a desktop's 92
(apple.com/iphone-14/specs, apple.com/ipad-10.2/specs; a 24-inch Full HD display by arithmetic). The square is for a
tablet that is turned."""


def too_small(clips: Sequence[int], sizes: Collection[tuple[int, int]], screen: Screen) -> str:
    """Return why there are no wallpapers of some clips for a screen, as a sentence. sizes: of their stills."""
    these = f"clip{'s' if len(clips) > 1 else ''} {', '.join(map(str, clips))}"
    told = ", ".join(f"{width} × {height}" for width, height in sorted(sizes))
    least = " × ".join(map(str, screen.least))
    return f"No {screen.name} wallpaper of {these}: too small ({told}); at least {least} is needed."
