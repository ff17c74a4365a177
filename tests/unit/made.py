"""What tests are made of: a script, an episode, pictures, and models that answer from a list."""

import copy
import io
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from PIL import Image
from pydantic import BaseModel

from studio.domain.base import new_id
from studio.domain.episode import Clip, Episode, Part, StageRecord, Status
from studio.domain.pipeline import Step
from studio.domain.product import DigitalProduct
from studio.domain.project import Brief
from studio.domain.realism import Mark
from studio.domain.receipt import Receipt, Usage
from studio.domain.script import Beat, ClipDescription, Line, Scene, Script
from studio.domain.shot import Aspect
from studio.generation.ports import Judgement, JudgeRequest, PaintRequest, Picture, WriteRequest

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_owners = count(1)


def an_owner() -> str:
    """Return an owner whom no other test has."""
    return f"owner-{next(_owners)}"


def a_script(clips: int = 3, **changes: Any) -> Script:
    """Return a script that keeps every rule, with Hodan and Bile in it."""
    scenes = [
        Scene(
            number=number,
            heading="INT. KITCHEN - NIGHT",
            beat=Beat.ESCALATION if number < clips else Beat.RESOLUTION,
            action=f"Hodan puts plate {number} on the table.",
            lines=[Line(speaker="Hodan Warsame", text="Sit down."), Line(speaker="Bile", text="I stand.")],
        )
        for number in range(1, clips + 1)
    ]
    described = [
        ClipDescription(number=n, scene=n, description=f"Plate {n} slides across the table.", people=["Hodan Warsame"])
        for n in range(1, clips + 1)
    ]
    given: dict[str, Any] = {
        "title": "The Dinner",
        "synopsis": "A dinner goes wrong.",
        "guests": [{"name": "Hodan Warsame"}, {"name": "Bile"}],
        "scenes": scenes,
        "clips": described,
    }
    return Script.model_validate(given | changes)


def an_episode(at: datetime = AT, **changes: Any) -> Episode:
    """Return a queued episode in its first take, held by an execution."""
    given: dict[str, Any] = {
        "episode_id": new_id(at),
        "prompt": "Hodan Warsame and Bile have dinner.",
        "provider": "draft",
        "brief": Brief(title="Pilot"),
        "aspect": Aspect.WIDE,
        "clips_wanted": 3,
        "status": Status.QUEUED,
        "take": 1,
        "execution": "arn:aws:states:eu-west-1:123456789012:execution:studio-episode-producer:of-a-test",
        "created_at": at,
        "updated_at": at,
    }
    return Episode.model_validate(given | changes)


def stored(studio: Any, *, script: bool = True, clips: int = 3, **changes: Any) -> Episode:
    """Store an episode, with its script where asked, and return it. `status` may be any."""
    at = studio.clock()
    episode = an_episode(at, **{"clips_wanted": clips} | changes)
    studio.episodes.create(episode)
    if script:
        written = a_script(clips)
        record = StageRecord(
            episode_id=episode.episode_id,
            name=Step.SCRIPT,
            status="done",
            parts=(Part(key="script", input_hash="of another prompt", document=written.model_dump_json()),),
            started_at=at,
            finished_at=at,
        )
        studio.episodes.save_artifact(episode, record, written, at)
    return studio.episodes.get(episode.episode_id)


def a_product(product_id: str, episode_id: str, at: datetime = AT, **changes: Any) -> DigitalProduct:
    """Return a product of one file, for five dollars."""
    file = {
        "part": "script_pdf",
        "name": "script.pdf",
        "label": "The-Dinner-script.pdf",
        "holds": "the screenplay as PDF",
        "media_type": "application/pdf",
        "bytes": 1,
        "sha256": "0" * 64,
    }
    given = {
        "product_id": product_id,
        "episode_id": episode_id,
        "title": "The Dinner: the screenplay",
        "description": "The screenplay.",
        "price": {"amount": "5.00", "currency": "USD"},
        "files": [file],
        "made_at": at,
    }
    return DigitalProduct.model_validate(given | changes)


def moved(studio: Any, episode: Episode, *path: Status) -> Episode:
    """Take an episode along a path of statuses and return it."""
    for status in path:
        episode = studio.episodes.move(episode.episode_id, status, studio.clock())
    return episode


def statuses(studio: Any, episode: Episode) -> dict[int, str]:
    """Return each clip's status."""
    found: list[Clip] = studio.episodes.clips(episode.episode_id)
    return {clip.number: clip.status.value for clip in found}


def items_of(studio: Any) -> dict[str, Any]:
    """Return all that the table has of an owner's, by sort key."""
    return copy.deepcopy(studio.client("dynamodb").items.get(f"OWNER#{studio.owner}", {}))


