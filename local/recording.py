"""Recordings: everything that an episode was made from, so that it can be made again without a key or a network.

    DIR/order.json             what was ordered, what a person asked of it since, the show, its cast and canon, which
                               calls were refused, and the sums of the files that came of it
    DIR/references/<sha256>    the cast's reference pictures
    DIR/calls/<sha256>.bin     what one paid call brought, and beside it as .json by whom and as what
    DIR/files/                 those of the files that say when, as what and for how much they were made

A call is remembered under the hash of all that it asks (see `studio.purchases`). Put where another owner's memory is,
the same order finds each of them, and nothing is bought.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from local.files import sha256_of
from local.problems import StudioProblem
from local.produce import RESTING, Order, Result
from local.stores import Stores
from studio.domain.act import Act
from studio.domain.attachment import AttachmentType
from studio.domain.canon import EpisodeCanon
from studio.domain.episode import Clip, Episode, Gate, StageRecord
from studio.domain.errors import FINAL, NotFound
from studio.domain.pipeline import Step
from studio.domain.project import Brief, CharacterSheet
from studio.domain.receipt import Receipt
from studio.domain.spend import Spend
from studio.store.memo import Remembered

WITH_RESULTS = {"completed", "partial", RESTING}
"""Episodes that left something to be made again."""

_OWN = (
    "episode_id", "project_id", "created_at", "updated_at", "measured_at", "seconds", "cost_usd", "version", "air_date",
)  # fmt: skip
"""Fields that are a run's own: when something was made, as what, and what it cost. No content is among them."""

_OWN_LINE = re.compile(rf'^(\s*"(?:{"|".join(_OWN)})": ).*?(,?)$'.encode(), re.MULTILINE)
_CALLS = re.compile(rb'("calls": \[\n)((?:\s*"[^"\n]*",?\n)*)')
_FINAL = {error.__name__ for error in FINAL}
_OVER_BUDGET = "This call would cost about $"
PLACE = "{episode_id}"
"""What stands for the episode's id in a recorded path."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedOrder(_Kept):
    """What was asked for at first, with everything said that may be left out."""

    prompt: str
    clips: int
    aspect: str
    provider: str
    full: bool
    review: tuple[Gate, ...]
    stop_after: str | None
    air_date: str
    trend: dict[str, str] | None = None

    def order(self, project_id: str) -> Order:
        """The same, in another project."""
        return Order(
            prompt=self.prompt,
            project=project_id,
            aspect=self.aspect,
            clips=self.clips,
            provider=self.provider,
            full=self.full,
            review=tuple(self.review) or None,
            stop_after=self.stop_after,
            air_date=self.air_date,
            trend=self.trend,
        )


class RecordedAct(_Kept):
    """What a person then asked of it: a request to the API. `path` has {episode_id} where the id goes."""

    method: str
    path: str
    body: dict[str, JsonValue]


class RecordedReference(_Kept):
    """A picture that shows somebody's face."""

    name: str
    media_type: AttachmentType
    sha256: str


class RecordedCharacter(_Kept):
    """Somebody of the cast."""

    sheet: CharacterSheet
    reference: RecordedReference | None = None


class RecordedRefusal(_Kept):
    """A call that came to nothing, for good: the outcome's name in `studio.domain.errors`, and its sentence."""

    digest: str
    error: str = Field(pattern=f"^({'|'.join(sorted(_FINAL))})$")
    sentence: str


