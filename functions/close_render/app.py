"""Last task of both state machines: what came of the clips becomes the episode's status and its metadata."""

from pydantic import Field

from studio import takes
from studio.domain.base import Id, Value
from studio.domain.episode import ACTIVE, MAX_CLIPS, Status, outcome
from studio.entry import Studio, stage
from studio.rollup import write_metadata

_NOT_WRITTEN = "The script could not be written, and retries did not help. Take the episode up again in a moment."


class CloseRequest(Value):
    """Which episode is over. `clips` were to be rendered; `reason` says why it stopped before any were."""

    episode_id: Id
    clips: tuple[int, ...] = Field(default=(), max_length=MAX_CLIPS)
    reason: str = ""


class CloseReport(Value):
    """How the episode ended."""

    episode_id: Id
    status: Status


def close_render(request: CloseRequest, studio: Studio) -> CloseReport:
    """Give the episode the status its clips have earned and write its `metadata.json`."""
    episode = studio.episodes.get(request.episode_id)
    if episode.status in ACTIVE and episode.take == studio.take:
        if request.clips:
            if episode.status is not Status.RENDERING:
                # No renderer got as far as saying so; what was rendered in an earlier take stands all the same.
                episode = studio.episodes.move(episode.episode_id, Status.RENDERING, studio.clock(), expect=studio.take)
            to, reason = outcome(takes.fail_unrendered(studio, episode, request.clips))
        else:
            to, reason = Status.FAILED, request.reason or _NOT_WRITTEN
        episode = takes.close(studio, episode, to, reason)
    write_metadata(studio, episode.episode_id)
    return CloseReport(episode_id=episode.episode_id, status=episode.status)


handler = stage(close_render)
