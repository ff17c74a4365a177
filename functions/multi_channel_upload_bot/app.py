"""multi-channel-upload-bot: a film for several YouTube channels, each upload made once and resumed."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from media.photos import as_jpeg
from studio.channels.youtube.videos import THUMBNAIL_BYTES
from studio.domain.approval import ContentHash
from studio.domain.base import Id
from studio.domain.connection import AccountId, NetworkName
from studio.domain.posting import DraftedPost, Edit, MediaFile, PublishingReport, Subtitles
from studio.entry import Studio, bot
from studio.exports.captions import to_srt
from studio.publishing import on_youtube
from studio.publishing.drafting import Draft, Goods, Target, Wishes, drafted_for, edit_for, targets
from studio.publishing.files import Files, Photo
from studio.publishing.pace import REAL, Pace
from studio.publishing.sending import Route, publish

BOT = "multi-channel-upload-bot"
PROMPT = Path(__file__).with_name("prompt.md").read_text(encoding="utf-8")
ROUTES = {NetworkName.YOUTUBE: Route(on_youtube.publish, on_youtube.looked_at)}
WIDE = (16 / 9 * 0.999, 16 / 9 * 1.001)
TIMED_BY_WORDS = "The subtitles' times are reckoned from the words. Check them against the film, or leave them out."


class UploadRequest(Wishes):
    """What to upload where.

    mode: `publish` sends what was approved, by `content_hashes`; everything else is for `draft`. channels: ids of those
    to upload to; all that are connected, where left out. attachment_id: a film that you uploaded, instead of the
    episode's; ai_generated may be false for such a film alone. thumbnail_clip: whose still is the thumbnail, 0 for
    none. subtitles: whether the script's go along. edits: by `youtube`, or `youtube:channel_id`. publish_at: YouTube
    keeps the video private until then.
    """

    episode_id: Id
    mode: Literal["draft", "publish"] = "draft"
    content_hashes: tuple[ContentHash, ...] = Field(default=(), max_length=20)
    channels: tuple[AccountId, ...] = Field(default=(), max_length=20)
    attachment_id: Id | None = None
    ai_generated: bool = True
    thumbnail_clip: int = Field(default=1, ge=0, le=6)
    subtitles: bool = True
    edits: dict[str, Edit] = Field(default_factory=dict, max_length=40)


def upload(request: UploadRequest, studio: Studio, pace: Pace = REAL) -> PublishingReport:
    """Draft an upload for each YouTube channel, or make those that were approved.

    With captions, a thumbnail, and the declarations that YouTube asks for. Approve a `content_hash` with POST
    /approvals, then ask again with mode `publish` and that hash. An upload that broke goes on at the byte it reached
    when it is asked for again; each channel is for itself, and no content is uploaded twice.
    """
    if request.mode == "publish":
        hashes = request.content_hashes
        return publish(hashes, bot=BOT, episode_id=request.episode_id, routes=ROUTES, studio=studio, pace=pace)
    draft, files = Draft(request.episode_id, BOT, PROMPT, request, studio), Files(studio)
    film = draft.film(files, request.attachment_id, ai_generated=request.ai_generated)
    found = list(targets([NetworkName.YOUTUBE], request.channels, studio))
    goods = _goods(film, request, draft, files)

    def drafted(target: Target) -> DraftedPost:
        package = draft.package(target.network, target.connection, goods, on_youtube.problems)
        edit = edit_for(target, request.edits)
        return draft.drafted(package, edit, on_youtube.problems, missing=target.missing, notes=goods.missing)

    return drafted_for(draft, found, request.edits, drafted)


def _goods(film: MediaFile | None, request: UploadRequest, draft: Draft, files: Files) -> Goods:
    stills = files.stills(draft.episode, [request.thumbnail_clip]) if request.thumbnail_clip else []
    thumbnail = files.keep(draft.episode, _thumbnail(stills[0][1])) if stills else None
    language = draft.episode.brief.locale
    # A film of its owner's own says something else than the script, or nothing.
    speaks = request.subtitles and request.attachment_id is None
    track = Subtitles(language=language, name="", text=to_srt(draft.script)) if speaks else None
    return Goods(
        media=(film,) if film else (),
        thumbnail=thumbnail,
        subtitles=track,
        ai_generated=request.ai_generated,
        missing=(
            *((TIMED_BY_WORDS,) if track else ()),
            *(("There is no still to be the thumbnail; YouTube takes a frame.",) if thumbnail is None else ()),
        ),
    )


def _thumbnail(data: bytes) -> Photo:
    jpeg, width, height = as_jpeg(data, WIDE, THUMBNAIL_BYTES)
    return Photo(data=jpeg, width=width, height=height)


handler = bot(upload)
