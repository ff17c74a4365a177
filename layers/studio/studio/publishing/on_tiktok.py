"""A video or photos for a TikTok account: announced, sent, and followed until everybody can see it."""

from datetime import datetime
from typing import Literal, get_args

from studio.channels.refusals import Gone
from studio.channels.tiktok import TikTok, address_of
from studio.channels.tiktok_answers import Status
from studio.channels.tiktok_post import Creator, Privacy, TikTokPost, Upload
from studio.channels.tiktok_post import problems as tiktok_problems
from studio.domain.base import Value
from studio.domain.disclosure import says_ai
from studio.domain.errors import ProviderFailed, StudioError
from studio.domain.post import PostStatus
from studio.domain.posting import Package
from studio.publishing.files import medium
from studio.publishing.job import Job, Outcome, Unsure, look_at, unknown

NAME = "TikTok"

_PRIVACY: dict[str, Privacy] = {
    "public": "PUBLIC_TO_EVERYONE",
    "followers": "FOLLOWER_OF_CREATOR",
    "friends": "MUTUAL_FOLLOW_FRIENDS",
    "private": "SELF_ONLY",
}
TELLS = {theirs: ours for ours, theirs in _PRIVACY.items()}
"""TikTok's words for who may see a post, and ours."""


class State(Value):
    """How far TikTok was brought. `asked`: photos were asked to be posted, and it may have been heard."""

    upload: Upload | None = None
    publish_id: str = ""
    asked: bool = False
    username: str = ""


def said(package: Package) -> TikTokPost:
    """Return a package as TikTok takes it."""
    film, declared = package.film, package.declarations
    return TikTokPost(
        caption=package.text,
        title="" if film else package.title,
        privacy=_PRIVACY.get(package.privacy, "SELF_ONLY"),
        video=medium(film) if film else None,
        photos=() if film else tuple(medium(file) for file in package.media),
        comments=package.comments,
        duet=package.duet,
        stitch=package.stitch,
        made_with_ai=declared.ai_generated,
        paid_partnership=declared.paid_partnership,
        own_brand=declared.own_brand,
        said_in_caption=says_ai(package.text),
    )


def problems(package: Package, now: datetime, creator: Creator | None = None) -> list[str]:
    """Return what TikTok would refuse, a sentence each. creator: what the account may choose from, where asked."""
    del now
    found = tiktok_problems(said(package), creator)
    if package.privacy not in _PRIVACY:
        found.append(f"TikTok knows public, followers, friends and private, not {package.privacy}.")
    return found


def fitted(package: Package, creator: Creator) -> Package:
    """Return a package with what the account's settings leave to choose."""
    changes: dict[str, object] = {
        "comments": package.comments and not creator.comment_disabled,
        "duet": package.duet and not creator.duet_disabled,
        "stitch": package.stitch and not creator.stitch_disabled,
    }
    open_to = [option for option in get_args(Privacy) if option in creator.privacy_level_options]
    if _PRIVACY.get(package.privacy) not in creator.privacy_level_options and open_to:
        changes["privacy"] = TELLS[open_to[0]]
    return package.model_copy(update=changes)


def publish(job: Job) -> Outcome:
    """Bring a package to TikTok, from wherever it was brought before, and say what has become of it."""
    tiktok = TikTok(job.host("tiktok"), job.access, wait=job.waiting)
    state = job.state(State)
    if not state.publish_id:
        state = _begun(job, tiktok, state)
    if state.upload is not None:
        state = _sent(job, tiktok, state)
    job.may_be_there = True
    public = job.package.privacy == "public"
    told = job.until(lambda: _status(job, tiktok, state, public=public))
    return _outcome(job, told, state)


def _begun(job: Job, tiktok: TikTok, state: State) -> State:
    if state.asked:
        raise Unsure(look_at(NAME, job.package.account))
    creator = tiktok.creator()
    found = problems(job.package, job.now, creator)
    if found:
        raise ProviderFailed(" ".join(found))
    state = State(username=creator.creator_username)
    if job.package.film is not None:
        upload = tiktok.begin(said(job.package))
        state = state.model_copy(update={"upload": upload, "publish_id": upload.publish_id})
        job.keep(state, sent_bytes=0)
        return state
    job.keep(state.model_copy(update={"asked": True}))
    try:
        publish_id = tiktok.photos(said(job.package), [job.link(file) for file in job.package.media])
    except StudioError as error:
        if unknown(error):
            raise Unsure(look_at(NAME, job.package.account)) from error
        job.keep(state)
        raise
    state = state.model_copy(update={"publish_id": publish_id})
    job.keep(state, status=PostStatus.PROCESSING)
    return state


def _sent(job: Job, tiktok: TikTok, state: State) -> State:
    """Send what TikTok does not have yet. Nothing is posted before all of it came, so a lost upload begins anew."""
    for attempt in (1, 2):
        upload, film = state.upload, job.package.film
        if upload is None or film is None:
            return state
        # TikTok itself says what it has: what was noted here may be older.
        status = _status(job, tiktok, state, public=True)
        if status.failed:
            return state
        there = upload.size if status.published else status.uploaded_bytes or 0
        try:
            if there < upload.size:
                tiktok.send(upload, job.read(film), from_offset=there, progress=job.progress())
        except Gone:
            if attempt == 2:
                raise
            job.forget()
            state = _begun(job, tiktok, State())
            continue
        job.keep(state, status=PostStatus.PROCESSING, sent_bytes=upload.size)
        return state
    raise AssertionError("unreachable")


def _status(job: Job, tiktok: TikTok, state: State, *, public: bool) -> Status:
    try:
        return tiktok.status(state.publish_id, public=public)
    except ProviderFailed as error:
        # It knows nothing of the post any more, which says nothing about whether it was made.
        raise Unsure(f"{error} {look_at(NAME, job.package.account)}") from error


def _outcome(job: Job, told: Status, state: State) -> Outcome:
    if told.failed:
        return Outcome(PostStatus.FAILED, error=told.failed)
    if told.published and told.post_ids:
        kind: Literal["video", "photo"] = "video" if job.package.film else "photo"
        url = address_of(state.username, told.post_ids[0]).replace("/video/", f"/{kind}/")
        return Outcome(PostStatus.PUBLISHED, told.post_ids[0], url)
    if told.published and not told.public:
        return Outcome(PostStatus.PUBLISHED, next="It is up for those who may see it; TikTok names no address for it.")
    waits = "TikTok has it, and shows it once its moderation is over: minutes, sometimes hours."
    return Outcome(
        PostStatus.PROCESSING, next=f"{waits if told.published else 'TikTok is processing it.'} Call again later."
    )
