"""A hundred producers started together, against a Gemini that is often busy, sometimes broken and now and then says no.

    ./.venv/bin/python -m bench.load [--producers 100] [--owners 20]

Every episode must end completed, or partial with its reason; none may hang; the ledger must hold what the fake was
asked for; and no cap may be passed. The rates are of requests: 20 % 429, 5 % 503, 5 % not
JSON, 3 % blocked.
"""

import argparse
import json
import secrets
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.report import report
from local import identity, stack
from local.client import StudioClient
from local.emulator.process import start_emulator
from local.problems import StudioProblem
from tests.fakes.gemini import FakeGemini

RATES = {"429": 0.20, "503": 0.05, "invalid-json": 0.05, "blocked-prompt": 0.03}
PROMPT = "Two sisters share a bakery, and one of them hides a debt until the lights go out"
HANGS_AFTER_SECONDS = 1800
_ANSWERED = {"ok", "invalid-json", "blocked-prompt"}
"""Outcomes that carry usage, and so are charged."""


def main() -> None:
    """Run, check and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--producers", type=int, default=100)
    parser.add_argument("--clips", type=int, default=3)
    parser.add_argument("--owners", type=int, default=20)
    parser.add_argument("--monthly-cap", default="5", help="of each owner, in US dollars")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as data,
        FakeGemini(rates=RATES, seed=7) as fake,
        start_emulator(Path(data), port=0) as emulator,
    ):
        parameters = {
            "GeminiBaseUrl": fake.url,
            "ImageRate": "0",
            "TextRate": "0",
            "MonthlyCapUsd": given.monthly_cap,
            "Takes": "1",
        }
        outputs = stack.deploy(emulator.endpoint, parameters, data_dir=Path(data))
        outputs.client("secretsmanager").put_secret_value(
            SecretId=outputs["GeminiKeySecret"], SecretString=json.dumps({"api_key": fake.key})
        )
        clients = [_owner(outputs, number) for number in range(given.owners)]
        began = time.perf_counter()
        orders = [(clients[number % given.owners], number) for number in range(given.producers)]
        with ThreadPoolExecutor(max_workers=16) as pool:
            started = list(pool.map(lambda order: (order[0], _order(order[0], order[1], given.clips)), orders))
        episodes = _until_over(started)
        seconds = time.perf_counter() - began
        ledger = [line for client in clients for line in _ledger(client)]
        _check(episodes, ledger, fake, float(given.monthly_cap) * given.owners)
    ended = Counter(episode["status"] for episode in episodes)
    calls = Counter(call.outcome for call in fake.calls)
    report(
        "load",
        f"{given.producers} producers together",
        ("what", "count"),
        [*((f"episodes {status}", count) for status, count in sorted(ended.items())),
         *((f"requests {outcome}", count) for outcome, count in sorted(calls.items()))],
        seconds=round(seconds, 1),
        requests=len(fake.calls),
        ledger_entries=len(ledger),
        spent_usd=round(sum(line["cost_usd"] for line in ledger), 4),
    )  # fmt: skip


def _order(client: StudioClient, number: int, clips: int) -> str:
    body = {"prompt": f"{PROMPT} ({number})", "clips": clips, "provider": "gemini"}
    return str(client.post("/functions/episode-producer", body)["episode_id"])


def _owner(outputs: stack.Outputs, number: int) -> StudioClient:
    token = identity.ensure_user(outputs, f"producer-{number}@example.com", secrets.token_urlsafe(18))
    return StudioClient(outputs.api_url, lambda fresh: token, local=True)


def _until_over(started: list[tuple[StudioClient, str]]) -> list[Any]:
    deadline = time.monotonic() + HANGS_AFTER_SECONDS
    open_ones, over = list(started), list[Any]()
    while open_ones:
        if time.monotonic() > deadline:
            raise SystemExit(f"{len(open_ones)} episodes hang: {[episode_id for _, episode_id in open_ones[:5]]}")
        seen = [_read(client, episode_id) for client, episode_id in open_ones]
        over += [episode for episode in seen if episode and not episode["under_way"]]
        done = {str(episode["episode_id"]) for episode in over}
        open_ones = [entry for entry in open_ones if entry[1] not in done]
        print(f"{len(over)} over, {len(open_ones)} under way", flush=True)
        time.sleep(10)
    return over


def _read(client: StudioClient, episode_id: str) -> Any:
    """Return an episode, or None where the machine is too busy to answer: it is asked again later."""
    try:
        return client.episode(episode_id)
    except StudioProblem:
        return None


def _ledger(client: StudioClient) -> list[Any]:
    month, lines, cursor = time.strftime("%Y-%m", time.gmtime()), [], ""
    while True:
        page = client.get("/spending", month=month, limit=100, **({"cursor": cursor} if cursor else {}))
        lines += page["items"]
        cursor = page["cursor"] or ""
        if not cursor:
            return lines


def _check(episodes: list[Any], ledger: list[Any], fake: FakeGemini, cap: float) -> None:
    """Hold what was promised. Raises SystemExit with what is not so."""
    for episode in episodes:
        if episode["status"] not in {"completed", "partial"} or (episode["status"] == "partial") != bool(
            episode["reason"]
        ):
            raise SystemExit(f"{episode['episode_id']} is {episode['status']}: {episode['reason'] or 'no reason'}")
    asked = Counter(call.outcome in _ANSWERED for call in fake.calls)
    settled = Counter(line["status"] for line in ledger)
    charged = settled["settled"] + settled["unknown"]
    if charged < asked[True] or sum(settled.values()) != len(fake.calls):
        raise SystemExit(f"the ledger has {dict(settled)}; the fake was asked {len(fake.calls)} times")
    spent = sum(line["cost_usd"] for line in ledger)
    if spent > cap or settled["reserved"]:
        raise SystemExit(f"${spent:.2f} was spent of ${cap:.2f}, and {settled['reserved']} reservations are open")


if __name__ == "__main__":
    main()
