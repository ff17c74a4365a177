"""POST /functions/generate-episode-from-prompt: one prompt in, one episode under way, by the shortest way."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from studio.entry import api, resolver
from studio.entry.http import Caller
from studio.orders import EpisodeRequest, EpisodeStarted, begin

app = resolver()


@app.post("/functions/generate-episode-from-prompt", tags=["episodes"], status_code=202)
def generate(request: Annotated[EpisodeRequest, Body()], studio: Caller) -> Response[EpisodeStarted]:
    """Write and shoot an episode from one prompt. Answers 202 at once; the work goes on."""
    return begin(request, studio)


handler = api(app)
