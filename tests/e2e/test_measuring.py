"""Trends looked for and posts measured by the deployed stack, each with its own rights and the networks on loopback."""

import json
import time

from tests.e2e.conftest import Deployed, Person
from tests.e2e.test_connections import connect
from tests.fakes.youtube_api import YouTubeApi

POST = {"network": "youtube", "external_id": "film-1", "title": "The Dinner", "hook": "question"}


def invoke(deployed: Deployed, function: str, event: object) -> dict[str, object]:
    """Call a function as the scheduler does, and wait for its answer."""
    name = f"{deployed.outputs.stack}-{function}:live"
    answer = deployed.outputs.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    told: dict[str, object] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, told
    return told


def measured_by(person: Person) -> list[dict[str, object]]:
    """Wait for a run of the bot that its owner did not ask for."""
    for _ in range(100):
        runs: list[dict[str, object]] = person.ok("GET", "/runs")["items"]
        if found := [run for run in runs if run["bot"] == "performance-tracking-bot" and run["status"] == "succeeded"]:
            return found
        time.sleep(0.2)
    raise AssertionError(runs)


def test_the_daily_round_measures_whoever_has_posts(deployed: Deployed) -> None:
    hibo = deployed.person("hibo")
    account = connect(hibo, "youtube").json()["items"][0]["account_id"]
    reports = deployed.networks.service(YouTubeApi).reports
    reports["video"] = [
        {"video": "film-1", "views": 200, "averageViewDuration": 15, "averageViewPercentage": 50.0, "likes": 4}
    ]
    reports["elapsedVideoTimeRatio"] = [
        {"elapsedVideoTimeRatio": at / 10, "audienceWatchRatio": 1 - at / 20} for at in range(1, 11)
    ]
    episode = hibo.ok("POST", "/functions/generate-episode-from-prompt", {"prompt": "A dinner.", "provider": "draft"})
    told = POST | {"account_id": account, "published_at": "2026-11-20T09:00:00Z"}
    hibo.ok("POST", f"/episodes/{episode['episode_id']}/posts", told)
    invoke(deployed, "rounds", {"bot": "performance-tracking-bot"})
    [run] = measured_by(hibo)
    report = hibo.ok("GET", f"/runs/{run['run_id']}")["output"]
    [post] = report["posts"]
    assert (post["figures"]["views"], post["held"], post["hook_kind"]) == (200, 0.95, "question")
    asked = hibo.ok("POST", "/functions/performance-tracking-bot", {})
    assert [account["status"] for account in asked["accounts"]] == ["ok"]


def test_trends_are_looked_for_by_the_hour_and_for_a_show_and_an_episode_takes_one_up(
    deployed: Deployed, amina: Person, house: dict[str, str]
) -> None:
    assert invoke(deployed, "trend-detection-bot", {"owner": "system", "regions": ["US"]})["outcome"] == "done"
    asked = {"project_id": house["project_id"], "provider": "draft", "regions": ["US"], "subreddits": []}
    report = amina.ok("POST", "/functions/trend-detection-bot", asked)
    states = {(source["source"], source["status"]) for source in report["sources"]}
    assert ("google_trends", "ok") in states
    topic = report["topics"][0]
    assert topic["title"] == "sourdough finale"
    assert topic["why"]
    chosen = {"topic": topic["title"], "why": topic["why"]}
    order = {"prompt": "A dinner.", "provider": "draft", "trend": chosen, "clips": 1}
    started = amina.ok("POST", "/functions/generate-episode-from-prompt", order)
    made = amina.finished(started["episode_id"])
    assert made["trend"] == chosen
    assert "sourdough finale" in made["synopsis"]
