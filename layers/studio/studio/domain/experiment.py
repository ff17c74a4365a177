"""An experiment: variants of one thing, shown side by side until one is known to be better."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from studio.domain.audience import AudienceStage, Tag
from studio.domain.base import Id, Instant, Name, Phrase, Value

MOST_VARIANTS = 4


class Variant(Value):
    """One of the things compared. `name` is what events carry as their variant; `what` says what it is."""

    name: Tag
    what: Phrase = ""


class Sharing(StrEnum):
    """How viewers are shared out: alike, or more to what does better (Thompson sampling)."""

    EVEN = "even"
    THOMPSON = "thompson"


class ExperimentStatus(StrEnum):
    """How an experiment stands."""

    RUNNING = "running"
    DECIDED = "decided"
    STOPPED = "stopped"


class Design(Value):
    """What is compared, and what is counted: of those who came to `seen`, the share that came to `success`.

    The first variant is the one that others must beat. share: what it does today; effect: the least difference, in
    shares, that would matter. Both are said before anything is seen. alpha: how often equal variants may be called
    different, over all looks and variants together.
    """

    name: Name
    episode_id: Id | None = None
    variants: tuple[Variant, ...] = Field(min_length=2, max_length=MOST_VARIANTS)
    seen: AudienceStage = AudienceStage.VIEW
    success: AudienceStage = AudienceStage.CLICK
    share: Annotated[float, Field(gt=0, lt=1)] = 0.1
    effect: Annotated[float, Field(gt=0, lt=1)] = 0.02
    alpha: Annotated[float, Field(gt=0, le=0.2)] = 0.05
    power: Annotated[float, Field(ge=0.5, lt=1)] = 0.8
    sharing: Sharing = Sharing.EVEN

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        if len({variant.name for variant in self.variants}) < len(self.variants):
            raise ValueError("variants need names of their own")
        if self.seen is self.success or self.success is AudienceStage.REFUND or self.seen is AudienceStage.REFUND:
            raise ValueError("success must be a later stage than what is seen, and no refund")
        if self.share + self.effect >= 1:
            raise ValueError("share and effect together must stay below 1")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The variants' names, the one to beat first."""
        return tuple(variant.name for variant in self.variants)


class Counts(Value):
    """How many saw a variant, and how many of them did what was hoped for."""

    trials: int = Field(ge=0, le=10**12)
    successes: int = Field(ge=0, le=10**12)

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.successes > self.trials:
            raise ValueError("no more can succeed than saw it")
        return self


class Experiment(Value):
    """A design at work.

    weights: the share of viewers that each variant is to be shown to from now on. expected: how many should have seen
    each until the last look, by the weights at the time. counted: how many had by then. p_values: the least so far, of
    each variant against the first, so that what was decided stays so.
    """

    experiment_id: Id
    design: Design
    status: ExperimentStatus = ExperimentStatus.RUNNING
    weights: dict[str, float]
    expected: dict[str, float]
    counted: dict[str, int]
    p_values: dict[str, float]
    looks: int = 0
    winner: str = ""
    started_at: Instant
    ended_at: Instant | None = None
    version: int = 1


def begun(experiment_id: str, design: Design, at: Instant) -> Experiment:
    """Return a design put to work, its viewers shared out alike."""
    names = design.names
    return Experiment(
        experiment_id=experiment_id,
        design=design,
        weights=dict.fromkeys(names, 1 / len(names)),
        expected=dict.fromkeys(names, 0.0),
        counted=dict.fromkeys(names, 0),
        p_values=dict.fromkeys(names[1:], 1.0),
        started_at=at,
    )


def counted_on(experiment: Experiment, trials: Mapping[str, int]) -> dict[str, float]:
    """Return how many should have seen each variant by now, given how many saw any since the last look."""
    fresh = sum(max(0, trials[name] - experiment.counted[name]) for name in experiment.design.names)
    return {name: experiment.expected[name] + fresh * experiment.weights[name] for name in experiment.design.names}
