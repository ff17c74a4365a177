"""The files of a post: found, measured, hashed, read piece by piece, and linked to. Only photos are held whole."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Literal

from studio.channels.limits import Medium
from studio.channels.uploads import Read
from studio.domain.base import Value
from studio.domain.episode import ClipStatus, Episode
from studio.domain.errors import Conflict, Invalid, NotFound
from studio.domain.mp4 import measured
from studio.domain.posting import MediaFile
from studio.entry import Studio
from studio.store.objects import Stored

FILM = "episode.mp4"
_PIECE = 8 * 1024 * 1024

type Place = tuple[Literal["videos", "attachments"], str]
"""Where a file lies: of what kind it is, and its name there."""


class Photo(Value):
    """A still, made fit for a network: a JPEG."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Shape:
    """What a photo must fit: least and most width by height, None for any; and its most bytes."""

    aspect: tuple[float, float] | None
    bytes: int


class Files:
    """One owner's files, looked up once each: what was hashed is what is read, or reading says that it changed."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._stored: dict[Place, Stored] = {}
        self._hashes: dict[Place, str] = {}

    def film(self, episode: Episode, attachment_id: str | None) -> MediaFile | None:
        """Return the uploaded film, or the episode's own, or None. Raises NotFound, and Invalid for what is no film."""
        if attachment_id is None:
            name = f"{episode.episode_id}/{FILM}"
            return self._film(("videos", name)) if self._studio.videos.head(name) else None
        attachment = self._studio.attachments.get(attachment_id)
        if attachment.media_type != "video/mp4":
            raise Invalid(f"“{attachment.name}” is no film.", {"attachment_id": "must name an MP4"})
        if not attachment.bytes:
            raise NotFound(f"“{attachment.name}” was announced but never uploaded.")
        return self._film(("attachments", attachment_id))

    def _film(self, place: Place) -> MediaFile:
        stored = self._look(place)
        film = measured(self._reads(place), stored.bytes)
        source, name = place
        return MediaFile(
            source=source,
            name=name,
            sha256=self._sha256(place),
            bytes=stored.bytes,
            type="video/mp4",
            **film.model_dump(),
        )

    def stills(self, episode: Episode, wanted: Sequence[int]) -> list[tuple[int, bytes]]:
        """Return the pictures of an episode's clips that are there, by number. wanted: which; empty for all."""
        found = []
        for clip in self._studio.episodes.clips(episode.episode_id):
            if clip.status is not ClipStatus.RENDERED or (wanted and clip.number not in wanted):
                continue
            data = self._studio.videos.get(f"{episode.episode_id}/{clip.name or f'clips/{clip.number}.png'}")
            if data is not None:
                found.append((clip.number, data))
        return found

    def keep(self, episode: Episode, photo: Photo) -> MediaFile:
        """Store a photo under its own hash, so that what was approved stays what it was, and return it."""
        digest = hashlib.sha256(photo.data).hexdigest()
        name = f"{episode.episode_id}/posts/{digest}.jpg"
        if self._studio.videos.head(name) is None:
            self._studio.videos.put(name, photo.data, "image/jpeg")
        return MediaFile(
            source="videos",
            name=name,
            sha256=digest,
            bytes=len(photo.data),
            type="image/jpeg",
            width=photo.width,
            height=photo.height,
        )

    def read(self, file: MediaFile) -> Read:
        """Return what reads a file in ranges; it raises Conflict where the file changed since it was looked up."""
        return self._reads(_place(file))

    def whole(self, file: MediaFile) -> bytes:
        """Return all of a small file."""
        return self.read(file)(0, file.bytes)

    def _reads(self, place: Place) -> Read:
        stored = self._look(place)
        if place[0] == "attachments":
            return partial(self._studio.attachments.part, stored)
        return partial(self._studio.videos.part, stored)

    def _sha256(self, place: Place) -> str:
        if place not in self._hashes:
            stored, read, digest = self._look(place), self._reads(place), hashlib.sha256()
            for offset in range(0, stored.bytes, _PIECE):
                digest.update(read(offset, _PIECE))
            self._hashes[place] = digest.hexdigest()
        return self._hashes[place]

    def check(self, files: Sequence[MediaFile]) -> None:
        """Raise Conflict unless every file is the one that was approved."""
        for file in files:
            if self._look(_place(file)).bytes != file.bytes or self._sha256(_place(file)) != file.sha256:
                raise Conflict(
                    f"{PurePosixPath(file.name).name} is not the file that was approved. Draft the post again."
                )

    def link(self, file: MediaFile) -> str:
        """Return a link by which a network fetches a file within minutes."""
        plain = f"post{PurePosixPath(file.name).suffix or '.mp4'}"
        if file.source == "attachments":
            return self._studio.attachments.link(file.name, plain)
        return self._studio.videos.link(file.name, plain)

    def _look(self, place: Place) -> Stored:
        if place not in self._stored:
            source, name = place
            of = self._studio.attachments.stored if source == "attachments" else self._studio.videos.head
            found = of(name)
            if found is None:
                raise Conflict(f"{PurePosixPath(name).name} is not there any more. Draft the post again.")
            self._stored[place] = found
        return self._stored[place]


def _place(file: MediaFile) -> Place:
    return file.source, file.name


def medium(file: MediaFile) -> Medium:
    """Return a file as the networks' rules look at it."""
    return Medium(
        kind="video" if file.is_film else "image",
        type=file.type,
        size=file.bytes,
        width=file.width,
        height=file.height,
        seconds=file.milliseconds / 1000,
        fps=file.milli_fps / 1000 or None,
    )
