"""How long each function takes to be ready, against bare boto3 + pydantic + Powertools core.

Ready means: imported, and one client made. Bare pydantic has one model; `import pydantic` alone loads next to nothing.

Everything runs from the built layers as Lambda has them, with their `.pyc`, each in a fresh interpreter, floor and
function taking turns so that a busy machine slows both alike. Also: which functions import google-genai and Pillow, and
how large the layers are.

    ./studio up; ./.venv/bin/python -m bench.imports [--runs 7]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from bench.report import report
from local import settings

FLOOR = """
import boto3
from aws_lambda_powertools import Logger, Metrics
from pydantic import BaseModel
class Bare(BaseModel):
    name: str
Logger(service="floor"); Metrics(namespace="floor")
boto3.client("dynamodb")
"""
FUNCTION = """
import app
from studio.entry.context import client
client("dynamodb")
"""
TIMED = """
import sys, time
sys.path[:0] = {paths!r}
began = time.perf_counter()
{code}
print(time.perf_counter() - began, "google.genai" in sys.modules, "PIL" in sys.modules)
"""
BUILT = settings.STUDIO_HOME / "sam" / "build"
LIMIT_MIB = 235


def start(code: str, paths: list[str]) -> tuple[float, bool, bool]:
    """Return the seconds to start, and whether google-genai and Pillow came along."""
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    script = TIMED.format(paths=paths, code=code)
    # Isolated and without site-packages of the checkout: only what the layers hold.
    command = [sys.executable, "-S", "-c", script]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    seconds, genai, pillow = answer.stdout.split()
    return float(seconds), genai == "True", pillow == "True"


def size_mib(folder: Path) -> float:
    """Return a folder's size in MiB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    layers = [BUILT / "StudioLayer" / "python", BUILT / "MediaLayer" / "python"]
    if not layers[0].exists():
        raise SystemExit("Nothing is built yet: ./studio up")
    paths = [str(layer) for layer in layers]
    rows = []
    for folder in sorted(path.parent for path in settings.ROOT.glob("functions/*/app.py")):
        built = BUILT / "".join(word.capitalize() for word in folder.name.split("_"))
        floors, ours = [], []
        genai = pillow = False
        for _ in range(given.runs):
            floors.append(start(FLOOR, paths)[0])
            seconds, genai, pillow = start(FUNCTION, [str(built), *paths])
            ours.append(seconds)
        # The least disturbed run of each: what else the machine does only ever adds.
        floor, own = min(floors), min(ours)
        rows.append(
            (folder.name, floor * 1000, own * 1000, own / floor, "yes" if genai else "no", "yes" if pillow else "no")
        )
    sizes = {layer.parent.name: round(size_mib(layer), 1) for layer in layers}
    print(f"Layers, MiB unzipped: {sizes}, together {sum(sizes.values()):.1f} of {LIMIT_MIB}")
    report(
        "imports",
        "Starting a function",
        ("function", "floor ms", "ms", "× floor", "google-genai", "Pillow"),
        rows,
        worst_ratio=round(max(row[3] for row in rows), 3),
        layers_mib=sizes,
        layers_together_mib=round(sum(sizes.values()), 1),
    )


if __name__ == "__main__":
    main()
