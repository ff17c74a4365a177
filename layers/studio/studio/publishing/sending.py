"""What was approved goes out: exactly as it is stored, with the files it was approved with, and once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from studio.accounts import DIALECTS
from studio.channels.http import Access
from studio.channels.oauth_networks import NETWORKS
from studio.domain.approval import Approval, ContentKind
from studio.domain.base import new_id
from studio.domain.connection import LABELS, Connection, NetworkName
from studio.domain.errors import (
    Conflict,
    Invalid,
    NotApproved,
    NotConnected,
    Retryable,
    StudioError,
)
from studio.domain.post import OVER, Post, PostStatus
from studio.domain.posting import Package, PublishingReport, SentPost
from studio.entry import Studio
from studio.publishing.files import Files
from studio.publishing.job import Job, Outcome, OutOfTime, Unsure
from studio.publishing.pace import Pace

type Publish = Callable[[Job], Outcome]

AGAIN = "Call again with the same hash: it goes on where it stopped."
_ERROR = 300


@dataclass(frozen=True)
class Route:
    """How one network is published to. look: what became of a scheduled post whose moment has come."""

    publish: Publish
    look: Publish | None = None


def publish(
    hashes: Sequence[str], *, bot: str, episode_id: str, routes: Mapping[NetworkName, Route], studio: Studio, pace: Pace
) -> PublishingReport:
    """Publish approved packages one after the other; what keeps one back does not keep back the others.

    Raises Invalid without any; NotApproved, before anything is sent, where one of them is not approved; otherwise what
    the first one met, where nothing could be begun or brought on with any of them.
    """
    if not hashes:
        raise Invalid("Name what to publish.", {"content_hashes": "must not be empty"})
    studio.episodes.get(episode_id)
    approvals = [_approved(each, bot, episode_id, routes, studio) for each in dict.fromkeys(hashes)]
    left, files = pace.start(), Files(studio)
    sent: list[SentPost] = []
    met: list[StudioError] = []
    for place, (approval, package) in enumerate(approvals):
        # Each may have its share: one that a network looks at for hours leaves the others theirs.
        share = replace(pace, within=left() / (len(approvals) - place)).start()
        try:
            told = _one(approval, package, routes[package.network], studio, files, pace, share)
            sent.append(told.model_copy(update={"account": package.account}))
        except StudioError as error:
            met.append(error)
            sent.append(_kept_back(approval, package, error, studio))
    if len(met) == len(sent):
        raise met[0]
    return PublishingReport(episode_id=episode_id, mode="publish", posts=tuple(sent))


def _approved(
    content_hash: str, bot: str, episode_id: str, routes: Mapping[NetworkName, Route], studio: Studio
) -> tuple[Approval, Package]:
    approval = studio.approvals.approved(content_hash, ContentKind.POST, studio.clock())
    if approval.bot != bot or approval.episode_id != episode_id:
        raise NotApproved("This was drafted by another bot, or for another episode. Name the one it was drafted for.")
    package = Package.model_validate(approval.content)
    if package.network not in routes:
        raise NotApproved("This was drafted for a network that this bot does not post to.")
    return approval, package


def _one(
    approval: Approval, package: Package, route: Route, studio: Studio, files: Files, pace: Pace,
    left: Callable[[], float],
) -> SentPost:  # fmt: skip
    known = _known(approval, package, studio)
    if known is not None and known.status is PostStatus.PUBLISHED:
        return _told(known)
    connection, access = account(package, studio)
    if known is not None and known.status is PostStatus.SCHEDULED:
        return _appeared(known, Job(studio, package, known, files, access, pace, left), route, studio)
    _in_time(package, studio)
    if left() <= 0:
        raise Retrying("This call has used its time before it came to this one. Call again for it.")
    if known is None or known.status is not PostStatus.PROCESSING:
        # What a network has already is followed, whatever became of the file here.
        files.check(package.files)
    post = studio.posts.claim(_wanted(package, approval, connection, studio), approval.content_hash, studio.clock())
    if post.status in OVER:
        return _told(post)
    try:
        studio.approvals.use(approval, studio.clock())
    except NotApproved as error:
        studio.posts.settle(post, status=PostStatus.FAILED, error=str(error))
        raise
    if post.status is PostStatus.FAILED:
        post = studio.posts.note(post, studio.clock(), status=PostStatus.SENDING, error="")
    return _sent(Job(studio, package, post, files, access, pace, left), route, studio)


class Retrying(Retryable):
    """Nothing is wrong; there was no time."""


def _sent(job: Job, route: Route, studio: Studio) -> SentPost:
    try:
        outcome = route.publish(job)
    except OutOfTime as error:
        return _told(studio.posts.settle(job.post, error=""), next_step=f"{error} {AGAIN}")
    except Unsure as error:
        return _failed(job, error, studio)
    except NotConnected as error:
        # What is there stays there: once the account is connected again, it goes on from there.
        studio.posts.settle(job.post, status=PostStatus.FAILED, error=_short(error))
        raise
    except Retryable as error:
        studio.posts.settle(job.post, error=_short(error))
        raise
    except (Conflict, Invalid) as error:
        _let_go(job)
        studio.posts.settle(job.post, status=PostStatus.FAILED, error=_short(error))
        raise
    except StudioError as error:
        _let_go(job)
        return _failed(job, error, studio)
    return _settled(job, outcome, studio)


def _let_go(job: Job) -> None:
    """Begin anew the next time, unless it may be there: then the next call looks at what there is."""
    if not job.may_be_there:
        job.forget()


def _failed(job: Job, error: StudioError, studio: Studio) -> SentPost:
    return _told(studio.posts.settle(job.post, status=PostStatus.FAILED, error=_short(error)))


def _settled(job: Job, outcome: Outcome, studio: Studio) -> SentPost:
    if outcome.status is PostStatus.FAILED:
        job.forget()
    published = studio.clock() if outcome.status is PostStatus.PUBLISHED else job.post.published_at
    post = studio.posts.settle(
        job.post,
        status=outcome.status,
        external_id=outcome.external_id or job.post.external_id,
        url=outcome.url,
        error=outcome.error[:_ERROR],
        published_at=published,
    )
    return _told(post, next_step=outcome.next)


def _appeared(post: Post, job: Job, route: Route, studio: Studio) -> SentPost:
    """Look at a scheduled post whose moment has come."""
    at = job.package.publish_at
    if route.look is None or at is None or studio.clock() < at:
        return _told(post)
    return _settled(job, route.look(job), studio)


def _known(approval: Approval, package: Package, studio: Studio) -> Post | None:
    posts = studio.posts.of_episode(package.episode_id)
    return next((post for post in posts if post.content_hash == approval.content_hash), None)


def account(package: Package, studio: Studio) -> tuple[Connection, Access]:
    """Return the account of a package and the right to act for it. Raises NotConnected, also where it may not post."""
    label = LABELS[package.network]
    if not package.account_id:
        raise NotConnected(
            f"No {label} account was connected when this was drafted. Connect one, draft the post again and approve "
            "that; or post it by hand and tell us of it."
        )
    connection, access = studio.accounts.access(package.network, package.account_id)
    if unallowed(connection):
        raise NotConnected(f"{label} lets the studio not post as {connection.name}: {lacking(connection)}")
    return connection, access


def unallowed(connection: Connection) -> tuple[str, ...]:
    """Return the scopes that posting needs and that were not granted."""
    needed = NETWORKS[DIALECTS[connection.network]].needed(("publish",))
    return tuple(scope for scope in connection.missing if scope in needed)


def lacking(connection: Connection) -> str:
    """Return what to do about scopes that were not granted."""
    scopes = ", ".join(scope.rpartition("/")[2] for scope in unallowed(connection))
    return f"{scopes} was not allowed. Connect it again and leave every box ticked."


def _in_time(package: Package, studio: Studio) -> None:
    """Raise Conflict for a post that is not due yet, on a network that keeps nothing for later."""
    if package.network is not NetworkName.YOUTUBE and package.publish_at and studio.clock() < package.publish_at:
        raise Conflict(
            f"This is for {package.publish_at.isoformat()}. {LABELS[package.network]} keeps nothing for later, so call "
            "again then."
        )


def _wanted(package: Package, approval: Approval, connection: Connection, studio: Studio) -> Post:
    at = studio.clock()
    titled: Any = package.title or next(iter(package.text.splitlines()), "") or approval.summary
    return Post(
        post_id=new_id(at),
        episode_id=package.episode_id,
        network=package.network,
        account_id=connection.account_id,
        bot=package.bot,
        title=titled[:300],
        variant=package.variant,
        hook=package.hook,
        bytes=sum(file.bytes for file in package.media),
        created_at=at,
    )


def _kept_back(approval: Approval, package: Package, error: StudioError, studio: Studio) -> SentPost:
    known = _known(approval, package, studio)
    told = SentPost(
        content_hash=approval.content_hash, network=package.network, account_id=package.account_id
    ) if known is None else _told(known)  # fmt: skip
    passing = isinstance(error, Retryable)
    return told.model_copy(
        update={"account": package.account, "error": str(error), "next": AGAIN if passing else told.next}
    )


def _told(post: Post, *, next_step: str = "") -> SentPost:
    return SentPost(
        content_hash=post.content_hash or _impossible(),
        network=post.network,
        account_id=post.account_id,
        post_id=post.post_id,
        status=post.status,
        external_id=post.external_id,
        url=post.url,
        sent_bytes=post.sent_bytes,
        bytes=post.bytes,
        error=post.error,
        next=next_step,
    )


def _impossible() -> NoReturn:
    raise ValueError("a post of ours has a content hash")


def _short(error: StudioError) -> str:
    return str(error)[:_ERROR]
