"""POST /functions/generate-video: shoot a written episode's clips again, all or some."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from studio import takes
from studio.domain.base import Id, Value
from studio.domain.episode import MAX_CLIPS, Status
from studio.domain.errors import Conflict, Invalid
from studio.domain.pipeline import Step
from studio.entry import api, resolver
from studio.entry.http import Caller, created

app = resolver()


class VideoRequest(Value):
    """Which clips to shoot. Without `another_take`, a clip that has not changed since comes out the same, for free."""

    episode_id: Id
    clips: tuple[int, ...] = Field(default=(), max_length=MAX_CLIPS, description="Clip numbers; all, where left out.")
    another_take: bool = Field(default=False, description="Paint anew even what has not changed. Costs as much again.")


class VideoStarted(Value):
    """The clips are being shot; read the episode at `/episodes/{episode_id}`."""

    episode_id: Id
    status: Status
    clips: tuple[int, ...]


@app.post("/functions/generate-video", tags=["episodes"], status_code=202)
def generate_video(request: Annotated[VideoRequest, Body()], studio: Caller) -> Response[VideoStarted]:
    """Shoot an episode's clips again. Answers 202 at once; the work goes on."""
    episode = studio.episodes.get(request.episode_id)
    clips = {clip.number: clip for clip in studio.episodes.clips(episode.episode_id)}
    if not clips:
        raise Conflict(
            "The episode has no script yet, so there is nothing to shoot. Take the episode up again instead."
        )
    wanted = tuple(sorted(set(request.clips))) or tuple(clips)
    missing = [number for number in wanted if number not in clips]
    if missing:
        raise Invalid(f"The episode has no clip {missing[0]}.", {"clips": f"must be among {sorted(clips)}"})
    remains = studio.remaining(episode, [Step.SHOOT])
    costs = wanted if request.another_take else tuple(number for number in wanted if number in remains.clips)
    queued = takes.queue(studio, episode, studio.settings.video_machine)
    more = 1 if request.another_take else 0
    takes.reset_clips(studio, queued, {number: clips[number].take + more for number in wanted})
    studio.promise(queued, remains.model_copy(update={"clips": costs}))
    takes.start(studio, queued, studio.settings.video_machine, clips=wanted)
    report = VideoStarted(episode_id=episode.episode_id, status=queued.status, clips=wanted)
    return created(report, f"/episodes/{episode.episode_id}", status=202)


handler = api(app)
