"""What X takes: posts, uploads in segments, and everything wrong with a post before it is sent."""

import math
from datetime import date
from typing import Literal

from pydantic import Field

from studio.channels.limits import MIB, Limits, Medium, medium_problems
from studio.channels.x_length import LONGEST, weighted_length
from studio.domain.base import Value

SEGMENT = 4 * MIB
MOST_SEGMENT = 5_000_000
MOST_SEGMENTS = 1000
"""Segments are numbered 0 to 999. Source: docs.x.com/x-api/media/append-media-upload."""

IMAGES = 4

_SOURCE = "docs.x.com/x-api/media/quickstart/best-practices"
_ON = date(2026, 11, 25)
VIDEO = Limits(
    types=frozenset({"video/mp4", "video/quicktime"}),
    bytes=MOST_SEGMENT * MOST_SEGMENTS,  # X takes 8 GB; so much fits into its segments
    seconds=(0.5, 20 * 60),
    fps=(1, 60),
    aspect=(1 / 3, 3),
    width=(32, 1920),  # the page's table says 1280x1024, its text that subscribers may send 1080p; X scales it down
    height=(32, 1920),
    source=_SOURCE,
    on=_ON,
)
IMAGE = Limits(types=frozenset({"image/jpeg", "image/png", "image/webp"}), bytes=5 * MIB, source=_SOURCE, on=_ON)
GIF = Limits(types=frozenset({"image/gif"}), bytes=15 * MIB, width=(1, 1280), height=(1, 1080), source=_SOURCE, on=_ON)

Category = Literal["tweet_video", "tweet_image", "tweet_gif"]


class XPost(Value):
    """A post: a text, and one video, one GIF or up to four images."""

    text: str = ""
    media: tuple[Medium, ...] = ()
    made_with_ai: bool = True
    paid_partnership: bool = False
    reply_to: str = ""


class Upload(Value):
    """A file on its way: kept between runs, it is all that is needed to go on. Sizes in bytes."""

    media_id: str
    size: int = Field(ge=1)
    segment_bytes: int = Field(ge=1)


def category(medium: Medium) -> Category:
    """Return what X calls this kind of file on a post."""
    if medium.kind == "video":
        return "tweet_video"
    return "tweet_gif" if medium.type == "image/gif" else "tweet_image"


def segment_bytes(size: int) -> int:
    """Return how many bytes go into a segment, so that there are enough numbers for all of them."""
    return max(SEGMENT, math.ceil(size / MOST_SEGMENTS))


def problems(post: XPost) -> list[str]:
    """Return what keeps a post from being taken, one sentence each; [] where nothing does."""
    found = []
    if not post.text.strip() and not post.media:
        found.append("An X post needs a text or a file.")
    if (length := weighted_length(post.text)) > LONGEST:
        found.append(f"The text counts {length:,} on X; {LONGEST} fit.")
    single = [medium for medium in post.media if category(medium) != "tweet_image"]
    if single and len(post.media) > 1:
        found.append("X takes one video or one GIF, and nothing beside it.")
    if len(post.media) > IMAGES:
        found.append(f"X takes up to {IMAGES} images; these are {len(post.media)}.")
    for medium in post.media:
        limits = {"tweet_video": VIDEO, "tweet_gif": GIF, "tweet_image": IMAGE}[category(medium)]
        found += medium_problems("X", medium, limits)
    return found
