"""On a schedule: a bot is called for every owner who has posts, each call a run of that owner's."""

import json
import os
from datetime import timedelta
from typing import Literal

from botocore.exceptions import ClientError
from pydantic import BaseModel

from studio.domain.base import Value
from studio.domain.errors import Unavailable
from studio.domain.measurement import MEASURED_FOR
from studio.entry import Studio, on_event
from studio.entry.context import SYSTEM
from studio.store.active import Active


class RoundEvent(BaseModel):
    """Whose turn it is."""

    bot: Literal["performance-tracking-bot", "feedback-loop-bot"]


class RoundReport(Value):
    """For how many owners the bot was called."""

    owners: int


def go_round(event: RoundEvent) -> RoundReport:
    """Call a bot for every owner whose latest post is young enough to be measured. Nobody else's things are touched.

    Raises Unavailable where a call was not taken, after the others were made: the round is then made again, and a bot
    that is called twice keeps nothing twice: neither a count within the hour nor a proposal from the same posts.
    """
    system = Studio.opened_for(SYSTEM)
    now = system.clock()
    function = {
        "performance-tracking-bot": os.environ["PERFORMANCE_TRACKING_FUNCTION"],
        "feedback-loop-bot": os.environ["FEEDBACK_LOOP_FUNCTION"],
    }[event.bot]
    called = missed = 0
    # Clocks differ: a post of this moment may be of a second from now.
    for owner in Active(system.client("dynamodb"), system.settings.table).posting(
        now - MEASURED_FOR, now + timedelta(hours=1)
    ):
        try:
            system.client("lambda").invoke(
                FunctionName=function, InvocationType="Event", Payload=json.dumps({"owner": owner})
            )
            called += 1
        except ClientError:
            missed += 1
    if missed:
        raise Unavailable(f"{event.bot} could not be called for {missed} of {called + missed} owners.")
    return RoundReport(owners=called)


handler = on_event(go_round)
