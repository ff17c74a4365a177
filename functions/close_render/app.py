"""Last task of both state machines: what came of the clips becomes the episode's status and its metadata."""

from pydantic import Field

from studio import takes
from studio.domain.base import Id, Value
from studio.domain.canon import canon_of
from studio.domain.episode import MAX_CLIPS, Episode, Status, outcome
from studio.domain.pipeline import Step, stages_of
from studio.entry import Studio, stage
from studio.rollup import write_metadata

_BROKE_OFF = {
    Step.SCRIPT: "The script could not be written",
    Step.CULTURE: "The script could not be rooted in its community",
    Step.DIRECTION: "The scenes could not be directed",
    Step.STORYBOARD: "The storyboard could not be drawn",
    Step.HOOKS: "The hooks could not be ranked",
    Step.REVIEW_SCRIPT: "The script review could not be opened",
    Step.REVIEW_STORYBOARD: "The storyboard review could not be opened",
}
_WITHOUT = {
    Step.CULTURE: "Not rooted in its community",
    Step.DIRECTION: "Not directed",
    Step.STORYBOARD: "Without a storyboard",
    Step.HOOKS: "Without hooks",
}
"""What an episode can be shot without, and how that is said."""

_CANCELS = {"rejected", "unanswered"}
"""Outcomes that are a person's word, or its absence: nothing has failed."""


class CloseRequest(Value):
    """Which episode is over. `clips` were to be rendered.

    Without any, `step` is where it stopped, `outcome` and `reason` why; with `rest` it was asked to stop there.
    """

    episode_id: Id
    clips: tuple[int, ...] = Field(default=(), max_length=MAX_CLIPS)
    step: Step = Step.SCRIPT
    outcome: str = ""
    reason: str = ""
    rest: bool = False


class CloseReport(Value):
    """How the episode ended."""

    episode_id: Id
    status: Status


def close_render(request: CloseRequest, studio: Studio) -> CloseReport:
    """Give the episode the status its clips have earned and write its `metadata.json`."""
    episode = studio.episodes.get(request.episode_id)
    if episode.under_way and episode.take == studio.take:
        if request.clips:
            episode = _close_rendered(episode, request.clips, studio)
        elif request.rest:
            episode = _rest(episode, studio)
        else:
            to = Status.CANCELLED if request.outcome in _CANCELS else Status.FAILED
            episode = takes.close(studio, episode, to, request.reason or _sentence(request))
    write_metadata(studio, episode.episode_id)
    return CloseReport(episode_id=episode.episode_id, status=episode.status)


def _close_rendered(episode: Episode, clips: tuple[int, ...], studio: Studio) -> Episode:
    if episode.status is not Status.RENDERING:
        # No renderer got as far as saying so; what was rendered in an earlier take stands all the same.
        episode = studio.episodes.move(episode.episode_id, Status.RENDERING, studio.clock(), expect=studio.take)
    to, reason = outcome(takes.fail_unrendered(studio, episode, clips))
    if without := _missing(episode, studio):
        to, reason = Status.PARTIAL if to is Status.COMPLETED else to, " ".join(filter(None, [without, reason]))
    if episode.project_id is not None and to in {Status.COMPLETED, Status.PARTIAL}:
        # Before the episode is closed: whoever dies in between is followed by somebody who finds it open.
        _remember(episode, episode.project_id, studio)
    return takes.close(studio, episode, to, reason)


def _missing(episode: Episode, studio: Studio) -> str:
    """Return which stages the episode had to do without, and why; empty when there were none."""
    records = studio.episodes.paper(episode.episode_id).records
    stopped = [(step, records[step]) for step in stages_of(episode.pipeline) if step in records]
    return " ".join(
        f"{_WITHOUT[step]}: {r.reason}" for step, r in stopped if r.status == "stopped" and step in _WITHOUT
    )


def _rest(episode: Episode, studio: Studio) -> Episode:
    """Let the episode rest as written: no execution holds it any more."""
    if episode.status is not Status.WRITTEN:
        studio.episodes.move(episode.episode_id, Status.WRITTEN, studio.clock(), expect=studio.take)
    return studio.episodes.move(episode.episode_id, Status.WRITTEN, studio.clock(), expect=studio.take, execution="")


def _remember(episode: Episode, project_id: str, studio: Studio) -> None:
    """Add what the episode established to its show's canon."""
    paper = studio.episodes.paper(episode.episode_id)
    if paper.script is not None:
        entry = canon_of(episode.episode_id, paper.script, paper.outline, paper.boards, studio.clock())
        studio.canon(project_id).put(entry)


def _sentence(request: CloseRequest) -> str:
    if request.outcome == "unanswered":
        gate = request.step.removeprefix("review_")
        return f"Nobody answered the {gate} review in time. Take the episode up again; what is on paper was kept."
    if request.outcome == "wait":
        return "The provider's rate limit did not let this episode through for too long. Take it up again later."
    broke = _BROKE_OFF.get(request.step, "The work broke off")
    return f"{broke}, and retries did not help. Take the episode up again in a moment."


handler = stage(close_render)
