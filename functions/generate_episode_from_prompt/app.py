"""POST /functions/generate-episode-from-prompt: one prompt in, one episode under way."""

from typing import Annotated, Self

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field, model_validator

from studio import takes
from studio.domain.base import Id, Prompt, Value, new_id
from studio.domain.episode import MAX_CLIPS, Episode, ProviderName, Status
from studio.domain.project import Brief
from studio.domain.shot import Aspect
from studio.entry import api, resolver
from studio.entry.http import Caller, created

app = resolver()


class EpisodeRequest(Value):
    """A new episode from a prompt, or one of yours, by id, to be taken up again where it stopped."""

    prompt: Prompt | None = None
    episode_id: Id | None = None
    project_id: Id | None = None
    aspect: Aspect | None = Field(default=None, description="The project's, where left out.")
    clips: int = Field(default=3, ge=1, le=MAX_CLIPS)
    provider: ProviderName | None = Field(default=None, description="The stack's, where left out.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.prompt is None) == (self.episode_id is None):
            raise ValueError("give either a prompt, for a new episode, or the episode_id of one to take up again")
        return self


class EpisodeStarted(Value):
    """The episode is under way; read it at `/episodes/{episode_id}`."""

    episode_id: Id
    status: Status
    provider: ProviderName


@app.post("/functions/generate-episode-from-prompt", tags=["episodes"], status_code=202)
def generate(request: Annotated[EpisodeRequest, Body()], studio: Caller) -> Response[EpisodeStarted]:
    """Write and shoot an episode from one prompt. Answers 202 at once; the work goes on."""
    machine = studio.settings.producer_machine
    if request.episode_id is not None:
        episode = takes.queue(studio, studio.episodes.get(request.episode_id), machine)
        clips = studio.episodes.clips(episode.episode_id)
        takes.reset_clips(studio, episode, {clip.number: clip.take for clip in clips})
    else:
        brief = studio.projects.get(request.project_id).brief if request.project_id else Brief(title="Pilot")
        at = studio.clock()
        episode_id = new_id(at)
        episode = Episode(
            episode_id=episode_id,
            project_id=request.project_id,
            prompt=request.prompt or "",
            provider=request.provider or studio.settings.provider,
            brief=brief,
            aspect=request.aspect or brief.aspect,
            clips_wanted=request.clips,
            status=Status.QUEUED,
            take=1,
            execution=takes.execution_arn(machine, episode_id, 1),
            created_at=at,
            updated_at=at,
        )
        studio.episodes.create(episode)
    takes.start(studio, episode, machine)
    started = EpisodeStarted(episode_id=episode.episode_id, status=episode.status, provider=episode.provider)
    return created(started, f"/episodes/{episode.episode_id}", status=202)


handler = api(app)
