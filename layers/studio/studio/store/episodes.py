"""Episodes, their clips and stages. The owner's counters change with each status, in one transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from studio.domain.base import new_id
from studio.domain.episode import (
    Clip,
    ClipStatus,
    Episode,
    StageRecord,
    Status,
    check_follows,
)
from studio.domain.errors import Conflict, NotFound
from studio.domain.paper import Paper
from studio.domain.script import Script
from studio.store import keys
from studio.store.table import (
    NEW,
    ConditionFailedError,
    Item,
    Partition,
    Write,
    assign,
    fields,
)

_ACTIVITY_DAYS = 90
_MOVE_TRIES = 5

OLDER_TAKE = "The episode was changed or started again meanwhile; this is of an older take."


class Episodes:
    """One owner's episodes."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    # -- episodes

    def create(self, episode: Episode) -> None:
        """Store a new episode and count it."""
        put = Write("Put", keys.episode(episode.episode_id), self._item(episode), condition=NEW)
        self._partition.write(put, self._count(add=episode.status), self._note(episode, episode.created_at))

    def get(self, episode_id: str) -> Episode:
        """Return an episode. Raises NotFound."""
        item = self._partition.get(keys.episode(episode_id))
        if item is None:
            raise NotFound("There is no such episode.")
        return Episode.model_validate(fields(item))

    def page(self, limit: int, cursor: str | None) -> tuple[list[Episode], str | None]:
        """Return the newest episodes first, and the next cursor."""
        page = self._partition.query(keys.episode(), limit=limit, cursor=cursor, newest_first=True)
        return [Episode.model_validate(fields(item)) for item in page.items], page.cursor

    def move(self, episode_id: str, to: Status, at: datetime, *, expect: int | None = None, **changes: Any) -> Episode:
        """Take an episode to its next status, with its counters. Moving to the status it has only makes `changes`.

        expect: the take this comes from; when the episode is in another, Conflict. Raises NotFound, Conflict.
        """
        for _ in range(_MOVE_TRIES):
            now = self.get(episode_id)
            if expect is not None and expect != now.take:
                raise Conflict(f"The episode is in take {now.take}; this came from take {expect}.")
            if now.status is not to:
                check_follows(now.status, to)
            then = now.model_copy(update={"status": to, "updated_at": at, **changes})
            # The money on the item belongs to the ledger, which writes it at the same time: only what changed is set.
            changed = {
                name: value
                for name, value in self._item(then).items()
                if name not in {"committed", "spent"} and (name == "updated_at" or value != self._item(now).get(name))
            }
            cleared: dict[str, Any] = {} if then.under_way else {"active_in": None, "active_since": None}
            update = assign(
                keys.episode(episode_id),
                changed | cleared,
                condition="#status = :status AND #take = :take AND #version = :version",
                status=now.status,
                take=now.take,
                version=now.version,
            )
            counts = [] if now.status is to else [self._count(add=to, remove=now.status), self._note(then, at)]
            try:
                self._partition.write(update, *counts)
            except ConditionFailedError:
                continue
            return then
        raise Conflict("The episode keeps changing; read it again.")

    def edit(self, now: Episode, then: Episode, records: Iterable[StageRecord], script: Script | None) -> None:
        """Store what a person edited: the artifacts it changes, and a pending clip for each description without one.

        `now` is what they edited from; `script` is what is shot with the edit in it. Raises Conflict when the episode
        is no longer `now`.
        """
        update = assign(
            keys.episode(now.episode_id),
            {
                "title": then.title,
                "synopsis": then.synopsis,
                "version": now.version + 1,
                "updated_at": then.updated_at.isoformat(),
            },
            condition="#version = :version AND #status = :status",
            version=now.version,
            status=now.status,
        )
        stages = [self._put_stage(record) for record in records]
        clips = [] if script is None else self._missing_clips(now.episode_id, script, then.updated_at)
        try:
            self._partition.write(update, *stages, *clips)
        except ConditionFailedError as error:
            raise Conflict("This was changed meanwhile. Read the episode again, then edit.") from error

    def delete(self, episode_id: str, at: datetime) -> None:
        """Delete an episode and what belongs to it in the table. Raises NotFound, Conflict while it is being made."""
        try:
            now = self.get(episode_id)
        except NotFound:
            # A deletion that was cut short left these behind; nothing else can reach them.
            self._delete_parts(episode_id)
            raise
        if now.under_way:
            raise Conflict(f"The episode is {now.status}. Cancel it or wait until it is done, then delete it.")
        gone = Write(
            "Delete",
            keys.episode(episode_id),
            condition="#status = :status",
            names={"#status": "status"},
            values={":status": now.status},
        )
        try:
            self._partition.write(gone, self._count(remove=now.status), self._note(now, at, what="deleted"))
        except ConditionFailedError as error:
            raise Conflict("The episode has just changed; read it again.") from error
        self._delete_parts(episode_id)
        if now.project_id is not None:
            self._partition.write(Write("Delete", keys.canon(now.project_id, episode_id)))

    def _delete_parts(self, episode_id: str) -> None:
        belong = (keys.clip, keys.stage, keys.gate, keys.bill, keys.act)
        parts = [part for prefix in belong for part in self._partition.all(prefix(episode_id))]
        self._partition.write_each(Write("Delete", part["sk"]) for part in parts)

    # -- clips

    def clips(self, episode_id: str) -> list[Clip]:
        """Return an episode's clips in order; none before the script is there."""
        return [Clip.model_validate(fields(item)) for item in self._partition.all(keys.clip(episode_id))]

    def clip(self, episode_id: str, number: int) -> Clip:
        """Return one clip. Raises NotFound."""
        item = self._partition.get(keys.clip(episode_id, number))
        if item is None:
            raise NotFound(f"The episode has no clip {number}.")
        return Clip.model_validate(fields(item))

    def update_clip(self, episode_id: str, number: int, at: datetime, **changes: Any) -> None:
        """Change fields of one clip and nothing else. Raises NotFound.

        A clip whose file is stored but not measured yet counts as under way, so that the sweep finds it if the event
        that should have it measured is lost.
        """
        values = {name: _plain(value) for name, value in changes.items()} | {"updated_at": at.isoformat()}
        if changes.get("measured"):
            values |= {"active_in": None, "active_since": None}
        elif changes.get("status") is ClipStatus.RENDERED:
            values |= {
                "active_in": keys.ACTIVE_CLIPS,
                "active_since": at.isoformat(),
                "owner": self._partition.owner,
            }
        try:
            self._partition.write(assign(keys.clip(episode_id, number), values))
        except ConditionFailedError as error:
            raise NotFound(f"The episode has no clip {number}.") from error

    # -- stages

    def stages(self, episode_id: str) -> list[StageRecord]:
        """Return the artifacts of the stages that have begun."""
        found = [StageRecord.model_validate(fields(item)) for item in self._partition.all(keys.stage(episode_id))]
        return sorted(found, key=lambda record: record.started_at)

    def stage(self, episode_id: str, name: str) -> StageRecord | None:
        """Return one stage's artifact, or None before it has begun."""
        item = self._partition.get(keys.stage(episode_id, name))
        return None if item is None else StageRecord.model_validate(fields(item))

    def save_stage(self, record: StageRecord, *, of: Episode | None = None) -> None:
        """Store how a stage stands. of: what it works on; when that was edited or started again since, Conflict."""
        unchanged = [] if of is None else [self._if_unchanged(of)]
        try:
            self._partition.write(self._put_stage(record), *unchanged)
        except ConditionFailedError as error:
            raise Conflict(OLDER_TAKE) from error

    def paper(self, episode_id: str) -> Paper:
        """Return everything that the stages have put on paper."""
        return Paper(self.stages(episode_id))

    def script(self, episode_id: str) -> Script | None:
        """Return the script as it will be shot, or None before it is written."""
        return self.paper(episode_id).script

    def save_artifact(self, episode: Episode, record: StageRecord, script: Script, at: datetime) -> None:
        """Store a stage's finished artifact, with the title and synopsis that `script` has with it.

        Each clip of the script that is not there yet is put, pending; the others stay as they are: what they show is
        compared when they are rendered. Raises Conflict when the episode has changed since it was read.
        """
        clips = self._missing_clips(episode.episode_id, script, at)
        update = self._if_unchanged(
            episode,
            title=script.title,
            synopsis=script.synopsis,
            version=episode.version + 1,
            updated_at=at.isoformat(),
        )
        try:
            self._partition.write(update, self._put_stage(record), *clips)
        except ConditionFailedError as error:
            raise Conflict(OLDER_TAKE) from error

    # -- what the owner's dashboard reads

    def counts(self) -> dict[str, int]:
        """Return how many episodes there are in each status; one read, however many there are."""
        item = self._partition.get(keys.STATS) or {}
        return {status.value: int(item.get(f"episodes_{status}", 0)) for status in Status}

    def activity(self, limit: int) -> list[Item]:
        """Return the newest things that happened: `what`, `episode_id`, `title`, `at`."""
        page = self._partition.query(keys.activity(), limit=limit, newest_first=True)
        return [fields(item) for item in page.items]

    # -- parts of transactions

    def _item(self, episode: Episode) -> Item:
        item = episode.model_dump(mode="json", exclude_none=True)
        if episode.under_way:
            item |= {
                "active_in": keys.ACTIVE_EPISODES,
                "active_since": episode.updated_at.isoformat(),
                "owner": self._partition.owner,
            }
        return item

    def _put_stage(self, record: StageRecord) -> Write:
        item = record.model_dump(mode="json", exclude_none=True)
        return Write("Put", keys.stage(record.episode_id, record.name), item)

    def _if_unchanged(self, episode: Episode, **changes: Any) -> Write:
        """Return a write of `changes` that holds only while the episode is in this take and version."""
        return assign(
            keys.episode(episode.episode_id),
            {"take": episode.take, **changes},
            condition="#take = :take AND #version = :version",
            take=episode.take,
            version=episode.version,
        )

    def _missing_clips(self, episode_id: str, script: Script, at: datetime) -> list[Write]:
        here = {clip.number for clip in self.clips(episode_id)}
        new = [
            Clip(episode_id=episode_id, number=clip.number, updated_at=at)
            for clip in script.clips
            if clip.number not in here
        ]
        return [
            Write("Put", keys.clip(episode_id, clip.number), clip.model_dump(mode="json", exclude_none=True))
            for clip in new
        ]

    def _count(self, *, add: Status | None = None, remove: Status | None = None) -> Write:
        terms = [(f"episodes_{add}", 1)] if add else []
        terms += [(f"episodes_{remove}", -1)] if remove else []
        return Write(
            "Update",
            keys.STATS,
            update="ADD " + ", ".join(f"#c{i} :c{i}" for i in range(len(terms))),
            names={f"#c{i}": name for i, (name, _) in enumerate(terms)},
            values={f":c{i}": step for i, (_, step) in enumerate(terms)},
        )

    def _note(self, episode: Episode, at: datetime, what: str = "") -> Write:
        activity = {
            "what": what or episode.status,
            "episode_id": episode.episode_id,
            "title": episode.title or episode.prompt[:80],
            "at": at.isoformat(),
            "expires_at": int((at + timedelta(days=_ACTIVITY_DAYS)).timestamp()),
        }
        return Write("Put", keys.activity(new_id(at)), activity)


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value
