"""Task of the video state machine: one clip's description becomes a picture in the bucket, the best of a few."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from pydantic import Field

from media.pixels import inspect
from studio.domain.base import Id, Value
from studio.domain.episode import MAX_CLIPS, Clip, ClipStatus, Episode, Status
from studio.domain.errors import FINAL, BadAnswer, Conflict, NotFound, Retryable, StudioError
from studio.domain.realism import TakeVerdict, Verdict, acceptable, best, decided, faults_of, take_numbers
from studio.domain.shot import Figure, Shot
from studio.entry import Studio, stage
from studio.generation.ports import PaintRequest, Reference
from studio.judging import judge_picture
from studio.purchases import BoughtPainter
from studio.rollup import write_clip
from studio.shots import Staged, staged

# Before the first heading the prompt for every picture, then one section for each look.
_COMMON, _STORYBOARD, _PHOTOREALISTIC = re.split(
    r"^## .+$", Path(__file__).with_name("prompt.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)
_SUFFIXES = {b"\x89PNG\r\n\x1a\n": ("png", "image/png"), b"\xff\xd8\xff": ("jpg", "image/jpeg")}


class ClipRequest(Value):
    """Which clip to paint."""

    episode_id: Id
    clip: int = Field(ge=1, le=MAX_CLIPS)


class ClipReport(Value):
    """What was stored where. `name` is relative to the episode."""

    clip: int
    name: str
    sha256: str


@dataclass
class _Shooting:
    """The takes of a clip so far, the pictures that can be shown, and why there are no more."""

    takes: list[TakeVerdict] = field(default_factory=list)
    pictures: dict[int, bytes] = field(default_factory=dict)
    stopped: str = ""
    on_paper: Staged | None = None


def render_clip(request: ClipRequest, studio: Studio) -> ClipReport:
    """Paint one clip, have it judged, paint it anew where that is poor, and store the best.

    What was painted or judged before, from the same description, is taken from memory.
    """
    episode = studio.episodes.get(request.episode_id)
    if episode.status is not Status.RENDERING or episode.take != studio.take:
        episode = studio.episodes.move(episode.episode_id, Status.RENDERING, studio.clock(), expect=studio.take)
    clip = studio.episodes.clip(episode.episode_id, request.clip)
    studio.episodes.update_clip(episode.episode_id, clip.number, studio.clock(), status=ClipStatus.RENDERING, reason="")
    shooting = _Shooting()
    try:
        painter = studio.painter(episode.provider, "render_clip", episode, clip.number)
        kept = _shoot(shooting, episode, clip, painter, studio)
    except StudioError as error:
        _check_take(episode.episode_id, studio)
        # Kept where people look; the next attempt clears it.
        status = ClipStatus.PENDING if isinstance(error, Retryable) else ClipStatus.FAILED
        studio.episodes.update_clip(
            episode.episode_id,
            clip.number,
            studio.clock(),
            status=status,
            reason=str(error),
            calls=_calls(clip, studio),
        )
        raise
    _check_take(episode.episode_id, studio)
    picture = shooting.pictures[kept.take]
    suffix, media_type = next(kind for magic, kind in _SUFFIXES.items() if picture.startswith(magic))
    name = f"clips/{clip.number}.{suffix}"
    studio.videos.put(f"{episode.episode_id}/{name}", picture, media_type)
    if clip.name and clip.name != name:
        studio.videos.delete(f"{episode.episode_id}/{clip.name}")
    takes = decided(shooting.takes, studio.settings.realism_threshold, shooting.stopped)
    try:
        studio.episodes.update_clip(
            episode.episode_id,
            clip.number,
            studio.clock(),
            status=ClipStatus.RENDERED,
            reason="",
            name=name,
            sha256=kept.sha256,
            input_hash=shooting.on_paper.input_hash if shooting.on_paper else "",
            provider=episode.provider,
            model=painter.model,
            draft=episode.provider == "draft",
            takes=[take.model_dump(mode="json") for take in takes],
            calls=_calls(clip, studio),
        )
    except NotFound:
        # Deleted while this was stored: nothing of it may stay.
        studio.videos.delete(f"{episode.episode_id}/{name}")
        raise
    if studio.episodes.clip(episode.episode_id, clip.number).is_measured:
        # The event of the file's arrival was faster than this, so its `.json` did not know all of it.
        write_clip(studio, episode.episode_id, clip.number)
    return ClipReport(clip=clip.number, name=name, sha256=kept.sha256)


def _calls(clip: Clip, studio: Studio) -> list[str]:
    return list(dict.fromkeys([*clip.calls, *(purchase.digest for purchase in studio.till.purchases)]))


def _check_take(episode_id: str, studio: Studio) -> None:
    """Raise Conflict when a newer take of the episode has begun: what an older one brings must not touch it."""
    if studio.episodes.get(episode_id).take != studio.take:
        raise Conflict("The episode was started again meanwhile; this picture is of an older take.")


def _shoot(shooting: _Shooting, episode: Episode, clip: Clip, painter: BoughtPainter, studio: Studio) -> TakeVerdict:
    """Paint takes until one is good enough, or there are as many as there may be, and return the best.

    Raises what the first take's painter raises; later ones raise only what may pass by itself: whatever else stops
    them, there is a picture. Raises BadAnswer when there is none.
    """
    on_paper = shooting.on_paper = staged(episode, clip.number, studio)
    seen = _seen(studio.episodes.clips(episode.episode_id), clip.number)
    for number in take_numbers(clip.take, studio.settings.takes):
        if shooting.takes and not _goes_on(episode, studio):
            break
        try:
            picture = painter.paint(paint_request(episode, on_paper, number))
        except FINAL as error:
            if best(shooting.takes) is None:
                raise
            shooting.stopped = str(error)
            break
        found = inspect(picture, episode.aspect, seen)
        take = TakeVerdict(
            take=number,
            sha256=hashlib.sha256(picture).hexdigest(),
            pixels_sha256=found.sha256,
            model=painter.model,
            pixels=found.faults,
        )
        verdict, why = (None, "") if found.faults else _verdict(picture, on_paper, episode, clip, studio)
        take = take.model_copy(update={"verdict": verdict, "reason": why})
        shooting.takes.append(take)
        if take.usable:
            shooting.pictures[number] = picture
        if not found.faults and (verdict is None or acceptable(verdict, studio.settings.realism_threshold)):
            # Without a judge another take could not be told from this one.
            break
    kept = best(shooting.takes)
    if kept is None:
        wrong = "; ".join(f"take {take.take}: {faults_of(take)}" for take in shooting.takes)
        raise BadAnswer(f"No picture came that can be shown ({wrong}). Ask for another take, or describe it otherwise.")
    return kept


def _verdict(
    picture: bytes, on_paper: Staged, episode: Episode, clip: Clip, studio: Studio
) -> tuple[Verdict | None, str]:
    """Return what a judge says of a picture; None, and why, where none can."""
    try:
        judge = studio.judge(episode.provider, "judge_clip", episode, clip.number)
        return judge_picture(judge, picture, on_paper, photorealistic=episode.brief.photorealistic), ""
    except FINAL as error:
        # It is paid for and may well be good: that nobody could say so is no reason to have no picture.
        return None, f"It could not be judged: {error}"


def _seen(clips: list[Clip], number: int) -> set[str]:
    """Return the SHA-256 of the other clips' pictures, as files and as pixels."""
    others = [clip for clip in clips if clip.number != number and clip.status is ClipStatus.RENDERED]
    return {clip.sha256 for clip in others} | {
        clip.kept.pixels_sha256 for clip in others if clip.kept is not None and clip.kept.pixels_sha256
    }


