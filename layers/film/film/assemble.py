"""An episode in one pass: pictures and sound go into the file as they are made, so memory does not grow with length."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import av

from film.captions import Captioner
from film.encode import Chapter, Reel, Tags, Words
from film.joins import Shot, pictures, timeline
from film.shape import Format
from film.sound import Bed, Track
from film.speech import Speech


def assemble(
    path: Path,
    shots: Sequence[Shot],
    format_: Format,
    tags: Tags,
    *,
    speech: Sequence[Speech] = (),
    bed: Bed | None = None,
    words: Sequence[Words] = (),
    burned: bool = False,
    chapters: Sequence[Chapter] = (),
) -> float:
    """Write an episode and return its length in seconds.

    path: the MP4. It is there when it is whole, and not before; its folder needs room for 35 MB a minute besides.
    shots: stills, title and end card among them, in order; the film is as long as all of them.
    words: what is said and when, for a track of subtitles that can be switched on; `burned` writes it into the picture
    too. Raises Invalid, BrokenStill, BrokenClip and BrokenSpeech for what cannot be used, and OSError where the disk is
    full.
    """
    line = timeline(shots, format_)
    end = line.frames / format_.rate
    words = _within(words, end)
    over = Captioner(words, format_).over if burned and words else None
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with (
            _mixed(speech, bed, line.frames * format_.samples, path.parent) as mixing,
            Reel(unfinished, format_, tags, words, _chapters(chapters, end), end) as reel,
        ):
            sound: Iterator[av.AudioFrame] | None = None
            for frame in pictures(line, format_, over):
                reel.picture(frame)
                if sound is None and mixing.done():
                    sound = mixing.result().frames()
                while sound and reel.behind:
                    reel.sound(next(sound))
            for rest in sound or mixing.result().frames():
                reel.sound(rest)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return end


@contextmanager
def _mixed(speech: Sequence[Speech], bed: Bed | None, samples: int, folder: Path) -> Iterator[Future[Track]]:
    """Mix the sound aside, so that the first pictures need not wait for it."""
    with ThreadPoolExecutor(1) as pool:
        mixing = pool.submit(Track, speech, bed, samples, folder)
        try:
            yield mixing
        finally:
            if mixing.exception() is None:
                mixing.result().close()


def _within(words: Sequence[Words], end: float) -> list[Words]:
    """Return what is said within the film, in order, and cut at its end."""
    said = sorted((line for line in words if line.start < end and line.text.strip()), key=lambda line: line.start)
    return [Words(max(line.start, 0.0), min(line.end, end), line.speaker, line.text) for line in said]


def _chapters(chapters: Sequence[Chapter], end: float) -> list[Chapter]:
    """Return the chapters within the film; the first begins with it, as players expect."""
    kept = sorted((chapter for chapter in chapters if chapter.start < end), key=lambda chapter: chapter.start)
    return [Chapter(0.0, kept[0].title), *kept[1:]] if kept else []