class Recording(_Kept):
    """All of `order.json`.

    `acts` came after the order, one after the other. `calls` are the digests of the calls that brought something,
    `models` who answered them. `files` are the SHA-256 of what was brought home.
    """

    format: str = Field(default="episode-studio/recording", pattern="^episode-studio/recording$")
    version: int = Field(default=2, ge=2, le=2)
    order: RecordedOrder
    acts: tuple[RecordedAct, ...]
    project: Brief
    cast: tuple[RecordedCharacter, ...]
    canon: tuple[EpisodeCanon, ...]
    models: tuple[str, ...]
    calls: tuple[str, ...]
    refusals: tuple[RecordedRefusal, ...]
    files: dict[str, str]


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

    Raises StudioProblem for an episode of which not all is known that a person did.
    """
    episode = stores.episodes.get(found.episode_id or "")
    order, acts = _asked(stores.acts.of(episode.episode_id), episode)
    stages = stores.episodes.stages(episode.episode_id)
    clips = stores.episodes.clips(episode.episode_id)
    spent = {entry.digest: entry for entry in _spent(stores, episode)}
    named = [digest for calls in (*(s.calls for s in stages), *(c.calls for c in clips)) for digest in calls]
    calls, models, refusals, lost = [], set(), [], []
    for digest in dict.fromkeys([*spent, *named]):
        remembered = stores.memo.get(digest)
        entry = spent.get(digest)
        if remembered is not None:
            calls.append(digest)
            models.add(_keep_call(directory, digest, remembered))
        elif entry is None or (entry.status == "settled" and not entry.note):
            raise StudioProblem(f"The call {digest} is not remembered any more, so the episode cannot be recorded.")
        elif entry.error in _FINAL:
            refusals.append(RecordedRefusal(digest=digest, error=entry.error, sentence=entry.note))
        else:
            lost.append(f"{entry.purpose}{f', clip {entry.clip}' if entry.clip else ''}: {entry.note}")
    recording = Recording(
        order=order,
        acts=acts,
        project=episode.brief,
        cast=_cast_of(episode, stores, directory),
        canon=_canon_of(episode, stages, stores),
        models=tuple(sorted(models)),
        calls=tuple(calls),
        refusals=tuple(refusals),
        files={name: sha256_of(path) for name, path in _named(found.files).items()},
    )
    for name, path in _named(found.files).items():
        if path.suffix == ".json":
            _store(directory / "files" / name, path.read_bytes())
    _store(directory / "order.json", (recording.model_dump_json(indent=2) + "\n").encode())
    return lost + _over_budget(stages, clips)


def _keep_call(directory: Path, digest: str, remembered: Remembered) -> str:
    """Store what a call brought, and return the model that answered it."""
    receipt = Receipt.model_validate_json(remembered.receipt)
    call = RecordedCall(media_type=remembered.media_type, receipt=receipt)
    _store(directory / "calls" / f"{digest}.bin", remembered.data)
    _store(directory / "calls" / f"{digest}.json", call.model_dump_json(indent=2).encode())
    return receipt.model


def load(directory: Path) -> Recording:
    """Read a recording. Raises StudioProblem for a folder that holds none, or not all of it."""
    try:
        told = json.loads((directory / "order.json").read_bytes())
        if isinstance(told, dict) and told.get("version") == 1:
            raise StudioProblem(
                f"The recording in {directory} is of an earlier studio, and lacks what a replay needs now.",
                "Record the episode again: ./studio produce --resume EPISODE --record DIR",
                code=2,
            )
        recording = Recording.model_validate(told)
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
    for name, sha256 in recording.files.items():
        if name.endswith(".json"):
            _whole(directory, directory / "files" / name, sha256)
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
    return _whole(directory, directory / "references" / reference.sha256, reference.sha256)


def remember(stores: Stores, directory: Path, recording: Recording, reservation: str) -> None:
    """Put every recorded call where an owner remembers calls. reservation: the ledger entry that stands for them."""
    for digest in recording.calls:
        data, about = call_of(directory, digest)
        stores.memo.put(digest, Remembered(data, about.media_type, about.receipt.model_dump_json(), reservation))
    for no in recording.refusals:
        told = Remembered(no.sentence.encode(), "text/plain", "", reservation, refused=no.error)
        stores.memo.put(no.digest, told)


def compared(directory: Path, recording: Recording, found: Iterable[Path]) -> tuple[list[str], list[str]]:
    """The names of the files that are the same as the recorded ones, and of those that are not, or are not there.

    A file that is the same but for the ids, instants and costs in it is given the recorded ones, and so becomes the
    recorded file: those of a replay lead to an account that is gone. One that differs in more stays as it is.
    """
    now = _named(found)
    names = sorted({*now, *recording.files})
    same = [name for name in names if name in now and _matches(directory, recording, name, now[name])]
    return same, [name for name in names if name not in same]


def _matches(directory: Path, recording: Recording, name: str, path: Path) -> bool:
    if name not in recording.files:
        return False
    if path.suffix == ".json":
        recorded = (directory / "files" / name).read_bytes()
        if stable(path.read_bytes()) == stable(recorded):
            _store(path, recorded)
    return sha256_of(path) == recording.files[name]


def stable(data: bytes) -> bytes:
    """The bytes of one of the studio's own JSON files without what is a run's own; all else stays in its place."""

    # Scenes are asked about side by side, so nothing orders their calls.
    def sorted_calls(found: re.Match[bytes]) -> bytes:
        return found[1] + b"".join(sorted(line.rstrip(b",") + b"\n" for line in found[2].splitlines()))

    return _CALLS.sub(sorted_calls, _OWN_LINE.sub(rb"\1\2", data))


def _named(paths: Iterable[Path]) -> dict[str, Path]:
    """The files of one episode's folder, by their names in it."""
    listed = list(paths)
    folder = next((path.parent for path in listed if path.name == "episode.json"), Path())
    return {str(path.relative_to(folder)): path for path in listed}