def a_picture(kind: str = "PNG", shade: int = 90, size: tuple[int, int] = (16, 9)) -> bytes:
    """Return a small encoded picture, of two colours, because one alone is none."""
    out = io.BytesIO()
    picture = Image.new("RGB", size, (shade, 40, 40))
    picture.paste((240, 240, 240), (0, 0, size[0] // 2, size[1] // 2))
    picture.save(out, kind)
    return out.getvalue()


@dataclass
class ListedPainter:
    """A painter that does what its list says, in order, and then paints: an error is raised, bytes are a picture."""

    does: list[Any] = field(default_factory=list)
    model: str = "gemini-nano-banana-2.1"
    usage: Usage = field(default_factory=lambda: Usage(images=1))
    calls: list[PaintRequest] = field(default_factory=list)

    def paint(self, request: PaintRequest) -> tuple[Picture, Receipt]:
        """Take the next turn of the list."""
        self.calls.append(request)
        now = self.does.pop(0) if self.does else a_picture()
        if isinstance(now, BaseException):
            raise now
        receipt = Receipt(provider="gemini", model=self.model, usage=self.usage)
        return Picture(data=now, media_type="image/png", width=16, height=9), receipt


@dataclass
class ListedJudge:
    """A judge that does what its list says, in order, and then finds no fault: an error is raised.

    A score is for every criterion; a mapping gives some a score of their own, and None to one that does not apply.
    """

    does: list[Any] = field(default_factory=list)
    model: str = "gemini-3.8-flash"
    usage: Usage = field(default_factory=lambda: Usage(input_tokens=1000, output_tokens=400))
    calls: list[JudgeRequest] = field(default_factory=list)

    def judge(self, request: JudgeRequest) -> tuple[Judgement, Receipt]:
        """Take the next turn of the list."""
        self.calls.append(request)
        now = self.does.pop(0) if self.does else 5
        if isinstance(now, BaseException):
            raise now
        scores = now if isinstance(now, dict) else {criterion.key: now for criterion in request.criteria}
        marks = [
            Mark(criterion=criterion.key, reason="As one sees.", score=scores.get(criterion.key, 5))
            for criterion in request.criteria
        ]
        return Judgement(marks=tuple(marks)), Receipt(provider="gemini", model=self.model, usage=self.usage)


@dataclass
class ListedWriter:
    """A writer that gives the answers of its list, in order: an error is raised, a function is called."""

    answers: list[Any]
    model: str = "gemini-3.8-flash"
    usage: Usage = field(default_factory=lambda: Usage(input_tokens=1000, output_tokens=2000))
    calls: list[WriteRequest] = field(default_factory=list)

    def write[T: BaseModel](self, request: WriteRequest, schema: type[T]) -> tuple[T, Receipt]:
        """Take the next answer of the list."""
        del schema
        self.calls.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Callable):
            answer = answer()
        return answer, Receipt(provider="gemini", model=self.model, usage=self.usage)


def pages(read: Callable[[str | None], tuple[list[Any], str | None]]) -> Iterator[list[Any]]:
    """Walk a list page by page; `read` takes a cursor."""
    cursor: str | None = None
    while True:
        items, cursor = read(cursor)
        yield items
        if cursor is None:
            return


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def a_film(
    size: int = 600_000, *, seconds: float = 30, sides: tuple[int, int] = (1080, 1920), turned: bool = False
) -> bytes:
    """Return an MP4 of so many bytes, whose index says how large and long it is; its pictures are noise."""
    scale, frames = 1000, round(seconds * 25)
    matrix = (
        (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
        if turned
        else (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    )
    header = struct.pack(">IIIII", 0, 0, 0, scale, round(seconds * scale))
    track = _box(
        b"trak",
        _box(
            b"tkhd",
            struct.pack(">IIIIII", 7, 0, 0, 1, 0, round(seconds * scale)) + bytes(16),
            struct.pack(">9i", *matrix),
            struct.pack(">II", sides[0] << 16, sides[1] << 16),
        ),
        _box(
            b"mdia",
            _box(b"mdhd", header, bytes(4)),
            _box(b"hdlr", bytes(8), b"vide", bytes(13)),
            _box(b"minf", _box(b"stbl", _box(b"stts", struct.pack(">IIII", 0, 1, frames, 40)))),
        ),
    )
    sound = _box(
        b"trak",
        _box(b"tkhd", bytes(84)),
        _box(b"mdia", _box(b"mdhd", header, bytes(4)), _box(b"hdlr", bytes(8), b"soun", bytes(13))),
    )
    index = _box(b"moov", _box(b"mvhd", header, bytes(80)), sound, track)
    start = _box(b"ftyp", b"isom", bytes(4), b"isom")
    noise = random.Random(size).randbytes(size - len(start) - len(index) - 8)
    # The index at the end, where cameras put it.
    return start + _box(b"mdat", noise) + index
