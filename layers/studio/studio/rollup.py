"""The files that say what an episode is: a `.json` beside each clip, and `metadata.json` over all."""

from collections.abc import Callable

from studio.domain.base import Instant, Value
from studio.domain.episode import Clip, Measurement, Status
from studio.domain.money import usd
from studio.domain.realism import TakeVerdict
from studio.domain.script import Script
from studio.entry.context import Studio

_TRIES = 10


class ClipFacts(Value):
    """What is known of one clip. `draft` is true for a rehearsal frame that no model painted."""

    episode_id: str
    number: int
    status: str
    reason: str
    file: str
    scene: int | None
    heading: str
    description: str
    people: tuple[str, ...]
    provider: str
    model: str
    draft: bool
    ai_generated: bool
    take: int
    takes: tuple[TakeVerdict, ...]
    measured: Measurement | None


class EpisodeFacts(Value):
    """What is known of a finished episode. `cost_usd` is what its calls were charged."""

    episode_id: str
    project_id: str | None
    title: str
    synopsis: str
    prompt: str
    status: Status
    reason: str
    provider: str
    draft: bool
    ai_generated: bool
    aspect: str
    cost_usd: float
    created_at: Instant
    clips: tuple[ClipFacts, ...]


def write_clip(studio: Studio, episode_id: str, number: int) -> None:
    """Write the `.json` beside a clip. Raises NotFound. Renderer and measurer may both do so, see `_write`."""
    _write(
        studio,
        f"{episode_id}/clips/{number}.json",
        lambda: _clip_facts(studio.episodes.clip(episode_id, number), studio.episodes.script(episode_id)),
    )


def _clip_facts(clip: Clip, script: Script | None) -> ClipFacts:
    described = next((c for c in script.clips if c.number == clip.number), None) if script else None
    return ClipFacts(
        episode_id=clip.episode_id,
        number=clip.number,
        status=clip.status,
        reason=clip.reason,
        file=clip.name,
        scene=described.scene if described else None,
        heading=script.scene(described.scene).heading if script and described else "",
        description=described.description if described else "",
        people=tuple(described.people) if described else (),
        provider=clip.provider,
        model=clip.model,
        draft=clip.draft,
        ai_generated=not clip.draft,
        take=clip.take,
        takes=clip.takes,
        measured=clip.measured if clip.is_measured else None,
    )


def write_metadata(studio: Studio, episode_id: str) -> None:
    """Write `metadata.json`. Raises NotFound. Several workers may do so at once, see `_write`."""
    _write(studio, f"{episode_id}/metadata.json", lambda: _facts(studio, episode_id))


def _write(studio: Studio, name: str, look: Callable[[], Value]) -> None:
    """Write what `look` sees, until it sees nothing new.

    Each of several workers changes what it has to say first and writes then, and after writing looks again: whoever
    writes last has therefore seen everything.
    """
    facts = look()
    for _ in range(_TRIES):
        studio.videos.put(name, facts.model_dump_json(indent=2).encode(), "application/json")
        then = look()
        if then == facts:
            break
        facts = then


def _facts(studio: Studio, episode_id: str) -> EpisodeFacts:
    episode = studio.episodes.get(episode_id)
    script = studio.episodes.script(episode_id)
    clips = tuple(_clip_facts(clip, script) for clip in studio.episodes.clips(episode_id))
    return EpisodeFacts(
        episode_id=episode_id,
        project_id=episode.project_id,
        title=episode.title,
        synopsis=episode.synopsis,
        prompt=episode.prompt,
        status=episode.status,
        reason=episode.reason,
        provider=episode.provider,
        draft=episode.provider == "draft",
        ai_generated=episode.provider != "draft",
        aspect=episode.aspect,
        cost_usd=usd(episode.spent),
        created_at=episode.created_at,
        clips=clips,
    )
