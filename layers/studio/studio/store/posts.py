"""Posts: one content is claimed once, sent once, and what became of it is kept."""

from datetime import UTC, datetime

from studio.domain.errors import Conflict, NotFound
from studio.domain.post import LEASE, OVER, Post
from studio.store import keys
from studio.store.table import NEW, ConditionFailedError, Item, Partition, Write, assign, fields

_OWN = {"session", "leased_until"}
"""What only a publisher sees: the address of an upload is as good as a key to it."""


class Posts:
    """One owner's posts."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    def claim(self, wanted: Post, content_hash: str, at: datetime) -> Post:
        """Return the post to send, for LEASE yours alone: `wanted`, or that of the same content which stopped half-way.

        A post that is there already is returned as it is, and not yours: see OVER. Raises Conflict while another
        publisher is at it. content_hash: of what is sent, which names the account it goes to.
        """
        wanted = wanted.model_copy(update={"content_hash": content_hash})
        lease = {"leased_until": int((at + LEASE).timestamp())}
        item = wanted.model_dump(mode="json", exclude_none=True) | lease
        pointer = {"episode_id": wanted.episode_id, "post_id": wanted.post_id}
        self._note_posting(at)
        try:
            self._partition.write(
                Write("Put", keys.posted(content_hash), pointer, condition=NEW),
                Write("Put", keys.post(wanted.episode_id, wanted.post_id), item, condition=NEW),
            )
        except ConditionFailedError:
            return self._take_over(content_hash, lease["leased_until"], at)
        return wanted

    def _take_over(self, hashed: str, until: int, at: datetime) -> Post:
        pointer = self._partition.get(keys.posted(hashed))
        if pointer is None:
            raise Conflict("This is being published at this moment. Look at it again in a minute.")
        post = self.get(str(pointer["episode_id"]), str(pointer["post_id"]))
        if post.status in OVER:
            return post
        update = assign(
            keys.post(post.episode_id, post.post_id),
            {"leased_until": until},
            condition="attribute_not_exists(#leased_until) OR #leased_until < :now",
            now=int(at.timestamp()),
        )
        try:
            self._partition.write(update)
        except ConditionFailedError as error:
            raise Conflict("This is being published at this moment. Look at it again in a minute.") from error
        return self.get(post.episode_id, post.post_id)

    def by_hand(self, post: Post) -> Post:
        """Store a post that its owner made elsewhere."""
        item = post.model_dump(mode="json", exclude_none=True)
        self._note_posting(post.created_at)
        self._partition.write(Write("Put", keys.post(post.episode_id, post.post_id), item))
        return post

    def _note_posting(self, at: datetime) -> None:
        """Let it be found that the owner has posts. A write by itself, so that two posts at once do not collide."""
        item = {
            "active_in": keys.ACTIVE_POSTING,
            "active_since": at.astimezone(UTC).isoformat(),
            "owner": self._partition.owner,
        }
        self._partition.write(Write("Put", keys.POSTING, item))

    def session(self, post: Post) -> str:
        """Return the address that the post's upload goes to; empty before there is one."""
        item = self._partition.get(keys.post(post.episode_id, post.post_id)) or {}
        return str(item.get("session", ""))

    def note(self, post: Post, at: datetime, *, session: str | None = None, **changes: object) -> Post:
        """Store how far a post has come, and keep it for another LEASE. session: the upload's address, "" for none."""
        changed = post.model_copy(update=changes)
        told = changed.model_dump(mode="json")
        item = {name: told[name] for name in changes} | {"leased_until": int((at + LEASE).timestamp())}
        if session is not None:
            item["session"] = session or None
        self._partition.write(assign(keys.post(post.episode_id, post.post_id), item))
        return changed

    def settle(self, post: Post, **changes: object) -> Post:
        """Store what became of a post, and let go of it."""
        changed = post.model_copy(update=changes)
        told = changed.model_dump(mode="json")
        item = {name: told[name] for name in changes} | {"leased_until": None}
        if changed.status in OVER:
            item["session"] = None
        self._partition.write(assign(keys.post(post.episode_id, post.post_id), item))
        return changed

    def get(self, episode_id: str, post_id: str) -> Post:
        """Return a post. Raises NotFound."""
        item = self._partition.get(keys.post(episode_id, post_id))
        if item is None:
            raise NotFound("There is no such post.")
        return _post(item)

    def of_episode(self, episode_id: str) -> list[Post]:
        """Return an episode's posts, oldest first."""
        return [_post(item) for item in self._partition.all(keys.post(episode_id))]

    def page(self, limit: int, cursor: str | None) -> tuple[list[Post], str | None]:
        """Return posts, those of the newest episodes first, and the next cursor."""
        page = self._partition.query(keys.post(), limit=limit, cursor=cursor, newest_first=True)
        return [_post(item) for item in page.items], page.cursor

    def all(self) -> list[Post]:
        """Return every post: what analytics read."""
        return [_post(item) for item in self._partition.all(keys.post())]


def _post(item: Item) -> Post:
    return Post.model_validate({name: value for name, value in fields(item).items() if name not in _OWN})
