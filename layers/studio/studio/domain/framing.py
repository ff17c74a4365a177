"""What one clip is to show, put together from everything on paper."""

from collections.abc import Sequence

from studio.domain.digest import digest_of
from studio.domain.direction import Look, SceneDirection
from studio.domain.episode import Clip, ClipStatus, Episode
from studio.domain.paper import Paper
from studio.domain.project import Character
from studio.domain.script import ClipDescription, Script
from studio.domain.shot import Figure, Shot


def shot_of(episode: Episode, script: Script, paper: Paper, cast: Sequence[Character], number: int) -> Shot:
    """Return clip `number` as a shot, in the episode's look and its scene's light. Raises KeyError without the clip."""
    described = script.clip(number)
    return Shot(
        scene=described.scene,
        number=number,
        heading=script.scene(described.scene).heading,
        description=described.description,
        people=_figures(described, script, in_frame(described, cast)),
        size=described.size,
        angle=described.angle,
        lens_mm=described.lens_mm,
        move=described.move,
        mood=episode.brief.mood,
        genre=episode.brief.genre,
        light=_light(paper.directions.get(described.scene)),
        look=_look(paper.look),
    )


def in_frame(described: ClipDescription, cast: Sequence[Character]) -> list[Character]:
    """Return those of the cast whom a clip shows."""
    seen = {name.casefold() for name in described.people}
    return [character for character in cast if character.sheet.name.casefold() in seen]


def made_from(episode: Episode, script: Script, paper: Paper, cast: Sequence[Character], number: int) -> str:
    """Return the hash of everything that clip `number` is painted from; a face counts by its attachment."""
    shot = shot_of(episode, script, paper, cast, number)
    faces = {c.sheet.name: c.reference_id for c in in_frame(script.clip(number), cast) if c.reference_id is not None}
    return digest_of(shot.model_dump(mode="json"), episode.aspect, episode.brief.photorealistic, faces)


def is_stale(clip: Clip, episode: Episode, paper: Paper, cast: Sequence[Character]) -> bool:
    """Tell whether a rendered clip shows something else than what is on paper now."""
    script = paper.script
    if script is None or clip.status is not ClipStatus.RENDERED or not clip.input_hash:
        return False
    if not any(described.number == clip.number for described in script.clips):
        return True
    return made_from(episode, script, paper, cast, clip.number) != clip.input_hash


def _figures(described: ClipDescription, script: Script, cast: Sequence[Character]) -> tuple[Figure, ...]:
    known = {character.sheet.name.casefold(): character.sheet.figure() for character in cast}
    guests = {guest.name.casefold(): guest.figure() for guest in script.guests}
    return tuple((guests | known).get(name.casefold(), Figure(name=name)) for name in described.people)


def _light(directed: SceneDirection | None) -> str:
    return f"{directed.lighting} {directed.colour}" if directed else ""


def _look(chosen: Look | None) -> str:
    if chosen is None:
        return ""
    return f"Palette: {chosen.palette}. Light: {chosen.light}. Lens: {chosen.lens}. Texture: {chosen.texture}."
