"""Orders: an episode from a prompt, or one of the owner's taken up again, through the steps that were asked for."""

from datetime import date
from typing import Literal, Self

from aws_lambda_powertools.event_handler import Response
from pydantic import Field, model_validator

from studio import takes
from studio.domain.base import Id, Prompt, Value, new_id
from studio.domain.episode import DEFAULT_CLIPS, MAX_CLIPS, ChosenTrend, Episode, Gate, Pipeline, ProviderName, Status
from studio.domain.errors import Conflict, Invalid
from studio.domain.pipeline import StageName, Step, steps_of
from studio.domain.project import Brief
from studio.domain.shot import Aspect
from studio.entry import Studio
from studio.entry.http import created

StepName = Literal[StageName, "generate_video"]


class EpisodeRequest(Value):
    """A new episode from a prompt, or one of yours, by id, to be taken up again where it stopped."""

    prompt: Prompt | None = None
    episode_id: Id | None = None
    project_id: Id | None = None
    aspect: Aspect | None = Field(
        default=None, description="Where left out, what the show has learned to make, else the project's."
    )
    clips: int | None = Field(
        default=None,
        ge=1,
        le=MAX_CLIPS,
        description=f"Where left out, what the show has learned to make, else {DEFAULT_CLIPS}.",
    )
    provider: ProviderName | None = Field(default=None, description="The stack's, where left out.")
    air_date: date | None = Field(default=None, description="The day it is for; the day it was asked for, if left out.")
    trend: ChosenTrend | None = Field(
        default=None, description="What people talk about, to be taken up: a topic that trend-detection-bot found, say."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.prompt is None) == (self.episode_id is None):
            raise ValueError("give either a prompt, for a new episode, or the episode_id of one to take up again")
        return self


class ProducerRequest(EpisodeRequest):
    """The same, with all stages on paper. What the episode was asked for before stays where nothing is said."""

    review: tuple[Gate, ...] | None = Field(
        default=None, max_length=2, description="Where to wait for you: after the script, after the storyboard."
    )
    start_at: StepName | None = Field(default=None, description="Leave out what comes before; needs a script.")
    stop_after: StepName | None = Field(default=None, description="Leave out what comes after.")


class EpisodeStarted(Value):
    """The episode is under way; read it at `/episodes/{episode_id}`. `steps` are what this take goes through."""

    episode_id: Id
    status: Status
    provider: ProviderName
    steps: tuple[Step, ...]


def begin(request: EpisodeRequest, studio: Studio, *, new_as: str = "") -> Response[EpisodeStarted]:
    """Start what was ordered and answer 202. Raises NotFound, Conflict while it is being made, Invalid.

    new_as: the id that a new episode gets, where whoever orders it must know it beforehand.
    """
    producing = request if isinstance(request, ProducerRequest) else None
    start_at = Step(producing.start_at) if producing and producing.start_at else None
    stop_after = Step(producing.stop_after) if producing and producing.stop_after else None
    if request.episode_id is not None:
        now = studio.episodes.get(request.episode_id)
        pipeline = Pipeline.FULL if producing else now.pipeline
        review = producing.review if producing and producing.review is not None else now.review
        steps = steps_of(pipeline, review, start_at=start_at, stop_after=stop_after)
        if Step.SCRIPT not in steps and studio.episodes.script(now.episode_id) is None:
            raise Conflict("The episode has no script yet, so it can only start at script_generator_bot.")
        plan = studio.remaining(now.model_copy(update={"pipeline": pipeline}), steps)
        episode = takes.queue(
            studio,
            now,
            studio.settings.producer_machine,
            pipeline=pipeline,
            review=review,
            air_date=request.air_date or now.air_date,
            trend=request.trend or now.trend,
        )
        clips = studio.episodes.clips(episode.episode_id)
        takes.reset_clips(studio, episode, {clip.number: clip.take for clip in clips})
    else:
        if start_at not in {None, Step.SCRIPT}:
            raise Invalid("A new episode begins with its script.", {"start_at": "needs an episode_id"})
        pipeline = Pipeline.FULL if producing else Pipeline.QUICK
        review = (producing.review if producing else None) or ()
        steps = steps_of(pipeline, review, start_at=start_at, stop_after=stop_after)
        episode = _new(request, pipeline, review, studio, new_as)
        studio.episodes.create(episode)
        whole = studio.plan(pipeline, episode.brief, clips=episode.clips_wanted, prompt_chars=len(episode.prompt))
        plan = whole.through(steps)
    studio.promise(episode, plan)
    takes.start(
        studio,
        episode,
        studio.settings.producer_machine,
        steps=steps,
        clips=tuple(range(1, episode.clips_wanted + 1)),
    )
    started = EpisodeStarted(
        episode_id=episode.episode_id, status=episode.status, provider=episode.provider, steps=steps
    )
    return created(started, f"/episodes/{episode.episode_id}", status=202)


def _new(request: EpisodeRequest, pipeline: Pipeline, review: tuple[Gate, ...], studio: Studio, new_as: str) -> Episode:
    brief = studio.projects.get(request.project_id).brief if request.project_id else Brief(title="Pilot")
    learned = studio.learned(request.project_id).now() if request.project_id else None
    at = studio.clock()
    episode_id = new_as or new_id(at)
    return Episode(
        episode_id=episode_id,
        project_id=request.project_id,
        prompt=request.prompt or "",
        provider=request.provider or studio.settings.provider,
        brief=brief,
        aspect=request.aspect or (learned.lessons.aspect if learned else None) or brief.aspect,
        clips_wanted=request.clips or (learned.lessons.clips if learned else None) or DEFAULT_CLIPS,
        pipeline=pipeline,
        review=tuple(dict.fromkeys(review)),
        air_date=request.air_date,
        trend=request.trend,
        taught=learned.taught if learned else None,
        status=Status.QUEUED,
        take=1,
        execution=takes.execution_arn(studio.settings.producer_machine, episode_id, 1),
        created_at=at,
        updated_at=at,
    )