def _whole(directory: Path, path: Path, sha256: str) -> bytes:
    if not path.exists() or sha256_of(path) != sha256:
        raise StudioProblem(
            f"The recording in {directory} is not whole: {path.relative_to(directory)} is missing, or another.", code=2
        )
    return path.read_bytes()


def _asked(acts: list[Act], episode: Episode) -> tuple[RecordedOrder, tuple[RecordedAct, ...]]:
    """What was ordered, and what a person asked since. Raises StudioProblem where that cannot be done again."""
    told = [(act, json.loads(act.body or "{}")) for act in acts]
    if not told or "prompt" not in told[0][1]:
        raise StudioProblem(
            "This episode cannot be recorded: it was ordered before the studio kept what people ask of an episode.",
            'Record another: ./studio produce "…" --record DIR',
        )
    if any(act.path.endswith("/cancel") for act in acts):
        raise StudioProblem(
            "This episode cannot be recorded: it was cancelled while it was made, and nobody can cancel at that very "
            "moment again.",
            'Record another: ./studio produce "…" --record DIR',
        )
    (first, asked), *later = told
    order = RecordedOrder(
        prompt=episode.prompt,
        clips=episode.clips_wanted,
        aspect=episode.aspect,
        provider=episode.provider,
        full=first.path.endswith("/episode-producer"),
        review=asked.get("review") or (),
        stop_after=asked.get("stop_after"),
        air_date=asked.get("air_date") or episode.created_at.date().isoformat(),
        trend=asked.get("trend"),
    )
    return order, tuple(
        RecordedAct(method=act.method, path=act.path.replace(episode.episode_id, PLACE), body=body)
        for act, body in _once(later)
    )


def _once(told: Iterable[tuple[Act, dict[str, Any]]]) -> Iterable[tuple[Act, dict[str, Any]]]:
    """Leave out the same answer to the same review, given again: it is no other."""
    answered: set[str] = set()
    for act, body in told:
        review_id = body.get("review_id")
        if review_id not in answered:
            yield act, body
        if review_id is not None:
            answered.add(review_id)


def _cast_of(episode: Episode, stores: Stores, directory: Path) -> tuple[RecordedCharacter, ...]:
    if episode.project_id is None:
        return ()
    cast = []
    for character in stores.cast(episode.project_id).all():
        reference = None
        if character.reference_id is not None:
            try:
                attachment, data = stores.attachments.read(character.reference_id)
            except NotFound as error:
                raise StudioProblem(
                    f"This episode cannot be recorded: the reference picture of {character.sheet.name} is not there.",
                    "Upload it again, or take it off them.",
                ) from error
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


def _spent(stores: Stores, episode: Episode) -> list[Spend]:
    """An episode's lines of the ledger, oldest first."""
    found: list[Spend] = []
    year, month = episode.created_at.year, episode.created_at.month
    while (year, month) <= (episode.updated_at.year, episode.updated_at.month):
        entries, cursor = stores.ledger.page(f"{year}-{month:02}", 100, None)
        while cursor is not None:
            more, cursor = stores.ledger.page(f"{year}-{month:02}", 100, cursor)
            entries = entries + more
        found += [entry for entry in reversed(entries) if entry.episode_id == episode.episode_id]
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _over_budget(stages: Iterable[StageRecord], clips: Iterable[Clip]) -> list[str]:
    """What was not asked because of a cap: the ledger has no line that says so, and a replay's cap is another."""
    said = {stage.name: [stage.reason] for stage in stages}
    said |= {f"clip {clip.number}": [clip.reason, *(take.reason for take in clip.takes)] for clip in clips}
    return [f"{what}: {reason}" for what, reasons in said.items() for reason in reasons if _OVER_BUDGET in reason]


def _store(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
