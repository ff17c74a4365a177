"""What TikTok takes: posts, their chunks, and everything wrong with a post before it is sent."""

from datetime import date
from typing import Literal, Self

from pydantic import Field

from studio.channels.http import Received
from studio.channels.limits import GIB, MIB, Limits, Medium, medium_problems, utf16
from studio.domain.base import Value

Privacy = Literal["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]

CAPTION = 2200
PHOTO_TITLE = 90
PHOTO_CAPTION = 4000
"""In UTF-16 code units. Source: developers.tiktok.com/doc/content-posting-api-reference-direct-post and -photo-post."""

PHOTOS = 35
CHUNK = 10_000_000
LEAST_CHUNK, MOST_CHUNK = 5 * MIB, 64 * MIB

VIDEO = Limits(
    types=frozenset({"video/mp4", "video/quicktime", "video/webm"}),
    bytes=4 * GIB,
    fps=(23, 60),
    width=(360, 4096),
    height=(360, 4096),
    seconds=(1, 600),
    source="developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
    on=date(2026, 11, 25),
)
PHOTO = Limits(
    types=frozenset({"image/jpeg", "image/webp"}),
    bytes=20 * MIB,
    source="developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
    on=date(2026, 11, 25),
)


class Creator(Received):
    """What an account may choose from, and who it is."""

    creator_username: str = ""
    privacy_level_options: tuple[str, ...] = ()
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_post_duration_sec: int = 600


class TikTokPost(Value):
    """One video or up to 35 photos, with what is said and declared about them.

    title: photos only. cover_ms: the video's frame that stands for it. own_brand: it promotes the creator's own
    business. said_in_caption: the caption itself says what there is no mark for; photos have none for AI.
    """

    caption: str = ""
    title: str = ""
    privacy: Privacy
    video: Medium | None = None
    photos: tuple[Medium, ...] = ()
    comments: bool = True
    duet: bool = True
    stitch: bool = True
    music: bool = False
    cover_ms: int = Field(default=0, ge=0)
    made_with_ai: bool = True
    paid_partnership: bool = False
    own_brand: bool = False
    said_in_caption: bool = False


class Upload(Value):
    """A video on its way: kept between runs, it is all that is needed to go on. `size` and `chunk_bytes` in bytes."""

    publish_id: str = ""
    address: str = Field(default="", repr=False)
    type: str
    size: int = Field(ge=1)
    chunk_bytes: int = Field(ge=1)
    chunks: int = Field(ge=1)

    @classmethod
    def of(cls, video: Medium, chunk_bytes: int | None = None) -> Self:
        """Cut a video: as many whole chunks as fit, the last with what is left; all in one below twice a chunk."""
        chunk = min(chunk_bytes or CHUNK, video.size)
        return cls(type=video.type, size=video.size, chunk_bytes=chunk, chunks=video.size // chunk)

    def starts(self, offset: int) -> int:
        """Return where the chunk that holds `offset` starts; the size for what is beyond the end."""
        if offset >= self.size:
            return self.size
        return min(offset // self.chunk_bytes, self.chunks - 1) * self.chunk_bytes

    def ends(self, start: int) -> int:
        """Return the offset after the chunk that starts there."""
        return self.size if start // self.chunk_bytes >= self.chunks - 1 else start + self.chunk_bytes


def problems(post: TikTokPost, creator: Creator | None = None) -> list[str]:
    """Return what keeps a post from being taken, one sentence each; [] where nothing does.

    creator: what the account may choose from, asked just before posting; without it only the general rules are held.
    """
    found = []
    if (post.video is None) == (not post.photos):
        found.append("TikTok takes one video or up to 35 photos, and nothing without either.")
    found += _text_problems(post)
    if post.video is not None:
        found += medium_problems("TikTok", post.video, VIDEO)
        if post.video.seconds and post.cover_ms > post.video.seconds * 1000:
            found.append("The cover is taken from after the video's end.")
    if len(post.photos) > PHOTOS:
        found.append(f"TikTok takes up to {PHOTOS} photos; these are {len(post.photos)}.")
    for photo in post.photos:
        found += medium_problems("TikTok", photo, PHOTO)
    if post.paid_partnership and post.privacy == "SELF_ONLY":
        found.append("A paid partnership cannot be posted to TikTok for oneself only.")
    if post.photos and post.made_with_ai and not post.said_in_caption:
        found.append("TikTok has no mark for photos made with AI: say in the caption that they are.")
    return found + (_choice_problems(post, creator) if creator is not None else [])


def _text_problems(post: TikTokPost) -> list[str]:
    found = []
    most = PHOTO_CAPTION if post.photos else CAPTION
    if (length := utf16(post.caption)) > most:
        found.append(f"The caption has {length:,} characters as TikTok counts; {most:,} fit.")
    if (length := utf16(post.title)) > PHOTO_TITLE:
        found.append(f"The title has {length:,} characters as TikTok counts; {PHOTO_TITLE} fit.")
    if post.title and not post.photos:
        found.append("A TikTok video has no title beside its caption.")
    return found


def _choice_problems(post: TikTokPost, creator: Creator) -> list[str]:
    found = []
    if post.privacy not in creator.privacy_level_options:
        choices = ", ".join(creator.privacy_level_options) or "nothing"
        found.append(f"This TikTok account may choose from {choices}, not {post.privacy}.")
    longest = creator.max_video_post_duration_sec
    if post.video is not None and post.video.seconds > longest:
        found.append(f"This TikTok account may post up to {longest} seconds; the video has {post.video.seconds:.1f}.")
    for wanted, off, name in (
        (post.comments, creator.comment_disabled, "comments"),
        (post.duet and post.video is not None, creator.duet_disabled, "duets"),
        (post.stitch and post.video is not None, creator.stitch_disabled, "stitches"),
    ):
        if wanted and off:
            found.append(f"This TikTok account has turned off {name}; the post must turn them off too.")
    return found
