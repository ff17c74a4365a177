"""A whole episode against the floor: the time of only encoding the same frames, already rendered.

Three shots of 5 s, 1080p24, a stand-in for voices, a bed, captions burned in, chapters and subtitles. The floor is the
same encoder with the same settings over the same frames: once as Pillow pictures, which is how frames are rendered
elsewhere, and once as the encoder takes them (4:2:0), which nobody renders but this studio. Every measurement has a
process of its own and so its own peak of memory, and they take turns, so that a busy machine slows all alike. Length:
the same shots once, twice and four times.

MoviePy 2 does the same shots the way short-video generators do (animated `resized`, CompositeVideoClip,
write_videofile), where an index has it: it gets an environment of its own for this run and is no dependency.

    ./.venv/bin/python -m bench.film [--runs 3] [--moviepy]
"""

import argparse
import io
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
import wave
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
from PIL import Image

from bench.report import report
from film import Bed, Chapter, Format, Join, Mood, Shot, Speech, Tags, Wanted, Words, assemble, probe, problems
from film.captions import Captioner
from film.encode import Reel
from film.joins import pictures, timeline
from local import environments, settings
from media.storyboard import Board, paint_board
from studio.domain import shot as domain
from studio.domain.shot import Move, ShotSize

FORMAT = Format()
SECONDS = 5.0
TARGET, TARGET_MOVIEPY, TARGET_MIB = 1.5, 5.0, 1024
TAGS = Tags("Bench", draft=True, language="eng")
STILL = (2752, 1536)
"""What the image models give at 2K."""
PEOPLE = (domain.Figure(name="Mara", hair="long red"), domain.Figure(name="Jonas", build="tall"))
SHOTS = (
    ("INT. BAKERY - NIGHT", ShotSize.MEDIUM, Move.PUSH_IN, Join.CUT),
    ("EXT. HARBOUR - DAY", ShotSize.WIDE, Move.PAN_LEFT, Join.FADE),
    ("INT. KITCHEN - MORNING", ShotSize.CLOSE_UP, Move.DRIFT, Join.CUT),
)
SAID = ("I never sold the bakery. I only signed what you put in front of me.", "Then who did?", "Ask your sister.")


def stills() -> list[bytes]:
    """Return three storyboard frames, as large as a model's pictures."""
    made = []
    for number, (heading, size, move, _) in enumerate(SHOTS, 1):
        shot = domain.Shot(
            scene=number, number=number, heading=heading, description=SAID[0], people=PEOPLE, size=size, move=move
        )
        picture = (
            Image.open(io.BytesIO(paint_board(Board(shot)))).convert("RGB").resize(STILL, Image.Resampling.LANCZOS)
        )
        out = io.BytesIO()
        picture.save(out, "PNG", compress_level=1)
        made.append(out.getvalue())
    return made


def voice(seconds: float) -> bytes:
    """Return what sounds a little like speech, as WAV."""
    rate = 24_000
    samples = array("h")
    for at in range(round(seconds * rate)):
        now = at / rate
        syllable = max(0.0, math.sin(2 * math.pi * 2.5 * now)) ** 0.6
        tone = sum(math.sin(2 * math.pi * 150 * harmonic * now) / harmonic for harmonic in (1, 2, 5))
        samples.append(round(8_000 * syllable * tone))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def shots(folder: Path, times: int) -> list[Shot]:
    """Return the film's shots, so many times over."""
    made = [(folder / f"{number}.png").read_bytes() for number in range(len(SHOTS))]
    once = [Shot(still, SECONDS, move, join) for still, (_, _, move, join) in zip(made, SHOTS, strict=True)]
    return once * times


def words(times: int) -> list[Words]:
    """Return what is said: a line in every shot."""
    return [
        Words(SECONDS * at + 0.8, SECONDS * at + 4.3, ("Mara", "Jonas")[at % 2], SAID[at % 3])
        for at in range(times * len(SHOTS))
    ]


def whole(folder: Path, times: int) -> tuple[float, float]:
    """Make the episode; return seconds and seconds of the processors."""
    said = (folder / "voice.wav").read_bytes()
    line, lines = shots(folder, times), words(times)
    speech = [Speech(at.start, said) for at in lines]
    path = folder / "episode.mp4"
    began, used = time.perf_counter(), time.process_time()
    seconds = assemble(
        path, line, FORMAT, TAGS, speech=speech, bed=Bed(Mood.TENSE), words=lines, burned=True,
        chapters=[Chapter(0, "One"), Chapter(SECONDS, "Two")],
    )  # fmt: skip
    took = time.perf_counter() - began, time.process_time() - used
    wrong = problems(probe(path), Wanted(format=FORMAT, seconds=seconds, words=True, draft=True))
    if wrong:
        raise SystemExit(f"The film is not fit: {wrong}")
    return took


