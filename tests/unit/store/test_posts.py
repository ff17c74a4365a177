"""One content is sent once, whoever tries and however often."""

from datetime import timedelta

import pytest

from studio.domain.base import new_id
from studio.domain.connection import NetworkName
from studio.domain.errors import Conflict
from studio.domain.post import LEASE, Post, PostStatus
from studio.entry import Studio
from tests.unit.made import AT

HASH = "a" * 64


@pytest.fixture
def studio(aws: None) -> Studio:
    return Studio.opened_for("amina")


def a_post() -> Post:
    return Post(
        post_id=new_id(AT),
        episode_id=new_id(AT),
        network=NetworkName.X,
        account_id="1",
        title="Who hid the letter?",
        created_at=AT,
    )


def test_a_second_publisher_at_the_same_moment_is_sent_away(studio: Studio) -> None:
    studio.posts.claim(a_post(), HASH, AT)
    with pytest.raises(Conflict, match="at this moment"):
        studio.posts.claim(a_post(), HASH, AT)


def test_after_the_lease_another_goes_on_where_the_first_stopped(studio: Studio) -> None:
    first = studio.posts.claim(a_post(), HASH, AT)
    studio.posts.note(first, AT, session="https://upload/1", sent_bytes=512, bytes=1024)
    later = AT + LEASE + timedelta(seconds=1)
    second = studio.posts.claim(a_post(), HASH, later)
    assert (second.post_id, second.sent_bytes) == (first.post_id, 512)
    assert studio.posts.session(second) == "https://upload/1"
    with pytest.raises(Conflict):
        studio.posts.claim(a_post(), HASH, later)


def test_what_is_out_is_never_sent_again(studio: Studio) -> None:
    post = studio.posts.claim(a_post(), HASH, AT)
    studio.posts.note(post, AT, session="https://upload/1")
    studio.posts.settle(post, status=PostStatus.PUBLISHED, external_id="99", url="https://x.com/1/status/99")
    again = studio.posts.claim(a_post(), HASH, AT + timedelta(days=1))
    assert (again.post_id, again.status, again.external_id) == (post.post_id, PostStatus.PUBLISHED, "99")
    assert studio.posts.session(again) == ""


def test_a_failed_post_may_be_tried_again_at_once(studio: Studio) -> None:
    post = studio.posts.claim(a_post(), HASH, AT)
    studio.posts.settle(post, status=PostStatus.FAILED, error="The network found the video too short.")
    again = studio.posts.claim(a_post(), HASH, AT)
    assert (again.post_id, again.status) == (post.post_id, PostStatus.FAILED)


def test_the_address_of_an_upload_is_not_part_of_a_post(studio: Studio) -> None:
    post = studio.posts.claim(a_post(), HASH, AT)
    studio.posts.note(post, AT, session="https://upload/secret")
    assert "secret" not in studio.posts.get(post.episode_id, post.post_id).model_dump_json()
    assert "secret" not in str(studio.posts.page(10, None))
