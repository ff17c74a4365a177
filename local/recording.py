"""Recordings: everything that an episode was made from, so that it can be made again without a key or a network.

    DIR/order.json             what was ordered, the show, its cast and canon, and the files that came of it
    DIR/references/<sha256>    the cast's reference pictures
    DIR/calls/<sha256>.bin     what one paid call brought, and beside it as .json by whom and as what

A call is remembered under the hash of all that it asks (see `studio.purchases`). Put where another owner's memory is,
the same order finds each of them, and nothing is bought.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from local.files import sha256_of
from local.problems import StudioProblem
from local.produce import RESTING, Order, Result
from local.stores import Stores
from studio.domain.attachment import AttachmentType
from studio.domain.canon import EpisodeCanon
from studio.domain.episode import Episode, Pipeline, StageRecord
from studio.domain.pipeline import STAGES, Step
from studio.domain.project import Brief, CharacterSheet
from studio.domain.receipt import Receipt
from studio.store.memo import Remembered

WITH_RESULTS = {"completed", "partial", RESTING}
"""Episodes that left something to be made again."""

_REPLACED = {
    "episode_id", "project_id", "created_at", "updated_at", "measured_at", "seconds", "cost_usd", "version", "air_date",
}  # fmt: skip
"""Fields that say when something was made, as what, and what it cost: never the same twice."""

_PDF_STAMPS = re.compile(rb"/(?:CreationDate|ModDate) \(D:[^)]*\)|/ID \[<[0-9A-Fa-f]+> ?<[0-9A-Fa-f]+>\]")


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedOrder(_Kept):
    """What was asked for, with everything said that may be left out."""

    prompt: str
    clips: int
    aspect: str
    provider: str
    full: bool
    stop_after: str | None
    air_date: str

    def order(self, project_id: str) -> Order:
        """The same, in another project."""
        return Order(
            prompt=self.prompt,
            project=project_id,
            aspect=self.aspect,
            clips=self.clips,
            provider=self.provider,
            full=self.full,
            stop_after=self.stop_after,
            air_date=self.air_date if self.full else None,
        )


class RecordedReference(_Kept):
    """A picture that shows somebody's face."""

    name: str
    media_type: AttachmentType
    sha256: str


class RecordedCharacter(_Kept):
    """Somebody of the cast."""

    sheet: CharacterSheet
    reference: RecordedReference | None = None


class RecordedFile(_Kept):
    """A file that was brought home. `stable_sha256` is without ids and instants, for files that carry some."""

    sha256: str
    stable_sha256: str


class Recording(_Kept):
    """All of `order.json`. `calls` are the digests of the calls, `models` who answered them."""

    format: str = Field(default="episode-studio/recording", pattern="^episode-studio/recording$")
    version: int = Field(default=1, ge=1, le=1)
    order: RecordedOrder
    project: Brief
    cast: tuple[RecordedCharacter, ...]
    canon: tuple[EpisodeCanon, ...]
    models: tuple[str, ...]
    calls: tuple[str, ...]
    files: dict[str, RecordedFile]


class RecordedCall(_Kept):
    """What lies beside a call's bytes."""

    media_type: str
    receipt: Receipt


def check_free(directory: Path) -> None:
    """Raise StudioProblem when there is a recording in `directory` already."""
    if (directory / "order.json").exists():
        raise StudioProblem(
            f"There is a recording in {directory} already.", "Name another folder, or remove that one.", code=2
        )


