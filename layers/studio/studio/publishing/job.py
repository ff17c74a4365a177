"""One approved package on its way to one account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from studio.channels.addresses import Host
from studio.channels.http import Access
from studio.channels.limits import Medium
from studio.channels.polling import Pending, until
from studio.channels.uploads import Progress, Read
from studio.domain.base import Value
from studio.domain.errors import StudioError
from studio.domain.post import Post, PostStatus
from studio.domain.posting import MediaFile, Package
from studio.entry import Studio
from studio.publishing.files import Files, medium
from studio.publishing.pace import Pace


class OutOfTime(StudioError):
    """This call has used its time. What is there is noted, and the next call goes on."""


class Unsure(StudioError):
    """It may be there, and nobody can tell from here. It is not sent again before somebody has looked."""


@dataclass(frozen=True)
class Outcome:
    """What has become of a post. `error` is the network's own; `next` what to do."""

    status: PostStatus
    external_id: str = ""
    url: str = ""
    error: str = ""
    next: str = ""


class Job:
    """A post while it is sent. What a network needs to go on is kept with the post, where nobody else reads it."""

    def __init__(
        self, studio: Studio, package: Package, post: Post, files: Files, access: Access, pace: Pace,
        left: Callable[[], float],
    ) -> None:  # fmt: skip
        self.package = package
        self.post = post
        self.access = access
        self.may_be_there = False
        """Whether people may see it already, whatever is answered from here on: then nothing may be begun anew."""
        self._studio = studio
        self._files = files
        self._pace = pace
        self._left = left

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self._studio.clock()

    @property
    def clock(self) -> Callable[[], datetime]:
        """What tells the present instant."""
        return self._studio.clock

    @property
    def waiting(self) -> Callable[[float], None]:
        """How a client waits."""
        return self._pace.wait

    def host(self, host: Host) -> str:
        """Return where a network answers."""
        return self._studio.accounts.host(host)

    def state[S: Value](self, schema: type[S]) -> S:
        """Return how far the network was brought, as it was kept last; a fresh state where nothing was."""
        kept = self._studio.posts.session(self.post)
        return schema.model_validate_json(kept) if kept else schema()

    def keep(self, state: Value, **changes: object) -> None:
        """Keep how far the network was brought, and what of the post changed with it."""
        self.post = self._studio.posts.note(self.post, self.now, session=state.model_dump_json(), **changes)

    def forget(self) -> None:
        """Forget what was begun: the next attempt begins anew."""
        self.post = self._studio.posts.note(self.post, self.now, session="", sent_bytes=0)

    def progress(self, base: int = 0, then: Progress = lambda _: None) -> Progress:
        """Return what notes how many bytes are there, `base` of earlier files included, and stops when time is up."""

        def reached(offset: int) -> None:
            then(offset)
            self.post = self._studio.posts.note(self.post, self.now, sent_bytes=base + offset)
            if self._left() <= 0 and base + offset < self.post.bytes:
                raise OutOfTime("The file is on its way; this call has used its time.")

        return reached

    def until[T: Pending](self, ask: Callable[[], T]) -> T:
        """Ask until it is decided, or this call's time is up."""
        return until(ask, within=max(0.0, self._left()), wait=self._pace.wait, clock=self._pace.clock)

    def read(self, file: MediaFile) -> Read:
        """Return what reads a file of the package, in ranges. Raises Conflict where it is not the approved one."""
        self._files.check([file])
        return self._files.read(file)

    def whole(self, file: MediaFile) -> bytes:
        """Return all of a small file of the package. Raises Conflict where it is not the approved one."""
        self._files.check([file])
        return self._files.whole(file)

    def link(self, file: MediaFile) -> str:
        """Return a link by which the network fetches a file, good for minutes. Raises Conflict like `read`."""
        self._files.check([file])
        return self._files.link(file)


def look_at(network: str, account: str) -> str:
    """Return what to do about a post of which nobody knows whether it is there."""
    return (
        f"{network} did not answer, so the post may be there. Look at {account or 'the account'}. "
        "If it is, tell us with POST /episodes/{id}/posts; if it is not, draft it again."
    )


def media(package: Package) -> tuple[Medium, ...]:
    """Return a package's files as the networks' rules look at them."""
    return tuple(medium(file) for file in package.media)


def unknown(error: StudioError) -> bool:
    """Tell whether a request went out and nobody knows what came of it."""
    return bool(getattr(error, "sent", False))
