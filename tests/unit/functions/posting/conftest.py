"""An episode with a film, accounts that are connected, and the networks on loopback."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from studio.channels import tiktok_post, x_post
from studio.channels.youtube import upload
from studio.domain.connection import BY_KEY, NetworkName
from studio.domain.episode import ClipStatus
from studio.entry import Settings, Studio
from studio.store.posts import Posts
from tests.conftest import ENVIRONMENT, Clock
from tests.fakes.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.networks import Networks
from tests.fakes.tiktok_api import TikTokApi
from tests.unit.functions.posting.house import House, Killed
from tests.unit.made import a_film, a_picture, an_owner
from tests.unit.memory import MemoryAws
from tests.unit.staged import on_paper

PIECE = 262_144


@pytest.fixture(scope="module")
def _networks() -> Iterator[Networks]:
    with Networks() as networks:
        yield networks


@pytest.fixture
def networks(_networks: Networks, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Networks:
    """The networks, at which the operator has registered the studio; files go in small pieces."""
    _networks.reset()
    monkeypatch.setenv("CHANNELS_GATEWAY", _networks.url)
    registered = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    apps = {network: registered for network in NetworkName if network not in BY_KEY}
    aws.services["secretsmanager"].create_secret(Name=ENVIRONMENT["CHANNEL_APPS_SECRET"], SecretString=json.dumps(apps))
    monkeypatch.setattr(x_post, "SEGMENT", PIECE)
    monkeypatch.setattr(tiktok_post, "CHUNK", PIECE)
    monkeypatch.setattr(upload, "CHUNK", PIECE)
    _networks.service(TikTokApi).least_chunk = PIECE
    return _networks


@pytest.fixture
def house(networks: Networks, aws: MemoryAws) -> House:
    """An owner whose episode has a film and stills."""
    owner, clock = an_owner(), Clock()
    studio = Studio(owner, Settings.from_environment(), clock=clock)
    episode = on_paper(studio)
    made = House(networks, owner, clock, episode)
    studio.videos.put(f"{episode.episode_id}/episode.mp4", a_film(), "video/mp4")
    for number in (1, 2, 3):
        name = f"clips/{number}.png"
        studio.videos.put(f"{episode.episode_id}/{name}", a_picture(shade=60 * number, size=(160, 90)), "image/png")
        studio.episodes.update_clip(episode.episode_id, number, clock(), status=ClipStatus.RENDERED, name=name)
    return made


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return what has the function killed at a point: odd ones are before a note about a post is written, even after.

    0 lets it live.
    """
    note, settle, passed, point = Posts.note, Posts.settle, [0], [0]

    def step() -> None:
        passed[0] += 1
        if passed[0] == point[0]:
            raise Killed

    def counted(real: Any) -> Any:
        def call(*given: Any, **more: Any) -> Any:
            step()
            told = real(*given, **more)
            step()
            return told

        return call

    def at(number: int) -> None:
        passed[0], point[0] = 0, number

    monkeypatch.setattr(Posts, "note", counted(note))
    monkeypatch.setattr(Posts, "settle", counted(settle))
    return at