def keep(stores: Stores, found: Result, directory: Path) -> list[str]:
    """Record an episode that was made and brought home. Returns what a replay will not be able to repeat, in words.

    Raises StudioProblem for an episode that a person had a hand in: nobody could do the same again.
    """
    episode = stores.episodes.get(found.episode_id or "")
    stages = stores.episodes.stages(episode.episode_id)
    clips = stores.episodes.clips(episode.episode_id)
    _check_untouched(stages, [clip.number for clip in clips if clip.take != 1])
    called = [made.calls for made in stages] + [made.calls for made in clips]
    digests = list(dict.fromkeys(digest for calls in called for digest in calls))
    models: set[str] = set()
    for digest in digests:
        remembered = stores.memo.get(digest)
        if remembered is None:
            raise StudioProblem(f"The call {digest} is not remembered any more, so the episode cannot be recorded.")
        receipt = Receipt.model_validate_json(remembered.receipt)
        models.add(receipt.model)
        call = RecordedCall(media_type=remembered.media_type, receipt=receipt)
        _store(directory / "calls" / f"{digest}.bin", remembered.data)
        _store(directory / "calls" / f"{digest}.json", call.model_dump_json(indent=2).encode())
    recording = Recording(
        order=_order_of(episode, stages),
        project=episode.brief,
        cast=_cast_of(episode, stores, directory),
        canon=_canon_of(episode, stages, stores),
        models=tuple(sorted(models)),
        calls=tuple(digests),
        files=files_of(found.files),
    )
    _store(directory / "order.json", (recording.model_dump_json(indent=2) + "\n").encode())
    return _unrepeatable(stores, episode, set(digests))


def load(directory: Path) -> Recording:
    """Read a recording. Raises StudioProblem for a folder that holds none, or not all of it."""
    try:
        recording = Recording.model_validate_json((directory / "order.json").read_bytes())
    except FileNotFoundError as problem:
        raise StudioProblem(
            f"There is no recording in {directory}.", 'Make one: ./studio produce "…" --record DIR', code=2
        ) from problem
    except ValueError as problem:
        raise StudioProblem(f"The recording in {directory} cannot be read.", code=2, detail=str(problem)) from problem
    for digest in recording.calls:
        call_of(directory, digest)
    for character in recording.cast:
        if character.reference is not None:
            reference_of(directory, character.reference)
    return recording


def call_of(directory: Path, digest: str) -> tuple[bytes, RecordedCall]:
    """One recorded call. Raises StudioProblem when it is not there."""
    place = directory / "calls" / digest
    try:
        about = RecordedCall.model_validate_json(place.with_suffix(".json").read_bytes())
        return place.with_suffix(".bin").read_bytes(), about
    except (FileNotFoundError, ValueError) as problem:
        raise StudioProblem(
            f"The recording in {directory} is not whole: its call {digest} is missing or cannot be read.", code=2
        ) from problem


def reference_of(directory: Path, reference: RecordedReference) -> bytes:
    """A recorded reference picture. Raises StudioProblem when it is not there, or another."""
    path = directory / "references" / reference.sha256
    if not path.exists() or sha256_of(path) != reference.sha256:
        raise StudioProblem(f"The recording in {directory} is not whole: the picture {path.name} is not there.", code=2)
    return path.read_bytes()


def remember(stores: Stores, directory: Path, recording: Recording, reservation: str) -> None:
    """Put every recorded call where an owner remembers calls. reservation: the ledger entry that stands for them."""
    for digest in recording.calls:
        data, about = call_of(directory, digest)
        stores.memo.put(digest, Remembered(data, about.media_type, about.receipt.model_dump_json(), reservation))


def files_of(paths: Iterable[Path]) -> dict[str, RecordedFile]:
    """The files of one episode's folder, by their names in it."""
    listed = list(paths)
    folder = next((path.parent for path in listed if path.name == "episode.json"), Path())
    return {
        str(path.relative_to(folder)): RecordedFile(sha256=sha256_of(path), stable_sha256=_stable_sha256(path))
        for path in listed
    }


def compared(recording: Recording, found: Iterable[Path]) -> tuple[list[str], list[str]]:
    """The names of the files that are the same as the recorded ones, and of those that are not, or are not there."""
    now = files_of(found)
    names = sorted({*now, *recording.files})
    same = [
        name
        for name in names
        if name in now and name in recording.files and now[name].stable_sha256 == recording.files[name].stable_sha256
    ]
    return same, [name for name in names if name not in same]