def _goes_on(episode: Episode, studio: Studio) -> bool:
    """Tell whether the episode is still being made, in this take: else another picture is money thrown away."""
    now = studio.episodes.get(episode.episode_id)
    return now.status is Status.RENDERING and now.take == studio.take


def paint_request(episode: Episode, on_paper: Staged, take: int) -> PaintRequest:
    """Return what a painter is asked for one take of a clip."""
    photorealistic = episode.brief.photorealistic
    return PaintRequest(
        prompt=_prompt(on_paper.shot, on_paper.references, photorealistic=photorealistic),
        shot=on_paper.shot,
        aspect=episode.aspect,
        photorealistic=photorealistic,
        references=on_paper.references,
        take=take,
    )


def _prompt(shot: Shot, references: tuple[Reference, ...], *, photorealistic: bool) -> str:
    words = {
        "heading": shot.heading,
        "people": "; ".join(_portrait(figure) for figure in shot.people) or "nobody",
        "description": shot.description,
        "size": shot.size.replace("_", " "),
        "angle": shot.angle.replace("_", " "),
        "lens_mm": str(shot.lens_mm),
        "mood": shot.mood or "as the scene has it",
        "genre": shot.genre or "reality TV",
        "light": shot.light or "as the set has it",
        "look": shot.look or "as the mood has it",
    }
    # A closing tag in somebody's words would end the description; without angle brackets there is none.
    data = {name: text.replace("<", "‹").replace(">", "›") for name, text in words.items()}
    manner = Template((_PHOTOREALISTIC if photorealistic else _STORYBOARD).strip()).substitute(lens_mm=data["lens_mm"])
    bound = (
        "Pictures follow that show what these people look like; keep each face: "
        + ", ".join(reference.name for reference in references)
        + "."
        if references
        else ""
    )
    return Template(_COMMON).substitute(data, manner=manner, references=bound).strip()


def _portrait(figure: Figure) -> str:
    said = [f"age {figure.age}" if figure.age else "", figure.build, figure.hair, figure.skin, figure.wardrobe]
    return f"{figure.name} ({', '.join(word for word in said if word)})" if any(said) else figure.name


handler = stage(render_clip)
