"""What a clip is to show: its shot, and the pictures of whom it shows."""

import hashlib
from dataclasses import dataclass

from studio.domain.episode import Episode
from studio.domain.errors import MissingReference, NotFound
from studio.domain.framing import in_frame, made_from, shot_of
from studio.domain.project import Character
from studio.domain.shot import Shot
from studio.entry.context import Studio
from studio.generation.ports import Reference


@dataclass(frozen=True)
class Staged:
    """A clip on paper: the shot, references for those of its people who have one, and the hash of what it is from."""

    shot: Shot
    references: tuple[Reference, ...]
    input_hash: str


def staged(episode: Episode, number: int, studio: Studio) -> Staged:
    """Return what clip `number` is to show. Raises NotFound without a script, MissingReference."""
    paper = studio.episodes.paper(episode.episode_id)
    script = paper.script
    if script is None:
        raise NotFound("The episode has no script yet.")
    cast = studio.cast_of(episode)
    faces = [c for c in in_frame(script.clip(number), cast) if c.reference_id is not None]
    return Staged(
        shot_of(episode, script, paper, cast, number),
        tuple(_reference(character, studio) for character in faces),
        made_from(episode, script, paper, cast, number),
    )


def _reference(character: Character, studio: Studio) -> Reference:
    try:
        attachment, data = studio.attachments.read(character.reference_id or "")
    except NotFound as error:
        raise MissingReference(
            f"The reference picture of {character.sheet.name} is not there. Upload it again, or take it off them."
        ) from error
    sha256 = hashlib.sha256(data).hexdigest()
    return Reference(name=character.sheet.name, data=data, media_type=attachment.media_type, sha256=sha256)