def stable(path: Path) -> bytes:
    """A file's bytes without ids and instants, where it is one of the kinds that carry some; else all of them."""
    data = path.read_bytes()
    if path.suffix == ".json":
        return json.dumps(_without(json.loads(data)), sort_keys=True, ensure_ascii=False).encode()
    # A PDF says when it was made; the library derives its id from that.
    return _PDF_STAMPS.sub(b"", data) if path.suffix == ".pdf" else data


def _stable_sha256(path: Path) -> str:
    return hashlib.sha256(stable(path)).hexdigest()


def _without(node: Any) -> Any:
    if isinstance(node, dict):
        kept = {name: _without(value) for name, value in node.items() if name not in _REPLACED}
        # Scenes are asked about side by side, so nothing orders their calls.
        return kept | ({"calls": sorted(kept["calls"])} if "calls" in kept else {})
    return [_without(value) for value in node] if isinstance(node, list) else node


def _check_untouched(stages: Iterable[StageRecord], retaken: list[int]) -> None:
    said = [f"{stage.name} was edited" for stage in stages if stage.edited]
    said += [f"{stage.name} needed another attempt" for stage in stages if stage.unusable]
    said += [f"clip {number} was painted again" for number in retaken]
    if said:
        raise StudioProblem(
            f"This episode cannot be recorded: {', '.join(said)}, and a replay goes from prompt to clips at one go.",
            'Record an episode from its beginning: ./studio produce "…" --record DIR',
        )


def _order_of(episode: Episode, stages: Iterable[StageRecord]) -> RecordedOrder:
    done = [stage.name for stage in stages if stage.status == "done"]
    rests = episode.status == RESTING
    return RecordedOrder(
        prompt=episode.prompt,
        clips=episode.clips_wanted,
        aspect=episode.aspect,
        provider=episode.provider,
        full=episode.pipeline is Pipeline.FULL,
        stop_after=[step.value for step in STAGES if step in done][-1] if rests else None,
        air_date=(episode.air_date or episode.created_at.date()).isoformat(),
    )


def _cast_of(episode: Episode, stores: Stores, directory: Path) -> tuple[RecordedCharacter, ...]:
    if episode.project_id is None:
        return ()
    cast = []
    for character in stores.cast(episode.project_id).all():
        reference = None
        if character.reference_id is not None:
            attachment, data = stores.attachments.read(character.reference_id)
            sha256 = hashlib.sha256(data).hexdigest()
            _store(directory / "references" / sha256, data)
            reference = RecordedReference(name=attachment.name, media_type=attachment.media_type, sha256=sha256)
        cast.append(RecordedCharacter(sheet=character.sheet, reference=reference))
    return tuple(cast)


def _canon_of(episode: Episode, stages: Iterable[StageRecord], stores: Stores) -> tuple[EpisodeCanon, ...]:
    """What the show remembered when the script was written: an earlier episode may have ended since."""
    if episode.project_id is None:
        return ()
    begun = min((s.started_at for s in stages if s.name == Step.SCRIPT), default=episode.created_at)
    earlier = stores.canon(episode.project_id).before(episode.episode_id)
    return tuple(entry for entry in earlier if entry.closed_at <= begun)


def _unrepeatable(stores: Stores, episode: Episode, digests: set[str]) -> list[str]:
    """What was refused, or answered uselessly: such calls are not remembered, so a replay asks them in vain."""
    found: dict[str, str] = {}
    cursor = None
    month = f"{episode.updated_at:%Y-%m}"
    while True:
        entries, cursor = stores.ledger.page(month, 100, cursor)
        mine = [entry for entry in entries if entry.episode_id == episode.episode_id and entry.digest not in digests]
        found |= {e.digest: f"{e.purpose}{f', clip {e.clip}' if e.clip else ''}: {e.note}" for e in mine}
        if cursor is None or entries[-1].created_at < episode.created_at:
            return list(found.values())


def _store(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
