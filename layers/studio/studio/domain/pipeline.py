"""The steps from a prompt to clips: their names, their order, and which of them a take goes through."""

from enum import StrEnum
from typing import Literal

from studio.domain.episode import Gate, Pipeline
from studio.domain.errors import Invalid


class Step(StrEnum):
    """What a take does, one after the other. Each stage is named like its function; a gate is a step too."""

    SCRIPT = "script_generator_bot"
    CULTURE = "cultural_injection_bot"
    REVIEW_SCRIPT = "review_script"
    DIRECTION = "expert_director"
    STORYBOARD = "scene_orchestration"
    HOOKS = "hook_optimization_bot"
    REVIEW_STORYBOARD = "review_storyboard"
    SHOOT = "generate_video"


STAGES = (Step.SCRIPT, Step.CULTURE, Step.DIRECTION, Step.STORYBOARD, Step.HOOKS)
"""The stages on paper: each leaves an artifact that can be read and edited."""

StageName = Literal[
    "script_generator_bot", "cultural_injection_bot", "expert_director", "scene_orchestration", "hook_optimization_bot"
]
"""The stages, as the API names them."""

_GATES = {Step.REVIEW_SCRIPT: Gate.SCRIPT, Step.REVIEW_STORYBOARD: Gate.STORYBOARD}
_QUICK = frozenset({Step.SCRIPT, Step.REVIEW_SCRIPT, Step.REVIEW_STORYBOARD, Step.SHOOT})


def stages_of(pipeline: Pipeline) -> tuple[Step, ...]:
    """Return the stages on paper that a pipeline has."""
    return tuple(step for step in STAGES if pipeline is Pipeline.FULL or step in _QUICK)


def steps_of(
    pipeline: Pipeline,
    review: tuple[Gate, ...] = (),
    *,
    start_at: Step | None = None,
    stop_after: Step | None = None,
) -> tuple[Step, ...]:
    """Return the steps of a take, in order.

    start_at: leave out what comes before it. stop_after: leave out what comes after it. Raises Invalid for a step that
    the pipeline does not have, and when nothing would be left to do.
    """
    steps = [
        step
        for step in Step
        if (pipeline is Pipeline.FULL or step in _QUICK) and (step not in _GATES or _GATES[step] in review)
    ]
    for name, step in (("start_at", start_at), ("stop_after", stop_after)):
        if step is not None and step not in steps:
            raise Invalid(
                f"The {pipeline} pipeline has no step {step}; it goes {', '.join(steps)}.",
                {name: f"must be in {steps}"},
            )
    first = steps.index(start_at) if start_at else 0
    last = steps.index(stop_after) if stop_after else len(steps) - 1
    if first > last:
        raise Invalid(
            f"{stop_after} comes before {start_at}, so there would be nothing to do.", {"stop_after": "is too early"}
        )
    return tuple(steps[first : last + 1])
