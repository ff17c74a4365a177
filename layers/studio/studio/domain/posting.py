"""A package: everything of one post on one account of one network, as it waits for approval and then goes out."""

from typing import Literal

from pydantic import Field

from studio.domain.approval import ApprovalStatus, ContentHash
from studio.domain.base import Id, Instant, Paragraph, Phrase, Value
from studio.domain.connection import AccountId, NetworkName
from studio.domain.post import PostStatus

Variant = Literal["a", "b"]
"""Which opening a post is about: that of the chosen hook, or that of the runner-up."""

Privacy = Literal["public", "followers", "friends", "unlisted", "private"]
"""Who may see a post. Each network knows some of them only; its `problems` say so."""

Tag = str
"""A keyword, without the sign before it."""

MAX_TAGS = 30


class MediaFile(Value):
    """A file of the owner's. `source` and `name` say where it lies, `sha256` what is in it, in hex.

    Lengths are whole numbers, so that what is approved is read back as exactly the same: `milliseconds` of film, and
    `milli_fps`, frames in a thousand seconds; 0 where there is none or nobody knows.
    """

    source: Literal["videos", "attachments"]
    name: str = Field(min_length=1, max_length=300)
    sha256: ContentHash
    bytes: int = Field(ge=1)
    type: str = Field(max_length=100)
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    milliseconds: int = Field(default=0, ge=0)
    milli_fps: int = Field(default=0, ge=0)

    @property
    def is_film(self) -> bool:
        """Whether it moves."""
        return self.type.startswith("video/")


class Declarations(Value):
    """What has to be said about a post.

    `ai_generated`: always, for what the studio made. `made_for_kids`: its owner's own statement; `kids_stated` says
    whether there was one. `paid_partnership`: somebody paid for it. `own_brand`: it promotes its owner's business.
    """

    ai_generated: bool = True
    made_for_kids: bool = False
    kids_stated: bool = False
    paid_partnership: bool = False
    own_brand: bool = False


class Subtitles(Value):
    """A caption track, as SubRip."""

    language: str
    name: str
    text: str = Field(min_length=1, max_length=200_000)


class Package(Value):
    """One post. `account_id` is empty where nothing is connected: such a package is for posting by hand.

    `title` is shown by YouTube, and on TikTok over photos. `text` is the caption, description or post, exactly as it
    goes out, hashtags and disclosures included; `tags` are keywords that viewers do not see (YouTube). `variant` and
    `hook` say which opening it is about, for comparing. `publish_at`: not before. `comments`, `duet` and `stitch` are
    TikTok's.
    """

    bot: str
    episode_id: Id
    network: NetworkName
    account_id: AccountId | Literal[""] = ""
    account: Phrase = ""
    language: str
    title: Phrase = ""
    text: str = Field(default="", max_length=10_000)
    tags: tuple[Tag, ...] = Field(default=(), max_length=MAX_TAGS)
    privacy: Privacy = "public"
    declarations: Declarations = Declarations()
    media: tuple[MediaFile, ...] = ()
    thumbnail: MediaFile | None = None
    subtitles: Subtitles | None = None
    publish_at: Instant | None = None
    comments: bool = True
    duet: bool = True
    stitch: bool = True
    notify: bool = True
    variant: Variant | Literal[""] = ""
    hook: Phrase = ""

    @property
    def film(self) -> MediaFile | None:
        """The film, where it is one."""
        return next((file for file in self.media if file.is_film), None)

    @property
    def files(self) -> tuple[MediaFile, ...]:
        """Everything that goes out, the thumbnail included."""
        return (*self.media, *([self.thumbnail] if self.thumbnail else []))


class Edit(Value):
    """What a person wants otherwise in a package; what is left out stays."""

    title: Phrase | None = None
    text: Paragraph | None = None
    tags: tuple[Phrase, ...] | None = Field(default=None, max_length=MAX_TAGS)
    privacy: Privacy | None = None
    made_for_kids: bool | None = None
    paid_partnership: bool | None = None
    own_brand: bool | None = None
    publish_at: Instant | None = None
    comments: bool | None = None
    duet: bool | None = None
    stitch: bool | None = None
    notify: bool | None = None


def edited(package: Package, edit: Edit) -> Package:
    """Return a package with a person's changes: another content, so another hash, to be approved for itself."""
    told = edit.model_dump(exclude_none=True)
    declared: dict[str, bool] = {
        name: told.pop(name) for name in ("made_for_kids", "paid_partnership", "own_brand") if name in told
    }
    if "made_for_kids" in declared:
        declared["kids_stated"] = True
    declarations = package.declarations.model_copy(update=declared)
    # Validated again: a copy alone would take anything.
    return Package.model_validate(package.model_dump() | told | {"declarations": declarations.model_dump()})


class DraftedPost(Value):
    """A package, and how it stands.

    `content_hash` is what to approve; None while there are `problems`, which the network would refuse it for.
    `missing`: what keeps it from being published from here, though it can be posted by hand. `notes`: what to know.
    """

    package: Package
    content_hash: ContentHash | None = None
    approval: ApprovalStatus | None = None
    problems: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class SentPost(Value):
    """What became of one approved package.

    `status` is the post's; None where nothing was begun, and `error` says why. `url` is where people see it, empty
    until they can. `next` says what to do now; empty when it is over.
    """

    content_hash: ContentHash
    network: NetworkName
    account_id: AccountId | Literal[""] = ""
    account: str = ""
    post_id: Id | None = None
    status: PostStatus | None = None
    external_id: str = ""
    url: str = ""
    sent_bytes: int = 0
    bytes: int = 0
    error: str = ""
    next: str = ""


class LeftOut(Value):
    """A network or account for which there is no package, and why."""

    network: NetworkName
    account_id: AccountId | Literal[""] = ""
    why: str


class PublishingReport(Value):
    """What was drafted, or what became of what was published."""

    episode_id: Id
    mode: Literal["draft", "publish"]
    drafts: tuple[DraftedPost, ...] = ()
    posts: tuple[SentPost, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
