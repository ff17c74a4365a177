"""S3 ObjectCreated, through EventBridge: measure the clip that arrived, write its `.json`, update the clip."""

import hashlib
import io
import re

from PIL import Image
from pydantic import BaseModel, Field

from studio.domain.base import Value
from studio.domain.episode import Measurement
from studio.domain.errors import NotFound
from studio.entry import Studio, on_event
from studio.entry.observe import logger
from studio.rollup import write_clip, write_metadata

_KEY = re.compile(r"(?P<owner>[^/]+)/(?P<episode>[^/]+)/(?P<name>clips/(?P<number>[1-6])\.(?:png|jpg))")
_LOOKS = 5


class StoredObject(BaseModel):
    """The part of the event's `detail.object` that matters."""

    key: str


class StoredDetail(BaseModel):
    """The part of the event's `detail` that matters."""

    stored: StoredObject = Field(alias="object")


class ObjectCreated(BaseModel):
    """EventBridge's "Object Created" of S3, as far as it is read."""

    detail: StoredDetail


class ClipMeasured(Value):
    """What was measured; `measured` is None when the file or its clip is gone."""

    number: int
    measured: Measurement | None


def measure_clip(event: ObjectCreated) -> ClipMeasured | None:
    """Measure the file that lies there now, whichever event told of it.

    Events come twice, late and out of order. So the event only says where to look; and after writing down what was
    found, the file is looked at again, until what is written down is what lies there.
    """
    place = _KEY.fullmatch(event.detail.stored.key)
    if place is None:
        logger.info("not a clip", extra={"key": event.detail.stored.key})
        return None
    studio = Studio.opened_for(place["owner"])
    episode_id, number = place["episode"], int(place["number"])
    name = f"{episode_id}/{place['name']}"
    measured: Measurement | None = None
    for _ in range(_LOOKS):
        there = studio.videos.head(name)
        if there is None or (measured is not None and measured.etag == there.etag):
            break
        data = studio.videos.get(name)
        if data is None:
            break
        measured = _measure(data, there.etag, there.media_type, studio)
        try:
            studio.episodes.update_clip(episode_id, number, studio.clock(), measured=measured)
        except NotFound:
            # Deleted since: nothing of it may come back.
            logger.info("clip is gone", extra={"episode_id": episode_id, "number": number})
            return ClipMeasured(number=number, measured=None)
        write_clip(studio, episode_id, number)
    if measured is not None and not studio.episodes.get(episode_id).under_way:
        # The render closed before this event came, so its roll-up did not know this file yet.
        write_metadata(studio, episode_id)
    return ClipMeasured(number=number, measured=measured)


def _measure(data: bytes, etag: str, media_type: str, studio: Studio) -> Measurement:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        width, height = picture.size
    return Measurement(
        etag=etag,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        media_type=media_type,
        width=width,
        height=height,
        measured_at=studio.clock(),
    )


handler = on_event(measure_clip)
