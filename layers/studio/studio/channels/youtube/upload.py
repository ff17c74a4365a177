"""An upload that goes on at the byte it reached.

SOURCE: developers.google.com/youtube/v3/guides/using_resumable_upload_protocol.
"""

import re
from collections.abc import Callable

import httpx2
from pydantic import Field

from studio.channels.http import LONGEST_WAIT, Answer, Network, Received
from studio.channels.refusals import Gone
from studio.channels.uploads import Progress, Read, piece
from studio.channels.youtube.details import VideoDetails
from studio.domain.errors import NotFound, Unavailable

GRAIN = 256 * 1024
"""Every piece but the last is a multiple of this, in bytes."""

CHUNK = 32 * GRAIN
"""How much is sent at once: what a break may cost, and what is held in memory."""

LARGEST = 256 * 1024**3
PATIENCE = httpx2.Timeout(60.0, connect=5.0)
STANDSTILLS = 5
"""So often in a row an upload may break without getting on."""

_RANGE = re.compile(r"bytes=0-(\d+)")


class _Uploaded(Received):
    id: str = Field(min_length=1)


def begin(network: Network, details: VideoDetails, size: int, media_type: str) -> str:
    """Return the address of a new session."""
    answer = network.post(
        "/upload/youtube/v3/videos",
        params={
            "uploadType": "resumable",
            "part": "snippet,status",
            "notifySubscribers": "true" if details.notify else "false",
        },
        headers={"X-Upload-Content-Length": str(size), "X-Upload-Content-Type": media_type},
        json=details.resource(),
        # A session that nothing is sent to makes no video, so a second one does no harm.
        again=True,
    )
    session = answer.headers.get("location", "")
    if not network.own(session):
        raise Unavailable(f"{network.name} answered with something that is not an answer.", sent=True)
    return session


def reached(network: Network, session: str, size: int) -> int | str:
    """Return the byte a session goes on at, or the video's id where it is complete. Raises Gone."""
    return _outcome(network, session, b"", f"bytes */{size}", again=True)


def send(
    network: Network,
    session: str,
    read: Read,
    size: int,
    from_offset: int | None,
    progress: Progress,
    wait: Callable[[float], None],
) -> str:
    """Send what is missing and return the video's id. See `YouTube.upload`."""
    at: int | str = reached(network, session, size) if from_offset is None else from_offset
    furthest, standstills = at, 0
    while isinstance(at, int) and isinstance(furthest, int):
        try:
            at = _piece(network, session, read, at, size)
        except Unavailable as error:
            if standstills == STANDSTILLS or (error.retry_after or 0) > LONGEST_WAIT:
                raise
            wait(error.retry_after or 0.5)
            # Only the network knows how much of the piece arrived, and whether it was the last.
            at = reached(network, session, size)
        if isinstance(at, str):
            break
        if at > furthest:
            furthest, standstills = at, 0
            progress(at)
        elif standstills == STANDSTILLS:
            raise Unavailable(f"{network.name} takes no more of the film.", sent=True)
        else:
            standstills += 1
            wait(0.5 * standstills)
    progress(size)
    return str(at)


def _piece(network: Network, session: str, read: Read, at: int, size: int) -> int | str:
    length = min(CHUNK, size - at)
    if length <= 0:
        return reached(network, session, size)
    return _outcome(network, session, piece(read, at, length), f"bytes {at}-{at + length - 1}/{size}", again=False)


def _outcome(network: Network, session: str, content: bytes, content_range: str, *, again: bool) -> int | str:
    gone = Gone(f"{network.name} no longer has this upload. It begins anew.")
    try:
        answer = network.send(
            "PUT",
            session,
            again=again,
            accept=(308, 404, 410),
            content=content,
            headers={"Content-Range": content_range},
            timeout=PATIENCE,
        )
    except NotFound:
        raise gone from None
    match answer.status:
        case 404 | 410:
            raise gone
        case 308:
            return _kept(answer)
    return network.read(answer, _Uploaded).id


def _kept(answer: Answer) -> int:
    """Return the next byte wanted: one after the last of `Range`, the first where there is none."""
    told = _RANGE.fullmatch(answer.headers.get("range", "").strip())
    return int(told[1]) + 1 if told else 0
