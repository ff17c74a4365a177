"""What was posted by hand is told once, and listed with the rest."""

from datetime import timedelta
from typing import Any

import pytest

from functions.posts import app
from studio.domain.base import new_id
from studio.domain.connection import NetworkName
from studio.domain.post import Post
from studio.entry import Studio
from tests.conftest import Answer, call, http_event
from tests.unit.made import AT, stored


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


def told(episode_id: str, **changes: Any) -> Answer:
    body = {
        "network": "tiktok",
        "account_id": "amina.cooks",
        "external_id": "7301",
        "url": "https://www.tiktok.com/@amina.cooks/video/7301",
        "title": "The Dinner",
        "published_at": AT.isoformat(),
    }
    return call(app.handler, http_event("POST", f"/episodes/{episode_id}/posts", body | changes))


def test_a_post_made_by_hand_is_listed_with_its_episode(studio: Studio) -> None:
    episode_id = stored(studio).episode_id
    answer = told(episode_id)
    assert (answer.status, answer.body["by_hand"], answer.body["status"]) == (201, True, "published")
    [listed] = call(app.handler, http_event("GET", f"/episodes/{episode_id}/posts")).body["items"]
    assert listed == answer.body


def test_the_same_post_told_twice_is_one(studio: Studio) -> None:
    episode_id = stored(studio).episode_id
    assert told(episode_id).body["post_id"] == told(episode_id, title="Again").body["post_id"]
    assert len(call(app.handler, http_event("GET", "/posts")).body["items"]) == 1


def test_a_post_is_told_of_when_it_is_out(studio: Studio) -> None:
    later = studio.clock() + timedelta(days=1)
    assert told(stored(studio).episode_id, published_at=later.isoformat()).status == 422


@pytest.mark.parametrize("url", ["http://tiktok.com/1", "javascript:alert(1)", "https://a b"])
def test_a_post_leads_to_a_secure_page_or_nowhere(studio: Studio, url: str) -> None:
    assert told(stored(studio).episode_id, url=url).status == 422


def test_posts_come_in_pages(studio: Studio) -> None:
    episodes = [stored(studio).episode_id for _ in range(3)]
    for episode_id in episodes:
        post = {"post_id": new_id(AT), "episode_id": episode_id, "network": NetworkName.X, "account_id": "1"}
        studio.posts.by_hand(Post.model_validate(post | {"title": "T", "created_at": AT}))
    first = call(app.handler, http_event("GET", "/posts", query={"limit": "2"})).body
    rest = call(app.handler, http_event("GET", "/posts", query={"limit": "2", "cursor": first["cursor"]})).body
    assert [len(first["items"]), len(rest["items"]), rest["cursor"]] == [2, 1, None]
