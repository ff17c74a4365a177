"""Replaying a recording: as somebody who has the show and the recorded calls, and cannot buy any other.

Whoever ordered the episode may have answered its gates, edited it and had it made again. A replay does the same in the
same order, each time at the moment at which it rests or waits.
"""

import json
import re
import secrets
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from botocore.exceptions import ClientError

from local import identity, recording, stores
from local.client import ApiProblem, StudioClient
from local.problems import StudioProblem
from local.produce import IN_REVIEW, Company, Result, produce
from local.recording import RecordedAct, Recording
from local.stack import Outputs
from local.stores import Stores
from studio.store.ledger import Bill, Call, Caps

Json = dict[str, Any]

MISSING = "The recording does not hold a call that this run makes, and a replay buys nothing."

_CAME_TO_NOTHING = {402, 422, 502, 503}
"""How the API answers for work that was begun and had no result: then it had none when it was recorded."""

_REFUSED = re.compile(
    r"This call would cost about \$[\d.,]+ and pass this (?:month|episode)'s cap of \$0\.00\. "
    r"Nothing was bought\. .*?(?:try|take the episode up) again\."
)


@dataclass(frozen=True)
class Performer:
    """An account made for one replay: an owner whose caps are nothing."""

    client: StudioClient
    stores: Stores


def replay(outputs: Outputs, directory: Path, out: Path, company: Company) -> Result:
    """Make a recorded episode again, and compare what comes home with what was recorded.

    Raises Interrupted, and StudioProblem for a recording that is not whole.
    """
    recorded = recording.load(directory)
    with performer(outputs) as player:
        project_id = _set_the_stage(player, directory, recorded)
        person = Person(player.client, recorded.acts)
        told = replace(
            company,
            watch=lambda episode: company.watch(_in_replays_words(episode)),
            at_gate=lambda episode, _: person.goes_on(episode["episode_id"]),
            at_rest=lambda episode: person.goes_on(episode["episode_id"]),
        )
        found = produce(player.client, recorded.order.order(project_id), out, told)
    same, other = recording.compared(directory, recorded, found.files)
    found.more = {"replayed": True, "identical": same, "different": other}
    found.differs = bool(other)
    found.error = _REFUSED.sub(MISSING, found.error)
    if not found.error and any(_REFUSED.search(path.read_text()) for path in found.files if path.suffix == ".json"):
        found.error = MISSING  # a picture that nobody could judge is kept all the same
    return found


class Person:
    """Whoever asks of an episode what somebody asked of the recorded one."""

    def __init__(self, client: StudioClient, acts: Iterable[RecordedAct]) -> None:
        self._client = client
        self._left = deque(acts)

    def goes_on(self, episode_id: str) -> bool:
        """Do what was done next to an episode that rests or waits, and tell whether that set it going again."""
        while self._left:
            self._do(self._left.popleft(), episode_id)
            now = self._client.episode(episode_id)
            waits = now["status"] == IN_REVIEW and self._client.open_review(episode_id) is not None
            if now["under_way"] and not waits:
                return True
        return False

    def _do(self, act: RecordedAct, episode_id: str) -> None:
        body: Json = dict(act.body)
        now = self._client.episode(episode_id)
        if "episode_id" in body:
            body["episode_id"] = episode_id
            if now["under_way"]:
                # The recorded one had broken off before it came to this gate, or nobody had answered it in time.
                self._client.cancel(episode_id)
        if "review_id" in body:
            review = self._client.open_review(episode_id)
            if review is None:
                raise StudioProblem("No review waits at which the recorded episode waited for its answer.")
            body["review_id"] = review["review_id"]
        if "version" in body:
            body["version"] = now["version"]
        if isinstance(body.get("edit"), dict):
            body["edit"] = {**body["edit"], "version": now["version"]}
        try:
            self._client.ask(act.method, act.path.replace(recording.PLACE, episode_id), body)
        except ApiProblem as problem:
            if problem.status not in _CAME_TO_NOTHING:
                raise


