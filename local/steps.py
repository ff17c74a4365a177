"""The steps of an episode as the command line names them."""

from collections.abc import Iterable

from local.problems import StudioProblem

LABELS = {
    "script_generator_bot": "script",
    "cultural_injection_bot": "culture",
    "review_script": "script review",
    "expert_director": "direction",
    "scene_orchestration": "storyboard",
    "hook_optimization_bot": "hooks",
    "review_storyboard": "storyboard review",
    "generate_video": "clips",
}
"""Every step in its order, with the word people use for it."""

GATES = {"review_script": "script", "review_storyboard": "storyboard"}
SHOOT = "generate_video"
STAGES = tuple(step for step in LABELS if step not in {*GATES, SHOOT})
"""The stages on paper: each leaves an artifact."""

_QUICK = {"script_generator_bot", *GATES, SHOOT}


def steps_of(pipeline: str, review: Iterable[str]) -> list[str]:
    """The steps that an episode goes through from its beginning to its end."""
    gates = set(review)
    return [
        step
        for step in LABELS
        if (pipeline == "full" or step in _QUICK) and (step not in GATES or GATES[step] in gates)
    ]


def named(text: str, *, option: str, shoot: bool = True) -> str:
    """The step somebody means: by its name in the API, its function's name, or its label.

    shoot: whether the clips count. Raises StudioProblem with the names there are.
    """
    choices = (*STAGES, SHOOT) if shoot else STAGES
    wanted = text.strip().casefold().replace("-", "_")
    for step in choices:
        if wanted in {step, LABELS[step]}:
            return step
    raise StudioProblem(
        f"There is no stage called “{text}”.",
        f"{option} takes one of: {', '.join(LABELS[step] for step in choices)}",
        code=2,
    )
