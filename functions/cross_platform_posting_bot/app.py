"""cross-platform-posting-bot: one episode, a post for each network, sent once and only as it was approved."""

from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field

from media.photos import as_jpeg
from studio.channels import instagram_post, tiktok_post, x_post
from studio.channels.tiktok import TikTok
from studio.domain.approval import ContentHash
from studio.domain.base import Id
from studio.domain.connection import AccountId, NetworkName
from studio.domain.errors import NotConnected, ProviderFailed, ProviderMissing, Retryable
from studio.domain.posting import DraftedPost, Edit, MediaFile, Package, PublishingReport
from studio.entry import Studio, bot
from studio.publishing import on_instagram, on_tiktok, on_x
from studio.publishing.drafting import Check, Draft, Goods, Target, Wishes, drafted_for, edit_for, targets
from studio.publishing.files import Files, Photo, Shape
from studio.publishing.pace import REAL, Pace
from studio.publishing.sending import Route, publish

BOT = "cross-platform-posting-bot"
PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")

_N = NetworkName
CHECKS: dict[NetworkName, Check] = {
    _N.TIKTOK: on_tiktok.problems,
    _N.INSTAGRAM: on_instagram.problems,
    _N.X: on_x.problems,
}
ROUTES = {
    _N.TIKTOK: Route(on_tiktok.publish),
    _N.INSTAGRAM: Route(on_instagram.publish),
    _N.X: Route(on_x.publish),
}
PHOTOS = {
    _N.TIKTOK: (Shape(tiktok_post.PHOTO.aspect, tiktok_post.PHOTO.bytes), tiktok_post.PHOTOS),
    _N.INSTAGRAM: (Shape(instagram_post.IMAGE.aspect, instagram_post.IMAGE.bytes), instagram_post.CHILDREN),
    _N.X: (Shape(x_post.IMAGE.aspect, x_post.IMAGE.bytes), x_post.IMAGES),
}
"""What photos must be on each network, and how many it takes."""

_NO_KIDS = "This network has no mark for what is made for kids, and takes nobody under 13. Consider leaving it out."
_FETCHED = "TikTok fetches photos only from an address that was verified with it, which S3's own is not."


class PostingRequest(Wishes):
    """What to post where.

    mode: `publish` sends what was approved, by `content_hashes`; everything else is for `draft`. accounts: ids of those
    to post to; all that are connected, where left out. attachment_id: a film that you uploaded, instead of the
    episode's; ai_generated may be false for such a film alone. clips: which stills are posted while there is no film.
    edits: by network, or `network:account_id`.
    """

    episode_id: Id
    mode: Literal["draft", "publish"] = "draft"
    content_hashes: tuple[ContentHash, ...] = Field(default=(), max_length=20)
    networks: tuple[Literal["tiktok", "instagram", "x"], ...] = Field(("tiktok", "instagram", "x"), min_length=1)
    accounts: tuple[AccountId, ...] = Field(default=(), max_length=20)
    attachment_id: Id | None = None
    ai_generated: bool = True
    clips: tuple[int, ...] = Field(default=(), max_length=6)
    edits: dict[str, Edit] = Field(default_factory=dict, max_length=40)


def post_everywhere(request: PostingRequest, studio: Studio, pace: Pace = REAL) -> PublishingReport:
    """Draft a post for each network, or publish what was approved.

    Each post has its own words, limits and declarations, and is checked by its network's rules before anything is sent.
    Approve a `content_hash` with POST /approvals, then ask again with mode `publish` and that hash: it goes out exactly
    so, once, and is followed until people can see it or the network says why not. Asked again, it goes on.
    """
    if request.mode == "publish":
        hashes = request.content_hashes
        return publish(hashes, bot=BOT, episode_id=request.episode_id, routes=ROUTES, studio=studio, pace=pace)
    draft, files = Draft(request.episode_id, BOT, PROMPT, request, studio), Files(studio)
    film = draft.film(files, request.attachment_id, ai_generated=request.ai_generated)
    found = list(targets([NetworkName(name) for name in dict.fromkeys(request.networks)], request.accounts, studio))
    carried = {network: _goods(network, film, request, draft, files) for network in {t.network for t in found}}
    return drafted_for(
        draft, found, request.edits, lambda target: _drafted(target, carried[target.network], request, draft, pace)
    )


def _goods(network: NetworkName, film: MediaFile | None, request: PostingRequest, draft: Draft, files: Files) -> Goods:
    if film is not None:
        return Goods(media=(film,), ai_generated=request.ai_generated)
    shape, most = PHOTOS[network]
    stills = files.stills(draft.episode, request.clips)[:most]
    photos = tuple(files.keep(draft.episode, _photo(data, shape)) for _, data in stills)
    why = "There is no film yet, so stills are posted." if photos else "There is neither a film nor a still yet."
    return Goods(media=photos, missing=(why, *((_FETCHED,) if photos and network is _N.TIKTOK else ())))


def _photo(data: bytes, shape: Shape) -> Photo:
    jpeg, width, height = as_jpeg(data, shape.aspect, shape.bytes)
    return Photo(data=jpeg, width=width, height=height)


def _drafted(target: Target, goods: Goods, request: PostingRequest, draft: Draft, pace: Pace) -> DraftedPost:
    check = CHECKS[target.network]
    package, notes = draft.package(target.network, target.connection, goods, check), list[str]()
    if target.network is _N.TIKTOK and target.connection is not None and not target.missing:
        package, check, notes = _chosen(package, draft.studio, pace)
    return draft.drafted(
        package,
        edit_for(target, request.edits),
        check,
        missing=target.missing,
        notes=(*goods.missing, *notes, *((_NO_KIDS,) if package.declarations.made_for_kids else ())),
    )


def _chosen(package: Package, studio: Studio, pace: Pace) -> tuple[Package, Check, list[str]]:
    """Fit a package to what its TikTok account may choose from, which TikTok wants asked."""
    try:
        _, access = studio.accounts.access(_N.TIKTOK, package.account_id)
        creator = TikTok(studio.accounts.host("tiktok"), access, wait=pace.wait).creator()
    except (NotConnected, ProviderFailed, ProviderMissing, Retryable) as error:
        return package, on_tiktok.problems, [f"What this account may choose from could not be asked: {error}"]
    fitted = on_tiktok.fitted(package, creator)
    changed = [] if fitted == package else ["What this account's settings do not allow was taken out."]
    return fitted, partial(on_tiktok.problems, creator=creator), changed


handler = bot(post_everywhere)
