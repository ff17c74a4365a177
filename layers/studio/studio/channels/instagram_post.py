"""What Instagram takes: posts, and everything wrong with one before it is sent."""

import re
from datetime import date

from studio.channels.limits import MIB, Limits, Medium, medium_problems, utf16
from studio.domain.base import Value

CAPTION = 2200
HASHTAGS = 30
MENTIONS = 20
CHILDREN = 10

_SOURCE = "developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media"
_ON = date(2026, 11, 25)
REEL = Limits(
    types=frozenset({"video/mp4", "video/quicktime"}),
    bytes=300 * MIB,
    seconds=(3, 15 * 60),
    fps=(23, 60),
    aspect=(0.01, 10),
    width=(1, 1920),
    source=_SOURCE,
    on=_ON,
)
CAROUSEL_VIDEO = Limits(
    types=frozenset({"video/mp4", "video/quicktime"}),
    bytes=300 * MIB,
    seconds=(3, 60),
    fps=(23, 60),
    aspect=(4 / 5, 1.91),
    width=(1, 1920),
    source=_SOURCE,
    on=_ON,
)
IMAGE = Limits(types=frozenset({"image/jpeg"}), bytes=8 * MIB, aspect=(4 / 5, 1.91), source=_SOURCE, on=_ON)

_HASHTAG = re.compile(r"(?<![\w&])[#＃]\w*[^\W\d_]\w*")
_MENTION = re.compile(r"(?<![\w.])@\w[\w.]*")


class InstagramPost(Value):
    """A reel, an image, or 2 to 10 of either as a carousel.

    in_feed: a reel is shown on the profile's grid as well. cover_ms: the reel's frame that stands for it.
    said_in_caption: the caption itself says that it is a paid partnership, for which this login has no mark.
    """

    caption: str = ""
    media: tuple[Medium, ...]
    in_feed: bool = True
    cover_ms: int = 0
    made_with_ai: bool = True
    paid_partnership: bool = False
    said_in_caption: bool = False


def problems(post: InstagramPost) -> list[str]:
    """Return what keeps a post from being taken, one sentence each; [] where nothing does."""
    found = _caption_problems(post.caption)
    if not 1 <= len(post.media) <= CHILDREN:
        found.append(f"Instagram takes 1 to {CHILDREN} files; these are {len(post.media)}.")
    alone = len(post.media) == 1
    for medium in post.media:
        limits = IMAGE if medium.kind == "image" else REEL if alone else CAROUSEL_VIDEO
        found += medium_problems("Instagram", medium, limits)
    if alone and post.media[0].seconds and post.cover_ms > post.media[0].seconds * 1000:
        found.append("The cover is taken from after the reel's end.")
    if post.paid_partnership and not post.said_in_caption:
        found.append(
            "This connection to Instagram has no mark for paid partnerships: say in the caption that it is one."
        )
    return found


def _caption_problems(caption: str) -> list[str]:
    found = []
    # Which characters Instagram counts is not published; code units are never fewer than what any other way counts.
    if (length := utf16(caption)) > CAPTION:
        found.append(f"The caption has {length:,} characters; {CAPTION:,} fit on Instagram.")
    if (count := len(_HASHTAG.findall(caption))) > HASHTAGS:
        found.append(f"The caption has {count} hashtags; Instagram takes {HASHTAGS}.")
    if (count := len(_MENTION.findall(caption))) > MENTIONS:
        found.append(f"The caption mentions {count} accounts; Instagram takes {MENTIONS}.")
    return found