def floor(folder: Path, rgb: bool) -> tuple[float, float]:
    """Encode the same frames, which are there already; return seconds and seconds of the processors."""
    line = timeline(shots(folder, 1), FORMAT)
    frames = pictures(line, FORMAT, Captioner(words(1), FORMAT).over)
    took = used = 0.0
    part = round(FORMAT.rate * SECONDS)
    with Reel(folder / "floor.mp4", FORMAT, TAGS) as reel:
        for _ in SHOTS:
            # One shot at a time, for as pictures they fill a gigabyte each.
            ready = [next(frames) for _ in range(part)]
            given: Sequence[Image.Image | av.VideoFrame] = [_picture(frame) for frame in ready] if rgb else ready
            began, busy = time.perf_counter(), time.process_time()
            for frame in _taken(given):
                reel.picture(frame)
            took, used = took + time.perf_counter() - began, used + time.process_time() - busy
        began, busy = time.perf_counter(), time.process_time()
    return took + time.perf_counter() - began, used + time.process_time() - busy


def _picture(frame: av.VideoFrame) -> Image.Image:
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    return picture


def _taken(frames: Sequence[Image.Image | av.VideoFrame]) -> Iterator[av.VideoFrame]:
    for frame in frames:
        if isinstance(frame, av.VideoFrame):
            yield frame
        else:
            taken: av.VideoFrame = av.VideoFrame.from_image(frame)  # type: ignore[no-untyped-call]
            yield taken.reformat(format="yuv420p", dst_colorspace="ITU709")


MOVIEPY = """
import sys, time
from moviepy import CompositeVideoClip, ImageClip, concatenate_videoclips
folder, seconds = sys.argv[1], float(sys.argv[2])
began = time.perf_counter()
clips = []
for number in range(3):
    still = ImageClip(f"{folder}/{number}.png").with_duration(seconds).resized(width=1920)
    moved = still.resized(lambda t: 1 + 0.016 * t).with_position("center")
    clips.append(CompositeVideoClip([moved], size=(1920, 1080)).with_duration(seconds))
film = concatenate_videoclips(clips)
film.write_videofile(f"{folder}/moviepy.mp4", fps=24, codec="libx264", preset="veryfast", audio=False, logger=None)
print(time.perf_counter() - began)
"""


def moviepy(folder: Path) -> float | None:
    """Return the seconds MoviePy takes for the moving shots alone; None where it cannot be had."""
    venv = folder / "moviepy"
    uv = environments.uv()
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(venv)],
        [uv, "pip", "install", "--quiet", "--python", str(venv / "bin/python"), "moviepy==2.2.1"],
    ):
        if subprocess.run(command, check=False).returncode:
            return None
    command = [str(venv / "bin/python"), "-c", MOVIEPY, str(folder), str(SECONDS)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measured(what: str, folder: Path) -> dict[str, float]:
    """Return a measurement made in a process of its own."""
    command = [sys.executable, "-m", "bench.film", "--measure", what, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=settings.ROOT)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def measure(what: str, folder: Path) -> None:
    """Measure one thing and print it."""
    took, used = floor(folder, what == "pictures") if what in {"frames", "pictures"} else whole(folder, int(what))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": took, "cpu": used, "mib": peak}))


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--moviepy", action="store_true", help="compare with MoviePy, in an environment of its own")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, still in enumerate(stills()):
            (folder / f"{number}.png").write_bytes(still)
        (folder / "voice.wav").write_bytes(voice(3.5))
        kinds = ("frames", "pictures", "1", "2", "4")
        seen: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
        for _ in range(given.runs):
            for kind in kinds:
                seen[kind].append(measured(kind, folder))
        # The least disturbed run of each: what else the machine does only ever adds.
        best = {kind: {key: min(run[key] for run in runs) for key in runs[0]} for kind, runs in seen.items()}
        slow = moviepy(folder) if given.moviepy else None
    tell(best, slow)


def tell(best: dict[str, dict[str, float]], slow: float | None) -> None:
    """Report what was found."""
    names = {
        "frames": "floor: frames as the encoder takes them",
        "pictures": "floor: frames as Pillow pictures",
        "1": "whole episode, 15 s",
        "2": "whole episode, 30 s",
        "4": "whole episode, 60 s",
    }
    rows: list[tuple[object, ...]] = [
        (names[kind], own["seconds"], own["cpu"], own["mib"]) for kind, own in best.items()
    ]
    if slow:
        rows.append(("MoviePy 2.2.1, the shots alone", slow, "", ""))
    once = best["1"]
    report(
        "film",
        "An episode of three shots, 1080p24",
        ("what", "s", "cpu s", "peak MiB"),
        rows,
        ratio_to_frames=round(once["seconds"] / best["frames"]["seconds"], 3),
        ratio_to_pictures=round(once["seconds"] / best["pictures"]["seconds"], 3),
        cpu_ratio_to_frames=round(once["cpu"] / best["frames"]["cpu"], 3),
        cpu_ratio_to_pictures=round(once["cpu"] / best["pictures"]["cpu"], 3),
        per_second_of_film={kind: round(best[kind]["cpu"] / (15 * int(kind)), 3) for kind in ("1", "2", "4")},
        moviepy_ratio=round(slow / once["seconds"], 2) if slow else None,
        peak_mib=round(max(best[kind]["mib"] for kind in ("1", "2", "4"))),
        targets={"ratio": TARGET, "moviepy_ratio": TARGET_MOVIEPY, "peak_mib": TARGET_MIB},
    )


if __name__ == "__main__":
    main()
