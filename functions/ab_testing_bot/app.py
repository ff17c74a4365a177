"""ab-testing-bot: variants side by side, a test that may be looked at every day, and whom to show what next."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from studio.comparisons import (
    VariantResult,
    ViewersNeeded,
    counts_of,
    error_rate,
    next_shown,
    planned,
    result_of,
    verdict_of,
    weights_of,
    winner_of,
)
from studio.domain.base import Id, Value, new_id
from studio.domain.errors import Conflict, Invalid
from studio.domain.experiment import Counts, Design, Experiment, ExperimentStatus, begun, counted_on
from studio.entry import Studio, bot
from studio.insight.insufficient import Insufficient
from studio.insight.power import more_needed
from studio.insight.sample_ratio import RatioCheck, sample_ratio
from studio.insight.sequential import Comparison


class ExperimentRequest(Value):
    """What to do. plan: how many viewers a design takes. start: put it to work. look: what is known by now.

    next: which variants to show the next viewers or posts. stop: end it undecided. counts: what was counted since the
    start, by variant, where it is not in the events.
    """

    action: Literal["plan", "start", "look", "next", "stop"]
    design: Design | None = None
    experiment_id: Id | None = None
    counts: dict[str, Counts] = Field(default={}, max_length=4)
    how_many: Annotated[int, Field(ge=1, le=100)] = 1

    @model_validator(mode="after")
    def _names_its_subject(self) -> Self:
        if (self.action in {"plan", "start"}) != (self.design is not None):
            raise ValueError("plan and start take a design, and nothing else does")
        if (self.action in {"look", "next", "stop"}) != (self.experiment_id is not None):
            raise ValueError("look, next and stop take an experiment_id, and nothing else does")
        return self


class ExperimentReport(Value):
    """How a test stands. `verdict` says it in a sentence.

    ratio: whether the variants were shown to as many as was meant; on a mismatch nothing else can be believed.
    more_needed: how many viewers it takes until a difference like the planned one would show. `show_next` is in the
    order to be shown.
    """

    experiment: Experiment | None
    plan: ViewersNeeded
    results: tuple[VariantResult, ...] = ()
    ratio: RatioCheck | Insufficient | None = None
    more_needed: Insufficient | None = None
    show_next: tuple[str, ...] = ()
    verdict: str


def compare_variants(request: ExperimentRequest, studio: Studio) -> ExperimentReport:
    """ViewersNeeded, start, look at or stop an A/B test, or ask which variant to show next.

    It may be looked at as often as one likes without more errors: the test is sequential (mSPRT). Viewers are shared
    out alike, or by Thompson sampling with a floor that keeps the test able to decide.
    """
    if request.design is not None:
        return _begin(request.design, studio, start=request.action == "start")
    experiment = studio.experiments.get(str(request.experiment_id))
    plan = planned(experiment.design)
    if request.action == "look":
        return _look(experiment, request.counts or _counts(experiment, studio), studio)
    if experiment.status is not ExperimentStatus.RUNNING:
        raise Conflict(f"This experiment is {experiment.status}: {experiment.winner or 'without a winner'}.")
    if request.action == "stop":
        ended = studio.experiments.replace(experiment, status=ExperimentStatus.STOPPED, ended_at=studio.clock())
        return ExperimentReport(experiment=ended, plan=plan, verdict="Stopped, without a winner.")
    shown = next_shown(experiment, request.counts or _counts(experiment, studio), request.how_many)
    return ExperimentReport(experiment=experiment, plan=plan, show_next=shown, verdict=f"Show {', '.join(shown)} next.")


def _begin(design: Design, studio: Studio, *, start: bool) -> ExperimentReport:
    plan = planned(design)
    points = f"{100 * design.effect:g} points more or less than {design.share:.1%}"
    told = f"It takes {plan.looked_at_daily:,} viewers of each variant to see {points}."
    if not start:
        return ExperimentReport(experiment=None, plan=plan, verdict=told)
    if design.episode_id is not None:
        studio.episodes.get(design.episode_id)
    at = studio.clock()
    experiment = begun(new_id(at), design, at)
    studio.experiments.create(experiment)
    return ExperimentReport(experiment=experiment, plan=plan, verdict=f"Started. {told}")


def _counts(experiment: Experiment, studio: Studio) -> dict[str, Counts]:
    design = experiment.design
    until = experiment.ended_at or studio.clock()
    stages = (design.seen, design.success)
    events = studio.events.between(experiment.started_at, until, episode_id=design.episode_id, stages=stages)
    return counts_of(design, events)


def _look(experiment: Experiment, counts: Mapping[str, Counts], studio: Studio) -> ExperimentReport:
    design = experiment.design
    if set(counts) != set(design.names):
        raise Invalid("Counts must be of every variant.", {"counts": f"must name {', '.join(design.names)}"})
    trials = {name: counts[name].trials for name in design.names}
    expected = counted_on(experiment, trials)
    ratio = sample_ratio(trials, expected if min(expected.values()) > 0 else None)
    results = tuple(result_of(name, experiment, counts) for name in design.names)
    winner = "" if isinstance(ratio, RatioCheck) and ratio.mismatch else winner_of(results)
    ended = bool(winner) and experiment.status is ExperimentStatus.RUNNING
    looked = experiment
    if experiment.status is ExperimentStatus.RUNNING:
        p_values = {r.name: r.against_first.p_value for r in results if isinstance(r.against_first, Comparison)}
        looked = studio.experiments.replace(
            experiment,
            looks=experiment.looks + 1,
            expected=expected,
            counted=trials,
            p_values=experiment.p_values | p_values,
            weights=weights_of(design, counts),
            **({"status": ExperimentStatus.DECIDED, "winner": winner, "ended_at": studio.clock()} if ended else {}),
        )
    shares = (design.share, design.share + design.effect)
    missing = more_needed(*shares, min(trials.values()), alpha=error_rate(design), power=design.power, peeking=True)
    return ExperimentReport(
        experiment=looked,
        plan=planned(design),
        results=results,
        ratio=ratio,
        more_needed=None if looked.winner else missing,
        verdict=verdict_of(looked, ratio, missing),
    )


handler = bot(compare_variants)
