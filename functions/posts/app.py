"""/posts: what went where, when and under which id, also what its owner posted by hand."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from studio.domain.base import Heading, Instant, Phrase, Value, new_id
from studio.domain.connection import AccountId, NetworkName
from studio.domain.errors import Invalid
from studio.domain.post import Post, PostStatus
from studio.entry import api, resolver
from studio.entry.http import Caller, Cursor, Limit, PathId, created

app = resolver()


class PostPage(Value):
    """Some posts, those of the newest episodes first."""

    items: list[Post]
    cursor: str | None


class PostList(Value):
    """The posts of one episode."""

    items: list[Post]


class PostedByHand(Value):
    """A post that you made yourself, so that it is measured too. `external_id` is the network's id of it."""

    network: NetworkName
    account_id: AccountId
    external_id: str = Field(min_length=1, max_length=200)
    url: str = Field(default="", max_length=2000, pattern=r"^(https://\S+)?$")
    title: Heading
    variant: Phrase = ""
    hook: Phrase = ""
    published_at: Instant


@app.get("/posts", tags=["posts"])
def list_posts(studio: Caller, limit: Limit = 20, cursor: Cursor = None) -> PostPage:
    """List what went where."""
    items, following = studio.posts.page(limit, cursor)
    return PostPage(items=items, cursor=following)


@app.get("/episodes/<episode_id>/posts", tags=["posts"])
def list_episode_posts(episode_id: PathId, studio: Caller) -> PostList:
    """List where an episode went."""
    studio.episodes.get(episode_id)
    return PostList(items=studio.posts.of_episode(episode_id))


@app.post("/episodes/<episode_id>/posts", tags=["posts"])
def note_post(episode_id: PathId, told: Annotated[PostedByHand, Body()], studio: Caller) -> Response[Post]:
    """Tell of a post that you made by hand. The same one told twice is one."""
    studio.episodes.get(episode_id)
    at = studio.clock()
    if told.published_at > at:
        raise Invalid("A post is told of when it is out.", {"published_at": "must not be in the future"})
    known = studio.posts.of_episode(episode_id)
    for post in known:
        if (post.network, post.external_id) == (told.network, told.external_id):
            return _created(post)
    told_of: dict[str, Any] = {"status": PostStatus.PUBLISHED, "by_hand": True, "created_at": at}
    post = Post(post_id=new_id(at), episode_id=episode_id, **told_of, **told.model_dump())
    return _created(studio.posts.by_hand(post))


def _created(post: Post) -> Response[Post]:
    return created(post, f"/episodes/{post.episode_id}/posts")


handler = api(app)
