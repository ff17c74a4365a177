"""Measurements: what networks counted, appended and never changed, and beside it each post's course so far."""

from datetime import datetime

from studio.domain.hooks import HookKind, Retention
from studio.domain.measurement import Snapshot, Track, followed, retention_by_hook
from studio.domain.post import Post
from studio.store import keys
from studio.store.table import NEW, ConditionFailedError, Partition, Write, fields


class Measurements:
    """What was measured of one owner's posts."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def add(self, post: Post, snapshot: Snapshot, published_at: datetime, kind: HookKind | None) -> Track:
        """Append a snapshot and return the post's course. A second one within the hour changes nothing."""
        track = self.track(post.episode_id, post.post_id)
        kind = kind or (track.hook_kind if track else None)
        then = followed(track, post, snapshot, published_at, kind)
        sk = keys.measured(post.episode_id, post.post_id, keys.hour(snapshot.at))
        try:
            self._partition.write(
                Write("Put", sk, snapshot.model_dump(mode="json", exclude_none=True), condition=NEW),
                Write(
                    "Put", keys.track(post.episode_id, post.post_id), then.model_dump(mode="json", exclude_none=True)
                ),
            )
        except ConditionFailedError:
            return self.track(post.episode_id, post.post_id) or then
        return then

    def track(self, episode_id: str, post_id: str) -> Track | None:
        """Return a post's course; None before it was measured."""
        item = self._partition.get(keys.track(episode_id, post_id))
        return None if item is None else Track.model_validate(fields(item))

    def tracks(self, episode_id: str = "") -> list[Track]:
        """Return the courses of an episode's posts, or of all, oldest episode first."""
        prefix = keys.track(episode_id) if episode_id else keys.track()
        return [Track.model_validate(fields(item)) for item in self._partition.all(prefix)]

    def page(self, episode_id: str, post_id: str, limit: int, cursor: str | None) -> tuple[list[Snapshot], str | None]:
        """Return what was measured of a post, newest first, and the next cursor."""
        prefix = keys.measured(episode_id, post_id)
        page = self._partition.query(prefix, limit=limit, cursor=cursor, newest_first=True)
        return [Snapshot.model_validate(fields(item)) for item in page.items], page.cursor

    def retention_by_hook(self) -> dict[HookKind, Retention]:
        """Return what share of viewers each kind of hook held so far; empty before any was measured."""
        return retention_by_hook(self.tracks())
