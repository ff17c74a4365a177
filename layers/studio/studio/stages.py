"""A stage at work on one episode: what it made before and still fits is kept, the rest is made, and all of it stored.

    with stage_work(Step.DIRECTION, request.episode_id, studio) as work:
        look = work.part("look", Look, material, lambda: work.ask(…))

A stage that is cut short has bought what it bought: the next attempt finds every answer remembered.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import cached_property

from pydantic import BaseModel, JsonValue

from studio.domain.base import Id, Value, build_models
from studio.domain.episode import Part, StageRecord, Status
from studio.domain.errors import FINAL, BadAnswer, Conflict
from studio.domain.materials import Material, hash_of
from studio.domain.paper import NO_SCRIPT
from studio.domain.pipeline import Step
from studio.domain.project import CharacterSheet
from studio.domain.script import Script
from studio.entry import Studio
from studio.generation.ports import WriteRequest
from studio.writing import ATTEMPTS, write_checked

SCENES_AT_ONCE = 6
"""How many scenes are asked about side by side; the rate limit is the provider's own business."""


class StageRequest(Value):
    """Which episode to work on."""

    episode_id: Id


class StageReport(Value):
    """What a stage made, by the keys of its parts: `made` now, `kept` because what they are made from is the same."""

    episode_id: Id
    made: tuple[str, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...] = ()


