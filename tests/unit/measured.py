"""Posts that were measured, without asking any network."""

from datetime import datetime, timedelta
from typing import Any

from studio.domain.base import new_id
from studio.domain.connection import NetworkName
from studio.domain.hooks import HookKind
from studio.domain.measurement import Snapshot, Track
from studio.domain.post import Post, PostStatus
from studio.entry import Studio
from tests.unit.made import AT


def a_post(at: datetime = AT, **changes: Any) -> Post:
    """Return a published post on YouTube."""
    given: dict[str, Any] = {
        "post_id": new_id(at),
        "episode_id": new_id(at),
        "network": NetworkName.YOUTUBE,
        "account_id": "UC-one",
        "title": "Who hid the letter?",
        "status": PostStatus.PUBLISHED,
        "external_id": "film-1",
        "created_at": at,
        "published_at": at,
    }
    return Post.model_validate(given | changes)


def a_snapshot(post: Post, at: datetime = AT, **figures: Any) -> Snapshot:
    """Return what a network said of a post."""
    return Snapshot(
        post_id=post.post_id, episode_id=post.episode_id, network=post.network, at=at, source="a test", **figures
    )


def measured(studio: Studio, kind: HookKind | None, held: float | None, views: int | None = 1_000) -> Track:
    """Store a post that opened with a kind of hook, and what share of its viewers stayed."""
    post = a_post()
    snapshot = a_snapshot(post, AT + timedelta(days=3), views=views, held=held)
    return studio.measurements.add(post, snapshot, AT, kind)
