"""What a person asks of an episode, seen once, on its way through the door, whichever function answers."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from studio.domain.act import Act
from studio.domain.base import ULID, new_id
from studio.domain.errors import FINAL
from studio.domain.pipeline import STAGES, Step
from studio.entry.problems import kind_of

_MAKERS = {"generate-episode-from-prompt", "episode-producer", "realism-audit"} | {
    step.replace("_", "-") for step in (*STAGES, Step.SHOOT)
}
_EPISODE = re.compile(rf"^/episodes/(?P<episode_id>{ULID[1:-1]})(/(stages|reviews)/.+|/cancel)?$")
_FUNCTION = re.compile(r"^/functions/(?P<name>[a-z-]+)$")
_ENDED = {f"urn:episode-studio:{kind_of(error(''))[1]}" for error in FINAL}
"""How work ends that was begun, and left its mark, though it came to nothing."""


def act_of(event: Mapping[str, Any], answer: Mapping[str, Any], at: datetime) -> Act | None:
    """Return what a request, answered so, did to an episode; None where it neither made nor changed one."""
    method, path = event["httpMethod"], event["path"]
    on, of = _EPISODE.match(path), _FUNCTION.match(path)
    if method in {"GET", "DELETE"} or (on is None and (of is None or of["name"] not in _MAKERS)):
        return None
    told = json.loads(answer.get("body") or "{}")
    if answer["statusCode"] >= 400 and told.get("type") not in _ENDED:
        return None
    asked = json.loads(event.get("body") or "{}")
    # An order names the episode that came of it; who takes one up, or works on it, names it in what they ask.
    episode_id = on["episode_id"] if on else asked.get("episode_id") or told.get("episode_id")
    if episode_id is None:
        return None
    # Written anew, because JSON in ASCII can be stored whatever was sent.
    body = json.dumps(asked)
    return Act(act_id=new_id(at), episode_id=episode_id, method=method, path=path, body=body, at=at)
