"""Posts on the deployed stack: drafted, approved, and sent once to the networks on loopback."""

import hashlib
from typing import Any

from tests.e2e.conftest import PROMPT, Deployed, Person
from tests.e2e.test_connections import connect
from tests.e2e.test_refusals import claims_of
from tests.fakes.x_api import XApi
from tests.fakes.youtube_api import YouTubeApi
from tests.unit.made import a_film

POSTING, UPLOADING = "/functions/cross-platform-posting-bot", "/functions/multi-channel-upload-bot"
FILM = a_film(9_000_000)


def problem(person: Person, path: str, body: Any) -> tuple[int, str]:
    answer = person.call("POST", path, body)
    return answer.status_code, answer.json().get("type", "").removeprefix("urn:episode-studio:")


def test_an_episode_is_drafted_approved_and_posted_once(deployed: Deployed) -> None:
    faarax = deployed.person("faarax")
    begun = faarax.ok("POST", "/functions/generate-episode-from-prompt", {"prompt": PROMPT, "provider": "draft"})
    episode_id = faarax.finished(begun["episode_id"])["episode_id"]
    stills = faarax.ok("POST", POSTING, {"episode_id": episode_id})["drafts"]
    assert {draft["package"]["network"]: len(draft["package"]["media"]) for draft in stills} == {
        "tiktok": 3,
        "instagram": 3,
        "x": 3,
    }
    here = deployed.outputs
    key = f"{claims_of(faarax.token)['sub']}/{episode_id}/episode.mp4"
    here.client("s3").put_object(Bucket=here["VideosBucket"], Key=key, Body=FILM, ContentType="video/mp4")
    assert connect(faarax, "x").status_code == connect(faarax, "youtube").status_code == 201
    x, youtube = deployed.networks.service(XApi), deployed.networks.service(YouTubeApi)
    youtube.states = [("processed", None)]
    before = {*x.uploads, *youtube.videos}
    for path, asked in ((POSTING, {"networks": ["x"]}), (UPLOADING, {"made_for_kids": False})):
        [draft] = faarax.ok("POST", path, {"episode_id": episode_id} | asked)["drafts"]
        assert draft["problems"] == draft["missing"] == []
        content_hash = draft["content_hash"]
        body = {"episode_id": episode_id, "mode": "publish", "content_hashes": [content_hash]}
        assert problem(faarax, path, body) == (409, "not_approved")
        faarax.ok("POST", "/approvals", {"content_hash": content_hash, "decision": "approve"})
        [sent] = faarax.ok("POST", path, body)["posts"]
        assert sent["status"] == "published", sent
        assert sent["url"].startswith("https://")
        assert faarax.ok("POST", path, body)["posts"] == [sent]
    assert [upload.content for made, upload in x.uploads.items() if made not in before] == [FILM]
    [video] = [video for made, video in youtube.videos.items() if made not in before]
    assert video.sha256 == hashlib.sha256(FILM).hexdigest()
    assert video.captions
    assert video.thumbnail
    listed = faarax.ok("GET", f"/episodes/{episode_id}/posts")["items"]
    assert {(post["network"], post["status"]) for post in listed} == {("x", "published"), ("youtube", "published")}
