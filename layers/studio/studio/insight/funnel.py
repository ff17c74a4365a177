"""How many go on from each stage to the next, and where most are lost, as far as the numbers can tell.

Each conversion has Wilson's interval. That a step loses a larger share than every other one is said only where its
difference from each of them lies above zero by Newcombe's interval (`intervals`), with the error shared out over these
comparisons (Bonferroni), because the step was picked for looking worst.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from studio.domain.base import Value
from studio.insight.insufficient import Insufficient
from studio.insight.intervals import Interval, difference_of_proportions, wilson


class FunnelStage(Value):
    """How many reached a stage, named in a word or two: "view", "checkout"."""

    name: str
    count: Annotated[int, Field(ge=0)]


class FunnelStep(Value):
    """From one stage to the next. passed: of those who entered, as far as they can have; at most `entered`."""

    start: str
    end: str
    entered: int
    passed: int
    conversion: Interval | Insufficient

    @property
    def lost(self) -> int:
        """How many did not go on."""
        return self.entered - self.passed


class Drop(Value):
    """The step that loses the largest share. sure: whether it can be told from every other one.

    ahead: by how much more of them go on at the step that loses the second most; None where there is no other.
    """

    step: FunnelStep
    sure: bool
    ahead: Interval | None
    sentence: str


class Funnel(Value):
    """The steps in order, where most are lost, and what was odd about the counts."""

    steps: tuple[FunnelStep, ...]
    largest_drop: Drop | Insufficient
    overall: Interval | Insufficient
    notes: tuple[str, ...] = ()


def funnel(stages: Sequence[FunnelStage], confidence: float = 0.95) -> Funnel:
    """Return what goes on from stage to stage. Raises ValueError for fewer than two stages, or two of one name.

    Where more are counted at a stage than at the one before, as when somebody pays by a link that skips the view, no
    more than all can have gone on: the count is lowered to the former one, and a note says so.
    """
    if len(stages) < 2 or len({stage.name for stage in stages}) < len(stages):
        raise ValueError(f"A funnel has two stages or more, of different names: {[stage.name for stage in stages]}.")
    counts, notes = [stages[0].count], []
    for stage in stages[1:]:
        if stage.count > counts[-1]:
            notes.append(
                f"“{stage.name}” counts {stage.count:,}, more than the {counts[-1]:,} before it: some came another way "
                f"or were missed there. No more than all can have gone on, so it stands here for {counts[-1]:,}."
            )
        counts.append(min(stage.count, counts[-1]))
    steps = tuple(
        FunnelStep(
            start=before.name,
            end=after.name,
            entered=entered,
            passed=passed,
            conversion=_share(passed, entered, before.name, confidence),
        )
        for (before, after), (entered, passed) in zip(pairwise(stages), pairwise(counts), strict=True)
    )
    return Funnel(
        steps=steps,
        largest_drop=_largest(steps, confidence),
        overall=_share(counts[-1], counts[0], stages[0].name, confidence),
        notes=tuple(notes),
    )


def _share(passed: int, entered: int, stage: str, confidence: float) -> Interval | Insufficient:
    if entered == 0:
        return Insufficient(need=1, have=0, of=f"counted at “{stage}”")
    return wilson(passed, entered, confidence)


def _largest(steps: Sequence[FunnelStep], confidence: float) -> Drop | Insufficient:
    reached = sorted((step for step in steps if step.entered), key=lambda step: step.passed / step.entered)
    if not reached:
        return Insufficient(need=1, have=0, of=f"counted at “{steps[0].start}”")
    worst, *others = reached
    if not others:
        return Drop(
            step=worst, sure=False, ahead=None, sentence=f"Nothing can be compared with the step {_told(worst)}."
        )
    shared_out = 1 - (1 - confidence) / len(others)
    gaps = [
        difference_of_proportions((worst.passed, worst.entered), (other.passed, other.entered), shared_out)
        for other in others
    ]
    sure = all(gap.low > 0 for gap in gaps)
    if sure:
        sentence = f"Most are lost {_told(worst)}, a smaller share than at any other step."
    else:
        rivals = [_told(other) for other, gap in zip(others, gaps, strict=True) if gap.low <= 0]
        sentence = f"Where most are lost is too close to call; {', and '.join([_told(worst), *rivals])}."
    return Drop(step=worst, sure=sure, ahead=gaps[0], sentence=sentence)


def _told(step: FunnelStep) -> str:
    told = f"from “{step.start}” to “{step.end}”: {step.passed:,} of {step.entered:,} went on"
    if isinstance(step.conversion, Interval):
        told += f" ({step.conversion.low:.1%} to {step.conversion.high:.1%})"
    return told
