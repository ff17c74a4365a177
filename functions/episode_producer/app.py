"""POST /functions/episode-producer: an episode through all its stages, from a prompt or taken up again."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from studio.entry import api, resolver
from studio.entry.http import Caller
from studio.orders import EpisodeStarted, ProducerRequest, begin

app = resolver()


@app.post("/functions/episode-producer", tags=["episodes"], status_code=202)
def produce(request: Annotated[ProducerRequest, Body()], studio: Caller) -> Response[EpisodeStarted]:
    """Write, root, direct, board, hook and shoot an episode. Answers 202 at once; the work goes on.

    `review` has it wait for you at a gate; `start_at` and `stop_after` do a part of the way. A stage whose material has
    not changed is kept and costs nothing.
    """
    return begin(request, studio)


handler = api(app)