class StageWork:
    """One stage of one episode, while it is at work."""

    def __init__(self, step: Step, episode_id: str, studio: Studio) -> None:
        self.step = step
        self.studio = studio
        self.episode = studio.episodes.get(episode_id)
        if studio.take is None and not self.episode.editable:
            raise Conflict(f"The episode is {self.episode.status}; it is being worked on. Wait, or cancel it.")
        if studio.take is not None and self.episode.take != studio.take:
            raise Conflict("The episode was started again meanwhile; this is of an older take.")
        self.paper = studio.episodes.paper(episode_id)
        self.notes: tuple[str, ...] = ()
        self._record = self.paper.records.get(step) or StageRecord(
            episode_id=episode_id, name=step, status="running", started_at=studio.clock()
        )
        # Opened here, because scenes are worked on side by side and must all buy at the same one.
        self._till = studio.till
        self._begun = False
        self._parts: dict[str, Part] = {}
        self._made: list[str] = []
        self._lock = threading.Lock()

    @cached_property
    def sheets(self) -> list[CharacterSheet]:
        """The cast, as it is now."""
        return [character.sheet for character in self.studio.cast_of(self.episode)]

    @property
    def told(self) -> Script:
        """The script to work from. Raises Conflict while there is none."""
        if self.paper.told is None:
            raise Conflict(NO_SCRIPT)
        return self.paper.told

    def names(self) -> list[str]:
        """Return everybody who may appear: the cast and the script's guests."""
        guests = [guest.name for guest in self.paper.told.guests] if self.paper.told else []
        return list(dict.fromkeys([*(sheet.name for sheet in self.sheets), *guests]))

    def part[T: BaseModel](self, key: str, schema: type[T], material: Material, make: Callable[[], T]) -> T:
        """Return the part with this key: the stored one while `material` is what it was made from, else a new one.

        What a person edited stays theirs, whatever it was made from; staleness shows that it is older.
        """
        wanted = hash_of(material)
        stored = self._record.part(key)
        if stored is not None and (stored.edited or stored.input_hash == wanted):
            with self._lock:
                self._parts[key] = stored
            return schema.model_validate_json(stored.document)
        self._begin()
        made = make()
        with self._lock:
            self._parts[key] = Part(key=key, input_hash=wanted, document=made.model_dump_json())
            self._made.append(key)
        return made

    def remake[T: BaseModel](self, key: str, made: T) -> T:
        """Put another document into a part that was just made, and return it; one that was kept stays."""
        with self._lock:
            if key in self._made:
                self._parts[key] = self._parts[key].model_copy(update={"document": made.model_dump_json()})
        return made

    def was_made(self, key: str) -> bool:
        """Tell whether a part was made now, and not kept."""
        return key in self._made

    def ask[T: BaseModel](
        self,
        instructions: str,
        material: Mapping[str, JsonValue],
        schema: type[T],
        problems: Callable[[T], list[str]],
        *,
        max_output_tokens: int,
        feedback: Iterable[str] = (),
        again: int = 0,
    ) -> T:
        """Have something written and checked, repaired at most twice. Raises BadAnswer and what the writer raises.

        feedback: how an earlier answer did not fit what else was written. again: how often that has been said already,
        this time included; at most MAX_REPAIRS.
        """
        request = WriteRequest(
            instructions=instructions,
            material=material,
            feedback=tuple(feedback),
            # What was no use is not to be found remembered, neither by another run nor by another round of this one.
            take=1 + ATTEMPTS * (ATTEMPTS * self._record.unusable + again),
            max_output_tokens=max_output_tokens,
        )
        writer = self.studio.writer(self.episode.provider, self.step, self.episode)
        return write_checked(writer, request, schema, problems)

    def finish(self) -> StageReport:
        """Store what was made, the episode's title and clips with it, and say what that was."""
        kept = tuple(sorted(key for key in self._parts if key not in self._made))
        fresh = self._record.model_copy(update={"parts": ()})
        for part in self._parts.values():
            fresh = fresh.with_part(part)
        if self._begun or fresh.parts != self._record.parts or self._record.status != "done":
            done = fresh.model_copy(
                update={
                    "status": "done",
                    "reason": "",
                    "notes": self.notes,
                    "calls": self._calls(),
                    "finished_at": self.studio.clock(),
                }
            )
            self.paper = self.paper.with_record(done)
            if self.paper.script is None:
                raise Conflict(NO_SCRIPT)
            self.studio.episodes.save_artifact(self.episode, done, self.paper.script, self.studio.clock())
        self._progress(Status.WRITTEN)
        return StageReport(
            episode_id=self.episode.episode_id, made=tuple(sorted(self._made)), kept=kept, notes=self.notes
        )

    def stop(self, error: Exception) -> None:
        """Record that the stage ended without its artifact, and why. What there was before stays.

        Raises Conflict when the episode was edited or started again meanwhile: the record is theirs.
        """
        stopped = self._record.model_copy(
            update={
                "status": "stopped",
                "reason": str(error),
                "unusable": self._record.unusable + isinstance(error, BadAnswer),
                "calls": self._calls(),
                "finished_at": self.studio.clock(),
            }
        )
        self.studio.episodes.save_stage(stopped, of=self.episode)

    def _begin(self) -> None:
        with self._lock:
            if self._begun:
                return
            self._begun = True
            # An earlier artifact stays until there is another: should this attempt fail, the clips still have theirs.
            self._record = self._record.model_copy(
                update={"status": "running", "reason": "", "started_at": self.studio.clock(), "finished_at": None}
            )
            self._progress(Status.WRITING if self.step is Step.SCRIPT else Status.WRITTEN)
            self.studio.episodes.save_stage(self._record, of=self.episode)

    def _calls(self) -> tuple[str, ...]:
        bought = [purchase.digest for purchase in self._till.purchases]
        return tuple(dict.fromkeys([*self._record.calls, *bought]))

    def _progress(self, to: Status) -> None:
        """Move the episode on, when its execution is what calls; a person who calls a stage changes paper alone."""
        if self.studio.take is not None:
            self.episode = self.studio.episodes.move(
                self.episode.episode_id, to, self.studio.clock(), expect=self.studio.take
            )


@contextmanager
def stage_work(step: Step, episode_id: str, studio: Studio) -> Iterator[StageWork]:
    """Return a stage's work; what a retry cannot change is recorded with its reason. Raises NotFound, Conflict."""
    work = StageWork(step, episode_id, studio)
    try:
        yield work
    except FINAL as error:
        work.stop(error)
        raise


def side_by_side[T](numbers: Iterable[int], do: Callable[[int], T]) -> dict[int, T]:
    """Do something for each scene, a few at a time, and return the results by the scenes' numbers.

    Raises the first error in the scenes' order, after every scene has been tried.
    """
    wanted = list(numbers)
    build_models()
    with ThreadPoolExecutor(max_workers=SCENES_AT_ONCE) as pool:
        begun = [pool.submit(copy_context().run, do, number) for number in wanted]
    return {number: future.result() for number, future in zip(wanted, begun, strict=True)}
