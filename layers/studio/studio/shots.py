"""What a clip is to show: its shot, and the pictures of whom it shows."""

import hashlib
from dataclasses import dataclass

from studio.domain.episode import Episode
from studio.domain.errors import MissingReference, NotFound
from studio.domain.project import Character
from studio.domain.script import ClipDescription, Script
from studio.domain.shot import Figure, Shot
from studio.entry.context import Studio
from studio.generation.ports import Reference


@dataclass(frozen=True)
class Staged:
    """A clip on paper: the shot, and references for those of its people who have one."""

    shot: Shot
    references: tuple[Reference, ...]


def staged(episode: Episode, number: int, studio: Studio) -> Staged:
    """Return what clip `number` is to show. Raises NotFound without a script, MissingReference."""
    script = studio.episodes.script(episode.episode_id)
    if script is None:
        raise NotFound("The episode has no script yet.")
    described = script.clip(number)
    in_frame = {name.casefold() for name in described.people}
    cast = [character for character in studio.cast_of(episode) if character.sheet.name.casefold() in in_frame]
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
    references = tuple(_reference(character, studio) for character in cast if character.reference_id is not None)
    return Staged(shot, references)


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
