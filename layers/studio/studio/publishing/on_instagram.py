"""A reel, an image or a carousel for an Instagram account: prepared, looked after, and published once."""

from datetime import datetime, timedelta

from studio.channels.instagram import Instagram
from studio.channels.instagram_answers import Container, Media
from studio.channels.instagram_post import InstagramPost
from studio.channels.instagram_post import problems as instagram_problems
from studio.channels.refusals import Gone
from studio.domain.base import Value
from studio.domain.disclosure import says_paid
from studio.domain.errors import Conflict, ProviderFailed, StudioError
from studio.domain.post import PostStatus
from studio.domain.posting import Package
from studio.publishing.files import medium
from studio.publishing.job import Job, Outcome, Unsure, look_at, media, unknown

NAME = "Instagram"
_SKEW = timedelta(minutes=5)


class State(Value):
    """How far Instagram was brought. `published`: it was told to publish the container, and may have."""

    children: tuple[str, ...] = ()
    container: str = ""
    published: bool = False
    media_id: str = ""


def said(package: Package) -> InstagramPost:
    """Return a package as Instagram takes it."""
    declared = package.declarations
    return InstagramPost(
        caption=package.text,
        media=media(package),
        made_with_ai=declared.ai_generated,
        paid_partnership=declared.paid_partnership,
        said_in_caption=says_paid(package.text),
    )


def problems(package: Package, now: datetime) -> list[str]:
    """Return what Instagram would refuse, a sentence each."""
    del now
    found = instagram_problems(said(package))
    if package.privacy != "public":
        found.append("Posts on Instagram are as public as the account; there is no other choice for one of them.")
    return found


def publish(job: Job) -> Outcome:
    """Bring a package to Instagram, from wherever it was brought before, and say what has become of it."""
    instagram = Instagram(job.host("instagram"), job.access, wait=job.waiting)
    for attempt in (1, 2):
        try:
            return _published(job, instagram)
        except Gone:
            # What was prepared is dropped after a day, and shows nowhere; what was published is never gone so.
            if attempt == 2:
                raise
            job.forget()
    raise AssertionError("unreachable")


def _published(job: Job, instagram: Instagram) -> Outcome:
    state = job.state(State)
    job.may_be_there = state.published
    if not state.media_id:
        waits, state = _prepared(job, instagram, state)
        if waits is not None:
            return waits
    if not state.media_id:
        return Outcome(
            PostStatus.PROCESSING, next="Instagram has published it, but does not list it yet. Call again in a minute."
        )
    try:
        url, error = instagram.media(state.media_id).permalink, ""
    except ProviderFailed as refused:
        # It is there, whatever is said of it.
        url, error = "", str(refused)
    return Outcome(PostStatus.PUBLISHED, state.media_id, url, error)


def _prepared(job: Job, instagram: Instagram, state: State) -> tuple[Outcome | None, State]:
    post, files = said(job.package), job.package.media
    if not state.container and len(files) == 1:
        state = State(container=instagram.prepare(post, job.link(files[0])))
        job.keep(state, status=PostStatus.PROCESSING)
    while not state.container and len(state.children) < len(files):
        file = files[len(state.children)]
        child = instagram.prepare_child(medium(file), job.link(file))
        state = State(children=(*state.children, child))
        job.keep(state, status=PostStatus.PROCESSING)
    if not state.container:
        for child in state.children:
            waits = _waits(job.until(lambda child=child: instagram.container(child)))  # type: ignore[misc]
            if waits is not None:
                return waits, state
        state = state.model_copy(update={"container": instagram.prepare_carousel(post, state.children)})
        job.keep(state)
    try:
        container = job.until(lambda: instagram.container(state.container))
    except ProviderFailed as error:
        if not state.published:
            raise
        raise Unsure(f"{error} {look_at(NAME, job.package.account)}") from error
    if container.published:
        # An earlier call published it, and did not hear so.
        return None, _noted(job, state, _found(job, instagram))
    waits = _waits(container)
    if waits is not None:
        return waits, state
    state = state.model_copy(update={"published": True})
    job.keep(state)
    job.may_be_there = True
    try:
        return None, _noted(job, state, instagram.publish(state.container))
    except Conflict:
        return Outcome(PostStatus.PROCESSING, next="Instagram is not done with it yet. Call again in a minute."), state
    except StudioError as error:
        if not unknown(error):
            raise
        # One container is published once: so it can be asked, and be tried again where it was not.
        if not instagram.container(state.container).published:
            raise
        return None, _noted(job, state, _found(job, instagram))


def _noted(job: Job, state: State, media_id: str) -> State:
    state = state.model_copy(update={"media_id": media_id})
    job.keep(state, external_id=media_id)
    return state


def _waits(container: Container) -> Outcome | None:
    """Return how it stands with a container that cannot be published; None for one that can. Raises Gone."""
    if container.status_code == "EXPIRED":
        raise Gone(container.failed)
    if container.failed:
        return Outcome(PostStatus.FAILED, error=container.failed)
    if not container.ready and not container.published:
        return Outcome(PostStatus.PROCESSING, next="Instagram is still fetching the file. Call again in a minute.")
    return None


def _found(job: Job, instagram: Instagram) -> str:
    """Return the id of the newest post with this caption since this one was begun; empty where it is not listed yet."""
    since, caption = job.post.created_at - _SKEW, job.package.text.strip()
    try:
        recent = instagram.recent()
    except ProviderFailed as error:
        raise Unsure(f"{error} {look_at(NAME, job.package.account)}") from error
    return next((each.id for each in recent if each.caption.strip() == caption and _at(each) >= since), "")


def _at(media: Media) -> datetime:
    return datetime.strptime(media.timestamp, "%Y-%m-%dT%H:%M:%S%z")
