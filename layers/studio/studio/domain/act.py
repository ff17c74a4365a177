"""What a person asked of an episode, kept in order: asked again of another, it leads to the same."""

from studio.domain.base import Id, Instant, Value


class Act(Value):
    """A request that made or changed an episode: its `method` and `path` as they came, its `body` as JSON text."""

    act_id: Id
    episode_id: Id
    method: str
    path: str
    body: str = ""
    at: Instant
