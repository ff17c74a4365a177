"""How long a 3-clip episode takes with a Gemini that needs 4 s for text and 6 s for a picture.

Against the ideal (the text, one picture and its verdict, which is text too: what nobody can beat), and against the
design this system replaces: the same calls, one after another, with a pause of 1 s before each picture. The quota is
set so that it is not measured.

Then a full episode, through all five stages: what the state machine, the API and the emulator add to the sum of the
stages' own time, as each stage's BotRun has it, and the time of one clip.

    ./.venv/bin/python -m bench.pipeline [--runs 3] [--clips 3]
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from bench.report import report
from local import identity, stack
from local.client import StudioClient
from local.emulator.process import start_emulator
from studio.domain.script import Script
from studio.domain.shot import Shot
from studio.generation.gemini.client import open_client
from studio.generation.gemini.painter import GeminiPainter
from studio.generation.gemini.writer import GeminiWriter
from studio.generation.ports import PaintRequest, WriteRequest
from tests.fakes.gemini import FakeGemini

TEXT_SECONDS, IMAGE_SECONDS, PAUSE_SECONDS = 4.0, 6.0, 1.0
PROMPT = "Create a dramatic episode where the main character discovers a shocking family secret"
POLL_SECONDS = 0.1


def through_the_studio(client: StudioClient, clips: int, run: int) -> float:
    """Return the seconds from the order to `completed`, over HTTP."""
    began = time.perf_counter()
    order = {"prompt": f"{PROMPT} ({run})", "clips": clips, "provider": "gemini"}
    _until_completed(client, client.start(order, f"bench-{time.time_ns()}")["episode_id"])
    return time.perf_counter() - began


def through_all_stages(client: StudioClient, clips: int) -> tuple[float, float]:
    """Return the seconds of a full episode from the order to `completed`, and of its stages' own work and one clip."""
    began = time.perf_counter()
    order = {"prompt": f"{PROMPT} (full)", "clips": clips, "provider": "gemini"}
    episode_id = str(client.post("/functions/episode-producer", order)["episode_id"])
    _until_completed(client, episode_id)
    seconds = time.perf_counter() - began
    runs = [run for run in client.get("/runs", limit=100)["items"] if run["episode_id"] == episode_id]
    return seconds, sum(run["seconds"] for run in runs) + IMAGE_SECONDS + TEXT_SECONDS


def _until_completed(client: StudioClient, episode_id: str) -> None:
    while True:
        episode = client.episode(episode_id)
        if not episode["under_way"]:
            break
        time.sleep(POLL_SECONDS)
    if episode["status"] != "completed":
        raise SystemExit(f"The episode is {episode['status']}: {episode['reason']}")


def one_after_another(fake: FakeGemini, clips: int) -> float:
    """Return the seconds of the same calls in a row, with the pause that kept the old design under its rate limit."""
    client = open_client(fake.key, fake.url)
    writer, painter = GeminiWriter(client, "gemini-3.8-flash"), GeminiPainter(client, "gemini-nano-banana-2.1")
    began = time.perf_counter()
    script, _ = writer.write(WriteRequest(instructions="Write.", material={"prompt": PROMPT, "clips": clips}), Script)
    for number in range(1, clips + 1):
        time.sleep(PAUSE_SECONDS)
        shot = Shot(scene=1, number=number, heading=script.scenes[0].heading, description=f"{PROMPT} {number}")
        painter.paint(PaintRequest(prompt=f"{PROMPT} {number}", shot=shot))
    return time.perf_counter() - began


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--clips", type=int, default=3)
    given = parser.parse_args()
    ideal = TEXT_SECONDS + IMAGE_SECONDS + TEXT_SECONDS
    with tempfile.TemporaryDirectory() as data, FakeGemini() as fake, start_emulator(Path(data), port=0) as emulator:
        parameters = {"GeminiBaseUrl": fake.url, "ImageRate": "0", "TextRate": "0"}
        outputs = stack.deploy(emulator.endpoint, parameters, data_dir=Path(data))
        outputs.client("secretsmanager").put_secret_value(
            SecretId=outputs["GeminiKeySecret"], SecretString=json.dumps({"api_key": fake.key})
        )
        login = identity.demo_login(Path(data))
        token = identity.ensure_user(outputs, login.email, login.password)
        client = StudioClient(outputs.api_url, lambda fresh: token, local=True)
        cold = through_the_studio(client, given.clips, 0)
        fake.seconds |= {"text": TEXT_SECONDS, "image": IMAGE_SECONDS, "judge": TEXT_SECONDS}
        ours = [through_the_studio(client, given.clips, run) for run in range(1, given.runs + 1)]
        full, own = through_all_stages(client, given.clips)
        sequential = one_after_another(fake, given.clips)
    median = statistics.median(ours)
    report(
        "pipeline",
        f"A {given.clips}-clip episode, text {TEXT_SECONDS:.0f} s, picture {IMAGE_SECONDS:.0f} s",
        ("way", "seconds", "× ideal"),
        [
            ("ideal: text + one picture + its verdict", ideal, 1.0),
            (f"the studio, median of {given.runs}", median, median / ideal),
            ("the studio, slowest", max(ours), max(ours) / ideal),
            ("one after another, 1 s pause, unjudged", sequential, sequential / ideal),
            ("all five stages", full, full / ideal),
            ("its stages' own time, and one clip's", own, own / ideal),
        ],
        full_seconds=round(full, 2),
        full_own_seconds=round(own, 2),
        full_added_seconds=round(full - own, 2),
        full_added_share=round((full - own) / own, 3),
        ratio_to_ideal=round(median / ideal, 3),
        sequential_to_ideal=round(sequential / ideal, 3),
        first_episode_with_an_instant_model_seconds=round(cold, 2),
        runs_seconds=[round(run, 2) for run in ours],
    )


if __name__ == "__main__":
    main()
