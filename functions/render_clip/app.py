"""Task of the video state machine: one clip's description becomes a picture in the bucket."""

import hashlib
import re
from pathlib import Path
from string import Template

from pydantic import Field

from studio.domain.base import Id, Value
from studio.domain.episode import MAX_CLIPS, ClipStatus, Episode, Status
from studio.domain.errors import Conflict, MissingReference, NotFound, Retryable, StudioError
from studio.domain.project import Character
from studio.domain.script import ClipDescription, Script
from studio.domain.shot import Figure, Shot
from studio.entry import Studio, stage
from studio.generation.ports import PaintRequest, Reference
from studio.rollup import write_clip

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


def render_clip(request: ClipRequest, studio: Studio) -> ClipReport:
    """Paint one clip and store it. What was painted before from the same description is taken from memory."""
    episode = studio.episodes.get(request.episode_id)
    if episode.status is not Status.RENDERING or episode.take != studio.take:
        episode = studio.episodes.move(episode.episode_id, Status.RENDERING, studio.clock(), expect=studio.take)
    clip = studio.episodes.clip(episode.episode_id, request.clip)
    studio.episodes.update_clip(episode.episode_id, clip.number, studio.clock(), status=ClipStatus.RENDERING, reason="")
    try:
        painter = studio.painter(episode.provider, "render_clip", episode, clip.number)
        picture = painter.paint(paint_request(episode, request.clip, clip.take, studio))
    except StudioError as error:
        _check_take(episode.episode_id, studio)
        # Kept where people look; the next attempt clears it.
        status = ClipStatus.PENDING if isinstance(error, Retryable) else ClipStatus.FAILED
        studio.episodes.update_clip(episode.episode_id, clip.number, studio.clock(), status=status, reason=str(error))
        raise
    _check_take(episode.episode_id, studio)
    suffix, media_type = next(kind for magic, kind in _SUFFIXES.items() if picture.startswith(magic))
    name = f"clips/{clip.number}.{suffix}"
    sha256 = hashlib.sha256(picture).hexdigest()
    studio.videos.put(f"{episode.episode_id}/{name}", picture, media_type)
    if clip.name and clip.name != name:
        studio.videos.delete(f"{episode.episode_id}/{clip.name}")
    try:
        studio.episodes.update_clip(
            episode.episode_id,
            clip.number,
            studio.clock(),
            status=ClipStatus.RENDERED,
            reason="",
            name=name,
            sha256=sha256,
            provider=episode.provider,
            model=painter.model,
            draft=episode.provider == "draft",
        )
    except NotFound:
        # Deleted while this was stored: nothing of it may stay.
        studio.videos.delete(f"{episode.episode_id}/{name}")
        raise
    if studio.episodes.clip(episode.episode_id, clip.number).is_measured:
        # The event of the file's arrival was faster than this, so its `.json` did not know all of it.
        write_clip(studio, episode.episode_id, clip.number)
    return ClipReport(clip=clip.number, name=name, sha256=sha256)


def _check_take(episode_id: str, studio: Studio) -> None:
    """Raise Conflict when a newer take of the episode has begun: what an older one brings must not touch it."""
    if studio.episodes.get(episode_id).take != studio.take:
        raise Conflict("The episode was started again meanwhile; this picture is of an older take.")


def paint_request(episode: Episode, number: int, take: int, studio: Studio) -> PaintRequest:
    """Return what a painter is asked for clip `number`. Raises NotFound, MissingReference."""
    script = studio.episodes.script(episode.episode_id)
    if script is None:
        raise NotFound("The episode has no script yet.")
    described = script.clip(number)
    in_frame = {name.casefold() for name in described.people}
    cast = [character for character in studio.cast_of(episode) if character.sheet.name.casefold() in in_frame]
    references = tuple(_reference(character, studio) for character in cast if character.reference_id is not None)
    shot = Shot(
        scene=described.scene,
        number=number,
        heading=script.scene(described.scene).heading,
        description=described.description,
        people=_figures(described, script, cast),
        size=described.size,
        angle=described.angle,
        lens_mm=described.lens_mm,
        move=described.move,
        mood=episode.brief.mood,
        genre=episode.brief.genre,
    )
    return PaintRequest(
        prompt=_prompt(shot, references, photorealistic=episode.brief.photorealistic),
        shot=shot,
        aspect=episode.aspect,
        photorealistic=episode.brief.photorealistic,
        references=references,
        take=take,
    )


def _figures(described: ClipDescription, script: Script, cast: list[Character]) -> tuple[Figure, ...]:
    known = {character.sheet.name.casefold(): character.sheet.figure() for character in cast}
    guests = {guest.name.casefold(): guest.figure() for guest in script.guests}
    return tuple((guests | known).get(name.casefold(), Figure(name=name)) for name in described.people)


def _reference(character: Character, studio: Studio) -> Reference:
    try:
        attachment, data = studio.attachments.read(character.reference_id or "")
    except NotFound as error:
        raise MissingReference(
            f"The reference picture of {character.sheet.name} is not there. Upload it again, or take it off them."
        ) from error
    sha256 = hashlib.sha256(data).hexdigest()
    return Reference(name=character.sheet.name, data=data, media_type=attachment.media_type, sha256=sha256)


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
    }
    # A closing tag in somebody's words would end the description; without angle brackets there is none.
    data = {name: text.replace("<", "‹").replace(">", "›") for name, text in words.items()}
    look = Template((_PHOTOREALISTIC if photorealistic else _STORYBOARD).strip()).substitute(lens_mm=data["lens_mm"])
    bound = (
        "Pictures follow that show what these people look like; keep each face: "
        + ", ".join(reference.name for reference in references)
        + "."
        if references
        else ""
    )
    return Template(_COMMON).substitute(data, look=look, references=bound).strip()


def _portrait(figure: Figure) -> str:
    said = [f"age {figure.age}" if figure.age else "", figure.build, figure.hair, figure.skin, figure.wardrobe]
    return f"{figure.name} ({', '.join(word for word in said if word)})" if any(said) else figure.name


handler = stage(render_clip)