def _in_replays_words(episode: Json) -> Json:
    """The episode, saying of what could not be bought that it is not recorded: here that is what it means."""
    said: Json = json.loads(_REFUSED.sub(MISSING, json.dumps(episode)))
    return said


@contextmanager
def performer(outputs: Outputs) -> Iterator[Performer]:
    """An account of its own, that is gone afterwards with all its things: so no other memory helps, or is touched."""
    login = identity.Login(f"replay-{secrets.token_hex(8)}@example.com", f"Replay-{secrets.token_urlsafe(18)}-7!")

    def token(_: bool) -> str:
        return identity.ensure_user(outputs, login.email, login.password)

    owned = stores.opened(outputs, identity.subject(token(False)))
    owned.ledger.set_caps(Caps(0, 0, set_by="replay", set_at=datetime.now(UTC)))
    try:
        with StudioClient(outputs.api_url, token, local=bool(outputs.endpoint)) as client:
            player = Performer(client, owned)
            try:
                yield player
            finally:
                _clear(player)
    finally:
        owned.ledger.clear_caps()
        with suppress(ClientError):
            cognito = outputs.client("cognito-idp")
            cognito.admin_delete_user(UserPoolId=outputs["UserPoolId"], Username=login.email)


def _set_the_stage(player: Performer, directory: Path, recorded: Recording) -> str:
    """Make the show as it was, and have the owner remember the calls. Returns the project's id."""
    client, owned = player.client, player.stores
    project_id: str = client.post("/projects", recorded.project.model_dump(mode="json"))["project_id"]
    cast = f"/projects/{project_id}/characters"
    if recorded.cast:
        sheets = [character.sheet.model_dump(mode="json") for character in recorded.cast]
        made = client.post(f"{cast}/import", {"characters": sheets})["items"]
        for character, now in zip(recorded.cast, made, strict=True):
            if character.reference is not None:
                attachment_id = _upload(player, directory, character.reference)
                client.put(f"{cast}/{now['character_id']}/reference", {"attachment_id": attachment_id})
    for entry in recorded.canon:
        owned.canon(project_id).put(entry)
    # One entry in the ledger, closed before anything begins, stands for every call: they were paid for long ago.
    at = datetime.now(UTC)
    paid = Call("replay", recorded.order.provider, "recorded", at.date().isoformat(), "", 0)
    reservation = owned.ledger.reserve(paid, at)
    owned.ledger.settle(reservation, Bill("released", note="recorded"), at)
    recording.remember(owned, directory, recorded, reservation)
    return project_id


def _upload(player: Performer, directory: Path, reference: recording.RecordedReference) -> str:
    data = recording.reference_of(directory, reference)
    announced = player.client.post("/attachments", {"name": reference.name, "media_type": reference.media_type})
    form = announced["upload"]
    with httpx.Client(trust_env=not player.client.local, timeout=60) as http:
        sent = http.post(form["url"], data=form["fields"], files={"file": data})
    if not sent.is_success:
        raise StudioProblem(f"The reference picture {reference.name} could not be uploaded (HTTP {sent.status_code}).")
    attachment_id: str = announced["attachment"]["attachment_id"]
    return attachment_id


def _clear(player: Performer) -> None:
    """Take away what a replay has made; what cannot be taken away is nobody's."""
    for kind, name in (("episodes", "episode_id"), ("projects", "project_id"), ("attachments", "attachment_id")):
        with suppress(StudioProblem):
            for item in player.client.get(f"/{kind}", limit=50)["items"]:
                if kind == "episodes" and player.client.episode(item[name])["under_way"]:
                    player.client.cancel(item[name])
                player.client.delete(f"/{kind}/{item[name]}")
    with suppress(ClientError):
        player.stores.material.delete_under("memo/")
