"""A whole film, played back frame by frame."""

import io
from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from film import (
    Bed,
    BrokenClip,
    BrokenStill,
    Chapter,
    Format,
    Join,
    Lines,
    Mood,
    Rate,
    Shot,
    Speech,
    Tags,
    Unplayable,
    Wanted,
    Words,
    assemble,
    probe,
    problems,
)
from film.encode import Reel
from film.joins import pictures, timeline
from film.planes import planes
from studio.domain.errors import Invalid
from studio.domain.shot import Aspect, Move
from tests.unit.film.rushes import plain, speech, still

SMALL = Format(aspect=Aspect.SQUARE, lines=Lines.HD)
TAGS = Tags("The Bakery", "Made by Episode Studio.", draft=True, language="eng")
WORDS = [Words(0.5, 1.4, "Mara", "You {knew}. \\N"), Words(1.6, 2.4, "Jonas", "שלום עולם")]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "episode.mp4"
    shots = [
        Shot(still(0), 1.5, Move.PAN_LEFT),
        Shot(still(1), 1.0, Move.PUSH_IN, Join.FADE),
        Shot(still(2), 0.75, Move.DRIFT),
    ]
    spoken = [Speech(0.5, speech(0.9)), Speech(1.6, speech(0.8))]
    chapters = [Chapter(0.2, "Cold open"), Chapter(1.5, "Kitchen"), Chapter(99, "Never")]
    seconds = assemble(
        path, shots, SMALL, TAGS, speech=spoken, bed=Bed(Mood.WARM), words=WORDS, burned=True, chapters=chapters
    )
    assert seconds == 3.25
    assert [file.name for file in path.parent.iterdir()] == ["episode.mp4"]
    return path


@pytest.fixture(scope="module")
def frames(film: Path) -> list[Image.Image]:
    with av.open(str(film)) as file:
        return [frame.to_image().reduce(2) for frame in file.decode(video=0)]


