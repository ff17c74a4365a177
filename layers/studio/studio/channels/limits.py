"""What a network takes, as data, and what is wrong with a file by it. Nothing here is sent anywhere."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from studio.domain.base import Value

MIB = 1024 * 1024
GIB = 1024 * MIB


class Medium(Value):
    """What is known of a file before it is posted. `size` in bytes, sides in pixels, `fps` None where unknown."""

    kind: Literal["video", "image"]
    type: str = Field(pattern=r"^(video|image)/[\w.+-]+$", max_length=100)
    size: int = Field(ge=1)
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    seconds: float = Field(default=0.0, ge=0)
    fps: float | None = Field(default=None, gt=0)


@dataclass(frozen=True)
class Limits:
    """What one network takes of one kind of file.

    types: media types. bytes: the most. seconds, fps, aspect (width by height), width, height: least and most.
    source, on: where it is published, and when that was read.
    """

    types: frozenset[str]
    bytes: int
    source: str
    on: date
    seconds: tuple[float, float] | None = None
    fps: tuple[float, float] | None = None
    aspect: tuple[float, float] | None = None
    width: tuple[int, int] | None = None
    height: tuple[int, int] | None = None


def medium_problems(network: str, medium: Medium, limits: Limits) -> list[str]:
    """Return what keeps a file from being taken, one sentence each; [] where nothing does."""
    found = []
    if medium.type not in limits.types:
        found.append(f"{network} takes {_listed(limits.types)}, not {medium.type}.")
    if medium.size > limits.bytes:
        found.append(
            f"{network} takes up to {_megabytes(limits.bytes)}; this {medium.kind} has {_megabytes(medium.size)}."
        )
    for measure, unit, value, bounds in (
        ("length", " seconds", medium.seconds, limits.seconds),
        ("frame rate", " per second", medium.fps, limits.fps),
        ("aspect ratio", "", medium.width / medium.height, limits.aspect),
        ("width", " pixels", medium.width, limits.width),
        ("height", " pixels", medium.height, limits.height),
    ):
        if bounds is not None and value is not None and not _within(value, bounds):
            least, most = (f"{bound:,g}" for bound in bounds)
            found.append(
                f"The {medium.kind}'s {measure} must be {least} to {most}{unit} for {network}; it is {value:,.4g}."
            )
    return found


def utf16(text: str) -> int:
    """Return the length in UTF-16 code units: how JavaScript, Java and TikTok count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _within(value: float, bounds: tuple[float, float]) -> bool:
    # A hundredth of leeway: encoders round durations and frame rates, and ratios of whole pixels are never exact.
    least, most = bounds
    return least * 0.99 <= value <= most * 1.01


def _listed(types: frozenset[str]) -> str:
    return ", ".join(sorted(types))


def _megabytes(size: int) -> str:
    return f"{size / MIB:,.1f} MiB"
