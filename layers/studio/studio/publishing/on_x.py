"""A post on X: files sent in segments, posted once, and looked for where the answer was lost."""

import html
import re
from datetime import datetime, timedelta

from studio.channels.refusals import Duplicate, Gone
from studio.channels.x import X
from studio.channels.x_post import Upload, XPost
from studio.channels.x_post import problems as x_problems
from studio.domain.base import Instant, Value
from studio.domain.errors import ProviderFailed, StudioError
from studio.domain.post import PostStatus
from studio.domain.posting import MediaFile, Package
from studio.publishing.files import medium
from studio.publishing.job import Job, Outcome, Unsure, look_at, media, unknown

NAME = "X"
_SKEW = timedelta(minutes=5)
_SETTLES = timedelta(minutes=1)
"""So long a post may be missing from an account's list after it was made."""

_LINK = re.compile(r"https?://\S+")


class Sent(Value):
    """One file on its way."""

    upload: Upload
    sent: int = 0
    finished: bool = False


class State(Value):
    """How far X was brought. `posting_since`: when it was last told to post, while nobody heard what came of it."""

    files: tuple[Sent, ...] = ()
    posting_since: Instant | None = None


def said(package: Package) -> XPost:
    """Return a package as X takes it."""
    declared = package.declarations
    return XPost(
        text=package.text,
        media=media(package),
        made_with_ai=declared.ai_generated,
        paid_partnership=declared.paid_partnership,
    )


def problems(package: Package, now: datetime) -> list[str]:
    """Return what X would refuse, a sentence each."""
    del now
    found = x_problems(said(package))
    if package.privacy != "public":
        found.append("Posts on X are as public as the account; there is no other choice for one of them.")
    return found


def publish(job: Job) -> Outcome:
    """Bring a package to X, from wherever it was brought before, and say what has become of it."""
    x = X(job.host("x"), job.access, wait=job.waiting)
    for attempt in (1, 2):
        try:
            return _published(job, x)
        except Gone:
            # X keeps files for a day. It said so instead of posting, so nothing is there.
            if attempt == 2:
                raise
            job.forget()
    raise AssertionError("unreachable")


def _published(job: Job, x: X) -> Outcome:
    state = job.state(State)
    if state.posting_since is not None:
        found = _found(job, x)
        if found is not None:
            return found
        if job.now - state.posting_since < _SETTLES:
            raise Unsure("X did not answer, and does not list the post yet. Call again in a minute: it is looked for.")
    for place, file in enumerate(job.package.media):
        state = _uploaded(job, x, state, place, file)
        outcome = _processed(job, x, state.files[place].upload.media_id, file)
        if outcome is not None:
            return outcome
    return _posted(job, x, state)


def _uploaded(job: Job, x: X, state: State, place: int, file: MediaFile) -> State:
    if place == len(state.files):
        state = state.model_copy(update={"files": (*state.files, Sent(upload=x.begin(medium(file))))})
        job.keep(state)
    known = state.files[place]
    if known.finished:
        return state
    before = sum(earlier.bytes for earlier in job.package.media[:place])

    def reached(offset: int) -> None:
        job.keep(_with(state, place, known.model_copy(update={"sent": offset})))

    if known.sent < file.bytes:
        x.send(known.upload, job.read(file), from_offset=known.sent, progress=job.progress(before, reached))
    x.finish(known.upload)
    state = _with(state, place, known.model_copy(update={"sent": file.bytes, "finished": True}))
    job.keep(state)
    return state


def _with(state: State, place: int, sent: Sent) -> State:
    return state.model_copy(update={"files": (*state.files[:place], sent, *state.files[place + 1 :])})


def _processed(job: Job, x: X, media_id: str, file: MediaFile) -> Outcome | None:
    """Wait for a film's processing; None once it can be posted. Images need none."""
    if not file.is_film:
        return None
    told = job.until(lambda: x.processing(media_id))
    if told.failed:
        return Outcome(PostStatus.FAILED, error=told.failed)
    if told.ask_again is not None:
        return Outcome(PostStatus.PROCESSING, next="X is still processing the film. Call again with the same hash.")
    return None


def _posted(job: Job, x: X, state: State) -> Outcome:
    tried = state.posting_since is not None
    # Kept before it is sent: who finds this knows to look first.
    job.keep(state.model_copy(update={"posting_since": job.now}))
    job.may_be_there = True
    try:
        posted = x.post(said(job.package), [file.upload.media_id for file in state.files])
    except Duplicate as error:
        found = _found(job, x) if tried else None
        if found is not None:
            return found
        job.may_be_there = False
        job.keep(state.model_copy(update={"posting_since": None}))
        raise ProviderFailed(f"{error} Change the words, and draft it again.") from error
    except StudioError as error:
        if not unknown(error):
            job.may_be_there = False
            job.keep(state.model_copy(update={"posting_since": None}))
            raise
        found = _found(job, x)
        if found is not None:
            return found
        raise Unsure(look_at(NAME, job.package.account)) from error
    return Outcome(PostStatus.PUBLISHED, posted.id, posted.url)


def _found(job: Job, x: X) -> Outcome | None:
    """Return the account's own post of this text since this one was begun, where X lists it."""
    since = job.post.created_at - _SKEW
    try:
        recent = x.recent(x.user().id)
    except ProviderFailed as error:
        raise Unsure(f"{error} {look_at(NAME, job.package.account)}") from error
    for each in recent:
        if each.created_at >= since and _plain(each.text) == _plain(job.package.text):
            return Outcome(PostStatus.PUBLISHED, each.id, each.url)
    return None


def _plain(text: str) -> str:
    """Return a text as it compares: X shortens links, adds one for files, and escapes three characters."""
    return " ".join(_LINK.sub("", html.unescape(text)).split())
