"""A film for a YouTube channel: uploaded once, with captions and thumbnail, and followed until it can be watched."""

from datetime import datetime

from studio.channels.refusals import Gone
from studio.channels.youtube import VideoDetails, YouTube, upload
from studio.channels.youtube import problems as youtube_problems
from studio.channels.youtube.videos import THUMBNAIL_BYTES, VideoState
from studio.domain.base import Value
from studio.domain.disclosure import says_paid
from studio.domain.errors import Conflict, Invalid, NotFound, ProviderFailed
from studio.domain.post import Post, PostStatus
from studio.domain.posting import Package
from studio.publishing.job import Job, Outcome, Unsure, look_at

NAME = "YouTube"


class State(Value):
    """How far YouTube was brought. `session` is as good as a key to the upload."""

    session: str = ""
    video_id: str = ""
    captioned: bool = False
    pictured: bool = False
    wrong: tuple[str, ...] = ()


def details(package: Package) -> VideoDetails:
    """Return what a video says of itself. One with a moment of publication is private until then."""
    privacy = package.privacy if package.privacy in ("public", "unlisted", "private") else "private"
    return VideoDetails(
        title=package.title,
        description=package.text,
        tags=package.tags,
        privacy="private" if package.publish_at else privacy,
        publish_at=package.publish_at,
        made_for_kids=package.declarations.made_for_kids,
        synthetic=package.declarations.ai_generated,
        language=package.language,
        notify=package.notify,
    )


def problems(package: Package, now: datetime) -> list[str]:
    """Return what YouTube would refuse, a sentence each."""
    found = list(youtube_problems(details(package), now))
    if package.film is None:
        found.append("YouTube takes films, and there is none yet. Have one assembled, or upload an MP4 and name it.")
    if package.privacy not in ("public", "unlisted", "private"):
        found.append(f"YouTube knows public, unlisted and private, not {package.privacy}.")
    if package.publish_at and package.privacy == "unlisted":
        found.append("A video with a moment of publication becomes public then; unlisted is not possible.")
    if package.declarations.paid_partnership and not says_paid(package.text):
        found.append("Say in the description that it is a paid partnership.")
    if package.thumbnail and package.thumbnail.bytes > THUMBNAIL_BYTES:
        found.append("The thumbnail is larger than the 2 MB that YouTube takes.")
    return found


def publish(job: Job) -> Outcome:
    """Bring a package to YouTube, from wherever it was brought before, and say what has become of it."""
    youtube = YouTube(job.host("google"), job.access, clock=job.clock, wait=job.waiting)
    state = job.state(State)
    if not state.video_id:
        state = _uploaded(job, youtube, state)
    job.may_be_there = True
    state = _adorned(job, youtube, state)
    try:
        told = job.until(lambda: youtube.processing(state.video_id))
    except NotFound:
        # A video is not always listed at once after its last byte.
        return Outcome(PostStatus.PROCESSING, state.video_id, next="YouTube does not list it yet. Call again.")
    return _outcome(job.package, told, state)


def looked_at(job: Job) -> Outcome:
    """Return what has become of a scheduled video whose moment has come."""
    youtube = YouTube(job.host("google"), job.access, clock=job.clock, wait=job.waiting)
    return _outcome(job.package, youtube.processing(job.post.external_id), State())


def _uploaded(job: Job, youtube: YouTube, state: State) -> State:
    film = job.package.film
    if film is None:
        raise ProviderFailed("YouTube takes films, and this package has none.")
    for attempt in (1, 2):
        fresh = not state.session
        if fresh:
            state = State(session=youtube.begin_upload(details(job.package), film.bytes, film.type))
            job.keep(state, sent_bytes=0)
        try:
            video_id = youtube.upload(
                state.session,
                job.read(film),
                film.bytes,
                from_offset=0 if fresh else None,
                progress=job.progress(),
            )
        except Gone:
            if not fresh and _may_be_whole(job.post):
                # Sessions end with a week, finished ones too: its last piece may have made a video.
                raise Unsure(look_at(NAME, job.package.account)) from None
            if attempt == 2:
                raise
            state = State()
            job.forget()
            continue
        state = state.model_copy(update={"video_id": video_id})
        job.keep(state, status=PostStatus.PROCESSING, external_id=video_id, sent_bytes=film.bytes)
        return state
    raise AssertionError("unreachable")


def _may_be_whole(post: Post) -> bool:
    return post.bytes - post.sent_bytes <= upload.CHUNK


def _adorned(job: Job, youtube: YouTube, state: State) -> State:
    """Add captions and thumbnail. What YouTube refuses of them takes nothing from the video."""
    subtitles, thumbnail = job.package.subtitles, job.package.thumbnail
    if subtitles and not state.captioned:
        try:
            youtube.caption(state.video_id, subtitles.language, subtitles.name, subtitles.text.encode())
        except Conflict:
            # The answer to it was lost before.
            pass
        except (ProviderFailed, NotFound, Invalid) as error:
            state = state.model_copy(update={"wrong": (*state.wrong, f"Captions: {error}")})
        state = state.model_copy(update={"captioned": True})
        job.keep(state)
    if thumbnail and not state.pictured:
        try:
            youtube.thumbnail(state.video_id, job.whole(thumbnail), thumbnail.type)
        except (ProviderFailed, NotFound, Invalid, Conflict) as error:
            state = state.model_copy(update={"wrong": (*state.wrong, f"Thumbnail: {error}")})
        state = state.model_copy(update={"pictured": True})
        job.keep(state)
    return state


def _outcome(package: Package, told: VideoState, state: State) -> Outcome:
    wrong = " ".join(state.wrong)
    match told.outcome:
        case "failed":
            return Outcome(PostStatus.FAILED, told.video_id, error=told.reason)
        case "waiting":
            again = "YouTube is still processing it. Call again with the same hash to hear how it ended."
            return Outcome(PostStatus.PROCESSING, told.video_id, error=wrong, next=again)
    if package.publish_at and told.url is None:
        when = f"YouTube makes it public at {package.publish_at:%Y-%m-%d %H:%M} UTC{package.publish_at:%z}."
        return Outcome(PostStatus.SCHEDULED, told.video_id, error=wrong, next=when.replace("UTC+0000", "UTC"))
    private = "It is private: only you can see it." if told.url is None else ""
    return Outcome(PostStatus.PUBLISHED, told.video_id, told.url or "", wrong, private)