def _apart(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def test_a_film_is_what_was_wanted(film: Path) -> None:
    found = probe(film)
    assert problems(found, Wanted(format=SMALL, seconds=3.25, words=True, draft=True)) == []
    assert (found.video, found.profile, found.pixels, found.audio, found.subtitles) == (
        "h264", "High", "yuv420p", "aac", "mov_text",
    )  # fmt: skip
    assert (found.frames, found.seconds, found.audio_seconds) == (78, 3.25, pytest.approx(3.25, abs=0.001))
    assert found.chapters == ("Cold open", "Kitchen")
    assert (found.title, found.language) == ("The Bakery", "eng")
    assert found.comment.startswith("AI-generated. DRAFT")


def test_shots_cut_fade_and_end_in_black(frames: list[Image.Image]) -> None:
    steps = [_apart(one, two) for one, two in pairwise(frames)]
    assert steps.index(max(steps)) == 59, "the cut comes after two and a half seconds"
    fade = steps[31:41]
    assert max(fade) < max(steps) / 3
    assert min(fade) > max(steps[13:28])
    assert max(ImageStat.Stat(frames[-1]).mean) < 40
    assert max(ImageStat.Stat(frames[0]).mean) > 80


def test_captions_are_in_the_picture_while_they_are_said(frames: list[Image.Image]) -> None:
    where = (75, 290, 285, 330)
    before, during = (frames[at].crop(where) for at in (11, 13))
    assert _apart(before, during) > 20


def test_subtitles_say_what_was_said_when_it_was(film: Path) -> None:
    with av.open(str(film)) as file:
        packets = [
            (packet.pts, packet.duration, bytes(packet)[2:].decode())
            for packet in file.demux(file.streams.subtitles[0])
            if packet.size > 2
        ]
        assert file.streams.subtitles[0].language == "eng"
    assert packets == [(500, 900, "You ❴knew❵. ⧵N"), (1600, 800, "שלום עולם")]


def test_colours_come_out_as_they_went_in(tmp_path: Path) -> None:
    path = tmp_path / "colour.mp4"
    assemble(path, [Shot(plain((200, 60, 40)), 0.5, Move.PUSH_IN)], SMALL, TAGS)
    with av.open(str(path)) as file:
        frame = next(file.decode(video=0))
        seen = frame.reformat(format="rgb24", src_colorspace="ITU709").to_image()
    assert seen.getpixel((300, 300)) == pytest.approx((200, 60, 40), abs=4)


@pytest.mark.parametrize(("aspect", "rate"), [(Aspect.WIDE, Rate.PAL), (Aspect.TALL, Rate.WEB)])
def test_every_shape_and_rate(tmp_path: Path, aspect: Aspect, rate: Rate) -> None:
    form = Format(aspect=aspect, lines=Lines.HD, rate=rate)
    seconds = assemble(tmp_path / "film.mp4", [Shot(still(), 0.4), Shot(still(1), 0.33)], form, TAGS)
    found = probe(tmp_path / "film.mp4")
    wanted = Wanted(format=form, seconds=seconds, heard=False, draft=True)
    assert problems(found, wanted) == []
    assert abs(seconds - 0.73) <= 1 / rate


def test_sides_are_even_and_long_by_short_is_the_shape() -> None:
    for aspect in Aspect:
        for lines in Lines:
            width, height = Format(aspect=aspect, lines=lines).size
            across, down = (int(side) for side in aspect.value.split(":"))
            assert width % 2 == height % 2 == 0
            assert width * down == height * across


def test_shots_keep_their_time_however_odd(tmp_path: Path) -> None:
    shots = [Shot(still(), 1 / 3)] * 30
    line = timeline(shots, SMALL)
    assert line.frames == 240
    assert [slot.start for slot in line.slots[1:]] == [slot.stop for slot in line.slots[:-1]]


def test_what_cannot_be_cut_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with pytest.raises(Invalid, match="no shot"):
        assemble(path, [], SMALL, TAGS)
    with pytest.raises(Invalid, match="Shot 1 lasts"):
        assemble(path, [Shot(still(), float("nan"))], SMALL, TAGS)
    with pytest.raises(BrokenStill, match="shot 2") as told:
        assemble(path, [Shot(still(), 1), Shot(still()[:900], 1)], SMALL, TAGS)
    assert told.value.number == 2
    assert list(tmp_path.iterdir()) == []


def test_a_film_that_broke_off_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = 0

    def full(self: Reel, frame: av.VideoFrame) -> None:
        nonlocal frames
        frames += 1
        if frames > 5:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(Reel, "picture", full)
    with pytest.raises(OSError, match="No space"):
        assemble(tmp_path / "film.mp4", [Shot(still(), 2)], SMALL, TAGS)
    assert list(tmp_path.iterdir()) == []


def test_a_torn_film_is_unplayable(film: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.mp4"
    for data in (film.read_bytes()[:5000], film.read_bytes()[:-60_000], b"", b"not a film" * 100):
        torn.write_bytes(data)
        with pytest.raises(Unplayable):
            probe(torn)
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "none.mp4")


def test_black_and_frozen_stretches_are_seen(tmp_path: Path) -> None:
    dull = tmp_path / "dull.mp4"
    form = Format(aspect=Aspect.SQUARE, lines=Lines.HD)
    grey, black = (planes(Image.new("RGB", form.size, colour)) for colour in ((90, 90, 90), (0, 0, 0)))
    with Reel(dull, form, Tags("Dull")) as reel:
        for number in range(100):
            reel.picture((black if number < 40 else grey).frame())
    found = probe(dull)
    assert (found.black, found.audio) == (pytest.approx(40 / 24), "")
    assert found.frozen == pytest.approx(59 / 24)
    told = " ".join(problems(found, Wanted(format=SMALL, seconds=9, draft=True)))
    for said in ("black for", "Nothing moves", "lasts 4.17 s", "not AAC", "rehearsal", "LUFS"):
        assert said in told


def test_a_video_is_shown_instead_of_its_still_at_the_films_rate(tmp_path: Path) -> None:
    """Eight frames at 16 in a second, each lighter than the one before, in a film of 24."""
    clip = tmp_path / "clip.mp4"
    with av.open(str(clip), "w") as file:
        stream = file.add_stream("libx264", rate=16)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(8):
            frame = av.VideoFrame.from_image(Image.new("RGB", (320, 180), (20 + 25 * number,) * 3))
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    footage = clip.read_bytes()
    line = timeline([Shot(b"", 1.0, footage=footage), Shot(still(), 1.0, join=Join.FADE)], SMALL)
    light = [_middle(frame) for frame in pictures(line, SMALL)][:18]
    assert light[:12] == sorted(light[:12])
    assert len(set(light[:12])) == 8
    assert light[12:18] == [light[12]] * 6
    with pytest.raises(BrokenClip, match="shot 1"):
        timeline([Shot(still(), 1.0, footage=footage[:300])], SMALL)


def _middle(frame: av.VideoFrame) -> int:
    plane = frame.planes[0]
    return bytes(plane)[plane.line_size * (frame.height // 2) + frame.width // 2]


def test_a_tiny_and_a_turned_still_can_be_used(tmp_path: Path) -> None:
    turned = io.BytesIO()
    picture = Image.new("RGB", (40, 60), (90, 120, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(turned, "JPEG", exif=exif)
    assert (
        assemble(tmp_path / "film.mp4", [Shot(turned.getvalue(), 0.5), Shot(plain((9, 9, 9)), 0.5)], SMALL, TAGS) == 1
    )
