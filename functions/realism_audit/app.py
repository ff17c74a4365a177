"""realism-audit: the pictures that are there, judged by the rubric that rendering uses, and what to do about each."""

from pydantic import Field

from studio.domain.base import Id, Value
from studio.domain.episode import MAX_CLIPS, TERMINAL, Clip, ClipStatus, Episode
from studio.domain.errors import FINAL, Conflict, Invalid, StudioError
from studio.domain.realism import Mark, TakeVerdict, Verdict, acceptable, kept_because, take_numbers
from studio.entry import Studio, bot
from studio.judging import judge_picture
from studio.rollup import write_clip, write_metadata
from studio.shots import staged

NOT_RENDERED = "There is no picture yet. Shoot this clip first (generate-video)."
GONE = "Its file is gone. Shoot this clip again (generate-video); the same picture comes back for nothing."


class AuditRequest(Value):
    """Which clips to judge; all that are rendered, where left out."""

    episode_id: Id
    clips: tuple[int, ...] = Field(default=(), max_length=MAX_CLIPS)


class ClipAudit(Value):
    """One clip's picture, judged. `verdict` is null where it was not; `next_step` then says why and what to do."""

    clip: int
    sha256: str
    verdict: Verdict | None
    acceptable: bool | None
    next_step: str


class AuditReport(Value):
    """The clips that were asked for, judged. `threshold` is the overall verdict that is good enough."""

    episode_id: Id
    threshold: float
    clips: tuple[ClipAudit, ...]


def audit_realism(request: AuditRequest, studio: Studio) -> AuditReport:
    """Judge an episode's pictures for realism, each by a written rubric.

    Every verdict is kept with its clip. A picture that was judged before, and is the same, costs nothing.
    """
    episode = studio.episodes.get(request.episode_id)
    if not episode.editable and studio.take != episode.take:
        raise Conflict(f"The episode is {episode.status}; its pictures may still change. Wait, or cancel it.")
    clips = {clip.number: clip for clip in studio.episodes.clips(episode.episode_id)}
    missing = [number for number in request.clips if number not in clips]
    if missing:
        raise Invalid(f"The episode has no clip {missing[0]}.", {"clips": f"must be among {sorted(clips)}"})
    wanted = [clips[number] for number in sorted(set(request.clips) or clips)]
    if not any(clip.status is ClipStatus.RENDERED for clip in wanted):
        raise Conflict("None of these clips is rendered, so there is nothing to judge. Shoot them first.")
    stopped: list[StudioError] = []
    audits = tuple(_audit(clip, episode, stopped, studio) for clip in wanted)
    if stopped and not any(audit.verdict for audit in audits):
        raise stopped[0]
    if any(audit.verdict for audit in audits) and episode.status in TERMINAL:
        write_metadata(studio, episode.episode_id)
    return AuditReport(episode_id=episode.episode_id, threshold=studio.settings.realism_threshold, clips=audits)


def _audit(clip: Clip, episode: Episode, stopped: list[StudioError], studio: Studio) -> ClipAudit:
    """Judge one clip's picture. What a retry would not change is said of the clip, and noted in `stopped`."""
    if clip.status is not ClipStatus.RENDERED:
        return _unjudged(clip, NOT_RENDERED)
    picture = studio.videos.get(f"{episode.episode_id}/{clip.name}")
    if picture is None:
        return _unjudged(clip, GONE)
    try:
        on_paper = staged(episode, clip.number, studio)
        judge = studio.judge(episode.provider, "realism_audit", episode, clip.number)
        verdict = judge_picture(judge, picture, on_paper, photorealistic=episode.brief.photorealistic)
    except FINAL as error:
        stopped.append(error)
        return _unjudged(clip, f"It could not be judged: {error}")
    if not _keep(clip, verdict, studio):
        return _unjudged(clip, "It was shot again meanwhile. Ask once more.")
    good = acceptable(verdict, studio.settings.realism_threshold)
    return ClipAudit(
        clip=clip.number,
        sha256=clip.sha256,
        verdict=verdict,
        acceptable=None if verdict.rehearsal else good,
        next_step=_next_step(clip.number, verdict, good=good),
    )


def _keep(clip: Clip, verdict: Verdict, studio: Studio) -> bool:
    """Keep the verdict with the take whose picture it is of. False when the clip has another by now."""
    now = studio.episodes.clip(clip.episode_id, clip.number)
    if now.sha256 != clip.sha256:
        return False
    before = now.kept or TakeVerdict(
        take=take_numbers(now.take, 1)[0],
        sha256=now.sha256,
        model=now.model,
        kept=True,
    )
    judged = before.model_copy(update={"verdict": verdict})
    judged = judged.model_copy(update={"reason": kept_because(judged, studio.settings.realism_threshold)})
    takes = [judged if take == now.kept else take for take in now.takes] if now.kept else [judged]
    studio.episodes.update_clip(
        clip.episode_id, clip.number, studio.clock(), takes=[take.model_dump(mode="json") for take in takes]
    )
    write_clip(studio, clip.episode_id, clip.number)
    return True


def _unjudged(clip: Clip, why: str) -> ClipAudit:
    return ClipAudit(clip=clip.number, sha256=clip.sha256, verdict=None, acceptable=None, next_step=why)


def _next_step(number: int, verdict: Verdict, *, good: bool) -> str:
    if verdict.rehearsal:
        return f"{verdict.note} Produce the episode with the provider gemini to have its pictures judged."
    weak = verdict.weakest
    if weak is None or weak.score == 5:
        return "Nothing was found. Leave it as it is."
    if good:
        return f"Good enough. Its weakest point, {_told(weak)}"
    again = f"shoot clip {number} again with another_take (generate-video)"
    if weak.criterion == "matches_description":
        again = f"describe clip {number} more plainly, or {again}"
    return f"{again[0].upper()}{again[1:]}. Its weakest point, {_told(weak)}"


def _told(mark: Mark) -> str:
    return f"{mark.criterion.replace('_', ' ')} ({mark.score} of 5): {mark.reason}"


handler = bot(audit_realism)
